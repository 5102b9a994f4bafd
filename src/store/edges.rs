//! Edges that quell worked out or a person set, and what follows from them: which comment hangs below which.
//!
//! `edges` holds what each decision says and only grows. `hung` has a row for each comment with an edge that holds: which
//! one counts, and what the dump itself says, so that an undo brings that back. A person's edge wins over the dump, and
//! the dump over what was worked out. A link that would close a circle is refused: those of edges first, and of these that
//! of the lowest number.

use std::collections::HashMap;

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension, Row};

use super::{Problem, Store, row};
use crate::model::{Answered, CommentId, Hangs, Hung, KeptEdge, Parent, ParentOrigin, PostId};
use crate::threads::tree::{self, Node};

/// Keeps what a decision says of its comment's parent.
pub fn insert(connection: &Connection, decision: i64, edge: &KeptEdge) -> Result<()> {
    let (place, key) = match &edge.to {
        Answered::Post => ("post", None),
        Answered::Comment(key) => ("comment", Some(key)),
        Answered::Open => ("open", None),
    };
    let grounds = edge.grounds.as_ref().map(serde_json::to_string).transpose()?;
    let confidence = edge.grounds.as_ref().map(|grounds| grounds.confidence);
    connection
        .prepare_cached(
            "insert into edges (decision_id, origin, place, parent_key, confidence, grounds)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((decision, edge.origin.as_str(), place, key, confidence, grounds))?;
    Ok(())
}

/// The edge of a decision.
pub fn of_decision(connection: &Connection, decision: i64) -> Result<Option<KeptEdge>> {
    let mut statement = connection.prepare_cached("select * from edges where decision_id = ?1")?;
    let mut rows = statement.query([decision])?;
    rows.next()?.map(read).transpose()
}

/// An edge from the columns of `edges`.
fn read(row: &Row<'_>) -> Result<KeptEdge> {
    let grounds: Option<String> = row.get("grounds")?;
    Ok(KeptEdge {
        to: answered(row)?,
        origin: row::word(row, "origin", ParentOrigin::from_name)?,
        grounds: grounds.map(|grounds| serde_json::from_str(&grounds)).transpose()?,
    })
}

fn answered(row: &Row<'_>) -> Result<Answered> {
    Ok(match (row.get_ref("place")?.as_str()?, row.get("parent_key")?) {
        ("comment", Some(key)) => Answered::Comment(key),
        ("post", _) => Answered::Post,
        _ => Answered::Open,
    })
}

/// Where a comment hangs while this decision's edge is the last that holds, or while there is none: a person's edge wins
/// over the dump, and the dump over what was worked out.
pub fn place(connection: &Connection, comment: CommentId, decision: Option<i64>) -> Result<Hangs> {
    let mut statement = connection.prepare_cached(
        "select iif(h.comment_id is null, c.parent_key, h.given_key),
            iif(h.comment_id is null, c.parent_origin, h.given_origin)
         from comments c left join hung h on h.comment_id = c.id where c.id = ?1",
    )?;
    let given = statement.query_row([comment.0], |row| {
        let (key, origin): (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
        Ok(key.map(Answered::Comment).or(origin.map(|_| Answered::Post)).unwrap_or(Answered::Open))
    })?;
    let edge = decision.map(|decision| of_decision(connection, decision)).transpose()?.flatten();
    match edge {
        Some(edge) if edge.origin == ParentOrigin::Human || given == Answered::Open => {
            found(connection, comment, edge.to)
        }
        _ => found(connection, comment, given),
    }
}

/// Where the edge of a decision itself hangs a comment.
pub fn place_by(connection: &Connection, comment: CommentId, decision: i64) -> Result<Hangs> {
    let edge = of_decision(connection, decision)?;
    found(connection, comment, edge.map_or(Answered::Open, |edge| edge.to))
}

/// The comment or post that is meant.
fn found(connection: &Connection, comment: CommentId, answered: Answered) -> Result<Hangs> {
    let key = match answered {
        Answered::Open => return Ok(Hangs::Open),
        Answered::Post => None,
        Answered::Comment(key) => Some(key),
    };
    let mut statement = connection.prepare_cached(
        "select c.post_id, p.id from comments c
            left join comments p on p.source_id = c.source_id and p.key = ?2 and p.post_id = c.post_id
         where c.id = ?1",
    )?;
    let (post, parent): (i64, Option<i64>) =
        statement.query_row((comment.0, &key), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(match (key, parent) {
        (None, _) => Hangs::Post(PostId(post)),
        (Some(_), Some(parent)) => Hangs::Comment(CommentId(parent)),
        (Some(key), None) => Hangs::Absent(key),
    })
}

/// Notes which decision's edge counts for a comment, if any. What the dump says is put aside with the first edge and
/// brought back with the last. Gives the post whose tree must be rebuilt, if anything changed.
pub fn keep(connection: &Connection, comment: CommentId, decision: Option<i64>) -> Result<Option<i64>> {
    let changed = match decision {
        Some(decision) => connection
            .prepare_cached(
                "insert into hung (comment_id, decision_id, given_key, given_origin)
                 select id, ?2, parent_key, parent_origin from comments where id = ?1
                 on conflict (comment_id) do update set decision_id = excluded.decision_id
                    where decision_id <> excluded.decision_id",
            )?
            .execute((comment.0, decision))?,
        None => {
            connection
                .prepare_cached(
                    "update comments set parent_id = null, parent_key = h.given_key, parent_origin = h.given_origin,
                        parent_refused = 0
                     from hung h where h.comment_id = ?1 and comments.id = ?1",
                )?
                .execute([comment.0])?;
            connection
                .prepare_cached(
                    "update comments set parent_id = p.id from comments p
                     where comments.id = ?1 and p.source_id = comments.source_id
                        and p.key = comments.parent_key and p.post_id = comments.post_id and p.id <> comments.id",
                )?
                .execute([comment.0])?;
            connection.prepare_cached("delete from hung where comment_id = ?1")?.execute([comment.0])?
        }
    };
    if changed == 0 {
        return Ok(None);
    }
    let mut post = connection.prepare_cached("select post_id from comments where id = ?1")?;
    Ok(post.query_row([comment.0], |row| row.get(0)).optional()?)
}

/// A comment of a thread, as it is stored and as it should be.
struct Link {
    id: i64,
    source: i64,
    key: String,
    stored: Parented,
    due: Parented,
    depth: u32,
    /// Whether an edge counts, or would but for what the dump says.
    edge: Option<Counts>,
}

/// Whether an edge that holds also counts.
struct Counts {
    stored: bool,
    due: bool,
}

/// The columns that say what a comment answers.
#[derive(Clone, PartialEq, Eq, Default)]
struct Parented {
    id: Option<i64>,
    key: Option<String>,
    origin: Option<String>,
    refused: bool,
}

/// Puts the comments of a post where the dump and the edges say, with their depths. Gives how many links it refused.
/// Linear in the comments of the post.
pub fn rebuild(connection: &Connection, post: i64) -> Result<u64> {
    let with_edges = any(connection)?;
    let mut links = links(connection, post, with_edges)?;
    if with_edges {
        hang(connection, post, &mut links)?;
    }
    let refused = refuse_circles(&mut links);
    for link in &links {
        write(connection, link)?;
    }
    let mut update = connection.prepare_cached("update comments set depth = ?2 where id = ?1")?;
    for (at, depth) in depths(&links) {
        update.execute((links[at].id, depth))?;
    }
    Ok(refused)
}

/// Writes what of a comment's parent is not as it should be.
fn write(connection: &Connection, link: &Link) -> Result<()> {
    let Parented { id, key, origin, refused } = &link.due;
    match &link.edge {
        None if link.due != link.stored => {
            // Only a circle changes what the dump says, and not all of it was read.
            connection
                .prepare_cached("update comments set parent_id = ?2, parent_refused = ?3 where id = ?1")?
                .execute((link.id, id, refused))?;
        }
        None => {}
        Some(edge) => {
            if link.due != link.stored {
                connection
                    .prepare_cached(
                        "update comments set parent_id = ?2, parent_key = ?3, parent_origin = ?4, parent_refused = ?5
                         where id = ?1",
                    )?
                    .execute((link.id, id, key, origin, refused))?;
            }
            if edge.stored != edge.due {
                connection
                    .prepare_cached("update hung set counts = ?2 where comment_id = ?1")?
                    .execute((link.id, edge.due))?;
            }
        }
    }
    Ok(())
}

/// Whether anything was ever placed by an edge that holds.
fn any(connection: &Connection) -> Result<bool> {
    let mut statement = connection.prepare_cached("select exists (select 1 from hung)")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// The comments of a post in the order of their numbers; without edges their keys are not asked for.
fn links(connection: &Connection, post: i64, with_edges: bool) -> Result<Vec<Link>> {
    let mut statement = connection.prepare_cached(if with_edges {
        "select id, source_id, key, parent_id, parent_key, parent_origin, parent_refused, depth
         from comments where post_id = ?1 order by id"
    } else {
        "select id, 0, '', parent_id, null, null, parent_refused, depth from comments where post_id = ?1 order by id"
    })?;
    let link = |row: &Row<'_>| {
        let stored = Parented { id: row.get(3)?, key: row.get(4)?, origin: row.get(5)?, refused: row.get(6)? };
        Ok(Link {
            id: row.get(0)?,
            source: row.get(1)?,
            key: row.get(2)?,
            due: stored.clone(),
            stored,
            depth: row.get(7)?,
            edge: None,
        })
    };
    Ok(statement.query_map([post], link)?.collect::<Result<_, _>>()?)
}

/// Works out what the comments with edges answer.
fn hang(connection: &Connection, post: i64, links: &mut [Link]) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "select c.id, h.counts, h.given_key, h.given_origin, e.origin, e.place, e.parent_key
         from comments c join hung h on h.comment_id = c.id join edges e on e.decision_id = h.decision_id
         where c.post_id = ?1 order by c.id",
    )?;
    let mut rows = statement.query([post])?;
    let mut any = false;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get("id")?;
        let Ok(at) = links.binary_search_by_key(&id, |link| link.id) else { continue };
        let origin: String = row.get("origin")?;
        let given = Parented { key: row.get("given_key")?, origin: row.get("given_origin")?, ..Parented::default() };
        let counts = origin == ParentOrigin::Human.as_str() || (given.key.is_none() && given.origin.is_none());
        links[at].due = match answered(row)? {
            _ if !counts => given,
            Answered::Comment(key) => Parented { key: Some(key), origin: Some(origin), ..Parented::default() },
            Answered::Post => Parented { origin: Some(origin), ..Parented::default() },
            Answered::Open => Parented::default(),
        };
        links[at].edge = Some(Counts { stored: row.get("counts")?, due: counts });
        any = true;
    }
    if any {
        find_parents(links);
    }
    Ok(())
}

