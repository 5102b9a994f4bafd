//! Comments: where each hangs, and whether it is new.

use anyhow::Result;
use rusqlite::OptionalExtension;

use super::{Importer, PreparedComment, REMEMBERED};
use crate::model::{CommentId, NewComment, Parent, ParentOrigin};

/// Where a comment hangs, as far as is known when it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hung<'a> {
    /// The row of its post.
    pub post: i64,
    /// The row of its parent, if that has come already.
    pub parent: Option<i64>,
    /// The source's key of its parent; absent for the post itself.
    pub parent_key: Option<&'a str>,
    /// What the link rests on; absent where the dump does not say what the comment answers.
    pub origin: Option<ParentOrigin>,
    /// Levels below the post as far as is known; `resolve` corrects it when parents come late.
    pub depth: u32,
}

/// What of a comment its replies need.
#[derive(Debug, Clone, Copy)]
pub struct ParentRow {
    id: i64,
    post: i64,
    depth: u32,
}

impl Importer<'_> {
    /// Writes a comment that is new, or compares and merges it with the one that is there.
    pub(super) fn comment(&mut self, prepared: PreparedComment) -> Result<()> {
        self.counts.read += 1;
        let source = self.source()?;
        let hung = self.hang(source, &prepared.comment)?;
        let author = self.author(source, &prepared.comment.author)?;
        let Some(id) = self.insert_comment(source, &prepared, &hung, &author)? else {
            return self.merge(source, &prepared, &hung, &author);
        };
        self.counts.added += 1;
        if let Some(status) = prepared.comment.decided {
            self.decided.push((CommentId(id), status));
        }
        if let Some(hung) = &prepared.comment.hung {
            self.edges.push((CommentId(id), hung.edge.clone()));
        }
        self.counts.unplaced += u64::from(hung.origin.is_none() && hung.parent_key.is_none());
        let row = ParentRow { id, post: hung.post, depth: hung.depth };
        self.remember_parent(prepared.comment.key, row);
        Ok(())
    }

    fn hang<'a>(&mut self, source: i64, comment: &'a NewComment) -> Result<Hung<'a>> {
        // An edge of quell's own dumps becomes a decision; here only what the dump behind it said counts.
        let parent = comment.hung.as_ref().map_or(&comment.parent, |hung| &hung.given);
        let (key, origin) = match parent {
            Parent::Comment { key, origin } if *key != comment.key => (Some(key), Some(*origin)),
            Parent::Unknown => (None, None),
            // A comment that names itself as its parent answers nobody that we know of.
            Parent::Comment { .. } => (None, None),
            Parent::Post => (None, Some(ParentOrigin::Source)),
        };
        let parent = key.map(|key| self.parent_row(source, key)).transpose()?.flatten();
        let mut parent_key = key.map(String::as_str);
        let post = match (&comment.post, &parent, key) {
            (Some(post), _, _) => self.post_id(post, 1)?,
            (None, Some(parent), _) => parent.post,
            (None, None, Some(key)) => match self.known_real_post(source, key)? {
                Some(post) => {
                    parent_key = None;
                    post
                }
                None => self.post_id(key, 2)?,
            },
            (None, None, None) => self.post_id("", 1)?,
        };
        let parent = parent.filter(|parent| parent.post == post);
        Ok(Hung {
            post,
            depth: parent.as_ref().map_or(1, |parent| parent.depth + 1),
            parent: parent.map(|parent| parent.id),
            parent_key,
            origin,
        })
    }

    fn parent_row(&mut self, source: i64, key: &str) -> Result<Option<ParentRow>> {
        if let Some(&row) = self.parents.get(key) {
            return Ok(Some(row));
        }
        let row = |row: &rusqlite::Row<'_>| Ok(ParentRow { id: row.get(0)?, post: row.get(1)?, depth: row.get(2)? });
        Ok(self.statements.parent.query_row((source, key), row).optional()?)
    }

    fn remember_parent(&mut self, key: String, row: ParentRow) {
        if self.parents.len() >= REMEMBERED {
            self.parents.clear();
        }
        self.parents.insert(key, row);
    }

    /// A post with this key, unless it only stands for an unknown root.
    fn known_real_post(&mut self, source: i64, key: &str) -> Result<Option<i64>> {
        let Some(id) = self.known_post(source, key)? else { return Ok(None) };
        let real = self
            .store
            .connection
            .prepare_cached("select placeholder <> 2 from posts where id = ?1")?
            .query_row([id], |row| row.get::<_, bool>(0))?;
        Ok(real.then_some(id))
    }
}
