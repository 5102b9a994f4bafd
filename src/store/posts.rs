//! Posts: the list of what is in the database, and single posts whole.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension, Row};

use super::{Store, row};
use crate::model::{Body, BodyFormat, Post, PostId, Precision, SourceKey, Status, Time};

/// A line of the list of posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostSummary {
    /// Its number.
    pub id: PostId,
    /// The dump it belongs to.
    pub source: SourceKey,
    /// The source's own id.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// Whether comments named it but no file held it.
    pub placeholder: bool,
    /// How many comments hang on it.
    pub comments: u64,
    /// How many persons wrote them; comments without a known author count for none.
    pub authors: u64,
    /// When the first comment was written.
    pub first: Option<Time>,
    /// When the last comment was written.
    pub last: Option<Time>,
}

impl Store {
    /// Gives every post with its counts, by number.
    pub fn posts(&self, each: &mut dyn FnMut(PostSummary) -> Result<()>) -> Result<()> {
        let sources = self.sources()?;
        let mut statement = self.connection.prepare(
            "select p.id, p.source_id, p.key, p.title, p.placeholder, count(c.id) comments,
                count(distinct c.author_id) authors, min(c.created) first, max(c.created) last,
                count(*) filter (where c.precision is not null) vague
             from posts p left join comments c on c.post_id = p.id
             group by p.id order by p.id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let precision = if row.get::<_, i64>("vague")? > 0 { Precision::Local } else { Precision::Exact };
            let time = |millis: Option<i64>| millis.map(|millis| Time { millis, offset: Some(0), precision });
            each(PostSummary {
                id: PostId(row.get("id")?),
                source: sources[&row.get("source_id")?].as_ref().clone(),
                key: row.get("key")?,
                title: row.get("title")?,
                placeholder: row.get::<_, i64>("placeholder")? != 0,
                comments: row.get("comments")?,
                authors: row.get("authors")?,
                first: time(row.get("first")?),
                last: time(row.get("last")?),
            })?;
        }
        Ok(())
    }

    /// The numbers of all posts, in order.
    pub fn post_ids(&self) -> Result<Vec<PostId>> {
        let mut statement = self.connection.prepare("select id from posts order by id")?;
        Ok(statement.query_map([], |row| Ok(PostId(row.get(0)?)))?.collect::<Result<_, _>>()?)
    }

    /// The posts with this source id, in any source.
    pub fn posts_by_key(&self, key: &str) -> Result<Vec<PostId>> {
        let mut statement = self
            .connection
            .prepare("select p.id from sources s join posts p on p.source_id = s.id and p.key = ?1 order by p.id")?;
        Ok(statement.query_map([key], |row| Ok(PostId(row.get(0)?)))?.collect::<Result<_, _>>()?)
    }

    /// One post whole.
    pub fn post(&self, id: PostId) -> Result<Option<Post>> {
        let sources = self.sources()?;
        let mut statement = self.connection.prepare_cached(&format!("{SELECT} where p.id = ?1"))?;
        Ok(statement.query_row([id.0], |row| read(row, &sources)).optional()?)
    }

    /// The title of a post.
    pub fn title(&self, id: PostId) -> Result<Option<String>> {
        let mut statement = self.connection.prepare_cached("select title from posts where id = ?1")?;
        Ok(statement.query_row([id.0], |row| row.get(0)).optional()?.flatten())
    }

    /// All sources by their row.
    pub(super) fn sources(&self) -> Result<Sources> {
        sources(&self.connection)
    }
}

/// Sources by their row.
pub type Sources = HashMap<i64, Arc<SourceKey>>;

/// All of them.
pub fn sources(connection: &Connection) -> Result<Sources> {
    let mut statement = connection.prepare_cached("select id, kind, scope from sources")?;
    let read = |row: &Row<'_>| Ok((row.get(0)?, Arc::new(SourceKey { kind: row.get(1)?, scope: row.get(2)? })));
    Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
}

/// What [`read`] takes, by position; a condition on `p` follows.
pub const SELECT: &str = "
    select p.id, p.source_id, p.key, p.title, p.url, p.author_name, p.author_kind, p.author_evidence, a.key, a.name,
        p.created, p.created_offset, p.precision, p.text, p.body, p.format, p.source_status, p.raw_status,
        p.placeholder, p.extra
    from posts p left join authors a on a.id = p.author_id";

/// A post from the columns of [`SELECT`].
pub fn read(row: &Row<'_>, sources: &Sources) -> rusqlite::Result<Post> {
    let text: String = row.get(13)?;
    let raw: Option<String> = row.get(14)?;
    let format = row::optional_word(row, 15, BodyFormat::from_name)?;
    Ok(Post {
        id: PostId(row.get(0)?),
        source: sources[&row.get(1)?].as_ref().clone(),
        key: row.get(2)?,
        title: row.get(3)?,
        url: row.get(4)?,
        author: row::author(row, [5, 6, 7, 8, 9])?,
        created: row::time(row, 10, 11, Some(12))?,
        body: format.map(|format| Body { raw: raw.unwrap_or_else(|| text.clone()), format }),
        text,
        source_status: row::optional_word(row, 16, Status::from_name)?,
        raw_status: row.get(17)?,
        placeholder: row.get::<_, i64>(18)? != 0,
        extra: row.get::<_, Option<String>>(19)?.unwrap_or_default(),
    })
}
