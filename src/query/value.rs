//! What stands after a field's colon, as typed: texts, regexes, numbers, dates and their comparisons. Printing a value
//! gives a text that reads as the same value.

use std::fmt::{self, Display, Write};

use super::dates::{DatePoint, Span};
use super::expr::Named;
use crate::model::{CommentId, PostId};

/// One value; a field holds alternatives of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `*`: whatever it is, as long as it is known.
    Any,
    /// This text, whole.
    Text(String),
    /// A text that begins so.
    Prefix(String),
    /// A regex that is found in it.
    Regex(RegexText),
    /// A line of this file.
    List(Named),
    /// A number.
    Number(Bounds<f64>),
    /// A date.
    Date(Bounds<DatePoint>),
    /// A length of time.
    Duration(Bounds<Span>),
    /// A comment of quell's numbering.
    Comment(CommentId),
    /// A post of quell's numbering.
    Post(PostId),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bounds<T> {
    /// `3`
    Equal(T),
    /// `<3`
    Less(T),
    /// `<=3` or `..3`
    AtMost(T),
    /// `>3`
    More(T),
    /// `>=3` or `3..`
    AtLeast(T),
    /// `2..3`, both included
    Between(T, T),
}

impl<T> Bounds<T> {
    /// The same comparison of another sort of value.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Bounds<U> {
        match self {
            Bounds::Equal(a) => Bounds::Equal(f(a)),
            Bounds::Less(a) => Bounds::Less(f(a)),
            Bounds::AtMost(a) => Bounds::AtMost(f(a)),
            Bounds::More(a) => Bounds::More(f(a)),
            Bounds::AtLeast(a) => Bounds::AtLeast(f(a)),
            Bounds::Between(a, b) => Bounds::Between(f(a), f(b)),
        }
    }
}

impl<T: PartialOrd> Bounds<T> {
    /// Whether a value lies within.
    pub fn holds(&self, value: &T) -> bool {
        match self {
            Bounds::Equal(a) => value == a,
            Bounds::Less(a) => value < a,
            Bounds::AtMost(a) => value <= a,
            Bounds::More(a) => value > a,
            Bounds::AtLeast(a) => value >= a,
            Bounds::Between(a, b) => value >= a && value <= b,
        }
    }
}

impl<T: Display> Display for Bounds<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bounds::Equal(a) => a.fmt(f),
            Bounds::Less(a) => write!(f, "<{a}"),
            Bounds::AtMost(a) => write!(f, "<={a}"),
            Bounds::More(a) => write!(f, ">{a}"),
            Bounds::AtLeast(a) => write!(f, ">={a}"),
            Bounds::Between(a, b) => write!(f, "{a}..{b}"),
        }
    }
}

/// A regular expression as typed, without its slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegexText {
    /// The pattern.
    pub pattern: String,
    /// Its flags: letters of `imsx`, sorted, each once.
    pub flags: String,
}

impl Display for RegexText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('/')?;
        let mut chars = self.pattern.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => {
                    f.write_char('\\')?;
                    chars.next().map_or(Ok(()), |next| f.write_char(next))?;
                }
                '/' => f.write_str("\\/")?,
                _ => f.write_char(c)?,
            }
        }
        write!(f, "/{}", self.flags)
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Any => f.write_char('*'),
            Value::Text(text) => write_text(f, text),
            Value::Prefix(text) => {
                write_text(f, text)?;
                f.write_char('*')
            }
            Value::Regex(regex) => regex.fmt(f),
            Value::List(list) => {
                f.write_str("list(")?;
                write_quoted(f, &list.name)?;
                f.write_char(')')
            }
            Value::Number(bounds) => bounds.fmt(f),
            Value::Date(bounds) => bounds.fmt(f),
            Value::Duration(bounds) => bounds.fmt(f),
            Value::Comment(id) => id.fmt(f),
            Value::Post(id) => id.fmt(f),
        }
    }
}

/// Writes a text bare where it cannot be taken for anything else, else quoted.
pub(super) fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    if reads_as_itself(text) { f.write_str(text) } else { write_quoted(f, text) }
}

/// Writes a text in quotes.
pub(super) fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}

/// Whether a text may stand without quotes: letters, digits, and hyphens or underscores inside, and neither an operator
/// nor one of quell's ids.
fn reads_as_itself(text: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    text.starts_with(char::is_alphanumeric)
        && text.chars().all(inner)
        && !matches!(text, "AND" | "OR" | "NOT" | "list")
        && text.parse::<CommentId>().is_err()
        && text.parse::<PostId>().is_err()
}
