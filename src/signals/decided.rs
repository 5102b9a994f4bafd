//! How well a learner does on decisions: on the later ones by what it learned from the earlier, and on labelled texts by
//! playing through how a moderator would decide them, a queue at a time.
//!
//! Not here: learning (`learner`), and where decisions come from.

use serde::Serialize;

use super::learner::{Example, Learner};
use super::mix::mix;
use super::model::measure::{Figures, auc, measure};
use super::model::shuffle::Chance;

/// The first part of the decisions, in time, that is learned from where the rest measures.
const FIRST: f64 = 0.7;

/// Parts that decisions are drawn into where time does not split them.
const PARTS: usize = 5;

/// The probability that sides are told apart by.
const HALF: f64 = 0.5;

/// How decisions were split into those that are learned from and those that measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// The earlier teach, the later measure.
    Time,
    /// Each fifth, drawn, is measured by what the others teach: the later decisions are all of one kind.
    Drawn,
}

/// How well it does on decisions that it did not learn from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Held {
    /// How they were held out.
    pub split: Split,
    /// The figures of the shipped score.
    pub shipped: Figures,
    /// The figures with what was learned.
    pub learned: Figures,
    /// Decisions that came to the right side of a half by what was learned.
    pub righted: usize,
    /// Decisions that came to the wrong side by it.
    pub wronged: usize,
    /// What was said and what happened, by fifths of what was said.
    pub calibration: Vec<Bin>,
}

/// Decisions of about the same probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// From this probability on.
    pub from: f64,
    /// How many they are.
    pub decisions: usize,
    /// The mean probability that was said.
    pub said: f64,
    /// The share that was found to be it.
    pub happened: f64,
}

/// One decision that was held out: what the shipped score says, what was learned, whether that abstains, and the decision.
type Judged = (f64, f64, bool, bool);

/// Measures on decisions in order of time; nothing where there are too few of a kind to say anything.
pub fn held_out(decisions: &[Example]) -> Option<Held> {
    let at = (decisions.len() as f64 * FIRST) as usize;
    let both = |of: &[Example]| of.iter().any(Example::is_it) && of.iter().any(|one| !one.is_it());
    let earlier = Learner::replay(&decisions[..at]);
    let (split, judged) = if both(&decisions[at..]) && earlier.is_ready() {
        (Split::Time, judge(&earlier, &decisions[at..]))
    } else if both(decisions) {
        (Split::Drawn, drawn(decisions))
    } else {
        return None;
    };
    let scores = |which: &dyn Fn(&Judged) -> f64| judged.iter().map(|one| (which(one), one.3)).collect::<Vec<_>>();
    let abstained = judged.iter().filter(|one| one.2).count();
    let right = |p: f64, y: bool| (p >= HALF) == y;
    let turned = |to: bool| judged.iter().filter(|one| right(one.1, one.3) == to && right(one.0, one.3) != to).count();
    Some(Held {
        split,
        shipped: measure(&scores(&|one| one.0), 0, HALF),
        learned: measure(&scores(&|one| one.1), abstained, HALF),
        righted: turned(true),
        wronged: turned(false),
        calibration: bins(&scores(&|one| one.1)),
    })
}

fn judge(learner: &Learner, examples: &[Example]) -> Vec<Judged> {
    let one = |example: &Example| {
        let learned = learner.judge(example);
        (example.shipped(), learned.probability, learned.abstains, example.is_it())
    };
    examples.iter().map(one).collect()
}

/// Judges each fifth by the others; both kinds are dealt out evenly.
fn drawn(decisions: &[Example]) -> Vec<Judged> {
    let mut order: Vec<usize> = (0..decisions.len()).collect();
    Chance::new(1).shuffle(&mut order);
    order.sort_by_key(|at| decisions[*at].is_it());
    let mut judged = Vec::with_capacity(decisions.len());
    for part in 0..PARTS {
        let mut held: Vec<usize> = order.iter().skip(part).step_by(PARTS).copied().collect();
        held.sort_unstable();
        let others = (0..decisions.len()).filter(|at| held.binary_search(at).is_err());
        let learner = Learner::replay(others.map(|at| &decisions[at]));
        judged.extend(judge(&learner, &held.iter().map(|at| decisions[*at].clone()).collect::<Vec<_>>()));
    }
    judged
}

