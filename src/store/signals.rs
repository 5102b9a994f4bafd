//! What detectors said of comments: written by scans in batches, read by queries, rules and `show --why`.
//!
//! The contract:
//! - A scan writes one row for each comment ([`Store::write_signals`]): a value for every field of [`Field::STORED`], none
//!   where the detector abstains, and the language. Probabilities and shares keep four decimals, counts are whole; the
//!   value that is stored is the value that queries compare.
//! - A row belongs to the text that it was worked out from, by the comment's `run_id` and `revision`. After an import
//!   changed the comment the row counts as absent until the next scan. Absent and abstained values are unknown: they
//!   fulfil no comparison, neither in the matcher nor in SQL.
//! - `edition` names the detectors with their versions ([`Store::edition`]); rows of another edition still count, and
//!   the next scan works them out again.
//! - Outside scorers, and whatever else gives each comment a number, have `scores` (module `scores`), by any name; queries
//!   ask for them as `scorer.NAME`. Their rows belong to a text in the same way.
//!
//! Not here: what to scan (`delta`), how scans and rules went (`scans`).

use std::sync::LazyLock;

use anyhow::Result;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use super::Store;
use crate::model::CommentId;
use crate::query::Field;

/// How many signals are stored.
const COUNT: usize = Field::STORED.len();

/// Values in the order of [`Field::STORED`].
pub type Values = [Option<f64>; COUNT];

/// What a scan worked out of one comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Which.
    pub comment: CommentId,
    /// The import that last changed it, as it was read with the text.
    pub run: i64,
    /// Its revision, likewise.
    pub revision: i64,
    /// Its language.
    pub lang: Option<String>,
    /// Its signals; `copies` is left alone where the comment has a row already.
    pub values: Values,
}

/// What is stored of one comment and still holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Signals {
    /// Its language, where that was clear.
    pub lang: Option<String>,
    /// Its signals.
    pub values: Values,
    /// The detectors that made them, with their versions.
    pub detectors: String,
}

impl Signals {
    /// The value of a stored signal.
    pub fn get(&self, field: Field) -> Option<f64> {
        place(field).and_then(|at| self.values[at])
    }
}

/// The place of a field in [`Values`].
pub fn place(field: Field) -> Option<usize> {
    Field::STORED.iter().position(|stored| *stored == field)
}

/// How many units of the stored whole number make 1.
pub(super) fn units(field: Field) -> f64 {
    match field {
        Field::Copies | Field::Personal | Field::Declared | Field::Empty => 1.0,
        Field::Threat | Field::Sexual | Field::Profanity | Field::Insult => 1.0,
        _ => 10_000.0,
    }
}

/// The column of a stored field: its name, behind the dot where it has one.
pub(super) fn column(field: Field) -> String {
    field.name().rsplit('.').next().unwrap_or_default().to_owned()
}

/// A value as it is stored and as queries then see it.
pub fn rounded(field: Field, value: f64) -> f64 {
    (value * units(field)).round() / units(field)
}

/// The SQL of a stored field's value in the table with this alias; nothing for another field.
pub(super) fn value_sql(field: Field, alias: &str) -> Option<String> {
    place(field)?;
    let divisor = units(field);
    Some(if divisor == 1.0 {
        format!("{alias}.{}", column(field))
    } else {
        format!("{alias}.{} / {divisor:.1}", column(field))
    })
}

/// The rows of `signals s` that belong to the comments as they are now (`x`).
pub(super) const CURRENT: &str =
    "signals s join comments x on x.id = s.comment_id and x.run_id = s.run and x.revision = s.revision";

impl Store {
    /// The number of an edition: a text that names every detector with its version.
    pub fn edition(&self, detectors: &str) -> Result<i64> {
        let sql = "insert into signal_editions (detectors) values (?1) on conflict (detectors) do nothing";
        self.connection.execute(sql, [detectors])?;
        let sql = "select id from signal_editions where detectors = ?1";
        Ok(self.connection.query_row(sql, [detectors], |row| row.get(0))?)
    }

