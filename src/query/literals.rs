//! The words that a text must hold for a regex to match it, so that the text index can narrow a regex search.
//!
//! Each way through the regex is written as a row of atoms: a folded letter, something that ends a word, an edge
//! (`\b`, `^`, `$`), or a gap of which nothing is known. A run of letters between two edges is a whole token of every
//! text that matches; one with an edge on its left only is the beginning of a token; all others say nothing.
//! That holds because every character of a token is a word character to the regex crate ([`crate::text::tokens`]), so a
//! Unicode `\b` beside a letter is always the end of its token. A regex that has a way without such a run is not
//! narrowed at all.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Look, Repetition};

use super::plan::{Narrow, and, or};
use super::text::Phrase;
use crate::text::tokens;

/// What every text that the regex matches fulfils; [`Narrow::All`] where nothing can be said.
pub(super) fn narrow(pattern: &str) -> Narrow {
    let Ok(hir) = ParserBuilder::new().nest_limit(64).build().parse(pattern) else { return Narrow::All };
    // The cases of a letter and what may be left out make many ways that need the same.
    let mut seen = HashSet::new();
    let mut needs: Vec<_> = ways(&hir).iter().map(|way| needed(way)).collect();
    needs.retain(|words| seen.insert(words.clone()));
    or(needs.into_iter().map(|words| and(words.into_iter().map(Narrow::Words).collect())).collect())
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Atom {
    /// A letter or digit of a token, folded.
    Letter(String),
    /// A character that ends a token.
    Break,
    /// A place where a token ends or begins.
    Edge,
    /// Anything, or nothing.
    Gap,
}

type Way = Vec<Atom>;

/// Above this many ways a scan is no worse than the index.
const MAX_WAYS: usize = 128;

/// The longest way that is followed; what comes after is not needed.
const MAX_ATOMS: usize = 512;

/// The longest run that is looked up, in bytes: well below the length at which tokens are cut.
const MAX_RUN: usize = 100;

/// The words that one way needs.
fn needed(way: &[Atom]) -> Vec<Phrase> {
    let mut words = Vec::new();
    let mut run: Option<String> = None;
    let mut edge = false;
    for atom in way.iter().chain([&Atom::Gap]) {
        match atom {
            Atom::Letter(letter) => {
                if edge {
                    run = Some(String::new());
                }
                if let Some(run) = &mut run {
                    run.push_str(letter);
                }
            }
            other => words.extend(run.take().and_then(|run| word(run, *other == Atom::Gap))),
        }
        edge = matches!(atom, Atom::Break | Atom::Edge);
    }
    words
}

/// One run as a condition, if it is worth one: the beginning of a token needs two letters.
fn word(run: String, prefix: bool) -> Option<Phrase> {
    let worth = run.len() <= MAX_RUN && (!prefix || run.chars().nth(1).is_some());
    worth.then(|| Phrase { tokens: vec![run], prefix })
}

/// The ways through a regex. Recursion is bounded by the parser's nest limit.
fn ways(hir: &Hir) -> Vec<Way> {
    match hir.kind() {
        HirKind::Empty => vec![Vec::new()],
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => vec![text.chars().take(MAX_ATOMS).map(atom).collect()],
            Err(_) => gap(),
        },
        HirKind::Class(class) => vec![vec![class_atom(class)]],
        HirKind::Look(look) => vec![look_atom(*look).into_iter().collect()],
        HirKind::Repetition(repetition) => repeated(repetition),
        HirKind::Capture(capture) => ways(&capture.sub),
        HirKind::Concat(parts) => parts.iter().fold(vec![Vec::new()], |left, part| joined(left, ways(part))),
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(ways(part));
                if all.len() > MAX_WAYS {
                    return gap();
                }
            }
            all
        }
    }
}

fn gap() -> Vec<Way> {
    vec![vec![Atom::Gap]]
}

/// Each way of the left followed by each of the right.
fn joined(mut left: Vec<Way>, mut right: Vec<Way>) -> Vec<Way> {
    if left.len() * right.len() > MAX_WAYS {
        right = gap();
    }
    // Thousands of parts that each go one way must not copy all ways each time.
    if let [only] = right.as_slice() {
        left.iter_mut().for_each(|way| follow(way, only));
        return left;
    }
    let mut out = Vec::with_capacity(left.len() * right.len());
    for begin in left {
        for end in &right {
            let mut way = begin.clone();
            follow(&mut way, end);
            out.push(way);
        }
    }
    out
}

/// Goes on with more atoms, or with a gap where it would get too long. A gap after a gap says nothing new.
fn follow(way: &mut Way, atoms: &[Atom]) {
    let fits = way.len() + atoms.len() <= MAX_ATOMS;
    if fits && atoms != [Atom::Gap] {
        way.extend_from_slice(atoms);
    } else if way.last() != Some(&Atom::Gap) {
        way.push(Atom::Gap);
    }
}

fn repeated(repetition: &Repetition) -> Vec<Way> {
    let inner = ways(&repetition.sub);
    let breaks = inner.iter().all(|way| !way.is_empty() && way.iter().all(|atom| *atom == Atom::Break));
    match (repetition.min, repetition.max) {
        (0, Some(0)) => vec![Vec::new()],
        (1, Some(1)) => inner,
        (0, max) if breaks || max == Some(1) => {
            let mut out = inner;
            out.push(Vec::new());
            out
        }
        (0, _) => gap(),
        _ if breaks => inner,
        (min, max) if max == Some(min) && min <= 8 => {
            (1..min).fold(inner.clone(), |left, _| joined(left, inner.clone()))
        }
        _ => joined(inner, gap()),
    }
}

