//! Keeps what follows from decisions (`review::project`) beside them: which are undone, standing, tags, locks, the states
//! of flags, and the status of each comment.
//!
//! A comment's status is that of its standing, else the source's, else pending; but what its author has taken back counts
//! as deleted even where it was approved. What a moderator removed stays removed.

use std::collections::BTreeSet;

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension, Row};

use super::{Problem, Store, edges, row};
use crate::model::{Action, CommentId, FlagState, Origin, ParentOrigin, PostId, Status, Subject};
use crate::review::project::{Entry, Projection, project};

/// A decision on one subject, with what the projection left on it.
pub struct Held {
    pub entry: Entry,
    /// Its portable name: the operation's universal id and its place.
    pub reference: String,
    pub operation: i64,
    pub reasons: Option<String>,
    pub snapshot: Option<String>,
    undone: bool,
    flag: Option<FlagState>,
}

const HELD: &str = "
    select d.id, d.action, d.tag, o.actor, o.origin, d.undoes_id, d.undone, d.operation_id, o.uid || '.' || d.seq ref,
        d.reasons, d.snapshot, f.state, e.origin edge,
        (select json_group_array(a.answered_id) from answers a where a.decision_id = d.id) answers
    from decisions d join operations o on o.id = d.operation_id
        left join flags f on f.decision_id = d.id left join edges e on e.decision_id = d.id";

/// The decisions on a comment or post, in the order of their universal ids.
pub fn held(connection: &Connection, on: Subject) -> Result<Vec<Held>> {
    let (column, id) = match on {
        Subject::Comment(id) => ("comment_id", id.0),
        Subject::Post(id) => ("post_id", id.0),
    };
    let mut statement = connection.prepare_cached(&format!("{HELD} where d.{column} = ?1 order by o.uid, d.seq"))?;
    let mut rows = statement.query([id])?;
    let mut held = Vec::new();
    while let Some(row) = rows.next()? {
        held.push(read(row)?);
    }
    Ok(held)
}

fn read(row: &Row<'_>) -> Result<Held> {
    Ok(Held {
        entry: Entry {
            id: row.get("id")?,
            action: row::word(row, "action", Action::from_name)?,
            tag: row.get("tag")?,
            actor: row.get("actor")?,
            origin: row::word(row, "origin", Origin::from_name)?,
            answers: serde_json::from_str(row.get_ref("answers")?.as_str()?)?,
            undoes: row.get("undoes_id")?,
            edge: row::optional_word(row, "edge", ParentOrigin::from_name)?,
        },
        reference: row.get("ref")?,
        operation: row.get("operation_id")?,
        reasons: row.get("reasons")?,
        snapshot: row.get("snapshot")?,
        undone: row.get("undone")?,
        flag: row::optional_word(row, "state", FlagState::from_name)?,
    })
}

/// What follows from these decisions.
pub fn projection(held: &[Held]) -> Projection {
    let entries: Vec<Entry> = held.iter().map(|held| held.entry.clone()).collect();
    project(&entries)
}

/// Reads the decisions on a subject anew and keeps what follows from them. Gives the post whose tree must be rebuilt
/// (`edges::rebuild`) when all that is to change has changed, if there is one.
pub fn renew(connection: &Connection, on: Subject) -> Result<Option<i64>> {
    let held = held(connection, on)?;
    let projection = projection(&held);
    for (at, held) in held.iter().enumerate() {
        if held.undone != projection.undone[at] {
            connection
                .prepare_cached("update decisions set undone = ?2 where id = ?1")?
                .execute((held.entry.id, projection.undone[at]))?;
        }
    }
    for &(at, state) in &projection.flags {
        if held[at].flag != Some(state) {
            connection
                .prepare_cached("update flags set state = ?2 where decision_id = ?1")?
                .execute((held[at].entry.id, state.as_str()))?;
        }
    }
    match on {
        Subject::Comment(id) => keep_comment(connection, id, &held, &projection),
        Subject::Post(id) => keep_lock(connection, id, &held, &projection).map(|()| None),
    }
}

