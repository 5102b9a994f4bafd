//! Features of a reading: words, word pairs, characters 3 to 5 with marks at word boundaries, and word shapes that
//! survive masking, swapping and stretching; each as a 32-bit hash.
//!
//! A word that was seen through a disguise has the features of a plain word, except that it makes no pairs. What only a
//! list can see through (masked and swapped letters, words run together) is read as the rude words that it may mean.
//!
//! Not here: weights. A head masks the hash down to its own table, so one extraction serves every head.

use std::ops::Range;
use std::sync::LazyLock;

use super::hash::Hash;
use super::reading::Reading;
use crate::signals::lexicon;
use crate::text::fold::Kind;

/// Goes up when a feature changes, so that a model file made for other features isn't read.
pub const VERSION: u32 = 2;

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
    /// Each hash once, in order of first appearance.
    pub hashes: Vec<u32>,
}

impl Features {
    /// The distinct features of a reading.
    pub fn of(reading: &Reading) -> Features {
        let mut distinct = Distinct::for_text(reading.bytes);
        each(reading, &mut |hash, _| distinct.add(hash));
        Features { hashes: distinct.hashes }
    }

    /// Adds what a caller knows beyond the words, such as the name of a rule that fired.
    pub fn mark(&mut self, name: &str) {
        let hash = mark(name);
        if !self.hashes.contains(&hash) {
            self.hashes.push(hash);
        }
    }
}

/// The feature that says that a named thing holds of the text.
pub fn mark(name: &str) -> u32 {
    Hash::of(MARK).text(name).finish()
}

/// Hands over every feature, repeats included, with the bytes of the original that made it.
pub fn each(reading: &Reading, sink: &mut impl FnMut(u32, Range<usize>)) {
    let mut letters = Vec::with_capacity(24);
    let mut before: Option<(Hash, usize)> = None;
    for (text, kind, span) in reading.words() {
        match kind {
            Kind::Plain => {
                let pair = Hash::of(PAIR).text(text).letter(EDGE);
                if let Some((first, start)) = before.replace((pair, span.start)) {
                    sink(first.text(text).finish(), start..span.end);
                }
                let order = word(text, &mut letters, |hash| sink(hash, span.clone()));
                if let Some(meant) = order.and_then(|order| unswapped(order, text)) {
                    word(meant, &mut letters, |hash| sink(hash, span.clone()));
                }
            }
            Kind::Masked => {
                letters.clear();
                letters.extend(text.chars());
                sink(masked(&letters), span.clone());
                for meant in lexicon::unmasked(text) {
                    word(meant, &mut letters, |hash| sink(hash, span.clone()));
                }
            }
            Kind::Joined => {
                word(text, &mut letters, |hash| sink(hash, span.clone()));
                for meant in lexicon::within(text).filter(|meant| *meant != text) {
                    word(meant, &mut letters, |hash| sink(hash, span.clone()));
                }
            }
            _ => {
                word(text, &mut letters, |hash| sink(hash, span.clone()));
            }
        }
    }
    if let Some(span) = reading.exclaimed.clone() {
        sink(mark("!!"), span);
    }
    if let Some(span) = reading.asked.clone() {
        sink(mark("??"), span);
    }
    if reading.shouted {
        sink(mark("shouted"), 0..0);
    }
}

/// The features of one word by itself; gives the one for its letters in order.
fn word(text: &str, letters: &mut Vec<char>, mut sink: impl FnMut(u32)) -> Option<u32> {
    sink(Hash::of(WORD).text(text).finish());
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

/// The rude words by the feature for their letters in order.
static ORDERS: LazyLock<foldhash::HashMap<u32, &'static str>> = LazyLock::new(|| {
    let order = |word: &'static str| Some((swapped(&mut word.chars().collect::<Vec<_>>()), word));
    lexicon::words().filter(|word| word.len() >= 4).filter_map(order).collect()
});

/// The rude word that a word becomes when its inner letters are put into another order.
fn unswapped(order: u32, text: &str) -> Option<&'static str> {
    ORDERS.get(&order).copied().filter(|_| !lexicon::is_itself(text))
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
        each(&reading, &mut |_, span| seen.push(text[span].to_owned()));
        assert!(seen.contains(&"ＤＵＣＫ".to_owned()));
        assert!(seen.contains(&"!!".to_owned()));
    }
}
