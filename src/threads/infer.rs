//! From a page to its edges: explicit structure first, then the score, then confidence, evidence and alternatives.

use rayon::prelude::*;

use super::edge::{Alternative, Class, Edge};
use super::evidence::evidence;
use super::explicit::explicit;
use super::index::{Index, target_of};
use super::page::{Page, Target};
use super::profile::Profile;
use super::score::{Slate, score};

/// Alternatives that are kept of an edge.
const MAX_ALTERNATIVES: usize = 5;
/// Candidates less likely than this are not worth telling.
const LEAST_PROBABILITY: f32 = 0.01;

/// An edge for every comment of a page, in page order; none for lines of the platform.
pub fn infer(page: &Page<'_>, profile: &Profile) -> Vec<Option<Edge>> {
    let page = &*explicit(page);
    let index = Index::new(page);
    let mut edges = vec![None; page.comments.len()];
    score(&index, profile, |slate| edges[slate.node as usize - 1] = Some(edge(&index, &slate, profile)));
    edges
}

/// The edges of many pages, side by side; each page's memory is freed when it is done.
pub fn infer_all(pages: &[Page<'_>], profile: &Profile) -> Vec<Vec<Option<Edge>>> {
    pages.par_iter().map(|page| infer(page, profile)).collect()
}

/// Parents and confidences alone; the root for lines of the platform.
pub(super) fn parents(page: &Page<'_>, profile: &Profile) -> Vec<(Target, f32)> {
    let index = Index::new(page);
    let mut parents = vec![(Target::Root, 1.0); page.comments.len()];
    score(&index, profile, |slate| {
        if let Some(choice) = slate.chosen.map(|chosen| &slate.options[chosen]) {
            let confidence = profile.calibration.confidence(choice.class, choice.probability, profile.cautious);
            parents[slate.node as usize - 1] = (target_of(choice.node), confidence);
        }
    });
    parents
}

/// Runs that are kept of a comment as evidence.
const MAX_RUNS: usize = 8;

fn edge(index: &Index<'_>, slate: &Slate<'_>, profile: &Profile) -> Edge {
    let Some(chosen) = slate.chosen else {
        let parent = super::scan::known(index, slate.node).unwrap_or(Target::Root);
        return Edge {
            parent,
            confidence: 1.0,
            class: Class::Explicit,
            evidence: Vec::new(),
            alternatives: Vec::new(),
            source_missing: false,
        };
    };
    let choice = &slate.options[chosen];
    let confidence = profile.calibration.confidence(choice.class, choice.probability, profile.cautious);
    // What the others share is what the calibrated confidence leaves over.
    let scale = (1.0 - confidence) / (1.0 - choice.probability).max(1e-6);
    let others = slate.options.iter().enumerate().filter(|(at, _)| *at != chosen).map(|(_, other)| other);
    let mut alternatives: Vec<Alternative> = others
        // The chosen one stays the likeliest.
        .map(|other| Alternative {
            parent: target_of(other.node),
            probability: (other.probability * scale).min(confidence),
        })
        .filter(|other| other.probability >= LEAST_PROBABILITY)
        .collect();
    alternatives.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    alternatives.truncate(MAX_ALTERNATIVES);
    Edge {
        parent: target_of(choice.node),
        confidence,
        class: choice.class,
        evidence: evidence(index, &slate.runs[..slate.runs.len().min(MAX_RUNS)], slate.node, choice),
        alternatives,
        source_missing: slate.source_missing,
    }
}
