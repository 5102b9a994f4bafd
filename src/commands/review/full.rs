//! The full screen: reads keys, draws, and does what is wished. The terminal is as before when it ends, however it ends.

use std::io::{self, IsTerminal};
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use signal_hook::consts::{SIGHUP, SIGTERM};

use super::beside::Beside;
use super::desk::Desk;
use super::{fault, told};
use crate::commands::Context;
use crate::commands::bulk::things;
use crate::error::Exit;
use crate::model::Outcome;
use crate::screen::keys::Press;
use crate::screen::{Screen, Verdict, Wish, draw};

/// How long to wait for a key before looking whether anything else has come.
const TICK: Duration = Duration::from_millis(50);

/// Runs until the moderator has had enough, or nothing waits from the start.
pub fn run(context: &Context, desk: &mut Desk, screen: &mut Screen) -> Result<Exit> {
    match sit(context, desk, screen) {
        // A terminal that has gone can be told nothing.
        Err(_) if !io::stdin().is_terminal() => Ok(Exit::Interrupted),
        ended => ended,
    }
}

fn sit(context: &Context, desk: &mut Desk, screen: &mut Screen) -> Result<Exit> {
    let Some(case) = desk.case()? else {
        context.ui.say(if desk.is_blind() { "nothing is left to judge again" } else { "nothing waits" });
        return Ok(Exit::Nothing);
    };
    let stopped = Arc::new(AtomicBool::new(false));
    for signal in [SIGHUP, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stopped)).context("cannot listen for signals")?;
    }
    let beside = Beside::start(context.db.clone(), desk.is_blind());
    beside.ask(case.comment);
    screen.show(Some(case));
    // Also hooks into panics, so that these leave the terminal as it was.
    let mut terminal = Restored(ManuallyDrop::new(ratatui::try_init().context("cannot use the terminal")?));
    let events = events();
    let mut changed = true;
    loop {
        if let Some(aside) = beside.told() {
            screen.add(aside);
            changed = true;
        }
        if changed {
            terminal.0.draw(|frame| draw::draw(frame, screen, context.ui.color))?;
        }
        if stopped.load(Ordering::Relaxed) {
            return Ok(Exit::Interrupted);
        }
        let event = match events.recv_timeout(TICK) {
            Ok(event) => event?,
            Err(RecvTimeoutError::Timeout) if io::stdin().is_terminal() => {
                changed = false;
                continue;
            }
            Err(_) => return Ok(Exit::Interrupted),
        };
        changed = true;
        let Event::Key(key) = event else { continue };
        let Some(press) = press(key) else { continue };
        match screen.press(press) {
            Some(Wish::Quit) => {
                return Ok(if press == Press::Ctrl('c') { Exit::Interrupted } else { Exit::Done });
            }
            Some(wish) => fulfil(desk, screen, &beside, wish),
            None => {}
        }
    }
}

/// What the terminal tells, from a thread of its own: waiting for keys from a terminal that has been closed never comes
/// back.
fn events() -> Receiver<io::Result<Event>> {
    let (told, events) = mpsc::channel();
    std::thread::spawn(move || {
        loop {
            let event = event::read();
            // A signal that interrupts the wait is no fault.
            if matches!(&event, Err(error) if error.kind() == io::ErrorKind::Interrupted) {
                continue;
            }
            let broken = event.is_err();
            if told.send(event).is_err() || broken {
                return;
            }
        }
    });
    events
}

/// Puts the terminal back. One that has gone cannot be put back, and needs not be; the terminal's own end would say so to
/// nobody, which fails.
struct Restored(ManuallyDrop<DefaultTerminal>);

impl Drop for Restored {
    fn drop(&mut self) {
        let _ = self.0.show_cursor();
        let _ = ratatui::try_restore();
    }
}

