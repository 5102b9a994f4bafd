//! The words of a text that say what it is about, and bags of them that can be compared.
//!
//! Not here: how rare a word is (`rarity`).

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use foldhash::fast::RandomState;

use super::rarity::Rarity;
use crate::signals::model::hash::Hash;

/// Words of a longer text that are looked at.
const MOST_WORDS: usize = 2000;

/// Endings that are cut off a word of at least three further letters, longest first: enough to bring forms of one
/// word together, and cheap.
const ENDINGS: &[&str] =
    &["ations", "ation", "ings", "ing", "ies", "ied", "ers", "ed", "es", "er", "ly", "'s", "s", "e", "y"];

/// English words that say nothing of the subject.
const EMPTY: &str = "a about above after again all also am an and any are aren as at be because been before being below \
    between both but by can cannot could couldn did didn do does doesn doing don done down during each either else \
    etc even ever every few for from further get gets getting give go goes going gone got had hadn has hasn have haven \
    having he her here hers herself him himself his how however i if in into is isn it its itself just know let like \
    ll m make many may maybe me might mine more most much must my myself need never no nor not now of off on once one \
    only or other our ours out over own perhaps please quite rather re really s same say see she should shouldn since \
    so some something still such sure t take than thank thanks that the their them then there these they thing things \
    think this those though through thus to too under until up upon us use ve very want was wasn way we well were \
    weren what when where whether which while who why will with within without won would wouldn yes yet you your \
    yours yourself";

/// The words of a text as hashes, in order: folded to lower case and to their stems, without the empty ones.
pub fn words(text: &str) -> impl Iterator<Item = u32> {
    let parts = text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’').filter(|part| !part.is_empty());
    parts.filter_map(stem).take(MOST_WORDS)
}

/// The stem of a word as a hash, unless it says nothing.
fn stem(part: &str) -> Option<u32> {
    let word = lower(part.trim_matches(['\'', '’']));
    let one_letter = word.len() < 2 && word.is_ascii();
    if one_letter || word.len() > 40 || EMPTY_WORDS.contains(word.split('\'').next().unwrap_or(&word)) {
        return None;
    }
    let rest = |ending: &&str| word.strip_suffix(*ending).filter(|rest| rest.chars().nth(2).is_some());
    let stem = ENDINGS.iter().find_map(rest).unwrap_or(&word);
    Some(Hash::of(1).text(stem).finish())
}

static EMPTY_WORDS: LazyLock<HashSet<&str, RandomState>> = LazyLock::new(|| EMPTY.split_whitespace().collect());

/// A word in lower case with straight apostrophes; most are written so.
fn lower(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'\'') {
        Cow::Borrowed(word)
    } else if word.is_ascii() {
        Cow::Owned(word.to_ascii_lowercase())
    } else {
        Cow::Owned(word.to_lowercase().replace('’', "'"))
    }
}

/// The words of a text with how much each counts.
#[derive(Debug, Clone, Default)]
pub struct Bag {
    /// Each word once, by rising hash; the squares of the weights sum to 1.
    pub terms: Vec<Term>,
    /// Words counted with repeats.
    pub words: usize,
}

/// A word of a bag.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    /// Its hash.
    pub hash: u32,
    /// How much it counts in a comparison.
    pub weight: f32,
    /// How rare it is.
    pub idf: f32,
    /// How often it stands in the text.
    pub times: u32,
}

impl Bag {
    /// The bag of a text.
    pub fn of(text: &str, rarity: &Rarity) -> Bag {
        Bag::from_words(words(text).collect(), rarity)
    }

    /// The bag of words taken before.
    pub fn from_words(mut hashes: Vec<u32>, rarity: &Rarity) -> Bag {
        let many = hashes.len();
        hashes.sort_unstable();
        let mut terms: Vec<Term> = hashes
            .chunk_by(|a, b| a == b)
            .map(|same| {
                let idf = rarity.idf(same[0]);
                let weight = (1.0 + (same.len() as f32).ln()) * idf;
                Term { hash: same[0], weight, idf, times: same.len() as u32 }
            })
            .collect();
        let length = terms.iter().map(|t| t.weight * t.weight).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        terms.iter_mut().for_each(|t| t.weight /= length);
        Bag { terms, words: many }
    }

    /// The cosine with another bag.
    pub fn likeness(&self, other: &Bag) -> f32 {
        self.shared(other).map(|(a, b)| a.weight * b.weight).sum()
    }

    /// The share of this bag's rarity that stands in the other too.
    pub fn covered_by(&self, other: &Bag) -> f32 {
        self.share(self.shared(other).map(|(a, _)| a.idf).sum())
    }

