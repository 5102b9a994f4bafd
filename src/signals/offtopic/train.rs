//! Fits the off-topic weights on discussions into which comments of other discussions were put.
//!
//! Not here: making such discussions.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::likeness::likenesses;
use super::rarity::Rarity;
use super::{Discussion, FEWEST_WORDS, Remark, Weights, features};
use crate::signals::model::{logistic, measure};

/// One labelled comment of a discussion.
#[derive(Debug, Clone, Deserialize)]
struct Line {
    thread: u64,
    post: String,
    text: String,
    pn: Option<usize>,
    y: u8,
}

/// A discussion whose strangers are known.
#[derive(Debug, Clone)]
pub struct Labelled {
    /// Title and text of the post.
    pub post: String,
    /// The comments: text, place of the answered one, and whether it is a stranger.
    pub comments: Vec<(String, Option<usize>, bool)>,
}

/// Reads discussions as JSON lines `{"thread", "post", "text", "pn", "y"}`, in which the comments of a thread stand
/// together and `pn` is the place of the answered one among them.
pub fn read(input: impl BufRead) -> Result<Vec<Labelled>> {
    let mut all: Vec<Labelled> = Vec::new();
    let mut last = None;
    for (number, line) in input.lines().enumerate() {
        let line: Line = serde_json::from_str(&line?).with_context(|| format!("line {} is no comment", number + 1))?;
        if last != Some(line.thread) {
            last = Some(line.thread);
            all.push(Labelled { post: line.post, comments: Vec::new() });
        }
        if let Some(discussion) = all.last_mut() {
            discussion.comments.push((line.text, line.pn, line.y == 1));
        }
    }
    Ok(all)
}

/// One comment as the fit sees it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its features.
    pub features: Vec<f64>,
    /// Whether it is a stranger.
    pub y: bool,
    /// Its content words.
    pub words: usize,
    /// Which discussion it stands in.
    pub thread: usize,
}

/// The cases of a set of discussions, which stand for one database: words are as rare as they are in it. Each text counts
/// once, because strangers stand in their own discussion too: words that nobody else uses would give them away by being
/// counted twice.
pub fn cases(set: &[Labelled]) -> Vec<Case> {
    let (mut rarity, mut counted) = (Rarity::default(), HashSet::new());
    for discussion in set {
        let texts = discussion.comments.iter().map(|(text, _, _)| text);
        for text in std::iter::once(&discussion.post).chain(texts).filter(|text| counted.insert(text.as_str())) {
            rarity.add(text);
        }
    }
    let mut all = Vec::new();
    for (thread, discussion) in set.iter().enumerate() {
        let remarks: Vec<Remark<'_>> =
            discussion.comments.iter().map(|(text, parent, _)| Remark { text, parent: *parent }).collect();
        let found = likenesses(&Discussion { post: &discussion.post, comments: &remarks }, &rarity);
        for (likeness, (_, _, y)) in found.iter().zip(&discussion.comments) {
            all.push(Case { features: features(likeness, remarks.len()), y: *y, words: likeness.words, thread });
        }
    }
    all
}

/// Fits the weights; `ridge` holds them back. Cases too short to be judged don't take part.
pub fn weights(cases: &[Case], ridge: f64) -> Vec<f64> {
    let used = || cases.iter().filter(|case| case.words >= FEWEST_WORDS / 2);
    let rows: Vec<Vec<f64>> = used().map(|case| case.features.clone()).collect();
    let labels: Vec<f64> = used().map(|case| f64::from(u8::from(case.y))).collect();
    logistic::fit(&rows, &labels, ridge)
}

/// Scores each case by weights fitted on the discussions of the other four fifths.
pub fn cross(cases: &[Case], ridge: f64) -> Vec<(f64, bool)> {
    const PARTS: usize = 5;
    let mut parts: HashMap<usize, Vec<f64>> = HashMap::new();
    for part in 0..PARTS {
        let others: Vec<Case> = cases.iter().filter(|case| case.thread % PARTS != part).cloned().collect();
        parts.insert(part, weights(&others, ridge));
    }
    let score = |case: &Case| logistic::probability(&parts[&(case.thread % PARTS)], &case.features);
    cases.iter().map(|case| (score(case), case.y)).collect()
}

/// How well strangers are told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Left {
    /// Comments.
    pub comments: usize,
    /// Strangers among them.
    pub strangers: usize,
    /// The area under the ROC curve over all comments.
    pub auc: f64,
    /// The same over those of eight content words or more, which are the ones that are judged.
    pub long: f64,
    /// The share of strangers that is found where 5 in 100 others are marked.
    pub recall: f64,
}

fn figures(cases: &[Case], scored: &[(f64, bool)]) -> Left {
    let judged = scored.iter().zip(cases).filter(|(_, case)| case.words >= FEWEST_WORDS).map(|(s, _)| *s);
    let all = measure::measure(scored, 0, measure::threshold_at(scored, 0.05));
    Left {
        comments: cases.len(),
        strangers: all.positive,
        auc: all.auc,
        long: measure::auc(&judged.collect::<Vec<_>>()),
        recall: all.recall,
    }
}

/// Measures weights on a set that stands for one database.
pub fn measured(set: &[Labelled], weights: &Weights) -> Left {
    let cases = cases(set);
    let score = |case: &Case| (logistic::probability(&weights.weights, &case.features), case.y);
    figures(&cases, &cases.iter().map(score).collect::<Vec<_>>())
}

/// Measures weights on a set by cross-validation over its discussions.
pub fn within(set: &[Labelled], ridge: f64) -> Left {
    let cases = cases(set);
    figures(&cases, &cross(&cases, ridge))
}

/// Fits the weights on several sets and sets the threshold by cross-validation.
pub fn fit(sets: &[Vec<Labelled>], ridge: f64) -> Result<Weights> {
    let mut all = Vec::new();
    for set in sets {
        let before = all.last().map_or(0, |case: &Case| case.thread + 1);
        all.extend(cases(set).into_iter().map(|case| Case { thread: case.thread + before, ..case }));
    }
    ensure!(all.iter().any(|case| case.y), "no comment of the discussions is a stranger");
    let judged: Vec<(f64, bool)> =
        cross(&all, ridge).into_iter().zip(&all).filter(|(_, c)| c.words >= FEWEST_WORDS).map(|(s, _)| s).collect();
    Ok(Weights { version: 2, weights: weights(&all, ridge), threshold: measure::threshold_at(&judged, 0.05) })
}
