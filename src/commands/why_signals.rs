//! `quell show ID --why`, the part on flags and signals: each flag with its words, each stored value with its version and
//! the words that made it, in the original spelling; for off-topic what the comment was compared with.

use std::collections::HashMap;
use std::io::Write;
use std::ops::Range;

use anyhow::Result;

use super::why_learned;
use crate::model::{Comment, CommentId, Origin};
use crate::query::{Field, ScorerName};
use crate::signals::offtopic::likeness::nearest_sentence;
use crate::signals::offtopic::markers::Empty;
use crate::signals::offtopic::rarity::Rarity;
use crate::signals::offtopic::{self, Discussion, FEWEST_WORDS, Remark};
use crate::signals::{Reads, Reason, SIGNALS, Subject, version_of};
use crate::store::{Posting, Signals, Store};
use crate::text::terminal;

/// Words shown for one value or flag.
const MOST_WORDS: usize = 8;
/// Characters shown of one stretch of words.
const LONGEST: usize = 60;

/// Writes what is known of a comment and why.
pub fn write(store: &Store, comment: &Comment, out: &mut dyn Write) -> Result<()> {
    flags(store, comment, out)?;
    let Some(stored) = store.signals(comment.id)? else {
        writeln!(out, "  not scanned yet, or not since it changed: quell scan")?;
        return scores(store, comment, out);
    };
    let subject = Subject::new(&comment.text);
    for signal in SIGNALS {
        let Some(field) = Field::from_name(signal.name) else { continue };
        let version = version_of(&stored.detectors, signal.name).unwrap_or_default();
        match signal.reads {
            Reads::Text { value, why } => {
                // What is not stored is read off the text whenever it is asked for.
                let value = if Field::STORED.contains(&field) { stored.get(field) } else { value(&subject) };
                line(out, field, value, version)?;
                // A value of nothing needs no words, and what abstains has none.
                if value.is_some_and(|value| value > 0.0) {
                    reasons(out, &comment.text, &why(&subject))?;
                }
            }
            Reads::Thread => {
                line(out, field, stored.get(field), version)?;
                thread(store, comment, out)?;
            }
        }
    }
    copies(store, comment.id, &stored, out)?;
    let lang = stored.lang.as_deref().unwrap_or("unclear");
    writeln!(out, "  lang      {lang:<8} version {}", version_of(&stored.detectors, "lang").unwrap_or_default())?;
    scores(store, comment, out)
}

fn flags(store: &Store, comment: &Comment, out: &mut dyn Write) -> Result<()> {
    for flag in store.flags(comment.id)? {
        let by = match flag.actor.origin {
            Origin::Rule => format!("the rule {}@{}", flag.actor.name, flag.actor.version),
            _ => flag.actor.name.clone(),
        };
        let score = flag.score.map(|score| format!(", score {score}")).unwrap_or_default();
        let (reason, state) = (&flag.reason, flag.state.as_str());
        writeln!(out, "  flagged {reason} by {}{score}, {state}", terminal::escape(&by))?;
        if let Some(note) = &flag.note {
            writeln!(out, "    {}", terminal::escape(note))?;
        }
        let text = flag.text.as_deref().unwrap_or(&comment.text);
        let words = flag.spans.iter().map(|(start, end)| quoted(text, *start as usize..*end as usize));
        let words: Vec<String> = words.take(MOST_WORDS).collect();
        if !words.is_empty() {
            writeln!(out, "    {}", words.join(" "))?;
        }
    }
    Ok(())
}

fn line(out: &mut dyn Write, field: Field, value: Option<f64>, version: &str) -> Result<()> {
    let value = value.map_or_else(|| "abstains".to_owned(), |value| ((value * 1e4).round() / 1e4).to_string());
    Ok(writeln!(out, "  {:<9} {value:<8} version {version}", field.name())?)
}

fn reasons(out: &mut dyn Write, text: &str, reasons: &[Reason]) -> Result<()> {
    let shown = reasons.iter().take(MOST_WORDS).map(|reason| {
        let words = reason.span.clone().map(|span| quoted(text, span)).unwrap_or_default();
        let weight = match reason.weight {
            // Counts and shares give each of their reasons the same weight, which says nothing.
            0.0 | 1.0 => String::new(),
            weight => format!("{weight:+.2}"),
        };
        let parts = [words, terminal::escape(&reason.note).into_owned(), weight];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    });
    let shown: Vec<String> = shown.collect();
    if !shown.is_empty() {
        writeln!(out, "    {}", shown.join(", "))?;
    }
    Ok(())
}

