//! Patterns over the few distinct authors, posts and sources, turned into the row ids they stand for. The pattern itself
//! decides, so SQL never has to know what "without case and accents" means.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::model::CommentId;
use crate::query::{Pattern, UnderTarget};
use crate::threads::tree::{self, Node};

/// Which rows an author pattern stands for.
pub struct Authors {
    /// Persons whose key matches.
    pub by_key: Vec<i64>,
    /// Persons whose name matches, as it was printed first.
    pub by_name: Vec<i64>,
    /// Names printed on single comments.
    pub printed: Vec<String>,
}

/// The authors that match.
pub fn authors(connection: &Connection, pattern: &Pattern) -> Result<Authors> {
    let mut found = Authors { by_key: Vec::new(), by_name: Vec::new(), printed: Vec::new() };
    let mut statement = connection.prepare_cached("select id, key, name from authors")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if row.get_ref(1)?.as_str_or_null()?.is_some_and(|key| pattern.matches(key)) {
            found.by_key.push(id);
        }
        if row.get_ref(2)?.as_str_or_null()?.is_some_and(|name| pattern.matches(name)) {
            found.by_name.push(id);
        }
    }
    let mut statement =
        connection.prepare_cached("select distinct author_name from comments where author_name is not null")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let name = row.get_ref(0)?.as_str()?;
        if pattern.matches(name) {
            found.printed.push(name.to_owned());
        }
    }
    Ok(found)
}

/// The posts whose column matches: `title` or `key`.
pub fn posts(connection: &Connection, column: &'static str, pattern: &Pattern) -> Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(&format!("select id, {column} from posts"))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if row.get_ref(1)?.as_str_or_null()?.is_some_and(|text| pattern.matches(text)) {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

/// The sources whose kind or scope matches.
pub fn sources(connection: &Connection, pattern: &Pattern) -> Result<Vec<i64>> {
    let mut statement = connection.prepare_cached("select id, kind, scope from sources")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if pattern.matches(row.get_ref(1)?.as_str()?) || pattern.matches(row.get_ref(2)?.as_str()?) {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

/// The comments with one of these source ids.
pub fn keys<'a>(connection: &Connection, keys: impl Iterator<Item = &'a String>) -> Result<Vec<i64>> {
    let mut statement =
        connection.prepare_cached("select c.id from sources s join comments c on c.source_id = s.id and c.key = ?1")?;
    let mut found = Vec::new();
    for key in keys {
        let ids = statement.query_map([key], |row| row.get(0))?;
        found.extend(ids.collect::<Result<Vec<i64>, _>>()?);
    }
    found.sort_unstable();
    Ok(found)
}

/// A comment, or several with one source id, and all below.
pub fn under(connection: &Connection, target: &UnderTarget) -> Result<Vec<i64>> {
    let roots = match target {
        UnderTarget::Comment(id) => vec![id.0],
        UnderTarget::Key(pattern) => keys(connection, pattern.equals().into_iter().flatten())?,
    };
    let mut found = Vec::new();
    for root in roots {
        found.extend(branch(connection, root)?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn branch(connection: &Connection, root: i64) -> Result<Vec<i64>> {
    let post: Option<i64> = connection
        .prepare_cached("select post_id from comments where id = ?1")?
        .query_row([root], |row| row.get(0))
        .optional()?;
    let mut statement =
        connection.prepare_cached("select id, parent_id, created from comments where post_id = ?1 order by id")?;
    let node = |row: &Row<'_>| {
        Ok(Node {
            id: CommentId(row.get(0)?),
            parent: row.get::<_, Option<i64>>(1)?.map(CommentId),
            created: row.get(2)?,
        })
    };
    let nodes = statement.query_map([post], node)?.collect::<Result<Vec<_>, _>>()?;
    let tree = tree::build(&nodes);
    let Some(at) = tree.order.iter().position(|placed| nodes[placed.index].id.0 == root) else {
        return Ok(Vec::new());
    };
    Ok(tree.order[at..tree.order[at].end].iter().map(|placed| nodes[placed.index].id.0).collect())
}
