//! Takes operations back. An undo is an operation like any other: each of its decisions reverses one earlier decision, and
//! it can itself be undone. What somebody changed later is left alone and listed.

use anyhow::Result;
use rusqlite::{OptionalExtension, Transaction};

use super::decide::{self, Writer};
use super::{NewOperation, Store, project};
use crate::error::hint;
use crate::model::{Act, Action, Outcome, Skip, Subject};
use crate::review::project::{Entry, obstacle};

/// What to take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    /// The last operation that is not an undo and of which something still holds; of this person, or of anybody.
    Last {
        /// Whose.
        by: Option<String>,
    },
    /// The operation with this number.
    Operation(i64),
    /// Everything that a rule did.
    Rule {
        /// Its id.
        id: String,
        /// Not before this moment, in milliseconds since 1970.
        since: i64,
    },
}

impl Store {
    /// Takes back what is named; gives the numbers of the operations that were meant, and what came of it.
    pub fn undo(&mut self, new: &NewOperation<'_>, what: &Undo) -> Result<(Vec<i64>, Outcome)> {
        let mut writer = Writer::begin(self, new)?;
        let operations = operations(&writer.transaction, what)?;
        for &operation in operations.iter().rev() {
            for (decision, on) in standing(&writer.transaction, operation)? {
                reverse(&mut writer, decision, on)?;
            }
        }
        Ok((operations, writer.finish()?))
    }
}

/// The operations that are meant, oldest first.
fn operations(transaction: &Transaction<'_>, what: &Undo) -> Result<Vec<i64>> {
    match what {
        Undo::Last { by } => Ok(transaction
            .query_row(
                "select o.id from operations o where o.verb <> 'undo' and (?1 is null or o.actor = ?1)
                    and exists (select 1 from decisions d where d.operation_id = o.id and d.undone = 0)
                 order by o.id desc limit 1",
                [by],
                |row| row.get(0),
            )
            .optional()?
            .into_iter()
            .collect()),
        Undo::Operation(id) => {
            let known: Option<i64> = transaction
                .query_row("select id from operations where id = ?1 and hash <> ''", [id], |row| row.get(0))
                .optional()?;
            if known.is_none() {
                return Err(hint(format!("there is no operation {id}"), "list them: quell log"));
            }
            Ok(vec![*id])
        }
        Undo::Rule { id, since } => {
            let mut statement = transaction
                .prepare("select id from operations where origin = 'rule' and actor = ?1 and at >= ?2 order by id")?;
            Ok(statement.query_map((id, since), |row| row.get(0))?.collect::<Result<_, _>>()?)
        }
    }
}

/// The decisions of an operation that still hold, newest first. What waits for its comment is given without a subject.
fn standing(transaction: &Transaction<'_>, operation: i64) -> Result<Vec<(i64, Option<Subject>)>> {
    let mut statement = transaction.prepare_cached(
        "select id, comment_id, post_id from decisions where operation_id = ?1 and undone = 0 order by seq desc",
    )?;
    let rows = statement.query_map([operation], |row| Ok((row.get("id")?, project::subject(row)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn reverse(writer: &mut Writer<'_>, decision: i64, on: Option<Subject>) -> Result<()> {
    let Some(on) = on else { return Ok(()) };
    let held = project::held(&writer.transaction, on)?;
    let entries: Vec<Entry> = held.iter().map(|held| held.entry.clone()).collect();
    let Some(at) = entries.iter().position(|entry| entry.id == decision) else { return Ok(()) };
    let undone = project::projection(&held).undone;
    if let Some(later) = obstacle(&entries, &undone, at) {
        writer.outcome.skipped.push((on, Skip::ChangedLater { operation: held[later].operation }));
        return Ok(());
    }
    let Some(facts) = decide::facts(&writer.transaction, on)? else { return Ok(()) };
    writer.write(on, &Act::bare(Action::Undo), &facts, &[], Some(&held[at]))
}
