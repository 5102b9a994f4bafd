//! Profiles that are fitted together, as those that ship with quell: `universal` from all sets, the others near it, each
//! from the sets of its kind, and hidden units that those share. Every thread is also left out once, and every set, so
//! that confidence is calibrated, and accuracy measured, on what the weights have not seen.

use super::super::calibration::{Calibration, Outcome};
use super::super::labelled::Labelled;
use super::super::profile::Profile;
use super::{FitOptions, Sample, Set, fit_net, grow, outcomes, profile, samples, weigh};

/// The name of the profile for sites of which nothing is known.
const UNIVERSAL: &str = "universal";
/// How strongly the weights of a kind are held to the universal ones, against how strongly those are held to zero.
const PULL_OF_KIND: f64 = 6.0;

/// A kind of site: its profile's name and what teaches it.
#[derive(Debug, Clone)]
pub struct Kind<'a> {
    /// The name of the profile.
    pub name: &'a str,
    /// Its sets of threads.
    pub sets: Vec<Set<'a>>,
    /// Whether its profile takes the hidden units, which all kinds teach: they make it more accurate, but too sure of
    /// itself where its sites are few or unlike each other. A profile that does not take them is cautious too.
    pub hidden: bool,
}

/// Profiles that were fitted together.
#[derive(Debug)]
pub struct Family<'a> {
    /// `universal`, then one for each kind.
    pub profiles: Vec<Profile>,
    /// For each set, in the order of the kinds, what was left out.
    pub sets: Vec<Left<'a>>,
}

/// The threads of a set, with profiles that have not seen them.
#[derive(Debug)]
pub struct Left<'a> {
    /// A part of the threads, and the profile of their kind fitted and calibrated without them; nothing without folds.
    pub folds: Vec<(Vec<&'a Labelled>, Profile)>,
    /// The universal profile, fitted and calibrated without the whole set; absent without folds.
    pub stranger: Option<Profile>,
}

/// Fits profiles together; without folds they are not calibrated, and nothing is left out.
pub fn fit_family<'a>(kinds: &[Kind<'a>], options: &FitOptions) -> Family<'a> {
    let sets: Vec<Set<'a>> = kinds.iter().flat_map(|kind| kind.sets.iter().copied()).collect();
    let kind_of: Vec<usize> =
        kinds.iter().enumerate().flat_map(|(at, kind)| kind.sets.iter().map(move |_| at)).collect();
    let samples = samples(&sets, options);
    let maker = Maker { samples: &samples, kind_of: &kind_of, kinds, options };
    let mut profiles = maker.all(|_| true);
    let mut left: Vec<Left<'a>> = sets.iter().map(|_| Left { folds: Vec::new(), stranger: None }).collect();
    if options.folds > 1 {
        let folds: Vec<Vec<Profile>> = maker.folds();
        maker.calibrate_kinds(&folds, &mut profiles, &mut left);
        maker.calibrate_universal(&mut profiles[0], &mut left);
    }
    Family { profiles, sets: left }
}

struct Maker<'m, 'a> {
    samples: &'m [Sample<'a>],
    kind_of: &'m [usize],
    kinds: &'m [Kind<'a>],
    options: &'m FitOptions,
}

