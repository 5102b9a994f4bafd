//! What a scan has to look at: the posts whose threads are not what they were when they were last judged, and their
//! comments with what is known of them.
//!
//! A thread is what it was if a hash over its comments' numbers, parents, imports and revisions says so, and over the
//! post's own record. So nothing that changes a comment has to tell anybody.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

use anyhow::{Context, Result};
use rusqlite::{Connection, OptionalExtension, Row};

use super::search::reader;
use super::signals::{self, Values};
use super::{Store, settings};
use crate::model::{CommentId, PostId};
use crate::query::Field;

/// What is to be scanned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// All comments there are.
    pub comments: u64,
    /// Those whose own signals are missing or out of date.
    pub stale: u64,
    /// The posts to be judged anew, by number, with the hash of each thread as it is.
    pub posts: Vec<Pending>,
}

/// A post to be judged anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// Which.
    pub post: PostId,
    /// How many comments it has.
    pub comments: u64,
    /// The hash of its thread.
    pub fingerprint: i64,
}

/// A post with its comments, read for a scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Posting {
    /// Which.
    pub pending: Pending,
    /// Its title and text.
    pub text: String,
    /// Its comments, by number.
    pub comments: Vec<Posted>,
}

/// A comment of a posting.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    /// Which.
    pub id: CommentId,
    /// The comment it answers.
    pub parent: Option<CommentId>,
    /// The import that last changed it.
    pub run: i64,
    /// Its revision.
    pub revision: i64,
    /// Its plain text.
    pub text: String,
    /// What is stored of it and holds, where that is of the edition asked for.
    pub held: Option<Values>,
}

struct Seen {
    comments: u64,
    fingerprint: u64,
    stale: bool,
}

impl Store {
    /// Finds what is to be scanned by detectors of this edition; `all` takes everything anew.
    pub fn changed(&self, edition: i64, all: bool) -> Result<Changed> {
        let mut changed = Changed::default();
        let mut posts: HashMap<i64, Seen> = HashMap::new();
        let mut statement = self.connection.prepare(
            "select c.id, c.post_id, coalesce(c.parent_id, 0), c.run_id, c.revision,
                s.run is c.run_id and s.revision is c.revision and s.edition is ?1
             from comments c left join signals s on s.comment_id = c.id",
        )?;
        let mut rows = statement.query([edition])?;
        while let Some(row) = rows.next()? {
            let fresh: bool = row.get(5)?;
            let of = [row.get(0)?, row.get(2)?, row.get(3)?, row.get(4)?];
            let seen = posts.entry(row.get(1)?).or_insert(Seen { comments: 0, fingerprint: 0, stale: false });
            seen.comments += 1;
            seen.fingerprint = seen.fingerprint.wrapping_add(hash(of));
            seen.stale |= !fresh;
            changed.comments += 1;
            changed.stale += u64::from(all || !fresh);
        }
        let mut statement = self.connection.prepare(
            "select p.id, p.hash, t.fingerprint from posts p left join post_scans t on t.post_id = p.id order by p.id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let post: i64 = row.get(0)?;
            let Some(seen) = posts.get(&post) else { continue };
            let fingerprint = seen.fingerprint.wrapping_add(hash([row.get(1)?, 0, 0, 0])) as i64;
            if all || seen.stale || row.get::<_, Option<i64>>(2)? != Some(fingerprint) {
                changed.posts.push(Pending { post: PostId(post), comments: seen.comments, fingerprint });
            }
        }
        Ok(changed)
    }

    /// Reads posts in several threads and gives each to `work`; what that makes of them goes to `take`, in this thread and
    /// in no order. Only a few posts for each thread are held at a time.
    pub fn postings<T: Send>(
        &self,
        pending: &[Pending],
        edition: i64,
        work: &(dyn Fn(Posting) -> T + Sync),
        take: &mut dyn FnMut(T) -> Result<()>,
    ) -> Result<()> {
        let workers = if self.path() == Path::new(":memory:") { 1 } else { rayon::current_num_threads() };
        if workers <= 1 {
            for pending in pending {
                let posting = posting(&self.connection, *pending, edition)?;
                posting.map_or(Ok(()), |posting| take(work(posting)))?;
            }
            return Ok(());
        }
        let (path, next) = (self.path(), AtomicUsize::new(0));
        let (send, receive) = sync_channel::<Result<T>>(2 * workers);
        std::thread::scope(|scope| {
            for _ in 0..workers {
                let (send, next) = (send.clone(), &next);
                scope.spawn(move || {
                    let worked = reader(path).and_then(|connection| {
                        while let Some(pending) = pending.get(next.fetch_add(1, Ordering::Relaxed)) {
                            let Some(posting) = posting(&connection, *pending, edition)? else { continue };
                            if send.send(Ok(work(posting))).is_err() {
                                break;
                            }
                        }
                        Ok(())
                    });
                    if let Err(error) = worked {
                        // If nobody listens any more, nobody needs to know.
                        let _ = send.send(Err(error));
                    }
                });
            }
            drop(send);
            // Leaving this loop drops the receiver, which ends the workers.
            receive.into_iter().try_for_each(|made| take(made?))
        })
    }