    /// Writes what a scan worked out. The caller holds a transaction open where several batches belong together.
    pub fn write_signals(&self, scan: i64, edition: i64, measured: &[Measured]) -> Result<()> {
        let names = Field::STORED.map(column);
        let kept: Vec<String> = names
            .iter()
            .filter(|name| **name != column(Field::Copies))
            .map(|name| format!("{name} = excluded.{name}"))
            .collect();
        let sql = format!(
            "insert into signals (comment_id, run, revision, edition, scan, lang, {}) values (?, ?, ?, ?, ?, ?{})
             on conflict (comment_id) do update set run = excluded.run, revision = excluded.revision,
                edition = excluded.edition, scan = excluded.scan, lang = excluded.lang, {}",
            names.join(", "),
            ", ?".repeat(COUNT),
            kept.join(", "),
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        for one in measured {
            let lang = one.lang.clone().map_or(Value::Null, Value::Text);
            let own = [one.comment.0, one.run, one.revision, edition, scan].map(Value::Integer);
            let values = Field::STORED.iter().zip(one.values).map(|(field, value)| whole(*field, value));
            statement.execute(params_from_iter(own.into_iter().chain([lang]).chain(values)))?;
        }
        Ok(())
    }

    /// Sets one signal of comments that have a row, and notes the scan as the one that changed them.
    pub fn write_signal(&self, scan: i64, field: Field, values: &[(CommentId, Option<f64>)]) -> Result<()> {
        let sql = format!("update signals set {} = ?2, scan = ?3 where comment_id = ?1", column(field));
        let mut statement = self.connection.prepare_cached(&sql)?;
        for (comment, value) in values {
            statement.execute((comment.0, whole(field, *value), scan))?;
        }
        Ok(())
    }

    /// What is known of a comment as it is now; nothing where it was not scanned since it changed.
    pub fn signals(&self, comment: CommentId) -> Result<Option<Signals>> {
        let columns: Vec<String> = Field::STORED.iter().filter_map(|field| value_sql(*field, "s")).collect();
        let sql = format!(
            "select s.lang, (select e.detectors from signal_editions e where e.id = s.edition), {}
             from {CURRENT} where s.comment_id = ?1",
            columns.join(", ")
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let read = |row: &Row<'_>| {
            Ok(Signals {
                lang: row.get(0)?,
                detectors: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
                values: values(row, 2)?,
            })
        };
        Ok(statement.query_row([comment.0], read).optional()?)
    }
}

/// A value as it is stored.
fn whole(field: Field, value: Option<f64>) -> Value {
    match value.filter(|value| value.is_finite()) {
        Some(value) => Value::Integer((value * units(field)).round() as i64),
        None => Value::Null,
    }
}

/// The values of a row from a column on.
pub(super) fn values(row: &Row<'_>, from: usize) -> rusqlite::Result<Values> {
    let mut out: Values = [None; COUNT];
    for (at, value) in out.iter_mut().enumerate() {
        *value = row.get(from + at)?;
    }
    Ok(out)
}

/// A language and signals by field, as far as they are known.
type Known = (Option<String>, Vec<(Field, f64)>);

/// Reads language and signals of one comment for the matcher, those that are known.
pub(super) fn facts(connection: &Connection, comment: CommentId, wanted: &[Field]) -> Result<Known> {
    // Asked for each comment of each thread that a rule looks at.
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let columns: Vec<String> = Field::STORED.iter().filter_map(|field| value_sql(*field, "s")).collect();
        format!("select s.lang, {} from {CURRENT} where s.comment_id = ?1", columns.join(", "))
    });
    let mut statement = connection.prepare_cached(&SQL)?;
    let read = |row: &Row<'_>| Ok((row.get(0)?, values(row, 1)?));
    let (lang, stored): (Option<String>, Values) =
        statement.query_row([comment.0], read).optional()?.unwrap_or_default();
    let mut known = Vec::with_capacity(wanted.len());
    for field in wanted {
        let value = match field {
            Field::Scorer(scorer) => super::scores::current(connection, *scorer, comment)?,
            stored_field => place(*stored_field).and_then(|at| stored[at]),
        };
        known.extend(value.map(|value| (*field, value)));
    }
    Ok((lang, known))
}
