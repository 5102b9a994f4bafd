//! Weights from threads whose parents are known: first without trees, then with the trees that those weights make of
//! threads they have not seen, so that the faults of a tree are part of the lesson; and a calibration from threads left
//! out. The same
//! threads, options and seed give the same profile on any machine.

mod family;
mod lbfgs;
mod logit;
mod net;
mod words;

use rayon::prelude::*;

use super::calibration::{Calibration, Outcome};
use super::degrade::{Loss, Quotes, degrade};
use super::features::structure::Tree;
use super::features::{Feature, row};
use super::index::{Index, Node, node_of, target_of};
use super::labelled::Labelled;
use super::net::Net;
use super::profile::Profile;
use super::scan::{Reach, scan};
use super::score::{WEIGHTS, dot, score};
pub use family::{Family, Kind, Left, fit_family};
use logit::Choices;
pub use words::word_table;

/// How to fit.
#[derive(Debug, Clone)]
pub struct FitOptions {
    /// The name of the profile.
    pub name: String,
    /// What to say of its making.
    pub made: String,
    /// Decides which names the degraded copies lose, and how threads are folded.
    pub seed: u64,
    /// Chat: look at more of the comments directly before.
    pub chat: bool,
    /// How strongly weights are held to those of `base`, or to zero: the more comments there are, the less it says.
    pub pull: f64,
    /// Weights to start from and stay near.
    pub base: Option<Profile>,
    /// Learn from degraded copies too.
    pub augment: bool,
    /// Parts in which threads are left out in turn for the calibration; 0 leaves it as it is in `base`.
    pub folds: usize,
    /// Cap confidence lower where nothing is quoted and nobody named: for sites of which nothing is known.
    pub cautious: bool,
    /// How often the hidden units see every choice, where there is no base to take them from; 0 for none. Where there is
    /// less to learn from, fewer keep them from learning it by heart.
    pub epochs: usize,
}

impl FitOptions {
    /// The usual way, for a profile of this name.
    pub fn new(name: &str) -> Self {
        FitOptions {
            name: name.to_owned(),
            made: String::new(),
            seed: 1,
            chat: false,
            pull: 10.0,
            base: None,
            augment: true,
            folds: 5,
            cautious: false,
            epochs: 6,
        }
    }
}

/// Threads that count alike; a small set may count more than its size.
#[derive(Debug, Clone, Copy)]
pub struct Set<'a> {
    /// The threads.
    pub threads: &'a [Labelled],
    /// How much each of its comments counts.
    pub weight: f32,
}

/// Fits a profile.
pub fn fit(sets: &[Set<'_>], options: &FitOptions) -> Profile {
    let samples = samples(sets, options);
    let folds = options.folds as u64;
    let all: Vec<&Sample<'_>> = samples.iter().collect();
    let mut profile = fit_weights(&all, options);
    if folds > 1 {
        let left_out = |fold: u64| {
            let kept: Vec<&Sample<'_>> = samples.iter().filter(|sample| sample.fold % folds != fold).collect();
            let stranger = fit_weights(&kept, options);
            outcomes(samples.iter().filter(|sample| sample.fold % folds == fold), &stranger)
        };
        let outcomes: Vec<Outcome> = (0..folds).flat_map(left_out).collect();
        profile.calibration = Calibration::fit(&outcomes, &profile.calibration);
    }
    profile
}

/// A thread, or a degraded copy of one, as the fit sees it.
struct Sample<'a> {
    /// Threads of one fold are left out together; copies share the fold of their thread.
    fold: u64,
    /// The set that it is of.
    set: usize,
    /// The thread, if this is no copy.
    original: Option<&'a Labelled>,
    choices: Choices,
    /// The comment of each choice, and the candidate of each row.
    comments: Vec<Node>,
    candidates: Vec<Node>,
    /// The author of every node, and how many there are.
    authors: Vec<u32>,
    people: usize,
}

/// What the copies of a thread lose.
const LOSSES: [Loss; 3] = [
    Loss { names: 0.75, quotes: Quotes::Kept },
    Loss { names: 0.25, quotes: Quotes::Unmarked },
    Loss { names: 0.85, quotes: Quotes::Inline },
];

