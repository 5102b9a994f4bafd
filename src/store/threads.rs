//! Threads: the comments of one post as a tree in reading order. The links are read first and the tree is built in
//! memory; the comments themselves are read one at a time, so that a thread of any size needs little room.

use anyhow::Result;
use rusqlite::{OptionalExtension, Row};

use super::{Store, row};
use crate::model::{
    Body, BodyFormat, Comment, CommentId, Gap, GapLeft, Kind, ParentOrigin, PostId, SourceKey, Status, ThreadRow,
};
use crate::threads::tree::{self, Node, Placed, Tree};

const COMMENT: &str = "
    select c.*, b.text, b.body, b.format, b.extra, a.key known_key, a.name known_name,
        exists (select 1 from revisions r where r.comment_id = c.id) has_revisions,
        (select d.of_key from duplicates d where d.source_id = c.source_id and d.key = c.key) duplicate_of
    from comments c join bodies b on b.comment_id = c.id left join authors a on a.id = c.author_id
    where c.id = ?1";

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

    /// Gives the comments of a post in reading order.
    pub fn thread(&self, post: PostId, each: &mut dyn FnMut(ThreadRow) -> Result<()>) -> Result<()> {
        let (nodes, tree) = self.tree(post)?;
        let sources = self.sources()?;
        let mut statement = self.connection.prepare_cached(COMMENT)?;
        for (position, Placed { index, depth, end }) in tree.order.iter().copied().enumerate() {
            let mut rows = statement.query([nodes[index].id.0])?;
            let Some(row) = rows.next()? else { continue };
            let mut comment = read_comment(row, &sources)?;
            comment.depth = depth;
            each(ThreadRow {
                below: end - position - 1,
                version: row.get("version")?,
                revisions: if row.get("has_revisions")? { self.revisions(comment.id)? } else { Vec::new() },
                duplicate_of: row.get::<_, Option<String>>("duplicate_of")?.into_iter().collect(),
                comment,
            })?;
        }
        Ok(())
    }

    /// Depth and status of every comment of a post, in reading order.
    pub fn statuses(&self, post: PostId) -> Result<Vec<(u32, Status)>> {
        let (nodes, tree) = self.tree(post)?;
        let mut statement =
            self.connection.prepare_cached("select status from comments where post_id = ?1 order by id")?;
        let status = |row: &Row<'_>| row::word(row, "status", Status::from_name);
        let statuses = statement.query_map([post.0], status)?.collect::<Result<Vec<_>, _>>()?;
        debug_assert_eq!(statuses.len(), nodes.len());
        Ok(tree.order.iter().map(|placed| (placed.depth, statuses[placed.index])).collect())
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
        let mut statement = self.connection.prepare_cached(COMMENT)?;
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

pub fn read_comment(row: &Row<'_>, sources: &std::collections::HashMap<i64, SourceKey>) -> rusqlite::Result<Comment> {
    Ok(Comment {
        id: CommentId(row.get("id")?),
        source: sources[&row.get("source_id")?].clone(),
        key: row.get("key")?,
        post: PostId(row.get("post_id")?),
        parent: row.get::<_, Option<i64>>("parent_id")?.map(CommentId),
        parent_key: row.get("parent_key")?,
        parent_origin: row::optional_word(row, "parent_origin", ParentOrigin::from_name)?,
        depth: row.get("depth")?,
        kind: row::optional_word(row, "kind", Kind::from_name)?.unwrap_or(Kind::Comment),
        author: row::author(row)?,
        created: row::time(row, "created", "created_offset", Some("precision"))?,
        edited: row::time(row, "edited", "edited_offset", None)?,
        format: row::word(row, "format", BodyFormat::from_name)?,
        raw: row.get("body")?,
        text: row.get("text")?,
        status: row::word(row, "status", Status::from_name)?,
        source_status: row::optional_word(row, "source_status", Status::from_name)?,
        raw_status: row.get("raw_status")?,
        score: row.get("score")?,
        revision: row.get("revision")?,
        extra: row.get::<_, Option<String>>("extra")?.unwrap_or_default(),
    })
}
