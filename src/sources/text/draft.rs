//! A comment as it was cut out of the page, before it gets a key: author, date and body told apart.

use std::collections::{HashMap, HashSet};

use jiff::tz::TimeZone;

use super::dates::Stamp;
use super::furniture::without_reply_link;
use super::head::{Head, bare_name, below, head};
use super::lines::Lines;
use super::list::{Entry, Link};
use crate::model::AuthorEvidence;

/// A comment that was cut out of the page.
pub struct Draft<'t> {
    /// The line it begins in.
    pub line: usize,
    /// Its printed number.
    pub number: Option<u64>,
    /// Its author's name.
    pub name: Option<String>,
    /// What that rests on.
    pub evidence: AuthorEvidence,
    /// An e-mail address printed beside the name.
    pub email: Option<&'t str>,
    /// Its date, as printed and as understood.
    pub date: Option<(&'t str, Stamp)>,
    /// Its text.
    pub body: String,
    /// What it answers.
    pub link: Link,
    /// Numbers missing before it.
    pub hole: u64,
    /// Whether it might as well be text of the comment above.
    pub unsure: bool,
}

impl<'t> Draft<'t> {
    /// A comment of a list without nesting.
    pub fn flat(
        line: usize,
        number: Option<u64>,
        head: &Head<'t>,
        date: Option<(&'t str, Stamp)>,
        body: String,
    ) -> Self {
        Draft {
            line,
            number,
            name: head.name.map(str::to_owned),
            evidence: if head.name.is_some() { AuthorEvidence::HeadLine } else { AuthorEvidence::Nothing },
            email: head.email,
            date: head.date.zip(head.stamp).or(date),
            body,
            link: Link::Top,
            hole: 0,
            unsure: false,
        }
    }
}

/// List entries as comments.
pub fn drafts<'t>(lines: &Lines<'t>, entries: &[Entry<'t>], zone: Option<&TimeZone>) -> Vec<Draft<'t>> {
    let known: HashSet<&str> =
        entries.iter().filter(|e| !e.own.is_empty()).filter_map(|entry| entry.head?.name).collect();
    let bare = bare_heads(lines, entries);
    entries.iter().map(|entry| draft(lines, entry, &known, bare, zone)).collect()
}

fn draft<'t>(
    lines: &Lines<'t>,
    entry: &Entry<'t>,
    known: &HashSet<&str>,
    bare: bool,
    zone: Option<&TimeZone>,
) -> Draft<'t> {
    let columns = body_column(lines, entry);
    let head = entry_head(lines, entry, known, bare, zone);
    let (date, body) = match head {
        Some(_) => {
            let (date, rest) = below(lines, &entry.own, zone);
            (date, lines.body(None, rest, columns))
        }
        None => (None, lines.body(Some(entry.mark.head), &entry.own, columns)),
    };
    let head = head.unwrap_or(Head { name: None, email: None, date: None, stamp: None });
    let number = entry.mark.number;
    let flat = Draft::flat(entry.line, number, &head, date, body);
    Draft { link: entry.link, hole: entry.hole, unsure: entry.unsure, ..flat }
}

/// The head line of an entry. A comment that consists of one is taken for words ("My doctor says") unless the name is
/// an author of the page.
fn entry_head<'t>(
    lines: &Lines<'t>,
    entry: &Entry<'t>,
    known: &HashSet<&str>,
    bare: bool,
    zone: Option<&TimeZone>,
) -> Option<Head<'t>> {
    let text = entry.mark.head;
    if entry.head.is_some() {
        let empty =
            entry.own.is_empty() && !entry.head.and_then(|head| head.name).is_some_and(|name| known.contains(name));
        return if empty { None } else { head(text, zone) };
    }
    let dated = below(lines, &entry.own, zone).0.is_some();
    let named = (bare && follows_blank(lines, entry)) || dated;
    let name = bare_name(text).filter(|_| named)?;
    Some(Head { name: Some(name), email: None, date: None, stamp: None })
}

/// Whether the theme prints bare names: most entries begin with a short line that could be one, and a blank line.
fn bare_heads(lines: &Lines<'_>, entries: &[Entry<'_>]) -> bool {
    let short = entries
        .iter()
        .filter(|entry| entry.head.is_none() && follows_blank(lines, entry) && bare_name(entry.mark.head).is_some());
    entries.len() >= 3 && short.count() * 3 >= entries.len() * 2
}

fn follows_blank(lines: &Lines<'_>, entry: &Entry<'_>) -> bool {
    !entry.own.is_empty() && lines.blank(entry.line + 1)
}

/// The column that the body stands in: two right of the marker in the usual renderers, below the marker's text in others.
fn body_column(lines: &Lines<'_>, entry: &Entry<'_>) -> usize {
    let usual = entry.mark.column + 2;
    let least = entry.own.iter().map(|line| lines.column(*line)).min().unwrap_or(usual);
    least.clamp(usual, entry.mark.head_column.max(usual))
}

/// Takes the reply links off the ends of bodies, if the page prints them: at two comments or more, or at its only one.
pub fn drop_reply_links(drafts: &mut [Draft<'_>]) {
    let kept = |draft: &Draft<'_>| without_reply_link(&draft.body).len();
    let linked = drafts.iter().filter(|draft| kept(draft) < draft.body.len()).count();
    if linked < 2 && drafts.len() > 1 {
        return;
    }
    for draft in drafts {
        draft.body.truncate(kept(draft));
    }
}

/// Authors by signature: a last paragraph that is a name of two words or more and ends two comments without a head line,
/// or a name that the page gives in a head line.
pub fn sign(drafts: &mut [Draft<'_>]) {
    let known: HashSet<String> =
        drafts.iter().filter_map(|draft| draft.name.as_deref()).map(str::to_lowercase).collect();
    let open = |draft: &Draft<'_>| if draft.name.is_none() { signature(&draft.body).map(str::to_owned) } else { None };
    let mut ends: HashMap<String, u32> = HashMap::new();
    for name in drafts.iter().filter_map(open) {
        *ends.entry(name).or_default() += 1;
    }
    for draft in drafts {
        let Some(name) = open(draft) else { continue };
        let twice = ends.get(&name).is_some_and(|count| *count >= 2) && name.contains(' ');
        if twice || known.contains(&name.to_lowercase()) {
            draft.name = Some(name);
            draft.evidence = AuthorEvidence::Signature;
        }
    }
}

/// The last paragraph of a text of several, if it is one short line of capitalised words.
fn signature(body: &str) -> Option<&str> {
    let (_, last) = body.rsplit_once("\n\n")?;
    let last = last.trim_start_matches(['—', '–', '-', '~', ' ']);
    let words = last.split_whitespace();
    let capital = |word: &str| {
        word.starts_with(char::is_uppercase) && word.chars().all(|c| c.is_alphabetic() || ".'’-".contains(c))
    };
    let polite = FAREWELLS.contains(&last.trim_end_matches(['.', '!']).to_lowercase().as_str());
    let short = last.len() <= 40 && words.clone().count() <= 4 && !last.contains('\n');
    (short && !polite && words.clone().all(capital) && bare_name(last).is_some()).then_some(last)
}

/// What people end a text with instead of a name.
const FAREWELLS: &[&str] = &[
    "thank you",
    "thanks",
    "many thanks",
    "best regards",
    "kind regards",
    "regards",
    "cheers",
    "god bless",
    "amen",
    "good luck",
    "well done",
    "just saying",
    "the end",
    "happy new year",
    "merry christmas",
    "vielen dank",
    "danke",
    "viele grüße",
    "liebe grüße",
    "grüße",
    "merci",
    "gracias",
    "grazie",
];
