//! What is wrong with a query: where, why, and one suggestion, printed with a caret under the fault.

use std::fmt;
use std::ops::Range;

use unicode_width::UnicodeWidthStr;
use winnow::error::ParserError;
use winnow::stream::{Location, Stream};

/// A fault in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// Where, in bytes of the query.
    pub span: Range<usize>,
    /// What is wrong, lower case, no full stop.
    pub reason: String,
    /// What was perhaps meant, or what to do, as half a sentence.
    pub suggestion: Option<String>,
}

impl QueryError {
    /// A fault without a suggestion.
    pub fn new(span: Range<usize>, reason: impl Into<String>) -> Self {
        QueryError { span, reason: shown(&reason.into()), suggestion: None }
    }

    /// The same fault, with a suggestion.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(shown(&suggestion.into()));
        self
    }

    /// The fault, then the part of the query around it with a caret under the fault. Control characters are shown as
    /// spaces, so nothing in a query can reach the terminal.
    pub fn render(&self, query: &str) -> String {
        let start = floor(query, self.span.start);
        let end = floor(query, self.span.end.max(start)).min(floor(query, start + AROUND));
        let from = floor(query, start.saturating_sub(AROUND));
        let to = floor(query, end + AROUND);
        let before = plain(&query[from..start]);
        let fault = plain(&query[start..end]);
        let (head, tail) = (if from > 0 { "…" } else { "" }, if to < query.len() { "…" } else { "" });
        let indent = head.width() + before.width();
        format!(
            "{self}\n  {head}{before}{fault}{}{tail}\n  {}{}",
            plain(&query[end..to]),
            " ".repeat(indent),
            "^".repeat(fault.width().max(1))
        )
    }
}

/// How many bytes of the query are shown on each side of a fault, at the most.
const AROUND: usize = 60;

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; {suggestion}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for QueryError {}

impl<I: Stream + Location> ParserError<I> for QueryError {
    type Inner = Self;

    fn from_input(input: &I) -> Self {
        let at = input.current_token_start();
        QueryError::new(at..at, "this cannot be read")
    }

    fn into_inner(self) -> Result<Self, Self> {
        Ok(self)
    }
}

/// The last character boundary at or before an offset.
fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

/// What a message may hold: it often quotes the query, which may hold anything of any length.
fn shown(message: &str) -> String {
    let mut out: String = plain(message).chars().take(MAX_MESSAGE).collect();
    if out.len() < message.len() && message.chars().nth(MAX_MESSAGE).is_some() {
        out.push('…');
    }
    out
}

/// The longest reason or suggestion, in characters.
const MAX_MESSAGE: usize = 200;

fn plain(text: &str) -> String {
    let invisible = |c: char| {
        c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if invisible(c) { ' ' } else { c }).collect()
}
