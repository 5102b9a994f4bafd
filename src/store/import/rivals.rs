//! Two files of one dump may tell differently of one post or comment, and nothing says which is newer. The later in the
//! import wins, and what lost is remembered, so that importing the same files again changes nothing.
//!
//! Not here: records of different imports. Of those the newer import wins, whatever was known before.

use anyhow::Result;
use rusqlite::Connection;

/// What has rivals.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    /// A post.
    Post(i64),
    /// A comment.
    Comment(i64),
}

/// Whether this description lost before against one that came with it.
pub fn has_lost(connection: &Connection, of: Of, hash: i64) -> Result<bool> {
    let (sql, id) = match of {
        Of::Post(id) => ("select exists (select 1 from rival_posts where post_id = ?1 and hash = ?2)", id),
        Of::Comment(id) => ("select exists (select 1 from rival_comments where comment_id = ?1 and hash = ?2)", id),
    };
    Ok(connection.prepare_cached(sql)?.query_row((id, hash), |row| row.get(0))?)
}

/// Remembers that the description with the hash `lost` was replaced within one import by the one with the hash `won`.
pub fn settle(connection: &Connection, of: Of, lost: i64, won: i64) -> Result<()> {
    let (forget, remember, id) = match of {
        Of::Post(id) => (
            "delete from rival_posts where post_id = ?1 and hash = ?2",
            "insert into rival_posts (post_id, hash) values (?1, ?2) on conflict do nothing",
            id,
        ),
        Of::Comment(id) => (
            "delete from rival_comments where comment_id = ?1 and hash = ?2",
            "insert into rival_comments (comment_id, hash) values (?1, ?2) on conflict do nothing",
            id,
        ),
    };
    connection.prepare_cached(forget)?.execute((id, won))?;
    connection.prepare_cached(remember)?.execute((id, lost))?;
    Ok(())
}
