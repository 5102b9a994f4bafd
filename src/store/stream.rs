//! Threads one after another, for whoever writes many of them. Many small threads are read together, in the order of
//! their rows, and large ones in parts, so that neither a thread's size nor the number of threads matters for memory,
//! and each page of the file is read about once.
//!
//! Not here: what is done with removed comments, and any output.

use std::collections::HashMap;

use anyhow::Result;
use foldhash::fast::RandomState;
use rusqlite::{CachedStatement, Row};

use super::posts::{self, Sources};
use super::threads::{COLUMNS, FROM, read_comment};
use super::{Store, row};
use crate::model::{Comment, CommentId, GapLeft, Post, PostId, Status, ThreadRow};
use crate::threads::tree::{self, Node, Tree};

/// A piece of a stream of threads.
pub enum Streamed<'t> {
    /// A post begins.
    Post {
        /// It.
        post: &'t Post,
        /// What is known to be missing from it.
        gaps: &'t [GapLeft],
        /// Depth and status of each of its comments, in reading order.
        shape: &'t [(u32, Status)],
    },
    /// A comment of that post; they come in reading order.
    Comment(&'t ThreadRow),
    /// The post ends.
    End,
}

/// Takes a stream of threads.
type Each<'e> = dyn FnMut(Streamed<'_>) -> Result<()> + 'e;

/// How many comments are held at once: ten thousand are some 10 MB.
const HELD: usize = if cfg!(test) { 7 } else { 8_000 };
/// How many posts are read together at the most.
const POSTS: usize = 1_000;
/// How many posts are few.
const FEW: usize = 16;
/// Bytes of the file that may be mapped for them.
const MAPPED: i64 = 1 << 30;
/// Kibibytes of SQLite's cache where nothing else is said.
const USUAL_CACHE: u32 = 24_576;
/// The same while many threads are read: what a dump writes at one time is spread over some 20 MB.
const LARGE_CACHE: u32 = 36_864;

impl Store {
    /// Gives these posts with their threads, as they all were at one moment. Posts that are not there are passed over.
    pub fn stream(&self, posts: &[PostId], each: &mut Each<'_>) -> Result<()> {
        // Within one transaction SQLite neither takes locks for every read nor sees what others write meanwhile.
        let moment =
            if self.connection.is_autocommit() { Some(self.connection.unchecked_transaction()?) } else { None };
        // A few posts are quickest read where the system has the file in memory already; of many posts that would count
        // as ours in the end, and a cache that holds what neighbouring threads share is as good.
        let (mapped, cache) = if posts.len() <= FEW { (MAPPED, USUAL_CACHE) } else { (0, LARGE_CACHE) };
        self.connection.execute_batch(&format!("pragma mmap_size = {mapped}; pragma cache_size = -{cache}"))?;
        let mut stream = Stream::new(self)?;
        let mut waiting: Vec<PostId> = Vec::new();
        let mut held = 0;
        for &post in posts {
            let comments = stream.count(post)?;
            if held + comments > HELD || waiting.len() >= POSTS {
                stream.together(&std::mem::take(&mut waiting), each)?;
                held = 0;
            }
            if comments > HELD {
                stream.alone(post, each)?;
            } else {
                held += comments;
                waiting.push(post);
            }
        }
        stream.together(&waiting, each)?;
        drop(stream);
        moment.map_or(Ok(()), |moment| Ok(moment.commit()?))
    }
}

/// What stays the same while threads are read.
struct Stream<'s> {
    store: &'s Store,
    sources: Sources,
    count: CachedStatement<'s>,
    posts: CachedStatement<'s>,
    of_posts: CachedStatement<'s>,
    of_ids: CachedStatement<'s>,
    /// Whether there are any at all; most dumps bring none.
    has_gaps: bool,
    has_revisions: bool,
    has_edges: bool,
}

/// A comment that has been read, without its place in its tree.
struct Held {
    row: ThreadRow,
    has_revisions: bool,
}

