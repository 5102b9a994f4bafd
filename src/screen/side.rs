//! The lower part of the screen: why the comment is here, its author, its copies; then the menu of reasons, the question,
//! the line being typed, or the keys.

use super::case::{Case, Why};
use super::keys::Command;
use super::view::{Line, Tone, flat, rule};
use super::{Mode, Screen};
use crate::model::{Action, CommentId};
use crate::text::width;

/// Columns of the names at the left.
const NAMES: usize = 8;
/// Flags and notes that are shown before the rest is counted.
const MOST: usize = 4;
/// Columns that an entry of the menu wants.
const ENTRY: usize = 26;

/// The lower part, in at most so many lines.
pub fn foot(screen: &Screen, columns: usize, most: usize) -> Vec<Line> {
    let mut last = last_lines(screen, columns, most);
    let mut out = vec![rule(columns)];
    if let Some(case) = &screen.case
        && !matches!(screen.mode, Mode::Choosing { .. })
    {
        let room = most.saturating_sub(last.len() + 2);
        out.extend(facts(screen, case, columns).into_iter().take(room));
        out.push(rule(columns));
    }
    out.append(&mut last);
    out
}

/// The first few of some comments.
fn first(comments: &[CommentId]) -> String {
    let first: Vec<String> = comments.iter().take(8).map(ToString::to_string).collect();
    let more = if comments.len() > first.len() { " …" } else { "" };
    format!("{}{more}", first.join(" "))
}

/// What is known about the case.
fn facts(screen: &Screen, case: &Case, columns: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(reach) = screen.reach_words() {
        lines.push(Line::of(reach, Tone::Alert));
    }
    let mut why: Vec<Line> = case.why.iter().map(|why| why_line(why, screen.hides_words())).collect();
    if why.len() > MOST {
        let more = why.len() + 1 - MOST;
        why.truncate(MOST - 1);
        why.push(Line::of(format!("and {more} more: quell queue --why {}", case.comment), Tone::Dim));
    }
    named(&mut lines, "why", why);
    if let Some(aside) = &screen.aside {
        let facts = aside.author.iter().map(|fact| flat(fact)).collect::<Vec<_>>().join(" · ");
        let copies = match aside.copies.as_deref() {
            None => "…".to_owned(),
            Some([]) => "none elsewhere".to_owned(),
            Some(copies) => format!("{} elsewhere: {}", copies.len(), first(copies)),
        };
        let near = match aside.near.as_slice() {
            [] => String::new(),
            near => format!("; {} nearly the same: {}", near.len(), first(near)),
        };
        let room = columns.saturating_sub(NAMES);
        let facts = if facts.is_empty() { "nothing known".to_owned() } else { facts };
        let mut author = String::new();
        width::wrap(&facts, room, "", &mut author);
        named(&mut lines, "author", author.lines().take(2).map(|line| Line::of(line, Tone::Plain)).collect());
        if !screen.blind {
            named(&mut lines, "copies", vec![Line::of(format!("{copies}{near}"), Tone::Plain)]);
        }
    } else {
        named(&mut lines, "author", vec![Line::of("…", Tone::Dim)]);
    }
    let notes = case
        .notes
        .iter()
        .rev()
        .take(2)
        .map(|(by, note)| Line::of(format!("{}: ", flat(by)), Tone::Author).and(flat(note), Tone::Plain));
    named(&mut lines, "notes", notes.collect());
    lines
}

/// Lines with a name before the first.
fn named(out: &mut Vec<Line>, name: &str, lines: Vec<Line>) {
    for (number, line) in lines.into_iter().enumerate() {
        let name = if number == 0 { name } else { "" };
        let begin = Line::of(format!("{name:<NAMES$}"), Tone::Dim);
        out.push(line.0.into_iter().fold(begin, |all, (text, tone)| all.and(text, tone)));
    }
}

fn why_line(why: &Why, hidden: bool) -> Line {
    let mut line = Line::of(flat(&why.what), Tone::Alert);
    if let Some(value) = why.value {
        line = line.and(format!(" {value:.2}"), Tone::Plain);
    }
    if let Some(by) = &why.by {
        line = line.and(format!(" by {}", flat(by)), Tone::Plain);
    }
    if !why.words.is_empty() && !hidden {
        let words: Vec<String> = why.words.iter().map(|words| flat(words)).collect();
        line = line.and(": ", Tone::Plain).and(words.join(" … "), Tone::Mark);
    }
    match &why.note {
        Some(note) => line.and(format!(" ({})", flat(note)), Tone::Dim),
        None => line,
    }
}

