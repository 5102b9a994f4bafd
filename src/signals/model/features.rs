//! Features of a reading: words, word pairs, characters 3 to 5 with marks at word boundaries, word shapes that survive
//! masking, swapping and stretching, and what is said near the name of a group of people (`context`); each as a 32-bit
//! hash.
//!
//! A word that was seen through a disguise has the features of a plain word, except that it makes no pairs. What only a
//! list can see through (masked and swapped letters, words run together) is read as the rude words that it may mean.
//!
//! Not here: weights. A head masks the hash down to its own table, so one extraction serves every head.

use std::ops::Range;
use std::sync::LazyLock;

use super::context::{self, Context};
use super::hash::Hash;
use super::reading::{Reading, is_shouted};
use crate::signals::lexicon;
use crate::text::fold::Kind;

/// Goes up when a feature changes, so that a model file made for other features isn't read.
pub const VERSION: u32 = 3;

const WORD: u8 = 1;
const PAIR: u8 = 2;
const LETTERS: u8 = 3;
const MASKED: u8 = 4;
const SWAPPED: u8 = 5;
const STRETCHED: u8 = 6;
const MARK: u8 = 7;

/// Stands before and after each word among its letters.
const EDGE: char = ' ';

/// The distinct feature hashes of one text.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// Each hash once; those that nothing but the name of a group made stand last.
    hashes: Vec<u32>,
    /// How many those are.
    named: usize,
}

impl Features {
    /// The distinct features of a reading.
    pub fn of(reading: &Reading) -> Features {
        let mut distinct = Distinct::for_text(reading.bytes);
        let mut names = Vec::new();
        each(reading, &mut |hash, _, named| if named { names.push(hash) } else { distinct.add(hash) });
        Features::with_names(distinct, names)
    }

    /// The distinct features of stretches of a reading, given in order as places in the original with their text: what
    /// stands across an edge belongs to the stretch where it begins.
    pub fn of_stretches(reading: &Reading, stretches: &[(Range<usize>, &str)]) -> Vec<Features> {
        let mut found: Vec<(Distinct, Vec<u32>)> =
            stretches.iter().map(|(_, text)| (Distinct::for_text(text.len()), Vec::new())).collect();
        let mut at = 0;
        each(reading, &mut |hash, span, named| {
            let within = |at: usize| stretches.get(at).is_some_and(|(of, _)| of.contains(&span.start));
            if !within(at) {
                at = stretches.partition_point(|(of, _)| of.end <= span.start);
            }
            match found.get_mut(at).filter(|_| within(at) && !span.is_empty()) {
                Some((_, names)) if named => names.push(hash),
                Some((distinct, _)) => distinct.add(hash),
                None => {}
            }
        });
        let stretches = stretches.iter().zip(found);
        let features = stretches.map(|((_, text), (mut distinct, names))| {
            let marks = [("!!", text.contains("!!")), ("??", text.contains("??")), ("shouted", is_shouted(text))];
            marks.into_iter().filter(|(_, holds)| *holds).for_each(|(name, _)| distinct.add(mark(name)));
            Features::with_names(distinct, names)
        });
        features.collect()
    }

    /// Puts what nothing but names made behind the rest.
    fn with_names(mut distinct: Distinct, names: Vec<u32>) -> Features {
        let others = distinct.hashes.len();
        names.into_iter().for_each(|hash| distinct.add(hash));
        Features { named: distinct.hashes.len() - others, hashes: distinct.hashes }
    }

    /// All of them, or for a model that is blind to it those that don't depend on which group was named.
    pub fn hashes(&self, blind: bool) -> &[u32] {
        &self.hashes[..self.hashes.len() - if blind { self.named } else { 0 }]
    }

    /// Adds what a caller knows beyond the words, such as the name of a rule that fired.
    pub fn mark(&mut self, name: &str) {
        let hash = mark(name);
        if !self.hashes.contains(&hash) {
            self.hashes.insert(self.hashes.len() - self.named, hash);
        }
    }
}

/// The feature that says that a named thing holds of the text.
pub fn mark(name: &str) -> u32 {
    Hash::of(MARK).text(name).finish()
}

