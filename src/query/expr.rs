//! A query as a tree, as typed. Printing it gives a query that reads as the same tree.

use std::fmt::{self, Display};
use std::ops::Range;

use super::fields::{Field, Relation};
use super::value::{RegexText, Value, write_text};

/// A query as typed.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// `*`: every comment.
    All,
    /// Words in order in the text: a word, a quoted phrase, or either with a `*` that lets the last word go on.
    Text {
        /// The words as typed.
        text: String,
        /// Whether the last word may go on.
        prefix: bool,
    },
    /// A regex that is found in the text.
    Regex(RegexText),
    /// `list(file)`: a line of this file stands in the text, as a phrase.
    List(Named),
    /// A field with alternatives, at least one.
    Field(Field, Vec<Value>),
    /// `query:NAME`
    Saved(Named),
    /// A relation to a comment that matches.
    Relation(Relation, Box<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// All of these, two or more, none of them an `And`.
    And(Vec<Expr>),
    /// Any of these, two or more, none of them an `Or`.
    Or(Vec<Expr>),
}

/// A name that is looked up outside the query: a saved query or a list file. Where it stands does not count when two
/// are compared.
#[derive(Debug, Clone)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Where it stands, in bytes of the query.
    pub span: Range<usize>,
}

impl PartialEq for Named {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Expr {
    /// All of these; `*` if there are none.
    pub fn and(parts: Vec<Expr>) -> Expr {
        flat(parts, Expr::And, |part| if let Expr::And(inner) = part { Ok(inner) } else { Err(part) })
    }

    /// Any of these; none would match nothing and is not to be asked for.
    pub fn or(parts: Vec<Expr>) -> Expr {
        flat(parts, Expr::Or, |part| if let Expr::Or(inner) = part { Ok(inner) } else { Err(part) })
    }

    /// Not this.
    pub fn negate(self) -> Expr {
        Expr::Not(Box::new(self))
    }
}

fn flat(parts: Vec<Expr>, join: fn(Vec<Expr>) -> Expr, open: fn(Expr) -> Result<Vec<Expr>, Expr>) -> Expr {
    let mut out = Vec::with_capacity(parts.len());
    for part in parts {
        match open(part) {
            Ok(inner) => out.extend(inner),
            Err(part) => out.push(part),
        }
    }
    match out.pop() {
        None => Expr::All,
        Some(only) if out.is_empty() => only,
        Some(last) => {
            out.push(last);
            join(out)
        }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expr::All => f.write_str("*"),
            Expr::Text { text, prefix } => {
                write_text(f, text)?;
                f.write_str(if *prefix { "*" } else { "" })
            }
            Expr::Regex(regex) => regex.fmt(f),
            Expr::List(list) => Value::List(list.clone()).fmt(f),
            Expr::Field(Field::Id, values) if matches!(values.as_slice(), [Value::Comment(_)]) => values[0].fmt(f),
            Expr::Field(field, values) => {
                write!(f, "{}:", field.name())?;
                joined(f, values, "|", Display::fmt)
            }
            Expr::Saved(saved) => {
                f.write_str("query:")?;
                write_text(f, &saved.name)
            }
            Expr::Relation(relation, inner) => write!(f, "{}:{{{inner}}}", relation.as_str()),
            Expr::Not(inner) => match **inner {
                Expr::Not(_) => write!(f, "NOT {inner}"),
                Expr::And(_) | Expr::Or(_) => write!(f, "-({inner})"),
                _ => write!(f, "-{inner}"),
            },
            Expr::And(parts) => joined(f, parts, " ", |part, f| match part {
                Expr::Or(_) => write!(f, "({part})"),
                _ => part.fmt(f),
            }),
            Expr::Or(parts) => joined(f, parts, " OR ", Display::fmt),
        }
    }
}

fn joined<T>(
    f: &mut fmt::Formatter<'_>,
    parts: &[T],
    between: &str,
    write: impl Fn(&T, &mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        f.write_str(if i > 0 { between } else { "" })?;
        write(part, f)?;
    }
    Ok(())
}