fn keep_comment(connection: &Connection, id: CommentId, held: &[Held], projection: &Projection) -> Result<Option<i64>> {
    match projection.standing {
        Some(standing) => connection
            .prepare_cached(
                "insert into standing (comment_id, decision_id, status, disputed) values (?1, ?2, ?3, ?4)
                 on conflict (comment_id) do update set decision_id = excluded.decision_id, status = excluded.status,
                    disputed = excluded.disputed",
            )?
            .execute((id.0, held[standing.decision].entry.id, standing.status.as_str(), standing.disputed))?,
        None => connection.prepare_cached("delete from standing where comment_id = ?1")?.execute([id.0])?,
    };
    settle(connection, id)?;
    if held.iter().any(|held| held.entry.tag.is_some()) {
        connection.prepare_cached("delete from tags where comment_id = ?1")?.execute([id.0])?;
        for tag in &projection.tags {
            connection.prepare_cached("insert into tags (comment_id, tag) values (?1, ?2)")?.execute((id.0, tag))?;
        }
    }
    if held.iter().all(|held| held.entry.edge.is_none()) {
        return Ok(None);
    }
    edges::keep(connection, id, projection.edge.map(|at| held[at].entry.id))
}

/// The status that a comment has by its standing and its source.
const STATUS: &str = "coalesce(
    (select iif(c.source_status is 'deleted' and s.status in ('approved', 'escalated'), 'deleted', s.status)
     from standing s where s.comment_id = c.id),
    c.source_status, 'pending')";

fn settle(connection: &Connection, id: CommentId) -> Result<()> {
    let sql = format!("update comments as c set status = {STATUS} where id = ?1 and status <> {STATUS}");
    connection.prepare_cached(&sql)?.execute([id.0])?;
    Ok(())
}

fn keep_lock(connection: &Connection, id: PostId, held: &[Held], projection: &Projection) -> Result<()> {
    match projection.lock {
        Some(at) => connection
            .prepare_cached(
                "insert into locks (post_id, decision_id) values (?1, ?2)
                 on conflict (post_id) do update set decision_id = excluded.decision_id",
            )?
            .execute((id.0, held[at].entry.id))?,
        None => connection.prepare_cached("delete from locks where post_id = ?1")?.execute([id.0])?,
    };
    Ok(())
}

/// Hangs decisions that waited for their comment or post on it, now that it has come. Gives how many found theirs.
pub fn adopt(connection: &Connection) -> Result<u64> {
    let mut statement = connection.prepare(
        "select d.id, json_extract(d.target, '$[0]') sort,
            (select c.id from sources s join comments c on c.source_id = s.id and c.key = json_extract(d.target, '$[3]')
             where s.kind = json_extract(d.target, '$[1]') and s.scope = json_extract(d.target, '$[2]')) comment,
            (select p.id from sources s join posts p on p.source_id = s.id and p.key = json_extract(d.target, '$[3]')
             where s.kind = json_extract(d.target, '$[1]') and s.scope = json_extract(d.target, '$[2]')) post
         from decisions d where d.comment_id is null and d.post_id is null",
    )?;
    let mut rows = statement.query([])?;
    let mut found: Vec<(i64, Subject)> = Vec::new();
    while let Some(row) = rows.next()? {
        let on = match row.get_ref("sort")?.as_str()? {
            "post" => row.get::<_, Option<i64>>("post")?.map(|id| Subject::Post(PostId(id))),
            _ => row.get::<_, Option<i64>>("comment")?.map(|id| Subject::Comment(CommentId(id))),
        };
        found.extend(on.map(|on| row.get("id").map(|id| (id, on))).transpose()?);
    }
    for &(decision, on) in &found {
        let (comment, post) = columns(on);
        connection
            .prepare_cached("update decisions set comment_id = ?2, post_id = ?3 where id = ?1")?
            .execute((decision, comment, post))?;
        connection
            .prepare_cached("update flags set comment_id = ?2 where decision_id = ?1")?
            .execute((decision, comment))?;
    }
    let mut subjects: Vec<Subject> = found.iter().map(|(_, on)| *on).collect();
    subjects.sort_unstable();
    subjects.dedup();
    renew_all(connection, subjects)?;
    Ok(found.len() as u64)
}

