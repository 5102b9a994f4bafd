//! `quell stats`: the database in numbers, and with `--rules` how each rule has done.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Context, listed, shape};
use crate::cli;
use crate::error::Exit;
use crate::model::Time;
use crate::output::listing::{Cell, Listing};
use crate::output::time::rfc3339;
use crate::rules::wilson;
use crate::store::{RuleScan, Store};

/// Counts.
pub fn run(context: &Context, args: &cli::Stats) -> Result<Exit> {
    let store = context.open()?;
    if args.rules {
        return rules(context, &store, args);
    }
    let tallies = store.tallies()?;
    let mut rows = 0;
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), &["what", "of", "count"])?;
        for tally in tallies {
            let of = if tally.of.is_empty() { Cell::Null } else { tally.of.into() };
            list.row(vec![tally.what.into(), of, tally.count.into()])?;
        }
        rows = list.end()?;
        Ok(())
    })?;
    Ok(listed(rows))
}

/// How one version of a rule has done.
#[derive(Default)]
struct History {
    scans: u64,
    asked: u64,
    hits: u64,
    marked: u64,
    last: Option<(i64, RuleScan)>,
}

const COLUMNS: &[&str] = &[
    "rule",
    "version",
    "status",
    "last scan",
    "asked",
    "hits",
    "rate",
    "scans before",
    "hits before",
    "rate before",
    "marked in all",
    "open",
    "upheld",
    "dismissed",
    "precision",
];

fn rules(context: &Context, store: &Store, args: &cli::Stats) -> Result<Exit> {
    let mut histories: BTreeMap<(String, String), History> = BTreeMap::new();
    for (_, started, of) in store.rule_scans()? {
        let history = histories.entry((of.rule.clone(), of.version.clone())).or_default();
        if let Some((_, before)) = history.last.take() {
            history.scans += 1;
            history.asked += before.comments;
            history.hits += before.hits;
        }
        history.marked += of.marked;
        history.last = Some((started, of));
    }
    let fates = store.fates()?;
    // Rules whose flags came with a dump of decisions have no scans here.
    fates.keys().for_each(|key| {
        histories.entry(key.clone()).or_default();
    });
    let mut rows = 0;
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), COLUMNS)?;
        for ((rule, version), history) in histories {
            let fate = fates.get(&(rule.clone(), version.clone())).copied().unwrap_or_default();
            let last = history.last.as_ref().map(|(_, last)| last);
            let precision = wilson(fate.upheld, fate.upheld + fate.dismissed);
            let when = history.last.as_ref().and_then(|(started, _)| Time::utc(*started)).and_then(rfc3339);
            list.row(vec![
                rule.into(),
                version.into(),
                last.map_or(Cell::Null, |last| last.effect.as_str().into()),
                when.into(),
                last.map_or(Cell::Null, |last| last.comments.into()),
                last.map_or(Cell::Null, |last| last.hits.into()),
                last.map_or(Cell::Null, |last| rate(last.hits, last.comments)),
                history.scans.into(),
                history.hits.into(),
                rate(history.hits, history.asked),
                history.marked.into(),
                fate.open.into(),
                fate.upheld.into(),
                fate.dismissed.into(),
                precision.map_or(Cell::Null, |of| format!("{:.3} ({:.3}–{:.3})", of.share, of.low, of.high).into()),
            ])?;
        }
        rows = list.end()?;
        Ok(())
    })?;
    if rows == 0 {
        context.ui.say("no rule has run yet: quell scan");
    }
    Ok(listed(rows))
}

fn rate(hits: u64, comments: u64) -> Cell {
    if comments == 0 { Cell::Null } else { format!("{:.3} %", 100.0 * hits as f64 / comments as f64).into() }
}
