//! A comment invented for a test: a text, or fields by the names that queries know them by, with the comment it answers.
//!
//! Fields that follow from the text (`words`, `links`, `caps`…) are not given; that they come out right is part of what
//! is tested.

use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, nearest};
use super::file::number;
use crate::model::{
    Author, AuthorKind, BodyFormat, Comment, CommentId, Kind, ParentOrigin, PostId, SourceKey, Status, Time,
};
use crate::query::{DatePoint, Facts, Field, History, Mark, Matcher, Member, Query, Span, Thread, World};

/// An invented comment, below the comments it answers.
#[derive(Debug, Clone)]
pub struct Case {
    /// The topmost comment first, the one that is asked about last.
    thread: Arc<Thread>,
    /// Its text.
    pub text: String,
}

/// What dates such as `7d` in tests are counted from: the beginning of 2020.
const NOW: i64 = 1_577_836_800_000;

const KEYS: &[&str] = &[
    "body",
    "author",
    "author.kind",
    "author.comments",
    "author.removed",
    "author.age",
    "title",
    "post",
    "id",
    "source",
    "status",
    "kind",
    "date",
    "edited",
    "edits",
    "score",
    "depth",
    "replies",
    "flag",
    "rule",
    "by",
    "reason",
    "tag",
    "lang",
    "abuse",
    "threat",
    "sexual",
    "profanity",
    "insult",
    "offtopic",
    "offtopic.declared",
    "offtopic.unrelated",
    "offtopic.empty",
    "identity",
    "spam",
    "copies",
    "personal",
    "quoting",
    "evasion",
    "parent",
];

impl Case {
    /// Reads a test's comment from its place in a rule file.
    pub(super) fn read(item: &Spanned<DeValue<'_>>) -> Result<Case, Fault> {
        let mut drafts = Vec::new();
        let mut next = Some(item);
        while let Some(item) = next {
            let mut draft = Draft::new();
            next = match item.get_ref() {
                DeValue::String(text) => {
                    draft.comment.text = text.to_string();
                    None
                }
                DeValue::Table(table) => draft.fill(table)?,
                _ => {
                    return Err(Fault::new(item.span(), "a test is a text, or a table of fields such as { body = … }"));
                }
            };
            drafts.push(draft);
        }
        drafts.reverse();
        Ok(Case::of(drafts))
    }

    fn of(drafts: Vec<Draft>) -> Case {
        let (mut key, mut title, mut text) = (String::new(), None, String::new());
        let last = drafts.len();
        let mut members = Vec::with_capacity(last);
        for (at, draft) in (1..).zip(drafts) {
            let Draft { mut comment, mut facts, post_key, title: named, depth } = draft;
            comment.id = CommentId(at);
            comment.depth = depth.unwrap_or(at as u32);
            if at > 1 {
                comment.parent = Some(CommentId(at - 1));
                comment.parent_origin = Some(ParentOrigin::Source);
            }
            if (at as usize) < last {
                facts.replies = facts.replies.max(1);
            }
            key = post_key.unwrap_or(key);
            title = named.or(title);
            text.clone_from(&comment.text);
            members.push(Member { comment, facts });
        }
        Case { thread: Arc::new(Thread::new(key, title, members)), text }
    }

    /// Whether a query finds it.
    pub fn is_found_by(&self, query: &Query) -> bool {
        let entry = self.thread.entries().last();
        entry.is_some_and(|entry| Matcher::new(query, self).matches(&entry).unwrap_or(false))
    }
}

impl World for Case {
    fn thread(&self, _: PostId) -> anyhow::Result<Arc<Thread>> {
        Ok(Arc::clone(&self.thread))
    }
}

/// One comment while it is filled in.
struct Draft {
    comment: Comment,
    facts: Facts,
    post_key: Option<String>,
    title: Option<String>,
    depth: Option<u32>,
}

impl Draft {
    fn new() -> Draft {
        let comment = Comment {
            id: CommentId(1),
            source: SourceKey { kind: String::new(), scope: String::new() }.into(),
            key: String::new(),
            post: PostId(1),
            parent: None,
            parent_key: None,
            parent_origin: None,
            depth: 1,
            kind: Kind::Comment,
            author: Author::unknown(),
            created: None,
            edited: None,
            format: BodyFormat::Text,
            raw: None,
            text: String::new(),
            status: Status::Pending,
            source_status: None,
            raw_status: None,
            score: None,
            revision: 0,
            extra: String::new(),
        };
        Draft { comment, facts: Facts::default(), post_key: None, title: None, depth: None }
    }

