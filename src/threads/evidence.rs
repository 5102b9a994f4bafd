//! The words that an edge rests on, as byte spans of the texts that were given.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

use super::edge::{Class, Evidence};
use super::index::{Index, Node, Token};
use super::runs::Run;
use super::score::Choice;

/// Shared words that are shown.
const MAX_WORDS: usize = 6;
/// Words less rare than this are no evidence.
const LEAST_IDF: f32 = 3.5;

/// Everything that speaks for a choice.
pub(crate) fn evidence(index: &Index<'_>, runs: &[Run], node: Node, choice: &Choice) -> Vec<Evidence> {
    let mut found: Vec<Evidence> =
        runs.iter().filter(|run| run.node == choice.node).map(|run| quote(index, node, run)).collect();
    if index.references(node).any(|to| to == choice.node) {
        found.push(Evidence::Number);
    }
    found.extend(names(index, node, choice.node).map(|here| Evidence::Name { here }));
    found.extend(names(index, choice.node, node).map(|there| Evidence::NamedBy { there }));
    if choice.class == Class::Wording {
        let here = shared_words(index, node, choice.node);
        if !here.is_empty() {
            found.push(Evidence::Words { here });
        }
    }
    found
}

fn quote(index: &Index<'_>, node: Node, run: &Run) -> Evidence {
    Evidence::Quote {
        here: span(&index.tokens(node)[run.start as usize..run.end as usize]),
        there: span(&index.tokens(run.node)[run.their_start as usize..run.their_end as usize]),
        words: run.words() as usize,
        original: run.original,
    }
}

fn span(tokens: &[Token]) -> Range<usize> {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.start as usize..last.start as usize + usize::from(last.len),
        _ => 0..0,
    }
}

/// Where a node names the author of another.
fn names<'i>(index: &'i Index<'_>, node: Node, other: Node) -> impl Iterator<Item = Range<usize>> + 'i {
    let author = index.docs[other as usize].author;
    let named = index.mentions(node).iter().filter(move |mention| mention.author == author).take(1);
    named.map(|mention| mention.start as usize..mention.end as usize)
}

/// Where the rarest words stand that both use, rarest first.
fn shared_words(index: &Index<'_>, node: Node, other: Node) -> Vec<Range<usize>> {
    let mut mine: HashMap<u32, &Token, RandomState> = HashMap::default();
    let stem = |token: &Token| index.lexicon.words[token.word as usize].stem;
    let rarity = |token: &Token| index.lexicon.words[token.word as usize].idf;
    for token in index.tokens(node).iter().filter(|token| rarity(token) >= LEAST_IDF) {
        mine.entry(stem(token)).or_insert(token);
    }
    let mut shared: Vec<&Token> = index.tokens(other).iter().filter_map(|token| mine.remove(&stem(token))).collect();
    shared.sort_by(|a, b| rarity(b).total_cmp(&rarity(a)).then(a.start.cmp(&b.start)));
    shared.iter().take(MAX_WORDS).map(|token| span(std::slice::from_ref(*token))).collect()
}
