//! The rows of a new comment.

use anyhow::Result;
use rusqlite::{Connection, Statement, params};

use super::super::row;
use super::authors::AuthorColumns;
use super::comment::Hung;
use super::{Importer, PreparedComment};
use crate::model::{Body, BodyFormat, CommentId, Kind, Status};

/// The statements that run for every comment, held open: looking them up in a cache by their text would cost more than
/// binding their values.
pub(super) struct Statements<'s> {
    pub(super) parent: Statement<'s>,
    comment: Statement<'s>,
    body: Statement<'s>,
}

impl<'s> Statements<'s> {
    pub(super) fn prepare(connection: &'s Connection) -> Result<Self> {
        Ok(Statements {
            parent: connection.prepare("select id, post_id, depth from comments where source_id = ? and key = ?")?,
            comment: connection.prepare(
                "insert into comments (
                    id, source_id, key, post_id, parent_id, parent_key, parent_origin,
                    depth, kind, author_id, author_name, author_kind, author_evidence,
                    created, created_offset, precision, edited, edited_offset,
                    source_status, raw_status, status, score, version, revision,
                    hash, run_id, byte, line)
                 values (?, ?, ?, ?, ?, ?, ?,  ?, ?, ?, ?, ?, ?,  ?, ?, ?, ?, ?,  ?, ?, ?, ?, ?, ?,  ?, ?, ?, ?)
                 on conflict (source_id, key) do nothing",
            )?,
            body: connection
                .prepare("insert into bodies (comment_id, text, body, format, extra) values (?, ?, ?, ?, ?)")?,
        })
    }
}

impl Importer<'_> {
    /// Inserts a comment with its text and gives its row; nothing if its key is there already.
    pub(super) fn insert_comment(
        &mut self,
        source: i64,
        prepared: &PreparedComment,
        hung: &Hung<'_>,
        author: &AuthorColumns<'_>,
    ) -> Result<Option<i64>> {
        let comment = &prepared.comment;
        let id = comment.id.filter(|_| self.keep_ids).map(|id| self.if_free(id)).transpose()?.flatten();
        // Named parameters would be looked up by name for every value; these follow the columns, row by row.
        #[rustfmt::skip]
        let inserted = self.statements.comment.execute(params![
            id, source, comment.key, hung.post, hung.parent, hung.parent_key, hung.origin.map(|origin| origin.as_str()),
            hung.depth, (comment.kind != Kind::Comment).then(|| comment.kind.as_str()),
                author.id, author.name, comment.author.kind.as_str(), row::evidence(&comment.author),
            comment.created.map(|time| time.millis), comment.created.and_then(|time| time.offset),
                row::precision(comment.created),
                comment.edited.map(|time| time.millis), comment.edited.and_then(|time| time.offset),
            comment.status.map(|status| status.as_str()), comment.raw_status,
                comment.status.unwrap_or(Status::Pending).as_str(), comment.score, comment.version,
                comment.revisions.len(),
            prepared.hash, self.run, comment.place.byte as i64, comment.place.line as i64,
        ])?;
        if inserted == 0 {
            return Ok(None);
        }
        let id = self.store.connection.last_insert_rowid();
        let (text, raw, format) = texts(comment.body.as_ref(), prepared.text.as_deref());
        let extra = Some(&comment.extra).filter(|extra| !extra.is_empty());
        self.statements.body.execute((id, text, raw, format, extra))?;
        for (number, body) in comment.revisions.iter().enumerate() {
            self.revision(id, number as i64, body)?;
        }
        self.follow_time(comment.created.map(|time| time.millis));
        Ok(Some(id))
    }

    /// The row that a dump of our own asks for, unless another comment has it.
    fn if_free(&self, id: CommentId) -> Result<Option<i64>> {
        let mut taken = self.store.connection.prepare_cached("select exists (select 1 from comments where id = ?1)")?;
        let taken: bool = taken.query_row([id.0], |row| row.get(0))?;
        Ok((!taken).then_some(id.0))
    }

    /// Keeps an earlier body.
    fn revision(&self, id: i64, number: i64, body: &Body) -> Result<()> {
        let text = crate::text::plain(body);
        let raw = (text != body.raw).then_some(&body.raw);
        self.store
            .connection
            .prepare_cached(
                "insert into revisions (comment_id, number, text, body, format, run_id) values (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((id, number, &*text, raw, body.format.as_str(), self.run))?;
        Ok(())
    }

    /// Notes whether ids still follow time. A comment without a time breaks the order like an old one.
    fn follow_time(&mut self, created: Option<i64>) {
        match created {
            Some(created) if created >= self.newest => self.newest = created,
            _ => self.time_ordered = false,
        }
    }
}

/// The text, the body as it came where that differs, and the markup, as `bodies` keeps them.
pub fn texts<'a>(body: Option<&'a Body>, plain: Option<&'a str>) -> (&'a str, Option<&'a str>, &'static str) {
    match (body, plain) {
        (None, _) => ("", None, BodyFormat::Text.as_str()),
        (Some(body), None) => (&body.raw, None, body.format.as_str()),
        (Some(body), Some(plain)) => (plain, Some(&body.raw), body.format.as_str()),
    }
}