fn bins(scored: &[(f64, bool)]) -> Vec<Bin> {
    let bin = |at: usize| {
        let of: Vec<&(f64, bool)> =
            scored.iter().filter(|(p, _)| ((p * PARTS as f64) as usize).min(PARTS - 1) == at).collect();
        let many = of.len().max(1) as f64;
        Bin {
            from: at as f64 / PARTS as f64,
            decisions: of.len(),
            said: of.iter().map(|(p, _)| p).sum::<f64>() / many,
            happened: of.iter().filter(|(_, y)| *y).count() as f64 / many,
        }
    };
    (0..PARTS).map(bin).filter(|bin| bin.decisions > 0).collect()
}

/// In which order texts are decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// As they come.
    Random,
    /// The riskiest first.
    Highest,
    /// As `queue --mix` gives them.
    Mix,
}

impl Order {
    /// All orders.
    pub const ALL: [Order; 3] = [Order::Random, Order::Highest, Order::Mix];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Order::Random => "random",
            Order::Highest => "highest first",
            Order::Mix => "mix",
        }
    }
}

/// How many decisions are taken before it is learned and measured again.
pub const STEPS: &[usize] = &[0, 25, 100, 400];

/// Decisions after which a queue is put into order anew.
const ROUND: usize = 25;

/// How a learner did after so many decisions, on texts of groups that none of them is from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Progress {
    /// The order of the decisions.
    pub order: Order,
    /// How many there were.
    pub decisions: usize,
    /// The mean area under the ROC curve.
    pub auc: f64,
    /// The mean of the average precision.
    pub average_precision: f64,
    /// How many of the decided were found to be it, in the mean.
    pub found: f64,
}

/// Plays through deciding labelled texts in each order. Half of the groups (at least one) is decided on, the other half
/// measures, others for each of so many seeds; the figures are means over the seeds.
pub fn simulate(examples: &[Example], groups: &[usize], seeds: u64) -> Vec<Progress> {
    let mut all = Vec::new();
    for order in Order::ALL {
        let runs: Vec<Vec<Progress>> = (1..=seeds).map(|seed| play(examples, groups, order, seed)).collect();
        for (at, decisions) in STEPS.iter().enumerate() {
            let of: Vec<&Progress> = runs.iter().filter_map(|run| run.get(at)).collect();
            let mean =
                |value: &dyn Fn(&Progress) -> f64| of.iter().map(|one| value(one)).sum::<f64>() / of.len() as f64;
            if of.len() == runs.len() && !of.is_empty() {
                let (auc, average_precision) = (mean(&|one| one.auc), mean(&|one| one.average_precision));
                let found = mean(&|one| one.found);
                all.push(Progress { order, decisions: *decisions, auc, average_precision, found });
            }
        }
    }
    all
}

/// One run; it ends where the texts to decide run out.
fn play(examples: &[Example], groups: &[usize], order: Order, seed: u64) -> Vec<Progress> {
    let (mut pool, measured) = halves(examples, groups, seed);
    let (mut learner, mut decided, mut found, mut run) = (Learner::default(), 0, 0, Vec::new());
    for step in STEPS {
        while decided < *step && !pool.is_empty() {
            let many = ROUND.min(step - decided).min(pool.len());
            for example in take(&mut pool, &learner, order, many, seed + decided as u64) {
                learner.learn(example);
                found += usize::from(example.is_it());
            }
            decided += many;
        }
        if decided < *step {
            break;
        }
        let scored: Vec<(f64, bool)> = measured.iter().map(|e| (learner.judge(e).probability, e.is_it())).collect();
        let figures = measure(&scored, 0, HALF);
        let average_precision = figures.average_precision;
        run.push(Progress { order, decisions: decided, auc: auc(&scored), average_precision, found: found as f64 });
    }
    run
}

