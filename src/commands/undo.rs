//! `quell undo`: takes operations back, and what was taken back does again.

use anyhow::Result;

use super::Context;
use super::bulk::{actor, left_alone, now, things};
use crate::cli;
use crate::error::Exit;
use crate::store::{NewOperation, Undo};

/// Takes back what was named.
pub fn run(context: &Context, args: &cli::UndoVerb) -> Result<Exit> {
    let mut store = context.open()?;
    let actor = actor(&args.moderator);
    let (what, query) = match (&args.operation, &args.rule) {
        (Some(operation), _) => (Undo::Operation(*operation), operation.to_string()),
        (None, Some(rule)) => {
            let since = args.since.unwrap_or(i64::MIN);
            (Undo::Rule { id: rule.clone(), since }, format!("rule {rule}"))
        }
        (None, None) => (Undo::Last { by: (!args.any).then(|| actor.name.clone()) }, "last".to_owned()),
    };
    let new = NewOperation { actor: &actor, verb: "undo", query: Some(&query), at: now(), dry_run: args.dry_run };
    let (operations, outcome) = store.undo(&new, &what)?;
    for line in left_alone(&outcome) {
        context.ui.say(line);
    }
    let named = match operations.as_slice() {
        [one] => format!("operation {one}"),
        many => format!("{} operations", many.len()),
    };
    let what = things(&outcome.changed);
    if outcome.changed.is_empty() {
        context.ui.say("there is nothing to undo");
        return Ok(Exit::Nothing);
    }
    match outcome.operation {
        Some(number) => {
            context.ui.say(format!("undid {named} on {what} as operation {number}; do it again: quell undo {number}"));
        }
        None => context.ui.say(format!("undo would take back {named} on {what}")),
    }
    Ok(Exit::Done)
}
