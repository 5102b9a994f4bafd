//! The desk of a sitting: the ordered queue, held in memory, what has been decided in this sitting, and the decisions
//! themselves, which go the same way as those of every other verb. What a comment needs to be shown is read when its turn
//! comes, so that the next one does not wait for the size of the database.

use std::collections::{HashMap, HashSet};

use anyhow::{Result, bail};

use super::load;
use crate::cli::Queries;
use crate::commands::ask::ask;
use crate::commands::bulk::now;
use crate::error::hint;
use crate::model::{Act, Action, Actor, CommentId, Deed, Outcome, Subject};
use crate::review::queue::{Item, Record, priority, ranked, terms};
use crate::review::reasons::Reasons;
use crate::review::sample::{Size, draw};
use crate::screen::case::Case;
use crate::screen::{Scope, Verdict};
use crate::store::{NewOperation, Slice, Sort, Store, Undo};

/// How long a comment stays with whoever looks at it, in milliseconds.
const CLAIM: i64 = 15 * 60 * 1000;

/// What is worked through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Work {
    /// Whatever waits.
    Queue,
    /// A sample of what others decided.
    Sample(Size, u64),
}

/// See the module.
pub struct Desk {
    store: Store,
    actor: Actor,
    pub reasons: Reasons,
    queries: Queries,
    work: Work,
    /// How earlier flags fared, as it was when the queue was read.
    records: HashMap<String, Record>,
    /// What is to be looked at, in order.
    order: Vec<CommentId>,
    /// The place of the comment that is looked at.
    at: usize,
    /// What was left for later in this sitting, or judged.
    passed: HashSet<CommentId>,
    /// What the queue is narrowed to.
    only: Option<HashSet<CommentId>>,
    /// The operations of this sitting that have not been undone, each with the comment that was looked at.
    made: Vec<(i64, CommentId)>,
    /// How many comments were changed in this sitting, less what was undone.
    pub changed: u64,
    held: HashSet<CommentId>,
    /// The last operation on each comment that is shown.
    seen: HashMap<CommentId, i64>,
}

