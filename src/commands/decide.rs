//! `quell approve`, `remove`, `spam`, `escalate` and `flag`.

use anyhow::Result;

use super::Context;
use super::bulk::{self, Change};
use super::selection::select;
use crate::cli::{Deciding, FlagVerb};
use crate::error::Exit;
use crate::model::{Act, Action, CommentId, Deed, Subject};
use crate::review::reasons::Reasons;
use crate::store::Store;

/// Decides on a selection.
pub fn run(context: &Context, action: Action, args: &Deciding) -> Result<Exit> {
    let mut store = context.open()?;
    let known = Reasons::load(args.file.file.as_deref(), &context.db)?;
    for reason in &args.reasons {
        known.get(reason)?;
    }
    let act = Act { reasons: args.reasons.clone(), note: args.note.clone(), ..Act::bare(action) };
    let selection = select(context, &store, &args.selection, &args.bulk.queries)?;
    let deed = |id: &CommentId, spare_decided| Deed { on: Subject::Comment(*id), act: &act, spare_decided };
    let mut deeds: Vec<Deed<'_>> = selection.ids.iter().map(|id| deed(id, false)).collect();
    let mut doubt = None;
    if args.subtree {
        let below = store.below(&selection.ids)?;
        deeds.extend(below.ids.iter().map(|id| deed(id, true)));
        doubt = unsure(&below.inferred);
    }
    let verb = action.as_str();
    let change = Change { action, verb, selection: &selection, deeds, doubt };
    bulk::make(context, &mut store, &change, &args.bulk)
}

/// Edges less sure than this make a change of a whole branch worth a question.
const SURE: f64 = 0.9;
/// Edges that are listed.
const LISTED: usize = 20;

/// Says which comments of a branch may belong elsewhere.
fn unsure(inferred: &[(CommentId, f64)]) -> Option<String> {
    let unsure: Vec<String> = inferred
        .iter()
        .filter(|(_, confidence)| *confidence < SURE)
        .map(|(id, confidence)| format!("{id} {confidence:.2}"))
        .collect();
    let more = unsure.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!unsure.is_empty()).then(|| {
        format!(
            "less sure than {SURE} that these belong there: {}{more}",
            unsure[..unsure.len().min(LISTED)].join(", ")
        )
    })
}

/// Flags a selection.
pub fn flag(context: &Context, args: &FlagVerb) -> Result<Exit> {
    let mut store: Store = context.open()?;
    let known = Reasons::load(args.file.file.as_deref(), &context.db)?;
    let reason = known.get(&args.reason)?.id.clone();
    let act = Act { reasons: vec![reason], note: args.note.clone(), ..Act::bare(Action::Flag) };
    let selection = select(context, &store, &args.selection, &args.bulk.queries)?;
    let deeds =
        selection.ids.iter().map(|id| Deed { on: Subject::Comment(*id), act: &act, spare_decided: false }).collect();
    let change = Change { action: Action::Flag, verb: "flag", selection: &selection, deeds, doubt: None };
    bulk::make(context, &mut store, &change, &args.bulk)
}
