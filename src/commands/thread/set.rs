//! `quell thread set`: a person says what comments answer. That wins over the dump and over what was worked out.

use anyhow::Result;

use super::super::bulk::{actor, left_alone, now};
use super::super::{Context, Target, find};
use crate::cli::ThreadSet;
use crate::error::{Exit, hint};
use crate::model::{Act, Answered, Comment, CommentId, Deed, KeptEdge, ParentOrigin, Subject};
use crate::store::{NewOperation, Store};

/// Puts comments where a person says.
pub fn run(context: &Context, args: &ThreadSet) -> Result<Exit> {
    let mut store = context.open()?;
    let comments: Vec<Comment> = args.comments.iter().map(|id| comment(&store, id)).collect::<Result<_>>()?;
    let (to, name) = match args.parent.as_str() {
        "root" | "post" => (Answered::Post, "the post".to_owned()),
        id => {
            let parent = comment(&store, id)?;
            comments.iter().try_for_each(|child| fits(&store, child, &parent))?;
            (Answered::Comment(parent.key), parent.id.to_string())
        }
    };
    let edge = KeptEdge { to, origin: ParentOrigin::Human, grounds: None };
    let act = Act { note: args.note.clone(), ..Act::of_edge(edge) };
    let deeds = comments.iter().map(|child| Deed { on: Subject::Comment(child.id), act: &act, spare_decided: false });
    let ids: Vec<String> = comments.iter().map(|child| child.id.to_string()).collect();
    let (actor, query) = (actor(&args.moderator), format!("{} --parent {}", ids.join(" "), args.parent));
    let new = NewOperation { actor: &actor, verb: "thread set", query: Some(&query), at: now(), dry_run: args.dry_run };
    let outcome = store.decide(&new, deeds)?;
    for line in left_alone(&outcome) {
        context.ui.say(line);
    }
    if outcome.changed.is_empty() {
        context.ui.say("nothing changed");
        return Ok(Exit::Nothing);
    }
    let answers = if ids.len() == 1 { "answers" } else { "answer" };
    let ids = ids.join(", ");
    match outcome.operation {
        Some(number) => {
            context.ui.say(format!("{ids} {answers} {name}, as operation {number}; undo: quell undo {number}"));
        }
        None => context.ui.say(format!("{ids} would answer {name}")),
    }
    Ok(Exit::Done)
}

fn comment(store: &Store, id: &str) -> Result<Comment> {
    let found = match find(store, id)? {
        Target::Comment(comment) => store.comment(comment)?,
        Target::Post(_) => None,
    };
    found.ok_or_else(|| hint(format!("{id} is not a comment"), "the post itself is: --parent root"))
}

/// A comment answers one of its own source and post that does not stand below it.
fn fits(store: &Store, child: &Comment, parent: &Comment) -> Result<()> {
    if child.post != parent.post || child.source != parent.source {
        let next = format!("name a comment of {}; see: quell show {}", child.post, child.post);
        return Err(hint(format!("{} and {} do not hang on the same post", child.id, parent.id), next));
    }
    if child.id == parent.id {
        return Err(hint(format!("{} can't answer itself", child.id), "name another comment, or root for the post"));
    }
    let below: Vec<CommentId> = store.below(&[child.id])?.ids;
    if below.contains(&parent.id) {
        let next = format!("move {} first: quell thread set {} --parent root", parent.id, parent.id);
        return Err(hint(format!("{} stands below {}, so it can't be what that answers", parent.id, child.id), next));
    }
    Ok(())
}
