//! What a query means, in one place: whether one comment matches. Every other way to answer a query (SQL, the text
//! index, shared automata) only narrows down what is asked here.
//!
//! Conditions on the comment itself need nothing else. Relations and `under:` are answered for a whole thread at once
//! ([`super::thread`]) and remembered, so the work grows with the comments, not with their square.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::compile::{Is, Node, Query};
use super::entry::Entry;
use super::fields::Field;
use super::pattern::Pattern;
use super::text::{Hint, Words};
use super::thread::{Thread, answers};
use super::traits;
use crate::model::{CommentId, ParentOrigin, PostId};
use crate::text::fold::Folded;

/// Where the matcher gets threads from.
pub trait World {
    /// All comments of a post, for queries whose [`Needs::thread`](super::Needs::thread) is set. Asked once a post.
    fn thread(&self, post: PostId) -> anyhow::Result<Arc<Thread>>;
}

/// Runs one query over comments of one world. Not shared between threads of the program: each makes its own.
pub struct Matcher<'a> {
    query: &'a Query,
    world: &'a dyn World,
    /// For each post that was asked about, for each slot, the comments it holds for, in order of id.
    known: HashMap<PostId, Vec<Box<[CommentId]>>>,
    /// How many ids are in `known`.
    held: usize,
}

/// How many answers a matcher remembers before it begins anew: about 64 MiB of them.
const MAX_HELD: usize = 8 << 20;

impl<'a> Matcher<'a> {
    /// A matcher that has seen nothing yet.
    pub fn new(query: &'a Query, world: &'a dyn World) -> Self {
        Matcher { query, world, known: HashMap::new(), held: 0 }
    }

    /// Whether a comment matches. Fails only where the world does.
    pub fn matches(&mut self, entry: &Entry<'_>) -> anyhow::Result<bool> {
        self.matches_read(entry, &Reading::new(entry.text))
    }

    /// The same with a reading of the entry's text that several matchers share.
    pub fn matches_read(&mut self, entry: &Entry<'_>, reading: &Reading<'_>) -> anyhow::Result<bool> {
        if self.query.slots.is_empty() {
            return Ok(holds(&self.query.root, entry, reading, &|_| false));
        }
        if !self.known.contains_key(&entry.post) {
            self.learn(entry.post)?;
        }
        let slots = self.known.get(&entry.post).map(Vec::as_slice).unwrap_or_default();
        let slot = |slot: usize| slots.get(slot).is_some_and(|ids| ids.binary_search(&entry.id).is_ok());
        Ok(holds(&self.query.root, entry, reading, &slot))
    }

    fn learn(&mut self, post: PostId) -> anyhow::Result<()> {
        let thread = self.world.thread(post)?;
        let slots: Vec<Box<[CommentId]>> = answers(&self.query.slots, &thread)
            .iter()
            .map(|answer| {
                let mut ids: Vec<_> = thread.ids().zip(answer).filter(|(_, yes)| **yes).map(|(id, _)| id).collect();
                ids.sort_unstable();
                ids.into()
            })
            .collect();
        self.held += slots.iter().map(|ids| ids.len() + 4).sum::<usize>();
        if self.held > MAX_HELD {
            self.known.clear();
            self.held = slots.iter().map(|ids| ids.len() + 4).sum();
        }
        self.known.insert(post, slots);
        Ok(())
    }
}

impl Query {
    /// Whether a comment matches, for queries that ask for no thread; a relation holds for none here.
    pub fn matches(&self, entry: &Entry<'_>) -> bool {
        holds(&self.root, entry, &Reading::new(entry.text), &|_| false)
    }

    /// Where the text holds what the query asks for, for highlighting: spans in bytes, in order, none touching. Words,
    /// regexes and the like that stand under a negation or in a relation don't count; all others do, whether or not
    /// they were what decided.
    pub fn spans(&self, text: &str) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        let reading = Reading::new(text);
        gather(&self.root, &reading, &mut spans);
        spans.sort_unstable_by_key(|span| (span.start, span.end));
        let mut out: Vec<Range<usize>> = Vec::with_capacity(spans.len());
        for span in spans.into_iter().filter(|span| !span.is_empty()) {
            match out.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => out.push(span),
            }
        }
        out
    }
}

