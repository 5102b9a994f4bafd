//! Records that could not be read: kept with place, reason and bytes, listed, shown, dropped on request.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension, Row};

use super::Store;
use crate::model::Fault;

/// A record in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Its number.
    pub id: i64,
    /// The import that put it there.
    pub run: i64,
    /// The input it stood in.
    pub input: String,
    /// Offset of its first byte in the decoded input.
    pub byte: u64,
    /// Its line, from 1; 0 where lines mean nothing.
    pub line: u64,
    /// The code of the fault.
    pub code: String,
    /// What went wrong.
    pub reason: String,
    /// The source's id, if it could be seen.
    pub key: Option<String>,
    /// The bytes as they came.
    pub raw: Vec<u8>,
}

/// Adds a record, unless the same bytes at the same place are there already from an earlier import.
pub fn add(connection: &Connection, run: i64, input: &str, fault: &Fault) -> Result<()> {
    connection
        .prepare_cached(
            "insert into quarantine (run_id, input, byte, line, code, reason, key, raw)
             select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 where not exists (
                select 1 from quarantine where input = ?2 and byte = ?3 and code = ?5 and raw = ?8)",
        )?
        .execute((
            run,
            input,
            fault.place.byte as i64,
            fault.place.line as i64,
            fault.code,
            &fault.reason,
            &fault.key,
            &fault.raw,
        ))?;
    Ok(())
}

impl Store {
    /// Gives every record in quarantine, oldest first.
    pub fn quarantined(&self, each: &mut dyn FnMut(Quarantined) -> Result<()>) -> Result<()> {
        let mut statement = self
            .connection
            .prepare("select id, run_id, input, byte, line, code, reason, key, raw from quarantine order by id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            each(read(row)?)?;
        }
        Ok(())
    }

    /// One record in quarantine.
    pub fn quarantined_one(&self, id: i64) -> Result<Option<Quarantined>> {
        let mut statement = self
            .connection
            .prepare("select id, run_id, input, byte, line, code, reason, key, raw from quarantine where id = ?1")?;
        Ok(statement.query_row([id], read).optional()?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Quarantined> {
    Ok(Quarantined {
        id: row.get(0)?,
        run: row.get(1)?,
        input: row.get(2)?,
        byte: row.get::<_, i64>(3)? as u64,
        line: row.get::<_, i64>(4)? as u64,
        code: row.get(5)?,
        reason: row.get(6)?,
        key: row.get(7)?,
        raw: row.get(8)?,
    })
}
