//! Columns to values and back: the small conversions that every read and write shares. Columns are asked for by name, or
//! by position where a read goes over a million rows: finding a column by its name costs more than reading it.

use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Row, RowIndex};

use crate::model::{Author, AuthorEvidence, AuthorKind, Precision, Time};

/// A column that holds one of a closed set of words.
pub fn word<T>(row: &Row<'_>, column: impl RowIndex, from_name: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    optional_word(row, column, from_name)?.ok_or_else(|| unknown_word(row, column))
}

/// The same for a column that may be null.
pub fn optional_word<T>(
    row: &Row<'_>,
    column: impl RowIndex,
    from_name: fn(&str) -> Option<T>,
) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)?.as_str_or_null()? {
        None => Ok(None),
        Some(text) => from_name(text).map(Some).ok_or_else(|| unknown_word(row, column)),
    }
}

fn unknown_word(row: &Row<'_>, column: impl RowIndex) -> rusqlite::Error {
    let name = column.idx(row.as_ref()).and_then(|index| row.as_ref().column_name(index).map(str::to_owned));
    let column = name.unwrap_or_default();
    rusqlite::Error::FromSqlConversionFailure(
        0,
        Type::Text,
        Box::new(FromSqlError::Other(format!("an unknown word in column {column}").into())),
    )
}

/// A time from its three columns. `edited` has no precision of its own.
pub fn time<C: RowIndex + Copy>(
    row: &Row<'_>,
    millis: C,
    offset: C,
    precision: Option<C>,
) -> rusqlite::Result<Option<Time>> {
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

/// An author from the columns `author_name`, `author_kind`, `author_evidence` and the joined `authors.key` and
/// `authors.name`.
pub fn author<C: RowIndex + Copy>(row: &Row<'_>, columns: [C; 5]) -> rusqlite::Result<Author> {
    let [printed, kind, evidence, known_key, known_name] = columns;
    let printed: Option<String> = row.get(printed)?;
    Ok(Author {
        key: row.get(known_key)?,
        name: match printed {
            Some(printed) => Some(printed),
            None => row.get(known_name)?,
        },
        kind: word(row, kind, AuthorKind::from_name)?,
        evidence: optional_word(row, evidence, AuthorEvidence::from_name)?.unwrap_or(AuthorEvidence::Source),
    })
}

/// What is stored for an author's evidence: nothing for the usual one.
pub fn evidence(author: &Author) -> Option<&'static str> {
    (author.evidence != AuthorEvidence::Source).then(|| author.evidence.as_str())
}
