//! Whole threads for the matcher, with the facts that the query looks at.

use std::sync::Arc;

use anyhow::{Context, Result};
use rusqlite::Connection;

use super::facts::Facts as FactsReader;
use crate::model::PostId;
use crate::query::{Member, Needs, Thread, World};
use crate::store::posts::{Sources, sources};
use crate::store::threads::{COLUMNS, FROM, read_comment};

/// A database as the matcher sees it.
pub struct Database<'c> {
    connection: &'c Connection,
    needs: &'c Needs,
    sources: Sources,
}

impl<'c> Database<'c> {
    /// The world behind a connection.
    pub fn new(connection: &'c Connection, needs: &'c Needs) -> Result<Self> {
        Ok(Database { connection, needs, sources: sources(connection)? })
    }

    /// The sources by their row.
    pub fn sources(&self) -> &Sources {
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
        let mut statement = self
            .connection
            .prepare_cached(&format!("select {COLUMNS} from comments c {FROM} where c.post_id = ?1 order by c.id"))?;
        let comments = statement
            .query_map([post.0], |row| Ok((read_comment(row, &self.sources)?, row.get::<_, Option<i64>>(29)?)))?
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
