//! Lays the screen out: from what the moderator sees and the size of the terminal to lines of toned text, exactly as many
//! as the terminal has. Nothing here knows the drawing library.

use super::case::{Case, Row};
use super::keys::{COMMANDS, Command};
use super::{Line as Typed, Mode, Reach, Screen, side, wrap};
use crate::model::Status;
use crate::text::{terminal, width};

/// The smallest terminal that review works on.
pub const SMALLEST: (usize, usize) = (40, 14);
/// Comments are not laid out wider than this, which is easier to read.
const WIDEST: usize = 110;
/// Columns that an answer stands further in than what it answers.
const STEP: usize = 2;

/// How a piece of text is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    Plain,
    /// What matters less.
    Dim,
    /// Titles.
    Title,
    /// Ids.
    Id,
    /// Authors.
    Author,
    /// What needs attention.
    Alert,
    /// Words that caused a flag.
    Mark,
    /// Keys.
    Key,
}

/// A line of the screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line(pub Vec<(String, Tone)>);

impl Line {
    /// A line of one tone.
    pub fn of(text: impl Into<String>, tone: Tone) -> Self {
        Line(vec![(text.into(), tone)])
    }

    /// Adds a piece.
    #[must_use]
    pub fn and(mut self, text: impl Into<String>, tone: Tone) -> Self {
        self.0.push((text.into(), tone));
        self
    }

    /// Columns that it takes.
    pub fn width(&self) -> usize {
        self.0.iter().map(|(text, _)| width::width(text)).sum()
    }

    /// The line in at most so many columns.
    #[must_use]
    pub fn cut(self, columns: usize) -> Self {
        let mut left = columns;
        let mut out = Vec::with_capacity(self.0.len());
        for (text, tone) in self.0 {
            let cut = width::truncate(&text, left).into_owned();
            left -= width::width(&cut).min(left);
            let whole = cut.len() == text.len();
            out.push((cut, tone));
            if !whole {
                break;
            }
        }
        Line(out)
    }
}

/// Strangers' text for one line.
pub fn flat(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    terminal::escape(&words.join(" ")).into_owned()
}

impl Screen {
    /// What is to be seen on a terminal of this size. Remembers how far the thread can be scrolled.
    pub fn view(&mut self, columns: usize, lines: usize) -> Vec<Line> {
        let (least_columns, least_lines) = SMALLEST;
        let mut out: Vec<Line> = if columns < least_columns || lines < least_lines {
            let words = format!(
                "review needs {least_columns} columns and {least_lines} lines; here are {columns} and {lines}. {} quits",
                self.map.keys(Command::Quit).first().map_or("ctrl-c", String::as_str)
            );
            wrap::lines(&words, &[], columns.max(1)).into_iter().map(plain).collect()
        } else if self.mode == Mode::Explaining {
            self.explained(columns, lines)
        } else {
            let mut out = self.head(columns);
            let mut foot = side::foot(self, columns, lines - least_lines + 7);
            let room = lines.saturating_sub(out.len() + foot.len());
            let mut body = self.body(columns, room);
            body.resize_with(room, Line::default);
            out.append(&mut body);
            out.append(&mut foot);
            out
        };
        out.resize_with(lines, Line::default);
        out.into_iter().map(|line| line.cut(columns)).collect()
    }

    fn head(&self, columns: usize) -> Vec<Line> {
        let blind = if self.blind { " · judging again, unseen" } else { "" };
        let narrowed = if self.query.is_empty() { String::new() } else { format!(" · {}", flat(&self.query)) };
        let left =
            Line::of("quell review", Tone::Title).and(format!(" · {}{blind}{narrowed}", flat(&self.who)), Tone::Dim);
        let Some(case) = &self.case else { return vec![left, Line::default(), rule(columns)] };
        let points = if self.blind { String::new() } else { format!(" · priority {:.2}", case.points) };
        let right = format!("{} of {}{points}", case.place, case.of);
        let gap = columns.saturating_sub(left.width() + width::width(&right));
        let first = if gap < 2 {
            Line::of(right, Tone::Dim)
        } else {
            left.and(" ".repeat(gap), Tone::Plain).and(right, Tone::Dim)
        };
        let title = if case.title.trim().is_empty() { "(no title)".to_owned() } else { flat(&case.title) };
        let second = Line::of(format!("{}  ", case.post), Tone::Id).and(title, Tone::Title);
        vec![first, second, rule(columns)]
    }

    /// The lines of the thread that fit.
    fn body(&mut self, columns: usize, room: usize) -> Vec<Line> {
        let Some(case) = &self.case else {
            let words = "Nothing waits here. The key for undo takes back the last decision of this sitting.";
            return wrap::lines(words, &[], columns).into_iter().map(plain).collect();
        };
        let mut lines = Vec::new();
        let mut at_bar = 0..0;
        if case.more_above {
            lines.push(Line::of("  … more above: quell show", Tone::Dim));
        }
        for (number, row) in case.rows.iter().enumerate() {
            let begin = lines.len();
            self.row(case, number, row, columns, &mut lines);
            if number == self.at {
                at_bar = begin..lines.len();
            }
        }
        if case.more_below {
            lines.push(Line::of("  … more below: quell show", Tone::Dim));
        }
        if self.follow && (at_bar.start < self.scroll || at_bar.end > self.scroll + room) {
            // What does not fit as a whole begins where something of what it answers can still be seen.
            let third = at_bar.start.saturating_sub(room / 3);
            let whole = if at_bar.len() <= room { at_bar.end.saturating_sub(room) } else { 0 };
            self.scroll = third.max(whole);
        }
        self.scroll = self.scroll.min(lines.len().saturating_sub(room));
        let cut_above = self.scroll > 0;
        let cut_below = self.scroll + room < lines.len();
        let mut seen: Vec<Line> = lines.into_iter().skip(self.scroll).take(room).collect();
        if cut_below && let Some(last) = seen.last_mut() {
            *last = Line::of(format!("  … {} scrolls on", self.map.keys(Command::PageDown).join(", ")), Tone::Dim);
        }
        if cut_above && let Some(first) = seen.first_mut() {
            *first = Line::of(format!("  … {} scrolls back", self.map.keys(Command::PageUp).join(", ")), Tone::Dim);
        }
        seen
    }

