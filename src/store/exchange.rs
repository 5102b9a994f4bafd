//! The log as lines of JSON, and joining two logs by union. Each operation keeps its id and its hash; one that is there
//! already is passed over, and one whose hash does not fit its decisions is refused.
//!
//! The lines hold no texts: a comment is named as its source names it, and its text by a hash.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior};
use serde::{Deserialize, Serialize};

use super::decide::{self, Links};
use super::record::{self, DecisionRecord, OperationRecord, Sealer, Target};
use super::{Store, project};
use crate::error::hint;
use crate::model::{Action, CommentId, Origin, ParentOrigin, PostId, Subject, Uid};

/// The first line of a dump.
#[derive(Serialize, Deserialize)]
struct Head {
    quell: String,
    version: u32,
}

/// Every further line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Operation {
        #[serde(flatten)]
        record: OperationRecord,
        decisions: u64,
        hash: String,
    },
    Decision(DecisionRecord),
}

/// What the first line calls the rest, and the version of its form.
const NAME: &str = "decisions";
const VERSION: u32 = 1;

/// What came of joining another log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Restored {
    /// Operations that were not here before.
    pub added: u64,
    /// Operations that were here already.
    pub known: u64,
    /// Decisions of the operations added.
    pub decisions: u64,
    /// How many of them are about comments that have not been imported here; they take effect when those come.
    pub waiting: u64,
    /// Comments on which people disagree, after it.
    pub disputed: u64,
}

/// Something that hands lines to a taker, one at a time.
type Feed<'f> = &'f mut dyn FnMut(&mut dyn FnMut(&str) -> Result<()>) -> Result<()>;

impl Store {
    /// Gives the whole log as lines, without their ends. Operations come in the order of their ids.
    pub fn dump(&self, each: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
        each(&serde_json::to_string(&Head { quell: NAME.to_owned(), version: VERSION })?)?;
        let mut statement = self.connection.prepare(
            "select o.*, (select count(*) from decisions d where d.operation_id = o.id) decisions
             from operations o order by uid",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (record, hash, _) = record::operation(row)?;
            let line = Line::Operation { record, decisions: row.get("decisions")?, hash };
            each(&serde_json::to_string(&line)?)?;
            record::each_decision(&self.connection, row.get("id")?, &mut |decision| {
                each(&serde_json::to_string(&Line::Decision(decision))?)
            })?;
        }
        Ok(())
    }

    /// Joins the log that `feed` hands over: all of it, or nothing where a line is wrong.
    pub fn restore(&mut self, dry_run: bool, feed: Feed<'_>) -> Result<Restored> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut joiner = Joiner::new(&transaction);
        let mut number = 0_u64;
        feed(&mut |line| {
            number += 1;
            joiner.line(number, line).with_context(|| format!("line {number}"))
        })?;
        let restored = joiner.finish(number)?;
        if dry_run {
            transaction.rollback()?;
        } else {
            transaction.commit()?;
        }
        Ok(restored)
    }

    /// Joins the log of another database.
    pub fn merge(&mut self, other: &Store, dry_run: bool) -> Result<Restored> {
        self.restore(dry_run, &mut |take| other.dump(take))
    }
}

/// A log being joined.
struct Joiner<'t> {
    transaction: &'t Transaction<'t>,
    restored: Restored,
    /// The operation whose decisions are expected.
    open: Option<Open>,
    touched: BTreeSet<Subject>,
}

/// An operation whose lines are being read.
struct Open {
    uid: Uid,
    hash: String,
    expected: u64,
    seen: u64,
    /// Its number here and its hash so far, unless it was here already.
    new: Option<(i64, Sealer)>,
}

impl<'t> Joiner<'t> {
    fn new(transaction: &'t Transaction<'t>) -> Self {
        Joiner { transaction, restored: Restored::default(), open: None, touched: BTreeSet::new() }
    }

    fn line(&mut self, number: u64, line: &str) -> Result<()> {
        if number == 1 {
            return head(line);
        }
        if line.trim().is_empty() {
            return Ok(());
        }
        match serde_json::from_str(line).context("not a line of a log of decisions")? {
            Line::Operation { record, decisions, hash } => {
                self.close()?;
                self.open(&record, decisions, hash)
            }
            Line::Decision(record) => self.decision(&record),
        }
    }

    fn open(&mut self, record: &OperationRecord, expected: u64, hash: String) -> Result<()> {
        let uid: Uid = record.uid.parse()?;
        if Origin::from_name(&record.origin).is_none() {
            bail!("an operation by something unknown: {}", record.origin);
        }
        let ours: Option<String> = self
            .transaction
            .prepare_cached("select hash from operations where uid = ?1")?
            .query_row([&record.uid], |row| row.get(0))
            .optional()?;
        let new = match ours {
            Some(ours) if ours == hash => None,
            Some(_) => bail!("operation {uid} is here already, with other decisions"),
            None => Some((decide::insert_operation(self.transaction, record)?, Sealer::new(record)?)),
        };
        self.open = Some(Open { uid, hash, expected, seen: 0, new });
        Ok(())
    }

