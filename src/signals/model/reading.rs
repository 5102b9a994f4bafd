//! How the learner reads a comment: its words seen through disguises, and the few things beside words that tell.
//!
//! The one place where the learner meets folding, so that training and scoring can't differ in it.

use std::ops::Range;

use crate::text::fold::{Folded, Kind};

/// Bytes of a comment that are read; the rest of a longer one is left to its windows.
pub const MOST_BYTES: usize = 3000;

/// A comment as the learner reads it.
#[derive(Debug, Default)]
pub struct Reading {
    folded: Folded,
    /// How many bytes of the original come before what was read.
    skipped: usize,
    /// Bytes read.
    pub bytes: usize,
    /// Whether most of the letters are capitals.
    pub shouted: bool,
    /// Whether it holds two exclamation marks in a row, and where.
    pub exclaimed: Option<Range<usize>>,
    /// Whether it holds two question marks in a row, and where.
    pub asked: Option<Range<usize>>,
}

impl Reading {
    /// The words, plain and seen through a disguise, with their places in the original.
    pub fn words(&self) -> impl Iterator<Item = (&str, Kind, Range<usize>)> {
        let place = |span: Range<usize>| span.start + self.skipped..span.end + self.skipped;
        self.folded.tokens().map(move |token| (token.text, token.kind, place(token.span)))
    }

    /// Where reading ended in the original.
    pub fn end(&self) -> usize {
        self.skipped + self.bytes
    }

    /// How many words were read plainly, and how many only through a disguise.
    pub fn disguises(&self) -> (usize, usize) {
        let plain = self.folded.tokens().filter(|token| token.kind == Kind::Plain).count();
        (plain, self.folded.tokens().count() - plain)
    }
}

/// Reads a comment.
pub fn read(original: &str) -> Reading {
    let skipped = original.len() - original.trim_start().len();
    let text = &original[skipped..];
    let text = &text[..text.floor_char_boundary(MOST_BYTES)];
    let place = |twice: &str| text.find(twice).map(|at| at + skipped..at + skipped + twice.len());
    Reading {
        folded: Folded::new(text),
        skipped,
        bytes: text.len(),
        shouted: is_shouted(text),
        exclaimed: place("!!"),
        asked: place("??"),
    }
}

/// Whether most letters are capitals, in a text of more than a name.
pub(super) fn is_shouted(text: &str) -> bool {
    let (mut upper, mut letters) = (0usize, 0usize);
    for letter in text.chars() {
        if letter.is_ascii() {
            letters += usize::from(letter.is_ascii_alphabetic());
            upper += usize::from(letter.is_ascii_uppercase());
        } else {
            letters += usize::from(letter.is_alphabetic());
            upper += usize::from(letter.is_uppercase());
        }
    }
    letters >= 10 && upper * 2 > letters
}
