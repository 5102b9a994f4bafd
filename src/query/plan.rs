//! What a store can ask its indexes before the matcher is asked: a tree of conditions that every match fulfils. Where
//! the tree is the meaning itself ([`Plan::exact`]), the store may count and list with it alone.
//!
//! Why each rule is sound:
//! - A condition that the store holds (author, date, status, …) is the same condition in [`Narrow`]: exact.
//! - A word or phrase is a phrase of the tokens that [`tokens::index_into`](crate::text::tokens::index_into) feeds to
//!   the index, and the matcher reads the same tokens: exact.
//! - A regex needs the whole words and word beginnings that each way through it contains ([`super::literals`]); a link,
//!   an address or a domain likewise: never exact.
//! - A conjunction may leave out what can't be narrowed; a disjunction can only be narrowed if all of it can be.
//! - A negation is narrowed only if what it negates is exact, else nothing is known of what is left.
//! - A relation holds of a comment only if the comment it leads to fulfils the inner tree; exact if that is. That
//!   comment is of the same thread, so `thread:{…}` narrows every other relation: never exact.

use std::ops::Range;

use super::compile::{Is, Node, Query, Slot};
use super::fields::{Field, Relation};
use super::literals;
use super::pattern::Pattern;
use super::text::Phrase;
use super::traits::LINK;
use super::value::Bounds;
use crate::model::{AuthorKind, CommentId, Kind, PostId, Status};

/// A condition that a store can ask of its indexes. A value that is unknown (NULL) fulfils none of them, and so
/// fulfils the `Not` of each: SQL has to say so.
#[derive(Debug, Clone)]
pub enum Narrow {
    /// Every comment.
    All,
    /// No comment.
    Nothing,
    /// All of these.
    And(Vec<Narrow>),
    /// Any of these.
    Or(Vec<Narrow>),
    /// Not this; what is inside is exact.
    Not(Box<Narrow>),
    /// The text index has these tokens in order.
    Words(Phrase),
    /// The author's name or key.
    Author(Pattern),
    /// The sort of author is one of these.
    AuthorKind(Vec<AuthorKind>),
    /// The title of the post.
    Title(Pattern),
    /// The source's kind or scope.
    Source(Pattern),
    /// The source's own id.
    Key(Pattern),
    /// The source's own id of the post.
    PostKey(Pattern),
    /// Quell's number is one of these; at least one, in order.
    Ids(Vec<CommentId>),
    /// Quell's number of the post.
    Post(PostId),
    /// That comment and all below it.
    Under(UnderTarget),
    /// The status is one of these.
    Status(Vec<Status>),
    /// The kind is one of these.
    Kind(Vec<Kind>),
    /// A state.
    Is(Is),
    /// A note is on it.
    HasNote,
    /// When it was written, in milliseconds.
    Created(Range<i64>),
    /// When it was edited, in milliseconds.
    Edited(Range<i64>),
    /// A number that is stored or counted: `score`, `depth`, `replies`, `edits`, `flags`, the author's history (age in
    /// milliseconds) and signals.
    Number(Field, Bounds<f64>),
    /// Such a number is known.
    Known(Field),
    /// A flag's reason or rule, a decision's moderator or reason, a tag, the language.
    Label(Field, Pattern),
    /// A comment in this relation fulfils the inner condition.
    Relation(Relation, Box<Narrow>),
}

/// What `under:` names.
#[derive(Debug, Clone)]
pub enum UnderTarget {
    /// Quell's number.
    Comment(CommentId),
    /// The source's own id.
    Key(Pattern),
}

/// What a store may do with a query.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What every match fulfils.
    pub narrow: Narrow,
    /// Whether everything that fulfils it matches, so that the matcher need not be asked.
    pub exact: bool,
    /// What the matcher looks at.
    pub needs: Needs,
}

/// What the matcher looks at. What is not needed may be left out of an [`Entry`](super::Entry) and its
/// [`Facts`](super::Facts); thread members have the same needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Anything but the text: a comment's ids, times, status, kind, score and depth, and whatever is asked for below.
    pub row: bool,
    /// The text.
    pub text: bool,
    /// The author's name and key.
    pub author: bool,
    /// The post's key and title.
    pub post: bool,
    /// The source's kind and scope.
    pub source: bool,
    /// The other comments of the post, by [`World`](super::World).
    pub thread: bool,
    /// The number of replies.
    pub replies: bool,
    /// The author's history.
    pub history: bool,
    /// Flags.
    pub flags: bool,
    /// Decisions.
    pub decisions: bool,
    /// Whether its text is another than the one that was decided on.
    pub edited_since_decision: bool,
    /// Tags.
    pub tags: bool,
    /// Notes.
    pub notes: bool,
    /// Whether it is a duplicate.
    pub duplicate: bool,
    /// The edge that was worked out.
    pub edge: bool,
    /// The language.
    pub lang: bool,
    /// These signals.
    pub signals: Vec<Field>,
}

