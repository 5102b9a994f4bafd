//! Whole threads for the matcher, with the facts that the query looks at.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use rusqlite::{Connection, Row};

use super::facts::Facts as FactsReader;
use crate::model::{PostId, SourceKey};
use crate::query::{Member, Needs, Thread, World};
use crate::store::threads::{COLUMNS, read_comment};

/// A database as the matcher sees it.
pub struct Database<'c> {
    connection: &'c Connection,
    needs: &'c Needs,
    sources: HashMap<i64, SourceKey>,
}

impl<'c> Database<'c> {
    /// The world behind a connection.
    pub fn new(connection: &'c Connection, needs: &'c Needs) -> Result<Self> {
        Ok(Database { connection, needs, sources: sources(connection)? })
    }

    /// The sources by their row.
    pub fn sources(&self) -> &HashMap<i64, SourceKey> {
        &self.sources
    }
}

impl World for Database<'_> {
    fn thread(&self, post: PostId) -> Result<Arc<Thread>> {
        let (key, title) = self
            .connection
            .prepare_cached("select key, title from posts where id = ?1")?
            .query_row([post.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .with_context(|| format!("{post} is gone"))?;
        let mut statement = self.connection.prepare_cached(&format!("{COLUMNS} where c.post_id = ?1 order by c.id"))?;
        let comments = statement
            .query_map([post.0], |row| Ok((read_comment(row, &self.sources)?, row.get::<_, Option<i64>>(31)?)))?
            .collect::<Result<Vec<_>, _>>()?;
        let mut facts = FactsReader::new(self.connection, self.needs);
        let members = comments
            .into_iter()
            .map(|(comment, author)| {
                let created = comment.created.map(|time| time.millis);
                Ok(Member { facts: facts.of(comment.id, author, created)?, comment })
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(Thread::new(key, title, members)))
    }
}

fn sources(connection: &Connection) -> Result<HashMap<i64, SourceKey>> {
    let mut statement = connection.prepare_cached("select id, kind, scope from sources")?;
    let read = |row: &Row<'_>| Ok((row.get(0)?, SourceKey { kind: row.get(1)?, scope: row.get(2)? }));
    Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
}
