//! Reads what is shown of one comment: its place in the thread, why it waits, its author, its copies.

use std::collections::HashMap;
use std::ops::Range;

use anyhow::{Context, Result};

use crate::commands::log::when;
use crate::model::{Action, Comment, CommentId, Decision, Flag, FlagState, Origin, Status};
use crate::output::tree::moment;
use crate::query::Field;
use crate::review::queue::Item;
use crate::review::reasons::Reasons;
use crate::screen::case::{Case, Row, Why, tidy};
use crate::store::{AuthorCard, Store};

/// Comments above one that are shown at the most.
const ABOVE: usize = 30;
/// Comments below one that are shown at the most.
const BELOW: usize = 60;

/// A comment in its place. Without an item nothing is told that others said or did: no flags, statuses, notes.
pub fn case(store: &Store, id: CommentId, item: Option<&Item>, reasons: &Reasons) -> Result<Case> {
    let comment = store.comment(id)?.with_context(|| format!("{id} is gone"))?;
    let post = store.post(comment.post)?.with_context(|| format!("{} is gone", comment.post))?;
    let mut above = store.ancestors(id, ABOVE + 1)?;
    let more_above = above.len() > ABOVE;
    above.truncate(ABOVE);
    let mut below = store.answers(id, BELOW + 1)?;
    let more_below = below.len() > BELOW;
    below.truncate(BELOW);
    let here = above.len();
    let levels = above.iter().rev().zip(0..).map(|(id, depth)| (*id, depth));
    let levels = levels.chain([(id, here as u32)]).chain(below.iter().map(|(id, depth)| (*id, here as u32 + depth)));
    let mut rows = Vec::with_capacity(here + 1 + below.len());
    for (row, depth) in levels {
        let Some(comment) = store.comment(row)? else { continue };
        let flags = store.flags(row)?;
        rows.push(self::row(comment, depth, &flags, reasons, item.is_none()));
    }
    let here = rows.iter().position(|row| row.comment == id).unwrap_or_default();
    let mut why = Vec::new();
    let mut notes = Vec::new();
    if let Some(item) = item {
        let flags = store.flags(id)?;
        why.extend(flags.iter().filter(|flag| flag.state == FlagState::Open).map(|flag| flagged(flag, &comment.text)));
        let decisions = store.decisions_on(id)?;
        why.extend(waiting(item, &decisions));
        why.extend(scanned(store, id)?);
        // What was remarked with a flag stands beside the flag.
        let remarked = decisions.into_iter().filter(|decision| !decision.undone && decision.action != Action::Flag);
        notes = remarked.filter_map(|decision| Some((decision.actor.name, decision.note?))).collect();
        let spans = why.iter().flat_map(|why| why.spans.iter().cloned()).collect();
        rows[here].marks = tidy(&comment.text, spans);
    }
    let title = post.title.unwrap_or_default();
    Ok(Case {
        comment: id,
        post: comment.post,
        title,
        rows,
        here,
        more_above,
        more_below,
        why,
        notes,
        points: 0.0,
        place: 0,
        of: 0,
    })
}

fn row(comment: Comment, depth: u32, flags: &[Flag], reasons: &Reasons, blind: bool) -> Row {
    let is_mask =
        |flag: &&Flag| flag.state == FlagState::Open && reasons.get(&flag.reason).is_ok_and(|reason| reason.mask);
    let mask = flags.iter().find(is_mask).map(|flag| flag.reason.clone());
    Row {
        comment: comment.id,
        depth,
        author: comment.author.name.unwrap_or_default(),
        when: comment.created.and_then(moment).unwrap_or_default(),
        status: (!blind).then_some(comment.status),
        text: comment.text,
        marks: Vec::new(),
        // The reason would tell what others said.
        mask: if blind { mask.map(|_| "it may be graphic".to_owned()) } else { mask },
    }
}

/// A flag as a reason to look.
fn flagged(flag: &Flag, text: &str) -> Why {
    let flagged = flag.text.as_deref().unwrap_or(text);
    let range = |&(start, end): &(u32, u32)| start as usize..end as usize;
    let spans: Vec<Range<usize>> = tidy(flagged, flag.spans.iter().map(range).collect());
    let words = spans.iter().map(|span| flagged[span.clone()].to_owned()).collect();
    let by = match flag.actor.origin {
        Origin::Person => flag.actor.name.clone(),
        origin => format!("{origin} {} ({})", flag.actor.name, flag.actor.version),
    };
    let is_same = flagged == text;
    let earlier = (!is_same).then(|| "on an earlier text".to_owned());
    Why {
        what: flag.reason.clone(),
        by: Some(by),
        value: flag.score,
        words,
        spans: if is_same { spans } else { Vec::new() },
        note: flag.note.clone().or(earlier),
        is_reason: true,
    }
}

/// From which probability on a signal is worth a word.
const NOTABLE: f64 = 0.5;

