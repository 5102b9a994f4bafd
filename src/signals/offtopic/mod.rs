//! `offtopic`: whether a comment contributes to its post, to what it answers, or to its thread.
//!
//! A pure function over one post with all its comments. Three answers are kept apart: `declared` (the comment says so
//! itself), `unrelated` (it shares too little with what is around it) and `empty` (there is nothing in it to compare).
//! It only ranks and marks; below eight content words `unrelated` abstains.
//!
//! Not here: where the discussion comes from, and removing anything. Human labels of relevance are hard to meet for any
//! method (AUC .64 to .74 in our measurements), so nothing should be removed by this value alone.

pub mod centre;
pub mod likeness;
pub mod markers;
pub mod rarity;
pub mod train;
pub mod words;

mod branches;

pub use branches::{Branch, DRIFT, branch_of};

use std::ops::Range;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::model::logistic;
use super::{Reads, Scale, Signal, Subject};
use likeness::Likeness;
use markers::Empty;
use rarity::Rarity;

/// How little a comment has to do with its discussion.
pub static SIGNAL: Signal = Signal {
    name: "offtopic",
    version: 2,
    meaning: "probability that the comment has to do neither with its post nor with what it answers nor with its thread",
    scale: Scale::Probability,
    reads: Reads::Thread,
};

/// Content words below which likeness says nothing.
pub const FEWEST_WORDS: usize = 8;

/// Content words of the post and the other comments below which there is nothing to be like.
pub const FEWEST_AROUND: usize = 30;

/// A post with all its comments.
#[derive(Debug, Clone, Copy)]
pub struct Discussion<'a> {
    /// Title and text of the post.
    pub post: &'a str,
    /// Its comments, in any order.
    pub comments: &'a [Remark<'a>],
}

/// A comment of a discussion.
#[derive(Debug, Clone, Copy)]
pub struct Remark<'a> {
    /// Its plain text.
    pub text: &'a str,
    /// The place, among the comments, of the one it answers; nothing where it answers the post.
    pub parent: Option<usize>,
}

/// What was found about one comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Where it declares itself off topic.
    pub declared: Option<Range<usize>>,
    /// Why there is nothing in it to compare.
    pub empty: Option<Empty>,
    /// The probability that it is unrelated; nothing where it is too short to say.
    pub unrelated: Option<f64>,
    /// What `unrelated` was made from.
    pub likeness: Likeness,
}

impl Judgement {
    /// The value of the field `offtopic`: 1 where declared, else `unrelated`.
    pub fn value(&self) -> Option<f64> {
        if self.declared.is_some() { Some(1.0) } else { self.unrelated }
    }
}

/// Weights for likenesses, fitted by [`train`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Its version.
    pub version: u32,
    /// One a feature, the constant last.
    pub weights: Vec<f64>,
    /// The probability from which on to mark: 5 in 100 comments that belong are marked in cross-validation.
    pub threshold: f64,
}

static SHIPPED: LazyLock<Option<Weights>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../weights/offtopic.json")).ok());

/// The shipped weights; a test makes sure that they are there.
pub fn shipped() -> Option<&'static Weights> {
    SHIPPED.as_ref()
}

/// Judges every comment of a discussion.
pub fn judge(discussion: &Discussion<'_>, rarity: &Rarity, weights: &Weights) -> Vec<Judgement> {
    let found = likeness::likenesses(discussion, rarity);
    let many = found.len();
    found
        .into_iter()
        .zip(discussion.comments)
        .map(|(likeness, remark)| {
            let subject = Subject::new(remark.text);
            let unrelated = logistic::probability(&weights.weights, &features(&likeness, many));
            Judgement {
                declared: markers::declared(subject.own()),
                empty: markers::empty(subject.own()),
                unrelated: likeness.is_enough().then_some(unrelated),
                likeness,
            }
        })
        .collect()
}

/// The features of a likeness: nine measures, each again by the length of the comment and by the size of the discussion,
/// since likeness means more in long comments and is found more easily among many; and what those two are.
pub fn features(likeness: &Likeness, comments: usize) -> Vec<f64> {
    let l = likeness;
    let length = (1.0 + l.words as f64).ln() - 3.0;
    let size = (1.0 + comments as f64).ln() - 3.0;
    let shares = [l.post, l.parent_cover, l.above, l.siblings, l.sibling, l.centre, l.cover].map(f64::sqrt);
    let measures: Vec<f64> = shares.into_iter().chain([l.expected, l.rarest / 10.0]).collect();
    let by = |of: f64| measures.iter().map(move |measure| measure * of);
    let rest = [length, f64::from(u8::from(l.answers)), size, (1.0 + l.shared as f64).ln()];
    by(1.0).chain(by(length)).chain(by(size)).chain(rest).collect()
}