/// Hands over every feature, repeats included, with the bytes of the original that made it, and whether it comes of the
/// name of a group of people.
pub fn each(reading: &Reading, sink: &mut impl FnMut(u32, Range<usize>, bool)) {
    let mut letters = Vec::with_capacity(24);
    let mut before: Option<(Hash, usize, bool)> = None;
    let mut context = Context::default();
    let mut words = reading.words().peekable();
    while let Some((text, kind, span)) = words.next() {
        let mut one = |text: &str, next: Option<&str>, sink: &mut dyn FnMut(u32, Range<usize>, bool)| {
            let word = itself(text);
            let named = context::is_name(word, next);
            let order = letters_of(text, word, &mut letters, |hash| sink(hash, span.clone(), named));
            context.word(word, &span, sink);
            (named, order)
        };
        match kind {
            Kind::Plain => {
                let next = words.peek().filter(|(_, kind, _)| *kind == Kind::Plain).map(|(text, _, _)| *text);
                let (named, order) = one(text, next, sink);
                let pair = Hash::of(PAIR).text(text).letter(EDGE);
                if let Some((first, start, first_named)) = before.replace((pair, span.start, named)) {
                    sink(first.text(text).finish(), start..span.end, named || first_named);
                }
                let meant = match order {
                    Some(order) => unswapped(order, text),
                    None => (text.len() == 3).then(|| lexicon::backwards(text)).flatten(),
                };
                if let Some(meant) = meant {
                    one(meant, None, sink);
                }
            }
            Kind::Masked => {
                let meant = lexicon::unmasked(text);
                meant.iter().for_each(|meant| {
                    one(meant, None, sink);
                });
                letters.clear();
                letters.extend(text.chars());
                sink(masked(&letters), span.clone(), false);
            }
            Kind::Joined => {
                one(text, None, sink);
                for meant in lexicon::within(text).filter(|meant| *meant != text) {
                    letters_of(meant, itself(meant), &mut letters, |hash| sink(hash, span.clone(), false));
                }
            }
            _ => {
                one(text, None, sink);
            }
        }
    }
    if let Some(span) = reading.exclaimed.clone() {
        sink(mark("!!"), span, false);
    }
    if let Some(span) = reading.asked.clone() {
        sink(mark("??"), span, false);
    }
    if reading.shouted {
        sink(mark("shouted"), 0..0, false);
    }
}

/// The feature of a word as it is.
pub(super) fn itself(text: &str) -> u32 {
    Hash::of(WORD).text(text).finish()
}

/// The features of one word by itself, given with the one for the word as it is; gives the one for its letters in order.
fn letters_of(text: &str, itself: u32, letters: &mut Vec<char>, mut sink: impl FnMut(u32)) -> Option<u32> {
    sink(itself);
    letters.clear();
    letters.push(EDGE);
    letters.extend(text.chars());
    letters.push(EDGE);
    for start in 0..letters.len() - 2 {
        let mut hash = Hash::of(LETTERS);
        for (at, letter) in letters[start..].iter().take(5).enumerate() {
            hash = hash.letter(*letter);
            if at >= 2 {
                sink(hash.finish());
            }
        }
    }
    let inner = letters.len() - 2;
    if !(4..=20).contains(&inner) {
        return None;
    }
    let inner = &mut letters[1..=inner];
    sink(masked(inner));
    sink(stretched(inner));
    let order = swapped(inner);
    sink(order);
    Some(order)
}

/// The words of the list by the feature for their letters in order.
static ORDERS: LazyLock<foldhash::HashMap<u32, &'static str>> = LazyLock::new(|| {
    let order = |word: &'static str| Some((swapped(&mut word.chars().collect::<Vec<_>>()), word));
    lexicon::words().filter(|word| word.len() >= 4).filter_map(order).collect()
});

/// The word of the list that a word becomes when two of its inner letters change places.
fn unswapped(order: u32, text: &str) -> Option<&'static str> {
    let meant = ORDERS.get(&order).copied()?;
    let moved = meant.bytes().zip(text.bytes()).filter(|(a, b)| a != b).count();
    (moved == 2 && meant.len() == text.len() && !lexicon::is_itself(text)).then_some(meant)
}