    fn row(&self, case: &Case, number: usize, row: &Row, columns: usize, lines: &mut Vec<Line>) {
        let columns = columns.min(WIDEST);
        let bar = || {
            let here = if number == case.here { "►" } else { " " };
            Line::of(if number == self.at { "▌" } else { " " }, Tone::Key).and(here, Tone::Alert)
        };
        let deepest = columns / 3 / STEP;
        let indent = " ".repeat(STEP * (row.depth as usize).min(deepest));
        let id = row.comment.to_string();
        let author = if row.author.is_empty() { "(author unknown)".to_owned() } else { flat(&row.author) };
        let head =
            bar().and(indent.clone(), Tone::Plain).and(id, Tone::Id).and(" ", Tone::Plain).and(author, Tone::Author);
        let status = row.status.filter(|status| !matches!(status, Status::Pending | Status::Approved));
        let status = status.map(|status| format!(" [{status}]")).unwrap_or_default();
        let hidden = self.hides(case, number);
        if !self.open.get(number).copied().unwrap_or(false) {
            let text = if hidden.is_some() { "(hidden)".to_owned() } else { flat(beginning(&row.text)) };
            let shown = head.and(status, Tone::Alert).and(format!(": {text}"), Tone::Dim);
            lines.push(shown.cut(columns));
            return;
        }
        let when = if row.when.is_empty() { String::new() } else { format!(" · {}", row.when) };
        lines.push(head.and(when, Tone::Dim).and(status, Tone::Alert));
        let lead = || bar().and(indent.clone(), Tone::Plain).and(" ", Tone::Plain);
        if let Some(why) = hidden {
            let key = self.map.keys(Command::Hide).join(", ");
            lines.push(lead().and(format!("(hidden: {why}; {key} shows it)"), Tone::Alert));
            return;
        }
        if row.text.trim().is_empty() {
            lines.push(lead().and("(no text)", Tone::Dim));
            return;
        }
        let room = columns.saturating_sub(indent.len() + 3).max(1);
        for pieces in wrap::lines(&row.text, &row.marks, room) {
            let tone = |marked| if marked { Tone::Mark } else { Tone::Plain };
            lines.push(pieces.into_iter().fold(lead(), |line, (text, marked)| line.and(text, tone(marked))));
        }
    }

    /// Why the text of a row is hidden, if it is. The key turns it round for the comment that waits.
    fn hides(&self, case: &Case, number: usize) -> Option<String> {
        let mask = case.rows.get(number)?.mask.clone();
        match (number == case.here && self.turned, mask) {
            (false, mask) => mask,
            (true, Some(_)) => None,
            (true, None) => Some("as you asked".to_owned()),
        }
    }

    /// Whether the words of its flags are to be hidden with it.
    pub(super) fn hides_words(&self) -> bool {
        self.case.as_ref().is_some_and(|case| self.hides(case, case.here).is_some())
    }

    /// The keys, in two columns where one has no room.
    fn explained(&self, columns: usize, lines: usize) -> Vec<Line> {
        let line = |(command, _, _, what): &(Command, &str, &[&str], &str)| {
            let keys = self.map.keys(*command).join(", ");
            Line::of(format!("{keys:<16}"), Tone::Key).and((*what).to_owned(), Tone::Plain)
        };
        let all: Vec<Line> = COMMANDS.iter().map(line).collect();
        let mut out = vec![Line::of("any key goes back", Tone::Dim)];
        if all.len() < lines {
            out.extend(all);
            return out;
        }
        let half = all.len().div_ceil(2);
        let wide = columns / 2;
        for (number, left) in all[..half].iter().enumerate() {
            let left = left.clone().cut(wide - 1);
            let gap = " ".repeat(wide - left.width());
            let right = all.get(half + number).map(|line| line.0.clone()).unwrap_or_default();
            out.push(right.into_iter().fold(left.and(gap, Tone::Plain), |line, (text, tone)| line.and(text, tone)));
        }
        out
    }

    /// How far the next decision reaches, in words; nothing for one comment.
    pub(super) fn reach_words(&self) -> Option<String> {
        match self.reach {
            Reach::One => None,
            Reach::Subtree => Some(format!("the next decision takes {} and everything below it", self.on()?)),
            Reach::Copies => {
                let copies = self.aside.as_ref()?.copies.as_ref()?.len();
                Some(format!("the next decision takes {} and {copies} that say the same", self.on()?))
            }
        }
    }

    /// What is being typed, with its name.
    pub(super) fn typed(&self) -> Option<(&'static str, &str)> {
        match &self.mode {
            Mode::Typing { what: Typed::Note(_), text } => Some(("note", text)),
            Mode::Typing { what: Typed::Search, text } => Some(("search", text)),
            _ => None,
        }
    }
}

/// As much of a text as a line can need.
fn beginning(text: &str) -> &str {
    let end = text.char_indices().nth(4 * WIDEST).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// A line across.
pub(super) fn rule(columns: usize) -> Line {
    Line::of("─".repeat(columns), Tone::Dim)
}

fn plain(pieces: Vec<wrap::Piece>) -> Line {
    Line(pieces.into_iter().map(|(text, _)| (text, Tone::Plain)).collect())
}
