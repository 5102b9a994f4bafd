//! `quell tag` and `quell note`.

use anyhow::Result;

use super::Context;
use super::bulk::{self, Change};
use super::selection::select;
use crate::cli;
use crate::error::{Exit, hint};
use crate::model::{Act, Action, Deed, Subject};

/// Puts labels on and takes them off.
pub fn run(context: &Context, args: &cli::Tag) -> Result<Exit> {
    let mut store = context.open()?;
    // The two dashes come through as a word, since a word here may begin with one.
    let (tags, comments) = match args.words.iter().position(|word| word == "--") {
        Some(at) if at > 0 && at + 1 < args.words.len() => (&args.words[..at], &args.words[at + 1..]),
        _ => {
            return Err(hint("the comments to tag are missing", "name them after two dashes: quell tag +watch -- c18"));
        }
    };
    // An option here would be taken for a label to take off, or for a part of the query.
    if let Some(option) = args.words.iter().find(|word| word.starts_with("--") && word.len() > 2) {
        let next = format!("options come first: quell tag {option} +watch -- c18");
        return Err(hint(format!("{option} is no label to put on or take off"), next));
    }
    let acts: Vec<Act> = tags.iter().map(|tag| labelling(tag)).collect::<Result<_>>()?;
    let selection = select(context, &store, comments, &args.bulk.queries)?;
    let on_each = |id| acts.iter().map(move |act| Deed { on: Subject::Comment(id), act, spare_decided: false });
    let deeds = selection.ids.iter().flat_map(|id| on_each(*id)).collect();
    let change = Change { action: Action::Tag, verb: "tag", selection: &selection, deeds, doubt: None };
    bulk::make(context, &mut store, &change, &args.bulk)
}

/// What `+name` or `-name` asks for.
fn labelling(word: &str) -> Result<Act> {
    let (action, name) = match (word.strip_prefix('+'), word.strip_prefix('-')) {
        (Some(name), _) => (Action::Tag, name),
        (_, Some(name)) => (Action::Untag, name),
        _ => return Err(unclear(word)),
    };
    if name.is_empty() || name.contains(char::is_whitespace) || name.contains(char::is_control) {
        return Err(unclear(word));
    }
    Ok(Act { tag: Some(name.to_owned()), ..Act::bare(action) })
}

fn unclear(word: &str) -> anyhow::Error {
    hint(format!("{word} is no label to put on or take off"), "write +NAME or -NAME: quell tag +watch -- author:x")
}

/// Writes a remark.
pub fn note(context: &Context, args: &cli::Note) -> Result<Exit> {
    let mut store = context.open()?;
    let act = Act { note: Some(args.text.clone()), ..Act::bare(Action::Note) };
    let selection = select(context, &store, std::slice::from_ref(&args.selection), &args.bulk.queries)?;
    let deeds =
        selection.ids.iter().map(|id| Deed { on: Subject::Comment(*id), act: &act, spare_decided: false }).collect();
    let change = Change { action: Action::Note, verb: "note", selection: &selection, deeds, doubt: None };
    bulk::make(context, &mut store, &change, &args.bulk)
}
