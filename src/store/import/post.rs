//! Posts: found, made as placeholders for comments that name them, filled in when they come.

use anyhow::Result;
use rusqlite::{OptionalExtension, Row, named_params};

use super::super::row;
use super::{Importer, PreparedPost, REMEMBERED, rivals};
use crate::model::NewPost;

/// What of a stored post the comparison needs.
struct Held {
    id: i64,
    hash: i64,
    placeholder: i64,
    run: i64,
}

impl Importer<'_> {
    /// Writes a post, or merges it with the one that is there. A newer dump fills and replaces fields, but an absent
    /// field never wipes one.
    pub(super) fn post(&mut self, prepared: &PreparedPost) -> Result<()> {
        let source = self.source()?;
        let post = &prepared.post;
        if post.placeholder {
            return self.placeholder(source, post);
        }
        let found = self.held_post(source, &post.key)?;
        if let Some(held) = found.as_ref().filter(|held| held.placeholder == 0) {
            if held.hash == prepared.hash {
                return self.refresh_post(held.id, &post.extra);
            }
            let (connection, of) = (&self.store.connection, rivals::Of::Post(held.id));
            if rivals::has_lost(connection, of, prepared.hash)? {
                return Ok(());
            }
            if held.run == self.run {
                rivals::settle(connection, of, held.hash, prepared.hash)?;
            }
        }
        let author = self.author(source, &post.author)?;
        let wanted = post.id.filter(|_| self.keep_ids && found.is_none()).map(|id| id.0);
        self.store
            .connection
            .prepare_cached(
                "insert into posts (id, source_id, key, title, url, author_id, author_name, author_kind, author_evidence,
                    created, created_offset, precision, text, body, format, source_status, raw_status, placeholder,
                    extra, hash, run_id, byte, line)
                 values (:id, :source, :key, :title, :url, :author, :author_name, :author_kind, :evidence,
                    :created, :offset, :precision, :text, :body, :format, :status, :raw_status, 0,
                    :extra, :hash, :run, :byte, :line)
                 on conflict (source_id, key) do update set
                    title = coalesce(excluded.title, title),
                    url = coalesce(excluded.url, url),
                    author_id = iif(excluded.author_kind = 'unknown', author_id, excluded.author_id),
                    author_name = iif(excluded.author_kind = 'unknown', author_name, excluded.author_name),
                    author_evidence = iif(excluded.author_kind = 'unknown', author_evidence, excluded.author_evidence),
                    author_kind = iif(excluded.author_kind = 'unknown', author_kind, excluded.author_kind),
                    created_offset = iif(excluded.created is null, created_offset, excluded.created_offset),
                    precision = iif(excluded.created is null, precision, excluded.precision),
                    created = coalesce(excluded.created, created),
                    text = iif(excluded.format is null, text, excluded.text),
                    body = iif(excluded.format is null, body, excluded.body),
                    format = coalesce(excluded.format, format),
                    source_status = coalesce(excluded.source_status, source_status),
                    raw_status = coalesce(excluded.raw_status, raw_status),
                    placeholder = 0, extra = coalesce(excluded.extra, extra), hash = excluded.hash,
                    run_id = excluded.run_id, byte = excluded.byte, line = excluded.line",
            )?
            .execute(named_params! {
                ":id": wanted,
                ":source": source,
                ":key": post.key,
                ":title": post.title,
                ":url": post.url,
                ":author": author.id,
                ":author_name": author.name,
                ":author_kind": post.author.kind.as_str(),
                ":evidence": row::evidence(&post.author),
                ":created": post.created.map(|time| time.millis),
                ":offset": post.created.and_then(|time| time.offset),
                ":precision": row::precision(post.created),
                ":text": prepared.text.as_deref().or(post.body.as_ref().map(|body| body.raw.as_str())).unwrap_or(""),
                ":body": prepared.text.as_ref().and(post.body.as_ref()).map(|body| body.raw.as_str()),
                ":format": post.body.as_ref().map(|body| body.format.as_str()),
                ":status": post.status.map(|status| status.as_str()),
                ":raw_status": post.raw_status,
                ":extra": Some(&post.extra).filter(|extra| !extra.is_empty()),
                ":hash": prepared.hash,
                ":run": self.run,
                ":byte": post.place.byte as i64,
                ":line": post.place.line as i64,
            })?;
        match found {
            Some(Held { placeholder: 0, .. }) => self.counts.posts_changed += 1,
            // What stood for an unknown root turns out to be a post: its comments answer the post itself.
            Some(Held { id, .. }) => {
                self.counts.posts_added += 1;
                self.store
                    .connection
                    .prepare_cached(
                        "update comments set parent_key = null
                         where post_id = ?1 and parent_id is null and parent_key = ?2 and source_id = ?3",
                    )?
                    .execute((id, &post.key, source))?;
            }
            None => {
                self.counts.posts_added += 1;
                let id = self.store.connection.last_insert_rowid();
                self.remember_post(&post.key, id);
            }
        }
        Ok(())
    }

    fn held_post(&self, source: i64, key: &str) -> Result<Option<Held>> {
        let mut statement = self
            .store
            .connection
            .prepare_cached("select id, hash, placeholder, run_id from posts where source_id = ?1 and key = ?2")?;
        let read =
            |row: &Row<'_>| Ok(Held { id: row.get(0)?, hash: row.get(1)?, placeholder: row.get(2)?, run: row.get(3)? });
        Ok(statement.query_row((source, key), read).optional()?)
    }

    /// Leftover fields follow the newest record without being a change.
    fn refresh_post(&self, id: i64, extra: &str) -> Result<()> {
        if !extra.is_empty() {
            self.store
                .connection
                .prepare_cached("update posts set extra = ?2 where id = ?1 and extra is not ?2")?
                .execute((id, extra))?;
        }
        Ok(())
    }

    /// A post that quell's own dump knows only from its comments keeps its number, and stays what it is.
    fn placeholder(&mut self, source: i64, post: &NewPost) -> Result<()> {
        let wanted = post.id.filter(|_| self.keep_ids).map(|id| id.0);
        self.store
            .connection
            .prepare_cached(
                "insert into posts (id, source_id, key, author_kind, placeholder, hash, run_id, byte, line)
                 values (?1, ?2, ?3, 'unknown', 1, 0, ?4, 0, 0) on conflict (source_id, key) do nothing",
            )?
            .execute((wanted, source, &post.key, self.run))?;
        Ok(())
    }

    /// The row of a post by its key, made as a placeholder where no file has held it yet. `placeholder` is 1 where the
    /// key is known to be a post's, 2 where it may turn out to be a comment's.
    pub(super) fn post_id(&mut self, key: &str, placeholder: i64) -> Result<i64> {
        let source = self.source()?;
        if let Some(id) = self.known_post(source, key)? {
            return Ok(id);
        }
        self.store
            .connection
            .prepare_cached(
                "insert into posts (source_id, key, author_kind, placeholder, hash, run_id, byte, line)
                 values (?1, ?2, 'unknown', ?3, 0, ?4, 0, 0)",
            )?
            .execute((source, key, placeholder, self.run))?;
        let id = self.store.connection.last_insert_rowid();
        self.remember_post(key, id);
        Ok(id)
    }

    /// The row of a post by its key, if there is one.
    pub(super) fn known_post(&mut self, source: i64, key: &str) -> Result<Option<i64>> {
        if let Some(&id) = self.posts.get(key) {
            return Ok(Some(id));
        }
        let found = self
            .store
            .connection
            .prepare_cached("select id from posts where source_id = ?1 and key = ?2")?
            .query_row((source, key), |row| row.get(0))
            .optional()?;
        if let Some(id) = found {
            self.remember_post(key, id);
        }
        Ok(found)
    }

    fn remember_post(&mut self, key: &str, id: i64) {
        if self.posts.len() >= REMEMBERED {
            self.posts.clear();
        }
        self.posts.insert(key.to_owned(), id);
    }
}
