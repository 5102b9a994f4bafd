//! The screen of `quell review`, without a terminal and without a database: keys go in, wishes come out (`Screen::press`),
//! and what is to be seen is lines of toned text (`view`). Tests are function calls.
//!
//! `case` is what is put before the moderator, `keys` what each key does, `menu` the reasons by letter, `view` and `side`
//! lay the screen out, `wrap` breaks texts into lines, `draw` alone knows the drawing library.
//!
//! Not here: reading the queue and deciding (`commands::review`).

pub mod case;
pub mod draw;
pub mod keys;
pub mod menu;
mod side;
#[cfg(test)]
mod tests;
pub mod view;
mod wrap;

use crate::model::{Action, CommentId};
use case::{Aside, Case};
use keys::{Command, Keymap, Press};
use menu::Menu;

/// What the moderator wants, for somebody who can do it.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// Find out what a decision on many would change; [`Screen::confirm`] then asks.
    Weigh(Verdict),
    /// Decide.
    Decide(Verdict),
    /// Write a remark.
    Note {
        /// On which comment.
        on: CommentId,
        /// What it says.
        text: String,
    },
    /// Take back the last decision of this sitting.
    Undo,
    /// Leave the comment for later.
    Skip,
    /// Only what this query finds; all where it is empty.
    Narrow(String),
    /// Stop.
    Quit,
}

/// A decision, not yet made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The comment.
    pub on: CommentId,
    /// What is decided.
    pub action: Action,
    /// Policy ids, the one that counts first.
    pub reasons: Vec<String>,
    /// A remark that stays with the decision.
    pub note: Option<String>,
    /// What else it takes.
    pub scope: Scope,
}

/// How far a decision reaches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// The comment alone.
    #[default]
    One,
    /// Everything below it too.
    Subtree,
    /// These comments too, which say the same.
    Copies(Vec<CommentId>),
}

/// What the keys mean at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// A comment is looked at; keys are commands.
    Looking,
    /// A reason is wanted, among those below this one.
    Choosing {
        /// What will be decided.
        action: Action,
        /// The reason that the menu refines; empty for the first menu.
        above: String,
    },
    /// Yes or no.
    Asking {
        /// What is asked about.
        verdict: Verdict,
        /// The question, without its mark.
        question: String,
    },
    /// A line is typed.
    Typing {
        /// What for.
        what: Line,
        /// What has been typed.
        text: String,
    },
    /// The keys are explained.
    Explaining,
}

/// What a typed line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// A remark on this comment.
    Note(CommentId),
    /// A query.
    Search,
}

/// Everything that the moderator sees and has begun.
#[derive(Debug, Clone)]
pub struct Screen {
    map: Keymap,
    menu: Menu,
    /// Who is at work, for the first line.
    who: String,
    /// Whether earlier decisions are kept from the moderator.
    blind: bool,
    case: Option<Case>,
    aside: Option<Aside>,
    /// For each row, whether its whole text is shown.
    open: Vec<bool>,
    /// The row at the bar.
    at: usize,
    /// The first line of the thread that is shown.
    scroll: usize,
    /// Whether the bar's row is to be brought into view.
    follow: bool,
    reach: Reach,
    /// Whether the hidden text is shown, or a text that is not hidden is hidden.
    turned: bool,
    mode: Mode,
    said: Option<Said>,
    last: Option<(Action, Vec<String>)>,
    query: String,
}

/// How far the next decision is to reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    One,
    Subtree,
    Copies,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The words.
    pub text: String,
    /// Whether something went wrong.
    pub alert: bool,
}

impl Screen {
    /// An empty screen for this moderator.
    pub fn new(map: Keymap, menu: Menu, who: &str, blind: bool) -> Self {
        Screen {
            map,
            menu,
            who: who.to_owned(),
            blind,
            case: None,
            aside: None,
            open: Vec::new(),
            at: 0,
            scroll: 0,
            follow: true,
            reach: Reach::One,
            turned: false,
            mode: Mode::Looking,
            said: None,
            last: None,
            query: String::new(),
        }
    }

    /// Puts a case before the moderator, or says that there is none. The bar stays where it was if the comment is the same.
    pub fn show(&mut self, case: Option<Case>) {
        let same = match (&self.case, &case) {
            (Some(old), Some(new)) => old.comment == new.comment,
            _ => false,
        };
        self.at = case.as_ref().map_or(0, |case| case.here);
        self.open = case.iter().flat_map(|case| (0..case.rows.len()).map(|row| row == case.here)).collect();
        self.reach = Reach::One;
        self.mode = Mode::Looking;
        self.follow = true;
        if !same {
            self.scroll = 0;
            self.turned = false;
            self.aside = None;
        }
        self.case = case;
    }

