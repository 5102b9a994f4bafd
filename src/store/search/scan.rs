//! The matcher over candidates: pieces of the work go to several threads, each with a connection of its own, and what
//! they find is put together in order. It ends as soon as enough has been found.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use anyhow::{Context, Result};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::facts::Facts as FactsReader;
use super::world::Database;
use super::{Found, Prepared, Slice, Sort, ids, rows};
use crate::model::CommentId;
use crate::query::{Facts, Matcher};
use crate::store::{Store, configure_statements};

/// Candidates of one piece of work: small enough that an early end wastes little. Tests have many pieces of few.
const PIECE: usize = if cfg!(test) { 3 } else { 2_000 };

/// What is to be gone through, in the order that is wanted.
pub(super) enum Candidates {
    /// These, which the plan proposed.
    Ids(Vec<CommentId>),
    /// All from one number to another, upwards or downwards.
    Range { first: i64, last: i64, down: bool },
}

impl Candidates {
    /// Every comment, upwards.
    pub(super) fn all(connection: &Connection) -> Result<Candidates> {
        let sql = "select coalesce(min(id), 1), coalesce(max(id), 0) from comments";
        let (first, last) = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Candidates::Range { first, last, down: false })
    }

    pub(super) fn pieces(&self) -> usize {
        match self {
            Candidates::Ids(ids) => ids.len().div_ceil(PIECE),
            Candidates::Range { first, last, .. } => (last - first + 1).max(0) as usize / PIECE + 1,
        }
    }

    fn count(&self) -> u64 {
        match self {
            Candidates::Ids(ids) => ids.len() as u64,
            Candidates::Range { first, last, .. } => (last - first + 1).max(0) as u64,
        }
    }
}

/// Finds the matches among the candidates of a plan that is not the whole meaning.
pub fn run(store: &Store, prepared: &Prepared<'_>, slice: Slice) -> Result<Found> {
    let candidates = candidates(store, prepared, slice.sort)?;
    let wanted = slice.limit.map_or(usize::MAX, |limit| limit.saturating_add(slice.offset));
    let mut found = if wanted == 0 { Vec::new() } else { gather(store, prepared, &candidates, wanted)? };
    found.truncate(wanted);
    found.drain(..slice.offset.min(found.len()));
    Ok(Found { ids: found, candidates: Some(candidates.count()) })
}

fn candidates(store: &Store, prepared: &Prepared<'_>, sort: Sort) -> Result<Candidates> {
    if prepared.condition.is_everything() && prepared.time_ordered && matches!(sort, Sort::Newest | Sort::Oldest) {
        return Ok(match Candidates::all(&store.connection)? {
            Candidates::Range { first, last, .. } => Candidates::Range { first, last, down: sort == Sort::Newest },
            ids => ids,
        });
    }
    let (sql, values) = prepared.select("c.id", sort, None);
    Ok(Candidates::Ids(ids(&store.connection, &sql, &values)?))
}

fn gather(store: &Store, prepared: &Prepared<'_>, candidates: &Candidates, wanted: usize) -> Result<Vec<CommentId>> {
    let pieces = candidates.pieces();
    let workers = if store.path() == Path::new(":memory:") { 1 } else { rayon::current_num_threads() }.min(pieces);
    let mut found = Vec::new();
    if workers <= 1 {
        let mut next = 0..pieces;
        work(&store.connection, prepared, candidates, &mut || next.next(), &mut |_, ids| {
            found.extend(ids);
            found.len() < wanted
        })?;
        return Ok(found);
    }
    let path = store.path();
    let next = AtomicUsize::new(0);
    let (send, receive) = sync_channel::<Result<(usize, Vec<CommentId>)>>(4 * workers);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (send, next) = (send.clone(), &next);
            scope.spawn(move || {
                let mut next = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|piece| *piece < pieces);
                let worked = reader(path).and_then(|connection| {
                    work(&connection, prepared, candidates, &mut next, &mut |piece, ids| {
                        send.send(Ok((piece, ids))).is_ok()
                    })
                });
                if let Err(error) = worked {
                    // If nobody listens any more, nobody needs to know.
                    let _ = send.send(Err(error));
                }
            });
        }
        drop(send);
        // Pieces that are done before those in front of them.
        let mut early: BTreeMap<usize, Vec<CommentId>> = BTreeMap::new();
        let mut due = 0;
        // Leaving this loop drops the receiver, which ends the workers.
        for done in receive {
            let (piece, ids) = done?;
            early.insert(piece, ids);
            while let Some(ids) = early.remove(&due) {
                found.extend(ids);
                due += 1;
            }
            if found.len() >= wanted {
                break;
            }
        }
        Ok(found)
    })
}

