//! Queries by name.

use anyhow::Result;
use rusqlite::OptionalExtension;

use super::Store;

impl Store {
    /// Saves a query under a name; true if it replaced another.
    pub fn save_query(&self, name: &str, query: &str) -> Result<bool> {
        let before = self.saved_query(name)?;
        self.connection.execute(
            "insert into saved_queries (name, query) values (?1, ?2) on conflict (name) do update set query = excluded.query",
            (name, query),
        )?;
        Ok(before.is_some())
    }

    /// The query of this name.
    pub fn saved_query(&self, name: &str) -> Result<Option<String>> {
        let mut statement = self.connection.prepare_cached("select query from saved_queries where name = ?1")?;
        Ok(statement.query_row([name], |row| row.get(0)).optional()?)
    }

    /// All saved queries by name.
    pub fn saved_queries(&self) -> Result<Vec<(String, String)>> {
        let mut statement = self.connection.prepare("select name, query from saved_queries order by name")?;
        Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// Removes a saved query; true if there was one.
    pub fn remove_query(&self, name: &str) -> Result<bool> {
        Ok(self.connection.execute("delete from saved_queries where name = ?1", [name])? > 0)
    }
}
