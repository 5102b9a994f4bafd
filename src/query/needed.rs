//! What must stand in a text for a query to match it, as literals for one automaton that many queries share. Like the
//! plan it only narrows: a text that holds none of a query's literals can't match, one that does is put to the matcher.
//!
//! Words and whole words that regexes need come with their edges ([`super::plan`]); of any other regex it is the
//! longest run of characters on every way through it. Case of ASCII letters is never looked at: `K` and `S` have a
//! third form beyond ASCII (U+212A, U+017F), and texts with one of these are not to be narrowed ([`is_blurred`]).

use std::collections::BTreeSet;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::compile::{Node, Query};
use super::plan::Narrow;
use crate::text::tokens;

/// One literal that a text may have to hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Literal {
    /// These bytes in the text as it is, whatever the case of ASCII letters; lower case here.
    Raw(String),
    /// This token among [`tokens::joined`] of the text, or in an ASCII text as it is: between two edges, or with
    /// `prefix` behind one.
    Token {
        /// The folded token.
        text: String,
        /// Whether it may go on.
        prefix: bool,
    },
    /// The same, but a text in which something can be folded may hold it in disguise.
    Folded(String),
}

impl Literal {
    /// The bytes to look for.
    pub fn text(&self) -> &str {
        match self {
            Literal::Raw(text) | Literal::Token { text, .. } | Literal::Folded(text) => text,
        }
    }
}

/// Whether a text holds characters that lower to ASCII letters, which literals are blind to.
pub fn is_blurred(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memmem::find(bytes, "\u{212A}".as_bytes()).is_some()
        || memchr::memmem::find(bytes, "\u{17F}".as_bytes()).is_some()
}

impl Query {
    /// Literals of which every text that matches holds at least one; nothing where no such set is known. An empty set
    /// says that nothing matches.
    pub fn needed(&self) -> Option<BTreeSet<Literal>> {
        of(&self.root)
    }
}

fn of(node: &Node) -> Option<BTreeSet<Literal>> {
    match node {
        Node::Nothing => Some(BTreeSet::new()),
        Node::And(parts) => best(parts.iter().filter_map(of)),
        Node::Or(parts) => union(parts.iter().map(of)),
        Node::Phrase(phrase, _) => words(&Narrow::Words(phrase.clone())),
        Node::Phrases(set, _) => union(set.phrases().into_iter().map(|phrase| words(&Narrow::Words(phrase.clone())))),
        Node::Fold(wanted, _) => Some(wanted.iter().map(|wanted| Literal::Folded(wanted.first().to_owned())).collect()),
        Node::Regex(regex) => pattern(regex.as_str()),
        Node::Has(which) => pattern(which.pattern()),
        Node::Domain(_) => pattern(super::traits::LINK),
        Node::Number(super::Field::Links, bounds) if !bounds.holds(&0.0) => pattern(super::traits::LINK),
        _ => None,
    }
}

/// The set that is rarest to be found, by a guess: the one whose shortest literal is longest, and of these the smallest.
fn best(sets: impl Iterator<Item = BTreeSet<Literal>>) -> Option<BTreeSet<Literal>> {
    let worth = |set: &BTreeSet<Literal>| {
        let shortest = set.iter().map(|literal| literal.text().len()).min().unwrap_or(usize::MAX);
        (shortest.min(4), std::cmp::Reverse(set.len()), shortest)
    };
    sets.max_by_key(worth)
}

fn union(mut sets: impl Iterator<Item = Option<BTreeSet<Literal>>>) -> Option<BTreeSet<Literal>> {
    sets.try_fold(BTreeSet::new(), |mut all, set| {
        all.extend(set?);
        Some(all)
    })
}

/// The literals of a tree of words.
fn words(narrow: &Narrow) -> Option<BTreeSet<Literal>> {
    match narrow {
        Narrow::Nothing => Some(BTreeSet::new()),
        Narrow::And(parts) => best(parts.iter().filter_map(words)),
        Narrow::Or(parts) => union(parts.iter().map(words)),
        Narrow::Words(phrase) => {
            let last = phrase.tokens.len().checked_sub(1)?;
            let (at, text) = phrase.tokens.iter().enumerate().max_by_key(|(_, token)| token.len())?;
            // A token at the length where tokens are cut has an edge that the text doesn't show.
            let prefix = (phrase.prefix && at == last) || text.len() >= tokens::MAX_TOKEN;
            Some(BTreeSet::from([Literal::Token { text: text.clone(), prefix }]))
        }
        _ => None,
    }
}