/// A connection that reads the same file.
pub(in crate::store) fn reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).context("cannot open the database a second time")?;
    connection.busy_timeout(Duration::from_secs(10))?;
    configure_statements(&connection)?;
    connection.execute_batch("pragma temp_store = memory; pragma mmap_size = 1073741824")?;
    Ok(connection)
}

/// Does pieces of work until there are no more or `done` says that it is enough.
fn work(
    connection: &Connection,
    prepared: &Prepared<'_>,
    candidates: &Candidates,
    next: &mut dyn FnMut() -> Option<usize>,
    done: &mut dyn FnMut(usize, Vec<CommentId>) -> bool,
) -> Result<()> {
    let needs = &prepared.plan.needs;
    let database = Database::new(connection, needs)?;
    let mut matcher = Matcher::new(prepared.query, &database);
    let mut reader = FactsReader::new(connection, needs);
    let with_facts = reader.reads_any();
    while let Some(piece) = next() {
        let piece_of = candidates.piece(piece, rows::id_column(needs));
        let mut statement = connection.prepare_cached(&rows::select(needs, &piece_of.condition))?;
        let mut found = statement.query(params_from_iter(&piece_of.values))?;
        let mut matched = Vec::new();
        while let Some(row) = found.next()? {
            let id = CommentId(row.get(0)?);
            let facts = if with_facts { reader.of(id, row.get(14)?, row.get(9)?)? } else { Facts::default() };
            if matcher.matches(&rows::entry(row, needs, database.sources(), &facts)?)? {
                matched.push(id);
            }
        }
        if !done(piece, piece_of.in_order(matched)) {
            break;
        }
    }
    Ok(())
}

/// The rows of one piece.
pub(super) struct Piece<'a> {
    pub(super) condition: String,
    pub(super) values: Vec<Value>,
    /// The order that is wanted, where the rows come in another.
    order: Option<&'a [CommentId]>,
}

impl Candidates {
    /// What is in a piece, as a condition on the column of ids.
    pub(super) fn piece(&self, piece: usize, id: &str) -> Piece<'_> {
        let size = PIECE as i64;
        match self {
            Candidates::Ids(ids) => {
                let ids = &ids[piece * PIECE..ids.len().min((piece + 1) * PIECE)];
                let list: Vec<i64> = ids.iter().map(|id| id.0).collect();
                let json = serde_json::to_string(&list).unwrap_or_default();
                let condition = format!("where {id} in (select value from json_each(?1))");
                Piece { condition, values: vec![Value::from(json)], order: Some(ids) }
            }
            Candidates::Range { first, last, down: false } => {
                let from = first + piece as i64 * size;
                let condition = format!("where {id} between ?1 and ?2 order by {id}");
                Piece {
                    condition,
                    values: vec![Value::from(from), Value::from((from + size - 1).min(*last))],
                    order: None,
                }
            }
            Candidates::Range { first, last, down: true } => {
                let to = last - piece as i64 * size;
                let condition = format!("where {id} between ?1 and ?2 order by {id} desc");
                Piece {
                    condition,
                    values: vec![Value::from((to - size + 1).max(*first)), Value::from(to)],
                    order: None,
                }
            }
        }
    }
}

impl Piece<'_> {
    fn in_order(&self, matched: Vec<CommentId>) -> Vec<CommentId> {
        let Some(order) = self.order else { return matched };
        let matched: HashSet<CommentId> = matched.into_iter().collect();
        order.iter().copied().filter(|id| matched.contains(id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::config::DbConfig;

    use super::*;

    /// Else SQLite plans the statement for a comment's signals anew for each comment, which took a quarter of a scan.
    #[test]
    fn a_reader_plans_a_statement_once_whatever_is_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("quell.db");
        Store::open_or_create(&path).unwrap();
        assert!(reader(&path).unwrap().db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG).unwrap());
    }
}