/// Looks up what the comments with edges answer, and what those answer whose link was refused: an edge may have opened
/// the circle.
fn find_parents(links: &mut [Link]) {
    let ids: HashMap<(i64, &str), i64> = links.iter().map(|link| ((link.source, link.key.as_str()), link.id)).collect();
    let found: Vec<(usize, Option<i64>)> = links
        .iter()
        .enumerate()
        .filter(|(_, link)| link.edge.is_some() || link.stored.refused)
        .map(|(at, link)| {
            let parent = link.due.key.as_deref().and_then(|key| ids.get(&(link.source, key)).copied());
            (at, parent.filter(|parent| *parent != link.id))
        })
        .collect();
    for (at, parent) in found {
        links[at].due.id = parent;
        links[at].due.refused = false;
    }
}

/// Cuts one link of every circle; gives how many there were.
fn refuse_circles(links: &mut [Link]) -> u64 {
    let place = |id: i64| links.binary_search_by_key(&id, |link| link.id).ok();
    let parents: Vec<Option<usize>> = links.iter().map(|link| link.due.id.and_then(place)).collect();
    let circles = tree::circles(&parents);
    for circle in &circles {
        let by_edge = |at: &&usize| links[**at].edge.as_ref().is_some_and(|edge| edge.due);
        // Links are in the order of their numbers.
        let cut = circle.iter().filter(by_edge).min().or(circle.iter().min());
        if let Some(&cut) = cut {
            links[cut].due.id = None;
            links[cut].due.refused = true;
        }
    }
    circles.len() as u64
}