/// The literals of a regex: the whole words it needs, or a run of characters that is on every way through it.
fn pattern(pattern: &str) -> Option<BTreeSet<Literal>> {
    let run = || {
        let hir = ParserBuilder::new().nest_limit(64).build().parse(pattern).ok()?;
        let run = part(&hir).best()?;
        Some(run.into_iter().map(Literal::Raw).collect())
    };
    best([words(&super::literals::narrow(pattern)), run()].into_iter().flatten())
}

/// The most alternatives a set of runs may grow to.
const MAX_RUNS: usize = 32;

/// The most characters of a class that are followed one by one.
const MAX_CLASS: usize = 6;

/// The longest run worth looking for, in bytes.
const MAX_RUN: usize = 64;

/// What is known of one part of a regex.
struct Part {
    /// Everything it can match, if that is few.
    exact: Option<BTreeSet<String>>,
    /// Runs of which what it matches holds one, if any are known.
    inner: Option<BTreeSet<String>>,
}

impl Part {
    fn exact(texts: impl IntoIterator<Item = String>) -> Part {
        Part { exact: Some(texts.into_iter().collect()), inner: None }
    }

    fn unknown() -> Part {
        Part { exact: None, inner: None }
    }

    fn best(self) -> Option<BTreeSet<String>> {
        better(self.exact.filter(is_worth), self.inner)
    }
}

fn is_worth(texts: &BTreeSet<String>) -> bool {
    !texts.is_empty() && texts.iter().all(|text| text.len() >= 2)
}

fn better(a: Option<BTreeSet<String>>, b: Option<BTreeSet<String>>) -> Option<BTreeSet<String>> {
    let worth = |set: &BTreeSet<String>| {
        let shortest = set.iter().map(String::len).min().unwrap_or(0);
        (shortest.min(4), std::cmp::Reverse(set.len()), shortest)
    };
    a.into_iter().chain(b).max_by_key(worth)
}

/// What is known of a part. Recursion is bounded by the parser's nest limit.
fn part(hir: &Hir) -> Part {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Part::exact([String::new()]),
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => Part::exact([text.to_ascii_lowercase()]),
            Err(_) => Part::unknown(),
        },
        HirKind::Class(Class::Unicode(class)) => {
            let chars = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            let chars: BTreeSet<char> = chars.take(4 * MAX_CLASS).map(lower).collect();
            let few = chars.len() <= MAX_CLASS && !chars.is_empty();
            let whole = class.ranges().iter().map(|range| range.len()).sum::<usize>() < 4 * MAX_CLASS;
            if few && whole { Part::exact(chars.into_iter().map(String::from)) } else { Part::unknown() }
        }
        HirKind::Class(Class::Bytes(_)) => Part::unknown(),
        HirKind::Capture(capture) => part(&capture.sub),
        HirKind::Repetition(repetition) => match (repetition.min, repetition.max) {
            (0, Some(1)) => {
                let mut inner = part(&repetition.sub);
                inner.inner = None;
                inner.exact = inner.exact.map(|mut texts| {
                    texts.insert(String::new());
                    texts
                });
                inner
            }
            (0, _) => Part::unknown(),
            (1, Some(1)) => part(&repetition.sub),
            (min, max) => {
                let sub = part(&repetition.sub);
                let times = max.filter(|max| *max == min && min <= 8).and(sub.exact.clone());
                let times = times.and_then(|texts| (1..min).try_fold(texts.clone(), |left, _| cross(&left, &texts)));
                Part { exact: times, inner: sub.best() }
            }
        },
        HirKind::Concat(parts) => concat(parts),
        HirKind::Alternation(parts) => {
            let parts: Vec<Part> = parts.iter().map(part).collect();
            let join = |sets: Vec<Option<BTreeSet<String>>>| {
                let all: Option<Vec<_>> = sets.into_iter().collect();
                let all: BTreeSet<String> = all?.into_iter().flatten().collect();
                (all.len() <= MAX_RUNS * 4).then_some(all)
            };
            let exact = join(parts.iter().map(|part| part.exact.clone()).collect());
            Part { exact, inner: join(parts.into_iter().map(Part::best).collect()) }
        }
    }
}

