//! The rows of candidates as the matcher sees them: only what the query looks at is read, and borrowed from SQLite.

use anyhow::Result;
use rusqlite::Row;

use crate::model::{AuthorKind, CommentId, Kind, ParentOrigin, PostId, Status};
use crate::query::{Entry, Facts, Needs};
use crate::store::posts::Sources;

/// The column of a comment's id in the select, for the condition on it.
pub fn id_column(needs: &Needs) -> &'static str {
    if needs.row { "c.id" } else { "b.comment_id" }
}

/// A select of what the query looks at; the order of columns is that of [`entry`]. A query that looks at the text alone
/// reads one table and two columns: most scans are of that sort.
pub fn select(needs: &Needs, condition: &str) -> String {
    if !needs.row {
        return format!("select b.comment_id, b.text from bodies b {condition}");
    }
    let text = if needs.text { "b.text" } else { "''" };
    let author = if needs.author { "coalesce(c.author_name, a.name), a.key" } else { "null, null" };
    let post = if needs.post { "p.key, p.title" } else { "'', null" };
    let mut joins = String::new();
    if needs.text {
        joins.push_str(" join bodies b on b.comment_id = c.id");
    }
    if needs.author {
        joins.push_str(" left join authors a on a.id = c.author_id");
    }
    if needs.post {
        joins.push_str(" join posts p on p.id = c.post_id");
    }
    format!(
        "select c.id, c.source_id, c.key, c.post_id, c.parent_id, c.parent_origin, c.parent_key, c.depth, c.kind,
            c.created, c.edited, c.status, c.score, c.revision, c.author_id, c.author_kind, {text}, {author}, {post}
         from comments c{joins} {condition}"
    )
}

/// A row as the matcher sees it, borrowed.
pub fn entry<'r>(row: &'r Row<'_>, needs: &Needs, sources: &'r Sources, facts: &'r Facts) -> Result<Entry<'r>> {
    if !needs.row {
        return Ok(Entry::of_text(CommentId(row.get(0)?), row.get_ref(1)?.as_str()?, facts));
    }
    let source = if needs.source { sources.get(&row.get(1)?) } else { None };
    let parent = row.get::<_, Option<i64>>(4)?.map(CommentId);
    Ok(Entry {
        id: CommentId(row.get(0)?),
        source_kind: source.map_or("", |source| &source.kind),
        source_scope: source.map_or("", |source| &source.scope),
        key: row.get_ref(2)?.as_str()?,
        post: PostId(row.get(3)?),
        post_key: row.get_ref(19)?.as_str()?,
        title: row.get_ref(20)?.as_str_or_null()?,
        parent,
        parent_origin: row.get_ref(5)?.as_str_or_null()?.and_then(ParentOrigin::from_name),
        orphan: parent.is_none() && row.get_ref(6)?.as_str_or_null()?.is_some(),
        depth: row.get(7)?,
        kind: row.get_ref(8)?.as_str_or_null()?.and_then(Kind::from_name).unwrap_or(Kind::Comment),
        author: row.get_ref(17)?.as_str_or_null()?,
        author_key: row.get_ref(18)?.as_str_or_null()?,
        author_kind: AuthorKind::from_name(row.get_ref(15)?.as_str()?).unwrap_or(AuthorKind::Unknown),
        created: row.get(9)?,
        edited: row.get(10)?,
        text: row.get_ref(16)?.as_str()?,
        status: Status::from_name(row.get_ref(11)?.as_str()?).unwrap_or(Status::Pending),
        score: row.get(12)?,
        revision: row.get(13)?,
        facts,
    })
}