/// Plans a query for a store that can ask its indexes for whatever `can` allows; `And`, `Or`, `Not`, `All`, `Nothing`
/// it must all know.
pub fn plan(query: &Query, can: &dyn Fn(&Narrow) -> bool) -> Plan {
    let (narrow, exact) = narrow(&query.root, query, can);
    let in_threads = !query.slots.is_empty();
    let mut needs = Needs { thread: in_threads, row: in_threads, ..Needs::default() };
    note(&query.root, &mut needs);
    for slot in &query.slots {
        if let Slot::Relation(_, inner) = slot {
            note(inner, &mut needs);
        }
    }
    Plan { narrow, exact, needs }
}

/// What every match of a condition fulfils, and whether that is the condition itself.
fn narrow(node: &Node, query: &Query, can: &dyn Fn(&Narrow) -> bool) -> (Narrow, bool) {
    let leaf = match node {
        Node::All => return (Narrow::All, true),
        Node::Nothing => return (Narrow::Nothing, true),
        Node::Not(inner) => {
            return match narrow(inner, query, can) {
                (narrow, true) => (not(narrow), true),
                (_, false) => (Narrow::All, false),
            };
        }
        Node::And(parts) => {
            let (parts, exact) = narrows(parts, query, can);
            return (and(parts), exact);
        }
        Node::Or(parts) => {
            let (parts, exact) = narrows(parts, query, can);
            return (or(parts), exact);
        }
        Node::Slot(slot) => match &query.slots[*slot] {
            Slot::Under(target) => Narrow::Under(target.clone()),
            Slot::Relation(relation, inner) => {
                let (inner, exact) = narrow(inner, query, can);
                return related(*relation, inner, exact, can);
            }
        },
        Node::Phrase(phrase, _) => Narrow::Words(phrase.clone()),
        Node::Phrases(set, _) if set.phrases().len() > MAX_LIST => return (Narrow::All, false),
        Node::Phrases(set, _) => or(set.phrases().into_iter().cloned().map(Narrow::Words).collect()),
        Node::Regex(regex) => return inexact(literals::narrow(regex.as_str()), can),
        Node::Has(which) => return inexact(literals::narrow(which.pattern()), can),
        Node::Domain(pattern) => return inexact(domain(pattern), can),
        Node::Number(Field::Links, bounds) if !bounds.holds(&0.0) => return inexact(literals::narrow(LINK), can),
        Node::Fold(..) => return (Narrow::All, false),
        Node::Number(Field::Words | Field::Length | Field::Caps | Field::Links, _) => return (Narrow::All, false),
        Node::Known(Field::Words | Field::Length | Field::Links | Field::Caps) => return (Narrow::All, false),
        Node::Author(pattern) => Narrow::Author(pattern.clone()),
        Node::AuthorKind(kinds) => Narrow::AuthorKind(kinds.clone()),
        Node::Title(pattern) => Narrow::Title(pattern.clone()),
        Node::Source(pattern) => Narrow::Source(pattern.clone()),
        Node::Key(pattern) => Narrow::Key(pattern.clone()),
        Node::PostKey(pattern) => Narrow::PostKey(pattern.clone()),
        Node::Label(field, pattern) => Narrow::Label(*field, pattern.clone()),
        Node::Ids(ids) => Narrow::Ids(ids.clone()),
        Node::Post(id) => Narrow::Post(*id),
        Node::Status(set) => Narrow::Status(set.clone()),
        Node::Kind(set) => Narrow::Kind(set.clone()),
        Node::Is(state) => Narrow::Is(*state),
        Node::HasNote => Narrow::HasNote,
        Node::Created(range) if range.is_empty() => return (Narrow::Nothing, true),
        Node::Created(range) => Narrow::Created(range.clone()),
        Node::Edited(range) => Narrow::Edited(range.clone()),
        Node::Number(field, bounds) => Narrow::Number(*field, *bounds),
        Node::Known(field) => Narrow::Known(*field),
    };
    if allowed(&leaf, can) { (leaf, true) } else { (Narrow::All, false) }
}

/// A relation to comments that fulfil a condition. One that the store can't ask for still narrows: its comments are of
/// the same thread.
fn related(relation: Relation, inner: Narrow, exact: bool, can: &dyn Fn(&Narrow) -> bool) -> (Narrow, bool) {
    // Even "a parent of any sort" is worth asking, but what holds of nothing leads to nothing.
    if matches!(inner, Narrow::Nothing) {
        return (Narrow::Nothing, true);
    }
    let everything = matches!(inner, Narrow::All);
    let asked = Narrow::Relation(relation, Box::new(inner));
    if can(&asked) {
        return (asked, exact);
    }
    let Narrow::Relation(_, inner) = asked else { return (Narrow::All, false) };
    let thread = Narrow::Relation(Relation::Thread, inner);
    if !everything && can(&thread) { (thread, false) } else { (Narrow::All, false) }
}