impl Desk {
    /// A desk with the whole queue, or the whole sample, on it.
    pub fn open(store: Store, actor: Actor, reasons: Reasons, queries: Queries, work: Work) -> Result<Self> {
        let mut desk = Desk {
            store,
            actor,
            reasons,
            queries,
            work,
            records: HashMap::new(),
            order: Vec::new(),
            at: 0,
            passed: HashSet::new(),
            only: None,
            made: Vec::new(),
            changed: 0,
            held: HashSet::new(),
            seen: HashMap::new(),
        };
        desk.fill()?;
        Ok(desk)
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Whether earlier decisions are kept from the moderator.
    pub fn is_blind(&self) -> bool {
        matches!(self.work, Work::Sample(..))
    }

    /// Reads what is to be looked at anew, and starts with the first.
    fn fill(&mut self) -> Result<()> {
        self.at = 0;
        self.order = match self.work {
            Work::Queue => {
                self.records = self.store.records()?;
                let mut waiting = self.store.backlog()?;
                waiting.retain(|item| self.only.as_ref().is_none_or(|only| only.contains(&item.comment)));
                ranked(waiting, &self.reasons, now()).into_iter().map(|(item, _)| item.comment).collect()
            }
            Work::Sample(size, seed) => {
                let decided = self.store.decided_by_others(&self.actor.name)?;
                let keys: Vec<&str> = decided.iter().map(|decided| decided.key.as_str()).collect();
                let drawn = draw(&keys, size, seed).into_iter().map(|at| &decided[at]);
                drawn.filter(|decided| !decided.judged).map(|decided| decided.comment).collect()
            }
        };
        self.order.retain(|comment| !self.passed.contains(comment));
        Ok(())
    }

    /// The comment whose turn it is, claimed for this moderator; nothing where nothing is left. What others look at or
    /// have decided since is passed over.
    pub fn case(&mut self) -> Result<Option<Case>> {
        let mut filled = false;
        loop {
            while let Some(&comment) = self.order.get(self.at) {
                if let Some((item, points)) = self.turn(comment)? {
                    return self.laid_out(comment, item.as_ref(), points).map(Some);
                }
                self.at += 1;
            }
            // More may have come while this was worked through.
            if filled || self.is_blind() {
                return Ok(None);
            }
            self.fill()?;
            filled = true;
        }
    }

    /// What a comment waits for, with its priority, if it still does and can be had.
    fn turn(&mut self, comment: CommentId) -> Result<Option<(Option<Item>, f64)>> {
        if self.is_blind() {
            return Ok((!self.passed.contains(&comment)).then_some((None, 0.0)));
        }
        let Some(item) = self.store.waits(comment, &self.records)? else { return Ok(None) };
        let now = now();
        if !self.store.claim(comment, &self.actor.name, now, now + CLAIM)? {
            return Ok(None);
        }
        self.held.insert(comment);
        let points = priority(&terms(&item, &self.reasons, now));
        Ok(Some((Some(item), points)))
    }

    fn laid_out(&mut self, comment: CommentId, item: Option<&Item>, points: f64) -> Result<Case> {
        let mut case = load::case(&self.store, comment, item, &self.reasons)?;
        (case.points, case.place, case.of) = (points, self.at + 1, self.order.len());
        self.seen.clear();
        for row in &case.rows {
            self.seen.insert(row.comment, self.store.last_operation(row.comment)?);
        }
        Ok(case)
    }

    /// Decides, or finds out what would be decided. Refuses where somebody has decided since the comment was shown.
    pub fn decide(&mut self, verdict: &Verdict, dry_run: bool) -> Result<Outcome> {
        for reason in &verdict.reasons {
            self.reasons.get(reason)?;
        }
        if self.seen.get(&verdict.on).is_some_and(|seen| *seen > 0 || !self.is_blind())
            && self.seen.get(&verdict.on) != Some(&self.store.last_operation(verdict.on)?)
        {
            bail!("somebody decided {} while you looked at it; look again", verdict.on);
        }
        let act = Act { reasons: verdict.reasons.clone(), note: verdict.note.clone(), ..Act::bare(verdict.action) };
        let deed = |id: CommentId, spare_decided| Deed { on: Subject::Comment(id), act: &act, spare_decided };
        let mut deeds = vec![deed(verdict.on, false)];
        let mut query = format!("review {}", verdict.on);
        match &verdict.scope {
            Scope::One => {}
            Scope::Subtree => {
                query.push_str(" --subtree");
                deeds.extend(self.store.below(&[verdict.on])?.ids.into_iter().map(|id| deed(id, true)));
            }
            Scope::Copies(copies) => {
                query.push_str(" and its copies");
                deeds.extend(copies.iter().map(|id| deed(*id, true)));
            }
        }
        let actor = self.actor.clone();
        let verb = verdict.action.as_str();
        let new = NewOperation { actor: &actor, verb, query: Some(&query), at: now(), dry_run };
        let outcome = match (self.is_blind(), deeds.as_slice()) {
            (true, [deed]) => self.store.judge(&new, deed)?,
            (true, _) => bail!("a comment of a sample is judged by itself"),
            (false, _) => self.store.decide(&new, deeds)?,
        };
        if let Some(operation) = outcome.operation {
            self.changed += outcome.changed.len() as u64;
            self.keep(operation, verdict.on);
        }
        Ok(outcome)
    }

    /// Writes a remark.
    pub fn note(&mut self, on: CommentId, text: &str) -> Result<Option<i64>> {
        let act = Act { note: Some(text.to_owned()), ..Act::bare(Action::Note) };
        let actor = self.actor.clone();
        let query = format!("review {on}");
        let new = NewOperation { actor: &actor, verb: "note", query: Some(&query), at: now(), dry_run: false };
        let deed = Deed { on: Subject::Comment(on), act: &act, spare_decided: false };
        let outcome = self.store.decide(&new, [deed])?;
        if let Some(operation) = outcome.operation {
            self.keep(operation, on);
        }
        Ok(outcome.operation)
    }

    fn keep(&mut self, operation: i64, on: CommentId) {
        let looked_at = self.order.get(self.at).copied().unwrap_or(on);
        self.made.push((operation, looked_at));
    }

    /// Goes on to the next comment; this one does not come again in this sitting.
    pub fn pass(&mut self) -> Result<()> {
        if let Some(&comment) = self.order.get(self.at) {
            self.passed.insert(comment);
            self.held.remove(&comment);
            self.store.release(&self.actor.name, &[comment])?;
        }
        self.at += 1;
        Ok(())
    }

    /// Takes back the last operation of this sitting and goes back to where it was made.
    pub fn undo(&mut self) -> Result<(i64, Outcome)> {
        let Some((operation, looked_at)) = self.made.last().copied() else {
            return Err(hint("nothing of this sitting is left to take back", "earlier ones: quell undo"));
        };
        let actor = self.actor.clone();
        let query = operation.to_string();
        let new = NewOperation { actor: &actor, verb: "undo", query: Some(&query), at: now(), dry_run: false };
        let (_, outcome) = self.store.undo(&new, &Undo::Operation(operation))?;
        self.made.pop();
        self.changed = self.changed.saturating_sub(outcome.changed.len() as u64);
        self.passed.remove(&looked_at);
        match self.order.iter().position(|comment| *comment == looked_at) {
            Some(at) => self.at = at,
            None => {
                self.at = self.at.min(self.order.len());
                self.order.insert(self.at, looked_at);
            }
        }
        Ok((operation, outcome))
    }

    /// Works on what a query finds alone; on everything where it is empty.
    pub fn narrow(&mut self, query: &str) -> Result<()> {
        let only = if query.is_empty() {
            None
        } else {
            let asked = ask(&self.store, &[query.to_owned()], &self.queries)?;
            let all = Slice { sort: Sort::Oldest, offset: 0, limit: None };
            let found = self.store.find(&self.store.prepare(&asked.query)?, all)?;
            Some(found.ids.into_iter().collect())
        };
        let before = std::mem::replace(&mut self.only, only);
        let order = std::mem::take(&mut self.order);
        let at = self.at;
        self.fill()?;
        if self.order.is_empty() && !query.is_empty() {
            (self.only, self.order, self.at) = (before, order, at);
            return Err(hint("nothing that waits matches", "an empty query brings back the whole queue"));
        }
        Ok(())
    }

    /// Gives back what is still claimed.
    pub fn close(&mut self) -> Result<()> {
        let held: Vec<CommentId> = self.held.drain().collect();
        self.store.release(&self.actor.name, &held)
    }
}
