//! How the learner reads a comment: folded text, where each byte of it came from, and the further readings that a
//! disguise allows.
//!
//! The one place where the learner meets folding, so that training and scoring can't differ in it.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// Bytes of a comment that are read; the rest of a longer one is left to its sentence windows.
pub const MOST_BYTES: usize = 3000;

/// A comment as the learner reads it.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The folded text.
    pub text: String,
    /// Where each byte of the folded text stands in the original.
    pub origin: Vec<u32>,
    /// Further readings of a place: a word without its disguise. Added to the text, never in its place.
    pub sides: Vec<Side>,
    /// Whether most of the letters are capitals.
    pub shouted: bool,
}

/// A further reading of one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The word read there.
    pub word: String,
    /// The bytes of the original that it was read from.
    pub original: Range<usize>,
}

impl Reading {
    /// The bytes of the original that a stretch of the folded text was made from.
    pub fn original(&self, folded: Range<usize>) -> Range<usize> {
        let start = self.origin.get(folded.start).copied().unwrap_or(0) as usize;
        let end = self.origin.get(folded.end).copied().unwrap_or(u32::MAX) as usize;
        start..end.max(start)
    }
}

/// Reads a comment.
pub fn read(original: &str) -> Reading {
    let mut reading = Reading { shouted: shouted(original), ..Reading::default() };
    for (at, letter) in original.char_indices().take_while(|(at, _)| *at < MOST_BYTES) {
        for folded in std::iter::once(letter).nfkc().flat_map(char::to_lowercase) {
            reading.text.push(folded);
            reading.origin.resize(reading.text.len(), at as u32);
        }
    }
    reading.origin.push(original.len().min(MOST_BYTES) as u32);
    reading
}

/// Whether most letters are capitals, in a text of more than a name.
fn shouted(original: &str) -> bool {
    let (mut upper, mut letters) = (0usize, 0usize);
    for letter in original.chars().take(MOST_BYTES).filter(|c| c.is_alphabetic()) {
        letters += 1;
        upper += usize::from(letter.is_uppercase());
    }
    letters >= 10 && upper * 2 > letters
}
