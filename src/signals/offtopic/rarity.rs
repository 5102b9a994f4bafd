//! How rare words are: counted over the comments at hand, leaning on general English counts while those are few.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use anyhow::Result;

use super::words::words;
use crate::signals::train::rows;

/// Places of the table of general counts.
const PLACES: usize = 1 << 16;

/// How many comments the general counts stand for.
const LEAN: f32 = 300.0;

/// In how many texts each word stands, general English: a byte a place, `-8 · log2` of the share.
static GENERAL: &[u8] = include_bytes!("../weights/rarity.bin");

/// Counts of the comments of a database, or of one thread.
#[derive(Debug, Clone, Default)]
pub struct Rarity {
    texts: u32,
    holding: HashMap<u32, u32>,
}

impl Rarity {
    /// Counts a text.
    pub fn add(&mut self, text: &str) {
        self.add_words(words(text));
    }

    /// Counts the words of a text.
    pub fn add_words(&mut self, words: impl Iterator<Item = u32>) {
        self.texts = self.texts.saturating_add(1);
        for word in words.collect::<HashSet<_>>() {
            *self.holding.entry(word).or_default() += 1;
        }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Rarity) {
        self.texts = self.texts.saturating_add(other.texts);
        other.holding.iter().for_each(|(word, count)| *self.holding.entry(*word).or_default() += count);
    }

    /// The counts as bytes, to be kept: how many texts, then each word with its count, by rising word.
    pub fn pack(&self) -> Vec<u8> {
        let mut counts: Vec<(u32, u32)> = self.holding.iter().map(|(word, count)| (*word, *count)).collect();
        counts.sort_unstable();
        let numbers = std::iter::once(self.texts).chain(counts.into_iter().flat_map(|(word, count)| [word, count]));
        numbers.flat_map(u32::to_le_bytes).collect()
    }

    /// Counts that were kept; nothing if these are no such bytes.
    pub fn unpack(bytes: &[u8]) -> Option<Rarity> {
        let (first, rest) = bytes.split_first_chunk::<4>()?;
        let (pairs, odd) = rest.as_chunks::<4>();
        let (pairs, single) = pairs.as_chunks::<2>();
        let whole = odd.is_empty() && single.is_empty();
        let holding = pairs.iter().map(|[word, count]| (u32::from_le_bytes(*word), u32::from_le_bytes(*count)));
        whole.then(|| Rarity { texts: u32::from_le_bytes(*first), holding: holding.collect() })
    }

    /// The inverse document frequency of a word.
    pub fn idf(&self, word: u32) -> f32 {
        let here = self.holding.get(&word).copied().unwrap_or(0) as f32;
        let share = (here + LEAN * general(word)) / (self.texts as f32 + LEAN);
        -share.max(1e-7).ln()
    }
}

/// The share of general English texts that hold a word; the smallest that the table knows where it is unknown.
fn general(word: u32) -> f32 {
    let byte = GENERAL.get(word as usize % PLACES).copied().unwrap_or(u8::MAX);
    (-f32::from(byte) / 8.0).exp2()
}

/// Makes the table of general counts from labelled texts, whose labels don't matter.
pub fn table(input: impl BufRead) -> Result<Vec<u8>> {
    let rows = rows::read(input)?.rows;
    let mut counts = vec![0u32; PLACES];
    for row in &rows {
        words(&row.text).collect::<HashSet<_>>().into_iter().for_each(|word| counts[word as usize % PLACES] += 1);
    }
    let byte = |count: u32| {
        let share = (f64::from(count) + 0.25) / (rows.len() as f64 + 1.0);
        (-8.0 * share.log2()).round().clamp(0.0, 255.0) as u8
    };
    Ok(counts.into_iter().map(byte).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_can_be_kept_and_joined() {
        let (mut one, mut two) = (Rarity::default(), Rarity::default());
        one.add("soup and a spoon");
        two.add("soup without a spoon");
        let alone = one.clone();
        one.merge(&two);
        let back = Rarity::unpack(&one.pack()).unwrap();
        let soup = words("soup").next().unwrap();
        assert_eq!(back.idf(soup), one.idf(soup));
        assert!(back.idf(soup) < alone.idf(soup));
        assert!(Rarity::unpack(&one.pack()[1..]).is_none() && Rarity::unpack(&[]).is_none());
    }
}