fn samples<'a>(sets: &[Set<'a>], options: &FitOptions) -> Vec<Sample<'a>> {
    let of_set = |(at, set): (usize, &Set<'a>)| set.threads.iter().map(move |t| (at, t)).collect::<Vec<_>>();
    let threads: Vec<(usize, &Labelled)> = sets.iter().enumerate().flat_map(of_set).collect();
    let losses = if options.augment { &LOSSES[..] } else { &[] };
    let weight = |set: usize| sets[set].weight / (1 + losses.len()) as f32;
    let samples = threads.par_iter().flat_map_iter(|(set, thread)| {
        let mut original = sample(thread, *set, weight(*set), options);
        original.original = Some(thread);
        let copies =
            losses.iter().map(|loss| sample(&degrade(thread, *loss, options.seed), *set, weight(*set), options));
        std::iter::once(original).chain(copies).collect::<Vec<_>>()
    });
    samples.collect()
}

fn sample<'a>(thread: &Labelled, set: usize, weight: f32, options: &FitOptions) -> Sample<'a> {
    let page = thread.page();
    let index = Index::new(&page);
    let (mut choices, mut comments, mut candidates) = (Choices::new(weight), Vec::new(), Vec::new());
    scan(&index, reach(options), |scene, found, _| {
        let truth = &thread.comments[scene.node as usize - 1];
        // The parent of a comment that does not count may be an artefact of how the data was cut.
        let right = |node: Node| truth.scored && truth.truth.contains(&target_of(node));
        for candidate in found {
            choices.push_row(row(scene, candidate).values().iter().copied(), right(candidate.node));
            candidates.push(candidate.node);
        }
        choices.close();
        comments.push(scene.node);
    });
    Sample {
        fold: thread
            .id
            .bytes()
            .fold(options.seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
            >> 20,
        set,
        original: None,
        choices,
        comments,
        candidates,
        authors: index.docs.iter().map(|doc| doc.author).collect(),
        people: index.authors,
    }
}

fn reach(options: &FitOptions) -> Reach {
    if options.chat { Reach { recent: 45, most: 70 } } else { Reach { recent: 15, most: 40 } }
}

/// Fits a profile's weights, and its net where there is no base that has one.
fn fit_weights(samples: &[&Sample<'_>], options: &FitOptions) -> Profile {
    let base = options.base.as_ref();
    let mut grown = grow(samples, options.pull, base);
    let weights = weigh(&grown, options.pull, base);
    let net = match base {
        Some(base) => base.net.clone(),
        None => (options.epochs > 0).then(|| fit_net(&mut grown, |_| &weights, options)),
    };
    let calibration = base.map_or_else(Calibration::default, |base| base.calibration.clone());
    profile(options, weights, net, calibration)
}

fn profile(options: &FitOptions, mut words: Vec<f32>, net: Option<Net>, calibration: Calibration) -> Profile {
    let tree = words.split_off(WEIGHTS.0);
    Profile {
        name: options.name.clone(),
        made: options.made.clone(),
        reach: reach(options),
        cautious: options.cautious,
        calibration,
        words,
        tree,
        net,
    }
}

/// The choices of samples with the features of trees, as weights make them that have not seen the sample: those of each
/// half come from the other.
fn grow(samples: &[&Sample<'_>], pull: f64, base: Option<&Profile>) -> Vec<Choices> {
    let half = |sample: &Sample<'_>| usize::from(sample.fold / 64 % 2 == 1);
    let halves = [0, 1].map(|left_out| {
        let kept = samples.iter().filter(|sample| half(sample) != left_out);
        let base_weights = base.map(Profile::weights);
        logit::fit(&kept.map(|sample| &sample.choices).collect::<Vec<_>>(), WEIGHTS.1, pull, base_weights.as_deref())
    });
    let net = base.and_then(|base| base.net.as_ref());
    samples.par_iter().map(|sample| sample.with_tree(&halves[half(sample)], net)).collect()
}

fn weigh(grown: &[Choices], pull: f64, base: Option<&Profile>) -> Vec<f32> {
    let base = base.map(Profile::weights);
    logit::fit(&grown.iter().collect::<Vec<_>>(), WEIGHTS.1, pull, base.as_deref())
}

/// Fits a net beside the weights that belong to each of the choices.
fn fit_net<'w>(grown: &mut [Choices], weights: impl Fn(usize) -> &'w Vec<f32> + Sync, options: &FitOptions) -> Net {
    grown.par_iter_mut().enumerate().for_each(|(at, choices)| {
        choices.set_offsets(|choices, row| choices.score(row, weights(at)));
    });
    net::fit(&grown.iter().collect::<Vec<_>>(), WEIGHTS.1, options.epochs, options.seed)
}

impl Sample<'_> {
    /// The choices with the features of the tree that these weights make, and what the net says as offsets.
    fn with_tree(&self, weights: &[f32], net: Option<&Net>) -> Choices {
        let mut grown = Choices::new(self.choices.weight);
        let mut tree = Tree::new(&self.authors, self.people);
        for (comment, rows) in self.comments.iter().zip(self.choices.each()) {
            let mut best = (f32::NEG_INFINITY, 0);
            let due = tree.due(*comment);
            for row in rows {
                let candidate = self.candidates[row];
                let structure = tree.row(*comment, candidate, due);
                let mut score = self.choices.score(row, weights) + dot(&structure, &weights[Feature::COUNT..]);
                let pushed = grown.push_longer(&self.choices, row, Feature::COUNT, &structure);
                score += net.map_or(0.0, |net| net.score(grown.cells(pushed)));
                best = if score >= best.0 { (score, candidate) } else { best };
            }
            grown.close();
            tree.add(*comment, best.1);
        }
        if let Some(net) = net {
            grown.set_offsets(|grown, row| net.score(grown.cells(row)));
        }
        grown
    }
}

/// What a profile says of the threads of samples, without their copies.
fn outcomes<'s, 'a: 's>(samples: impl Iterator<Item = &'s Sample<'a>>, profile: &Profile) -> Vec<Outcome> {
    let threads: Vec<&Labelled> = samples.filter_map(|sample| sample.original).collect();
    threads.par_iter().flat_map_iter(|thread| outcomes_of(thread, profile)).collect()
}

