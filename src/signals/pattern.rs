//! Fixed regular expressions, compiled when first used.
//!
//! Not for patterns that a person writes: those belong to queries and rules, which report what is wrong with them.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

/// One fixed pattern. A test compiles each of them; one that doesn't compile finds nothing.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Takes a pattern in the syntax of the regex crate.
    pub const fn new(text: &'static str) -> Pattern {
        Pattern { text, compiled: OnceLock::new() }
    }

    /// Where it matches, in order.
    pub fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.regex().into_iter().flat_map(move |regex| regex.find_iter(text).map(|found| found.range()))
    }

    /// Whether it compiles.
    pub fn is_sound(&self) -> bool {
        self.regex().is_some()
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(self.text).ok()).as_ref()
    }
}