/// A text while it is matched: what several conditions, or several queries, share is made once.
pub struct Reading<'a> {
    text: &'a str,
    words: OnceCell<Words>,
    folded: OnceCell<Folded>,
}

impl<'a> Reading<'a> {
    /// Takes up a text.
    pub fn new(text: &'a str) -> Self {
        Reading { text, words: OnceCell::new(), folded: OnceCell::new() }
    }

    fn words(&self) -> &Words {
        self.words.get_or_init(|| Words::new(self.text))
    }

    /// Whether folding can bring forth what is hinted at.
    fn may_fold(&self, hint: &Hint) -> bool {
        hint.may_be_in(self.text) || !Folded::is_trivial(self.text)
    }

    fn folded(&self) -> &Folded {
        self.folded.get_or_init(|| Folded::new(self.text))
    }
}

/// Whether a condition holds. Recursion is as deep as the query, which the parser bounds.
pub(super) fn holds(node: &Node, entry: &Entry<'_>, reading: &Reading<'_>, slot: &dyn Fn(usize) -> bool) -> bool {
    match node {
        Node::All => true,
        Node::Nothing => false,
        Node::Not(inner) => !holds(inner, entry, reading, slot),
        Node::And(parts) => parts.iter().all(|part| holds(part, entry, reading, slot)),
        Node::Or(parts) => parts.iter().any(|part| holds(part, entry, reading, slot)),
        Node::Phrase(phrase, hint) => hint.may_be_in(reading.text) && reading.words().find(phrase).next().is_some(),
        Node::Phrases(set, hint) => hint.may_be_in(reading.text) && reading.words().find_any(set).next().is_some(),
        Node::Regex(regex) => regex.is_match(reading.text),
        Node::Fold(wanted, hint) => {
            reading.may_fold(hint) && wanted.iter().any(|wanted| reading.folded().find(wanted).next().is_some())
        }
        Node::Author(pattern) => either(pattern, [entry.author, entry.author_key]),
        Node::AuthorKind(kinds) => kinds.contains(&entry.author_kind),
        Node::Title(pattern) => either(pattern, [entry.title]),
        Node::Source(pattern) => either(pattern, [Some(entry.source_kind), Some(entry.source_scope)]),
        Node::Key(pattern) => pattern.matches(entry.key),
        Node::PostKey(pattern) => pattern.matches(entry.post_key),
        Node::Label(field, pattern) => label(*field, pattern, entry),
        Node::Domain(pattern) => traits::hosts(reading.text).any(|host| within(pattern, host)),
        Node::Ids(ids) => ids.binary_search(&entry.id).is_ok(),
        Node::Post(id) => entry.post == *id,
        Node::Status(set) => set.contains(&entry.status),
        Node::Kind(set) => set.contains(&entry.kind),
        Node::Is(state) => is(*state, entry),
        Node::Has(which) => which.is_in(reading.text),
        Node::HasNote => entry.facts.notes > 0,
        Node::Created(range) => entry.created.is_some_and(|time| range.contains(&time)),
        Node::Edited(range) => entry.edited.is_some_and(|time| range.contains(&time)),
        Node::Number(field, bounds) => number(*field, reading, entry).is_some_and(|value| bounds.holds(&value)),
        Node::Known(field) => number(*field, reading, entry).is_some(),
        Node::Slot(which) => slot(*which),
    }
}

fn either<const N: usize>(pattern: &Pattern, texts: [Option<&str>; N]) -> bool {
    texts.into_iter().flatten().any(|text| pattern.matches(text))
}