/// The texts to decide, in a random order, and those that measure.
fn halves<'e>(examples: &'e [Example], groups: &[usize], seed: u64) -> (Vec<&'e Example>, Vec<&'e Example>) {
    let mut names: Vec<usize> = groups.to_vec();
    names.sort_unstable();
    names.dedup();
    // The same row of groups, begun elsewhere for each seed, so that of few groups each gets to measure.
    Chance::new(1).shuffle(&mut names);
    let (many, step) = (names.len().max(1), (names.len() / 3).max(1));
    names.rotate_left((seed as usize).wrapping_mul(step) % many);
    let mut decided: Vec<usize> = names[..names.len().div_ceil(2)].to_vec();
    decided.sort_unstable();
    let (mut pool, mut measured) = (Vec::new(), Vec::new());
    for (example, group) in examples.iter().zip(groups) {
        if decided.binary_search(group).is_ok() { pool.push(example) } else { measured.push(example) }
    }
    Chance::new(seed).shuffle(&mut pool);
    (pool, measured)
}

/// Takes the next texts out of the pool.
fn take<'e>(pool: &mut Vec<&'e Example>, learner: &Learner, order: Order, many: usize, seed: u64) -> Vec<&'e Example> {
    let risks = || pool.iter().map(|example| learner.judge(example).probability).collect::<Vec<f64>>();
    let mut places: Vec<usize> = match order {
        Order::Random => (0..many).collect(),
        Order::Highest => {
            let risks = risks();
            let mut places: Vec<usize> = (0..pool.len()).collect();
            places.sort_by(|a, b| risks[*b].total_cmp(&risks[*a]));
            places
        }
        Order::Mix => mix(&risks(), HALF, seed).into_iter().map(|(place, _)| place).collect(),
    };
    places.truncate(many);
    let taken = places.iter().map(|at| pool[*at]).collect();
    let mut at = 0;
    places.sort_unstable();
    pool.retain(|_| {
        at += 1;
        places.binary_search(&(at - 1)).is_err()
    });
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::Subject;

    fn decisions(kinds: impl Iterator<Item = bool>) -> Vec<Example> {
        let one = |(n, y): (usize, bool)| {
            let text =
                if y { format!("buy cheap turnips at stall {n}") } else { format!("the soup of day {n} was good") };
            Example::new(&Subject::new(&text), None, y)
        };
        kinds.enumerate().map(one).collect()
    }

    #[test]
    fn later_decisions_measure_it() {
        let held = held_out(&decisions((0..60).map(|n| n % 2 == 0))).expect("both kinds");
        assert_eq!((held.split, held.shipped.auc, held.learned.auc), (Split::Time, 0.5, 1.0));
        assert_eq!(held.calibration.iter().map(|bin| bin.decisions).sum::<usize>(), 18);
        assert!(held.righted > 5 && held.wronged == 0, "{held:?}");
    }

    #[test]
    fn bulk_decisions_are_drawn_instead() {
        let held = held_out(&decisions((0..60).map(|n| n < 30))).expect("both kinds");
        assert_eq!((held.split, held.learned.rows, held.learned.auc), (Split::Drawn, 60, 1.0));
        assert_eq!(held_out(&decisions((0..60).map(|_| true))), None);
    }

    #[test]
    fn playing_through_decides_each_text_once_and_learns() {
        let examples = decisions((0..400).map(|n| n % 4 == 0));
        let groups: Vec<usize> = (0..400).map(|n| n % 10).collect();
        let played = simulate(&examples, &groups, 2);
        assert!(played.iter().all(|one| one.decisions <= 100), "half of the texts are decided on at most");
        assert_eq!(played.len(), 9);
        let learned = |one: &Progress| match one.decisions {
            0 => one.auc == 0.5,
            25 => one.auc > 0.7,
            _ => one.auc > 0.9,
        };
        assert!(played.iter().all(learned), "{played:?}");
        let found = |order: Order| played.iter().find(|one| one.order == order && one.decisions == 100).unwrap().found;
        assert!(found(Order::Highest) > 1.5 * found(Order::Random), "{played:?}");
        assert_eq!(played, simulate(&examples, &groups, 2), "seeds decide");
    }
}
