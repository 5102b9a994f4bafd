//! What a database learns from its decisions: an online model on top of a shipped score.
//!
//! One learner a reason. It keeps no past: the table of decisions is the truth, and [`Learner::replay`] goes through it
//! from the beginning, so that a decision which was undone is unlearned exactly. It moves little before 25 decisions, and
//! abstains where it knows too few of the words.
//!
//! Not here: decisions, their reasons and their storage.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::{Subject, links, model::hash::Hash, spam};
use crate::text::fold::Kind;

/// Decisions that the starting point weighs as much as.
pub const PRIOR: f64 = 25.0;

/// AdaGrad's rate.
const RATE: f64 = 0.3;

/// Words of one comment that are learned from.
const MOST_WORDS: usize = 400;

/// With fewer decisions than this, or fewer than [`FEWEST_OF_A_KIND`] of either kind, nothing is learned at all.
pub const FEWEST: usize = 10;

/// See [`FEWEST`].
pub const FEWEST_OF_A_KIND: usize = 3;

/// Where fewer than this share of the words was met in decisions, it abstains.
pub const LEAST_KNOWN: f64 = 0.2;

/// Log-odds of a shipped score are cut at this, so that a sure one can still be unlearned.
const MOST_BASE: f64 = 4.0;

/// A word and its weight.
pub type Weighed<'a> = (&'a str, f64);

/// One decision as the learner sees it.
#[derive(Debug, Clone)]
pub struct Example {
    /// The distinct words: hash and spelling.
    words: Vec<(u32, String)>,
    /// The log-odds of the shipped signal, or 0 where there is none.
    base: f64,
    /// Whether the comment was found to be what the reason says.
    y: bool,
}

impl Example {
    /// What there is to learn from a comment, with the probability that the shipped signal gave it.
    pub fn new(subject: &Subject, base: Option<f64>, y: bool) -> Example {
        let mut words: Vec<(u32, String)> = subject
            .reading()
            .words()
            .filter(|(word, kind, _)| *kind == Kind::Plain && word.len() <= 40)
            .take(MOST_WORDS)
            .map(|(word, _, _)| (hash(word), word.to_owned()))
            .collect();
        words.extend(rules(subject).map(|rule| (hash(rule), rule.to_owned())));
        words.sort_unstable();
        words.dedup_by_key(|(hash, _)| *hash);
        Example { words, base: log_odds(base), y }
    }

    /// The probability that the shipped signal gave it; a half where there is none.
    pub fn shipped(&self) -> f64 {
        logistic(self.base)
    }

    /// Whether the comment was found to be what the reason says.
    pub fn is_it(&self) -> bool {
        self.y
    }

    /// Sets the probability that the shipped signal gave it.
    pub fn set_base(&mut self, base: Option<f64>) {
        self.base = log_odds(base);
    }
}

/// What a text has beside its words, as words that no text has.
fn rules(subject: &Subject) -> impl Iterator<Item = &'static str> {
    let link = !links::links(subject.own()).is_empty();
    let call = spam::CALL.find(subject.own()).next().is_some();
    [(link, "(a link)"), (call, "(a call to action)")].into_iter().filter_map(|(has, rule)| has.then_some(rule))
}

fn log_odds(base: Option<f64>) -> f64 {
    let p = base.unwrap_or(0.5).clamp(1e-6, 1.0 - 1e-6);
    (p / (1.0 - p)).ln().clamp(-MOST_BASE, MOST_BASE)
}

/// A value that AdaGrad moves.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Moved {
    value: f64,
    squares: f64,
}

impl Moved {
    fn step(&mut self, gradient: f64) {
        self.squares += gradient * gradient;
        self.value -= RATE * gradient / (self.squares.sqrt() + 1e-6);
    }
}

/// What was learned for one reason.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct Learner {
    words: HashMap<u32, (Moved, String)>,
    /// What is added to the trust of 1 in the shipped score.
    trust: Moved,
    constant: Moved,
    decisions: usize,
    positive: usize,
}

/// The form in which a learner is kept: its words by their spelling.
#[derive(Serialize, Deserialize)]
struct Kept {
    words: BTreeMap<String, Moved>,
    trust: Moved,
    constant: Moved,
    decisions: usize,
    positive: usize,
}