impl<'a> Maker<'_, 'a> {
    /// The universal profile and those of the kinds, uncalibrated, from the samples that are taken.
    fn all(&self, take: impl Fn(&Sample<'a>) -> bool) -> Vec<Profile> {
        let samples: Vec<&Sample<'a>> = self.samples.iter().filter(|sample| take(sample)).collect();
        let universal = self.universal(&samples);
        let of_kind = |kind: usize| samples.iter().copied().filter(move |sample| self.kind_of[sample.set] == kind);
        let (mut grown, mut kind_of, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for kind in 0..self.kinds.len() {
            let pull = self.options.pull * PULL_OF_KIND;
            let trees = grow(&of_kind(kind).collect::<Vec<_>>(), pull, Some(&universal));
            weights.push(weigh(&trees, pull, Some(&universal)));
            kind_of.resize(kind_of.len() + trees.len(), kind);
            grown.extend(trees);
        }
        let net = (self.options.epochs > 0).then(|| fit_net(&mut grown, |at| &weights[kind_of[at]], self.options));
        let named = self.kinds.iter().zip(weights).map(|(kind, weights)| {
            let options = FitOptions { name: kind.name.to_owned(), cautious: !kind.hidden, ..self.options.clone() };
            profile(&options, weights, net.clone().filter(|_| kind.hidden), Calibration::default())
        });
        std::iter::once(universal).chain(named.collect::<Vec<_>>()).collect()
    }

    /// The universal profile. It has no hidden units: what features mean together differs from site to site.
    fn universal(&self, samples: &[&Sample<'a>]) -> Profile {
        let options = FitOptions { name: UNIVERSAL.to_owned(), cautious: true, ..self.options.clone() };
        let grown = grow(samples, options.pull, None);
        let weights = weigh(&grown, options.pull, None);
        profile(&options, weights, None, Calibration::default())
    }

    /// The profiles without the threads of each fold.
    fn folds(&self) -> Vec<Vec<Profile>> {
        let folds = self.options.folds as u64;
        (0..folds).map(|fold| self.all(|sample| sample.fold % folds != fold)).collect()
    }

    /// Calibrates each kind on the outcomes of all folds; and each fold's own profile on those of the other folds.
    fn calibrate_kinds(&self, folds: &[Vec<Profile>], profiles: &mut [Profile], left: &mut [Left<'a>]) {
        for kind in 0..self.kinds.len() {
            let of_fold = |sample: &&Sample<'a>, fold: usize| {
                self.kind_of[sample.set] == kind && sample.fold % folds.len() as u64 == fold as u64
            };
            let seen: Vec<Vec<Outcome>> = (0..folds.len())
                .map(|fold| {
                    outcomes(self.samples.iter().filter(|sample| of_fold(sample, fold)), &folds[fold][kind + 1])
                })
                .collect();
            profiles[kind + 1].calibration = calibrated(&seen, None);
            for (fold, fitted) in folds.iter().enumerate() {
                let stranger = Profile { calibration: calibrated(&seen, Some(fold)), ..fitted[kind + 1].clone() };
                for (set, left) in left.iter_mut().enumerate().filter(|(set, _)| self.kind_of[*set] == kind) {
                    let members = self.samples.iter().filter(|sample| sample.set == set && of_fold(sample, fold));
                    left.folds.push((members.filter_map(|sample| sample.original).collect(), stranger.clone()));
                }
            }
        }
    }

    /// Calibrates the universal profile on the outcomes of each set with weights that have not seen it; and each set's
    /// stranger on those of the other sets.
    fn calibrate_universal(&self, universal: &mut Profile, left: &mut [Left<'a>]) {
        let mut seen = Vec::new();
        for (set, left) in left.iter_mut().enumerate() {
            let others: Vec<&Sample<'a>> = self.samples.iter().filter(|sample| sample.set != set).collect();
            let stranger = self.universal(&others);
            seen.push(outcomes(self.samples.iter().filter(|sample| sample.set == set), &stranger));
            left.stranger = Some(stranger);
        }
        universal.calibration = calibrated(&seen, None);
        for (set, left) in left.iter_mut().enumerate() {
            if let Some(stranger) = &mut left.stranger {
                stranger.calibration = calibrated(&seen, Some(set));
            }
        }
    }
}

/// A calibration on the outcomes of all parts, or of all but one.
fn calibrated(parts: &[Vec<Outcome>], without: Option<usize>) -> Calibration {
    let kept = parts.iter().enumerate().filter(|(at, _)| Some(*at) != without);
    let outcomes: Vec<Outcome> = kept.flat_map(|(_, outcomes)| outcomes.iter().copied()).collect();
    Calibration::fit(&outcomes, &Calibration::default())
}

#[cfg(test)]
mod tests {
    use super::super::tests::threads;
    use super::*;

    #[test]
    fn every_thread_is_left_out_once_and_the_fit_repeats_exactly() {
        let threads = threads();
        let (one, other) = threads.split_at(10);
        let set = |threads| Set { threads, weight: 1.0 };
        let kinds = [
            Kind { name: "one", sets: vec![set(one)], hidden: true },
            Kind { name: "other", sets: vec![set(other)], hidden: false },
        ];
        let options = FitOptions { augment: false, folds: 3, ..FitOptions::new("") };
        let family = fit_family(&kinds, &options);
        let names: Vec<&str> = family.profiles.iter().map(|profile| profile.name.as_str()).collect();
        assert_eq!(names, [UNIVERSAL, "one", "other"]);
        assert_eq!(family.profiles.iter().map(|p| p.net.is_some()).collect::<Vec<_>>(), [false, true, false]);
        for (left, threads) in family.sets.iter().zip([one, other]) {
            let mut ids: Vec<&str> = left.folds.iter().flat_map(|(part, _)| part).map(|t| t.id.as_str()).collect();
            let mut all: Vec<&str> = threads.iter().map(|thread| thread.id.as_str()).collect();
            ids.sort_unstable();
            all.sort_unstable();
            assert_eq!(ids, all);
            assert!(left.stranger.is_some());
        }
        assert_eq!(fit_family(&kinds, &options).profiles, family.profiles);
    }
}
