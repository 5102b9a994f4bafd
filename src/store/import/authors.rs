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

/// A person's row, as an import remembers it.
#[derive(Debug)]
pub struct KnownAuthor {
    id: i64,
    /// The name that the row holds.
    name: Option<String>,
}

impl Importer<'_> {
    /// Finds or makes the author's row.
    pub(super) fn author<'a>(&mut self, source: i64, author: &'a Author) -> Result<AuthorColumns<'a>> {
        let mut ident = std::mem::take(&mut self.ident);
        let columns = if author.is_person() && write_ident(author, &mut ident) {
            self.person(source, author, &ident)
        } else {
            Ok(AuthorColumns { id: None, name: author.name.as_deref() })
        };
        self.ident = ident;
        columns
    }

    fn person<'a>(&mut self, source: i64, author: &'a Author, ident: &str) -> Result<AuthorColumns<'a>> {
        if let Some(known) = self.authors.get(ident) {
            return Ok(columns(known, author));
        }
        let known = self.author_row(source, author, ident)?;
        let columns = columns(&known, author);
        if self.authors.len() >= REMEMBERED {
            self.authors.clear();
        }
        self.authors.insert(ident.to_owned(), known);
        Ok(columns)
    }

    fn author_row(&self, source: i64, author: &Author, ident: &str) -> Result<KnownAuthor> {
        let connection = &self.store.connection;
        let known = connection
            .prepare_cached("select id, name from authors where source_id = ?1 and ident = ?2")?
            .query_row((source, ident), |row| Ok(KnownAuthor { id: row.get(0)?, name: row.get(1)? }))
            .optional()?;
        if let Some(known) = known {
            return Ok(known);
        }
        connection
            .prepare_cached("insert into authors (source_id, ident, key, name) values (?1, ?2, ?3, ?4)")?
            .execute((source, ident, &author.key, &author.name))?;
        Ok(KnownAuthor { id: connection.last_insert_rowid(), name: author.name.clone() })
    }
}

/// Writes what a person is known by; false where there is nothing. A letter in front keeps an account named like a
/// person's printed name apart from that person. An e-mail address may be shared by a family or a whole office, so a
/// guest is known by address and name.
fn write_ident(author: &Author, ident: &mut String) -> bool {
    ident.clear();
    let parts = match (author.key.as_deref(), author.name.as_deref()) {
        (Some(key), Some(name)) if key.starts_with("email:") => ["g", key, "\0", name],
        (Some(key), _) => ["k", key, "", ""],
        (None, Some(name)) => ["n", name, "", ""],
        (None, None) => return false,
    };
    parts.iter().for_each(|part| ident.push_str(part));
    true
}

/// The printed name is stored beside the row only where it differs from the name that the row got first: an account
/// that was renamed.
fn columns<'a>(known: &KnownAuthor, author: &'a Author) -> AuthorColumns<'a> {
    let printed = author.name.as_deref();
    let same = author.key.is_none() || author.key.as_deref() == printed || known.name.as_deref() == printed;
    AuthorColumns { id: Some(known.id), name: printed.filter(|_| !same) }
}
