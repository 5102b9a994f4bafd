//! What outside scorers and anybody's own models said of comments: one number a comment and name. Queries ask for it as
//! `scorer.NAME:>0.5`. As with signals, a row belongs to the text that it was made from, and counts as absent once the
//! comment has changed.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension, Row};

use super::Store;
use crate::model::CommentId;
use crate::query::ScorerName;

/// The rows of `scores s` that belong to the comments as they are now (`x`), whoever made them.
pub(super) const CURRENT: &str =
    "scores s join comments x on x.id = s.comment_id and x.run_id = s.run and x.revision = s.revision";

/// A comment that a scorer has not seen as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unscored {
    /// Which.
    pub comment: CommentId,
    /// The import that last changed it: to be given back with the score.
    pub run: i64,
    /// Its revision, likewise.
    pub revision: i64,
    /// Its plain text.
    pub text: String,
}

/// What a scorer said of a comment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Which.
    pub comment: CommentId,
    /// As in [`Unscored`].
    pub run: i64,
    /// As in [`Unscored`].
    pub revision: i64,
    /// The score; nothing where the scorer abstained.
    pub value: Option<f64>,
}

impl Store {
    /// Names a scorer and its version. Where the version is another than before, its old scores are dropped, so that all
    /// scores of one name were made by one version.
    pub fn scorer(&self, name: ScorerName, version: &str) -> Result<()> {
        let transaction = self.connection.unchecked_transaction()?;
        let held: Option<(i64, String)> = transaction
            .query_row("select id, version from scorers where name = ?1", [name.name()], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        match held {
            Some((_, held)) if held == version => {}
            Some((id, _)) => {
                transaction.execute("delete from scores where scorer_id = ?1", [id])?;
                transaction.execute("update scorers set version = ?2 where id = ?1", (id, version))?;
            }
            None => {
                transaction.execute("insert into scorers (name, version) values (?1, ?2)", (name.name(), version))?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// The scorers with their versions and how many comments they have seen as they are now.
    pub fn scorers(&self) -> Result<Vec<(String, String, u64)>> {
        let sql = format!(
            "select n.name, n.version, (select count(*) from {CURRENT} where s.scorer_id = n.id) from scorers n order by n.name"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// Up to `limit` comments after this one, by number, that a scorer has not seen as they are now.
    pub fn unscored(&self, name: ScorerName, after: CommentId, limit: usize) -> Result<Vec<Unscored>> {
        let mut statement = self.connection.prepare_cached(
            "select c.id, c.run_id, c.revision, b.text from comments c join bodies b on b.comment_id = c.id
             where c.id > ?2 and not exists (select 1 from scores s join scorers n on n.id = s.scorer_id
                where n.name = ?1 and s.comment_id = c.id and s.run = c.run_id and s.revision = c.revision)
             order by c.id limit ?3",
        )?;
        let read = |row: &Row<'_>| {
            Ok(Unscored { comment: CommentId(row.get(0)?), run: row.get(1)?, revision: row.get(2)?, text: row.get(3)? })
        };
        let rows = statement.query_map((name.name(), after.0, limit as i64), read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps what a scorer said, in one transaction. The scorer has to be named before.
    pub fn write_scores(&self, name: ScorerName, scored: &[Scored]) -> Result<()> {
        let transaction = self.connection.unchecked_transaction()?;
        {
            let mut statement = transaction.prepare_cached(
                "insert into scores (scorer_id, comment_id, run, revision, value)
                 select id, ?2, ?3, ?4, ?5 from scorers where name = ?1
                 on conflict (scorer_id, comment_id) do update set
                    run = excluded.run, revision = excluded.revision, value = excluded.value",
            )?;
            for one in scored {
                let value = one.value.filter(|value| value.is_finite());
                statement.execute((name.name(), one.comment.0, one.run, one.revision, value))?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// What scorers said of a comment as it is now: name, version, value; by name. One that abstained is left out.
    pub fn scores(&self, comment: CommentId) -> Result<Vec<(String, String, f64)>> {
        let sql = format!(
            "select n.name, n.version, s.value from {CURRENT} join scorers n on n.id = s.scorer_id
             where s.comment_id = ?1 and s.value is not null order by n.name"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        Ok(statement.query_map([comment.0], read)?.collect::<Result<_, _>>()?)
    }

    /// How many comments a scorer has not seen as they are now.
    pub fn unscored_count(&self, name: ScorerName) -> Result<u64> {
        let sql = format!(
            "select (select count(*) from comments)
                - (select count(*) from {CURRENT} where s.scorer_id = (select id from scorers where name = ?1))"
        );
        Ok(self.connection.query_row(&sql, [name.name()], |row| row.get(0))?)
    }
}

/// What one scorer said of a comment as it is now.
pub(super) fn current(connection: &Connection, name: ScorerName, comment: CommentId) -> Result<Option<f64>> {
    let sql = format!(
        "select s.value from {CURRENT} where s.scorer_id = (select id from scorers where name = ?1) and s.comment_id = ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row((name.name(), comment.0), |row| row.get(0)).optional()?.flatten())
}
