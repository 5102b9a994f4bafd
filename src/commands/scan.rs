//! `quell scan`: measures what is new or changed, then asks all rules about it. Each rule's flags are an operation of their
//! own, made by the rule; a rule at its limits stops before anything of it is written, and what a person decided is left
//! alone.

use std::collections::HashSet;

use anyhow::Result;

use super::bulk::now;
use super::{Context, rules, shape};
use crate::cli;
use crate::error::Exit;
use crate::model::{Act, Action, Actor, CommentId, Deed, Origin, Subject};
use crate::output::listing::{Cell, Listing};
use crate::query::Rests;
use crate::review::reasons::Reasons;
use crate::rules::{Alarm, Brake, Ready, Status, Stretch, alarm};
use crate::scan::{self, Found};
use crate::store::{NewOperation, RuleScan, Store};
use crate::ui::{Steps, count};

/// What came of one rule.
struct Row<'r> {
    ready: &'r Ready,
    asked: u64,
    hits: u64,
    marked: u64,
    brake: Option<Brake>,
    /// It was stopped before, nothing has changed since, and so it was not asked.
    again: bool,
}

impl Row<'_> {
    /// Why it was stopped, if it was.
    fn stopped(&self) -> Option<String> {
        let brake = self.brake?;
        Some(if self.again { format!("{brake}; not asked again, as nothing has changed") } else { brake.to_string() })
    }
}

/// Scans, and flags or decides what was found.
pub fn run(context: &Context, args: &cli::Scan) -> Result<Exit> {
    let mut store = context.open()?;
    let file = &args.file;
    let set = rules::load(context, &store, file.rules.as_deref(), &file.reasons, &file.queries)?;
    let set = set.running(jiff::Zoned::now().date());
    let reasons = Reasons::load(file.reasons.file.as_deref(), &context.db)?;
    let mut steps = Steps::new(&context.ui);
    let measured = scan::measure(&store, now(), args.all, &mut steps)?;
    let stopped = stopped(&store, &set.rules, args)?;
    let through = through(&store, &set.rules, &stopped, args)?;
    let hits = scan::ask(&store, &set, &through, &mut steps)?;
    steps.clear();
    let decided: HashSet<CommentId> = store.verdicts()?.into_iter().map(|(id, _)| id).collect();
    let mut rows = Vec::new();
    for (at, ready) in set.rules.iter().enumerate() {
        if let Some((was, brake)) = &stopped[at] {
            rows.push(Row { ready, asked: 0, hits: was.hits, marked: 0, brake: Some(*brake), again: true });
            continue;
        }
        let found: Vec<&Found> = hits.found.iter().filter(|found| found.rule == at).collect();
        let mut row =
            Row { ready, asked: hits.asked[at], hits: found.len() as u64, marked: 0, brake: None, again: false };
        let acts = acts(ready, args);
        row.brake = ready.rule.limits.brake(row.hits, row.asked, acts);
        if row.brake.is_none() && ready.rule.status != Status::Shadow {
            let free: Vec<&Found> = found.into_iter().filter(|found| !decided.contains(&found.comment)).collect();
            let action = if acts { reasons.get(&ready.rule.reason)?.action } else { Action::Flag };
            row.marked = mark(&mut store, ready, action, &free, args.dry_run)?;
        }
        if !args.dry_run {
            keep(context, &store, measured.scan, &row, effect(ready, args))?;
        }
        rows.push(row);
    }
    scan::end(&store, &measured, now())?;
    show(context, args, &rows)?;
    let changed = rows.iter().map(|row| row.marked).sum();
    let verb = if args.dry_run { "would mark" } else { "marked" };
    let new = if measured.computed == measured.comments { String::new() } else { format!(" of {}", measured.comments) };
    context.ui.say(format!(
        "scanned {}{new}; {verb} {}",
        count(measured.computed, "comment"),
        count(changed, "comment")
    ));
    Ok(match (rows.iter().any(|row| row.brake.is_some()), changed + measured.computed) {
        (true, _) => Exit::Partly,
        (false, 0) => Exit::Nothing,
        (false, _) => Exit::Done,
    })
}

/// What a scan makes of a rule's hits: a rule whose hits are to be treated otherwise than before is asked about
/// everything again.
fn effect(ready: &Ready, args: &cli::Scan) -> &'static str {
    match ready.rule.status {
        Status::Shadow => "shadow",
        Status::Enforce if args.yes => "enforce",
        _ => "flag",
    }
}

/// Whether a rule's hits are decided at once.
fn acts(ready: &Ready, args: &cli::Scan) -> bool {
    ready.rule.status == Status::Enforce && args.yes
}

