//! A comment under examination: what several signals need of it, worked out once and only when asked for.
//!
//! Not here: its post and thread, which only `offtopic` looks at.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use super::language::{self, Language};
use super::model::features::Features;
use super::model::reading::{self, Reading};
use super::quoting;

/// The text of one comment, with what is known of it so far.
#[derive(Debug)]
pub struct Subject<'a> {
    text: &'a str,
    quotes: OnceCell<Vec<Range<usize>>>,
    own: OnceCell<Cow<'a, str>>,
    reading: OnceCell<Reading>,
    features: OnceCell<Features>,
    language: OnceCell<Language>,
}

impl<'a> Subject<'a> {
    /// Takes up a comment by its plain text.
    pub fn new(text: &'a str) -> Subject<'a> {
        Subject {
            text,
            quotes: OnceCell::new(),
            own: OnceCell::new(),
            reading: OnceCell::new(),
            features: OnceCell::new(),
            language: OnceCell::new(),
        }
    }

    /// The whole text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Where it quotes others.
    pub fn quotes(&self) -> &[Range<usize>] {
        self.quotes.get_or_init(|| quoting::quotes(self.text))
    }

    /// The text with the quotes blanked out, byte for byte, so that places stay the same. Where nothing else is left,
    /// the quotes count as the writer's own: else anything could be said behind a `>`.
    pub fn own(&self) -> &str {
        self.own.get_or_init(|| without(self.text, self.quotes()))
    }

    /// The own text as the learner reads it.
    pub fn reading(&self) -> &Reading {
        self.reading.get_or_init(|| reading::read(self.own()))
    }

    /// The features of the own text.
    pub fn features(&self) -> &Features {
        self.features.get_or_init(|| Features::of(self.reading()))
    }

    /// What language the own text seems to be in.
    pub fn language(&self) -> Language {
        *self.language.get_or_init(|| language::of(self.own()))
    }
}

fn without<'a>(text: &'a str, quotes: &[Range<usize>]) -> Cow<'a, str> {
    if quotes.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut own = String::with_capacity(text.len());
    let mut at = 0;
    for quote in quotes {
        own.push_str(&text[at..quote.start]);
        own.extend(std::iter::repeat_n(' ', quote.len()));
        at = quote.end;
    }
    own.push_str(&text[at..]);
    if own.trim().is_empty() { Cow::Borrowed(text) } else { Cow::Owned(own) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_blanked_and_places_stay() {
        let subject = Subject::new("> soup\nbread");
        assert_eq!(subject.own(), "       bread");
    }

    #[test]
    fn a_comment_of_quotes_alone_is_its_writers_own() {
        assert_eq!(Subject::new("> soup").own(), "> soup");
    }
}
