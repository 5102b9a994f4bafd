//! A comment under examination: what several signals need of it, worked out once and only when asked for.
//!
//! Not here: its post and thread, which only `offtopic` looks at.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use super::language::{self, Language};
use super::lexicon;
use super::model::features::Features;
use super::model::reading::{self, Reading};
use super::offtopic::likeness::sentences;
use super::quoting;

/// The text of one comment, with what is known of it so far.
#[derive(Debug)]
pub struct Subject<'a> {
    text: &'a str,
    quotes: OnceCell<Vec<Range<usize>>>,
    own: OnceCell<Cow<'a, str>>,
    reading: OnceCell<Reading>,
    features: OnceCell<Features>,
    windows: OnceCell<Vec<Window>>,
    language: OnceCell<Language>,
    kinds: OnceCell<Vec<(Range<usize>, &'static str)>>,
}

/// Texts longer than this many bytes are also read in windows: 600 is where single rude sentences begin to drown.
const LONG: usize = 600;

/// Windows are whole sentences of at least this many bytes together.
const WINDOW: usize = 300;

/// Windows read of one text; what follows in a longer one is not looked at.
const MOST_WINDOWS: usize = 64;

/// A stretch of whole sentences of a long text.
#[derive(Debug, Clone)]
pub struct Window {
    /// Where it stands in the text.
    pub span: Range<usize>,
    /// Its features.
    pub features: Features,
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
            windows: OnceCell::new(),
            language: OnceCell::new(),
            kinds: OnceCell::new(),
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

    /// A long own text in windows; none of a short one.
    pub fn windows(&self) -> &[Window] {
        self.windows.get_or_init(|| windows(self.own(), self.reading()))
    }

    /// What language the own text seems to be in.
    pub fn language(&self) -> Language {
        *self.language.get_or_init(|| language::of(self.own(), self.reading()))
    }

    /// Where rude words stand in the own text, each with its kind, seen through disguises. No place counts twice.
    pub fn kinds(&self) -> &[(Range<usize>, &'static str)] {
        self.kinds.get_or_init(|| kinds(self.reading()))
    }
}

fn kinds(reading: &Reading) -> Vec<(Range<usize>, &'static str)> {
    let masked = |word: &str| if word.contains('*') { lexicon::unmasked(word) } else { Vec::new() };
    let kind = |word: &str| lexicon::kind(word).or_else(|| masked(word).into_iter().find_map(lexicon::kind));
    let mut found: Vec<(Range<usize>, &'static str)> = Vec::new();
    for (word, _, span) in reading.words() {
        if let Some(kind) = kind(word)
            && found.last().is_none_or(|(last, _)| last.end <= span.start)
        {
            found.push((span, kind));
        }
    }
    found
}

fn windows(own: &str, reading: &Reading) -> Vec<Window> {
    if own.len() <= LONG {
        return Vec::new();
    }
    let mut spans: Vec<Range<usize>> = Vec::new();
    for sentence in sentences(own) {
        let full = spans.len() == MOST_WINDOWS;
        match spans.last_mut() {
            Some(last) if last.len() < WINDOW => last.end = sentence.end,
            _ if full => break,
            _ => spans.push(sentence),
        }
    }
    // What was read with the whole is not read once more; the rest of a very long text is.
    let known = spans.iter().take_while(|span| span.end <= reading.end()).count();
    let stretches: Vec<(Range<usize>, &str)> =
        spans[..known].iter().map(|span| (span.clone(), &own[span.clone()])).collect();
    let rest = spans[known..].iter().map(|span| Features::of(&reading::read(&own[span.clone()])));
    let features = Features::of_stretches(reading, &stretches).into_iter().chain(rest);
    features.zip(spans.clone()).map(|(features, span)| Window { span, features }).collect()
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
    fn long_texts_are_also_read_in_windows() {
        assert_eq!(Subject::new("Soup is good.").windows().len(), 0);
        let text = "The soup was good and the bread was fresh. ".repeat(20);
        let windows: Vec<usize> = Subject::new(&text).windows().iter().map(|w| w.span.len()).collect();
        assert!(windows.len() == 3 && windows[..2].iter().all(|length| *length >= WINDOW), "{windows:?}");
    }

    #[test]
    fn a_comment_of_quotes_alone_is_its_writers_own() {
        assert_eq!(Subject::new("> soup").own(), "> soup");
    }
}