/// For each rule that was stopped at a limit that it still has, with nothing changed since that its answers could rest on:
/// what it did then. It would find the same and be stopped again.
fn stopped(store: &Store, rules: &[Ready], args: &cli::Scan) -> Result<Vec<Option<(RuleScan, Brake)>>> {
    let stopped = |ready: &Ready| {
        if args.all || ready.query.rests_on() == Rests::Anything {
            return Ok(None);
        }
        let was = store.rule_stopped(&ready.rule.id, &ready.version, effect(ready, args))?;
        Ok(was.and_then(|was| {
            let brake = ready.rule.limits.brake(was.hits, was.comments, acts(ready, args))?;
            Some((was, brake))
        }))
    };
    rules.iter().map(stopped).collect()
}

/// For each rule that is to be asked the last scan that it was through with.
fn through(
    store: &Store,
    rules: &[Ready],
    stopped: &[Option<(RuleScan, Brake)>],
    args: &cli::Scan,
) -> Result<Vec<Option<i64>>> {
    let through = |(ready, stopped): (&Ready, &Option<_>)| match (stopped, args.all) {
        (Some(_), _) => Ok(None),
        (None, true) => Ok(Some(0)),
        (None, false) => store.rule_through(&ready.rule.id, &ready.version, effect(ready, args)).map(Some),
    };
    rules.iter().zip(stopped).map(through).collect()
}

/// How many scans the alarm looks back on.
const LOOKED_BACK: usize = 500;

/// Keeps what came of a rule, and says so where it is far more than usual.
fn keep(context: &Context, store: &Store, scan: i64, row: &Row<'_>, effect: &str) -> Result<()> {
    let (rule, version) = (&row.ready.rule.id, &row.ready.version);
    let before = store.rule_history(rule, version, scan, LOOKED_BACK)?;
    let before: Vec<Stretch> = before.iter().map(|of| Stretch { hits: of.hits, comments: of.comments }).collect();
    let now = Stretch { hits: row.hits, comments: row.asked };
    if let Alarm::Raised { before, now, chance } = alarm(now, &before) {
        context.ui.say(format!(
            "alarm: {rule} found {:.2} % of what it was asked about, {:.2} % in the scans before; by chance once in {:.0} scans",
            100.0 * now,
            100.0 * before,
            1.0 / chance.max(1e-12),
        ));
    }
    store.write_rule_scan(
        scan,
        &RuleScan {
            rule: rule.clone(),
            version: version.clone(),
            effect: effect.to_owned(),
            comments: row.asked,
            hits: row.hits,
            marked: row.marked,
            done: row.brake.is_none(),
        },
    )
}

fn show(context: &Context, args: &cli::Scan, rows: &[Row<'_>]) -> Result<()> {
    context.ui.page(|out| {
        let columns = ["rule", "version", "status", "asked", "hits", "new", "stopped"];
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), &columns)?;
        for row in rows {
            list.row(vec![
                row.ready.rule.id.as_str().into(),
                row.ready.version.as_str().into(),
                row.ready.rule.status.as_str().into(),
                Cell::Number(row.asked as i64),
                Cell::Number(row.hits as i64),
                Cell::Number(row.marked as i64),
                row.stopped().into(),
            ])?;
        }
        list.end()?;
        Ok(())
    })
}

/// In a rule's note: how many comments hang below the one that was found.
const BELOW: &str = "{{below}}";

/// Flags or decides the hits of one rule as one operation; gives how many comments that changed.
fn mark(store: &mut Store, ready: &Ready, action: Action, hits: &[&Found], dry_run: bool) -> Result<u64> {
    let mut acts: Vec<(CommentId, Act)> = Vec::with_capacity(hits.len());
    for found in hits {
        let mut note = found.note.clone();
        if let Some(with) = note.as_ref().filter(|note| note.contains(BELOW)) {
            note = Some(with.replace(BELOW, &store.below(&[found.comment])?.ids.len().to_string()));
        }
        let reasons = vec![ready.rule.reason.clone()];
        let act = Act { reasons, note, spans: found.spans.clone(), score: found.score, ..Act::bare(action) };
        acts.push((found.comment, act));
    }
    let actor = Actor { name: ready.rule.id.clone(), origin: Origin::Rule, version: ready.version.clone() };
    let query = ready.expr.to_string();
    let new = NewOperation { actor: &actor, verb: "scan", query: Some(&query), at: now(), dry_run };
    let deeds = acts.iter().map(|(id, act)| Deed { on: Subject::Comment(*id), act, spare_decided: true });
    Ok(store.decide(&new, deeds)?.changed.len() as u64)
}
