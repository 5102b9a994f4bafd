//! What other rows say of a comment: replies, copies, signals, flags, decisions, tags, notes, and what was known of its author when
//! it was written.

use std::collections::HashMap;
use std::rc::Rc;

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::model::{CommentId, Status};
use crate::query::{self, History, Mark, Needs};
use crate::store::{log, record, signals};

/// Reads facts, and remembers each author's history.
pub struct Facts<'c> {
    connection: &'c Connection,
    needs: &'c Needs,
    histories: HashMap<i64, Rc<Past>>,
    held: usize,
}

/// How sure the edge is that was worked out for a comment of the table with this alias, as SQL; null if there is none.
pub fn confidence(c: &str) -> String {
    format!(
        "(select e.confidence from hung h join edges e on e.decision_id = h.decision_id
          where h.comment_id = {c}.id and h.counts = 1)"
    )
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

    /// Whether the query looks at any of them.
    pub fn reads_any(&self) -> bool {
        let Needs {
            replies, duplicate, history, flags, decisions, edited_since_decision, tags, notes, edge, lang, ..
        } = *self.needs;
        let stored = edge || lang || !self.needs.signals.is_empty();
        replies || duplicate || history || flags || decisions || edited_since_decision || tags || notes || stored
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
        if self.needs.edge {
            let mut statement = self
                .connection
                .prepare_cached(&format!("select {} from comments c where c.id = ?1", confidence("c")))?;
            facts.edge = statement.query_row([id.0], |row| row.get(0))?;
        }
        if self.needs.history
            && let Some(author) = author
        {
            facts.history = Some(self.past(author)?.before(created));
        }
        if self.needs.lang || !self.needs.signals.is_empty() {
            (facts.lang, facts.signals) = signals::facts(self.connection, id, &self.needs.signals)?;
        }
        self.decided(id, &mut facts)?;
        Ok(facts)
    }

    /// What people and rules did, as far as it holds.
    fn decided(&self, id: CommentId, facts: &mut query::Facts) -> Result<()> {
        if self.needs.flags {
            let mut statement = self.connection.prepare_cached(
                "select f.reason, iif(o.origin = 'rule', o.actor, null)
                 from flags f join decisions d on d.id = f.decision_id join operations o on o.id = d.operation_id
                 where f.comment_id = ?1 and f.state <> 'withdrawn' order by o.uid, d.seq",
            )?;
            let mark = |row: &Row<'_>| Ok(Mark { reason: row.get(0)?, rule: row.get(1)? });
            facts.flags = statement.query_map([id.0], mark)?.collect::<Result<_, _>>()?;
        }
        if self.needs.decisions {
            let mut statement = self.connection.prepare_cached(
                "select o.actor from decisions d join operations o on o.id = d.operation_id
                 where d.comment_id = ?1 and d.undone = 0 and d.action in ('approve', 'remove', 'spam', 'escalate')
                 order by o.uid, d.seq",
            )?;
            facts.decided_by = statement.query_map([id.0], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let mut statement = self.connection.prepare_cached(
                "select d.reasons from standing s join decisions d on d.id = s.decision_id where s.comment_id = ?1",
            )?;
            let reasons: Option<String> = statement.query_row([id.0], |row| row.get(0)).optional()?.flatten();
            facts.reason = record::words(reasons).into_iter().next();
        }
        if self.needs.edited_since_decision {
            facts.edited_since_decision = log::is_edited_since_decision(self.connection, id.0)?;
        }
        if self.needs.tags {
            let mut statement =
                self.connection.prepare_cached("select tag from tags where comment_id = ?1 order by tag")?;
            facts.tags = statement.query_map([id.0], |row| row.get(0))?.collect::<Result<_, _>>()?;
        }
        if self.needs.notes {
            facts.notes = self
                .connection
                .prepare_cached(
                    "select count(*) from decisions where comment_id = ?1 and undone = 0 and note is not null",
                )?
                .query_row([id.0], |row| row.get(0))?;
        }
        Ok(())
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