impl From<Learner> for Kept {
    fn from(learner: Learner) -> Kept {
        let Learner { words, trust, constant, decisions, positive } = learner;
        let words = words.into_values().map(|(moved, word)| (word, moved)).collect();
        Kept { words, trust, constant, decisions, positive }
    }
}

impl From<Kept> for Learner {
    fn from(kept: Kept) -> Learner {
        let Kept { words, trust, constant, decisions, positive } = kept;
        let words = words.into_iter().map(|(word, moved)| (hash(&word), (moved, word))).collect();
        Learner { words, trust, constant, decisions, positive }
    }
}

/// What moves a score away from the shipped one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause<'a> {
    /// A word of the comment.
    Word(&'a str),
    /// That the shipped score is trusted more or less than it was.
    Shipped,
    /// That decisions are mostly the one or the other, whatever the comment says.
    Always,
}

/// What the learner makes of a comment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Learned {
    /// The probability with what was learned.
    pub probability: f64,
    /// The share of its words that were met in decisions.
    pub known: f64,
    /// Whether it knows too little to say: then the probability is the shipped one, or a half.
    pub abstains: bool,
}

impl Learner {
    /// Learns from all decisions, in order.
    pub fn replay<'a>(decisions: impl IntoIterator<Item = &'a Example>) -> Learner {
        let mut learner = Learner::default();
        decisions.into_iter().for_each(|example| learner.learn(example));
        learner
    }

    /// Learns from one more decision.
    pub fn learn(&mut self, example: &Example) {
        let error = logistic(self.log_odds(example)) - f64::from(u8::from(example.y));
        let size = size(example);
        for (hash, word) in &example.words {
            let entry = self.words.entry(*hash).or_insert_with(|| (Moved::default(), word.clone()));
            entry.0.step(error * size);
        }
        self.trust.step(error * example.base / MOST_BASE);
        self.constant.step(error);
        self.decisions += 1;
        self.positive += usize::from(example.y);
    }

    /// What it makes of a comment; the label of the example is not looked at.
    pub fn judge(&self, example: &Example) -> Learned {
        let met = example.words.iter().filter(|(hash, _)| self.words.contains_key(hash)).count();
        let known = if example.words.is_empty() { 0.0 } else { met as f64 / example.words.len() as f64 };
        let abstains = !self.is_ready() || known < LEAST_KNOWN;
        let log_odds = if abstains { example.base } else { example.base + self.share() * self.residual(example) };
        Learned { probability: logistic(log_odds), known, abstains }
    }

    /// What each word of a comment adds to the log-odds, the heaviest first, and what comes from the trust in the shipped
    /// score and from how often decisions were positive at all.
    pub fn explain<'e>(&self, example: &'e Example) -> Vec<(Cause<'e>, f64)> {
        let (share, size) = (self.share(), size(example));
        let word = |(hash, word): &'e (u32, String)| {
            let weight = share * size * self.words.get(hash)?.0.value;
            Some((Cause::Word(word), weight))
        };
        let mut all: Vec<(Cause<'e>, f64)> = example.words.iter().filter_map(word).collect();
        all.push((Cause::Shipped, share * self.trust.value * example.base / MOST_BASE));
        all.push((Cause::Always, share * self.constant.value));
        all.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        all
    }

    /// Whether it has seen enough to say anything.
    pub fn is_ready(&self) -> bool {
        let other = self.decisions - self.positive;
        self.decisions >= FEWEST && self.positive.min(other) >= FEWEST_OF_A_KIND
    }

    /// How many decisions it has learned from, and how many of them were positive.
    pub fn decisions(&self) -> (usize, usize) {
        (self.decisions, self.positive)
    }

    /// The words that speak most for the reason, and those that speak most against it.
    pub fn strongest(&self, many: usize) -> (Vec<Weighed<'_>>, Vec<Weighed<'_>>) {
        let mut all: Vec<Weighed<'_>> = self.words.values().map(|(moved, word)| (word.as_str(), moved.value)).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        let against = all.iter().rev().filter(|(_, weight)| *weight < 0.0).take(many).copied().collect();
        (all.into_iter().filter(|(_, weight)| *weight > 0.0).take(many).collect(), against)
    }

    /// What was learned, on top of the shipped score, in full.
    fn residual(&self, example: &Example) -> f64 {
        let words: f64 = example.words.iter().filter_map(|(hash, _)| Some(self.words.get(hash)?.0.value)).sum();
        words * size(example) + self.trust.value * example.base / MOST_BASE + self.constant.value
    }

    fn log_odds(&self, example: &Example) -> f64 {
        example.base + self.residual(example)
    }

    /// How much of what was learned counts: a half after 25 decisions.
    fn share(&self) -> f64 {
        let decisions = self.decisions as f64;
        decisions / (decisions + PRIOR)
    }
}

