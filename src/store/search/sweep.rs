//! Every comment, once, to a worker in each of several threads: what a scan of rules and a backtest walk over. The rows
//! and facts are those that the matcher sees in a search.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, anyhow};
use rusqlite::{Connection, params_from_iter};

use super::facts::Facts as FactsReader;
use super::rows;
use super::scan::{Candidates, reader};
use super::world::Database;
use crate::model::{CommentId, Status};
use crate::query::{Entry, Needs, World};
use crate::store::{Store, row};

/// What is done with comments, one after another.
pub trait Visitor {
    /// Whether a comment with this text is to be visited at all: for those that are not, nothing else is read.
    fn wants(&mut self, _text: &str) -> bool {
        true
    }

    /// Looks at a comment.
    fn visit(&mut self, entry: &Entry<'_>) -> Result<()>;
}

impl<F: FnMut(&Entry<'_>) -> Result<()>> Visitor for F {
    fn visit(&mut self, entry: &Entry<'_>) -> Result<()> {
        self(entry)
    }
}

/// Which comments are walked over.
#[derive(Debug, Clone)]
pub enum Over {
    /// Every one.
    All,
    /// These.
    Ids(Vec<CommentId>),
}

/// What a thread does: it is given the world and a way to walk its share of the comments.
pub type Work<'v, T> = dyn Fn(&dyn World, &mut dyn FnMut(&mut dyn Visitor) -> Result<()>) -> Result<T> + Sync + 'v;

impl Store {
    /// Walks over all comments; `work` is called once in each thread, and what it gives back is collected in no order.
    /// Entries hold what `needs` asks for.
    pub fn sweep<T: Send>(&self, needs: &Needs, work: &Work<'_, T>) -> Result<Vec<T>> {
        self.sweep_over(needs, &Over::All, work)
    }

    /// The same over some comments.
    pub fn sweep_over<T: Send>(&self, needs: &Needs, over: &Over, work: &Work<'_, T>) -> Result<Vec<T>> {
        let candidates = match over {
            Over::All => Candidates::all(&self.connection)?,
            Over::Ids(ids) => Candidates::Ids(ids.clone()),
        };
        let pieces = candidates.pieces();
        let next = AtomicUsize::new(0);
        let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|piece| *piece < pieces);
        let workers = if self.path() == Path::new(":memory:") { 1 } else { rayon::current_num_threads() }.min(pieces);
        if workers <= 1 {
            return Ok(vec![walk(&self.connection, needs, &candidates, &take, work)?]);
        }
        let (path, candidates, take) = (self.path(), &candidates, &take);
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..workers)
                .map(|_| scope.spawn(move || walk(&reader(path)?, needs, candidates, take, work)))
                .collect();
            let join = |thread: std::thread::ScopedJoinHandle<'_, Result<T>>| {
                thread.join().unwrap_or_else(|_| Err(anyhow!("a thread of the scan ended early")))
            };
            threads.into_iter().map(join).collect()
        })
    }

    /// How many comments there are.
    pub fn comment_count(&self) -> Result<u64> {
        Ok(self.connection.query_row("select count(*) from comments", [], |row| row.get(0))?)
    }

    /// Every text, by number, with the time of its comment.
    pub fn texts(&self, each: &mut dyn FnMut(CommentId, Option<i64>, &str)) -> Result<()> {
        let mut statement = self.connection.prepare(
            "select c.id, c.created, b.text from comments c join bodies b on b.comment_id = c.id order by c.id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            each(CommentId(row.get(0)?), row.get(1)?, row.get_ref(2)?.as_str()?);
        }
        Ok(())
    }

    /// What people decided: for each comment whose standing decision is a person's, whether it stays up.
    pub fn verdicts(&self) -> Result<Vec<(CommentId, Status)>> {
        let mut statement = self.connection.prepare(
            "select s.comment_id, s.status from standing s join decisions d on d.id = s.decision_id
                join operations o on o.id = d.operation_id
             where o.origin = 'person' and s.disputed = 0 order by s.comment_id",
        )?;
        let rows = statement
            .query_map([], |found| Ok((CommentId(found.get(0)?), row::word(found, "status", Status::from_name)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn walk<T>(
    connection: &Connection,
    needs: &Needs,
    candidates: &Candidates,
    take: &dyn Fn() -> Option<usize>,
    work: &Work<'_, T>,
) -> Result<T> {
    // Whoever walks over comments wants to know which they are and when they were written.
    let needs = &Needs { row: true, ..needs.clone() };
    let database = Database::new(connection, needs)?;
    let mut each = |visitor: &mut dyn Visitor| -> Result<()> {
        let mut facts = FactsReader::new(connection, needs);
        while let Some(piece) = take() {
            let piece = candidates.piece(piece, rows::id_column(needs));
            let mut statement = connection.prepare_cached(&rows::select(needs, &piece.condition))?;
            let mut found = statement.query(params_from_iter(&piece.values))?;
            while let Some(row) = found.next()? {
                if visitor.wants(row.get_ref(16)?.as_str()?) {
                    let of = facts.of(CommentId(row.get(0)?), row.get(14)?, row.get(9)?)?;
                    visitor.visit(&rows::entry(row, needs, database.sources(), &of)?)?;
                }
            }
        }
        Ok(())
    };
    work(&database, &mut each)
}
