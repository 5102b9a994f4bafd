//! Searching: a query's plan becomes SQL that proposes candidates (`sql`), and where the plan is not the whole meaning,
//! the matcher disposes of them (`scan`, `rows`), over several connections at once. `facts` has what other rows say of a comment,
//! `world` the whole threads that relations ask for, `group` counts and lists by author, day and the like.
//!
//! Architecture invariant: what is found never depends on the plan. A test compares every search with a plain scan.

mod facts;
mod group;
mod marks;
mod resolve;
mod rows;
mod scan;
mod sql;
mod sweep;
#[cfg(test)]
mod tests;
mod world;

pub(super) use scan::reader;

use anyhow::Result;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

pub use group::{AuthorRow, By, GroupRow};
pub use sweep::{Over, Visitor};

use super::{Store, scores, settings, signals, words};
use crate::model::CommentId;
use crate::query::{self, Field, Plan, Query};
use sql::Condition;

/// The order of what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Latest first.
    Newest,
    /// Earliest first.
    Oldest,
    /// Best fit of the words first; newest first where the query has no words.
    Relevance,
    /// Most points first.
    Score,
    /// Longest text first.
    Length,
    /// The highest value of a stored signal or an outside scorer first; comments without one last.
    Signal(Field),
}

/// What of the matches is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Their order.
    pub sort: Sort,
    /// How many to pass over.
    pub offset: usize,
    /// How many to give at the most.
    pub limit: Option<usize>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The comments wanted, in order.
    pub ids: Vec<CommentId>,
    /// How many candidates the plan left for the matcher; absent where the plan was the whole meaning.
    pub candidates: Option<u64>,
}

/// A query with its plan and its SQL.
pub struct Prepared<'q> {
    query: &'q Query,
    plan: Plan,
    condition: Condition,
    time_ordered: bool,
}

impl Store {
    /// Plans a query for this database.
    pub fn prepare<'q>(&self, query: &'q Query) -> Result<Prepared<'q>> {
        let mut plan = query::plan(query, &sql::can);
        let condition = Condition::of(&self.connection, &plan.narrow)?;
        plan.exact &= condition.exact;
        if condition.uses_words {
            self.catch_up_words()?;
        }
        let time_ordered = settings::number(&self.connection, settings::TIME_ORDERED)?.unwrap_or(1) == 1;
        Ok(Prepared { query, plan, condition, time_ordered })
    }

    /// Finds the comments that match.
    pub fn find(&self, prepared: &Prepared<'_>, slice: Slice) -> Result<Found> {
        if prepared.plan.exact {
            let (sql, values) = prepared.select("c.id", slice.sort, Some(slice));
            return Ok(Found { ids: ids(&self.connection, &sql, &values)?, candidates: None });
        }
        scan::run(self, prepared, slice)
    }

    /// The comments among which all matches are, by number, where the plan leaves fewer than all.
    pub fn candidates(&self, query: &Query) -> Result<Option<Vec<CommentId>>> {
        let prepared = self.prepare(query)?;
        if prepared.condition.is_everything() {
            return Ok(None);
        }
        let (from, values) = prepared.condition.clauses();
        Ok(Some(ids(&self.connection, &format!("select c.id {from} order by c.id"), &values)?))
    }

    /// How many comments match.
    pub fn count(&self, prepared: &Prepared<'_>) -> Result<u64> {
        if prepared.plan.exact {
            let (from, values) = prepared.condition.clauses();
            let sql = format!("select count(*) {from}");
            return Ok(self.connection.query_row(&sql, params_from_iter(values), |row| row.get(0))?);
        }
        let all = Slice { sort: Sort::Oldest, offset: 0, limit: None };
        Ok(scan::run(self, prepared, all)?.ids.len() as u64)
    }

    /// An import that was killed leaves the text index behind.
    fn catch_up_words(&self) -> Result<()> {
        if self.unindexed()? > 0 {
            let transaction = self.connection.unchecked_transaction()?;
            words::catch_up(&transaction)?;
            transaction.commit()?;
        }
        Ok(())
    }
}

impl Prepared<'_> {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The SQL that finds the candidates in this order, with its values put in for reading.
    pub fn sql(&self, slice: Slice) -> String {
        let (sql, values) = self.select("c.id", slice.sort, self.plan.exact.then_some(slice));
        sql::readable(&sql, &values)
    }

    /// A select over the candidates.
    fn select(&self, columns: &str, sort: Sort, slice: Option<Slice>) -> (String, Vec<Value>) {
        let (from, mut values) = self.condition.clauses();
        // The only parameter that an order may hold comes behind all others.
        if let Sort::Signal(Field::Scorer(scorer)) = sort {
            values.push(Value::from(scorer.name().to_owned()));
        }
        let by_words = self.condition.is_driven_by_words();
        let order = match sort {
            // Where ids follow time, the order of ids is the order of time, and walking it needs no sorting.
            Sort::Newest | Sort::Oldest if self.time_ordered => {
                format!("{} {{}}", if by_words { "w.rowid" } else { "c.id" })
            }
            Sort::Newest | Sort::Oldest => "c.created {}, c.id {}".to_owned(),
            Sort::Relevance if by_words => "bm25(comment_words), w.rowid desc".to_owned(),
            Sort::Relevance => "c.created desc, c.id desc".to_owned(),
            Sort::Score => "c.score desc nulls last, c.id desc".to_owned(),
            Sort::Length => {
                "(select length(b.text) from bodies b where b.comment_id = c.id) desc, c.id desc".to_owned()
            }
            Sort::Signal(field) => format!("({}) desc nulls last, c.id desc", signal_sql(field)),
        };
        let order = order.replace("{}", if sort == Sort::Oldest { "asc" } else { "desc" });
        let mut sql = format!("select {columns} {from} order by {order}");
        if let Some(slice) = slice {
            sql.push_str(" limit ? offset ?");
            values.push(Value::from(slice.limit.map_or(-1, |limit| limit as i64)));
            values.push(Value::from(slice.offset as i64));
        }
        (sql, values)
    }
}

/// The value of a signal of the comment `c` as it is now.
fn signal_sql(field: Field) -> String {
    match (field, signals::value_sql(field, "s")) {
        (Field::Scorer(_), _) => {
            let of = "s.scorer_id = (select n.id from scorers n where n.name = ?)";
            format!("select s.value from {} where s.comment_id = c.id and {of}", scores::CURRENT)
        }
        (_, Some(column)) => format!("select {column} from {} where s.comment_id = c.id", signals::CURRENT),
        (_, None) => "null".to_owned(),
    }
}

fn ids(connection: &Connection, sql: &str, values: &[Value]) -> Result<Vec<CommentId>> {
    let mut statement = connection.prepare_cached(sql)?;
    let ids = statement.query_map(params_from_iter(values), |row| Ok(CommentId(row.get(0)?)))?;
    Ok(ids.collect::<Result<_, _>>()?)
}
