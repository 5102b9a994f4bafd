//! `quell queue --mix`: of any ten, six of the riskiest, three of the least certain, one at random, out of all that nobody
//! has decided.

use anyhow::Result;

use super::queue::tell_elsewhere;
use super::{Context, listed, shape};
use crate::cli;
use crate::error::Exit;
use crate::model::{CommentId, FlagState};
use crate::output::listing::{Cell, Listing};
use crate::review::reasons::Reasons;
use crate::signals::mix::mix;
use crate::store::Store;

const COLUMNS: &[&str] = &["id", "risk", "by", "status", "flags", "author", "post", "text"];

/// Where the learner is least certain.
const DOUBT: f64 = 0.5;

/// Lists the mix of what is free: what somebody else looks at is not next for anybody.
pub fn run(
    context: &Context,
    store: &Store,
    reasons: &Reasons,
    args: &cli::Queue,
    free: &dyn Fn(CommentId) -> bool,
) -> Result<Exit> {
    let mut undecided = store.undecided()?;
    let everything = undecided.len();
    undecided.retain(|one| free(one.comment));
    let elsewhere = everything - undecided.len();
    let known = undecided.iter().filter(|one| one.risk.is_some()).count();
    let risks: Vec<f64> = undecided.iter().map(|one| one.risk.unwrap_or(0.0)).collect();
    let mut order = mix(&risks, DOUBT, args.seed);
    let all = order.len();
    if args.limit > 0 {
        order.truncate(args.limit);
    }
    let rows = order.len();
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), COLUMNS)?;
        for (place, turn) in order {
            let one = undecided[place];
            let Some(comment) = store.comment(one.comment)? else { continue };
            let open = store.flags(one.comment)?.into_iter().filter(|flag| flag.state == FlagState::Open);
            let flags: Vec<String> = open.map(|flag| flag.reason).collect();
            let masked = flags.iter().any(|reason| reasons.get(reason).is_ok_and(|reason| reason.mask));
            list.row(vec![
                one.comment.to_string().into(),
                one.risk.map(|risk| format!("{risk:.2}")).into(),
                turn.as_str().into(),
                comment.status.to_string().into(),
                flags.join(", ").into(),
                comment.author.name.into(),
                comment.post.to_string().into(),
                if masked { Cell::from("(hidden; quell show shows it)") } else { comment.text.into() },
            ])?;
        }
        list.end()?;
        Ok(())
    })?;
    tell_elsewhere(context, elsewhere);
    if known < all {
        context.ui.say(format!("{} of {all} have no score yet: quell scan, then quell learn", all - known));
    }
    Ok(listed(rows as u64))
}