impl<'s> Stream<'s> {
    fn new(store: &'s Store) -> Result<Self> {
        let connection = &store.connection;
        let any = |table: &str| -> Result<bool> {
            let sql = format!("select exists (select 1 from {table})");
            Ok(connection.query_row(&sql, [], |row| row.get(0))?)
        };
        let has_revisions = any("revisions")?;
        let revised =
            if has_revisions { "exists (select 1 from revisions r where r.comment_id = c.id)" } else { "false" };
        let duplicate = if any("duplicates")? {
            "(select d.of_key from duplicates d where d.source_id = c.source_id and d.key = c.key)"
        } else {
            "null"
        };
        // A cross join keeps the order of what it begins with, so the tables are walked in the order of their rows. The
        // limit is none, but without it SQLite takes the inner order for needless.
        let rows = |wanted: &str| {
            format!(
                "select {COLUMNS}, {revised}, {duplicate} from ({wanted} order by 1 limit -1) wanted
                 cross join comments c on c.id = wanted.id {FROM}"
            )
        };
        let of_posts = "select x.id from json_each(?1) p cross join comments x on x.post_id = p.value";
        Ok(Stream {
            store,
            sources: store.sources()?,
            count: connection.prepare_cached("select count(*) from comments where post_id = ?1")?,
            posts: connection.prepare_cached(&format!("{} where p.id = ?1", posts::SELECT))?,
            of_posts: connection.prepare_cached(&rows(of_posts))?,
            of_ids: connection.prepare_cached(&rows("select value id from json_each(?1)"))?,
            has_gaps: any("gaps")?,
            has_revisions,
            has_edges: store.has_edges()?,
        })
    }

    /// How many comments a post has.
    fn count(&mut self, post: PostId) -> Result<usize> {
        Ok(self.count.query_row([post.0], |row| row.get(0))?)
    }

    /// Reads several threads at once and gives them one by one.
    fn together(&mut self, posts: &[PostId], each: &mut Each<'_>) -> Result<()> {
        let mut by_post: HashMap<PostId, Vec<Held>, RandomState> =
            posts.iter().map(|post| (*post, Vec::new())).collect();
        let wanted: Vec<i64> = posts.iter().map(|post| post.0).collect();
        read(&mut self.of_posts, &wanted, &self.sources, &mut |held| {
            if let Some(thread) = by_post.get_mut(&held.row.comment.post) {
                thread.push(held);
            }
        })?;
        for post in posts {
            let held = by_post.remove(post).unwrap_or_default();
            let nodes: Vec<Node> = held.iter().map(|held| node(&held.row.comment)).collect();
            let tree = tree::build(&nodes);
            let shape = |index: usize| held[index].row.comment.status;
            if !self.begin(*post, &tree, shape, each)? {
                continue;
            }
            let mut held: Vec<Option<Held>> = held.into_iter().map(Some).collect();
            for position in 0..tree.order.len() {
                if let Some(held) = held[tree.order[position].index].take() {
                    self.give(held, &tree, position, each)?;
                }
            }
            each(Streamed::End)?;
        }
        Ok(())
    }

    /// Gives a thread that is too large to be held: its tree first, then its comments part by part.
    fn alone(&mut self, post: PostId, each: &mut Each<'_>) -> Result<()> {
        let (nodes, tree, statuses) = self.skeleton(post)?;
        if !self.begin(post, &tree, |index| statuses[index], each)? {
            return Ok(());
        }
        for part in (0..tree.order.len()).step_by(HELD) {
            let positions = part..(part + HELD).min(tree.order.len());
            let id = |position: usize| nodes[tree.order[position].index].id.0;
            let wanted: Vec<i64> = positions.clone().map(id).collect();
            let mut by_id: HashMap<i64, Held, RandomState> = HashMap::default();
            let mut keep = |held: Held| drop(by_id.insert(held.row.comment.id.0, held));
            read(&mut self.of_ids, &wanted, &self.sources, &mut keep)?;
            for position in positions {
                if let Some(held) = by_id.remove(&id(position)) {
                    self.give(held, &tree, position, each)?;
                }
            }
        }
        each(Streamed::End)
    }

