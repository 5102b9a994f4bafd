//! Reading the log: operations, decisions, and whether the chain of hashes is whole.

use anyhow::Result;
use rusqlite::{Connection, Row, named_params};

use super::record::{self, Sealer};
use super::{Store, edges, project, row};
use crate::model::{Action, Actor, CommentId, Decision, Moved, Operation, Origin, Status, Subject};

/// Which operations to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Only what this person, rule or signal did.
    pub by: Option<String>,
    /// Not before this moment, in milliseconds since 1970.
    pub since: Option<i64>,
    /// At the most so many, the newest.
    pub limit: Option<u64>,
}

/// What a check of the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many operations there are.
    pub operations: u64,
    /// The last link of the chain: written down elsewhere, it proves later that nothing before it was changed or cut off.
    pub head: String,
    /// The first operation that is not as it was written.
    pub broken: Option<i64>,
}

/// One person's word on one comment, for measuring agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The comment.
    pub comment: CommentId,
    /// Who.
    pub actor: String,
    /// What.
    pub action: Action,
    /// The reason that counts.
    pub reason: Option<String>,
}

const DECISION: &str = "
    select d.id, d.operation_id, d.comment_id, d.post_id, d.action, d.reasons, d.note, d.tag, d.prior, d.revision, d.undone,
        o.at, o.actor, o.origin, o.version
    from decisions d join operations o on o.id = d.operation_id";

impl Store {
    /// Gives operations, newest first.
    pub fn operations(&self, filter: &LogFilter, each: &mut dyn FnMut(Operation) -> Result<()>) -> Result<()> {
        let mut statement = self.connection.prepare(
            "select o.*, (select count(*) from decisions d where d.operation_id = o.id) decisions,
                (select count(*) from decisions d where d.operation_id = o.id and d.undone = 1) undone
             from operations o
             where (:by is null or o.actor = :by) and (:since is null or o.at >= :since)
             order by o.id desc limit coalesce(:limit, -1)",
        )?;
        let limit = filter.limit.map(|limit| i64::try_from(limit).unwrap_or(i64::MAX));
        let mut rows = statement.query(named_params! { ":by": filter.by, ":since": filter.since, ":limit": limit })?;
        while let Some(row) = rows.next()? {
            let uid: String = row.get("uid")?;
            each(Operation {
                id: row.get("id")?,
                uid: uid.parse()?,
                at: row.get("at")?,
                actor: actor(row)?,
                verb: row.get("verb")?,
                query: row.get("query")?,
                decisions: row.get("decisions")?,
                undone: row.get("undone")?,
            })?;
        }
        Ok(())
    }

    /// Gives the decisions of an operation, in their order.
    pub fn decisions_of(&self, operation: i64, each: &mut dyn FnMut(Decision) -> Result<()>) -> Result<()> {
        let mut statement =
            self.connection.prepare_cached(&format!("{DECISION} where d.operation_id = ?1 order by d.seq"))?;
        let mut rows = statement.query([operation])?;
        while let Some(row) = rows.next()? {
            each(whole(&self.connection, row)?)?;
        }
        Ok(())
    }

    /// The decisions on a comment, oldest first.
    pub fn decisions_on(&self, comment: CommentId) -> Result<Vec<Decision>> {
        let mut statement =
            self.connection.prepare_cached(&format!("{DECISION} where d.comment_id = ?1 order by o.uid, d.seq"))?;
        let mut rows = statement.query([comment.0])?;
        let mut decisions = Vec::new();
        while let Some(row) = rows.next()? {
            decisions.push(whole(&self.connection, row)?);
        }
        Ok(decisions)
    }

    /// The comments whose text is no longer the one that the standing decision was made on, in order of their numbers.
    pub fn edited_since_decision(&self) -> Result<Vec<CommentId>> {
        Ok(edited_since_decision(&self.connection)?.into_iter().map(CommentId).collect())
    }

