//! The health of the database: what is in it, whether it is whole, and giving back space.

use anyhow::{Context, Result};
use rusqlite::Connection;

use super::{Store, indexes, settings, words};
use crate::model::{PostId, SourceKey};

/// What is in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// Bytes of the file.
    pub bytes: u64,
    /// The layout's version.
    pub layout: u32,
    /// SQLite's version.
    pub sqlite: String,
    /// Posts, placeholders included.
    pub posts: u64,
    /// Comments.
    pub comments: u64,
    /// Persons.
    pub authors: u64,
    /// Earlier texts.
    pub revisions: u64,
    /// Records in quarantine.
    pub quarantined: u64,
    /// Imports that were begun.
    pub imports: u64,
    /// What came from where.
    pub sources: Vec<SourceInfo>,
}

/// What came from one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceInfo {
    /// The source.
    pub source: SourceKey,
    /// Its posts.
    pub posts: u64,
    /// Its comments.
    pub comments: u64,
}

/// Something that `check` found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub next: &'static str,
    /// Whether something is broken; an import that was cut short is only unfinished.
    pub damage: bool,
}

impl Problem {
    fn damage(what: impl Into<String>, next: &'static str) -> Self {
        Problem { what: what.into(), next, damage: true }
    }
}

impl Store {
    /// Counts what is in the database.
    pub fn info(&self) -> Result<Info> {
        let count = |table: &str| -> Result<u64> {
            Ok(self.connection.query_row(&format!("select count(*) from {table}"), [], |row| row.get(0))?)
        };
        let mut statement = self.connection.prepare(
            "select kind, scope, (select count(*) from posts p where p.source_id = s.id),
                (select count(*) from comments c where c.source_id = s.id)
             from sources s order by s.id",
        )?;
        let sources = statement.query_map([], |row| {
            Ok(SourceInfo {
                source: SourceKey { kind: row.get(0)?, scope: row.get(1)? },
                posts: row.get(2)?,
                comments: row.get(3)?,
            })
        })?;
        Ok(Info {
            bytes: self.connection.query_row(
                "select page_count * page_size from pragma_page_count(), pragma_page_size()",
                [],
                |row| row.get(0),
            )?,
            layout: self.connection.query_row("pragma user_version", [], |row| row.get(0))?,
            sqlite: rusqlite::version().to_owned(),
            posts: count("posts")?,
            comments: count("comments")?,
            authors: count("authors")?,
            revisions: count("revisions")?,
            quarantined: count("quarantine")?,
            imports: count("runs")?,
            sources: sources.collect::<Result<_, _>>()?,
        })
    }

    /// Removes the file if nothing was ever stored in it: what is left of an import that found nothing to import. Gives
    /// whether it is gone.
    pub fn discard_if_bare(self) -> Result<bool> {
        // Nobody else may begin to write into it while it is looked at; if somebody does already, it is not bare.
        if self.connection.execute_batch("begin exclusive").is_err() {
            return Ok(false);
        }
        let bare: bool = self.connection.query_row(
            "select not exists (select 1 from sources) and not exists (select 1 from comments)
                and not exists (select 1 from quarantine) and not exists (select 1 from operations)
                and not exists (select 1 from saved_queries)",
            [],
            |row| row.get(0),
        )?;
        self.connection.execute_batch("rollback")?;
        let path = self.path.clone();
        // The last connection to leave removes what lies beside the file.
        drop(self);
        if bare {
            std::fs::remove_file(&path).with_context(|| format!("cannot remove the empty {}", path.display()))?;
        }
        Ok(bare)
    }

    /// Looks for damage: SQLite's own checks, then what SQLite can't know, and imports that were cut short. An empty
    /// list means that all is well.
    pub fn check(&self) -> Result<Vec<Problem>> {
        let mut problems = Vec::new();
        let connection = &self.connection;
        for line in texts(connection, "pragma integrity_check")?.into_iter().filter(|line| line != "ok") {
            problems.push(Problem::damage(line, "restore the file from a copy, or import the dumps again"));
        }
        for table in texts(connection, "select \"table\" from pragma_foreign_key_check")? {
            problems.push(Problem::damage(
                format!("a row of {table} points at nothing"),
                "restore the file from a copy, or import the dumps again",
            ));
        }
        if connection.execute("insert into comment_words (comment_words) values ('integrity-check')", []).is_err() {
            problems.push(Problem::damage("the text index is damaged", "quell db compact rebuilds it"));
        }
        if !indexes::complete(connection)? || self.unindexed()? > 0 {
            problems.push(Problem {
                what: format!("an import was cut short: {} comments are not in the text index", self.unindexed()?),
                next: "run the import again; it goes on where it stopped",
                damage: false,
            });
        }
        self.check_trees(&mut problems)?;
        self.check_projections(&mut problems)?;
        self.check_edges(&mut problems)?;
        if let Some(operation) = self.verify_log()?.broken {
            problems.push(Problem {
                what: format!("operation {operation} of the log is not as it was written"),
                next: "restore the file from a copy",
                damage: true,
            });
        }
        Ok(problems)
    }

    /// Rebuilds the text index, gives back free space and cuts the write-ahead log.
    pub fn compact(&mut self) -> Result<()> {
        let transaction = self.connection.transaction()?;
        indexes::make(&transaction)?;
        transaction.execute("insert into comment_words (comment_words) values ('delete-all')", [])?;
        settings::set_number(&transaction, settings::WORDS_UP_TO, -1)?;
        words::catch_up(&transaction)?;
        transaction.commit()?;
        self.connection
            .execute_batch("insert into comment_words (comment_words) values ('optimize'); vacuum; analyze")?;
        self.connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Comments that the text index does not hold yet.
    pub(super) fn unindexed(&self) -> Result<u64> {
        let done = settings::number(&self.connection, settings::WORDS_UP_TO)?.unwrap_or(-1);
        let count = "select count(*) from bodies where comment_id > ?1";
        Ok(self.connection.query_row(count, [done], |row| row.get(0))?)
    }

    /// Stored depths must be those of the trees, and a reply must hang on its parent's post.
    fn check_trees(&self, problems: &mut Vec<Problem>) -> Result<()> {
        let astray: u64 = self.connection.query_row(
            "select count(*) from comments c join comments p on p.id = c.parent_id where p.post_id <> c.post_id",
            [],
            |row| row.get(0),
        )?;
        if astray > 0 {
            problems.push(Problem::damage(
                format!("{astray} comments hang on another post than their parent"),
                "import the dumps into a new database",
            ));
        }
        let mut depths = self.connection.prepare("select depth from comments where id = ?1")?;
        for PostId(id) in self.post_ids()? {
            let (nodes, tree) = self.tree(PostId(id))?;
            for placed in &tree.order {
                let stored: u32 = depths.query_row([nodes[placed.index].id.0], |row| row.get(0))?;
                if stored != placed.depth {
                    let id = nodes[placed.index].id;
                    problems.push(Problem::damage(
                        format!("{id} is stored at depth {stored} but stands at {}", placed.depth),
                        "run the import again; it rebuilds the trees it touches",
                    ));
                }
            }
        }
        Ok(())
    }
}

fn texts(connection: &Connection, sql: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare(sql)?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}