/// The depths that are not as they should be.
fn depths(links: &[Link]) -> Vec<(usize, u32)> {
    let nodes: Vec<Node> = links
        .iter()
        .map(|link| Node { id: CommentId(link.id), parent: link.due.id.map(CommentId), created: None })
        .collect();
    let placed = tree::build(&nodes).order.into_iter().map(|placed| (placed.index, placed.depth));
    placed.filter(|(at, depth)| links[*at].depth != *depth).collect()
}

impl Store {
    /// Compares where comments hang with what follows from the edges and the dump.
    pub(super) fn check_edges(&self, problems: &mut Vec<Problem>) -> Result<()> {
        let mut statement = self.connection.prepare(
            "select distinct c.post_id from hung h join comments c on c.id = h.comment_id order by c.post_id",
        )?;
        let posts: Vec<i64> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut astray = 0_u64;
        for post in posts {
            let mut links = links(&self.connection, post, true)?;
            hang(&self.connection, post, &mut links)?;
            refuse_circles(&mut links);
            let wrong = |link: &&Link| {
                link.due != link.stored || link.edge.as_ref().is_some_and(|edge| edge.stored != edge.due)
            };
            astray += links.iter().filter(wrong).count() as u64;
        }
        if astray > 0 {
            let what = format!("{astray} comments hang elsewhere than follows from their edges");
            let next = "quell log verify tells whether the log itself is whole";
            problems.push(Problem { what, next, damage: true });
        }
        Ok(())
    }