/// The lines at the very bottom.
fn last_lines(screen: &Screen, columns: usize, most: usize) -> Vec<Line> {
    let mut lines = match &screen.mode {
        Mode::Choosing { action, above } => menu(screen, *action, above, columns, most.saturating_sub(2)),
        Mode::Asking { question, .. } => {
            vec![
                Line::of(format!("{question}? "), Tone::Alert)
                    .and("y", Tone::Key)
                    .and(" / ", Tone::Dim)
                    .and("n", Tone::Key),
            ]
        }
        Mode::Typing { .. } => screen.typed().map(|(name, text)| typed(name, text, columns)).into_iter().collect(),
        Mode::Looking | Mode::Explaining => vec![hints(screen, columns)],
    };
    if let Some(said) = &screen.said {
        let tone = if said.alert { Tone::Alert } else { Tone::Title };
        lines.insert(0, Line::of(flat(&said.text), tone));
    }
    lines
}

/// The line being typed; its end stays in sight.
fn typed(name: &str, text: &str, columns: usize) -> Line {
    let text = flat_typed(text);
    let room = columns.saturating_sub(name.len() + 4);
    let mut from = 0;
    while width::width(&text[from..]) > room {
        from += text[from..].chars().next().map_or(1, char::len_utf8);
    }
    Line::of(format!("{name}: "), Tone::Title).and(&text[from..], Tone::Plain).and("▏", Tone::Key)
}

/// What was typed, spaces as they are.
fn flat_typed(text: &str) -> String {
    crate::text::terminal::escape(text).into_owned()
}

/// As many of the keys as fit.
fn hints(screen: &Screen, columns: usize) -> Line {
    let shown = [
        (Command::Approve, "approve"),
        (Command::Remove, "remove"),
        (Command::Spam, "spam"),
        (Command::Escalate, "escalate"),
        (Command::Skip, "skip"),
        (Command::Undo, "undo"),
        (Command::Quit, "quit"),
        (Command::Keys, "keys"),
    ];
    let mut line = Line::default();
    for (command, word) in shown {
        if let Some(key) = screen.map.keys(command).first() {
            let gap = if line.0.is_empty() { "" } else { "  " };
            let longer =
                line.clone().and(gap, Tone::Plain).and(key.clone(), Tone::Key).and(format!(" {word}"), Tone::Dim);
            if longer.width() <= columns {
                line = longer;
            }
        }
    }
    line
}

/// The reasons by letter, in columns.
fn menu(screen: &Screen, action: Action, above: &str, columns: usize, most: usize) -> Vec<Line> {
    let on = screen.on().map(|on| on.to_string()).unwrap_or_default();
    let waits = screen.case.as_ref().filter(|case| Some(case.comment) == screen.on());
    let flagged: Vec<&str> = waits.map_or_else(Vec::new, Case::reasons);
    let own = if above.is_empty() { flagged.first().copied() } else { Some(above) };
    let mut quick = Line::of("enter", Tone::Key).and(format!(" {}  ", flat(own.unwrap_or("no reason"))), Tone::Plain);
    for (number, reason) in flagged.iter().enumerate().skip(usize::from(above.is_empty())).take(3) {
        quick = quick.and((number + 1).to_string(), Tone::Key).and(format!(" {}  ", flat(reason)), Tone::Plain);
    }
    quick = quick.and("esc", Tone::Key).and(" not now", Tone::Dim);
    let mut lines = vec![Line::of(format!("{action} {on}: for which reason?"), Tone::Title), quick];
    let entries = screen.menu.below(above);
    let wide = (columns / ENTRY).max(1);
    let tall = entries.len().div_ceil(wide).clamp(1, most.max(3) - 2);
    for number in 0..tall {
        let mut line = Line::default();
        for (place, entry) in entries.iter().skip(number).step_by(tall).take(wide).enumerate() {
            let gap = (place * (columns / wide)).saturating_sub(line.width());
            let word = entry.id.strip_prefix(above).unwrap_or(&entry.id).trim_start_matches('.');
            let more = if entry.deeper { " ›" } else { "" };
            line = line.and(" ".repeat(gap), Tone::Plain).and(entry.letter.to_string(), Tone::Key);
            line = line.and(format!(" {word}{more}"), Tone::Plain);
            if wide == 1 || entries.len() <= tall {
                line = line.and(format!("  {}", flat(&entry.meaning)), Tone::Dim);
            }
        }
        lines.push(line);
    }
    lines
}