/// Whether a profile is right about a thread, edge by edge.
fn outcomes_of(thread: &Labelled, profile: &Profile) -> Vec<Outcome> {
    let page = thread.page();
    let index = Index::new(&page);
    let mut outcomes = Vec::new();
    score(&index, profile, |slate| {
        let comment = &thread.comments[slate.node as usize - 1];
        if let Some(option) = slate.chosen.map(|chosen| slate.options[chosen]).filter(|_| comment.scored) {
            let right = comment.truth.iter().any(|target| node_of(*target) == option.node);
            outcomes.push(Outcome { class: option.class, probability: option.probability, right });
        }
    });
    outcomes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threads::{Method, evaluate, read_labelled};

    /// Invented threads in which whoever is named is answered.
    pub(super) fn threads() -> Vec<Labelled> {
        let thread = |at: usize| {
            let post = |n: usize| {
                let parent = 1 + (n * 7 + at) % (n - 1);
                format!(
                    r#"{{"n":{n},"author":"Person{n}","text":"@Person{parent} kettle {at} number {n}","parent":{parent}}}"#
                )
            };
            let first = r#"{"n":1,"author":"Person1","text":"A kettle","parent":null}"#.to_owned();
            let posts: Vec<String> = std::iter::once(first).chain((2..8).map(post)).collect();
            format!(r#"{{"id":"t{at}","op_is_post":false,"posts":[{}]}}"#, posts.join(","))
        };
        let lines: Vec<String> = (0..20).map(thread).collect();
        read_labelled(lines.join("\n").as_bytes()).unwrap()
    }

    #[test]
    fn a_habit_is_learned_and_the_fit_repeats_exactly() {
        let threads = threads();
        let options = FitOptions { augment: false, ..FitOptions::new("test") };
        let sets = [Set { threads: &threads, weight: 1.0 }];
        let profile = fit(&sets, &options);
        let figures = evaluate(&threads, Method::Profile(&profile));
        assert!(figures.accuracy > 0.95, "{figures:?}");
        assert_eq!(fit(&sets, &options), profile);
        assert_eq!(Profile::from_json(&profile.to_json().unwrap()).unwrap().name, "test");
    }
}
