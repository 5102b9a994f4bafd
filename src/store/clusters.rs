//! Comments that say nearly the same, as the last scan found them.

use std::collections::HashMap;

use anyhow::Result;
use rusqlite::Row;

use super::Store;
use crate::model::CommentId;
use crate::query::Field;

/// A comment of a stored cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clustered {
    /// Which.
    pub comment: CommentId,
    /// The first of its cluster.
    pub cluster: CommentId,
    /// Its author, by number; absent where nobody in particular wrote it.
    pub author: Option<i64>,
    /// When it was written, in milliseconds.
    pub created: Option<i64>,
}

impl Store {
    /// Every comment of a cluster, cluster by cluster.
    pub fn clustered(&self) -> Result<Vec<Clustered>> {
        let mut statement = self.connection.prepare_cached(
            "select k.comment_id, k.cluster, c.author_id, c.created from clusters k join comments c on c.id = k.comment_id
             order by k.cluster, k.comment_id",
        )?;
        let read = |row: &Row<'_>| {
            Ok(Clustered {
                comment: CommentId(row.get(0)?),
                cluster: CommentId(row.get(1)?),
                author: row.get(2)?,
                created: row.get(3)?,
            })
        };
        Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// The comments of a comment's cluster, itself included; none where nobody repeats it.
    pub fn cluster_of(&self, comment: CommentId) -> Result<Vec<CommentId>> {
        let mut statement = self.connection.prepare_cached(
            "select b.comment_id from clusters a join clusters b on b.cluster = a.cluster
             where a.comment_id = ?1 order by b.comment_id",
        )?;
        Ok(statement.query_map([comment.0], |row| Ok(CommentId(row.get(0)?)))?.collect::<Result<_, _>>()?)
    }

    /// Puts these clusters (the first comment, and all) in place of those that are stored, and sets `copies` where it
    /// changes. Gives how many comments that were.
    pub fn write_clusters(&self, scan: i64, clusters: &[(CommentId, Vec<CommentId>)]) -> Result<u64> {
        let mut held: HashMap<CommentId, CommentId> =
            self.clustered()?.into_iter().map(|of| (of.comment, of.cluster)).collect();
        let mut sizes: HashMap<CommentId, u64> = HashMap::new();
        held.values().for_each(|cluster| *sizes.entry(*cluster).or_default() += 1);
        let mut put = self.connection.prepare_cached(
            "insert into clusters (comment_id, cluster) values (?1, ?2)
             on conflict (comment_id) do update set cluster = excluded.cluster",
        )?;
        let mut changed = Vec::new();
        for (first, members) in clusters {
            let size = members.len() as u64;
            for member in members {
                let before = held.remove(member);
                if before != Some(*first) {
                    put.execute((member.0, first.0))?;
                }
                // A row that was written anew says 1 again.
                if before.and_then(|before| sizes.get(&before)) != Some(&size) || !self.has_copies(*member, size)? {
                    changed.push((*member, Some(size as f64)));
                }
            }
        }
        let mut drop = self.connection.prepare_cached("delete from clusters where comment_id = ?1")?;
        for left in held.into_keys() {
            drop.execute([left.0])?;
            changed.push((left, Some(1.0)));
        }
        self.write_signal(scan, Field::Copies, &changed)?;
        Ok(changed.len() as u64)
    }

    fn has_copies(&self, comment: CommentId, size: u64) -> Result<bool> {
        let sql = "select exists (select 1 from signals where comment_id = ?1 and copies = ?2)";
        Ok(self.connection.prepare_cached(sql)?.query_row((comment.0, size as i64), |row| row.get(0))?)
    }
}
