//! `quell waves`: bursts of comments that say nearly the same, largest first, with what was decided of them so far. They
//! come from what the last scan kept; where comments were not scanned, copies are looked for on the spot.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use anyhow::Result;

use super::{Context, listed, shape};
use crate::cli;
use crate::error::Exit;
use crate::model::{AuthorKind, CommentId, Status, Time};
use crate::output::listing::{Cell, Listing};
use crate::output::time::rfc3339;
use crate::query::{Entry, Needs};
use crate::signals::copies::{Burst, Cluster, Member, Said, clusters, waves};
use crate::store::{Clustered, Store};

/// A comment while it is compared.
struct Row {
    id: CommentId,
    text: String,
    author: Option<i64>,
    created: Option<i64>,
}

impl Row {
    fn said(&self) -> Said<'_> {
        Said { id: self.id, text: &self.text, author: self.author, created: self.created }
    }
}

/// Finds and lists the waves.
pub fn run(context: &Context, args: &cli::Waves) -> Result<Exit> {
    let store = context.open()?;
    let clusters = if store.unscanned()? == 0 { stored(&store)? } else { found(&store)? };
    let mut found: Vec<_> =
        clusters.iter().flat_map(|cluster| waves(cluster, Burst { size: args.size, gap: args.gap })).collect();
    found.sort_by_key(|wave| (std::cmp::Reverse(wave.members.len()), wave.original));
    let verdicts: HashMap<CommentId, Status> = store.verdicts()?.into_iter().collect();
    let mut listed_rows = 0;
    context.ui.page(|out| {
        let columns = ["original", "copies", "authors", "first", "last", "taken out", "let stand", "ids", "text"];
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), &columns)?;
        for wave in &found {
            let stands = |id: &&CommentId| verdicts.get(*id) == Some(&Status::Approved);
            let good = wave.members.iter().filter(stands).count();
            let decided = wave.members.iter().filter(|id| verdicts.contains_key(*id)).count();
            let ids: Vec<String> = wave.members.iter().map(CommentId::to_string).collect();
            let text = store.comment(wave.original)?.map(|comment| comment.text).unwrap_or_default();
            list.row(vec![
                wave.original.to_string().into(),
                Cell::Number(wave.members.len() as i64),
                Cell::Number(wave.authors as i64),
                when(wave.span.0),
                when(wave.span.1),
                Cell::Number((decided - good) as i64),
                Cell::Number(good as i64),
                ids.join(" ").into(),
                text.split_whitespace().take(12).collect::<Vec<_>>().join(" ").into(),
            ])?;
        }
        listed_rows = list.end()?;
        Ok(())
    })?;
    Ok(listed(listed_rows))
}

/// The clusters that the last scan kept.
fn stored(store: &Store) -> Result<Vec<Cluster>> {
    let rows = store.clustered()?;
    let by_cluster = rows.chunk_by(|a, b| a.cluster == b.cluster);
    let member = |of: &Clustered| Member { id: of.comment, author: of.author, created: of.created };
    let cluster = |of: &[Clustered]| Cluster { original: of[0].cluster, members: of.iter().map(member).collect() };
    Ok(by_cluster.map(cluster).collect())
}

/// The clusters among all comments as they are now.
fn found(store: &Store) -> Result<Vec<Cluster>> {
    let rows = read(store)?;
    Ok(clusters(rows.iter().map(Row::said)))
}

/// All comments, in order of their numbers, so that the same database gives the same waves.
fn read(store: &Store) -> Result<Vec<Row>> {
    let needs = Needs { text: true, author: true, ..Needs::default() };
    let shares = store.sweep(&needs, &|_, each| {
        let mut rows = Vec::new();
        each(&mut |entry: &Entry<'_>| {
            let person = matches!(entry.author_kind, AuthorKind::User | AuthorKind::Bot | AuthorKind::Staff);
            let name = entry.author_key.or(entry.author).filter(|_| person);
            let (id, text, created) = (entry.id, entry.text.to_owned(), entry.created);
            rows.push(Row { id, text, author: name.map(number), created });
            Ok(())
        })?;
        Ok(rows)
    })?;
    let mut rows: Vec<Row> = shares.into_iter().flatten().collect();
    rows.sort_unstable_by_key(|row| row.id);
    Ok(rows)
}

/// A number that stands for an author.
fn number(name: &str) -> i64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish() as i64
}

fn when(millis: i64) -> Cell {
    Time::utc(millis).and_then(rfc3339).map_or(Cell::Null, Cell::Text)
}
