//! From an expression to a query that can run: names looked up, saved queries put in, regexes and words made ready,
//! dates fixed by what is now. The cheapest conditions of a conjunction come first.

use std::collections::HashSet;
use std::ops::Range;

use regex::Regex;

use super::dates::{DatePoint, Span};
use super::error::QueryError;
use super::expr::{Expr, Named};
use super::fields::{Field, Relation, Type};
use super::parse::{MAX_DEPTH, parse};
use super::pattern::{MAX_REGEXES, Pattern, compile_regex};
use super::plan::UnderTarget;
use super::text::{Hint, Phrase, PhraseSet};
use super::traits::Trait;
use super::value::{Bounds, Value};
use crate::model::{AuthorKind, CommentId, Kind, PostId, Status};
use crate::text::fold::Wanted;

/// Where a query's names lead.
pub trait Lookup {
    /// The text of a saved query; the reason if there is none.
    fn saved(&self, name: &str) -> Result<String, String>;

    /// The lines of a list file, without comments and empty lines; the reason if it can't be read.
    fn list(&self, file: &str) -> Result<Vec<String>, String>;
}

/// A lookup that knows no names.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLookup;

impl Lookup for NoLookup {
    fn saved(&self, name: &str) -> Result<String, String> {
        Err(format!("no saved query `{name}`"))
    }

    fn list(&self, file: &str) -> Result<Vec<String>, String> {
        Err(format!("no list `{file}`"))
    }
}

/// What a query's meaning depends on beside its text.
pub struct Setting<'a> {
    /// What counts as now, in milliseconds since 1970 UTC.
    pub now: i64,
    /// Where names lead.
    pub lookup: &'a dyn Lookup,
}

/// A query ready to run. It can be shared between threads.
#[derive(Debug, Clone)]
pub struct Query {
    pub(super) root: Node,
    /// The relations in it, each after those inside it.
    pub(super) slots: Vec<Slot>,
}

/// A condition on one comment.
#[derive(Debug, Clone)]
pub(super) enum Node {
    All,
    Nothing,
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Phrase(Phrase, Hint),
    Phrases(PhraseSet, Hint),
    Regex(Regex),
    /// The hint holds for texts with nothing to fold only.
    Fold(Vec<Wanted>, Hint),
    Author(Pattern),
    AuthorKind(Vec<AuthorKind>),
    Title(Pattern),
    Source(Pattern),
    Key(Pattern),
    PostKey(Pattern),
    Label(Field, Pattern),
    Domain(Pattern),
    /// One of these, in order.
    Ids(Vec<CommentId>),
    Post(PostId),
    Status(Vec<Status>),
    Kind(Vec<Kind>),
    Is(Is),
    Has(Trait),
    HasNote,
    Created(Range<i64>),
    Edited(Range<i64>),
    Number(Field, Bounds<f64>),
    Known(Field),
    /// What slot of [`Query::slots`] says of the comment.
    Slot(usize),
}

/// A condition that is answered for a whole thread at once.
#[derive(Debug, Clone)]
pub(super) enum Slot {
    Relation(Relation, Node),
    Under(UnderTarget),
}

/// A state that `is:` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Is {
    /// It answers a comment, known or not.
    Reply,
    /// It answers none.
    Root,
    /// Nothing answers it.
    Leaf,
    /// Its text has changed, or the source says so.
    Edited,
    /// A flag is on it.
    Flagged,
    /// Somebody decided it here.
    Decided,
    /// Its text is another than the one that was decided on.
    EditedSinceDecision,
    /// Its parent was worked out from the words.
    Inferred,
    /// It names a parent that is not known.
    Orphan,
    /// It repeats another comment under a second id.
    Duplicate,
}

impl Is {
    /// The state with this name.
    fn from_name(name: &str) -> Option<Is> {
        Some(match name {
            "reply" => Is::Reply,
            "root" => Is::Root,
            "leaf" => Is::Leaf,
            "edited" => Is::Edited,
            "flagged" => Is::Flagged,
            "decided" => Is::Decided,
            "edited-since-decision" => Is::EditedSinceDecision,
            "inferred" => Is::Inferred,
            "orphan" => Is::Orphan,
            "duplicate" => Is::Duplicate,
            _ => return None,
        })
    }
}

impl Query {
    /// The query for these comments and no others.
    pub fn of_ids(mut ids: Vec<CommentId>) -> Query {
        ids.sort_unstable();
        ids.dedup();
        Query { root: if ids.is_empty() { Node::Nothing } else { Node::Ids(ids) }, slots: Vec::new() }
    }
}

/// Makes an expression ready to run.
pub fn compile(expr: &Expr, setting: &Setting<'_>) -> Result<Query, QueryError> {
    let mut compiler = Compiler { setting, slots: Vec::new(), open: Vec::new(), regexes: 0, nodes: 0 };
    let root = compiler.node(expr, 0)?;
    Ok(Query { root, slots: compiler.slots })
}

/// How many conditions a query may grow to when its saved queries are put in.
const MAX_NODES: usize = 65_536;