fn hash(word: &str) -> u32 {
    Hash::of(1).text(word).finish()
}

fn size(example: &Example) -> f64 {
    1.0 / (example.words.len().max(1) as f64).sqrt()
}

fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(text: &str, y: bool) -> Example {
        Example::new(&Subject::new(text), None, y)
    }

    fn decisions() -> Vec<Example> {
        let one = |n: usize| match n % 2 {
            0 => example(&format!("buy cheap turnips at stall {n}"), true),
            _ => example(&format!("the soup of day {n} was good"), false),
        };
        (0..60).map(one).collect()
    }

    #[test]
    fn learns_and_says_by_which_words() {
        let learner = Learner::replay(&decisions());
        assert!(learner.judge(&example("cheap turnips, buy now", false)).probability > 0.7);
        assert!(learner.judge(&example("the soup was good", true)).probability < 0.3);
        let (for_it, against) = learner.strongest(6);
        assert!(for_it.iter().any(|(word, _)| *word == "turnips"), "{for_it:?}");
        assert!(against.iter().any(|(word, _)| *word == "soup"), "{against:?}");
    }

    #[test]
    fn causes_add_up_to_what_is_said() {
        let learner = Learner::replay(&decisions());
        let probe = Example::new(&Subject::new("cheap soup"), Some(0.8), true);
        let moved: f64 = learner.explain(&probe).iter().map(|(_, weight)| weight).sum();
        let odds = |p: f64| (p / (1.0 - p)).ln();
        let learned = learner.judge(&probe);
        assert!(!learned.abstains && (odds(learned.probability) - odds(probe.shipped()) - moved).abs() < 1e-9);
        assert_eq!(learner.explain(&probe).len(), 4);
    }

    #[test]
    fn an_undone_decision_is_unlearned_exactly() {
        let all = decisions();
        let mut undone = all.clone();
        undone.push(example("turnips are soup", true));
        undone.pop();
        let (a, b) = (Learner::replay(&all), Learner::replay(&undone));
        let probe = example("soup with turnips", true);
        assert_eq!(a.judge(&probe), b.judge(&probe));
    }

    #[test]
    fn abstains_on_unknown_words_and_on_one_sided_decisions() {
        let learner = Learner::replay(&decisions());
        assert!(learner.judge(&example("violins tuned differently yesterday", true)).abstains);
        let one_sided: Vec<Example> = decisions().into_iter().filter(|e| e.y).collect();
        assert!(Learner::replay(&one_sided).judge(&example("buy cheap turnips", true)).abstains);
    }

    #[test]
    fn a_few_decisions_move_little() {
        let few = Learner::replay(&decisions()[..10]);
        let moved = few.judge(&example("buy cheap turnips at stall 2", true)).probability - 0.5;
        assert!((0.0..0.2).contains(&moved), "{moved}");
        assert!(Learner::replay(&decisions()[..9]).judge(&example("buy cheap turnips at stall 2", true)).abstains);
    }

    #[test]
    fn what_is_kept_judges_the_same() {
        let learner = Learner::replay(&decisions());
        let json = serde_json::to_string(&learner).expect("plain data");
        let again: Learner = serde_json::from_str(&json).expect("what was written");
        let probe = example("cheap soup on day 3", true);
        assert!((learner.judge(&probe).probability - again.judge(&probe).probability).abs() < 1e-12);
        assert_eq!(learner.decisions(), again.decisions());
    }
}