/// Whether a host or a domain above it is asked for.
fn within(pattern: &Pattern, host: &str) -> bool {
    let above = host.match_indices('.').map(|(dot, _)| &host[dot + 1..]);
    pattern.matches(host)
        || (!matches!(pattern, Pattern::Regex(_)) && above.into_iter().any(|host| pattern.matches(host)))
}

fn label(field: Field, pattern: &Pattern, entry: &Entry<'_>) -> bool {
    let facts = entry.facts;
    let any = |texts: &[String]| texts.iter().any(|text| pattern.matches(text));
    match field {
        Field::Flag => facts.flags.iter().any(|flag| pattern.matches(&flag.reason)),
        Field::Rule => facts.flags.iter().filter_map(|flag| flag.rule.as_deref()).any(|rule| pattern.matches(rule)),
        Field::By => any(&facts.decided_by),
        Field::Reason => either(pattern, [facts.reason.as_deref()]),
        Field::Tag => any(&facts.tags),
        Field::Lang => either(pattern, [facts.lang.as_deref()]),
        _ => false,
    }
}

fn is(state: Is, entry: &Entry<'_>) -> bool {
    let reply = entry.parent.is_some() || entry.orphan;
    match state {
        Is::Reply => reply,
        Is::Root => !reply,
        Is::Leaf => entry.facts.replies == 0,
        Is::Edited => entry.edited.is_some() || entry.revision > 0,
        Is::Flagged => !entry.facts.flags.is_empty(),
        Is::Decided => !entry.facts.decided_by.is_empty(),
        Is::EditedSinceDecision => entry.facts.edited_since_decision,
        Is::Inferred => entry.parent_origin == Some(ParentOrigin::Inferred),
        Is::Orphan => entry.orphan,
        Is::Duplicate => entry.facts.duplicate,
    }
}

/// The value of a number field, if it is known of this comment.
fn number(field: Field, reading: &Reading<'_>, entry: &Entry<'_>) -> Option<f64> {
    let facts = entry.facts;
    let history = facts.history;
    match field {
        Field::Score => entry.score.map(|score| score as f64),
        Field::Depth => Some(f64::from(entry.depth)),
        Field::Replies => Some(f64::from(facts.replies)),
        Field::ParentConfidence => facts.edge,
        Field::Edits => Some(f64::from(entry.revision)),
        Field::Flags => Some(facts.flags.len() as f64),
        Field::Words => Some(reading.words().len() as f64),
        Field::Length => Some(reading.text.chars().count() as f64),
        Field::Links => Some(traits::links(reading.text).count() as f64),
        Field::Caps => traits::capitals(reading.text),
        Field::AuthorComments => history.map(|history| f64::from(history.comments)),
        Field::AuthorRemoved => history.map(|history| f64::from(history.removed)),
        Field::AuthorAge => history?.age.map(|age| age as f64),
        _ => facts.signals.iter().find(|(name, _)| *name == field).map(|(_, value)| *value),
    }
}

/// The most spans that one condition gives; a text of a million equal words needs no more for showing.
const MAX_SPANS: usize = 1000;

fn gather(node: &Node, reading: &Reading<'_>, spans: &mut Vec<Range<usize>>) {
    match node {
        Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| gather(part, reading, spans)),
        Node::Phrase(phrase, _) => spans.extend(reading.words().find(phrase).take(MAX_SPANS)),
        Node::Phrases(set, _) => spans.extend(reading.words().find_any(set).take(MAX_SPANS)),
        Node::Regex(regex) => spans.extend(regex.find_iter(reading.text).take(MAX_SPANS).map(|found| found.range())),
        Node::Fold(wanted, _) => {
            spans.extend(wanted.iter().flat_map(|wanted| reading.folded().find(wanted)).take(MAX_SPANS));
        }
        Node::Has(which) => {
            let found = which.regex().into_iter().flat_map(|regex| regex.find_iter(reading.text));
            spans.extend(found.take(MAX_SPANS).map(|found| found.range()));
        }
        _ => {}
    }
}
