//! Columns to values and back: the small conversions that every read and write shares.

use rusqlite::Row;
use rusqlite::types::{FromSqlError, Type};

use crate::model::{Author, AuthorEvidence, AuthorKind, Precision, Time};

/// A column that holds one of a closed set of words.
pub fn word<T>(row: &Row<'_>, column: &str, from_name: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    optional_word(row, column, from_name)?.ok_or_else(|| unknown_word(column))
}

/// The same for a column that may be null.
pub fn optional_word<T>(row: &Row<'_>, column: &str, from_name: fn(&str) -> Option<T>) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)?.as_str_or_null()? {
        None => Ok(None),
        Some(text) => from_name(text).map(Some).ok_or_else(|| unknown_word(column)),
    }
}

fn unknown_word(column: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        0,
        Type::Text,
        Box::new(FromSqlError::Other(format!("an unknown word in column {column}").into())),
    )
}

/// A time from its three columns, whose names share a beginning. `edited` has no precision of its own.
pub fn time(row: &Row<'_>, millis: &str, offset: &str, precision: Option<&str>) -> rusqlite::Result<Option<Time>> {
    let Some(millis) = row.get(millis)? else { return Ok(None) };
    let precision = match precision {
        Some(column) => optional_word(row, column, Precision::from_name)?.unwrap_or(Precision::Exact),
        None => Precision::Exact,
    };
    Ok(Some(Time { millis, offset: row.get(offset)?, precision }))
}

/// What is stored for a precision: nothing for the usual one.
pub fn precision(time: Option<Time>) -> Option<&'static str> {
    time.map(|time| time.precision).filter(|precision| *precision != Precision::Exact).map(Precision::as_str)
}

/// An author from the author columns and the joined `authors.key` and `authors.name`.
pub fn author(row: &Row<'_>) -> rusqlite::Result<Author> {
    let printed: Option<String> = row.get("author_name")?;
    let known: Option<String> = row.get("known_name")?;
    Ok(Author {
        key: row.get("known_key")?,
        name: printed.or(known),
        kind: word(row, "author_kind", AuthorKind::from_name)?,
        evidence: optional_word(row, "author_evidence", AuthorEvidence::from_name)?.unwrap_or(AuthorEvidence::Source),
    })
}

/// What is stored for an author's evidence: nothing for the usual one.
pub fn evidence(author: &Author) -> Option<&'static str> {
    (author.evidence != AuthorEvidence::Source).then(|| author.evidence.as_str())
}
