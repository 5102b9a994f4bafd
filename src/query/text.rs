//! Words and phrases: finding them among the tokens of a text.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use aho_corasick::AhoCorasick;

use crate::text::tokens;

/// Tokens in order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phrase {
    /// The folded tokens, at least one.
    pub tokens: Vec<String>,
    /// Whether the last may go on.
    pub prefix: bool,
}

impl Phrase {
    /// The phrase of a text; nothing if the text has no token.
    pub(super) fn new(text: &str, prefix: bool) -> Option<Phrase> {
        let tokens: Vec<_> = tokens::tokens(text).map(|token| token.folded.into_owned()).collect();
        (!tokens.is_empty()).then_some(Phrase { tokens, prefix })
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"{}", self.tokens.join(" "), if self.prefix { "*" } else { "" })
    }
}

/// The tokens of one text, made once for all words of a query.
#[derive(Debug, Default)]
pub(super) struct Words {
    folded: String,
    /// For each token: where it ends in `folded`, and its span in the text.
    tokens: Vec<(u32, Range<u32>)>,
}

impl Words {
    pub(super) fn new(text: &str) -> Words {
        let mut words = Words::default();
        for token in tokens::tokens(text) {
            words.folded.push_str(&token.folded);
            words.tokens.push((words.folded.len() as u32, token.span.start as u32..token.span.end as u32));
        }
        words
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    fn token(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.tokens[before].0);
        &self.folded[start as usize..self.tokens[at].0 as usize]
    }

    /// Whether a phrase begins at this token.
    fn stands_at(&self, phrase: &Phrase, at: usize) -> bool {
        let last = phrase.tokens.len() - 1;
        at + last < self.len()
            && phrase.tokens.iter().enumerate().all(|(i, wanted)| match i == last && phrase.prefix {
                true => self.token(at + i).starts_with(wanted.as_str()),
                false => self.token(at + i) == wanted,
            })
    }

    fn span(&self, at: usize, count: usize) -> Range<usize> {
        self.tokens[at].1.start as usize..self.tokens[at + count - 1].1.end as usize
    }

    /// Where a phrase stands in the text, in bytes.
    pub(super) fn find<'a>(&'a self, phrase: &'a Phrase) -> impl Iterator<Item = Range<usize>> + 'a {
        (0..self.len()).filter(|at| self.stands_at(phrase, *at)).map(|at| self.span(at, phrase.tokens.len()))
    }

    /// Where any phrase of a set stands.
    pub(super) fn find_any<'a>(&'a self, set: &'a PhraseSet) -> impl Iterator<Item = Range<usize>> + 'a {
        (0..self.len()).flat_map(move |at| {
            let starting = set.by_first.get(self.token(at)).map(Vec::as_slice).unwrap_or_default();
            starting
                .iter()
                .filter(move |phrase| self.stands_at(phrase, at))
                .map(move |phrase| self.span(at, phrase.tokens.len()))
        })
    }
}

/// Many phrases, found in one pass: the lines of a list.
#[derive(Debug, Clone, Default)]
pub(super) struct PhraseSet {
    by_first: HashMap<String, Vec<Phrase>>,
}

impl PhraseSet {
    /// The phrases of these lines; lines without a letter or digit are passed over.
    pub(super) fn new(lines: &[String]) -> PhraseSet {
        let mut set = PhraseSet::default();
        for phrase in lines.iter().filter_map(|line| Phrase::new(line, false)) {
            set.by_first.entry(phrase.tokens[0].clone()).or_default().push(phrase);
        }
        // Copies of a line would each be compared at every place where it begins.
        set.by_first.values_mut().for_each(|phrases| {
            phrases.sort_by(|a, b| a.tokens.cmp(&b.tokens));
            phrases.dedup();
        });
        set
    }

    /// The phrases, in order.
    pub(super) fn phrases(&self) -> Vec<&Phrase> {
        let mut all: Vec<_> = self.by_first.values().flatten().collect();
        all.sort_by(|a, b| a.tokens.cmp(&b.tokens));
        all
    }
}

/// A quick look whether an ASCII text can hold any of some tokens at all, so that most texts need no splitting.
#[derive(Debug, Clone)]
pub(super) enum Hint {
    /// No ASCII text can.
    Never,
    /// One that holds this, case aside.
    One(String),
    /// One that holds any of these, case aside.
    Many(AhoCorasick),
    /// Any.
    Unknown,
}

impl Hint {
    /// A hint for texts that hold one of these folded tokens. Those beyond ASCII are in no ASCII text.
    pub(super) fn new<'t>(tokens: impl Iterator<Item = &'t str>) -> Hint {
        let tokens: Vec<_> = tokens.filter(|token| token.is_ascii() && !token.is_empty()).collect();
        match tokens.as_slice() {
            [] => Hint::Never,
            [only] => Hint::One((*only).to_owned()),
            many => AhoCorasick::builder().ascii_case_insensitive(true).build(many).map_or(Hint::Unknown, Hint::Many),
        }
    }

    /// The same for a phrase: its longest token, unless a token beyond ASCII keeps it out of ASCII texts.
    pub(super) fn of(phrase: &Phrase) -> Hint {
        let longest = phrase.tokens.iter().max_by_key(|token| token.len());
        let ascii = phrase.tokens.iter().all(|token| token.is_ascii());
        Hint::new(longest.filter(|_| ascii).into_iter().map(String::as_str))
    }

    /// Whether the text may hold one; for texts beyond ASCII always yes.
    pub(super) fn may_be_in(&self, text: &str) -> bool {
        !text.is_ascii()
            || match self {
                Hint::Never => false,
                Hint::One(token) => holds(text.as_bytes(), token.as_bytes()),
                Hint::Many(automaton) => automaton.is_match(text),
                Hint::Unknown => true,
            }
    }
}

/// Whether an ASCII text holds a lower-case ASCII token, case aside.
fn holds(text: &[u8], token: &[u8]) -> bool {
    let Some(first) = token.first() else { return true };
    memchr::memchr2_iter(*first, first.to_ascii_uppercase(), text)
        .any(|at| text.get(at..at + token.len()).is_some_and(|part| part.eq_ignore_ascii_case(token)))
}