struct Compiler<'a> {
    setting: &'a Setting<'a>,
    slots: Vec<Slot>,
    /// The saved queries that are being put in, with the place of the outermost.
    open: Vec<(String, Range<usize>)>,
    regexes: usize,
    nodes: usize,
}

impl Compiler<'_> {
    fn node(&mut self, expr: &Expr, depth: usize) -> Result<Node, QueryError> {
        self.nodes += 1;
        if depth > 2 * MAX_DEPTH || self.nodes > MAX_NODES {
            return Err(QueryError::new(self.place(0..0), "the query is too large with its saved queries put in"));
        }
        Ok(match expr {
            Expr::All => Node::All,
            Expr::Text { text, prefix } => match Phrase::new(text, *prefix) {
                Some(phrase) => {
                    let hint = Hint::of(&phrase);
                    Node::Phrase(phrase, hint)
                }
                None => Node::Nothing,
            },
            Expr::Regex(regex) => Node::Regex(self.regex(regex)?),
            Expr::List(list) => {
                let set = PhraseSet::new(&self.list(list)?);
                let hint = Hint::new(set.phrases().into_iter().map(|phrase| phrase.tokens[0].as_str()));
                Node::Phrases(set, hint)
            }
            Expr::Field(field, values) => self.field(*field, values)?,
            Expr::Saved(saved) => self.saved(saved, depth)?,
            Expr::Relation(relation, inner) => {
                let inner = self.node(inner, depth + 1)?;
                self.slot(Slot::Relation(*relation, inner))
            }
            Expr::Not(inner) => Node::Not(Box::new(self.node(inner, depth + 1)?)),
            Expr::And(parts) => {
                let mut nodes = self.nodes(parts, depth)?;
                nodes.sort_by_key(cost);
                Node::And(nodes)
            }
            Expr::Or(parts) => {
                let mut nodes = self.nodes(parts, depth)?;
                nodes.sort_by_key(cost);
                Node::Or(nodes)
            }
        })
    }

    fn nodes(&mut self, parts: &[Expr], depth: usize) -> Result<Vec<Node>, QueryError> {
        parts.iter().map(|part| self.node(part, depth + 1)).collect()
    }

    fn slot(&mut self, slot: Slot) -> Node {
        self.slots.push(slot);
        Node::Slot(self.slots.len() - 1)
    }

    fn saved(&mut self, saved: &Named, depth: usize) -> Result<Node, QueryError> {
        let place = self.place(saved.span.clone());
        if self.open.iter().any(|(name, _)| *name == saved.name) {
            return Err(QueryError::new(place, format!("the saved query `{}` contains itself", saved.name)));
        }
        let fail = |reason: String| QueryError::new(place.clone(), reason);
        let text = self.setting.lookup.saved(&saved.name).map_err(fail)?;
        let inner = parse(&text).map_err(|fault| fail(format!("in the saved query `{}`: {fault}", saved.name)))?;
        self.open.push((saved.name.clone(), place));
        let node = self.node(&inner, depth + 1);
        self.open.pop();
        node
    }

    fn list(&self, list: &Named) -> Result<Vec<String>, QueryError> {
        self.setting.lookup.list(&list.name).map_err(|reason| QueryError::new(self.place(list.span.clone()), reason))
    }

    /// The place in the query as typed: within a saved query, that of its name.
    fn place(&self, span: Range<usize>) -> Range<usize> {
        self.open.first().map_or(span, |(_, place)| place.clone())
    }

    fn regex(&mut self, regex: &super::RegexText) -> Result<Regex, QueryError> {
        self.regexes += 1;
        if self.regexes > MAX_REGEXES {
            let reason = format!("the query holds more than {MAX_REGEXES} regexes");
            return Err(QueryError::new(self.place(0..0), reason).suggest("join them with | within one"));
        }
        compile_regex(regex).map_err(|reason| QueryError::new(self.place(0..0), reason))
    }

    fn field(&mut self, field: Field, values: &[Value]) -> Result<Node, QueryError> {
        match field.kind() {
            Type::Word(_) => return Ok(words(field, values)),
            Type::Fold => return self.fold(values),
            _ => {}
        }
        let mut nodes = Vec::new();
        let mut equal = Vec::new();
        for value in values {
            match value {
                Value::Text(text) => equal.push(text.clone()),
                Value::List(list) => equal.extend(self.list(list)?),
                other => nodes.push(self.value(field, other)?),
            }
        }
        if !equal.is_empty() || values.iter().all(|value| matches!(value, Value::List(_))) {
            let pattern = Pattern::equal(equal, field.kind() == Type::Text);
            let node = self.pattern(field, pattern);
            nodes.push(node);
        }
        Ok(if nodes.len() > 1 { Node::Or(nodes) } else { nodes.pop().unwrap_or(Node::Nothing) })
    }

    fn value(&mut self, field: Field, value: &Value) -> Result<Node, QueryError> {
        let folded = field.kind() == Type::Text;
        Ok(match value {
            Value::Any if matches!(field.kind(), Type::Text | Type::Exact) => self.pattern(field, Pattern::Any),
            Value::Any if field == Field::Date => Node::Created(i64::MIN..i64::MAX),
            Value::Any if field == Field::Edited => Node::Edited(i64::MIN..i64::MAX),
            Value::Any => Node::Known(field),
            Value::Prefix(text) => self.pattern(field, Pattern::prefix(text, folded)),
            Value::Regex(regex) => {
                let regex = self.regex(regex)?;
                self.pattern(field, Pattern::Regex(regex))
            }
            Value::Comment(id) if field == Field::Under => self.slot(Slot::Under(UnderTarget::Comment(*id))),
            Value::Comment(id) => Node::Ids(vec![*id]),
            Value::Post(id) => Node::Post(*id),
            Value::Number(bounds) => Node::Number(field, *bounds),
            Value::Duration(bounds) => Node::Number(field, bounds.map(|span: Span| span.millis() as f64)),
            Value::Date(bounds) => date(field, *bounds, self.setting.now),
            Value::Text(_) | Value::List(_) => Node::Nothing,
        })
    }

    fn pattern(&mut self, field: Field, pattern: Pattern) -> Node {
        match field {
            Field::Author => Node::Author(pattern),
            Field::Title => Node::Title(pattern),
            Field::Source => Node::Source(pattern),
            Field::Id => Node::Key(pattern),
            Field::Post => Node::PostKey(pattern),
            Field::Under => self.slot(Slot::Under(UnderTarget::Key(pattern))),
            Field::Domain => Node::Domain(pattern),
            _ => Node::Label(field, pattern),
        }
    }

    fn fold(&mut self, values: &[Value]) -> Result<Node, QueryError> {
        let mut wanted = Vec::new();
        for value in values {
            match value {
                Value::Text(text) => wanted.extend(Wanted::new(text)),
                Value::List(list) => wanted.extend(self.list(list)?.iter().filter_map(|line| Wanted::new(line))),
                _ => {}
            }
        }
        let hint = Hint::new(wanted.iter().map(Wanted::first));
        Ok(Node::Fold(wanted, hint))
    }
}

