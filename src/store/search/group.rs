//! What was found, counted: by author, post, day and the like, and each author with their habits. The matches go into a
//! temporary table first, so that a plan that needs the matcher and one that doesn't are counted alike.

use anyhow::Result;
use rusqlite::params_from_iter;

use super::{Prepared, Slice, Sort, scan};
use crate::model::{Precision, Time};
use crate::store::Store;

/// What matches are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The author's name.
    Author,
    /// The post.
    Post,
    /// The source.
    Source,
    /// The status.
    Status,
    /// The sort of entry.
    Kind,
    /// The day, in UTC.
    Day,
    /// The month, in UTC.
    Month,
    /// The year, in UTC.
    Year,
}

/// A group and how many matches are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    /// What the group has in common; absent for comments of which it is not known.
    pub name: Option<String>,
    /// How many matches.
    pub count: u64,
}

/// An author of matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorRow {
    /// The name; absent for all comments together whose author is not known.
    pub name: Option<String>,
    /// Matching comments.
    pub comments: u64,
    /// Posts they hang on.
    pub threads: u64,
    /// The first of them.
    pub first: Option<Time>,
    /// The last of them.
    pub last: Option<Time>,
    /// How many of them were removed, spam included.
    pub removed: u64,
    /// How many of them answer a comment.
    pub replies: u64,
}

impl Store {
    /// Counts the matches by something, largest group first.
    pub fn count_by(&self, prepared: &Prepared<'_>, by: By, top: Option<usize>) -> Result<Vec<GroupRow>> {
        self.keep_matches(prepared)?;
        let name = match by {
            By::Author => "coalesce(c.author_name, a.name)",
            By::Post => "'p' || c.post_id || coalesce('  ' || p.title, '')",
            By::Source => "s.kind || ' ' || s.scope",
            By::Status => "c.status",
            By::Kind => "coalesce(c.kind, 'comment')",
            By::Day => "strftime('%Y-%m-%d', c.created / 1000, 'unixepoch')",
            By::Month => "strftime('%Y-%m', c.created / 1000, 'unixepoch')",
            By::Year => "strftime('%Y', c.created / 1000, 'unixepoch')",
        };
        let sql = format!(
            "select {name} name, count(*) from temp.matches m join comments c on c.id = m.id
                left join authors a on a.id = c.author_id join posts p on p.id = c.post_id
                join sources s on s.id = c.source_id
             group by 1 order by 2 desc, 1 limit ?1"
        );
        let mut statement = self.connection.prepare(&sql)?;
        let rows = statement
            .query_map([limit(top)], |row| Ok(GroupRow { name: row.get(0)?, count: row.get(1)? }))?
            .collect::<Result<_, _>>()?;
        Ok(rows)
    }

    /// The authors of the matches, those with most comments first. An author is a person of one source; comments of
    /// nobody in particular come together in one row without a name.
    pub fn authors(&self, prepared: &Prepared<'_>, top: Option<usize>) -> Result<Vec<AuthorRow>> {
        self.keep_matches(prepared)?;
        let mut statement = self.connection.prepare(
            "select max(a.name) name, max(a.key) key, count(*) comments, count(distinct c.post_id) threads,
                min(c.created) first, max(c.created) last,
                count(*) filter (where c.status in ('removed', 'spam')) removed,
                count(*) filter (where c.parent_id is not null or c.parent_key is not null) replies,
                count(*) filter (where c.precision is not null) vague
             from temp.matches m join comments c on c.id = m.id left join authors a on a.id = c.author_id
             group by c.author_id order by comments desc, name limit ?1",
        )?;
        let mut rows = statement.query([limit(top)])?;
        let mut authors = Vec::new();
        while let Some(row) = rows.next()? {
            let precision = if row.get::<_, i64>("vague")? > 0 { Precision::Local } else { Precision::Exact };
            let time = |millis: Option<i64>| millis.map(|millis| Time { millis, offset: Some(0), precision });
            authors.push(AuthorRow {
                name: row.get::<_, Option<String>>("name")?.or(row.get("key")?),
                comments: row.get("comments")?,
                threads: row.get("threads")?,
                first: time(row.get("first")?),
                last: time(row.get("last")?),
                removed: row.get("removed")?,
                replies: row.get("replies")?,
            });
        }
        Ok(authors)
    }

    fn keep_matches(&self, prepared: &Prepared<'_>) -> Result<()> {
        self.connection.execute_batch(
            "create temp table if not exists matches (id integer primary key) strict; delete from temp.matches",
        )?;
        let transaction = self.connection.unchecked_transaction()?;
        if prepared.plan.exact {
            let (from, values) = prepared.condition.clauses();
            transaction
                .execute(&format!("insert into temp.matches (id) select c.id {from}"), params_from_iter(values))?;
        } else {
            let all = Slice { sort: Sort::Oldest, offset: 0, limit: None };
            let found = scan::run(self, prepared, all)?;
            let mut insert = transaction.prepare("insert into temp.matches (id) values (?1)")?;
            for id in found.ids {
                insert.execute([id.0])?;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

fn limit(top: Option<usize>) -> i64 {
    top.map_or(-1, |top| top as i64)
}
