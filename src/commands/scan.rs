//! `quell scan`: all rules over all comments in one pass. Each rule's flags are an operation of their own, made by the
//! rule; a rule at its limits stops before anything of it is written, and what a person decided is left alone.

use std::collections::HashSet;

use anyhow::Result;

use super::bulk::now;
use super::{Context, rules, shape};
use crate::cli;
use crate::error::Exit;
use crate::model::{Act, Action, Actor, CommentId, Deed, Origin, Subject};
use crate::output::listing::{Cell, Listing};
use crate::review::reasons::Reasons;
use crate::rules::{Ready, Remembering, RuleSet, Scanner, Status};
use crate::store::{NewOperation, Store};
use crate::ui::count;

/// A hit with the words that caused it.
struct Found {
    rule: usize,
    comment: CommentId,
    spans: Vec<(u32, u32)>,
    note: Option<String>,
}

/// Scans, and flags or decides what was found.
pub fn run(context: &Context, args: &cli::Scan) -> Result<Exit> {
    let mut store = context.open()?;
    let file = &args.file;
    let set = rules::load(context, &store, file.rules.as_deref(), &file.reasons, &file.queries)?;
    let set = set.running(jiff::Zoned::now().date());
    let reasons = Reasons::load(file.reasons.file.as_deref(), &context.db)?;
    let (mut found, scanned) = sweep(&store, &set)?;
    found.sort_unstable_by_key(|found| (found.rule, found.comment));
    let decided: HashSet<CommentId> = store.verdicts()?.into_iter().map(|(id, _)| id).collect();
    let (mut changed, mut braked) = (0, false);
    let mut rows = Vec::new();
    for (rule, ready) in set.rules.iter().enumerate() {
        let hits: Vec<&Found> = found.iter().filter(|found| found.rule == rule).collect();
        let acts = ready.rule.status == Status::Enforce && args.yes;
        let brake = ready.rule.limits.brake(hits.len() as u64, scanned, acts);
        let mut marked = 0;
        if brake.is_none() && ready.rule.status != Status::Shadow {
            let free = hits.iter().copied().filter(|found| !decided.contains(&found.comment));
            let action = if acts { reasons.get(&ready.rule.reason)?.action } else { Action::Flag };
            marked = mark(&mut store, ready, action, free, args.dry_run)?;
        }
        braked |= brake.is_some();
        changed += marked;
        rows.push((ready, hits.len() as u64, marked, brake.map(|brake| brake.to_string())));
    }
    context.ui.page(|out| {
        let columns = ["rule", "version", "status", "hits", "new", "stopped"];
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), &columns)?;
        for (ready, hits, marked, brake) in rows {
            list.row(vec![
                ready.rule.id.as_str().into(),
                ready.version.as_str().into(),
                ready.rule.status.as_str().into(),
                Cell::Number(hits as i64),
                Cell::Number(marked as i64),
                brake.map_or(Cell::Null, Cell::Text),
            ])?;
        }
        list.end()?;
        Ok(())
    })?;
    let verb = if args.dry_run { "would mark" } else { "marked" };
    context.ui.say(format!("scanned {}; {verb} {}", count(scanned, "comment"), count(changed, "comment")));
    Ok(match (braked, changed) {
        (true, _) => Exit::Partly,
        (false, 0) => Exit::Nothing,
        (false, _) => Exit::Done,
    })
}

/// All hits of all rules, and how many comments there are.
fn sweep(store: &Store, set: &RuleSet) -> Result<(Vec<Found>, u64)> {
    let scanner = Scanner::new(set);
    let shares = store.sweep(&scanner.needs(), &|world, each| {
        let world = Remembering::new(world);
        let mut worker = scanner.worker(&world);
        let (mut found, mut scanned) = (Vec::new(), 0);
        each(&mut |entry| {
            scanned += 1;
            for hit in worker.scan(entry)? {
                let ready = &set.rules[hit.rule];
                let spans = ready.query.spans(entry.text);
                let note = ready.rule.note.as_ref().map(|note| noted(note, entry.text, &spans));
                let spans = spans.into_iter().map(|span| (span.start as u32, span.end as u32)).collect();
                found.push(Found { rule: hit.rule, comment: entry.id, spans, note });
            }
            Ok(())
        })?;
        Ok((found, scanned))
    })?;
    let scanned = shares.iter().map(|(_, scanned)| scanned).sum();
    Ok((shares.into_iter().flat_map(|(found, _)| found).collect(), scanned))
}

/// The longest piece of a comment that a note repeats, in characters.
const QUOTED: usize = 80;

/// A rule's note with the words that were found put in for `{{match}}`.
fn noted(note: &str, text: &str, spans: &[std::ops::Range<usize>]) -> String {
    let words: Vec<&str> = spans.iter().filter_map(|span| text.get(span.clone())).collect();
    note.replace("{{match}}", &words.join(" … ").chars().take(QUOTED).collect::<String>())
}

/// Flags or decides the hits of one rule as one operation; gives how many comments that changed.
fn mark<'f>(
    store: &mut Store,
    ready: &Ready,
    action: Action,
    hits: impl Iterator<Item = &'f Found>,
    dry_run: bool,
) -> Result<u64> {
    let acts: Vec<(CommentId, Act)> = hits
        .map(|found| {
            let reasons = vec![ready.rule.reason.clone()];
            let act = Act { reasons, note: found.note.clone(), spans: found.spans.clone(), ..Act::bare(action) };
            (found.comment, act)
        })
        .collect();
    let actor = Actor { name: ready.rule.id.clone(), origin: Origin::Rule, version: ready.version.clone() };
    let query = ready.expr.to_string();
    let new = NewOperation { actor: &actor, verb: "scan", query: Some(&query), at: now(), dry_run };
    let deeds = acts.iter().map(|(id, act)| Deed { on: Subject::Comment(*id), act, spare_decided: true });
    Ok(store.decide(&new, deeds)?.changed.len() as u64)
}