    /// Fills in the fields of a table; gives back the comment it answers.
    fn fill<'t, 'i>(&mut self, table: &'t DeTable<'i>) -> Result<Option<&'t Spanned<DeValue<'i>>>, Fault> {
        let mut parent = None;
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "parent" => parent = Some(value),
                name => self.set(name, value).map_err(|problem| match problem {
                    Problem::Key => unknown(key.get_ref(), key.span()),
                    Problem::Value(want) => Fault::new(value.span(), format!("`{name}` is {want}")),
                })?,
            }
        }
        Ok(parent)
    }

    fn set(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Result<(), Problem> {
        let comment = &mut self.comment;
        match name {
            "body" => comment.text = text(value)?,
            "author" => {
                let named = Author::named(&text(value)?, None);
                // A kind that was said already stays.
                let kind = if comment.author.kind == AuthorKind::Unknown { named.kind } else { comment.author.kind };
                comment.author = Author { kind, ..named };
            }
            "author.kind" => {
                comment.author.kind = word(value, AuthorKind::from_name, "a sort of author such as staff")?;
            }
            "author.comments" => self.history().comments = count(value)?,
            "author.removed" => self.history().removed = count(value)?,
            "author.age" => self.history().age = Some(age(&text(value)?)?),
            "title" => self.title = Some(text(value)?),
            "post" => self.post_key = Some(text(value)?),
            "id" => comment.key = text(value)?,
            "source" => Arc::make_mut(&mut comment.source).kind = text(value)?,
            "status" => comment.status = word(value, Status::from_name, "a status such as pending")?,
            "kind" => comment.kind = word(value, Kind::from_name, "a kind such as comment")?,
            "date" => comment.created = Time::utc(moment(value)?),
            "edited" => comment.edited = Time::utc(moment(value)?),
            "edits" => comment.revision = count(value)?,
            "score" => comment.score = Some(number(value).ok_or(Problem::Value("a number"))? as i64),
            "depth" => self.depth = Some(count(value)?),
            "replies" => self.facts.replies = count(value)?,
            "flag" => {
                let reasons = texts(value)?;
                self.facts.flags.extend(reasons.into_iter().map(|reason| Mark { reason, rule: None }));
            }
            "rule" => {
                let rules = texts(value)?;
                let mark = |rule| Mark { reason: String::new(), rule: Some(rule) };
                self.facts.flags.extend(rules.into_iter().map(mark));
            }
            "by" => self.facts.decided_by = texts(value)?,
            "reason" => self.facts.reason = Some(text(value)?),
            "tag" => self.facts.tags = texts(value)?,
            "lang" => self.facts.lang = Some(text(value)?),
            name => {
                let field = Field::from_name(name).filter(|field| field.is_scanned()).ok_or(Problem::Key)?;
                self.facts.signals.push((field, number(value).ok_or(Problem::Value("a number"))?));
            }
        }
        Ok(())
    }

    fn history(&mut self) -> &mut History {
        self.facts.history.get_or_insert_default()
    }
}

/// What is wrong with one field.
enum Problem {
    Key,
    Value(&'static str),
}

fn unknown(name: &str, span: std::ops::Range<usize>) -> Fault {
    let derived = ["words", "length", "links", "caps", "domain", "has", "is"].contains(&name);
    let suggestion = match derived {
        true => Some("it follows from the other fields; give those".to_owned()),
        false => nearest(name, KEYS.iter().copied()).or_else(|| Some(format!("known are: {}", KEYS.join(", ")))),
    };
    Fault::new(span, format!("a test has no field `{name}`")).suggest(suggestion)
}

fn text(value: &Spanned<DeValue<'_>>) -> Result<String, Problem> {
    value.get_ref().as_str().map(str::to_owned).ok_or(Problem::Value("a text"))
}

fn texts(value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, Problem> {
    match value.get_ref() {
        DeValue::Array(items) => items.iter().map(text).collect(),
        _ => Ok(vec![text(value)?]),
    }
}

fn count(value: &Spanned<DeValue<'_>>) -> Result<u32, Problem> {
    let number = number(value).filter(|number| number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number));
    number.map(|number| number as u32).ok_or(Problem::Value("a whole number from 0"))
}

fn word<T>(value: &Spanned<DeValue<'_>>, of: fn(&str) -> Option<T>, want: &'static str) -> Result<T, Problem> {
    value.get_ref().as_str().and_then(of).ok_or(Problem::Value(want))
}

/// A length of time as queries write it.
fn age(text: &str) -> Result<i64, Problem> {
    Span::read(text).map(Span::millis).ok_or(Problem::Value("a length of time such as \"7d\""))
}

/// The beginning of a date as queries write it.
fn moment(value: &Spanned<DeValue<'_>>) -> Result<i64, Problem> {
    let text = match value.get_ref() {
        DeValue::Datetime(time) => time.to_string(),
        DeValue::String(text) => text.to_string(),
        _ => String::new(),
    };
    let point = DatePoint::read(&text).ok_or(Problem::Value("a date such as 2016-04-05"))?;
    Ok(point.range(NOW).start)
}