/// What detectors and scorers said of it, as far as that is worth a word, on one line.
fn scanned(store: &Store, comment: CommentId) -> Result<Option<Why>> {
    let mut said: Vec<String> = Vec::new();
    let Some(stored) = store.signals(comment)? else { return Ok(None) };
    for field in Field::STORED {
        // The parts of `offtopic` say nothing more in so few words, and alone is one copy.
        let least = match field {
            Field::Declared | Field::Unrelated | Field::Empty => continue,
            Field::Copies => 2.0,
            Field::Threat | Field::Sexual | Field::Profanity | Field::Insult | Field::Personal => 1.0,
            _ => NOTABLE,
        };
        said.extend(stored.get(field).filter(|value| *value >= least).map(|value| number(field.name(), value)));
    }
    let scores = store.scores(comment)?;
    said.extend(scores.iter().filter(|(_, _, value)| *value >= NOTABLE).map(|(name, _, value)| number(name, *value)));
    Ok((!said.is_empty()).then(|| plain(said.join(", "))))
}

fn number(name: &str, value: f64) -> String {
    format!("{name} {}", (value * 100.0).round() / 100.0)
}

fn plain(what: String) -> Why {
    Why { what, by: None, value: None, words: Vec::new(), spans: Vec::new(), note: None, is_reason: false }
}

/// What makes a comment wait, flags aside.
fn waiting(item: &Item, decisions: &[Decision]) -> Vec<Why> {
    let mut why = Vec::new();
    // The last word of each person, in the order in which they were said.
    let mut words: Vec<(&str, String)> = Vec::new();
    for decision in decisions.iter().filter(|decision| !decision.undone && decision.action.status().is_some()) {
        let reasons = decision.reasons.join(" ");
        let word = format!("{} {reasons}", decision.action).trim_end().to_owned();
        words.retain(|(by, _)| *by != decision.actor.name);
        words.push((&decision.actor.name, word));
    }
    let said: Vec<String> = words.iter().map(|(by, word)| format!("{by}: {word}")).collect();
    if item.disputed {
        why.push(plain(format!("people disagree ({})", said.join("; "))));
    } else if item.status == Status::Escalated {
        why.push(plain(format!("escalated ({})", said.last().cloned().unwrap_or_default())));
    }
    if item.edited {
        why.push(plain(format!("edited since it was decided ({})", said.last().cloned().unwrap_or_default())));
    }
    why
}

/// An author's record as facts for a line; in a blind sitting only what says nothing of decisions.
pub fn facts(card: &AuthorCard, blind: bool) -> Vec<String> {
    let mut facts: Vec<String> = card.name.iter().cloned().collect();
    let since = card.between.and_then(|(first, _)| when(first)).and_then(|when| when.get(..10).map(str::to_owned));
    let since = since.map(|day| format!(" since {day}")).unwrap_or_default();
    facts.push(format!("{}{since}", crate::ui::count(card.comments, "comment")));
    if blind {
        return facts;
    }
    let standing = card.statuses.iter().filter(|(status, _)| !matches!(status, Status::Pending | Status::Approved));
    facts.extend(standing.map(|(status, count)| format!("{count} {status}")));
    let out = card.decisions.iter().filter(|(status, _, _)| matches!(status, Status::Removed | Status::Spam));
    let reasons = out.filter(|(_, reason, _)| !reason.is_empty()).take(3);
    facts.extend(reasons.map(|(_, reason, count)| format!("{reason} {count}")));
    let strikes: u64 = card.strikes.iter().map(|(_, count)| count).sum();
    if strikes > 0 {
        facts.push(format!("{} in 90 days", crate::ui::count(strikes, "strike")));
    }
    facts.extend(card.answers.first().map(|(name, count)| format!("answers {name} ({count})")));
    facts
}

/// All texts of the database by their hash: who says exactly what somebody else says.
pub struct Copies(HashMap<u128, Vec<CommentId>>);

impl Copies {
    /// Reads every text once. Texts without a word say nothing, and are nobody's copies.
    pub fn read(store: &Store) -> Result<Self> {
        let mut hashes: Vec<(u128, CommentId)> = Vec::new();
        store.texts(&mut |comment, _, text| hashes.extend(hash(text).map(|hash| (hash, comment))))?;
        hashes.sort_unstable();
        let same = hashes.chunk_by(|(a, _), (b, _)| a == b).filter(|same| same.len() > 1);
        Ok(Copies(same.map(|same| (same[0].0, same.iter().map(|(_, id)| *id).collect())).collect()))
    }

    /// The other comments with this text.
    pub fn of(&self, comment: CommentId, text: &str) -> Vec<CommentId> {
        let same = hash(text).and_then(|hash| self.0.get(&hash));
        same.into_iter().flatten().copied().filter(|other| *other != comment).collect()
    }
}

/// The comments that say nearly the same as one, as the last scan found them, without those that say exactly the same.
pub fn near(store: &Store, comment: CommentId, copies: &[CommentId]) -> Result<Vec<CommentId>> {
    let mut near = store.cluster_of(comment)?;
    near.retain(|other| *other != comment && !copies.contains(other));
    Ok(near)
}

/// 128 bits are enough to tell texts apart.
fn hash(text: &str) -> Option<u128> {
    let text = text.trim();
    let mut first = [0; 16];
    blake3::Hasher::new().update(text.as_bytes()).finalize_xof().fill(&mut first);
    (!text.is_empty()).then(|| u128::from_le_bytes(first))
}
