//! Secondary indexes. A first load runs without them and makes them at its end, which is several times quicker.

use anyhow::Result;
use rusqlite::Connection;

/// Name and definition; each says which reads it serves.
const INDEXES: &[(&str, &str)] = &[
    // A thread by its post: show, export, trees.
    ("comments_by_post", "comments (post_id)"),
    // Direct replies: replies, is:leaf, child:{…}.
    ("comments_by_parent", "comments (parent_id) where parent_id is not null"),
    // An author's history: author:, author.comments.
    ("comments_by_author", "comments (author_id, created) where author_id is not null"),
    // Names printed on comments of nobody in particular, or otherwise than the author's: author:.
    ("comments_by_name", "comments (author_name) where author_name is not null"),
    // Newest first and date ranges.
    ("comments_by_time", "comments (created)"),
    // Parents that have not been seen yet: what every import tries to resolve.
    ("comments_waiting", "comments (source_id, parent_key) where parent_id is null and parent_key is not null"),
    // What waits, what was removed: status:, stats.
    ("comments_by_status", "comments (status) where status <> 'pending'"),
];

/// Makes the indexes that are missing.
pub fn make(connection: &Connection) -> Result<()> {
    for (name, on) in INDEXES {
        connection.execute_batch(&format!("create index if not exists {name} on {on}"))?;
    }
    Ok(())
}

/// Drops them all, before a first load.
pub fn drop(connection: &Connection) -> Result<()> {
    for (name, _) in INDEXES {
        connection.execute_batch(&format!("drop index if exists {name}"))?;
    }
    Ok(())
}

/// Whether they are all there; false after a first load that was killed.
pub fn complete(connection: &Connection) -> Result<bool> {
    let mut statement = connection.prepare("select count(*) from sqlite_schema where type = 'index' and name = ?1")?;
    for (name, _) in INDEXES {
        if statement.query_row([name], |row| row.get::<_, i64>(0))? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}