fn narrows(parts: &[Node], query: &Query, can: &dyn Fn(&Narrow) -> bool) -> (Vec<Narrow>, bool) {
    let parts: Vec<_> = parts.iter().map(|part| narrow(part, query, can)).collect();
    let exact = parts.iter().all(|(_, exact)| *exact);
    (parts.into_iter().map(|(narrow, _)| narrow).collect(), exact)
}

fn inexact(narrow: Narrow, can: &dyn Fn(&Narrow) -> bool) -> (Narrow, bool) {
    if allowed(&narrow, can) { (narrow, false) } else { (Narrow::All, false) }
}

/// Whether the store can ask for all of a tree of words.
fn allowed(narrow: &Narrow, can: &dyn Fn(&Narrow) -> bool) -> bool {
    match narrow {
        Narrow::All | Narrow::Nothing => true,
        Narrow::And(parts) | Narrow::Or(parts) => parts.iter().all(|part| allowed(part, can)),
        leaf => can(leaf),
    }
}

/// A host that is one of these texts stands in the text with its labels in order.
fn domain(pattern: &Pattern) -> Narrow {
    match pattern.equals() {
        Some(hosts) if hosts.len() <= MAX_WORDS && hosts.iter().all(|host| host.len() < 200) => {
            let mut hosts: Vec<_> = hosts.iter().collect();
            hosts.sort_unstable();
            or(hosts.into_iter().map(|host| Phrase::new(host, false).map_or(Narrow::All, Narrow::Words)).collect())
        }
        _ => literals::narrow(LINK),
    }
}

/// The longest list of phrases that is put to the index.
const MAX_LIST: usize = 1000;

/// Above this many alternatives a scan is no worse than the index.
const MAX_WORDS: usize = 64;

/// All of these, simplified.
pub(super) fn and(parts: Vec<Narrow>) -> Narrow {
    let mut out = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Narrow::All => {}
            Narrow::Nothing => return Narrow::Nothing,
            Narrow::And(inner) => out.extend(inner),
            part => out.push(part),
        }
    }
    match out.len() {
        0 => Narrow::All,
        1 => out.swap_remove(0),
        _ => Narrow::And(out),
    }
}

/// Any of these, simplified.
pub(super) fn or(parts: Vec<Narrow>) -> Narrow {
    let mut out = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Narrow::Nothing => {}
            Narrow::All => return Narrow::All,
            Narrow::Or(inner) => out.extend(inner),
            part => out.push(part),
        }
    }
    match out.len() {
        0 => Narrow::Nothing,
        1 => out.swap_remove(0),
        _ => Narrow::Or(out),
    }
}

fn not(inner: Narrow) -> Narrow {
    match inner {
        Narrow::All => Narrow::Nothing,
        Narrow::Nothing => Narrow::All,
        Narrow::Not(inner) => *inner,
        inner => Narrow::Not(Box::new(inner)),
    }
}

/// Notes what the matcher looks at for one condition.
fn note(node: &Node, needs: &mut Needs) {
    match node {
        Node::Not(inner) => note(inner, needs),
        Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| note(part, needs)),
        Node::Phrase(..) | Node::Phrases(..) | Node::Regex(_) | Node::Fold(..) | Node::Has(_) | Node::Domain(_) => {
            needs.text = true;
        }
        Node::All | Node::Nothing => {}
        Node::Label(field, _) | Node::Number(field, _) | Node::Known(field) => note_field(*field, needs),
        other => {
            needs.row = true;
            note_row(other, needs);
        }
    }
}

fn note_row(node: &Node, needs: &mut Needs) {
    match node {
        Node::Author(_) => needs.author = true,
        Node::Title(_) | Node::PostKey(_) => needs.post = true,
        Node::Source(_) => needs.source = true,
        Node::HasNote => needs.notes = true,
        Node::Is(Is::Leaf) => needs.replies = true,
        Node::Is(Is::Flagged) => needs.flags = true,
        Node::Is(Is::Decided) => needs.decisions = true,
        Node::Is(Is::EditedSinceDecision) => needs.edited_since_decision = true,
        Node::Is(Is::Duplicate) => needs.duplicate = true,
        _ => {}
    }
}

fn note_field(field: Field, needs: &mut Needs) {
    if matches!(field, Field::Words | Field::Length | Field::Links | Field::Caps) {
        needs.text = true;
        return;
    }
    needs.row = true;
    match field {
        Field::Score | Field::Depth | Field::Edits => {}
        Field::Replies => needs.replies = true,
        Field::AuthorComments | Field::AuthorRemoved | Field::AuthorAge => needs.history = true,
        Field::Flag | Field::Rule | Field::Flags => needs.flags = true,
        Field::By | Field::Reason => needs.decisions = true,
        Field::Tag => needs.tags = true,
        Field::ParentConfidence => needs.edge = true,
        Field::Lang => needs.lang = true,
        signal if !needs.signals.contains(&signal) => needs.signals.push(signal),
        _ => {}
    }
}
