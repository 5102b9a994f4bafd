//! A record that is there already: what a newer dump may change. Its text replaces ours and ours becomes a revision; an
//! absent text, a lost author or a missing parent never wipes what is held; an older dump changes nothing.
//!
//! Decisions are not touched here or anywhere in an import.

use anyhow::Result;
use rusqlite::{Row, named_params};

use super::super::{row, words};
use super::authors::AuthorColumns;
use super::comment::Hung;
use super::insert::texts;
use super::{Importer, PreparedComment, rivals};
use crate::model::{Kind, NewComment, Precision};

/// What of a stored comment the comparison needs.
struct Held {
    id: i64,
    hash: i64,
    run: i64,
    version: Option<i64>,
    created: Option<i64>,
    edited: Option<i64>,
    revision: i64,
    text: String,
    body: Option<String>,
    score: Option<i64>,
    extra: Option<String>,
    parent_key: Option<String>,
    origin: Option<String>,
    /// An edge was made here; then the parent that the dump gives is kept beside it.
    hung: bool,
}

/// What a record did to the text.
#[derive(PartialEq, Eq)]
enum TextChange {
    Same,
    /// There was none before.
    First,
    /// Ours became a revision.
    Replaced,
}

impl Held {
    fn raw(&self) -> &str {
        self.body.as_deref().unwrap_or(&self.text)
    }

    /// Whether a record gives it another time. An estimate moves nothing that has a time.
    fn moves_in_time(&self, comment: &NewComment) -> bool {
        comment.created.is_some_and(|time| {
            self.created != Some(time.millis) && (self.created.is_none() || time.precision != Precision::Estimated)
        })
    }
}

