//! Writes an operation: one transaction under full synchronisation, in which every decision of a command is made, or none.
//! Whoever decides at the same time waits for it and sees it.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use rusqlite::{OptionalExtension, Row, Transaction, TransactionBehavior, named_params};

use super::project::{self, Held};
use super::record::{self, DecisionRecord, OperationRecord, Sealer, Target};
use super::{Store, edges, row};
use crate::model::{Act, Action, Actor, Deed, KeptEdge, Origin, Outcome, ParentOrigin, Skip, Status, Subject, Uid};
use crate::review::project::Projection;

/// A command that decides.
#[derive(Debug, Clone, Copy)]
pub struct NewOperation<'a> {
    /// Who gives it.
    pub actor: &'a Actor,
    /// The verb that was typed.
    pub verb: &'a str,
    /// What was asked for.
    pub query: Option<&'a str>,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Work out what would happen, and take it back.
    pub dry_run: bool,
}

impl Store {
    /// Does these deeds as one operation: all of them, or none where there is an error. Where nothing changes, there is
    /// no operation.
    pub fn decide<'d>(&mut self, new: &NewOperation<'_>, deeds: impl IntoIterator<Item = Deed<'d>>) -> Result<Outcome> {
        self.decide_as_it_comes(new, |decide| deeds.into_iter().try_for_each(|deed| decide(&deed)))
    }

    /// The same with deeds that `give` hands over one by one, so that they need not be held together.
    pub fn decide_as_it_comes(
        &mut self,
        new: &NewOperation<'_>,
        give: impl FnOnce(&mut dyn FnMut(&Deed<'_>) -> Result<()>) -> Result<()>,
    ) -> Result<Outcome> {
        let mut writer = Writer::begin(self, new)?;
        give(&mut |deed| writer.deed(deed))?;
        writer.finish()
    }

    /// Does a deed of somebody who has not seen what others decided: it answers none of their decisions, so that another
    /// word than theirs is a disagreement, and the same word stands beside theirs.
    pub fn judge(&mut self, new: &NewOperation<'_>, deed: &Deed<'_>) -> Result<Outcome> {
        let mut writer = Writer::begin(self, new)?;
        match facts(&writer.transaction, deed.on)? {
            None => writer.outcome.skipped.push((deed.on, Skip::Missing)),
            Some(facts) if facts.deleted => writer.outcome.skipped.push((deed.on, Skip::Deleted)),
            Some(facts) => writer.write(deed.on, deed.act, &facts, &[], None)?,
        }
        writer.finish()
    }
}

/// An operation being written.
pub(super) struct Writer<'s> {
    pub(super) transaction: Transaction<'s>,
    pub(super) outcome: Outcome,
    operation: i64,
    seq: i64,
    sealer: Sealer,
    origin: Origin,
    actor: String,
    dry_run: bool,
    /// Posts whose trees change.
    trees: BTreeSet<i64>,
}

/// What of a comment or post a decision has to know.
pub(super) struct Facts {
    pub(super) target: Target,
    pub(super) status: Option<Status>,
    pub(super) deleted: bool,
    pub(super) revision: Option<u32>,
    pub(super) text: Option<String>,
}

impl<'s> Writer<'s> {
    pub(super) fn begin(store: &'s mut Store, new: &NewOperation<'_>) -> Result<Self> {
        let transaction = store
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .context("another quell is writing to the database")?;
        let last: Option<String> =
            transaction.query_row("select max(uid) from operations", [], |row| row.get(0)).optional()?.flatten();
        let random: [u8; 16] = transaction.query_row("select randomblob(16)", [], |row| row.get(0))?;
        let last = last.map(|uid| uid.parse()).transpose().context("the log holds an operation without a proper id")?;
        let record = OperationRecord {
            uid: Uid::next(new.at, last, u128::from_le_bytes(random)).to_string(),
            at: new.at,
            actor: new.actor.name.clone(),
            origin: new.actor.origin.as_str().to_owned(),
            version: new.actor.version.clone(),
            verb: new.verb.to_owned(),
            query: new.query.map(str::to_owned),
        };
        let operation = insert_operation(&transaction, &record)?;
        Ok(Writer {
            outcome: Outcome::default(),
            operation,
            seq: 0,
            sealer: Sealer::new(&record)?,
            origin: new.actor.origin,
            actor: new.actor.name.clone(),
            dry_run: new.dry_run,
            trees: BTreeSet::new(),
            transaction,
        })
    }

    fn deed(&mut self, deed: &Deed<'_>) -> Result<()> {
        let Some(facts) = facts(&self.transaction, deed.on)? else {
            self.outcome.skipped.push((deed.on, Skip::Missing));
            return Ok(());
        };
        let held = project::held(&self.transaction, deed.on)?;
        let now = project::projection(&held);
        if let Some(skip) = self.skip(deed, &facts, &held, &now)? {
            self.outcome.skipped.push((deed.on, skip));
            return Ok(());
        }
        let answers = if deed.act.action.status().is_some() { now.heads } else { Vec::new() };
        let answered: Vec<&Held> = answers.iter().map(|at| &held[*at]).collect();
        self.write(deed.on, deed.act, &facts, &answered, None)
    }

