//! How well parents are recovered, on threads whose true parents are known: the table that `quell thread eval` prints.
//!
//! Scored is every comment but the first under the root, before any threshold. Lines of a chat may have several right
//! parents and count as links.

use std::collections::HashMap;

use rayon::prelude::*;

use super::baselines::{Baseline, guess};
use super::infer::parents;
use super::labelled::Labelled;
use super::page::Target;
use super::profile::Profile;

/// Confidence from which an edge counts as sure.
const SURE: f32 = 0.9;
/// Sure edges below which a precision among them says nothing.
const LEAST_SURE: usize = 20;
const BINS: usize = 10;

/// What proposes the parents.
#[derive(Debug, Clone, Copy)]
pub enum Method<'a> {
    /// A profile.
    Profile(&'a Profile),
    /// A simple rule, which knows no confidence.
    Baseline(Baseline),
}

/// The measured figures; shares from 0 to 1, not a number where there is nothing to measure.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Scored comments.
    pub edges: usize,
    /// Share of them with the right parent.
    pub accuracy: f64,
    /// The same among those whose true parent is not the root.
    pub non_root_accuracy: f64,
    /// Share right among those of confidence 0.9 and more; absent below twenty such edges.
    pub sure_precision: Option<f64>,
    /// Share of edges of confidence 0.9 and more.
    pub sure_coverage: f64,
    /// Expected calibration error over ten equal bins.
    pub calibration_error: f64,
    /// Share of threads with every scored edge right.
    pub exact_trees: f64,
    /// F1 of the pairs of comment and ancestor, root left out.
    pub ancestor_f1: f64,
    /// B-cubed F1 of the subtrees below the root.
    pub b_cubed_f1: f64,
    /// Precision, recall and F1 of links, for chats.
    pub links: Option<[f64; 3]>,
}

/// Sums over threads, from which the figures follow.
#[derive(Default)]
struct Counts {
    edges: usize,
    right: usize,
    non_root: usize,
    non_root_right: usize,
    sure: usize,
    sure_right: usize,
    bins: [(f64, usize, usize); BINS],
    threads: usize,
    exact: usize,
    pairs: [usize; 3],
    b_cubed: [f64; 2],
    comments: usize,
    links: usize,
    linked: bool,
}

/// Measures a method on threads.
pub fn evaluate(threads: &[Labelled], method: Method<'_>) -> Figures {
    evaluate_parts(&[(threads, method)])
}

