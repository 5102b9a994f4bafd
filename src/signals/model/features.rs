//! Features of a reading: words, word pairs, characters 3 to 5 with marks at word boundaries, and word shapes that
//! survive masking and swapping; each as a 32-bit hash.
//!
//! Not here: weights. A head masks the hash down to its own table, so one extraction serves every head.

use std::ops::Range;

use super::hash::Hash;
use super::reading::Reading;

/// Goes up when a feature changes, so that a model file made for other features isn't read.
pub const VERSION: u32 = 1;

const WORD: u8 = 1;
const PAIR: u8 = 2;
const LETTERS: u8 = 3;
const MASKED: u8 = 4;
const SWAPPED: u8 = 5;
const MARK: u8 = 6;

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
        let mut distinct = Distinct::for_text(reading.text.len());
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
    let mut before: Option<(Hash, Range<usize>)> = None;
    for token in tokens(&reading.text) {
        let origin = reading.original(token.clone());
        let text = &reading.text[token];
        if !text.starts_with(char::is_alphanumeric) {
            sink(mark(text), origin);
            continue;
        }
        let pair = Hash::of(PAIR).text(text);
        if let Some((first, start)) = before.take() {
            sink(first.letter(EDGE).text(text).finish(), start.start..origin.end);
        }
        word(text, &mut letters, |hash| sink(hash, origin.clone()));
        before = Some((pair, origin));
    }
    for side in &reading.sides {
        word(&side.word, &mut letters, |hash| sink(hash, side.original.clone()));
    }
    if reading.shouted {
        sink(mark("shouted"), 0..0);
    }
}

/// The features of one word by itself.
fn word(text: &str, letters: &mut Vec<char>, mut sink: impl FnMut(u32)) {
    sink(Hash::of(WORD).text(text).finish());
    letters.clear();
    letters.push(EDGE);
    letters.extend(text.chars().filter(|c| *c != '\''));
    letters.push(EDGE);
    for start in 0..letters.len() {
        let mut hash = Hash::of(LETTERS);
        for (at, letter) in letters[start..].iter().take(5).enumerate() {
            hash = hash.letter(*letter);
            if at >= 2 {
                sink(hash.finish());
            }
        }
    }
    let inner = letters.len() - 2;
    if (4..=20).contains(&inner) {
        sink(masked(&letters[1..=inner]));
        sink(swapped(&mut letters[1..=inner]));
    }
}

/// The word with each vowel masked: alike whether a writer masked one of them or not.
fn masked(letters: &[char]) -> u32 {
    letters.iter().fold(Hash::of(MASKED), |h, c| h.letter(if "aeiou".contains(*c) { '*' } else { *c })).finish()
}

/// The word with its inner letters in order: alike after two of them were swapped.
fn swapped(letters: &mut [char]) -> u32 {
    let last = letters.len() - 1;
    letters[1..last].sort_unstable();
    letters.iter().fold(Hash::of(SWAPPED), |h, c| h.letter(*c)).finish()
}

/// Splits folded text into words (letters, digits, inner apostrophes), runs of `!` or `?`, and single symbols that are
/// not ASCII, such as emoji.
fn tokens(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (start, first) = rest.next()?;
            let mut end = start + first.len_utf8();
            let mut grow = |end: &mut usize, wanted: &dyn Fn(char) -> bool| {
                while let Some((at, c)) = rest.next_if(|(_, c)| wanted(*c)) {
                    *end = at + c.len_utf8();
                }
            };
            if first.is_alphanumeric() {
                grow(&mut end, &|c| c.is_alphanumeric() || c == '\'');
                return Some(start..end);
            }
            if first == '!' || first == '?' {
                grow(&mut end, &|c| c == '!' || c == '?');
                if end - start >= 2 {
                    return Some(start..start + 2);
                }
            } else if !first.is_ascii() && !first.is_whitespace() && !first.is_control() {
                return Some(start..end);
            }
        }
    })
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
        assert!(shared("turnip", "trunip") >= 1);
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