fn atom(c: char) -> Atom {
    match tokens::class(c) {
        tokens::Class::Word => {
            let mut folded = String::new();
            tokens::fold_char(c, &mut folded);
            Atom::Letter(folded)
        }
        tokens::Class::Mark => Atom::Gap,
        tokens::Class::Single | tokens::Class::Other => Atom::Break,
    }
}

/// The atom of a class: the one that all its characters share, as the cases of a letter do.
fn class_atom(class: &Class) -> Atom {
    let Class::Unicode(class) = class else { return Atom::Gap };
    let count: u32 = class.ranges().iter().map(|range| range.len() as u32).sum();
    if count == 0 {
        return Atom::Gap;
    }
    if count <= 16 {
        let mut atoms = class.ranges().iter().flat_map(|range| range.start()..=range.end()).map(atom);
        let first = atoms.next().unwrap_or(Atom::Gap);
        return if atoms.all(|other| other == first) { first } else { Atom::Gap };
    }
    let Some(word) = &*WORD else { return Atom::Gap };
    let mut shared = class.clone();
    shared.intersect(word);
    if shared.ranges().is_empty() { Atom::Break } else { Atom::Gap }
}

/// The class `\w`.
static WORD: LazyLock<Option<ClassUnicode>> = LazyLock::new(|| match regex_syntax::parse(r"\w").ok()?.into_kind() {
    HirKind::Class(Class::Unicode(class)) => Some(class),
    _ => None,
});

/// The atom of a look-around that says something of words; others match nothing and say nothing.
fn look_atom(look: Look) -> Option<Atom> {
    match look {
        Look::Start | Look::End | Look::StartLF | Look::EndLF | Look::StartCRLF | Look::EndCRLF => Some(Atom::Edge),
        Look::WordUnicode | Look::WordStartUnicode | Look::WordEndUnicode => Some(Atom::Edge),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::query::explain::line;

    fn needs(pattern: &str) -> String {
        line(&narrow(pattern))
    }

    #[test]
    fn whole_words_and_beginnings_are_found() {
        assert_eq!(needs(r"\bOT\b"), r#"words "ot""#);
        assert_eq!(
            needs(r"(?i)^\s*(OT|off[- ]?topic)\b"),
            r#"(words "ot" or (words "off" and words "topic") or words "offtopic")"#
        );
        assert_eq!(needs(r"(?i)\bkardash?ian"), r#"(words "kardashian"* or words "kardasian"*)"#);
        assert_eq!(needs(r"buy now, cheap stuff"), r#"(words "now" and words "cheap" and words "stuff"*)"#);
        assert_eq!(needs(r"(?i)\bstraße\W+\w+ x\b"), r#"(words "strasse" and words "x")"#);
        assert_eq!(needs(r"(foo|bar)\s+and\s+baz"), r#"(words "and" and words "baz"*)"#);
    }

    #[test]
    fn what_is_not_needed_is_not_asked_for() {
        for pattern in [
            "kardashian",
            r"\bfoo|bar",
            r"\w+ing\b",
            r"(?-u:\b)foo(?-u:\b)",
            r"\b[a-z]{2,3}\b",
            "日本",
            ".*",
            r"\bf",
            r"x*",
        ] {
            assert_eq!(needs(pattern), "every comment", "{pattern}");
        }
        assert_eq!(needs(r"\bfoo\B"), r#"words "foo"*"#);
        assert_eq!(needs(r"\bab{2,9}c\b"), r#"words "ab"*"#);
        assert_eq!(needs(r"\bab{3}c\b"), r#"words "abbbc""#);
    }

    /// What the text index answers.
    fn indexed(narrow: &Narrow, text: &str) -> bool {
        match narrow {
            Narrow::All => true,
            Narrow::And(parts) => parts.iter().all(|part| indexed(part, text)),
            Narrow::Or(parts) => parts.iter().any(|part| indexed(part, text)),
            Narrow::Words(Phrase { tokens, prefix: false }) => {
                tokens::tokens(text).any(|token| token.folded == tokens[0])
            }
            Narrow::Words(Phrase { tokens, .. }) => {
                tokens::tokens(text).any(|token| token.folded.starts_with(&tokens[0]))
            }
            _ => false,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn every_text_that_matches_has_the_words(
            parts in prop::collection::vec(prop::sample::select(vec![
                r"\b", r"\b", "^", "$", "ab", "a", "S", "ſ", "(?i)", r"\s+", r"\W", r"\s*", "[ab]", "b?", "(a|ab|)", "(sa|b)", "a{2}",
                "b+", "_", "é", "e\u{301}", "-", r"\B", "日", ".", r"\w", " ", "(?-u:\\b)", r"[^\w]", "²", "\u{AD}", "\u{200D}", "ß", "k",
                r"\d", "1", r"\b{start}", r"\b{end}", r"\b{start-half}", "(?m)", "(?m:$)", "\n", "[- ]?", "(?:a b|s-s)",
            ]), 1..7),
            text in "[abAsSſkK\u{212A}eé\u{301}_ 1²日\u{AD}\u{200D}ßẞ\n-]{0,8}",
        ) {
            let pattern = parts.concat();
            let Ok(regex) = regex::Regex::new(&pattern) else { return Ok(()) };
            let narrow = narrow(&pattern);
            prop_assert!(!regex.is_match(&text) || indexed(&narrow, &text), "{pattern:?} {text:?}: {}", line(&narrow));
        }
    }

    #[test]
    fn huge_regexes_end_in_a_gap() {
        let words = (0..500).map(|n| format!(r"\bword{n}\b")).collect::<Vec<_>>().join("|");
        assert_eq!(needs(&words), "every comment");
        assert_eq!(needs(&r"\b(a|b)(c|d)".repeat(40)), "every comment");
        needs(&"x".repeat(60_000));
    }
}