/// Measures together what each method makes of its part of the threads, as in a cross-validation.
pub fn evaluate_parts(parts: &[(&[Labelled], Method<'_>)]) -> Figures {
    let mut all = Counts::default();
    for (threads, method) in parts {
        let counts: Vec<Counts> = threads.par_iter().map(|thread| count(thread, *method)).collect();
        counts.iter().for_each(|part| all.add(part));
    }
    all.figures()
}

fn count(thread: &Labelled, method: Method<'_>) -> Counts {
    let page = thread.page();
    let proposed: Vec<(Target, f32)> = match method {
        Method::Profile(profile) => parents(&page, profile),
        Method::Baseline(baseline) => {
            guess(&page, baseline, thread.linked).into_iter().map(|parent| (parent, 0.0)).collect()
        }
    };
    let mut counts = Counts { threads: 1, linked: thread.linked, ..Counts::default() };
    for (comment, (parent, confidence)) in thread.comments.iter().zip(&proposed) {
        if comment.scored {
            counts.edge(comment.truth.contains(parent), *confidence, !comment.truth.contains(&Target::Root));
            counts.links += comment.links;
        }
    }
    counts.exact = usize::from(counts.right == counts.edges);
    if !thread.linked {
        let truth: Vec<Target> =
            thread.comments.iter().map(|c| c.truth.first().copied().unwrap_or(Target::Root)).collect();
        let proposed: Vec<Target> = proposed.iter().map(|(parent, _)| *parent).collect();
        counts.trees(&truth, &proposed);
    }
    counts
}

impl Counts {
    fn edge(&mut self, right: bool, confidence: f32, non_root: bool) {
        self.edges += 1;
        self.right += usize::from(right);
        self.non_root += usize::from(non_root);
        self.non_root_right += usize::from(non_root && right);
        if confidence >= SURE {
            self.sure += 1;
            self.sure_right += usize::from(right);
        }
        let bin = &mut self.bins[((confidence * BINS as f32) as usize).min(BINS - 1)];
        *bin = (bin.0 + f64::from(confidence), bin.1 + usize::from(right), bin.2 + 1);
    }

    fn trees(&mut self, truth: &[Target], proposed: &[Target]) {
        let (true_depths, proposed_depths) = (depths(truth), depths(proposed));
        self.pairs[0] += shared_ancestors(truth, proposed, &true_depths);
        self.pairs[1] += proposed_depths.iter().sum::<usize>();
        self.pairs[2] += true_depths.iter().sum::<usize>();
        let (true_tops, proposed_tops) = (tops(truth), tops(proposed));
        let (mut both, mut of_truth, mut of_proposed) = (HashMap::new(), HashMap::new(), HashMap::new());
        for pair in true_tops.iter().zip(&proposed_tops) {
            *both.entry(pair).or_insert(0.0) += 1.0;
            *of_truth.entry(pair.0).or_insert(0.0) += 1.0;
            *of_proposed.entry(pair.1).or_insert(0.0) += 1.0;
        }
        for pair in true_tops.iter().zip(&proposed_tops) {
            let shared: f64 = both.get(&pair).copied().unwrap_or(0.0);
            self.b_cubed[0] += shared / of_proposed.get(pair.1).copied().unwrap_or(1.0);
            self.b_cubed[1] += shared / of_truth.get(pair.0).copied().unwrap_or(1.0);
        }
        self.comments += truth.len();
    }

    fn add(&mut self, other: &Counts) {
        self.edges += other.edges;
        self.right += other.right;
        self.non_root += other.non_root;
        self.non_root_right += other.non_root_right;
        self.sure += other.sure;
        self.sure_right += other.sure_right;
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            *bin = (bin.0 + more.0, bin.1 + more.1, bin.2 + more.2);
        }
        self.threads += other.threads;
        self.exact += other.exact;
        (0..3).for_each(|k| self.pairs[k] += other.pairs[k]);
        (0..2).for_each(|k| self.b_cubed[k] += other.b_cubed[k]);
        self.comments += other.comments;
        self.links += other.links;
        self.linked |= other.linked;
    }

    fn figures(&self) -> Figures {
        let share = |part: usize, whole: usize| part as f64 / whole as f64;
        let gaps = self.bins.iter().map(|(sum, right, _)| (sum - *right as f64).abs());
        let [shared, proposed, truth] = self.pairs;
        let [precision, recall] = self.b_cubed.map(|sum| sum / self.comments as f64);
        let (link_precision, link_recall) = (share(self.right, self.edges), share(self.right, self.links));
        Figures {
            edges: self.edges,
            accuracy: share(self.right, self.edges),
            non_root_accuracy: share(self.non_root_right, self.non_root),
            sure_precision: (self.sure >= LEAST_SURE).then(|| share(self.sure_right, self.sure)),
            sure_coverage: share(self.sure, self.edges),
            calibration_error: gaps.sum::<f64>() / self.edges as f64,
            exact_trees: share(self.exact, self.threads),
            ancestor_f1: share(2 * shared, proposed + truth),
            b_cubed_f1: harmonic(precision, recall),
            links: self.linked.then(|| [link_precision, link_recall, harmonic(link_precision, link_recall)]),
        }
    }
}

fn harmonic(a: f64, b: f64) -> f64 {
    2.0 * a * b / (a + b)
}

/// The comments above each comment; parents come first, so one pass does it.
fn depths(parents: &[Target]) -> Vec<usize> {
    let mut depths: Vec<usize> = Vec::with_capacity(parents.len());
    for parent in parents {
        depths.push(match parent {
            Target::Comment(above) if *above < depths.len() => depths[*above] + 1,
            _ => 0,
        });
    }
    depths
}

/// The answer to the post that each comment stands below.
fn tops(parents: &[Target]) -> Vec<usize> {
    let mut tops: Vec<usize> = Vec::with_capacity(parents.len());
    for (at, parent) in parents.iter().enumerate() {
        tops.push(match parent {
            Target::Comment(above) if *above < at => tops[*above],
            _ => at,
        });
    }
    tops
}

/// Pairs of comment and ancestor that both trees have: walked upwards in the proposed tree, looked up in the true one.
fn shared_ancestors(truth: &[Target], proposed: &[Target], depths: &[usize]) -> usize {
    let mut shared = 0;
    let mut mark = vec![usize::MAX; truth.len()];
    for at in 0..truth.len() {
        if depths[at] == 0 {
            continue;
        }
        let mut above = truth[at];
        while let Target::Comment(comment) = above {
            mark[comment] = at;
            above = truth[comment];
        }
        let mut above = proposed[at];
        while let Target::Comment(comment) = above {
            shared += usize::from(mark[comment] == at);
            above = proposed[comment];
        }
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threads::read_labelled;

    #[test]
    fn a_chain_is_all_right_for_previous_and_all_wrong_for_root() {
        let posts: Vec<String> = (1..=4)
            .map(|n| {
                format!(
                    r#"{{"n":{n},"author":"","text":"kettle {n}","parent":{}}}"#,
                    if n == 1 { "null".to_owned() } else { (n - 1).to_string() }
                )
            })
            .collect();
        let line = format!(r#"{{"id":"t","op_is_post":false,"posts":[{}]}}"#, posts.join(","));
        let threads = read_labelled(line.as_bytes()).unwrap();
        let previous = evaluate(&threads, Method::Baseline(Baseline::Previous));
        assert_eq!((previous.edges, previous.accuracy, previous.exact_trees), (3, 1.0, 1.0));
        assert_eq!((previous.ancestor_f1, previous.b_cubed_f1, previous.sure_precision), (1.0, 1.0, None));
        let root = evaluate(&threads, Method::Baseline(Baseline::Root));
        assert_eq!((root.accuracy, root.ancestor_f1), (0.0, 0.0));
        assert!((root.b_cubed_f1 - 0.4).abs() < 1e-9, "{}", root.b_cubed_f1);
    }

    #[test]
    fn confidence_bins_measure_the_gap() {
        let mut counts = Counts::default();
        (0..10).for_each(|k| counts.edge(k < 7, 0.95, true));
        assert!((counts.figures().calibration_error - 0.25).abs() < 1e-6);
        assert_eq!(counts.figures().sure_precision, None);
    }
}
