//! The weights of reply recovery that were fitted in this database, by name.

use anyhow::Result;
use rusqlite::OptionalExtension;

use super::Store;

/// What their names begin with among the settings.
const PREFIX: &str = "profile.";

impl Store {
    /// Keeps a profile, as the text of its file; it replaces one of that name.
    pub fn save_profile(&self, name: &str, file: &str) -> Result<()> {
        self.connection.execute(
            "insert into settings (name, value) values (?1, ?2)
             on conflict (name) do update set value = excluded.value",
            (format!("{PREFIX}{name}"), file),
        )?;
        Ok(())
    }

    /// The text of the profile of this name.
    pub fn profile(&self, name: &str) -> Result<Option<String>> {
        let mut statement = self.connection.prepare_cached("select value from settings where name = ?1")?;
        Ok(statement.query_row([format!("{PREFIX}{name}")], |row| row.get(0)).optional()?)
    }

    /// The names of the profiles, in order.
    pub fn profile_names(&self) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare(
            "select substr(name, length(?1) + 1) from settings where substr(name, 1, length(?1)) = ?1 order by name",
        )?;
        Ok(statement.query_map([PREFIX], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }
}
