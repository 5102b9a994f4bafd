//! `quell review`: what waits, one comment at a time, one key or one line a decision. `desk` reads and decides, `full` is
//! the terminal, `lines` the form for scripts and screen readers; what is seen is `crate::screen`.

mod beside;
mod desk;
mod full;
mod lines;
mod load;

use std::io::{IsTerminal, stdin, stdout};

use anyhow::Result;

use super::{Context, bulk};
use crate::cli;
use crate::error::{Exit, hint};
use crate::model::{Outcome, Skip};
use crate::review::reasons::Reasons;
use crate::review::sample::Size;
use crate::screen::keys::Keymap;
use crate::screen::menu::Menu;
use crate::screen::{Screen, Verdict};
use crate::ui::count;
use desk::{Desk, Work};

/// Works through the queue, or through a sample.
pub fn run(context: &Context, args: &cli::Review) -> Result<Exit> {
    let store = context.open()?;
    let reasons = Reasons::load(args.file.file.as_deref(), &context.db)?;
    let map = Keymap::load(args.keys.as_deref(), &context.db)?;
    let menu = Menu::of(&reasons, &map.reasons)?;
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    if !args.json && (dumb || !stdin().is_terminal() || !stdout().is_terminal()) {
        return Err(hint("review needs a terminal", "a line for each item and each decision: quell review --json"));
    }
    let size: Size = args.sample.parse().map_err(|want| hint(format!("{} is no sample", args.sample), want))?;
    let work = if args.blind { Work::Sample(size, args.seed) } else { Work::Queue };
    let actor = bulk::actor(&args.moderator);
    let who = actor.name.clone();
    let mut desk = Desk::open(store, actor, reasons, args.queries.clone(), work)?;
    let query = args.query.join(" ");
    if !query.is_empty() {
        desk.narrow(&query)?;
    }
    let exit = if args.json {
        lines::run(context, &mut desk)
    } else {
        let mut screen = Screen::new(map, menu, &who, args.blind);
        screen.narrowed(&query);
        full::run(context, &mut desk, &mut screen)
    };
    // Claims are given back however it ended.
    let closed = desk.close();
    let exit = exit?;
    closed?;
    if !args.json {
        context.ui.say(format!("changed {}", count(desk.changed, "comment")));
    }
    Ok(match exit {
        Exit::Done if desk.changed == 0 => Exit::Nothing,
        exit => exit,
    })
}

/// What came of a decision, in words.
fn told(verdict: &Verdict, outcome: &Outcome) -> String {
    let reasons = verdict.reasons.join(" ");
    let because = if reasons.is_empty() { String::new() } else { format!(" for {reasons}") };
    let mut words = match outcome.operation {
        Some(operation) => {
            format!("{} {}{because}, operation {operation}", verdict.action, bulk::things(&outcome.changed))
        }
        None => "nothing changed".to_owned(),
    };
    let left = outcome.skipped.iter().filter(|(_, skip)| !matches!(skip, Skip::Already)).count();
    if left > 0 {
        words.push_str(&format!("; left alone: {left} decided by people or taken back by their authors"));
    } else if outcome.operation.is_none() {
        words.push_str(": it is so already");
    }
    words
}

/// An error in one line.
fn fault(error: &anyhow::Error) -> (String, Option<String>) {
    let next = error.chain().find_map(|cause| cause.downcast_ref::<crate::error::Hint>()).map(|hint| hint.next.clone());
    (format!("{error:#}"), next)
}
