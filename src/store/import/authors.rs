//! Authors: one row a person and source; placeholder names get none.

use anyhow::Result;
use rusqlite::OptionalExtension;

use super::{Importer, REMEMBERED};
use crate::model::Author;

/// An author as the columns of a record hold it.
pub struct AuthorColumns<'a> {
    /// The row of the person, if it is one.
    pub id: Option<i64>,
    /// The name as printed, where the person's row does not hold it already.
    pub name: Option<&'a str>,
}

impl Importer<'_> {
    /// Finds or makes the author's row.
    pub(super) fn author<'a>(&mut self, source: i64, author: &'a Author) -> Result<AuthorColumns<'a>> {
        let printed = author.name.as_deref();
        if !author.is_person() {
            return Ok(AuthorColumns { id: None, name: printed });
        }
        // A letter in front keeps an account named like a person's printed name apart from that person. An e-mail
        // address may be shared by a family or a whole office, so a guest is known by address and name.
        let ident = match (&author.key, printed) {
            (Some(key), Some(name)) if key.starts_with("email:") => format!("g{key}\0{name}"),
            (Some(key), _) => format!("k{key}"),
            (None, Some(name)) => format!("n{name}"),
            (None, None) => return Ok(AuthorColumns { id: None, name: None }),
        };
        let key = (source, ident);
        if let Some(&id) = self.authors.get(&key) {
            return self.columns(id, author);
        }
        let connection = &self.store.connection;
        let known: Option<i64> = connection
            .prepare_cached("select id from authors where source_id = ?1 and ident = ?2")?
            .query_row((key.0, &key.1), |row| row.get(0))
            .optional()?;
        let id = match known {
            Some(id) => id,
            None => {
                connection
                    .prepare_cached("insert into authors (source_id, ident, key, name) values (?1, ?2, ?3, ?4)")?
                    .execute((key.0, &key.1, &author.key, printed))?;
                connection.last_insert_rowid()
            }
        };
        if self.authors.len() >= REMEMBERED {
            self.authors.clear();
        }
        self.authors.insert(key, id);
        self.columns(id, author)
    }

    /// The printed name is stored beside the row only where it differs from the name that the row got first: an
    /// account that was renamed.
    fn columns<'a>(&self, id: i64, author: &'a Author) -> Result<AuthorColumns<'a>> {
        let printed = author.name.as_deref();
        if author.key.is_none() || author.key.as_deref() == printed {
            return Ok(AuthorColumns { id: Some(id), name: None });
        }
        let first: Option<String> = self
            .store
            .connection
            .prepare_cached("select name from authors where id = ?1")?
            .query_row([id], |row| row.get(0))?;
        Ok(AuthorColumns { id: Some(id), name: printed.filter(|printed| first.as_deref() != Some(printed)) })
    }
}
