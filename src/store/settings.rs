//! Small facts about the database itself, by name: how far the text index has come, whether ids follow time, the key
//! under which private values are hashed.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension};

/// The last comment id that the text index holds, or -1.
pub const WORDS_UP_TO: &str = "words.up_to";
/// 1 as long as comments with higher ids are never older: then newest first is a walk over ids.
pub const TIME_ORDERED: &str = "comments.time_ordered";
/// The newest time seen so far, in milliseconds.
pub const NEWEST: &str = "comments.newest";
/// The secret key for hashing e-mail and IP addresses, as 64 hexadecimal digits.
pub const PII_KEY: &str = "pii.key";

/// The number stored under a name.
pub fn number(connection: &Connection, name: &str) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("select value from settings where name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

/// Stores a number under a name.
pub fn set_number(connection: &Connection, name: &str, value: i64) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "insert into settings (name, value) values (?1, ?2) on conflict (name) do update set value = excluded.value",
    )?;
    statement.execute((name, value))?;
    Ok(())
}

impl super::Store {
    /// The key under which this database hashes private values; made at random when first asked for.
    pub fn pii_key(&self) -> Result<[u8; 32]> {
        self.connection.execute(
            "insert into settings (name, value) values (?1, lower(hex(randomblob(32)))) on conflict (name) do nothing",
            [PII_KEY],
        )?;
        let hex: String =
            self.connection.query_row("select value from settings where name = ?1", [PII_KEY], |row| row.get(0))?;
        Ok(*blake3::Hash::from_hex(hex)?.as_bytes())
    }
}
