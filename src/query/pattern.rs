//! What a text value means: how names, keys, titles and tags are compared with what was typed. The store may call
//! [`Pattern::matches`] over its few distinct authors, sources and titles to find the row ids that a query asks for.

use std::collections::HashSet;

use regex::{Regex, RegexBuilder};

use super::value::RegexText;
use crate::text::tokens;

/// A condition on a short text.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// Anything, as long as it is known.
    Any,
    /// One of these, whole: folded by [`tokens::name_key`] if `folded`, else as they are.
    OneOf {
        /// The texts.
        texts: HashSet<String>,
        /// Whether case and accents count for nothing.
        folded: bool,
    },
    /// A text that begins so.
    Prefix {
        /// The beginning.
        text: String,
        /// Whether case and accents count for nothing.
        folded: bool,
    },
    /// A regex that is found in it.
    Regex(Regex),
}

impl Pattern {
    /// This text or none, whole.
    pub(super) fn equal(texts: impl IntoIterator<Item = String>, folded: bool) -> Pattern {
        let texts = texts.into_iter().map(|text| if folded { tokens::name_key(&text) } else { text }).collect();
        Pattern::OneOf { texts, folded }
    }

    /// A text that begins so.
    pub(super) fn prefix(text: &str, folded: bool) -> Pattern {
        Pattern::Prefix { text: if folded { tokens::name_key(text) } else { text.to_owned() }, folded }
    }

    /// Whether a text is asked for.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Pattern::Any => true,
            // Most names are one ASCII word, of which nothing but the case is folded.
            Pattern::OneOf { texts, folded: true }
                if texts.len() <= 4 && text.bytes().all(|b| b > b' ' && b < 0x7F) =>
            {
                texts.iter().any(|wanted| wanted.eq_ignore_ascii_case(text))
            }
            Pattern::OneOf { texts, folded: true } => texts.contains(&tokens::name_key(text)),
            Pattern::OneOf { texts, folded: false } => texts.contains(text),
            Pattern::Prefix { text: begin, folded: true } => tokens::name_key(text).starts_with(begin.as_str()),
            Pattern::Prefix { text: begin, folded: false } => text.starts_with(begin.as_str()),
            Pattern::Regex(regex) => regex.is_match(text),
        }
    }

    /// The texts that it equals, where it is nothing but that: for an index. Folded ones are [`tokens::name_key`]s.
    pub fn equals(&self) -> Option<&HashSet<String>> {
        match self {
            Pattern::OneOf { texts, .. } => Some(texts),
            _ => None,
        }
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Pattern::Any => f.write_str("is known"),
            Pattern::OneOf { texts, .. } if texts.len() > 8 => write!(f, "is one of {} texts", texts.len()),
            Pattern::OneOf { texts, .. } => {
                let mut texts: Vec<_> = texts.iter().map(|text| format!("{text:?}")).collect();
                texts.sort_unstable();
                write!(f, "is {}", texts.join(" or "))
            }
            Pattern::Prefix { text, .. } => write!(f, "begins with {text:?}"),
            Pattern::Regex(regex) => write!(f, "matches the regex {:?}", regex.as_str()),
        }
    }
}

/// The most memory a compiled regex may take, in bytes.
const REGEX_SIZE: usize = 4 << 20;

/// How many regexes a query may hold, saved ones included: each may take megabytes.
pub(super) const MAX_REGEXES: usize = 64;

/// Compiles a regex as typed, within limits of size and nesting; the reason if it can't be.
pub(super) fn compile_regex(text: &RegexText) -> Result<Regex, String> {
    // The flags go into the pattern itself, so that whoever reads the compiled regex sees them.
    let pattern = match text.flags.as_str() {
        "" => text.pattern.clone(),
        flags => format!("(?{flags}){}", text.pattern),
    };
    RegexBuilder::new(&pattern).size_limit(REGEX_SIZE).nest_limit(64).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "this regex is too large".to_owned(),
        _ => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            format!("this regex cannot be read: {}", last.strip_prefix("error: ").unwrap_or(last))
        }
    })
}
