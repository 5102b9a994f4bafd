//! The writer that a dump goes through: batches of records become rows, each batch in one transaction, so that a killed
//! import leaves whole batches only. Records that are already there are compared and merged (`merge`), never doubled.
//!
//! Not here: reading, threads and progress (`crate::import`); what can only be done when everything has arrived
//! (`resolve`).

mod authors;
mod comment;
mod insert;
mod merge;
mod post;
mod rivals;

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};

use self::authors::KnownAuthor;
use self::comment::ParentRow;
use self::insert::Statements;
use super::{Store, indexes, project, resolve, settings, words};
use crate::model::{CommentId, Fault, Gap, KeptEdge, NewComment, NewPost, SourceKey, Status};

/// A record ready to be written: its plain text and its hash were made beforehand, off the writer's thread.
#[derive(Debug)]
pub enum Prepared {
    /// The records that follow belong to this source.
    Source(SourceKey),
    /// A post.
    Post(Box<PreparedPost>),
    /// A comment.
    Comment(Box<PreparedComment>),
    /// Comments that are missing from the dump.
    Gap(Gap),
    /// A comment that repeats another under a different id.
    Duplicate {
        /// The key of the copy.
        key: String,
        /// The key of the original.
        of: String,
    },
    /// A record that could not be read.
    Fault {
        /// The name of the input.
        input: String,
        /// What went wrong where.
        fault: Fault,
    },
}

/// A post with its plain text and hash.
#[derive(Debug)]
pub struct PreparedPost {
    /// The record.
    pub post: NewPost,
    /// The plain text, where it differs from the body as it came.
    pub text: Option<String>,
    /// A hash of everything that counts as its content; leftover fields don't.
    pub hash: i64,
}

/// A comment with its plain text and hash.
#[derive(Debug)]
pub struct PreparedComment {
    /// The record.
    pub comment: NewComment,
    /// The plain text, where it differs from the body as it came.
    pub text: Option<String>,
    /// A hash of everything that counts as its content; scores and leftover fields don't.
    pub hash: i64,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Comment records read, repeats included, faulty ones not.
    pub read: u64,
    /// Comments that were not there before.
    pub added: u64,
    /// Comments whose text, state, author, time or parent changed.
    pub changed: u64,
    /// Comments that were there already, just so.
    pub unchanged: u64,
    /// Records that repeat one of this same import.
    pub duplicates: u64,
    /// Posts that were not there before.
    pub posts_added: u64,
    /// Posts that changed.
    pub posts_changed: u64,
    /// Posts added that are only known from comments that name them; after the import.
    pub placeholders: u64,
    /// Comments added or touched that name a parent that is in no file so far.
    pub orphans: u64,
    /// Parents that were missing before and have come now.
    pub parents_found: u64,
    /// Links between comment and parent that were refused because they close a circle.
    pub circles: u64,
    /// Comments marked as copies of others.
    pub copies: u64,
    /// Records in quarantine.
    pub quarantined: u64,
    /// Comments added of which the dump does not say what they answer.
    pub unplaced: u64,
}

/// What is kept of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Every batch as it comes: a killed import keeps what it had.
    Batches,
    /// Everything, or nothing unless [`Importer::finish`] is reached.
    WholeOrNothing,
    /// Nothing: it is done and counted, then taken back.
    DryRun,
}

/// A finished import.
#[derive(Debug)]
pub struct Finished {
    /// What was done.
    pub counts: Counts,
    /// New comments that had been decided in the database whose dump this was, and where they stood there.
    pub decided: Vec<(CommentId, Status)>,
    /// New comments that hung by an edge in that database.
    pub edges: Vec<(CommentId, KeptEdge)>,
}

/// An import in progress.
pub struct Importer<'s> {
    store: &'s Store,
    statements: Statements<'s>,
    run: i64,
    source: Option<i64>,
    counts: Counts,
    /// Rows of the present source by ident or key, so that most records ask the database nothing.
    authors: HashMap<String, KnownAuthor>,
    posts: HashMap<String, i64>,
    parents: HashMap<String, ParentRow>,
    /// Room for an author's ident, kept for its memory.
    ident: String,
    /// Posts whose trees must be rebuilt.
    touched: HashSet<i64>,
    time_ordered: bool,
    newest: i64,
    /// Whether ids of quell's own dumps are kept: only in a database that was empty when the import began.
    keep_ids: bool,
    /// New comments of quell's own dumps that had been decided there.
    decided: Vec<(CommentId, Status)>,
    /// New comments of quell's own dumps that hung by an edge there.
    edges: Vec<(CommentId, KeptEdge)>,
    mode: Mode,
    /// Whether the one transaction of the whole import is open.
    open: bool,
}