    /// Why a deed is left undone, if it is.
    fn skip(&self, deed: &Deed<'_>, facts: &Facts, held: &[Held], now: &Projection) -> Result<Option<Skip>> {
        let act = deed.act;
        if let Some(edge) = &act.edge {
            return self.skip_edge(edge, held, now);
        }
        let sets_status = act.action.status().is_some();
        if facts.deleted && (sets_status || act.action == Action::Flag) {
            return Ok(Some(Skip::Deleted));
        }
        let snapshot = facts.text.as_deref().map(record::snapshot);
        let same = |held: &Held| {
            held.entry.action == act.action
                && held.snapshot == snapshot
                && (act.reasons.is_empty() || held.reasons == record::joined(&act.reasons))
        };
        if sets_status && let Some(standing) = now.standing {
            let decision = &held[standing.decision];
            if !standing.disputed && same(decision) {
                return Ok(Some(Skip::Already));
            }
            let by_person = decision.entry.origin == Origin::Person;
            if by_person && (deed.spare_decided || self.origin != Origin::Person) {
                return Ok(Some(Skip::Decided { by: decision.entry.actor.clone() }));
            }
        }
        let already = match (act.action, &act.tag) {
            (Action::Tag, Some(tag)) => now.tags.contains(tag),
            (Action::Untag, Some(tag)) => !now.tags.contains(tag),
            (Action::Lock, _) => now.lock.is_some(),
            (Action::Unlock, _) => now.lock.is_none(),
            (Action::Flag, _) => {
                let mut flags = now.flags.iter().filter(|(at, _)| !now.undone[*at]);
                flags.any(|(at, _)| same(&held[*at]) && held[*at].entry.actor == self.actor)
            }
            _ => false,
        };
        Ok(already.then_some(Skip::Already))
    }

    /// What the words say stands back behind what a person said.
    fn skip_edge(&self, edge: &KeptEdge, held: &[Held], now: &Projection) -> Result<Option<Skip>> {
        let Some(standing) = now.edge.map(|at| &held[at].entry) else { return Ok(None) };
        if standing.edge == Some(ParentOrigin::Human) && edge.origin != ParentOrigin::Human {
            return Ok(Some(Skip::Decided { by: standing.actor.clone() }));
        }
        let same = edges::of_decision(&self.transaction, standing.id)?.as_ref() == Some(edge);
        Ok(same.then_some(Skip::Already))
    }

    /// Appends a decision and renews what follows from it.
    pub(super) fn write(
        &mut self,
        on: Subject,
        act: &Act,
        facts: &Facts,
        answered: &[&Held],
        undoes: Option<&Held>,
    ) -> Result<()> {
        let is_flag = act.action == Action::Flag;
        let record = DecisionRecord {
            on: facts.target.clone(),
            action: act.action.as_str().to_owned(),
            reasons: act.reasons.clone(),
            note: act.note.clone(),
            tag: act.tag.clone(),
            revision: facts.revision,
            snapshot: facts.text.as_deref().map(record::snapshot),
            prior: facts.status.map(|status| status.as_str().to_owned()),
            answers: answered.iter().map(|held| held.reference.clone()).collect(),
            undoes: undoes.map(|held| held.reference.clone()),
            // Four decimals are what scores are good for, and come back from any text unchanged.
            score: act.score.filter(|_| is_flag).map(|score| (score * 1e4).round() / 1e4),
            spans: if is_flag { act.spans.clone() } else { Vec::new() },
            edge: act.edge.clone(),
        };
        self.sealer.add(&record)?;
        let links =
            Links { answers: answered.iter().map(|held| held.entry.id).collect(), undoes: undoes.map(|h| h.entry.id) };
        insert_decision(&self.transaction, self.operation, self.seq, &record, Some(on), &links, facts.text.as_deref())?;
        self.trees.extend(project::renew(&self.transaction, on)?);
        self.seq += 1;
        self.outcome.changed.push(on);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Outcome> {
        for &post in &self.trees {
            edges::rebuild(&self.transaction, post)?;
        }
        if self.dry_run || self.seq == 0 {
            self.transaction.rollback()?;
            return Ok(self.outcome);
        }
        seal(&self.transaction, self.operation, &self.sealer.hash())?;
        self.transaction.commit().context("the decisions could not be written")?;
        self.outcome.operation = Some(self.operation);
        Ok(self.outcome)
    }
}

/// A comment's or post's own facts.
pub(super) fn facts(transaction: &Transaction<'_>, on: Subject) -> Result<Option<Facts>> {
    let target = |sort: &str, row: &Row<'_>| {
        Ok::<_, rusqlite::Error>(Target(sort.to_owned(), row.get("kind")?, row.get("scope")?, row.get("key")?))
    };
    let found = match on {
        Subject::Comment(id) => transaction
            .prepare_cached(
                "select s.kind, s.scope, c.key, c.status, c.source_status, c.revision, b.text
                 from comments c join sources s on s.id = c.source_id join bodies b on b.comment_id = c.id
                 where c.id = ?1",
            )?
            .query_row([id.0], |row| {
                let deleted = row::optional_word(row, "source_status", Status::from_name)? == Some(Status::Deleted);
                Ok(Facts {
                    target: target("comment", row)?,
                    status: Some(row::word(row, "status", Status::from_name)?),
                    deleted,
                    revision: row.get("revision")?,
                    text: row.get("text")?,
                })
            })
            .optional()?,
        Subject::Post(id) => transaction
            .prepare_cached(
                "select s.kind, s.scope, p.key from posts p join sources s on s.id = p.source_id where p.id = ?1",
            )?
            .query_row([id.0], |row| {
                Ok(Facts { target: target("post", row)?, status: None, deleted: false, revision: None, text: None })
            })
            .optional()?,
    };
    Ok(found)
}

