//! What other rows say of a comment: replies, copies, and what was known of its author when it was written.

use std::collections::HashMap;
use std::rc::Rc;

use anyhow::Result;
use rusqlite::Connection;

use crate::model::{CommentId, Status};
use crate::query::{self, History, Needs};

/// Reads facts, and remembers each author's history.
pub struct Facts<'c> {
    connection: &'c Connection,
    needs: &'c Needs,
    histories: HashMap<i64, Rc<Past>>,
    held: usize,
}

/// What an author wrote, in order of time.
struct Past {
    /// Times of all comments that have one.
    written: Vec<i64>,
    /// Times of those that were removed, spam included.
    removed: Vec<i64>,
}

/// How many comments the remembered histories may hold.
const MAX_HELD: usize = 4 << 20;

impl<'c> Facts<'c> {
    /// A reader of what a query needs.
    pub fn new(connection: &'c Connection, needs: &'c Needs) -> Self {
        Facts { connection, needs, histories: HashMap::new(), held: 0 }
    }

    /// The facts of one comment.
    pub fn of(&mut self, id: CommentId, author: Option<i64>, created: Option<i64>) -> Result<query::Facts> {
        let mut facts = query::Facts::default();
        if self.needs.replies {
            facts.replies = self
                .connection
                .prepare_cached("select count(*) from comments where parent_id = ?1")?
                .query_row([id.0], |row| row.get(0))?;
        }
        if self.needs.duplicate {
            facts.duplicate = self
                .connection
                .prepare_cached(
                    "select exists (select 1 from comments c join duplicates d
                        on d.source_id = c.source_id and d.key = c.key where c.id = ?1)",
                )?
                .query_row([id.0], |row| row.get(0))?;
        }
        if self.needs.history
            && let Some(author) = author
        {
            facts.history = Some(self.past(author)?.before(created));
        }
        Ok(facts)
    }

    fn past(&mut self, author: i64) -> Result<Rc<Past>> {
        if let Some(past) = self.histories.get(&author) {
            return Ok(Rc::clone(past));
        }
        let mut statement = self.connection.prepare_cached(
            "select created, status from comments where author_id = ?1 and created is not null order by created",
        )?;
        let mut past = Past { written: Vec::new(), removed: Vec::new() };
        let mut rows = statement.query([author])?;
        while let Some(row) = rows.next()? {
            let created = row.get(0)?;
            past.written.push(created);
            let status = Status::from_name(row.get_ref(1)?.as_str()?);
            if matches!(status, Some(Status::Removed | Status::Spam)) {
                past.removed.push(created);
            }
        }
        self.held += past.written.len();
        if self.held > MAX_HELD {
            self.histories.clear();
            self.held = past.written.len();
        }
        let past = Rc::new(past);
        self.histories.insert(author, Rc::clone(&past));
        Ok(past)
    }
}

impl Past {
    /// What was known before this moment; comments of the same moment are not before it.
    fn before(&self, created: Option<i64>) -> History {
        let Some(created) = created else { return History::default() };
        let earlier = |times: &[i64]| times.partition_point(|time| *time < created) as u32;
        History {
            comments: earlier(&self.written),
            removed: earlier(&self.removed),
            age: self.written.first().map(|first| created - first),
        }
    }
}