    /// The decision whose edge counts or would count for a comment.
    pub(super) fn hung_by(&self, id: CommentId) -> Result<Option<i64>> {
        let mut statement = self.connection.prepare_cached("select decision_id from hung where comment_id = ?1")?;
        Ok(statement.query_row([id.0], |row| row.get(0)).optional()?)
    }

    /// Whether any comment hangs by an edge, so that most reads need not ask for each comment.
    pub(super) fn has_edges(&self) -> Result<bool> {
        any(&self.connection)
    }

    /// The edge that counts for a comment, with what the dump says beside it.
    pub fn hung(&self, id: CommentId) -> Result<Option<Box<Hung>>> {
        let mut statement = self.connection.prepare_cached(
            "select e.*, h.given_key, h.given_origin from hung h join edges e on e.decision_id = h.decision_id
             where h.comment_id = ?1 and h.counts = 1",
        )?;
        let mut rows = statement.query([id.0])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let origin = row::optional_word(row, "given_origin", ParentOrigin::from_name)?;
        let given = match (row.get("given_key")?, origin) {
            (Some(key), origin) => Parent::Comment { key, origin: origin.unwrap_or(ParentOrigin::Source) },
            (None, Some(_)) => Parent::Post,
            (None, None) => Parent::Unknown,
        };
        Ok(Some(Box::new(Hung { edge: read(row)?, given })))
    }

    /// The comments of a post that hang by an edge worked out from their words, with how sure it is.
    pub fn inferred(&self, post: PostId) -> Result<HashMap<CommentId, f64>> {
        let mut statement = self.connection.prepare_cached(
            "select c.id, coalesce(e.confidence, 0.0) from comments c
                left join hung h on h.comment_id = c.id and h.counts = 1
                left join edges e on e.decision_id = h.decision_id
             where c.post_id = ?1 and c.parent_origin = 'inferred'",
        )?;
        let rows = statement.query_map([post.0], |row| Ok((CommentId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