impl Importer<'_> {
    pub(super) fn merge(
        &mut self,
        source: i64,
        prepared: &PreparedComment,
        hung: &Hung<'_>,
        author: &AuthorColumns<'_>,
    ) -> Result<()> {
        let held = self.held(source, &prepared.comment.key)?;
        let (connection, of) = (&self.store.connection, rivals::Of::Comment(held.id));
        let lost = held.hash != prepared.hash && rivals::has_lost(connection, of, prepared.hash)?;
        let changed = if lost || held.hash == prepared.hash {
            false
        } else if self.is_older(&held, prepared)? {
            self.keep_as_revision(&held, prepared)?
        } else {
            if held.run == self.run {
                rivals::settle(connection, of, held.hash, prepared.hash)?;
            }
            self.replace(&held, prepared, hung, author)?
        };
        if !lost {
            self.refresh(&held, prepared)?;
        }
        if changed {
            self.counts.changed += 1;
        } else if held.run == self.run {
            self.counts.duplicates += 1;
        } else {
            self.counts.unchanged += 1;
        }
        Ok(())
    }

    fn held(&self, source: i64, key: &str) -> Result<Held> {
        let mut statement = self.store.connection.prepare_cached(
            "select c.id, c.hash, c.run_id, c.version, c.edited, c.revision, b.text, b.body, c.score, b.extra,
                iif(h.comment_id is null, c.parent_key, h.given_key),
                iif(h.comment_id is null, c.parent_origin, h.given_origin), c.created, h.comment_id is not null
             from comments c join bodies b on b.comment_id = c.id left join hung h on h.comment_id = c.id
             where c.source_id = ?1 and c.key = ?2",
        )?;
        let read = |row: &Row<'_>| {
            Ok(Held {
                id: row.get(0)?,
                hash: row.get(1)?,
                run: row.get(2)?,
                version: row.get(3)?,
                edited: row.get(4)?,
                revision: row.get(5)?,
                text: row.get(6)?,
                body: row.get(7)?,
                score: row.get(8)?,
                extra: row.get(9)?,
                parent_key: row.get(10)?,
                origin: row.get(11)?,
                created: row.get(12)?,
                hung: row.get(13)?,
            })
        };
        Ok(statement.query_row((source, key), read)?)
    }

    /// Whether the record comes from an older dump: its version or its edit time is lower, or it says nothing newer and
    /// its text is one that we know to have been replaced.
    fn is_older(&self, held: &Held, prepared: &PreparedComment) -> Result<bool> {
        let comment = &prepared.comment;
        if let (Some(ours), Some(theirs)) = (held.version, comment.version)
            && ours != theirs
        {
            return Ok(theirs < ours);
        }
        let edited = comment.edited.map(|time| time.millis);
        if edited != held.edited {
            return Ok(edited < held.edited);
        }
        let Some(body) = &comment.body else { return Ok(false) };
        if held.revision == 0 || body.raw == held.raw() {
            return Ok(false);
        }
        let mut statement = self.store.connection.prepare_cached(
            "select exists (select 1 from revisions where comment_id = ?1 and coalesce(body, text) = ?2)",
        )?;
        Ok(statement.query_row((held.id, &body.raw), |row| row.get(0))?)
    }

    /// An older text that we did not know joins the revisions, before all others; the current text stays.
    fn keep_as_revision(&self, held: &Held, prepared: &PreparedComment) -> Result<bool> {
        let Some(body) = &prepared.comment.body else { return Ok(false) };
        if body.raw == held.raw() {
            return Ok(false);
        }
        let (text, raw, format) = texts(Some(body), prepared.text.as_deref());
        let added = self
            .store
            .connection
            .prepare_cached(
                "insert into revisions (comment_id, number, text, body, format, run_id)
                 select :id, coalesce((select min(number) from revisions where comment_id = :id), :current) - 1,
                    :text, :body, :format, :run
                 where not exists (select 1 from revisions where comment_id = :id and coalesce(body, text) = :raw)",
            )?
            .execute(named_params! {
                ":id": held.id, ":current": held.revision, ":text": text, ":body": raw, ":format": format,
                ":run": self.run, ":raw": body.raw,
            })?;
        Ok(added > 0)
    }

    fn replace(
        &mut self,
        held: &Held,
        prepared: &PreparedComment,
        hung: &Hung<'_>,
        author: &AuthorColumns<'_>,
    ) -> Result<bool> {
        let text = self.replace_body(held, prepared)?;
        let links_given = hung.origin.is_some() || hung.parent_key.is_some();
        // What a person or quell itself linked is kept apart (`edges`); a source only overrules a source.
        let relink = links_given
            && !matches!(held.origin.as_deref(), Some("human"))
            && (held.parent_key.as_deref() != hung.parent_key
                || held.origin.as_deref() != hung.origin.map(|o| o.as_str()));
        let comment = &prepared.comment;
        let before = self.fingerprint(held.id)?;
        self.store
            .connection
            .prepare_cached(
                "update comments set
                    kind = :kind,
                    author_id = iif(:person or not (author_kind in ('user', 'bot', 'staff')), :author, author_id),
                    author_name = iif(:person or not (author_kind in ('user', 'bot', 'staff')), :author_name, author_name),
                    author_evidence =
                        iif(:person or not (author_kind in ('user', 'bot', 'staff')), :evidence, author_evidence),
                    author_kind = iif(:person or not (author_kind in ('user', 'bot', 'staff')), :author_kind, author_kind),
                    created_offset = iif(:created is null or :estimated, created_offset, :offset),
                    precision = iif(:created is null or (:estimated and created is not null), precision, :precision),
                    created = iif(:created is null or (:estimated and created is not null), created, :created),
                    edited = coalesce(:edited, edited),
                    edited_offset = iif(:edited is null, edited_offset, :edited_offset),
                    -- What was decided here stays, except that an author may take back what was approved (`project`).
                    status = coalesce(
                        (select iif(coalesce(:source_status, source_status) is 'deleted'
                            and s.status in ('approved', 'escalated'), 'deleted', s.status)
                         from standing s where s.comment_id = comments.id),
                        :source_status, source_status, 'pending'),
                    source_status = coalesce(:source_status, source_status),
                    raw_status = coalesce(:raw_status, raw_status),
                    version = coalesce(:version, version),
                    revision = revision + :replaced,
                    post_id = iif(:relink, :post, post_id),
                    parent_id = iif(:relink and not :hung, :parent, parent_id),
                    parent_key = iif(:relink and not :hung, :parent_key, parent_key),
                    parent_origin = iif(:relink and not :hung, :origin, parent_origin),
                    parent_refused = iif(:relink and not :hung, 0, parent_refused)
                 where id = :id",
            )?
            .execute(named_params! {
                ":id": held.id,
                ":kind": (comment.kind != Kind::Comment).then(|| comment.kind.as_str()),
                ":person": comment.author.is_person(),
                ":author": author.id,
                ":author_name": author.name,
                ":author_kind": comment.author.kind.as_str(),
                ":evidence": row::evidence(&comment.author),
                ":created": comment.created.map(|time| time.millis),
                ":offset": comment.created.and_then(|time| time.offset),
                ":precision": row::precision(comment.created),
                ":estimated": row::precision(comment.created) == Some("estimated"),
                ":edited": comment.edited.map(|time| time.millis),
                ":edited_offset": comment.edited.and_then(|time| time.offset),
                ":source_status": comment.status.map(|status| status.as_str()),
                ":raw_status": comment.raw_status,
                ":version": comment.version,
                ":replaced": text == TextChange::Replaced,
                ":relink": relink,
                ":hung": held.hung,
                ":post": hung.post,
                ":parent": hung.parent,
                ":parent_key": hung.parent_key,
                ":origin": hung.origin.map(|origin| origin.as_str()),
            })?;
        if relink && held.hung {
            self.store
                .connection
                .prepare_cached("update hung set given_key = ?2, given_origin = ?3 where comment_id = ?1")?
                .execute((held.id, hung.parent_key, hung.origin.map(|origin| origin.as_str())))?;
        }
        let changed = text != TextChange::Same || before != self.fingerprint(held.id)?;
        self.store
            .connection
            .prepare_cached("update comments set hash = ?2, run_id = iif(?3, ?4, run_id) where id = ?1")?
            .execute((held.id, prepared.hash, changed, self.run))?;
        if relink {
            self.touched.insert(hung.post);
            self.parents.remove(&comment.key);
        }
        if held.moves_in_time(comment) {
            self.time_ordered = false;
        }
        Ok(changed)
    }

    /// Puts a new text in place of ours, which becomes a revision. A record without a text leaves ours alone, and a
    /// first text (where we had none) makes no revision.
    fn replace_body(&mut self, held: &Held, prepared: &PreparedComment) -> Result<TextChange> {
        let Some(body) = &prepared.comment.body else { return Ok(TextChange::Same) };
        if body.raw == held.raw() {
            return Ok(TextChange::Same);
        }
        let connection = &self.store.connection;
        let had_text = !held.raw().is_empty();
        if had_text {
            connection
                .prepare_cached(
                    "insert into revisions (comment_id, number, text, body, format, run_id)
                     select comment_id, ?2, text, body, format, ?3 from bodies where comment_id = ?1",
                )?
                .execute((held.id, held.revision, self.run))?;
        }
        let (text, raw, format) = texts(Some(body), prepared.text.as_deref());
        connection
            .prepare_cached("update bodies set text = ?2, body = ?3, format = ?4 where comment_id = ?1")?
            .execute((held.id, text, raw, format))?;
        words::replace(connection, held.id, text)?;
        Ok(if had_text { TextChange::Replaced } else { TextChange::First })
    }

    /// Scores and leftover fields follow the newest record without being a change.
    fn refresh(&self, held: &Held, prepared: &PreparedComment) -> Result<()> {
        let comment = &prepared.comment;
        let connection = &self.store.connection;
        if comment.score.is_some() && comment.score != held.score {
            connection
                .prepare_cached("update comments set score = ?2 where id = ?1")?
                .execute((held.id, comment.score))?;
        }
        if !comment.extra.is_empty() && held.extra.as_ref() != Some(&comment.extra) {
            connection
                .prepare_cached("update bodies set extra = ?2 where comment_id = ?1")?
                .execute((held.id, &comment.extra))?;
        }
        Ok(())
    }

    /// Everything of a row that counts as a change when it differs.
    fn fingerprint(&self, id: i64) -> Result<String> {
        let mut statement = self.store.connection.prepare_cached(
            "select json_array(kind, author_id, author_name, author_kind, author_evidence, created, created_offset,
                precision, edited, edited_offset, source_status, raw_status, version, post_id,
                iif(h.comment_id is null, parent_key, h.given_key),
                iif(h.comment_id is null, parent_origin, h.given_origin))
             from comments left join hung h on h.comment_id = id where id = ?1",
        )?;
        Ok(statement.query_row([id], |row| row.get(0))?)
    }
}
