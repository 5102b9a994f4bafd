//! What stands around one comment, read in time that does not depend on the size of the database or of the thread: what
//! it answers, what answers it, and its standing; and what `review --blind` draws from.

use std::collections::HashSet;

use anyhow::Result;
use rusqlite::{OptionalExtension, Row};

use super::Store;
use crate::model::CommentId;

/// A comment that people have decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The comment.
    pub comment: CommentId,
    /// What tells it from every other comment in every database: its source and the source's id.
    pub key: String,
    /// Whether the one who asks has decided it too.
    pub judged: bool,
}

impl Store {
    /// The comments above one, nearest first, at the most so many; a circle ends where it closes.
    pub fn ancestors(&self, comment: CommentId, limit: usize) -> Result<Vec<CommentId>> {
        let mut statement = self.connection.prepare_cached("select parent_id from comments where id = ?1")?;
        let mut seen = HashSet::from([comment]);
        let mut above = Vec::new();
        let mut at = comment;
        while above.len() < limit {
            let parent: Option<i64> = statement.query_row([at.0], |row| row.get(0)).optional()?.flatten();
            let Some(parent) = parent.map(CommentId).filter(|parent| seen.insert(*parent)) else { break };
            above.push(parent);
            at = parent;
        }
        Ok(above)
    }

    /// The comments below one in reading order, each with its levels below it, at the most so many.
    pub fn answers(&self, comment: CommentId, limit: usize) -> Result<Vec<(CommentId, u32)>> {
        let mut seen = HashSet::from([comment]);
        let mut below = Vec::new();
        let mut todo: Vec<(CommentId, u32)> = self.children(comment, limit)?.into_iter().map(|id| (id, 1)).collect();
        todo.reverse();
        while let Some((id, depth)) = todo.pop() {
            if below.len() >= limit {
                break;
            }
            if !seen.insert(id) {
                continue;
            }
            below.push((id, depth));
            let children = self.children(id, limit - below.len())?;
            todo.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
        }
        Ok(below)
    }

    /// The first direct answers to a comment, in their order.
    fn children(&self, comment: CommentId, limit: usize) -> Result<Vec<CommentId>> {
        let mut statement = self
            .connection
            .prepare_cached("select id from comments where parent_id = ?1 order by created, id limit ?2")?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let ids = statement.query_map((comment.0, limit), |row| Ok(CommentId(row.get(0)?)))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// The number of the last operation in which something was decided about a comment; 0 if nothing was.
    pub fn last_operation(&self, comment: CommentId) -> Result<i64> {
        let mut statement = self
            .connection
            .prepare_cached("select coalesce(max(operation_id), 0) from decisions where comment_id = ?1")?;
        Ok(statement.query_row([comment.0], |row| row.get(0))?)
    }

    /// The comments that people other than this one have decided, by number; those taken back by their authors aside.
    pub fn decided_by_others(&self, than: &str) -> Result<Vec<Decided>> {
        let mut statement = self.connection.prepare(
            "with words as (
                select d.comment_id, max(o.actor <> ?1) others, max(o.actor = ?1) own
                from decisions d join operations o on o.id = d.operation_id
                where d.comment_id is not null and d.undone = 0 and o.origin = 'person'
                    and d.action in ('approve', 'remove', 'spam', 'escalate')
                group by d.comment_id)
             select c.id, json_array(s.kind, s.scope, c.key) key, w.own
             from words w join comments c on c.id = w.comment_id join sources s on s.id = c.source_id
             where w.others and c.source_status is not 'deleted' order by c.id",
        )?;
        let read = |row: &Row<'_>| {
            Ok(Decided { comment: CommentId(row.get("id")?), key: row.get("key")?, judged: row.get("own")? })
        };
        Ok(statement.query_map([than], read)?.collect::<Result<_, _>>()?)
    }
}
