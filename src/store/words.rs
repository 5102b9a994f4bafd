//! The text index: fed with the tokens that the matcher sees, so that what it proposes can't miss what the matcher would
//! accept. It follows the comments at the end of an import, and catches up when it is needed after one was killed.

use anyhow::Result;
use rusqlite::Connection;

use super::settings;
use crate::text::tokens;

/// How many comments are worth the large hash table.
const MANY: i64 = 20_000;
/// Bytes of FTS5's hash table in a large load; 64 MiB instead of the default 1 MiB takes a third off the whole load
/// (reference: performance, layout facts).
const LARGE_HASH: i64 = 64 << 20;
/// FTS5's own default.
const USUAL_HASH: i64 = 1 << 20;

/// Indexes every comment that came after the last one indexed. The caller holds a transaction.
pub fn catch_up(connection: &Connection) -> Result<()> {
    let done = settings::number(connection, settings::WORDS_UP_TO)?.unwrap_or(-1);
    let last: i64 = connection.query_row("select coalesce(max(comment_id), -1) from bodies", [], |row| row.get(0))?;
    if last <= done {
        return Ok(());
    }
    // Numbers are given without gaps, so this is their count, or near it; counting them would read them all.
    let many = last - done > MANY;
    if many {
        hash_size(connection, LARGE_HASH)?;
    }
    let mut texts =
        connection.prepare("select comment_id, text from bodies where comment_id > ?1 order by comment_id")?;
    let mut insert = connection.prepare("insert into comment_words (rowid, words) values (?1, ?2)")?;
    let mut rows = texts.query([done])?;
    while let Some(row) = rows.next()? {
        insert.execute((row.get::<_, i64>(0)?, &*tokens::index_form(row.get_ref(1)?.as_str()?)))?;
    }
    if many {
        hash_size(connection, USUAL_HASH)?;
    }
    settings::set_number(connection, settings::WORDS_UP_TO, last)
}

/// Follows a changed text, if that comment is in the index already.
pub fn replace(connection: &Connection, id: i64, text: &str) -> Result<()> {
    if settings::number(connection, settings::WORDS_UP_TO)?.unwrap_or(-1) < id {
        return Ok(());
    }
    connection.prepare_cached("delete from comment_words where rowid = ?1")?.execute([id])?;
    connection
        .prepare_cached("insert into comment_words (rowid, words) values (?1, ?2)")?
        .execute((id, &*tokens::index_form(text)))?;
    Ok(())
}

fn hash_size(connection: &Connection, bytes: i64) -> Result<()> {
    connection.execute("insert into comment_words (comment_words, rank) values ('hashsize', ?1)", [bytes])?;
    Ok(())
}
