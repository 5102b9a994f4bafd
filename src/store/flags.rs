//! Reading flags and notes.

use anyhow::Result;
use rusqlite::Row;
use rusqlite::types::Type;

use super::{Store, log, row};
use crate::model::{CommentId, Flag, FlagState};

const FLAG: &str = "
    select f.comment_id, f.reason, f.score, f.spans, f.state, d.note, d.operation_id, x.text, o.at, o.actor, o.origin,
        o.version
    from flags f join decisions d on d.id = f.decision_id join operations o on o.id = d.operation_id
        left join snapshots x on x.hash = d.snapshot
    where f.comment_id = ?1 order by o.uid, d.seq";

impl Store {
    /// The flags on a comment, oldest first, whatever became of them.
    pub fn flags(&self, comment: CommentId) -> Result<Vec<Flag>> {
        let mut statement = self.connection.prepare_cached(FLAG)?;
        Ok(statement.query_map([comment.0], read)?.collect::<Result<_, _>>()?)
    }

    /// The notes on a comment that hold, oldest first: who wrote what.
    pub fn notes(&self, comment: CommentId) -> Result<Vec<(String, String)>> {
        let mut statement = self.connection.prepare_cached(
            "select o.actor, d.note from decisions d join operations o on o.id = d.operation_id
             where d.comment_id = ?1 and d.undone = 0 and d.note is not null order by o.uid, d.seq",
        )?;
        Ok(statement.query_map([comment.0], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Flag> {
    let spans: Option<String> = row.get("spans")?;
    let spans = spans.map(|spans| serde_json::from_str(&spans)).transpose();
    Ok(Flag {
        comment: CommentId(row.get("comment_id")?),
        operation: row.get("operation_id")?,
        at: row.get("at")?,
        actor: log::actor(row)?,
        reason: row.get("reason")?,
        score: row.get("score")?,
        spans: spans
            .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))?
            .unwrap_or_default(),
        note: row.get("note")?,
        state: row::word(row, "state", FlagState::from_name)?,
        text: row.get("text")?,
    })
}