/// The lower case of an ASCII letter and of the two characters that lower to one.
fn lower(c: char) -> char {
    match c {
        '\u{212A}' => 'k',
        '\u{17F}' => 's',
        c => c.to_ascii_lowercase(),
    }
}

fn concat(parts: &[Hir]) -> Part {
    let mut run = Some(BTreeSet::from([String::new()]));
    let mut inner: Option<BTreeSet<String>> = None;
    let mut whole = true;
    for hir in parts {
        let next = part(hir);
        let longer = run.as_ref().zip(next.exact.as_ref()).and_then(|(left, right)| cross(left, right));
        match longer {
            Some(longer) => run = Some(longer),
            None => {
                whole = false;
                inner = better(inner, run.take().filter(is_worth));
                run = next.exact.clone().filter(|texts| texts.len() <= MAX_RUNS);
            }
        }
        inner = better(inner, next.inner);
        // What has no known text ends the run; a new one begins behind it.
        run = Some(run.unwrap_or_else(|| BTreeSet::from([String::new()])));
    }
    let run = run.unwrap_or_default();
    if whole {
        Part { exact: Some(run), inner }
    } else {
        Part { exact: None, inner: better(inner, Some(run).filter(is_worth)) }
    }
}

/// Each text of the left followed by each of the right; nothing if that grows too large.
fn cross(left: &BTreeSet<String>, right: &BTreeSet<String>) -> Option<BTreeSet<String>> {
    if left.len() * right.len() > MAX_RUNS {
        return None;
    }
    let out: BTreeSet<String> = left.iter().flat_map(|a| right.iter().map(move |b| format!("{a}{b}"))).collect();
    out.iter().all(|text| text.len() <= MAX_RUN).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{NoLookup, Setting, compile, parse};

    fn needed(query: &str) -> String {
        let query = compile(&parse(query).unwrap(), &Setting { now: 0, lookup: &NoLookup }).unwrap();
        match query.needed() {
            None => "-".to_owned(),
            Some(set) => set.iter().map(Literal::text).collect::<Vec<_>>().join(" "),
        }
    }

    #[test]
    fn the_longest_run_on_every_way_is_needed() {
        assert_eq!(needed("/free\\s+(money|cash)/i"), "free");
        assert_eq!(needed("/(viagra|cialis)\\d*/"), "cialis viagra");
        assert_eq!(needed("/colou?r/i"), "color colour");
        assert_eq!(needed("/kiss/i"), "kiss");
        assert_eq!(needed("/a.*b/"), "-");
        assert_eq!(needed("/\\bOT\\b/"), "ot");
        assert_eq!(needed("casino links:>=1 -poker"), "casino");
        assert_eq!(needed("casino OR \"free spins\""), "casino spins");
        assert_eq!(needed("casino OR author:x"), "-");
        assert_eq!(needed("fold:\"free money\""), "free");
        assert_eq!(needed("/(ab){3}/"), "ababab");
        assert_eq!(needed("/x+yz/"), "yz");
    }

    proptest::proptest! {
        #[test]
        fn no_match_lacks_what_is_needed(
            pattern in "((a|b|k|s|xy|é)(\\?|\\+|\\*|\\{2\\})?|\\(ab\\|c\\)|\\.|\\\\s|\\[ab\\]){1,6}",
            text in "[abcksxyéAKS \u{212A}\u{17F}]{0,24}",
        ) {
            let source = format!("/{pattern}/i");
            let Ok(expr) = parse(&source) else { return Ok(()) };
            let Ok(query) = compile(&expr, &Setting { now: 0, lookup: &NoLookup }) else { return Ok(()) };
            let hit = regex::Regex::new(&format!("(?i){pattern}")).is_ok_and(|regex| regex.is_match(&text));
            if let Some(set) = query.needed() && hit && !is_blurred(&text) {
                let (raw, words) = (text.to_ascii_lowercase(), tokens::joined(&text));
                let held = set.iter().any(|literal| match literal {
                    Literal::Raw(literal) => raw.contains(literal.as_str()),
                    other => words.contains(other.text()),
                });
                proptest::prop_assert!(held, "{source} {text:?} {set:?}");
            }
        }
    }
}
