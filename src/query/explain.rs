//! A query and its plan in words, for `--explain`. The store adds its SQL and its counts.

use std::fmt::{Display, Write};

use jiff::Timestamp;

use super::plan::{Narrow, Plan, UnderTarget};

/// What was read and the plan, a few lines of plain text.
pub fn explain(read: &dyn Display, plan: &Plan) -> String {
    let mut out = format!("query    {read}\nasks     {}\n", line(&plan.narrow));
    let then = match plan.exact {
        true => "nothing more: these are the matches",
        false => "each candidate is matched against the whole query",
    };
    let _ = writeln!(out, "then     {then}");
    let _ = writeln!(out, "needs    {}", needs(plan));
    out
}

fn needs(plan: &Plan) -> String {
    let needs = &plan.needs;
    let named = [
        (needs.text, "text"),
        (needs.author, "author"),
        (needs.post, "post"),
        (needs.source, "source"),
        (needs.thread, "whole threads"),
        (needs.replies, "replies"),
        (needs.history, "author history"),
        (needs.flags, "flags"),
        (needs.decisions, "decisions"),
        (needs.edited_since_decision, "texts as decided"),
        (needs.tags, "tags"),
        (needs.notes, "notes"),
        (needs.duplicate, "duplicates"),
        (needs.lang, "language"),
    ];
    let mut all: Vec<&str> = named.iter().filter(|(needed, _)| *needed).map(|(_, name)| *name).collect();
    all.extend(needs.signals.iter().map(|field| field.name()));
    if all.is_empty() { "the row alone".to_owned() } else { all.join(", ") }
}

/// A condition on one line.
pub(super) fn line(narrow: &Narrow) -> String {
    match narrow {
        Narrow::All => "every comment".to_owned(),
        Narrow::Nothing => "no comment".to_owned(),
        Narrow::And(parts) => all(parts, " and "),
        Narrow::Or(parts) => all(parts, " or "),
        Narrow::Not(inner) => format!("not {}", line(inner)),
        Narrow::Words(phrase) => format!("words {phrase}"),
        Narrow::Author(pattern) => format!("author {pattern}"),
        Narrow::AuthorKind(kinds) => format!("author kind {}", names(kinds)),
        Narrow::Title(pattern) => format!("title {pattern}"),
        Narrow::Source(pattern) => format!("source {pattern}"),
        Narrow::Key(pattern) => format!("source id {pattern}"),
        Narrow::PostKey(pattern) => format!("post's source id {pattern}"),
        Narrow::Ids(ids) if ids.len() > MAX_SHOWN => format!("one of {} comments", ids.len()),
        Narrow::Ids(ids) => names(ids),
        Narrow::Post(id) => format!("post {id}"),
        Narrow::Under(UnderTarget::Comment(id)) => format!("under {id}"),
        Narrow::Under(UnderTarget::Key(pattern)) => format!("under a comment whose source id {pattern}"),
        Narrow::Status(set) => format!("status {}", names(set)),
        Narrow::Kind(set) => format!("kind {}", names(set)),
        Narrow::Is(state) => format!("is {}", format!("{state:?}").to_lowercase()),
        Narrow::HasNote => "has a note".to_owned(),
        Narrow::Created(range) => format!("written {}", time(range)),
        Narrow::Edited(range) => format!("edited {}", time(range)),
        Narrow::Number(field, bounds) => format!("{} {bounds}", field.name()),
        Narrow::Known(field) => format!("{} is known", field.name()),
        Narrow::Label(field, pattern) => format!("{} {pattern}", field.name()),
        Narrow::Relation(relation, inner) => format!("{} {{{}}}", relation.as_str(), line(inner)),
    }
}

fn all(parts: &[Narrow], between: &str) -> String {
    let shown: Vec<_> = parts.iter().take(MAX_SHOWN).map(line).collect();
    let more = parts.len().saturating_sub(MAX_SHOWN);
    let rest = if more > 0 { format!("{between}{more} more") } else { String::new() };
    format!("({}{rest})", shown.join(between))
}

/// How many parts of one conjunction or disjunction are printed.
const MAX_SHOWN: usize = 20;

fn names<T: ToString>(set: &[T]) -> String {
    set.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")
}

fn time(range: &std::ops::Range<i64>) -> String {
    let print =
        |millis| Timestamp::from_millisecond(millis).map_or_else(|_| "ever".to_owned(), |time| time.to_string());
    match (range.start, range.end) {
        (i64::MIN, i64::MAX) => "at a known time".to_owned(),
        (i64::MIN, end) => format!("before {}", print(end)),
        (start, i64::MAX) => format!("from {}", print(start)),
        (start, end) => format!("from {} to before {}", print(start), print(end)),
    }
}