/// Adds an operation without its hash, which is known at the end; gives its number.
pub(super) fn insert_operation(transaction: &Transaction<'_>, record: &OperationRecord) -> Result<i64> {
    transaction
        .prepare_cached(
            "insert into operations (uid, at, actor, origin, version, verb, query, hash, chain)
             values (:uid, :at, :actor, :origin, :version, :verb, :query, '', '')",
        )?
        .execute(named_params! {
            ":uid": record.uid, ":at": record.at, ":actor": record.actor, ":origin": record.origin,
            ":version": record.version, ":verb": record.verb, ":query": record.query,
        })?;
    Ok(transaction.last_insert_rowid())
}

/// Rows of other decisions that a decision refers to.
pub(super) struct Links {
    pub(super) answers: Vec<i64>,
    pub(super) undoes: Option<i64>,
}

/// Adds a decision; what it is about may not have come yet. `text` is the text that a flag was set on.
pub(super) fn insert_decision(
    transaction: &Transaction<'_>,
    operation: i64,
    seq: i64,
    record: &DecisionRecord,
    on: Option<Subject>,
    links: &Links,
    text: Option<&str>,
) -> Result<()> {
    let (comment, post) = on.map_or((None, None), project::columns);
    let target = if comment.is_none() { Some(serde_json::to_string(&record.on)?) } else { None };
    transaction
        .prepare_cached(
            "insert into decisions (operation_id, seq, comment_id, post_id, target, action, reasons, note, tag, revision,
                snapshot, prior, undoes_id)
             values (:operation, :seq, :comment, :post, :target, :action, :reasons, :note, :tag, :revision,
                :snapshot, :prior, :undoes)",
        )?
        .execute(named_params! {
            ":operation": operation, ":seq": seq, ":comment": comment, ":post": post, ":target": target,
            ":action": record.action, ":reasons": record::joined(&record.reasons), ":note": record.note,
            ":tag": record.tag, ":revision": record.revision, ":snapshot": record.snapshot, ":prior": record.prior,
            ":undoes": links.undoes,
        })?;
    let decision = transaction.last_insert_rowid();
    for answered in &links.answers {
        transaction
            .prepare_cached("insert into answers (decision_id, answered_id) values (?1, ?2) on conflict do nothing")?
            .execute((decision, answered))?;
    }
    if record.action == Action::Flag.as_str() {
        let spans = if record.spans.is_empty() { None } else { Some(serde_json::to_string(&record.spans)?) };
        let reason = record.reasons.first().map(String::as_str).unwrap_or_default();
        transaction
            .prepare_cached(
                "insert into flags (decision_id, comment_id, reason, score, spans) values (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((decision, comment, reason, record.score, spans))?;
        transaction
            .prepare_cached(
                "insert into snapshots (hash, text) select ?1, ?2 where ?1 is not null and ?2 is not null
                on conflict (hash) do nothing",
            )?
            .execute((&record.snapshot, text))?;
    }
    if let Some(edge) = &record.edge {
        edges::insert(transaction, decision, edge)?;
    }
    Ok(())
}

/// Gives an operation its hash and its link of the chain.
pub(super) fn seal(transaction: &Transaction<'_>, operation: i64, hash: &str) -> Result<()> {
    let last: Option<String> = transaction
        .prepare_cached("select chain from operations where id < ?1 order by id desc limit 1")?
        .query_row([operation], |row| row.get(0))
        .optional()?;
    let chain = record::link(last.as_deref().unwrap_or_default(), hash);
    transaction
        .prepare_cached("update operations set hash = ?2, chain = ?3 where id = ?1")?
        .execute((operation, hash, chain))?;
    Ok(())
}
