//! `quell log`: what was decided, by whom and why; and whether the log is whole.

use std::io::Write;

use anyhow::Result;

use super::selection::select;
use super::{Context, bulk, listed, shape};
use crate::cli;
use crate::error::{Exit, hint};
use crate::model::{Decision, Precision, Time};
use crate::output::listing::{Cell, Listing};
use crate::output::time::rfc3339;
use crate::store::{LogFilter, Store};

const OPERATIONS: &[&str] = &["operation", "when", "by", "verb", "changes", "undone", "query", "uid"];
const DECISIONS: &[&str] = &[
    "id",
    "operation",
    "when",
    "by",
    "action",
    "reasons",
    "tag",
    "prior",
    "parent",
    "was",
    "revision",
    "undone",
    "note",
];

/// Lists operations or decisions, or verifies.
pub fn run(context: &Context, args: &cli::Log) -> Result<Exit> {
    let store = context.open()?;
    let text = args.what.join(" ");
    let since = args.since.as_deref().map(bulk::moment).transpose()?;
    if text.is_empty() {
        return operations(context, &store, args, since);
    }
    if text == "verify" {
        return verify(context, &store);
    }
    let mut decisions = Vec::new();
    let wanted = |decision: &Decision| {
        args.by.as_ref().is_none_or(|by| decision.actor.name == *by) && since.is_none_or(|at| decision.at >= at)
    };
    if let Ok(operation) = text.parse::<i64>() {
        store.decisions_of(operation, &mut |decision| {
            decisions.push(decision);
            Ok(())
        })?;
        if decisions.is_empty() {
            return Err(hint(format!("there is no operation {operation}"), "list them: quell log"));
        }
    } else {
        for id in select(context, &store, &args.what, &args.queries)?.ids {
            decisions.extend(store.decisions_on(id)?);
        }
    }
    decisions.retain(wanted);
    let shape = shape(&args.list, &context.ui);
    let rows = decisions.len() as u64;
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape, DECISIONS)?;
        for decision in decisions {
            list.row(cells(decision))?;
        }
        list.end()?;
        Ok(())
    })?;
    Ok(listed(rows))
}

fn cells(decision: Decision) -> Vec<Cell> {
    vec![
        decision.on.map(bulk::name).into(),
        decision.operation.into(),
        when(decision.at).into(),
        decision.actor.name.into(),
        decision.action.as_str().into(),
        decision.reasons.join(" ").into(),
        decision.tag.into(),
        decision.prior.map(|status| status.as_str()).into(),
        decision.moved.as_ref().map(|moved| moved.to.to_string()).into(),
        decision.moved.as_ref().map(|moved| moved.from.to_string()).into(),
        decision.revision.map(i64::from).into(),
        if decision.undone { "undone" } else { "" }.into(),
        decision.note.into(),
    ]
}

fn operations(context: &Context, store: &Store, args: &cli::Log, since: Option<i64>) -> Result<Exit> {
    let filter = LogFilter { by: args.by.clone(), since, limit: args.limit };
    let shape = shape(&args.list, &context.ui);
    let mut rows = 0;
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape, OPERATIONS)?;
        store.operations(&filter, &mut |operation| {
            list.row(vec![
                operation.id.into(),
                when(operation.at).into(),
                operation.actor.name.into(),
                operation.verb.into(),
                operation.decisions.into(),
                operation.undone.into(),
                operation.query.into(),
                operation.uid.to_string().into(),
            ])
        })?;
        rows = list.end()?;
        Ok(())
    })?;
    if rows == 0 {
        context.ui.say("nothing has been decided yet");
    }
    Ok(listed(rows))
}

fn verify(context: &Context, store: &Store) -> Result<Exit> {
    let verified = store.verify_log()?;
    if let Some(operation) = verified.broken {
        return Err(hint(
            format!("operation {operation} is not as it was written"),
            "everything before it is whole; restore the file from a copy, or the log from a dump",
        ));
    }
    let mut out = context.ui.stdout();
    writeln!(out, "{} operations, all as they were written", verified.operations)?;
    if verified.operations > 0 {
        writeln!(out, "head {}", verified.head)?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// A moment of the log, in UTC.
pub fn when(millis: i64) -> Option<String> {
    rfc3339(Time { millis, offset: Some(0), precision: Precision::Exact })
}
