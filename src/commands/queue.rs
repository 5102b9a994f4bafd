//! `quell queue`: what to look at next, and why.

use std::collections::HashMap;

use anyhow::Result;

use super::{Context, Target, bulk, find, listed, queue_mix, shape};
use crate::cli;
use crate::error::{Exit, hint};
use crate::model::CommentId;
use crate::output::listing::{Cell, Listing};
use crate::review::queue::{Item, priority, ranked, terms};
use crate::review::reasons::Reasons;
use crate::store::Store;

const COLUMNS: &[&str] = &["id", "priority", "status", "flags", "claimed", "author", "post", "text"];
const WHY: &[&str] = &["points", "why"];

/// Lists what waits, or explains one place in the list.
pub fn run(context: &Context, args: &cli::Queue) -> Result<Exit> {
    let store = context.open()?;
    let reasons = Reasons::load(args.file.file.as_deref(), &context.db)?;
    let now = bulk::now();
    if let Some(id) = &args.why {
        return why(context, &store, id, &reasons, now, args);
    }
    let own = bulk::actor(&args.moderator).name;
    let claims: HashMap<CommentId, String> =
        store.claims(now)?.into_iter().map(|claim| (claim.comment, claim.moderator)).collect();
    // What somebody else looks at is not next for anybody.
    let free = |comment: CommentId| args.claimed || claims.get(&comment).is_none_or(|by| *by == own);
    if args.mix {
        return queue_mix::run(context, &store, &reasons, args, &free);
    }
    let mut waiting = store.backlog()?;
    let everything = waiting.len();
    waiting.retain(|item| free(item.comment));
    let elsewhere = everything - waiting.len();
    let mut waiting = ranked(waiting, &reasons, now);
    let all = waiting.len();
    if args.limit > 0 {
        waiting.truncate(args.limit);
    }
    let rows = waiting.len();
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), COLUMNS)?;
        for (item, points) in waiting {
            let Some(comment) = store.comment(item.comment)? else { continue };
            list.row(vec![
                item.comment.to_string().into(),
                format!("{points:.2}").into(),
                state(&item).into(),
                marks(&item, &reasons).into(),
                claims.get(&item.comment).cloned().into(),
                comment.author.name.into(),
                item.post.to_string().into(),
                if masked(&item, &reasons) { Cell::from("(hidden; quell show shows it)") } else { comment.text.into() },
            ])?;
        }
        list.end()?;
        Ok(())
    })?;
    tell_elsewhere(context, elsewhere);
    match (rows, all - rows) {
        (0, _) if elsewhere > 0 => {}
        (0, _) => {
            context.ui.say("nothing waits: no open flags, nothing escalated, disputed or edited after its decision");
        }
        (_, 0) => {}
        (_, more) => context.ui.say(format!("and {more} more; see --limit")),
    }
    Ok(listed(rows as u64))
}

/// Says how many wait that others look at just now.
pub fn tell_elsewhere(context: &Context, elsewhere: usize) {
    if elsewhere > 0 {
        context.ui.say(format!("others look at {elsewhere} more; see --claimed"));
    }
}

fn state(item: &Item) -> String {
    match (item.disputed, item.edited) {
        (true, _) => "disputed".to_owned(),
        (_, true) => format!("{}, edited since", item.status),
        _ => item.status.to_string(),
    }
}

/// The reasons of its flags, gravest first, each with the number of flags.
fn marks(item: &Item, reasons: &Reasons) -> String {
    let mut names: Vec<&str> = item.flags.iter().map(|flag| flag.reason.as_str()).collect();
    names.sort_by(|a, b| reasons.severity(b).cmp(&reasons.severity(a)).then(a.cmp(b)));
    let counted = names.chunk_by(|a, b| a == b).map(|same| match same.len() {
        1 => same[0].to_owned(),
        many => format!("{} x{many}", same[0]),
    });
    counted.collect::<Vec<_>>().join(", ")
}

fn masked(item: &Item, reasons: &Reasons) -> bool {
    item.flags.iter().any(|flag| reasons.get(&flag.reason).is_ok_and(|reason| reason.mask))
}

fn why(context: &Context, store: &Store, id: &str, reasons: &Reasons, now: i64, args: &cli::Queue) -> Result<Exit> {
    let Target::Comment(comment) = find(store, id)? else {
        return Err(hint(format!("{id} is a post; only comments wait"), "list what waits: quell queue"));
    };
    let Some(item) = store.waits(comment, &store.records()?)? else {
        context.ui.say(format!("{comment} does not wait for anybody"));
        return Ok(Exit::Nothing);
    };
    let terms = terms(&item, reasons, now);
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), WHY)?;
        list.row(vec![format!("{:.2}", priority(&terms)).into(), format!("priority of {comment}").into()])?;
        for term in terms {
            list.row(vec![format!("{:.2}", term.points).into(), term.why.into()])?;
        }
        list.end()?;
        Ok(())
    })?;
    Ok(Exit::Done)
}