    /// Adds what took longer to find out, if it still belongs to what is shown.
    pub fn add(&mut self, aside: Aside) {
        if self.case.as_ref().is_some_and(|case| case.comment == aside.comment) {
            self.aside = Some(aside);
        }
    }

    /// Says something in the last line, until the next key.
    pub fn say(&mut self, text: impl Into<String>, alert: bool) {
        self.said = Some(Said { text: text.into(), alert });
    }

    /// Asks before a decision on many.
    pub fn confirm(&mut self, verdict: Verdict, question: String) {
        self.mode = Mode::Asking { verdict, question };
    }

    /// What the queue is narrowed to, for the first line.
    pub fn narrowed(&mut self, query: &str) {
        query.clone_into(&mut self.query);
    }

    /// The case before the moderator.
    pub fn case(&self) -> Option<&Case> {
        self.case.as_ref()
    }

    /// What the keys mean.
    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// The comment at the bar, which decisions are about.
    pub fn on(&self) -> Option<CommentId> {
        self.case.as_ref().and_then(|case| case.rows.get(self.at)).map(|row| row.comment)
    }

    /// A key was pressed.
    pub fn press(&mut self, press: Press) -> Option<Wish> {
        self.said = None;
        if press == Press::Ctrl('c') {
            return Some(Wish::Quit);
        }
        match std::mem::replace(&mut self.mode, Mode::Looking) {
            Mode::Looking => self.map.command(press).and_then(|command| self.command(command)),
            // Any key but quit takes the keys away again; the one that was meant can then be seen to work.
            Mode::Explaining => match self.map.command(press) {
                Some(Command::Quit) => Some(Wish::Quit),
                _ => None,
            },
            Mode::Choosing { action, above } => self.choose(press, action, above),
            Mode::Asking { verdict, question } => match press {
                Press::Char('y' | 'Y') => Some(self.decided(verdict)),
                Press::Char('n' | 'N') | Press::Named("esc") => {
                    self.reach = Reach::One;
                    None
                }
                _ => {
                    self.mode = Mode::Asking { verdict, question };
                    None
                }
            },
            Mode::Typing { what, text } => self.type_in(press, what, text),
        }
    }

    fn command(&mut self, command: Command) -> Option<Wish> {
        match command {
            Command::Quit => return Some(Wish::Quit),
            Command::Undo => return Some(Wish::Undo),
            Command::Keys => self.mode = Mode::Explaining,
            Command::Search if self.blind => self.say("a sample cannot be narrowed", true),
            Command::Search => self.mode = Mode::Typing { what: Line::Search, text: String::new() },
            _ => return self.on_case(command),
        }
        None
    }

    /// Commands that want a comment.
    fn on_case(&mut self, command: Command) -> Option<Wish> {
        let on = self.on()?;
        match command {
            Command::Approve => return self.pass(Action::Approve, Vec::new()),
            Command::Remove => self.mode = Mode::Choosing { action: Action::Remove, above: String::new() },
            Command::Spam => self.mode = Mode::Choosing { action: Action::Spam, above: "spam".to_owned() },
            Command::Escalate => self.mode = Mode::Choosing { action: Action::Escalate, above: String::new() },
            Command::Repeat => match self.last.clone() {
                Some((action, reasons)) => return self.pass(action, reasons),
                None => self.say("nothing has been decided yet that could be repeated", true),
            },
            Command::Skip => return Some(Wish::Skip),
            Command::Note => self.mode = Mode::Typing { what: Line::Note(on), text: String::new() },
            Command::Subtree | Command::Copies => self.widen(command == Command::Subtree),
            Command::Hide => self.turned = !self.turned,
            Command::PageDown => self.page(true),
            Command::PageUp => self.page(false),
            _ => self.walk(command),
        }
        None
    }

    /// Turns a wider reach on or off.
    fn widen(&mut self, subtree: bool) {
        let wanted = if subtree { Reach::Subtree } else { Reach::Copies };
        if self.blind {
            return self.say("a comment of a sample is judged by itself", true);
        }
        if self.reach == wanted {
            self.reach = Reach::One;
            return;
        }
        let copies = self.aside.as_ref().and_then(|aside| aside.copies.as_deref());
        match (subtree, copies) {
            (true, _) => self.reach = wanted,
            _ if self.case.as_ref().map(|case| case.comment) != self.on() => {
                self.say("copies are known of the waiting comment only; move the bar there", true);
            }
            (false, None) => self.say("copies are still being looked for", true),
            (false, Some([])) => self.say("nothing else says the same", true),
            (false, Some(_)) => self.reach = wanted,
        }
    }

