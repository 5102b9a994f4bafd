//! What every change of many comments has in common: who does it, what is shown before it, the question, and the words
//! after it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write, stderr, stdin};

use anyhow::Result;

use super::Context;
use super::selection::Selection;
use crate::cli::{Bulk, Moderator};
use crate::error::{Exit, hint};
use crate::model::{Action, Actor, CommentId, Deed, Origin, Outcome, Skip, Subject};
use crate::output::hits::quoted;
use crate::query::DatePoint;
use crate::store::{NewOperation, Store};
use crate::text::{terminal, width};
use crate::ui::count;

/// Comments that are shown before a change.
const SAMPLES: usize = 5;
/// Ids that are listed where something was left alone.
const LISTED: usize = 20;

/// A command that changes comments or posts.
pub struct Change<'a> {
    /// What it does, for its words.
    pub action: Action,
    /// The verb that was typed.
    pub verb: &'a str,
    /// What was asked for, and the query that found it, whose matches samples show.
    pub selection: &'a Selection,
    /// Everything that is to be done.
    pub deeds: Vec<Deed<'a>>,
    /// What makes it worth a question even where it is one comment.
    pub doubt: Option<String>,
}

/// The moderator who acts: as said, else the user's name, else "moderator".
pub fn actor(moderator: &Moderator) -> Actor {
    let named = |name: &String| !name.trim().is_empty();
    let user = || std::env::var("USER").ok().filter(|name| !name.trim().is_empty());
    let name = moderator.name.clone().filter(named).or_else(user).unwrap_or_else(|| "moderator".to_owned());
    Actor { name, origin: Origin::Person, version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// Milliseconds since 1970.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A day, or so long before now, as milliseconds since 1970.
pub fn moment(text: &str) -> Result<i64> {
    let point = DatePoint::read(text)
        .ok_or_else(|| hint(format!("{text} is no day"), "want a day such as 2026-05-01, or so long ago: 7d, 2w"))?;
    Ok(point.range(now()).start)
}

/// Makes a change: shows it first and asks where that is due, and says what came of it.
pub fn make(context: &Context, store: &mut Store, change: &Change<'_>, bulk: &Bulk) -> Result<Exit> {
    let actor = actor(&bulk.moderator);
    let new = NewOperation {
        actor: &actor,
        verb: change.verb,
        query: Some(&change.selection.text),
        at: now(),
        dry_run: bulk.dry_run,
    };
    if bulk.dry_run {
        let outcome = store.decide(&new, change.deeds.iter().copied())?;
        let mut out = context.ui.stdout();
        preview(context, store, change, &outcome, &mut out)?;
        out.flush()?;
        return Ok(if outcome.changed.is_empty() { Exit::Nothing } else { Exit::Done });
    }
    if !bulk.yes && (change.deeds.len() > 1 || change.doubt.is_some()) {
        let dry = NewOperation { dry_run: true, ..new };
        let outcome = store.decide(&dry, change.deeds.iter().copied())?;
        if (outcome.changed.len() > 1 || (change.doubt.is_some() && !outcome.changed.is_empty()))
            && !agreed(context, store, change, &outcome)?
        {
            context.ui.say("nothing was changed");
            return Ok(Exit::Nothing);
        }
    }
    let outcome = store.decide(&new, change.deeds.iter().copied())?;
    Ok(told(context, change.action, &outcome))
}

/// Asks on a terminal; elsewhere it is an error to change many comments without `--yes`.
fn agreed(context: &Context, store: &Store, change: &Change<'_>, outcome: &Outcome) -> Result<bool> {
    if !stdin().is_terminal() || !stderr().is_terminal() {
        let doubt = change.doubt.as_ref().map(|doubt| format!("; {doubt}")).unwrap_or_default();
        return Err(hint(
            format!("{} would change {}{doubt}", change.verb, things(&outcome.changed)),
            "add --yes to do it, or -n to see what would happen",
        ));
    }
    preview(context, store, change, outcome, &mut stderr())?;
    eprint!("{} {}? [y/N] ", change.verb, things(&outcome.changed));
    stderr().flush()?;
    let mut answer = String::new();
    stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Count, authors, posts, samples, and what would be left alone.
fn preview(
    context: &Context,
    store: &Store,
    change: &Change<'_>,
    outcome: &Outcome,
    out: &mut dyn Write,
) -> Result<()> {
    writeln!(out, "{} would change {}", change.verb, things(&outcome.changed))?;
    if let Some(doubt) = &change.doubt {
        writeln!(out, "  {doubt}")?;
    }
    let mut comments: Vec<CommentId> = outcome.changed.iter().filter_map(|on| comment(*on)).collect();
    comments.dedup();
    if comments.len() > 1 {
        let mut authors: BTreeMap<String, u64> = BTreeMap::new();
        let mut posts: BTreeMap<String, u64> = BTreeMap::new();
        for &id in &comments {
            let Some((author, post)) = store.author_and_post(id)? else { continue };
            *authors.entry(author.unwrap_or_else(|| "(nobody known)".to_owned())).or_default() += 1;
            *posts.entry(post.to_string()).or_default() += 1;
        }
        writeln!(out, "  by author: {}", ranking(&authors))?;
        writeln!(out, "  by post: {}", ranking(&posts))?;
    }
    // Samples are spread over the whole, so that the ends of a selection don't stand for all of it.
    let step = comments.len().div_ceil(SAMPLES).max(1);
    for &id in comments.iter().step_by(step) {
        let Some(comment) = store.comment(id)? else { continue };
        let author = comment.author.name.as_deref().unwrap_or("(nobody known)");
        let spans = change.selection.query.as_ref().map(|query| query.spans(&comment.text)).unwrap_or_default();
        let text = quoted(&comment.text, &spans, context.ui.width);
        let line =
            format!("{id} {}: {}", terminal::escape(author), text.split_whitespace().collect::<Vec<_>>().join(" "));
        writeln!(out, "  {}", width::truncate(&line, context.ui.width.saturating_sub(2)))?;
    }
    for line in left_alone(outcome) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// The five most frequent.
fn ranking(counts: &BTreeMap<String, u64>) -> String {
    let mut ranked: Vec<(&String, &u64)> = counts.iter().collect();
    ranked.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
    let mut parts: Vec<String> =
        ranked.iter().take(5).map(|(name, number)| format!("{} {number}", terminal::escape(name))).collect();
    if ranked.len() > 5 {
        parts.push(format!("and {} more", ranked.len() - 5));
    }
    parts.join(", ")
}

/// Says what came of it.
pub fn told(context: &Context, action: Action, outcome: &Outcome) -> Exit {
    for line in left_alone(outcome) {
        context.ui.say(line);
    }
    match outcome.operation {
        Some(operation) => {
            let (before, after) = words(action);
            let what = things(&outcome.changed);
            context.ui.say(format!("{before} {what}{after} as operation {operation}; undo: quell undo {operation}"));
            Exit::Done
        }
        None => {
            context.ui.say("nothing changed");
            Exit::Nothing
        }
    }
}

/// One line for each sort of thing that was left alone, with the ids.
pub fn left_alone(outcome: &Outcome) -> Vec<String> {
    let mut by_why: BTreeMap<String, Vec<Subject>> = BTreeMap::new();
    for (on, skip) in &outcome.skipped {
        by_why.entry(terminal::escape(&why(skip)).into_owned()).or_default().push(*on);
    }
    let line = |(why, mut subjects): (String, Vec<Subject>)| {
        subjects.sort_unstable();
        subjects.dedup();
        let mut ids: Vec<String> = subjects.iter().take(LISTED).map(|on| name(*on)).collect();
        if subjects.len() > LISTED {
            ids.push(format!("and {} more", subjects.len() - LISTED));
        }
        format!("left alone, {why}: {}", ids.join(" "))
    };
    by_why.into_iter().map(line).collect()
}

/// Why something was left alone, in words.
pub fn why(skip: &Skip) -> String {
    match skip {
        Skip::Deleted => "taken back by the author".to_owned(),
        Skip::Already => "so already".to_owned(),
        Skip::Decided { by } => format!("decided by {by}"),
        Skip::ChangedLater { operation } => format!("changed later, in operation {operation}"),
        Skip::Missing => "not there".to_owned(),
    }
}

/// How subjects are counted: "3 comments", "1 post".
pub fn things(subjects: &[Subject]) -> String {
    // A comment that gets two labels is one comment.
    let subjects: BTreeSet<Subject> = subjects.iter().copied().collect();
    let comments = subjects.iter().filter(|on| comment(**on).is_some()).count() as u64;
    match (comments, subjects.len() as u64 - comments) {
        (0, posts) if posts > 0 => count(posts, "post"),
        (comments, 0) => count(comments, "comment"),
        (comments, posts) => format!("{} and {}", count(comments, "comment"), count(posts, "post")),
    }
}

/// The id of a subject.
pub fn name(on: Subject) -> String {
    match on {
        Subject::Comment(id) => id.to_string(),
        Subject::Post(id) => id.to_string(),
    }
}

fn comment(on: Subject) -> Option<CommentId> {
    match on {
        Subject::Comment(id) => Some(id),
        Subject::Post(_) => None,
    }
}

/// The words around the count, once it is done.
fn words(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::Approve => ("approved", ""),
        Action::Remove => ("removed", ""),
        Action::Spam => ("put", " into spam"),
        Action::Escalate => ("escalated", ""),
        Action::Lock => ("locked", ""),
        Action::Unlock => ("unlocked", ""),
        Action::Note => ("wrote a note on", ""),
        Action::Tag | Action::Untag => ("tagged", ""),
        Action::Flag => ("flagged", ""),
        Action::Edge => ("placed", ""),
        Action::Undo => ("took back the decisions on", ""),
    }
}