    fn decision(&mut self, record: &DecisionRecord) -> Result<()> {
        let open = self.open.as_mut().context("a decision before its operation")?;
        let seq = i64::try_from(open.seen)?;
        open.seen += 1;
        let Some((operation, sealer)) = &mut open.new else { return Ok(()) };
        sealer.add(record)?;
        let operation = *operation;
        let uid = open.uid;
        known_words(record)?;
        let on = self.find(&record.on)?;
        let links = Links {
            answers: record.answers.iter().map(|name| self.named(name, uid)).collect::<Result<_>>()?,
            undoes: record.undoes.as_ref().map(|name| self.named(name, uid)).transpose()?,
        };
        let text = match on {
            Some(Subject::Comment(comment)) if record.action == Action::Flag.as_str() => {
                self.flagged_text(comment, record.snapshot.as_deref())?
            }
            _ => None,
        };
        decide::insert_decision(self.transaction, operation, seq, record, on, &links, text.as_deref())?;
        self.restored.decisions += 1;
        self.restored.waiting += u64::from(on.is_none());
        self.touched.extend(on);
        Ok(())
    }

    /// Ends the operation whose lines have all come.
    fn close(&mut self) -> Result<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        if open.seen != open.expected {
            bail!("operation {} has {} decisions here instead of {}", open.uid, open.seen, open.expected);
        }
        match open.new {
            None => self.restored.known += 1,
            Some((operation, sealer)) => {
                if sealer.hash() != open.hash {
                    bail!("operation {} is not as it was written: its hash does not fit", open.uid);
                }
                decide::seal(self.transaction, operation, &open.hash)?;
                self.restored.added += 1;
            }
        }
        Ok(())
    }

    fn finish(mut self, lines: u64) -> Result<Restored> {
        if lines == 0 {
            bail!("the input is empty");
        }
        self.close().context("at the end")?;
        project::renew_all(self.transaction, std::mem::take(&mut self.touched))?;
        self.restored.disputed =
            self.transaction.query_row("select count(*) from standing where disputed = 1", [], |row| row.get(0))?;
        Ok(self.restored)
    }

    /// The comment or post that a decision names, if it is here.
    fn find(&self, on: &Target) -> Result<Option<Subject>> {
        let Target(sort, kind, scope, key) = on;
        let (table, subject): (_, fn(i64) -> Subject) = match sort.as_str() {
            "comment" => ("comments", |id| Subject::Comment(CommentId(id))),
            "post" => ("posts", |id| Subject::Post(PostId(id))),
            _ => bail!("a decision on something unknown: {sort}"),
        };
        let sql = format!(
            "select t.id from sources s join {table} t on t.source_id = s.id and t.key = ?3
             where s.kind = ?1 and s.scope = ?2"
        );
        let mut statement = self.transaction.prepare_cached(&sql)?;
        Ok(statement.query_row((kind, scope, key), |row| row.get(0)).optional()?.map(subject))
    }

    /// The decision with this portable name, which must belong to an earlier operation.
    fn named(&self, name: &str, before: Uid) -> Result<i64> {
        let (uid, seq) = name.split_once('.').with_context(|| format!("{name} names no decision"))?;
        if uid.parse::<Uid>()? >= before {
            bail!("a decision refers to {name}, which is not earlier");
        }
        self.transaction
            .prepare_cached(
                "select d.id from operations o join decisions d on d.operation_id = o.id where o.uid = ?1 and d.seq = ?2",
            )?
            .query_row((uid, seq.parse::<i64>()?), |row| row.get(0))
            .optional()?
            .with_context(|| format!("a decision refers to {name}, which is neither in the input nor here"))
    }

    /// The text that a flag was set on, if that is one that is held for the comment.
    fn flagged_text(&self, comment: CommentId, snapshot: Option<&str>) -> Result<Option<String>> {
        let Some(snapshot) = snapshot else { return Ok(None) };
        let mut statement = self.transaction.prepare_cached(
            "select text from bodies where comment_id = ?1
             union all select text from revisions where comment_id = ?1",
        )?;
        let mut rows = statement.query([comment.0])?;
        while let Some(row) = rows.next()? {
            let text: String = row.get(0)?;
            if record::snapshot(&text) == snapshot {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }
}

fn head(line: &str) -> Result<()> {
    let wrong = || hint("this is not a log of decisions", "make one with: quell dump > decisions.jsonl");
    let head: Head = serde_json::from_str(line).map_err(|_| wrong())?;
    if head.quell != NAME {
        return Err(wrong());
    }
    if head.version > VERSION {
        return Err(hint("the log was written by a newer quell", "install the newer quell"));
    }
    Ok(())
}

/// The words of a decision must be those of quell, or nothing could read them back.
fn known_words(record: &DecisionRecord) -> Result<()> {
    if Action::from_name(&record.action).is_none() {
        bail!("an unknown action: {}", record.action);
    }
    if let Some(prior) = &record.prior
        && crate::model::Status::from_name(prior).is_none()
    {
        bail!("an unknown status: {prior}");
    }
    if (record.action == Action::Edge.as_str()) != record.edge.is_some() {
        bail!("an edge that says nothing of a parent, or a parent without an edge");
    }
    if record.edge.as_ref().is_some_and(|edge| !matches!(edge.origin, ParentOrigin::Inferred | ParentOrigin::Human)) {
        bail!("an edge that is neither inferred nor a person's");
    }
    if record.reasons.iter().any(|reason| reason.is_empty() || reason.contains(' ')) {
        bail!("a reason that is not a policy id");
    }
    Ok(())
}
