//! The rows of a new comment.

use anyhow::Result;
use rusqlite::named_params;

use super::super::row;
use super::authors::AuthorColumns;
use super::comment::Hung;
use super::{Importer, PreparedComment};
use crate::model::{Body, BodyFormat, Kind, Status};

impl Importer<'_> {
    /// Inserts a comment with its text; false if its key is there already.
    pub(super) fn insert_comment(
        &mut self,
        source: i64,
        prepared: &PreparedComment,
        hung: &Hung,
        author: &AuthorColumns<'_>,
    ) -> Result<bool> {
        let comment = &prepared.comment;
        let connection = &self.store.connection;
        let wanted = match comment.id.filter(|_| self.keep_ids) {
            Some(id) => connection
                .prepare_cached("select ?1 where not exists (select 1 from comments where id = ?1)")?
                .query_row([id.0], |row| row.get::<_, Option<i64>>(0))
                .unwrap_or(None),
            None => None,
        };
        let inserted = connection
            .prepare_cached(
                "insert into comments (id, source_id, key, post_id, parent_id, parent_key, parent_origin, depth, kind,
                    author_id, author_name, author_kind, author_evidence, created, created_offset, precision,
                    edited, edited_offset, source_status, raw_status, status, score, version, revision, hash,
                    run_id, byte, line)
                 values (:id, :source, :key, :post, :parent, :parent_key, :origin, :depth, :kind,
                    :author, :author_name, :author_kind, :evidence, :created, :offset, :precision,
                    :edited, :edited_offset, :source_status, :raw_status, :status, :score, :version, :revision, :hash,
                    :run, :byte, :line)
                 on conflict (source_id, key) do nothing",
            )?
            .execute(named_params! {
                ":id": wanted,
                ":source": source,
                ":key": comment.key,
                ":post": hung.post,
                ":parent": hung.parent,
                ":parent_key": hung.parent_key,
                ":origin": hung.origin.map(|origin| origin.as_str()),
                ":depth": hung.depth,
                ":kind": (comment.kind != Kind::Comment).then(|| comment.kind.as_str()),
                ":author": author.id,
                ":author_name": author.name,
                ":author_kind": comment.author.kind.as_str(),
                ":evidence": row::evidence(&comment.author),
                ":created": comment.created.map(|time| time.millis),
                ":offset": comment.created.and_then(|time| time.offset),
                ":precision": row::precision(comment.created),
                ":edited": comment.edited.map(|time| time.millis),
                ":edited_offset": comment.edited.and_then(|time| time.offset),
                ":source_status": comment.status.map(|status| status.as_str()),
                ":raw_status": comment.raw_status,
                ":status": comment.status.unwrap_or(Status::Pending).as_str(),
                ":score": comment.score,
                ":version": comment.version,
                ":revision": comment.revisions.len(),
                ":hash": prepared.hash,
                ":run": self.run,
                ":byte": comment.place.byte as i64,
                ":line": comment.place.line as i64,
            })?;
        if inserted == 0 {
            return Ok(false);
        }
        let id = connection.last_insert_rowid();
        let (text, raw, format) = texts(comment.body.as_ref(), prepared.text.as_deref());
        connection
            .prepare_cached("insert into bodies (comment_id, text, body, format, extra) values (?1, ?2, ?3, ?4, ?5)")?
            .execute((id, text, raw, format, Some(&comment.extra).filter(|extra| !extra.is_empty())))?;
        for (number, body) in comment.revisions.iter().enumerate() {
            self.revision(id, number as i64, body)?;
        }
        self.follow_time(comment.created.map(|time| time.millis));
        Ok(true)
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
