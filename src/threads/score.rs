//! The choice: a softmax over the candidates, comment by comment, each seeing the tree that was chosen before it.
//! Parents come before their answers, so whatever is chosen is a forest.

use std::ops::Range;

use super::edge::Class;
use super::features::structure::{Structure, Tree};
use super::features::{Feature, row};
use super::index::{Index, Node, node_of};
use super::people::Naming;
use super::profile::Profile;
use super::runs::Run;
use super::scan::{Candidate, Scene, known, scan};

/// One candidate with its scores before the tree is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice {
    pub node: Node,
    pub class: Class,
    /// The score without the tree; then the probability.
    pub probability: f32,
}

/// A comment with its candidates.
#[derive(Debug, Clone)]
pub(crate) struct Slate {
    pub node: Node,
    pub options: Range<usize>,
    pub runs: Range<usize>,
    /// The chosen candidate, as an index into the page's options; none where the parent is known.
    pub chosen: Option<usize>,
    /// Its quoted words have no source on the page.
    pub source_missing: bool,
}

/// A scored page.
pub(crate) struct Scored {
    pub slates: Vec<Slate>,
    pub options: Vec<Choice>,
    pub runs: Vec<Run>,
}

/// Runs that are kept of a comment as evidence.
const MAX_RUNS: usize = 8;

/// Scores every comment of a page.
pub(crate) fn score(index: &Index<'_>, profile: &Profile) -> Scored {
    let mut scored = lay_out(index, profile);
    let authors: Vec<u32> = index.docs.iter().map(|doc| doc.author).collect();
    let mut tree = Tree::new(&authors, index.authors);
    for slate in &mut scored.slates {
        let options = &mut scored.options[slate.options.clone()];
        for option in options.iter_mut() {
            option.probability += dot(&tree.row(slate.node, option.node), &profile.tree);
        }
        softmax(options);
        let choice = best(options);
        tree.add(slate.node, known(index, slate.node).map_or(options[choice].node, node_of));
        slate.chosen = known(index, slate.node).is_none().then_some(slate.options.start + choice);
    }
    scored
}

fn lay_out(index: &Index<'_>, profile: &Profile) -> Scored {
    let mut scored = Scored { slates: Vec::with_capacity(index.docs.len()), options: Vec::new(), runs: Vec::new() };
    scan(index, profile.reach, |scene, candidates, runs| {
        let (first_option, first_run) = (scored.options.len(), scored.runs.len());
        scored.options.extend(candidates.iter().map(|candidate| {
            let row = row(scene, candidate);
            Choice {
                node: candidate.node,
                class: class(scene, candidate),
                probability: dot(row.values(), &profile.words),
            }
        }));
        scored.runs.extend(runs.iter().take(MAX_RUNS));
        scored.slates.push(Slate {
            node: scene.node,
            options: first_option..scored.options.len(),
            runs: first_run..scored.runs.len(),
            chosen: None,
            source_missing: scene.marked_words >= 8 && scene.quotes.run == 0 && marked_worth(scene) >= 40.0,
        });
    });
    scored
}

/// What an edge to a candidate would rest on.
pub(crate) fn class(scene: &Scene<'_>, candidate: &Candidate) -> Class {
    let named = matches!(candidate.named, Some(Naming::At | Naming::Addressed | Naming::Attributed));
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