/// The same for many subjects, with the trees that this changes.
pub fn renew_all(connection: &Connection, subjects: impl IntoIterator<Item = Subject>) -> Result<()> {
    let mut posts = BTreeSet::new();
    for on in subjects {
        posts.extend(renew(connection, on)?);
    }
    for post in posts {
        edges::rebuild(connection, post)?;
    }
    Ok(())
}

/// A subject as the columns `comment_id` and `post_id`.
pub fn columns(on: Subject) -> (Option<i64>, Option<i64>) {
    match on {
        Subject::Comment(id) => (Some(id.0), None),
        Subject::Post(id) => (None, Some(id.0)),
    }
}

/// The subject of the columns `comment_id` and `post_id`.
pub fn subject(row: &Row<'_>) -> rusqlite::Result<Option<Subject>> {
    let comment: Option<i64> = row.get("comment_id")?;
    let post: Option<i64> = row.get("post_id")?;
    Ok(comment.map(|id| Subject::Comment(CommentId(id))).or(post.map(|id| Subject::Post(PostId(id)))))
}

impl Store {
    /// Compares what is kept with what follows from the decisions.
    pub(super) fn check_projections(&self, problems: &mut Vec<Problem>) -> Result<()> {
        let next = "quell log verify tells whether the log itself is whole";
        let sql = format!("select count(*) from comments c where c.status <> {STATUS}");
        let astray: u64 = self.connection.query_row(&sql, [], |row| row.get(0))?;
        if astray > 0 {
            let what = format!("{astray} comments have another status than follows from their decisions");
            problems.push(Problem { what, next, damage: true });
        }
        let mut statement = self.connection.prepare(
            "select distinct comment_id, post_id from decisions where comment_id is not null or post_id is not null",
        )?;
        let mut rows = statement.query([])?;
        let mut astray = 0_u64;
        while let Some(row) = rows.next()? {
            let Some(on) = subject(row)? else { continue };
            astray += u64::from(!self.is_kept(on)?);
        }
        if astray > 0 {
            let what = format!("{astray} comments or posts are kept otherwise than follows from their decisions");
            problems.push(Problem { what, next, damage: true });
        }
        Ok(())
    }

    fn is_kept(&self, on: Subject) -> Result<bool> {
        let held = held(&self.connection, on)?;
        let projection = projection(&held);
        let undone = held.iter().zip(&projection.undone).all(|(held, undone)| held.undone == *undone);
        let flags = projection.flags.iter().all(|&(at, state)| held[at].flag == Some(state));
        let kept = match on {
            Subject::Comment(id) => {
                self.standing(id)? == projection.standing.map(|s| (held[s.decision].entry.id, s.status, s.disputed))
                    && self.tags(id)? == projection.tags.into_iter().collect::<Vec<_>>()
                    && self.hung_by(id)? == projection.edge.map(|at| held[at].entry.id)
            }
            Subject::Post(id) => self.lock(id)? == projection.lock.map(|at| held[at].entry.id),
        };
        Ok(undone && flags && kept)
    }

    fn standing(&self, id: CommentId) -> Result<Option<(i64, Status, bool)>> {
        let mut statement = self
            .connection
            .prepare_cached("select decision_id, status, disputed from standing where comment_id = ?1")?;
        let read = |row: &Row<'_>| Ok((row.get(0)?, row::word(row, "status", Status::from_name)?, row.get(2)?));
        Ok(statement.query_row([id.0], read).optional()?)
    }

    fn lock(&self, id: PostId) -> Result<Option<i64>> {
        let mut statement = self.connection.prepare_cached("select decision_id from locks where post_id = ?1")?;
        Ok(statement.query_row([id.0], |row| row.get(0)).optional()?)
    }

    /// Whether a post takes no more replies.
    pub fn is_locked(&self, id: PostId) -> Result<bool> {
        Ok(self.lock(id)?.is_some())
    }

    /// The labels on a comment, in order.
    pub fn tags(&self, id: CommentId) -> Result<Vec<String>> {
        let mut statement =
            self.connection.prepare_cached("select tag from tags where comment_id = ?1 order by tag")?;
        Ok(statement.query_map([id.0], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }
}
