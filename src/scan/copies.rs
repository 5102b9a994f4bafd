//! Copies are looked for among all comments whenever any has changed: a new one may belong to any old one.

use anyhow::Result;

use super::Progress;
use crate::model::CommentId;
use crate::signals::copies::{Finder, Said};
use crate::store::Store;

/// Finds the clusters and keeps them.
pub fn find(store: &Store, scan: i64, comments: u64, progress: &mut dyn Progress) -> Result<()> {
    progress.stage("looking for copies", comments);
    let mut finder = Finder::default();
    let mut seen = 0;
    store.texts(&mut |id, created, text| {
        finder.add(Said { id, text, author: None, created });
        seen += 1;
        if seen % 1000 == 0 {
            progress.at(seen);
        }
    })?;
    let clusters: Vec<(CommentId, Vec<CommentId>)> = finder
        .finish()
        .into_iter()
        .map(|cluster| (cluster.original, cluster.members.iter().map(|member| member.id).collect()))
        .collect();
    store.in_one_write(|| store.write_clusters(scan, &clusters))?;
    Ok(())
}