/// How many names an import keeps in memory; beyond that it starts afresh and asks the database again.
const REMEMBERED: usize = 200_000;

impl<'s> Importer<'s> {
    /// Begins an import. Unless batches are kept as they come, everything is one transaction, which dropping the
    /// importer takes back.
    pub fn begin(store: &'s mut Store, mode: Mode) -> Result<Self> {
        let store: &'s Store = store;
        // A dump can be read again, so an import may leave the last moments to the operating system; see `finish`.
        // Every row it points at was found or made by itself, so SQLite need not look for each of them once more: that
        // would be 7 % of the whole import.
        store
            .connection
            .execute_batch("pragma synchronous = normal; pragma foreign_keys = off; pragma cache_size = -65536")?;
        if mode != Mode::Batches {
            store.connection.execute_batch("begin immediate")?;
        }
        let connection = &store.connection;
        let empty: bool = connection.query_row("select not exists (select 1 from comments)", [], |row| row.get(0))?;
        if empty {
            indexes::drop(connection)?;
        } else {
            indexes::make(connection)?;
        }
        let posts_empty: bool =
            connection.query_row("select not exists (select 1 from posts)", [], |row| row.get(0))?;
        connection.execute("insert into runs (started) values (unixepoch())", [])?;
        let run = connection.last_insert_rowid();
        Ok(Importer {
            statements: Statements::prepare(connection)?,
            run,
            source: None,
            counts: Counts::default(),
            authors: HashMap::new(),
            posts: HashMap::new(),
            parents: HashMap::new(),
            ident: String::new(),
            touched: HashSet::new(),
            time_ordered: true,
            newest: i64::MIN,
            keep_ids: empty && posts_empty,
            decided: Vec::new(),
            edges: Vec::new(),
            mode,
            open: mode != Mode::Batches,
            store,
        })
    }

    /// What has been done so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Writes a batch in one transaction.
    pub fn write(&mut self, batch: Vec<Prepared>) -> Result<()> {
        if self.open {
            return self.write_all(batch);
        }
        self.store.connection.execute_batch("begin immediate")?;
        let written = self.write_all(batch);
        let end = if written.is_ok() { "commit" } else { "rollback" };
        self.store.connection.execute_batch(end)?;
        written
    }

    fn write_all(&mut self, batch: Vec<Prepared>) -> Result<()> {
        let connection = &self.store.connection;
        self.time_ordered = settings::number(connection, settings::TIME_ORDERED)?.unwrap_or(1) == 1;
        self.newest = settings::number(connection, settings::NEWEST)?.unwrap_or(i64::MIN);
        for record in batch {
            match record {
                Prepared::Source(source) => self.change_source(&source)?,
                Prepared::Post(post) => self.post(&post)?,
                Prepared::Comment(comment) => self.comment(*comment)?,
                Prepared::Gap(gap) => self.gap(&gap)?,
                Prepared::Duplicate { key, of } => self.duplicate(&key, &of)?,
                Prepared::Fault { input, fault } => self.quarantine(&input, &fault)?,
            }
        }
        let connection = &self.store.connection;
        settings::set_number(connection, settings::TIME_ORDERED, i64::from(self.time_ordered))?;
        settings::set_number(connection, settings::NEWEST, self.newest)
    }

