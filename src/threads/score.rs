//! The choice: a softmax over the candidates, comment by comment, each seeing the tree that was chosen before it.
//! Parents come before their answers, so whatever is chosen is a forest.

use super::edge::Class;
use super::features::structure::{Structure, Tree};
use super::features::{Feature, row};
use super::index::{Index, Node, node_of};
use super::people::Naming;
use super::profile::Profile;
use super::runs::Run;
use super::scan::{Candidate, Scene, known, scan};

/// One candidate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice {
    pub node: Node,
    pub class: Class,
    /// Its share; until all are known, its score.
    pub probability: f32,
}

/// A comment with its candidates, scored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slate<'s> {
    pub node: Node,
    pub options: &'s [Choice],
    pub runs: &'s [Run],
    /// The chosen candidate, as an index into the options; none where the parent is known.
    pub chosen: Option<usize>,
    /// Its quoted words have no source on the page.
    pub source_missing: bool,
}

/// Scores every comment of a page, in page order. Nothing is kept of a comment but its place in the tree.
pub(crate) fn score(index: &Index<'_>, profile: &Profile, mut visit: impl FnMut(Slate<'_>)) {
    let authors: Vec<u32> = index.docs.iter().map(|doc| doc.author).collect();
    let mut tree = Tree::new(&authors, index.authors);
    let mut options: Vec<Choice> = Vec::new();
    scan(index, profile.reach, |scene, candidates, runs| {
        let node = scene.node;
        options.clear();
        let due = tree.due(node);
        options.extend(candidates.iter().map(|candidate| {
            let (words, structure) = (row(scene, candidate), tree.row(node, candidate.node, due));
            let mut score = words.weigh(&profile.words) + dot(&structure, &profile.tree);
            if let Some(net) = &profile.net {
                let places = structure.iter().copied().enumerate().filter(|(_, value)| *value != 0.0);
                score += net.score(words.cells().chain(places.map(|(at, value)| (Feature::COUNT + at, value))));
            }
            Choice { node: candidate.node, class: class(scene, candidate), probability: score }
        }));
        softmax(&mut options);
        let choice = best(&options);
        let known = known(index, node);
        tree.add(node, known.map_or(options[choice].node, node_of));
        visit(Slate {
            node,
            options: &options,
            runs,
            chosen: known.is_none().then_some(choice),
            source_missing: scene.marked_words >= 8 && scene.quotes.run == 0 && marked_worth(scene) >= 40.0,
        });
    });
}

/// What an edge to a candidate would rest on.
pub(crate) fn class(scene: &Scene<'_>, candidate: &Candidate) -> Class {
    let named = candidate.named.is_some_and(|naming| naming != Naming::Anywhere);
    let like = &candidate.like;
    if candidate.quote.run > 0 {
        Class::Quote
    } else if candidate.numbered || named || candidate.named.is_some() || candidate.names_me {
        Class::Mention
    } else if like.unique > 0.0 || like.rare > 0.0 || (like.cosine > 0.1 && like.cosine >= scene.likeness.cosine) {
        Class::Wording
    } else {
        Class::Position
    }
}

/// Nats of the quoted words.
fn marked_worth(scene: &Scene<'_>) -> f32 {
    let marked = scene.index.tokens(scene.node).iter().filter(|token| token.marked);
    marked.map(|token| scene.index.lexicon.words[token.word as usize].idf.min(8.0)).sum()
}

pub(crate) fn dot<const N: usize>(row: &[f32; N], weights: &[f32]) -> f32 {
    row.iter().zip(weights).map(|(value, weight)| value * weight).sum()
}

/// The likeliest option, the later one of equals; 0 of none, which does not happen: the post is always one.
fn best(options: &[Choice]) -> usize {
    let likelier = |a: &(usize, f32), b: &(usize, f32)| a.1.total_cmp(&b.1);
    options.iter().map(|option| option.probability).enumerate().max_by(likelier).map_or(0, |(at, _)| at)
}

fn softmax(options: &mut [Choice]) {
    let most = options.iter().map(|option| option.probability).fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for option in options.iter_mut() {
        option.probability = (option.probability - most).exp();
        sum += option.probability;
    }
    for option in options.iter_mut() {
        option.probability /= sum;
    }
}

/// The number of weights without and with those of the tree.
pub(crate) const WEIGHTS: (usize, usize) = (Feature::COUNT, Feature::COUNT + Structure::COUNT);