    /// What share of this bag's rarity a sum is.
    pub fn share(&self, part: f32) -> f32 {
        let whole: f32 = self.terms.iter().map(|t| t.idf).sum();
        if whole > 0.0 { part / whole } else { 0.0 }
    }

    fn shared<'a>(&'a self, other: &'a Bag) -> impl Iterator<Item = (&'a Term, &'a Term)> {
        let mut rest = other.terms.as_slice();
        self.terms.iter().filter_map(move |term| {
            while rest.first().is_some_and(|first| first.hash < term.hash) {
                rest = &rest[1..];
            }
            rest.first().filter(|first| first.hash == term.hash).map(|first| (term, first))
        })
    }
}

/// A word over several bags.
#[derive(Debug, Clone, Copy, Default)]
pub struct Held {
    /// The sum of its weights.
    pub weight: f32,
    /// In how many bags it stands.
    pub bags: u32,
    /// How often it stands in them together.
    pub times: u32,
}

/// Sums by word over several bags.
#[derive(Debug, Default)]
pub struct Sum {
    /// The words.
    pub terms: HashMap<u32, Held>,
    /// The squared length of the sum.
    pub square: f32,
    /// Words counted with repeats.
    pub words: usize,
}

impl Sum {
    /// Adds up bags.
    pub fn of<'a>(bags: impl Iterator<Item = &'a Bag>) -> Sum {
        let (mut terms, mut words): (HashMap<u32, Held>, usize) = (HashMap::new(), 0);
        for bag in bags {
            words += bag.words;
            for term in &bag.terms {
                let held = terms.entry(term.hash).or_default();
                let Held { weight, bags, times } = *held;
                *held = Held { weight: weight + term.weight, bags: bags + 1, times: times + term.times };
            }
        }
        // In one order, so that the last digits are the same in every run.
        let mut weights: Vec<(u32, f32)> = terms.iter().map(|(hash, held)| (*hash, held.weight)).collect();
        weights.sort_unstable_by_key(|(hash, _)| *hash);
        let square = weights.into_iter().map(|(_, weight)| weight * weight).sum();
        Sum { terms, square, words }
    }

    /// The scalar product with a bag.
    pub fn product(&self, bag: &Bag) -> f32 {
        bag.terms.iter().filter_map(|term| Some(term.weight * self.terms.get(&term.hash)?.weight)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_meet_and_empty_words_go() {
        let of = |text| words(text).collect::<Vec<_>>();
        assert_eq!(of("the Bakers were baking"), [of("baker")[0], of("bakes")[0]]);
        assert_eq!(of("it's what you’ve got"), Vec::<u32>::new());
    }

    /// The same, written down as it is meant.
    fn plainly(part: &str) -> Option<u32> {
        let word = part.trim_matches(['\'', '’']).to_lowercase().replace('’', "'");
        let (start, one_letter) = (word.split('\'').next().unwrap_or(&word), word.len() < 2 && word.is_ascii());
        if one_letter || word.len() > 40 || EMPTY.split_whitespace().any(|empty| empty == start) {
            return None;
        }
        let long = |ending: &&&str| word.strip_suffix(**ending).is_some_and(|rest| rest.chars().count() >= 3);
        let ending = ENDINGS.iter().find(long).copied().unwrap_or_default();
        Some(Hash::of(1).text(word.strip_suffix(ending).unwrap_or(&word)).finish())
    }

    proptest::proptest! {
        #[test]
        fn words_are_cut_as_is_meant(part in "[a-eA-E'’gilnoyrst0ÄéİßΣ]{0,14}(ations|ing|s|ed|'s|ies)?") {
            proptest::prop_assert_eq!(stem(&part), plainly(&part), "{}", part);
        }
    }

    #[test]
    fn likeness_and_coverage() {
        let rarity = Rarity::default();
        let (a, b) = (Bag::of("soup spoon bowl", &rarity), Bag::of("bowl soup spoon", &rarity));
        assert!((a.likeness(&b) - 1.0).abs() < 1e-5);
        assert_eq!(a.likeness(&Bag::of("violin", &rarity)), 0.0);
        assert!(a.covered_by(&Bag::of("a bowl of soup and a spoon, please", &rarity)) > 0.99);
        let sum = Sum::of([&a, &b].into_iter());
        assert_eq!((sum.words, sum.terms.values().map(|held| held.times).sum::<u32>()), (6, 6));
        assert!((sum.product(&a) - 2.0).abs() < 1e-3 && (sum.square - 4.0).abs() < 1e-3);
    }
}