    /// The last word of every person on every comment that several people have decided, overruled or not, undone ones left
    /// out; by comment and person.
    pub fn judgements(&self) -> Result<Vec<Judgement>> {
        let mut statement = self.connection.prepare(
            "with words as (
                select d.comment_id, o.actor, d.action, d.reasons,
                    row_number() over (partition by d.comment_id, o.actor order by o.uid desc, d.seq desc) nth
                from decisions d join operations o on o.id = d.operation_id
                where d.comment_id is not null and d.undone = 0 and o.origin = 'person'
                    and d.action in ('approve', 'remove', 'spam', 'escalate'))
             select comment_id, actor, action, reasons from words w
             where nth = 1 and exists (
                select 1 from words x where x.comment_id = w.comment_id and x.actor <> w.actor)
             order by comment_id, actor",
        )?;
        let read = |row: &Row<'_>| {
            Ok(Judgement {
                comment: CommentId(row.get("comment_id")?),
                actor: row.get("actor")?,
                action: row::word(row, "action", Action::from_name)?,
                reason: record::words(row.get("reasons")?).into_iter().next(),
            })
        };
        Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// Computes every hash of the log anew and compares.
    pub fn verify_log(&self) -> Result<Verified> {
        let mut statement = self.connection.prepare("select * from operations order by id")?;
        let mut rows = statement.query([])?;
        let mut verified = Verified { operations: 0, head: String::new(), broken: None };
        while let Some(row) = rows.next()? {
            let id: i64 = row.get("id")?;
            let (operation, hash, chain) = record::operation(row)?;
            let mut sealer = Sealer::new(&operation)?;
            record::each_decision(&self.connection, id, &mut |decision| sealer.add(&decision))?;
            verified.operations += 1;
            if sealer.hash() != hash || record::link(&verified.head, &hash) != chain {
                verified.broken = Some(id);
                return Ok(verified);
            }
            verified.head = chain;
        }
        Ok(verified)
    }
}

pub(super) fn actor(row: &Row<'_>) -> rusqlite::Result<Actor> {
    Ok(Actor {
        name: row.get("actor")?,
        origin: row::word(row, "origin", Origin::from_name)?,
        version: row.get("version")?,
    })
}

fn read(row: &Row<'_>) -> rusqlite::Result<Decision> {
    Ok(Decision {
        operation: row.get("operation_id")?,
        at: row.get("at")?,
        actor: actor(row)?,
        on: project::subject(row)?,
        action: row::word(row, "action", Action::from_name)?,
        reasons: record::words(row.get("reasons")?),
        note: row.get("note")?,
        tag: row.get("tag")?,
        prior: row::optional_word(row, "prior", Status::from_name)?,
        revision: row.get("revision")?,
        undone: row.get("undone")?,
        moved: None,
    })
}

/// A decision with where it hangs its comment.
fn whole(connection: &Connection, row: &Row<'_>) -> Result<Decision> {
    let decision = read(row)?;
    let moved = moved(connection, row.get("id")?, &decision)?;
    Ok(Decision { moved, ..decision })
}

/// Where a decision hangs its comment, and where that hung before: what held of the decisions up to there.
fn moved(connection: &Connection, id: i64, decision: &Decision) -> Result<Option<Moved>> {
    let (Some(Subject::Comment(comment)), Action::Edge | Action::Undo) = (decision.on, decision.action) else {
        return Ok(None);
    };
    let held = project::held(connection, Subject::Comment(comment))?;
    let Some(at) = held.iter().position(|held| held.entry.id == id) else { return Ok(None) };
    if held[..=at].iter().all(|held| held.entry.edge.is_none()) {
        return Ok(None);
    }
    let standing = |held: &[project::Held]| project::projection(held).edge.map(|at| held[at].entry.id);
    let from = edges::place(connection, comment, standing(&held[..at]))?;
    let to = match decision.action {
        Action::Edge => edges::place_by(connection, comment, id)?,
        _ => edges::place(connection, comment, standing(&held[..=at]))?,
    };
    Ok((decision.action == Action::Edge || to != from).then_some(Moved { to, from }))
}

/// The comments whose text is another than the one that the decision that counts was made on, by number.
pub(super) fn edited_since_decision(connection: &Connection) -> Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(&format!("{SNAPSHOTS} order by s.comment_id"))?;
    let mut rows = statement.query([])?;
    let mut edited = Vec::new();
    while let Some(row) = rows.next()? {
        if differs(row)? {
            edited.push(row.get(0)?);
        }
    }
    Ok(edited)
}

/// Whether that holds of this comment.
pub(super) fn is_edited_since_decision(connection: &Connection, id: i64) -> Result<bool> {
    let mut statement = connection.prepare_cached(&format!("{SNAPSHOTS} and s.comment_id = ?1"))?;
    let mut rows = statement.query([id])?;
    rows.next()?.map_or(Ok(false), differs)
}

/// What was decided on, beside what is there now.
const SNAPSHOTS: &str = "
    select s.comment_id, d.snapshot, b.text
    from standing s join decisions d on d.id = s.decision_id join bodies b on b.comment_id = s.comment_id
    where d.snapshot is not null";

fn differs(row: &Row<'_>) -> Result<bool> {
    Ok(record::snapshot(row.get_ref(2)?.as_str()?) != row.get_ref(1)?.as_str()?)
}
