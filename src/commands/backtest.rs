//! `quell rules backtest`: what rules find in the history, held against what people decided.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Result;

use super::{Context, listed, rules, shape, unscanned};
use crate::cli;
use crate::error::{Exit, hint};
use crate::model::{CommentId, Status};
use crate::output::listing::{Cell, Listing};
use crate::query::Entry;
use crate::rules::Status as RuleStatus;
use crate::rules::{Candidate, Confusion, Interval, Remembering, RuleSet, Scanner, Verdict, overlap, stratified};
use crate::store::Store;
use crate::text::{terminal, width};
use crate::ui::count;

/// What was measured of one rule.
#[derive(Default)]
struct Measured {
    confusion: Confusion,
    hits: Vec<Candidate>,
    spent: Duration,
}

/// Measures the rules that were named, or all.
pub fn run(context: &Context, args: &cli::Backtest) -> Result<Exit> {
    let store = context.open()?;
    let file = &args.file;
    let mut set = rules::load(context, &store, file.rules.as_deref(), &file.reasons, &file.queries)?;
    for id in &args.ids {
        if set.get(id).is_none() {
            return Err(hint(format!("there is no rule {id}"), "list them: quell rules check"));
        }
    }
    set.rules.retain(|ready| match args.ids.as_slice() {
        [] => ready.rule.status != RuleStatus::Retired,
        ids => ids.contains(&ready.rule.id),
    });
    unscanned::note(context, &store, &Scanner::new(&set).needs(), None)?;
    let (mut measured, comments) = measure(&store, &set, args.since.as_deref().map(super::bulk::moment).transpose()?)?;
    measured.iter_mut().for_each(|rule| rule.hits.sort_unstable_by_key(|hit| hit.id));
    let mut rows = 0;
    context.ui.page(|out| {
        let columns = [
            "rule",
            "status",
            "hits",
            "rate",
            "precision",
            "recall",
            "s/o",
            "only",
            "most shared with",
            "µs a comment",
        ];
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), &columns)?;
        for (at, ready) in set.rules.iter().enumerate() {
            let rule = &measured[at];
            let (only, shared) = company(&measured, &set, at);
            list.row(vec![
                ready.rule.id.as_str().into(),
                ready.rule.status.as_str().into(),
                Cell::Number(rule.confusion.hits() as i64),
                format!("{:.3} %", 100.0 * rule.confusion.hits() as f64 / (comments.max(1)) as f64).into(),
                interval(rule.confusion.precision()),
                interval(rule.confusion.recall()),
                rule.confusion.s_o().map_or(Cell::Null, |s_o| format!("{s_o:.3}").into()),
                Cell::Number(only as i64),
                shared.map_or(Cell::Null, Cell::Text),
                format!("{:.2}", rule.spent.as_secs_f64() * 1e6 / comments.max(1) as f64).into(),
            ])?;
        }
        rows = list.end()?;
        for (ready, rule) in set.rules.iter().zip(&measured) {
            let Some(samples) = args.samples else { break };
            writeln!(out, "\n{}: {}", ready.rule.id, ready.rule.query)?;
            for id in stratified(&rule.hits, samples) {
                let Some(comment) = store.comment(id)? else { continue };
                let spans = ready.query.spans(&comment.text);
                writeln!(out, "  {}", sample(id, &comment.text, &spans, context.ui.width))?;
            }
        }
        Ok(())
    })?;
    let decided: u64 = measured.first().map_or(0, |rule| {
        let c = &rule.confusion;
        c.true_hits + c.false_hits + c.false_misses + c.true_misses
    });
    context.ui.say(format!("measured on {}, of which people decided {decided}", count(comments, "comment")));
    Ok(listed(rows))
}

fn measure(store: &Store, set: &RuleSet, since: Option<i64>) -> Result<(Vec<Measured>, u64)> {
    let scanner = Scanner::new(set);
    let mut needs = scanner.needs();
    needs.author = true;
    let verdicts: HashMap<CommentId, Verdict> =
        store.verdicts()?.into_iter().map(|(id, status)| (id, verdict(status))).collect();
    let shares = store.sweep(&needs, &|world, each| {
        let world = Remembering::new(world);
        let mut worker = scanner.worker(&world);
        worker.measure();
        let mut measured: Vec<Measured> = set.rules.iter().map(|_| Measured::default()).collect();
        let mut comments = 0;
        each(&mut |entry: &Entry<'_>| {
            if since.is_some_and(|since| entry.created.is_none_or(|created| created < since)) {
                return Ok(());
            }
            comments += 1;
            let verdict = verdicts.get(&entry.id).copied().unwrap_or(Verdict::Open);
            let hits = worker.scan(entry)?;
            for (rule, measured) in measured.iter_mut().enumerate() {
                let hit = hits.iter().any(|hit| hit.rule == rule);
                measured.confusion.add(hit, verdict);
                if hit {
                    let author = entry.author.or(entry.author_key).map(str::to_owned);
                    measured.hits.push(Candidate { id: entry.id, author, created: entry.created });
                }
            }
            Ok(())
        })?;
        measured.iter_mut().zip(worker.spent()).for_each(|(rule, spent)| rule.spent = *spent);
        Ok((measured, comments))
    })?;
    let mut all: Vec<Measured> = set.rules.iter().map(|_| Measured::default()).collect();
    let mut comments = 0;
    for (share, walked) in shares {
        comments += walked;
        for (all, share) in all.iter_mut().zip(share) {
            all.confusion.merge(&share.confusion);
            all.hits.extend(share.hits);
            all.spent += share.spent;
        }
    }
    Ok((all, comments))
}

fn verdict(status: Status) -> Verdict {
    match status {
        Status::Removed | Status::Spam | Status::Escalated => Verdict::Bad,
        Status::Approved => Verdict::Good,
        Status::Pending | Status::Deleted => Verdict::Open,
    }
}

/// How many hits no other rule has, and the rule that shares most with this one.
fn company(measured: &[Measured], set: &RuleSet, at: usize) -> (u64, Option<String>) {
    let ids = |rule: &Measured| rule.hits.iter().map(|hit| hit.id).collect::<Vec<_>>();
    let own = ids(&measured[at]);
    let mut others = Vec::new();
    let mut most: Option<(f64, &str)> = None;
    for (other, rule) in measured.iter().enumerate().filter(|(other, _)| *other != at) {
        let theirs = ids(rule);
        let share = overlap(&own, &theirs).share().unwrap_or(0.0);
        if share > most.map_or(0.0, |(most, _)| most) {
            most = Some((share, &set.rules[other].rule.id));
        }
        others.extend(theirs);
    }
    others.sort_unstable();
    others.dedup();
    (overlap(&own, &others).first_only, most.map(|(share, id)| format!("{id} {:.0} %", 100.0 * share)))
}

fn interval(interval: Option<Interval>) -> Cell {
    interval.map_or(Cell::Null, |of| format!("{:.3} ({:.3}–{:.3})", of.share, of.low, of.high).into())
}

/// The text around the first place that matched, on one line.
fn sample(id: CommentId, text: &str, spans: &[std::ops::Range<usize>], columns: usize) -> String {
    let start = spans.first().map_or(0, |span| text.floor_char_boundary(span.start.saturating_sub(30)));
    let around = text[start..].split_whitespace().collect::<Vec<_>>().join(" ");
    let line = format!("{id} {}{around}", if start > 0 { "…" } else { "" });
    width::truncate(&terminal::escape(&line), columns.saturating_sub(2)).into()
}
