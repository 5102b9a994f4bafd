//! Threads and single comments: the tree of a post, built in memory from its links, and what hangs on it.
//!
//! Not here: whole threads with their texts (`stream`).

use anyhow::Result;
use rusqlite::{OptionalExtension, Row};

use super::posts::Sources;
use super::{Store, row};
use crate::model::{Body, BodyFormat, Comment, CommentId, Gap, GapLeft, Kind, ParentOrigin, PostId, Status};
use crate::threads::tree::{self, Node, Tree};

/// The columns that [`read_comment`] takes, by position, and behind them the version and the author's row.
pub const COLUMNS: &str = "
    c.id, c.source_id, c.key, c.post_id, c.parent_id, c.parent_key, c.parent_origin, c.depth, c.kind,
    c.author_name, c.author_kind, c.author_evidence, a.key, a.name, c.created, c.created_offset, c.precision,
    c.edited, c.edited_offset, b.format, b.body, b.text, c.status, c.source_status, c.raw_status, c.score,
    c.revision, b.extra, c.version, c.author_id";

/// What they are read from, behind `comments c`.
pub const FROM: &str = "join bodies b on b.comment_id = c.id left join authors a on a.id = c.author_id";

impl Store {
    /// The tree of a post: its nodes by number, and their order.
    pub fn tree(&self, post: PostId) -> Result<(Vec<Node>, Tree)> {
        let mut statement = self
            .connection
            .prepare_cached("select id, parent_id, created from comments where post_id = ?1 order by id")?;
        let node = |row: &Row<'_>| {
            Ok(Node {
                id: CommentId(row.get(0)?),
                parent: row.get::<_, Option<i64>>(1)?.map(CommentId),
                created: row.get(2)?,
            })
        };
        let nodes = statement.query_map([post.0], node)?.collect::<Result<Vec<_>, _>>()?;
        let tree = tree::build(&nodes);
        Ok((nodes, tree))
    }

    /// The comments with this source id, in any source.
    pub fn comments_by_key(&self, key: &str) -> Result<Vec<CommentId>> {
        let mut statement = self
            .connection
            .prepare("select c.id from sources s join comments c on c.source_id = s.id and c.key = ?1 order by c.id")?;
        Ok(statement.query_map([key], |row| Ok(CommentId(row.get(0)?)))?.collect::<Result<_, _>>()?)
    }

    /// One comment.
    pub fn comment(&self, id: CommentId) -> Result<Option<Comment>> {
        let sources = self.sources()?;
        let mut statement =
            self.connection.prepare_cached(&format!("select {COLUMNS} from comments c {FROM} where c.id = ?1"))?;
        Ok(statement.query_row([id.0], |row| read_comment(row, &sources)).optional()?)
    }

    /// Earlier bodies of a comment, oldest first.
    pub fn revisions(&self, id: CommentId) -> Result<Vec<Body>> {
        let mut statement = self.connection.prepare_cached(
            "select coalesce(body, text) raw, format from revisions where comment_id = ?1 order by number",
        )?;
        let body =
            |row: &Row<'_>| Ok(Body { raw: row.get("raw")?, format: row::word(row, "format", BodyFormat::from_name)? });
        Ok(statement.query_map([id.0], body)?.collect::<Result<_, _>>()?)
    }

    /// The comments that are known to be missing from a post. A gap whose ids have all come is not given.
    pub fn gaps(&self, post: PostId) -> Result<Vec<GapLeft>> {
        let mut statement = self.connection.prepare_cached(
            "select p.key post_key, g.parent_key, g.count, g.reason, json_array_length(g.known) named,
                (select json_group_array(k.value) from json_each(g.known) k where not exists (
                    select 1 from comments c where c.source_id = p.source_id and c.key = k.value)) missing,
                (select c.id from comments c where c.source_id = p.source_id and c.key = g.parent_key) parent
             from gaps g join posts p on p.id = g.post_id where g.post_id = ?1 order by g.id",
        )?;
        let mut rows = statement.query([post.0])?;
        let mut gaps = Vec::new();
        while let Some(row) = rows.next()? {
            let named: u64 = row.get("named")?;
            let known: Vec<String> = serde_json::from_str(row.get_ref("missing")?.as_str()?)?;
            if named > 0 && known.is_empty() {
                continue;
            }
            let come = named - known.len() as u64;
            let parent_key: String = row.get("parent_key")?;
            gaps.push(GapLeft {
                gap: Gap {
                    post: row.get("post_key")?,
                    parent: Some(parent_key).filter(|key| !key.is_empty()),
                    count: row.get::<_, u64>("count")?.saturating_sub(come).max(known.len() as u64),
                    known,
                    reason: row.get("reason")?,
                },
                parent: row.get::<_, Option<i64>>("parent")?.map(CommentId),
            });
        }
        Ok(gaps)
    }
}

/// A comment from the columns of [`COLUMNS`].
pub fn read_comment(row: &Row<'_>, sources: &Sources) -> rusqlite::Result<Comment> {
    Ok(Comment {
        id: CommentId(row.get(0)?),
        source: sources[&row.get(1)?].clone(),
        key: row.get(2)?,
        post: PostId(row.get(3)?),
        parent: row.get::<_, Option<i64>>(4)?.map(CommentId),
        parent_key: row.get(5)?,
        parent_origin: row::optional_word(row, 6, ParentOrigin::from_name)?,
        depth: row.get(7)?,
        kind: row::optional_word(row, 8, Kind::from_name)?.unwrap_or(Kind::Comment),
        author: row::author(row, [9, 10, 11, 12, 13])?,
        created: row::time(row, 14, 15, Some(16))?,
        edited: row::time(row, 17, 18, None)?,
        format: row::word(row, 19, BodyFormat::from_name)?,
        raw: row.get(20)?,
        text: row.get(21)?,
        status: row::word(row, 22, Status::from_name)?,
        source_status: row::optional_word(row, 23, Status::from_name)?,
        raw_status: row.get(24)?,
        score: row.get(25)?,
        revision: row.get(26)?,
        extra: row.get::<_, Option<String>>(27)?.unwrap_or_default(),
    })
}
