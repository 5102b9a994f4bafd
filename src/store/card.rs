//! An author's record: what they wrote, what was decided about it, whom they answer.

use anyhow::Result;
use rusqlite::{Connection, Row};

use super::{Store, row};
use crate::model::{CommentId, SourceKey, Status};

/// One person of one source. The same name in another source is another person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorCard {
    /// Where they write.
    pub source: SourceKey,
    /// Their name, as printed last.
    pub name: Option<String>,
    /// The source's key of their account.
    pub key: Option<String>,
    /// How many comments.
    pub comments: u64,
    /// On how many posts.
    pub posts: u64,
    /// The first and the last of them, in milliseconds since 1970.
    pub between: Option<(i64, i64)>,
    /// How much they wrote in each month, from the first; months without a comment left out.
    pub months: Vec<Month>,
    /// How many comments stand how.
    pub statuses: Vec<(Status, u64)>,
    /// How many decisions left comments how and for which reason, most frequent first; no reason is an empty one.
    pub decisions: Vec<(Status, String, u64)>,
    /// How many flags of which reason their comments carry, most frequent first; withdrawn ones left out.
    pub flags: Vec<(String, u64)>,
    /// The removals (of any kind) decided within the window, by reason; an empty one where none was given.
    pub strikes: Vec<(String, u64)>,
    /// Whom they answer, and how often, most frequent first; ten at the most.
    pub answers: Vec<(String, u64)>,
    /// What moderators noted on their comments, newest first; ten at the most: who and what.
    pub notes: Vec<(String, String)>,
}

/// A month of an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// Year and month, such as `2026-05`, in UTC.
    pub name: String,
    /// How many comments they wrote.
    pub comments: u64,
    /// How many of them moderators have removed since, spam included.
    pub removed: u64,
}

/// Who the authors are, and what [`card`] takes.
const AUTHORS: &str = "select a.id, s.kind, s.scope, a.key, a.name from authors a join sources s on s.id = a.source_id";

impl Store {
    /// The persons of this name or account key, in any source; where nobody is spelled just so, whoever differs from it
    /// in capitals alone. Strikes are counted from `since` on (milliseconds since 1970, the time of the decision).
    pub fn author_cards(&self, name: &str, since: i64) -> Result<Vec<AuthorCard>> {
        let mut cards = Vec::new();
        for named in ["a.name = ?1 or a.key = ?1", "a.name = ?1 collate nocase"] {
            let mut statement = self.connection.prepare(&format!("{AUTHORS} where {named} order by a.id"))?;
            let mut rows = statement.query([name])?;
            while let Some(row) = rows.next()? {
                cards.push(card(&self.connection, row, since)?);
            }
            if !cards.is_empty() {
                break;
            }
        }
        Ok(cards)
    }

    /// The card of whoever wrote a comment, if that is a known person. Strikes are counted as in [`Store::author_cards`].
    pub fn author_card(&self, comment: CommentId, since: i64) -> Result<Option<AuthorCard>> {
        let sql = format!("{AUTHORS} where a.id = (select author_id from comments where id = ?1)");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([comment.0])?;
        rows.next()?.map(|row| card(&self.connection, row, since)).transpose()
    }
}

fn card(connection: &Connection, row: &Row<'_>, since: i64) -> Result<AuthorCard> {
    let author: i64 = row.get("id")?;
    let (comments, posts, first, last): (u64, u64, Option<i64>, Option<i64>) = connection
        .prepare_cached(
            "select count(*), count(distinct post_id), min(created), max(created) from comments where author_id = ?1",
        )?
        .query_row([author], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let statuses = pairs(
        connection,
        "select status, count(*) from comments where author_id = ?1 and ?2 = ?2 group by 1 order by 2 desc, 1",
        author,
        since,
    )?;
    Ok(AuthorCard {
        source: SourceKey { kind: row.get("kind")?, scope: row.get("scope")? },
        name: row.get("name")?,
        key: row.get("key")?,
        comments,
        posts,
        between: first.zip(last),
        months: months(connection, author)?,
        statuses: statuses.into_iter().filter_map(|(name, count)| Some((Status::from_name(&name)?, count))).collect(),
        decisions: decisions(connection, author)?,
        flags: pairs(
            connection,
            "select f.reason, count(*) from comments c join flags f on f.comment_id = c.id
             where c.author_id = ?1 and ?2 = ?2 and f.state <> 'withdrawn' group by 1 order by 2 desc, 1",
            author,
            since,
        )?,
        strikes: pairs(connection, REASONS, author, since)?,
        answers: pairs(
            connection,
            "select coalesce(p.author_name, a.name), count(*) from comments c join comments p on p.id = c.parent_id
                join authors a on a.id = p.author_id
             where c.author_id = ?1 and ?2 = ?2 and coalesce(p.author_name, a.name) is not null
             group by p.author_id order by 2 desc, 1 limit 10",
            author,
            since,
        )?,
        notes: notes(connection, author)?,
    })
}

/// The first reason of each decision that stands, by where it left the comment.
fn decisions(connection: &Connection, author: i64) -> Result<Vec<(Status, String, u64)>> {
    let mut statement = connection.prepare_cached(
        "select status, iif(instr(r, ' ') > 0, substr(r, 1, instr(r, ' ') - 1), r) reason, count(*) many from (
            select s.status, coalesce(d.reasons, '') r
            from comments c join standing s on s.comment_id = c.id join decisions d on d.id = s.decision_id
            where c.author_id = ?1)
         group by status, reason order by many desc, status, reason",
    )?;
    let read = |row: &Row<'_>| Ok((row::word(row, "status", Status::from_name)?, row.get("reason")?, row.get("many")?));
    Ok(statement.query_map([author], read)?.collect::<Result<_, _>>()?)
}

/// The first reason of each standing removal, decided not before a moment.
const REASONS: &str = "
    select iif(instr(r, ' ') > 0, substr(r, 1, instr(r, ' ') - 1), r) reason, count(*) from (
        select coalesce(d.reasons, '') r
        from comments c join standing s on s.comment_id = c.id join decisions d on d.id = s.decision_id
            join operations o on o.id = d.operation_id
        where c.author_id = ?1 and o.at >= ?2 and s.status in ('removed', 'spam'))
    group by reason order by 2 desc, 1";

fn months(connection: &Connection, author: i64) -> Result<Vec<Month>> {
    let mut statement = connection.prepare_cached(
        "select strftime('%Y-%m', created / 1000, 'unixepoch') name, count(*) comments,
            count(*) filter (where status in ('removed', 'spam')) removed
         from comments where author_id = ?1 and created is not null group by name having name is not null order by name",
    )?;
    let read = |row: &Row<'_>| {
        Ok(Month { name: row.get("name")?, comments: row.get("comments")?, removed: row.get("removed")? })
    };
    Ok(statement.query_map([author], read)?.collect::<Result<_, _>>()?)
}

fn pairs(connection: &Connection, sql: &str, author: i64, since: i64) -> Result<Vec<(String, u64)>> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_map((author, since), |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
}

fn notes(connection: &Connection, author: i64) -> Result<Vec<(String, String)>> {
    let mut statement = connection.prepare_cached(
        "select o.actor, d.note from comments c join decisions d on d.comment_id = c.id
            join operations o on o.id = d.operation_id
         where c.author_id = ?1 and d.note is not null and d.undone = 0 order by o.uid desc, d.seq limit 10",
    )?;
    Ok(statement.query_map([author], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
}