    /// What a tree is made of, and the statuses beside it.
    fn skeleton(&self, post: PostId) -> Result<(Vec<Node>, Tree, Vec<Status>)> {
        let mut statement = self
            .store
            .connection
            .prepare_cached("select id, parent_id, created, status from comments where post_id = ?1 order by id")?;
        let read = |found: &Row<'_>| {
            let parent = found.get::<_, Option<i64>>(1)?.map(CommentId);
            let node = Node { id: CommentId(found.get(0)?), parent, created: found.get(2)? };
            Ok((node, row::word(found, 3, Status::from_name)?))
        };
        let (nodes, statuses): (Vec<_>, Vec<_>) =
            statement.query_map([post.0], read)?.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
        let tree = tree::build(&nodes);
        Ok((nodes, tree, statuses))
    }

    /// Gives the beginning of a post; false if it is not there.
    fn begin(
        &mut self,
        id: PostId,
        tree: &Tree,
        status: impl Fn(usize) -> Status,
        each: &mut Each<'_>,
    ) -> Result<bool> {
        let mut found = self.posts.query([id.0])?;
        let Some(row) = found.next()? else { return Ok(false) };
        let post = posts::read(row, &self.sources)?;
        let gaps = if self.has_gaps { self.store.gaps(id)? } else { Vec::new() };
        let shape: Vec<(u32, Status)> = tree.order.iter().map(|placed| (placed.depth, status(placed.index))).collect();
        each(Streamed::Post { post: &post, gaps: &gaps, shape: &shape })?;
        Ok(true)
    }

    /// Gives a comment at its place in the tree.
    fn give(&self, held: Held, tree: &Tree, position: usize, each: &mut Each<'_>) -> Result<()> {
        let Held { mut row, has_revisions } = held;
        let placed = tree.order[position];
        row.comment.depth = placed.depth;
        row.below = placed.end - position - 1;
        if self.has_revisions && has_revisions {
            row.revisions = self.store.revisions(row.comment.id)?;
        }
        if self.has_edges {
            row.hung = self.store.hung(row.comment.id)?;
        }
        each(Streamed::Comment(&row))
    }
}

/// Reads the comments that these numbers stand for.
fn read(
    statement: &mut CachedStatement<'_>,
    wanted: &[i64],
    sources: &Sources,
    take: &mut dyn FnMut(Held),
) -> Result<()> {
    let mut rows = statement.query([serde_json::to_string(wanted)?])?;
    while let Some(row) = rows.next()? {
        let thread_row = ThreadRow {
            comment: read_comment(row, sources)?,
            below: 0,
            version: row.get(28)?,
            revisions: Vec::new(),
            duplicate_of: row.get::<_, Option<String>>(31)?.into_iter().collect(),
            hung: None,
        };
        take(Held { row: thread_row, has_revisions: row.get(30)? });
    }
    Ok(())
}

/// What a tree has to know of a comment.
fn node(comment: &Comment) -> Node {
    Node { id: comment.id, parent: comment.parent, created: comment.created.map(|time| time.millis) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_of_any_size_come_whole_and_in_order() {
        let store = Store::in_memory().expect("a database");
        store
            .connection
            .execute_batch(
                "insert into sources values (1, 'wxr', 's'); insert into runs (id, started) values (1, 0);
                 insert into posts (id, source_id, key, author_kind, hash, run_id, byte, line)
                 select value, 1, 'p' || value, 'unknown', 0, 1, 0, 0 from json_each('[1,2,3,4,5,6,7,8,9]');",
            )
            .expect("posts");
        let mut insert = store
            .connection
            .prepare(
                "insert into comments (id, source_id, key, post_id, parent_id, depth, author_kind, created, status, hash,
                    run_id, byte, line)
                 values (?1, 1, 'k' || ?1, ?2, ?3, 0, 'unknown', ?4, 'pending', 0, 1, 0, 0)",
            )
            .expect("a statement");
        // Post 1 has many comments, post 2 none, the others a few, all mixed.
        let mut last: HashMap<i64, i64> = HashMap::new();
        for id in 1..=60 {
            let post = if id % 2 == 0 { 1 } else { 3 + id % 7 };
            let parent = last.insert(post, id).filter(|_| id % 3 != 0);
            insert.execute((id, post, parent, -id)).expect("a comment");
            store
                .connection
                .execute("insert into bodies (comment_id, text, format) values (?1, 'x', 'text')", [id])
                .expect("a body");
        }
        let posts: Vec<PostId> = [9, 3, 1, 77, 2, 4, 5, 6, 7, 8].map(PostId).into();
        let mut seen = Vec::new();
        let mut shapes = 0;
        store
            .stream(&posts, &mut |part| {
                match part {
                    Streamed::Post { post, shape, .. } => {
                        shapes += shape.len();
                        seen.push(post.id.to_string());
                    }
                    Streamed::Comment(row) => {
                        seen.push(format!("{}@{}+{}", row.comment.id, row.comment.depth, row.below));
                    }
                    Streamed::End => seen.push(".".to_owned()),
                }
                Ok(())
            })
            .expect("a stream");
        let mut wanted = Vec::new();
        for post in posts.iter().filter(|post| post.0 != 77) {
            wanted.push(post.to_string());
            let (nodes, tree) = store.tree(*post).expect("a tree");
            for (position, placed) in tree.order.iter().enumerate() {
                wanted.push(format!("{}@{}+{}", nodes[placed.index].id, placed.depth, placed.end - position - 1));
            }
            wanted.push(".".to_owned());
        }
        assert_eq!(seen, wanted);
        assert_eq!(shapes, 60);
    }
}