/// The node of a field of words.
fn words(field: Field, values: &[Value]) -> Node {
    let names =
        values.iter().filter_map(|value| if let Value::Text(name) = value { Some(name.as_str()) } else { None });
    let one = |name: &str| match (field, name) {
        (Field::Is, _) => Is::from_name(name).map_or(Node::Nothing, Node::Is),
        (_, "reply") => Node::Not(Box::new(Node::Is(Is::Leaf))),
        (_, "note") => Node::HasNote,
        _ => Trait::from_name(name).map_or(Node::Nothing, Node::Has),
    };
    match field {
        Field::Status => Node::Status(set(names.filter_map(Status::from_name))),
        Field::Kind => Node::Kind(set(names.filter_map(Kind::from_name))),
        Field::AuthorKind => Node::AuthorKind(set(names.filter_map(AuthorKind::from_name))),
        _ => {
            let mut nodes: Vec<_> = names.map(one).collect();
            if nodes.len() > 1 { Node::Or(nodes) } else { nodes.pop().unwrap_or(Node::Nothing) }
        }
    }
}

/// The members of a set, sorted, each once.
fn set<T: Ord + std::hash::Hash>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<_> = items.collect::<HashSet<_>>().into_iter().collect();
    items.sort_unstable();
    items
}

fn date(field: Field, bounds: Bounds<DatePoint>, now: i64) -> Node {
    let range = match bounds {
        Bounds::Equal(point) if field == Field::After => point.range(now).start..i64::MAX,
        Bounds::Equal(point) if field == Field::Before => i64::MIN..point.range(now).start,
        Bounds::Equal(point) => point.range(now),
        Bounds::Less(point) => i64::MIN..point.range(now).start,
        Bounds::AtMost(point) => i64::MIN..point.range(now).end,
        Bounds::More(point) => point.range(now).end..i64::MAX,
        Bounds::AtLeast(point) => point.range(now).start..i64::MAX,
        Bounds::Between(low, high) => low.range(now).start..high.range(now).end,
    };
    if field == Field::Edited { Node::Edited(range) } else { Node::Created(range) }
}

/// How much work a condition is, so that the cheap ones are asked first.
fn cost(node: &Node) -> u8 {
    match node {
        Node::All | Node::Nothing | Node::Ids(_) | Node::Post(_) | Node::Status(_) | Node::Kind(_) => 0,
        Node::Is(_) | Node::Created(_) | Node::Edited(_) | Node::AuthorKind(_) | Node::HasNote => 0,
        Node::Number(Field::Words | Field::Links | Field::Caps | Field::Length, _) | Node::Known(_) => 4,
        Node::Number(..) => 1,
        Node::Author(_) | Node::Title(_) | Node::Source(_) | Node::Key(_) | Node::PostKey(_) | Node::Label(..) => 2,
        Node::Regex(_) => 3,
        Node::Phrase(..) | Node::Phrases(..) | Node::Has(_) | Node::Domain(_) => 4,
        Node::Fold(..) => 6,
        Node::Slot(_) => 7,
        Node::Not(inner) => cost(inner),
        Node::And(parts) | Node::Or(parts) => parts.iter().map(cost).max().unwrap_or(0),
    }
}