    fn page(&mut self, on: bool) {
        self.follow = false;
        // The view knows how much fits, and stops at the ends.
        self.scroll = if on { self.scroll.saturating_add(PAGE) } else { self.scroll.saturating_sub(PAGE) };
    }

    /// Moves the bar, or folds.
    fn walk(&mut self, command: Command) {
        let Some(case) = &self.case else { return };
        let depth = case.rows.get(self.at).map_or(0, |row| row.depth);
        let last = case.rows.len().saturating_sub(1);
        let to = match command {
            Command::Down => Some((self.at + 1).min(last)),
            Command::Up => Some(self.at.saturating_sub(1)),
            Command::Left => case.rows[..self.at].iter().rposition(|row| row.depth < depth),
            Command::Right => case.rows.get(self.at + 1).filter(|row| row.depth > depth).map(|_| self.at + 1),
            _ => {
                if let Some(open) = self.open.get_mut(self.at) {
                    *open = !*open;
                }
                None
            }
        };
        self.follow = true;
        if let Some(to) = to.filter(|to| *to != self.at) {
            self.at = to;
            self.reach = Reach::One;
        }
    }

    fn choose(&mut self, press: Press, action: Action, above: String) -> Option<Wish> {
        let flagged: Vec<String> = match &self.case {
            Some(case) if case.comment == self.on()? => case.reasons().into_iter().map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        match press {
            Press::Named("esc") => return None,
            Press::Named("backspace") => {
                let above = above.rsplit_once('.').map_or_else(String::new, |(above, _)| above.to_owned());
                self.mode = Mode::Choosing { action, above };
                return None;
            }
            Press::Named("enter") => {
                let reason = if above.is_empty() { flagged.into_iter().next() } else { Some(above) };
                return self.pass(action, reason.into_iter().collect());
            }
            Press::Char(digit @ '1'..='9') => {
                let nth = digit as usize - '1' as usize;
                if let Some(reason) = flagged.into_iter().nth(nth) {
                    return self.pass(action, vec![reason]);
                }
            }
            Press::Char(letter) => {
                let entry = self.menu.below(&above).iter().find(|entry| entry.letter == letter).cloned();
                match entry {
                    Some(entry) if entry.deeper => {
                        self.mode = Mode::Choosing { action, above: entry.id };
                        return None;
                    }
                    Some(entry) => return self.pass(action, vec![entry.id]),
                    None => {}
                }
            }
            _ => {}
        }
        self.say(format!("no reason has the key {press} here; esc leaves the comment as it is"), true);
        self.mode = Mode::Choosing { action, above };
        None
    }

    /// A decision is complete: one comment is decided at once, many are weighed first.
    fn pass(&mut self, action: Action, reasons: Vec<String>) -> Option<Wish> {
        let scope = match (self.reach, &self.aside) {
            (Reach::Subtree, _) => Scope::Subtree,
            (Reach::Copies, Some(aside)) => Scope::Copies(aside.copies.clone().unwrap_or_default()),
            _ => Scope::One,
        };
        let verdict = Verdict { on: self.on()?, action, reasons, note: None, scope };
        if verdict.scope == Scope::One { Some(self.decided(verdict)) } else { Some(Wish::Weigh(verdict)) }
    }

    fn decided(&mut self, verdict: Verdict) -> Wish {
        self.last = Some((verdict.action, verdict.reasons.clone()));
        Wish::Decide(verdict)
    }

    fn type_in(&mut self, press: Press, what: Line, mut text: String) -> Option<Wish> {
        match press {
            Press::Named("esc") => return None,
            Press::Named("enter") => {
                let text = text.trim().to_owned();
                return match what {
                    Line::Search => Some(Wish::Narrow(text)),
                    Line::Note(on) => (!text.is_empty()).then_some(Wish::Note { on, text }),
                };
            }
            Press::Named("backspace") => {
                text.pop();
            }
            Press::Ctrl('u') => text.clear(),
            Press::Ctrl('w') => text.truncate(text.trim_end().rfind(' ').map_or(0, |at| at + 1)),
            Press::Char(sign) => text.push(sign),
            _ => {}
        }
        self.mode = Mode::Typing { what, text };
        None
    }
}

/// Lines that a page scrolls.
const PAGE: usize = 8;