/// The word with each vowel masked: alike whether a writer masked one of them or not.
fn masked(letters: &[char]) -> u32 {
    letters.iter().fold(Hash::of(MASKED), |h, c| h.letter(if "aeiou".contains(*c) { '*' } else { *c })).finish()
}

/// The word with each letter once in a row: alike however far it was stretched.
fn stretched(letters: &[char]) -> u32 {
    letters.chunk_by(|a, b| a == b).fold(Hash::of(STRETCHED), |h, same| h.letter(same[0])).finish()
}

/// The word with its inner letters in order: alike after two of them were swapped.
fn swapped(letters: &mut [char]) -> u32 {
    let last = letters.len() - 1;
    letters[1..last].sort_unstable();
    letters.iter().fold(Hash::of(SWAPPED), |h, c| h.letter(*c)).finish()
}

/// Keeps hashes once each, in a table of open addresses: a text has a thousand, and a general set costs four times
/// as much.
struct Distinct {
    places: Vec<u32>,
    hashes: Vec<u32>,
}

impl Distinct {
    fn for_text(bytes: usize) -> Distinct {
        let places = (bytes.max(16) * 8).next_power_of_two();
        Distinct { places: vec![0; places], hashes: Vec::with_capacity(bytes * 3) }
    }

    #[inline]
    fn add(&mut self, hash: u32) {
        if self.hashes.len() * 2 >= self.places.len() {
            self.grow();
        }
        let mask = self.places.len() - 1;
        let mut at = (hash >> 7) as usize & mask;
        while self.places[at] != 0 {
            if self.places[at] == hash {
                return;
            }
            at = (at + 1) & mask;
        }
        self.places[at] = hash;
        self.hashes.push(hash);
    }

    fn grow(&mut self) {
        let mask = self.places.len() * 2 - 1;
        self.places = vec![0; mask + 1];
        for hash in &self.hashes {
            let mut at = (hash >> 7) as usize & mask;
            while self.places[at] != 0 {
                at = (at + 1) & mask;
            }
            self.places[at] = *hash;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::read;
    use super::*;

    fn shared(a: &str, b: &str) -> usize {
        let (a, b) = (Features::of(&read(a)), Features::of(&read(b)));
        a.hashes.iter().filter(|h| b.hashes.contains(h)).count()
    }

    #[test]
    fn each_feature_counts_once() {
        let once = Features::of(&read("gherkin"));
        let twice = Features::of(&read("gherkin, gherkin"));
        assert_eq!(twice.hashes.len(), once.hashes.len() + 1, "the pair alone is new");
    }

    #[test]
    fn masked_and_swapped_words_still_share_features() {
        assert!(shared("turnip", "tunrip") >= 1);
        assert!(Features::of(&read("turnip")).hashes.contains(&masked(&['t', '*', 'r', 'n', 'i', 'p'])));
    }

    #[test]
    fn a_blind_model_sees_the_same_whichever_group_is_named() {
        let blind = |text: &str| {
            let mut hashes = Features::of(&read(text)).hashes(true).to_vec();
            hashes.sort_unstable();
            hashes
        };
        let women = blind("The soup that women cook is good");
        assert_eq!(women, blind("The soup that muslims cook is good"));
        assert_eq!(women, blind("The soup that MEN cook is good"));
        assert_ne!(women, blind("The soup that robots cook is good"));
        assert_eq!(blind("old people like soup").len(), blind("black people like soup").len());
        let features = Features::of(&read("women like soup"));
        assert!(features.hashes(true).len() < features.hashes(false).len());
    }

    #[test]
    fn a_long_text_keeps_every_feature_apart() {
        let text: String = (0..900).map(|n| format!("w{n} ")).collect();
        let features = Features::of(&read(&text));
        let set: std::collections::HashSet<_> = features.hashes.iter().collect();
        assert_eq!(set.len(), features.hashes.len());
    }

    #[test]
    fn spans_point_at_the_original() {
        let text = "Pay £5, ＤＵＣＫ!!";
        let reading = read(text);
        let mut seen = Vec::new();
        each(&reading, &mut |_, span, _| seen.push(text[span].to_owned()));
        assert!(seen.contains(&"ＤＵＣＫ".to_owned()));
        assert!(seen.contains(&"!!".to_owned()));
    }
}
