//! What can only be done when everything has arrived: parents that came after their replies, posts that were guessed
//! from a parent's key, and the depths of the threads that this touched.
//!
//! One statement for all late parents and one pass a touched thread; nothing here goes row by row over the database.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use rusqlite::Connection;

use super::edges;

/// What was resolved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Comments of earlier imports whose parent was found now.
    pub parents_found: u64,
    /// Links that were refused because they close a circle.
    pub circles: u64,
}

/// Resolves what can be resolved and rebuilds the threads it touches, `touched` among them.
pub fn run(connection: &Connection, run: i64, mut touched: HashSet<i64>) -> Result<Resolved> {
    settle_guessed_posts(connection, &mut touched)?;
    ask_refused_again(connection, &touched)?;
    let parents_found = find_parents(connection, run, &mut touched)?;
    let mut circles = 0;
    let mut posts: Vec<i64> = touched.into_iter().collect();
    posts.sort_unstable();
    for post in posts {
        circles += edges::rebuild(connection, post)?;
    }
    Ok(Resolved { parents_found, circles })
}

/// A post that stands for an unknown root (`placeholder` 2) ends when a comment with its key has come: its comments
/// move to that comment's post. Such posts can point at one another, so chains are followed to their end in memory.
fn settle_guessed_posts(connection: &Connection, touched: &mut HashSet<i64>) -> Result<()> {
    let mut statement = connection.prepare(
        "select g.id, c.post_id from posts g join comments c on c.source_id = g.source_id and c.key = g.key
         where g.placeholder = 2",
    )?;
    let moves: HashMap<i64, i64> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for &from in moves.keys() {
        let Some(to) = end_of_chain(&moves, from) else { continue };
        connection.prepare_cached("update comments set post_id = ?2 where post_id = ?1")?.execute((from, to))?;
        connection.prepare_cached("delete from gaps where post_id = ?1")?.execute([from])?;
        connection.prepare_cached("delete from posts where id = ?1")?.execute([from])?;
        touched.insert(to);
    }
    Ok(())
}

/// Where a chain of moves ends, or nothing where it runs in a circle.
fn end_of_chain(moves: &HashMap<i64, i64>, from: i64) -> Option<i64> {
    let mut at = from;
    for _ in 0..=moves.len() {
        match moves.get(&at) {
            Some(&next) => at = next,
            None => return Some(at),
        }
    }
    None
}

/// A link that was refused because it closed a circle may hold now that links of its thread have changed.
fn ask_refused_again(connection: &Connection, touched: &HashSet<i64>) -> Result<()> {
    let mut statement =
        connection.prepare("update comments set parent_refused = 0 where post_id = ?1 and parent_refused <> 0")?;
    touched.iter().try_for_each(|post| Ok(statement.execute([post]).map(drop)?))
}

/// Links every waiting comment whose parent has come; both must hang on the same post. Gives how many of them an earlier
/// import had left waiting.
fn find_parents(connection: &Connection, run: i64, touched: &mut HashSet<i64>) -> Result<u64> {
    let mut statement = connection.prepare(
        "update comments set parent_id = p.id
         from comments p
         where comments.parent_id is null and comments.parent_key is not null and comments.parent_refused = 0
            and p.source_id = comments.source_id and p.key = comments.parent_key
            and p.post_id = comments.post_id and p.id <> comments.id
         returning comments.post_id, comments.run_id",
    )?;
    let mut found = 0;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        touched.insert(row.get(0)?);
        found += u64::from(row.get::<_, i64>(1)? != run);
    }
    Ok(found)
}
