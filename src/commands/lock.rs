//! `quell lock` and `quell unlock`: posts that take no more replies.

use anyhow::Result;

use super::bulk::{actor, left_alone, now, things, told};
use super::{Context, Target, find};
use crate::cli::Moderator;
use crate::error::{Exit, hint};
use crate::model::{Act, Action, Deed, PostId, Subject};
use crate::store::{NewOperation, Store};

/// Locks posts, or unlocks them.
pub fn run(
    context: &Context,
    action: Action,
    posts: &[String],
    note: Option<String>,
    dry_run: bool,
    moderator: &Moderator,
) -> Result<Exit> {
    let mut store = context.open()?;
    let ids: Vec<PostId> = posts.iter().map(|id| post(&store, id)).collect::<Result<_>>()?;
    let act = Act { note, ..Act::bare(action) };
    let deeds = ids.iter().map(|id| Deed { on: Subject::Post(*id), act: &act, spare_decided: false });
    let query = posts.join(" ");
    let actor = actor(moderator);
    let new = NewOperation { actor: &actor, verb: action.as_str(), query: Some(&query), at: now(), dry_run };
    let outcome = store.decide(&new, deeds)?;
    if dry_run {
        for line in left_alone(&outcome) {
            context.ui.say(line);
        }
        context.ui.say(format!("{action} would change {}", things(&outcome.changed)));
        return Ok(if outcome.changed.is_empty() { Exit::Nothing } else { Exit::Done });
    }
    Ok(told(context, action, &outcome))
}

fn post(store: &Store, id: &str) -> Result<PostId> {
    match find(store, id)? {
        Target::Post(post) => Ok(post),
        Target::Comment(comment) => {
            let next = match store.author_and_post(comment)? {
                Some((_, post)) => format!("lock its post: quell lock {post}"),
                None => "list the posts: quell posts".to_owned(),
            };
            Err(hint(format!("{comment} is a comment; only posts are locked"), next))
        }
    }
}