    /// Ends the import: parents that came late, trees, the text index, the indexes, and the record of the run.
    /// `inputs` are the names of what was read; `stage` is told what is being done.
    ///
    /// Gives the counts, and the decisions that quell's own dumps tell of, for the caller to make.
    pub fn finish(mut self, inputs: &[String], stage: &mut dyn FnMut(&str)) -> Result<Finished> {
        if !self.open {
            self.store.connection.execute_batch("begin immediate")?;
            self.open = true;
        }
        self.finish_all(inputs, stage)?;
        if self.mode == Mode::DryRun {
            return Ok(Finished { counts: self.counts, decided: Vec::new(), edges: Vec::new() });
        }
        self.store.connection.execute_batch("commit").context("the import could not be completed")?;
        self.open = false;
        // One checkpoint under full synchronisation: what the summary reports is on the disk.
        self.store.connection.execute_batch("pragma synchronous = full")?;
        self.store.connection.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(()))?;
        Ok(Finished {
            counts: self.counts,
            decided: std::mem::take(&mut self.decided),
            edges: std::mem::take(&mut self.edges),
        })
    }

    fn finish_all(&mut self, inputs: &[String], stage: &mut dyn FnMut(&str)) -> Result<()> {
        let connection = &self.store.connection;
        stage("indexes");
        indexes::make(connection)?;
        stage("trees");
        let resolved = resolve::run(connection, self.run, std::mem::take(&mut self.touched))?;
        self.counts.parents_found = resolved.parents_found;
        self.counts.circles = resolved.circles;
        // Decisions that were restored before their comments came take effect now.
        project::adopt(connection)?;
        let count = |sql: &str| connection.query_row(sql, [self.run], |row| row.get::<_, u64>(0));
        self.counts.placeholders = count("select count(*) from posts where placeholder <> 0 and run_id = ?1")?;
        self.counts.orphans =
            count("select count(*) from comments where parent_id is null and parent_key is not null and run_id = ?1")?;
        if self.mode != Mode::DryRun {
            stage("words");
            words::catch_up(connection)?;
        }
        connection.execute(
            "update runs set finished = unixepoch(), inputs = ?2, counts = ?3 where id = ?1",
            (self.run, serde_json::to_string(inputs)?, self.counts.to_json()),
        )?;
        Ok(())
    }

    fn source(&self) -> Result<i64> {
        self.source.context("the source must be named before its records")
    }

    fn change_source(&mut self, source: &SourceKey) -> Result<()> {
        let id = self.source_id(source)?;
        if self.source.replace(id) != Some(id) {
            self.authors.clear();
            self.posts.clear();
            self.parents.clear();
        }
        Ok(())
    }

    fn source_id(&self, source: &SourceKey) -> Result<i64> {
        let connection = &self.store.connection;
        connection
            .prepare_cached("insert into sources (kind, scope) values (?1, ?2) on conflict (kind, scope) do nothing")?
            .execute((&source.kind, &source.scope))?;
        Ok(connection
            .prepare_cached("select id from sources where kind = ?1 and scope = ?2")?
            .query_row((&source.kind, &source.scope), |row| row.get(0))?)
    }

    fn gap(&mut self, gap: &Gap) -> Result<()> {
        let post = self.post_id(&gap.post, 1)?;
        let known = serde_json::to_string(&gap.known)?;
        self.store
            .connection
            .prepare_cached(
                "insert into gaps (post_id, parent_key, known, count, reason) values (?1, ?2, ?3, ?4, ?5)
                 on conflict (post_id, parent_key, known, reason) do update set count = excluded.count",
            )?
            .execute((post, gap.parent.as_deref().unwrap_or(""), known, gap.count as i64, &gap.reason))?;
        Ok(())
    }

    fn duplicate(&mut self, key: &str, of: &str) -> Result<()> {
        let source = self.source()?;
        self.store
            .connection
            .prepare_cached(
                "insert into duplicates (source_id, key, of_key) values (?1, ?2, ?3)
                 on conflict (source_id, key) do update set of_key = excluded.of_key",
            )?
            .execute((source, key, of))?;
        self.counts.copies += 1;
        Ok(())
    }

    fn quarantine(&mut self, input: &str, fault: &Fault) -> Result<()> {
        self.counts.quarantined += 1;
        super::quarantine::add(&self.store.connection, self.run, input, fault)
    }
}

impl Drop for Importer<'_> {
    fn drop(&mut self) {
        if self.open {
            // Nothing can be done about a failing rollback here; SQLite takes the transaction back when the file is
            // opened next.
            let _ = self.store.connection.execute_batch("rollback");
        }
        let _ = self
            .store
            .connection
            .execute_batch("pragma synchronous = full; pragma foreign_keys = on; pragma cache_size = -24576");
    }
}

impl Counts {
    /// The counts as the text of a JSON object, as it is kept with the run.
    pub fn to_json(&self) -> String {
        serde_json::json!({
            "read": self.read, "added": self.added, "changed": self.changed, "unchanged": self.unchanged,
            "duplicates": self.duplicates, "posts_added": self.posts_added, "posts_changed": self.posts_changed,
            "placeholders": self.placeholders, "orphans": self.orphans, "parents_found": self.parents_found,
            "circles": self.circles, "copies": self.copies, "quarantined": self.quarantined,
            "unplaced": self.unplaced,
        })
        .to_string()
    }
}