fn press(key: KeyEvent) -> Option<Press> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return match key.code {
            KeyCode::Char(letter) => Some(Press::Ctrl(letter.to_ascii_lowercase())),
            _ => None,
        };
    }
    match key.code {
        KeyCode::Char(sign) => Some(Press::Char(sign)),
        KeyCode::Tab | KeyCode::BackTab => Press::named("tab"),
        KeyCode::Enter => Press::named("enter"),
        KeyCode::Esc => Press::named("esc"),
        KeyCode::Backspace => Press::named("backspace"),
        KeyCode::Delete => Press::named("delete"),
        KeyCode::Up => Press::named("up"),
        KeyCode::Down => Press::named("down"),
        KeyCode::Left => Press::named("left"),
        KeyCode::Right => Press::named("right"),
        KeyCode::PageUp => Press::named("pageup"),
        KeyCode::PageDown => Press::named("pagedown"),
        KeyCode::Home => Press::named("home"),
        KeyCode::End => Press::named("end"),
        _ => None,
    }
}

/// Does what is wished; what goes wrong is said on the screen, and the work goes on.
fn fulfil(desk: &mut Desk, screen: &mut Screen, beside: &Beside, wish: Wish) {
    let done = match wish {
        Wish::Decide(verdict) => decide(desk, screen, beside, &verdict),
        Wish::Weigh(verdict) => weigh(desk, screen, verdict),
        Wish::Note { on, text } => desk.note(on, &text).and_then(|operation| {
            turn(desk, screen, beside)?;
            match operation {
                Some(operation) => screen.say(format!("noted, operation {operation}"), false),
                None => screen.say("nothing changed", true),
            }
            Ok(())
        }),
        Wish::Undo => undo(desk, screen, beside),
        Wish::Skip => desk.pass().and_then(|()| turn(desk, screen, beside)),
        Wish::Narrow(query) => desk.narrow(&query).and_then(|()| {
            screen.narrowed(&query);
            turn(desk, screen, beside)
        }),
        Wish::Quit => Ok(()),
    };
    if let Err(error) = done {
        let (what, next) = fault(&error);
        // Below the first line a fault of a query points at its place, for which there is no room here.
        let what = what.lines().next().unwrap_or_default();
        let next = next.map(|next| format!("; {next}")).unwrap_or_default();
        screen.say(format!("{what}{next}"), true);
    }
}

/// Shows the comment whose turn it is.
fn turn(desk: &mut Desk, screen: &mut Screen, beside: &Beside) -> Result<()> {
    let case = desk.case()?;
    if let Some(case) = &case {
        beside.ask(case.comment);
    }
    screen.show(case);
    Ok(())
}

fn decide(desk: &mut Desk, screen: &mut Screen, beside: &Beside, verdict: &Verdict) -> Result<()> {
    let waiting = screen.case().map(|case| case.comment);
    let outcome = match desk.decide(verdict, false) {
        Ok(outcome) => outcome,
        Err(error) => {
            turn(desk, screen, beside)?;
            return Err(error);
        }
    };
    if waiting == Some(verdict.on) && outcome.operation.is_some() {
        desk.pass()?;
    }
    turn(desk, screen, beside)?;
    screen.say(told(verdict, &outcome), outcome.operation.is_none());
    Ok(())
}

/// Asks before a decision on many.
fn weigh(desk: &mut Desk, screen: &mut Screen, verdict: Verdict) -> Result<()> {
    let outcome = desk.decide(&verdict, true)?;
    let left = outcome.skipped.len();
    let left = if left > 0 { format!(", leaving {left} alone") } else { String::new() };
    if outcome.changed.is_empty() {
        screen.say(told(&verdict, &outcome), true);
        return Ok(());
    }
    let question = format!("{} {}{left}", verdict.action, things(&outcome.changed));
    screen.confirm(verdict, question);
    Ok(())
}

fn undo(desk: &mut Desk, screen: &mut Screen, beside: &Beside) -> Result<()> {
    let (operation, outcome) = desk.undo()?;
    turn(desk, screen, beside)?;
    let Outcome { changed, skipped, .. } = &outcome;
    let left = if skipped.is_empty() { String::new() } else { format!("; changed later by others: {}", skipped.len()) };
    screen.say(format!("took back operation {operation} on {}{left}", things(changed)), changed.is_empty());
    Ok(())
}