    /// Notes that the threads of posts were judged as they are.
    pub fn write_posts(&self, scan: i64, pending: &[Pending]) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "insert into post_scans (post_id, fingerprint, scan) select id, ?2, ?3 from posts where id = ?1
             on conflict (post_id) do update set fingerprint = excluded.fingerprint, scan = excluded.scan",
        )?;
        for pending in pending {
            statement.execute((pending.post.0, pending.fingerprint, scan))?;
        }
        Ok(())
    }

    /// A post with its comments; nothing if there is no such post.
    pub fn posting(&self, post: PostId) -> Result<Option<Posting>> {
        posting(&self.connection, Pending { post, comments: 0, fingerprint: 0 }, 0)
    }

    /// The comments whose signals a scan after this one changed, by number.
    pub fn touched_since(&self, scan: i64) -> Result<Vec<CommentId>> {
        self.ids_of("select comment_id from signals where scan > ?1 order by comment_id", scan)
    }

    /// The comments of posts that a scan after this one judged, or in which it changed a signal, by number.
    pub fn in_posts_since(&self, scan: i64) -> Result<Vec<CommentId>> {
        self.ids_of(
            "select c.id from comments c where c.post_id in (
                select post_id from post_scans where scan > ?1
                union select x.post_id from signals s join comments x on x.id = s.comment_id where s.scan > ?1)
             order by c.id",
            scan,
        )
    }

    fn ids_of(&self, sql: &str, scan: i64) -> Result<Vec<CommentId>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let ids = statement.query_map([scan], |row| Ok(CommentId(row.get(0)?)))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Whether the numbers of comments follow time.
    pub fn is_time_ordered(&self) -> Result<bool> {
        Ok(settings::number(&self.connection, settings::TIME_ORDERED)?.unwrap_or(1) == 1)
    }
}

fn posting(connection: &Connection, pending: Pending, edition: i64) -> Result<Option<Posting>> {
    let text: Option<String> = connection
        .prepare_cached("select concat_ws(char(10), title, nullif(text, '')) from posts where id = ?1")?
        .query_row([pending.post.0], |row| row.get(0))
        .optional()?;
    let Some(text) = text else { return Ok(None) };
    let columns: Vec<String> = Field::STORED.iter().filter_map(|field| signals::value_sql(*field, "s")).collect();
    let sql = format!(
        "select c.id, c.parent_id, c.run_id, c.revision, b.text, s.comment_id is not null, {}
         from comments c join bodies b on b.comment_id = c.id
            left join signals s on s.comment_id = c.id and s.run = c.run_id and s.revision = c.revision
                and s.edition = ?2
         where c.post_id = ?1 order by c.id",
        columns.join(", ")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let read = |row: &Row<'_>| {
        let held = if row.get(5)? { Some(signals::values(row, 6)?) } else { None };
        Ok(Posted {
            id: CommentId(row.get(0)?),
            parent: row.get::<_, Option<i64>>(1)?.map(CommentId),
            run: row.get(2)?,
            revision: row.get(3)?,
            text: row.get(4)?,
            held,
        })
    };
    let comments = statement.query_map((pending.post.0, edition), read)?.collect::<Result<_, _>>();
    Ok(Some(Posting { pending, text, comments: comments.context("cannot read a thread")? }))
}

/// A hash of four numbers: the finalizer of SplitMix64 over each.
fn hash(numbers: [i64; 4]) -> u64 {
    numbers.into_iter().fold(0x9E37_79B9_7F4A_7C15_u64, |state, number| {
        let mut x = (state ^ number as u64).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 30)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    })
}