/// A stretch of a text in quotation marks, on one line and not too long.
pub(super) fn quoted(text: &str, span: Range<usize>) -> String {
    let words = text.get(span).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = words.chars().take(LONGEST).collect();
    let more = if cut.len() < words.len() { "…" } else { "" };
    terminal::escape(&format!("“{cut}{more}”")).into_owned()
}

/// What `offtopic` compared: worked out again over the whole thread, as it is now.
fn thread(store: &Store, comment: &Comment, out: &mut dyn Write) -> Result<()> {
    let (Some(posting), Some(weights)) = (store.posting(comment.post)?, offtopic::shipped()) else { return Ok(()) };
    let rarity = store.word_counts()?.and_then(|(_, packed)| Rarity::unpack(&packed)).unwrap_or_default();
    let remarks = remarks(&posting);
    let judged = offtopic::judge(&Discussion { post: &posting.text, comments: &remarks }, &rarity, weights);
    let place = posting.comments.iter().position(|posted| posted.id == comment.id);
    let Some(judgement) = place.and_then(|at| judged.get(at)) else { return Ok(()) };
    match &judgement.declared {
        Some(span) => writeln!(out, "    declared: says so itself, {}", quoted(&comment.text, span.clone()))?,
        None => writeln!(out, "    declared: no")?,
    }
    match judgement.empty {
        Some(Empty::Blank) => writeln!(out, "    empty: no words")?,
        Some(Empty::LinkOnly) => writeln!(out, "    empty: links alone")?,
        None => writeln!(out, "    empty: no")?,
    }
    match judgement.unrelated {
        Some(value) => writeln!(out, "    unrelated: {value:.4}")?,
        None if judgement.likeness.words < FEWEST_WORDS => {
            writeln!(out, "    unrelated: abstains, fewer than {FEWEST_WORDS} words that say what it is about")?;
        }
        None => writeln!(out, "    unrelated: abstains, too few words around it to compare with")?,
    }
    match place.and_then(|at| Some((at, offtopic::branch_of(&remarks, &judged, at)?))) {
        Some((at, branch)) if branch.root == at => {
            writeln!(out, "    a branch leaves the topic here: {} below it", branch.below)?;
        }
        Some((_, branch)) => writeln!(out, "    follows {}, which left the topic", posting.comments[branch.root].id)?,
        None => {}
    }
    let of = &judgement.likeness;
    let answered = if of.answers { format!(", to what it answers {:.2}", of.parent.abs()) } else { String::new() };
    writeln!(
        out,
        "    likeness to the post {:.2}{answered}, to the nearest comments {:.2}, to the thread {:.2}",
        of.post.abs(),
        of.siblings.abs(),
        of.thread.abs()
    )?;
    match nearest_sentence(&posting.text, &comment.text, &rarity) {
        Some(span) => writeln!(out, "    nearest sentence of the post: {}", quoted(&posting.text, span))?,
        None => writeln!(out, "    it shares no word with the post that says what that is about")?,
    }
    Ok(())
}

fn remarks(posting: &Posting) -> Vec<Remark<'_>> {
    let comments = &posting.comments;
    let places: HashMap<CommentId, usize> = comments.iter().enumerate().map(|(at, posted)| (posted.id, at)).collect();
    let parent = |parent: Option<CommentId>| parent.and_then(|parent| places.get(&parent).copied());
    comments.iter().map(|posted| Remark { text: &posted.text, parent: parent(posted.parent) }).collect()
}

fn copies(store: &Store, comment: CommentId, stored: &Signals, out: &mut dyn Write) -> Result<()> {
    let version = version_of(&stored.detectors, Field::Copies.name()).unwrap_or_default();
    line(out, Field::Copies, stored.get(Field::Copies), version)?;
    let others: Vec<String> = store
        .cluster_of(comment)?
        .iter()
        .filter(|other| **other != comment)
        .take(MOST_WORDS)
        .map(CommentId::to_string)
        .collect();
    if !others.is_empty() {
        writeln!(out, "    nearly the same: {}", others.join(" "))?;
    }
    Ok(())
}

fn scores(store: &Store, comment: &Comment, out: &mut dyn Write) -> Result<()> {
    for (name, version, value) in store.scores(comment.id)? {
        if ScorerName::is_learned(&name) {
            continue;
        }
        let value = (value * 1e4).round() / 1e4;
        writeln!(out, "  {}", terminal::escape(&format!("scorer.{name} {value} version {version}")))?;
    }
    why_learned::write(store, comment, out)
}
