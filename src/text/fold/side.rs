//! The additional tokens: guesses at what a disguised word stands for. Each is added beside the plain tokens that it
//! covers.

use std::ops::Range;

use super::chars::{self, Piece};
use super::{Folded, Kind, span};
use crate::text::tokens::{self, Class};

/// The longest word that is guessed at, in characters: disguised words are not longer, addresses and base64 are.
const MAX_WORD: usize = 64;

/// Whether a text has nothing to fold but its case, so that its plain tokens are all. May say no too often.
pub(super) fn is_plain(text: &str) -> bool {
    if !text.is_ascii() {
        return false;
    }
    let bytes = text.as_bytes();
    let kind = |at: usize| bytes.get(at).map_or(SPACE, |byte| KINDS[*byte as usize]);
    // The kinds of the two bytes before, and of the one before a row of joints.
    let (mut one, mut two, mut left) = (SPACE, SPACE, SPACE);
    // How long the present token is, and whether the one before was a single letter or digit.
    let (mut length, mut single) = (0_usize, false);
    for (at, &byte) in bytes.iter().enumerate() {
        let here = KINDS[byte as usize];
        let leet = (here == SIGN && (one == LETTER || kind(at + 1) == LETTER) && !(byte == b'!' && ends(kind(at + 1))))
            || (here == SIGN && one == SIGN && !(byte == b'!' && bytes[at - 1] == b'!'))
            || (here == DIGIT && one == LETTER)
            || (here == LETTER && one == DIGIT);
        let glued = one == JOINT && !ends(here) && !ends(left) && (here == LETTER || left == LETTER);
        let stretched = here == LETTER && one == LETTER && two == LETTER && same(bytes, at);
        let masked = byte == b'*' && (one == LETTER || kind(at + 1) == LETTER);
        if leet || glued || stretched || masked {
            return false;
        }
        if ends(here) {
            if length == 1 && single {
                return false;
            }
            single = if length > 0 { length == 1 } else { single };
            length = 0;
        } else {
            length += 1;
        }
        if here == JOINT && one != JOINT {
            left = one;
        }
        (two, one) = (one, here);
    }
    !(length == 1 && single)
}

const SPACE: u8 = 0;
const LETTER: u8 = 1;
const DIGIT: u8 = 2;
/// A sign that may stand for a letter.
const SIGN: u8 = 3;
/// A sign that may stand inside a word.
const JOINT: u8 = 4;
const OTHER: u8 = 5;

const KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        kinds[at] = match byte {
            b' ' | b'\n' | b'\r' | b'\t' => SPACE,
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            b'0'..=b'9' => DIGIT,
            b'@' | b'$' | b'!' | b'|' | b'+' => SIGN,
            b'.' | b'-' | b'_' | b'~' | b'*' | b'#' => JOINT,
            _ => OTHER,
        };
        at += 1;
    }
    kinds
};

fn ends(kind: u8) -> bool {
    !matches!(kind, LETTER | DIGIT)
}

/// Whether this letter and the two before it are one, case aside.
fn same(bytes: &[u8], at: usize) -> bool {
    let byte = bytes[at] | 0x20;
    at >= 2 && bytes[at - 1] | 0x20 == byte && bytes[at - 2] | 0x20 == byte
}

/// Adds all guesses to a folded text.
pub(super) fn add(pieces: &[Piece], plain: &[Range<usize>], folded: &mut Folded) {
    let mut sides = Sides { pieces, plain, folded, next: 0 };
    let latin = !pieces.iter().all(|piece| piece.c.is_ascii()) && chars::mostly_latin(pieces);
    for token in plain.iter().filter(|token| token.len() <= MAX_WORD) {
        if is_stretched(pieces[token.clone()].iter().map(|piece| piece.c)) {
            sides.stretched(&text_of(&pieces[token.clone()]), token.clone());
        }
        if let Some(text) = latin.then(|| chars::all_latin(&pieces[token.clone()])).flatten() {
            sides.put(&text, token.clone(), Kind::Lookalike);
        }
    }
    sides.joined();
    sides.next = 0;
    let mut at = 0;
    for chunk in pieces.chunk_by(|a, b| a.c.is_whitespace() == b.c.is_whitespace()) {
        let whole = at..at + chunk.len();
        at = whole.end;
        if chunk[0].c.is_whitespace() || chunk.len() < 2 {
            continue;
        }
        if chunk.iter().any(|piece| letters_of(piece.c).is_some()) {
            sides.leet(whole.clone());
        }
        if chunk[1..].iter().any(|piece| is_joint(piece.c)) {
            sides.broken(whole);
        }
    }
}

struct Sides<'a> {
    pieces: &'a [Piece],
    plain: &'a [Range<usize>],
    folded: &'a mut Folded,
    /// The plain token to look from for the one that a guess begins at; guesses of one sort come in order.
    next: usize,
}

impl Sides<'_> {
    /// Adds a guess that covers these pieces.
    fn put(&mut self, text: &str, covers: Range<usize>, kind: Kind) {
        let from = self.plain.partition_point(|token| token.end <= covers.start);
        let to = self.plain.partition_point(|token| token.start < covers.end);
        if from < to {
            self.folded.add(from as u32..to as u32, text, span(&self.pieces[covers]), kind);
        }
    }

    /// A word with three or more of one letter in a row, cut to one of each.
    fn stretched(&mut self, text: &str, covers: Range<usize>) {
        if is_stretched(text.chars()) {
            self.put(&squeezed(text), covers, Kind::Stretched);
        }
    }

    /// Three or more single letters with the same separator between each two.
    fn joined(&mut self) {
        let plain = self.plain;
        let gap = |at: usize| &self.pieces[plain[at].end..plain[at + 1].start];
        let single = |at: usize| plain[at].len() == 1 && tokens::class(self.pieces[plain[at].start].c) == Class::Word;
        let mut found = Vec::new();
        let mut start = 0;
        while start + 2 < plain.len() {
            let mut end = start + 1;
            let first = gap(start);
            let apart = (1..=3).contains(&first.len());
            while apart
                && single(start)
                && end < plain.len()
                && single(end)
                && gap(end - 1).len() == first.len()
                && gap(end - 1).iter().zip(first).all(|(a, b)| a.c == b.c)
            {
                end += 1;
            }
            if end - start >= 3 {
                found.push(start..end);
            }
            start = end.max(start + 1) - usize::from(end > start + 1);
        }
        for run in found {
            let letters: Vec<Piece> = run.clone().map(|at| self.pieces[plain[at].start]).collect();
            let covers = plain[run.start].start..plain[run.end - 1].end;
            let text = text_of(&letters);
            for letters in unleet(&letters) {
                self.put(&letters, covers.clone(), Kind::Joined);
            }
            self.put(&text, covers, Kind::Joined);
        }
    }

    /// Digits and signs in words, read as letters.
    fn leet(&mut self, chunk: Range<usize>) {
        let pieces = self.pieces;
        let in_word = |piece: &Piece| tokens::class(piece.c) == Class::Word || letters_of(piece.c).is_some();
        for run in runs(pieces, chunk, in_word) {
            let mut run = run;
            // A sign at the end is punctuation more often than a letter.
            while run.end > run.start && matches!(pieces[run.end - 1].c, '!' | '|' | '+') {
                run.end -= 1;
            }
            if run.len() < 2 || run.len() > MAX_WORD {
                continue;
            }
            for text in unleet(&pieces[run.clone()]) {
                self.stretched(&text, run.clone());
                self.put(&text, run.clone(), Kind::Leet);
            }
            // An `@` stands for an `a` or for nothing at all.
            let run_of = &pieces[run.clone()];
            if run_of.iter().any(|piece| piece.c == '@') && run_of.iter().any(|piece| piece.c.is_alphabetic()) {
                self.put(&masked(&pieces[run.clone()]), run, Kind::Masked);
            }
        }
    }

    /// A word that begins or ends with stars that stand for letters; with stars at both ends it is only emphasised.
    fn open(&mut self, run: Range<usize>) {
        let word = &self.pieces[run.clone()];
        let star = |piece: Option<&Piece>| piece.is_some_and(|piece| piece.c == '*');
        let whole = word.iter().all(|piece| piece.c == '*' || tokens::class(piece.c) == Class::Word);
        let letters = word.iter().any(|piece| piece.c.is_alphabetic());
        if whole && letters && word.len() <= MAX_WORD && star(word.first()) != star(word.last()) {
            self.put(&masked(word), run, Kind::Masked);
        }
    }

    /// Words with separators, emoji or masks in them.
    fn broken(&mut self, chunk: Range<usize>) {
        let pieces = self.pieces;
        let in_word = |piece: &Piece| tokens::class(piece.c) == Class::Word || is_joint(piece.c);
        for run in runs(pieces, chunk, in_word) {
            let mut run = run;
            self.open(run.clone());
            while run.end > run.start && is_joint(pieces[run.end - 1].c) {
                run.end -= 1;
            }
            while run.end > run.start && is_joint(pieces[run.start].c) {
                run.start += 1;
            }
            let letters: Vec<Piece> = pieces[run.clone()].iter().copied().filter(|piece| !is_joint(piece.c)).collect();
            if !letters.iter().any(|piece| piece.c.is_alphabetic()) {
                continue;
            }
            if letters.len() < 2 || letters.len() == run.len() || run.len() > MAX_WORD {
                continue;
            }
            if pieces[run.clone()].iter().any(|piece| is_mask(piece.c)) {
                self.put(&masked(&pieces[run.clone()]), run.clone(), Kind::Masked);
            }
            let text = text_of(&letters);
            self.stretched(&text, run.clone());
            self.put(&text, run.clone(), Kind::Glued);
            for text in unleet(&letters) {
                self.put(&text, run.clone(), Kind::Glued);
            }
        }
    }
}

/// The runs of a chunk whose pieces all fulfil a condition.
fn runs(pieces: &[Piece], chunk: Range<usize>, holds: impl Fn(&Piece) -> bool) -> Vec<Range<usize>> {
    let mut at = chunk.start;
    let mut out = Vec::new();
    for run in pieces[chunk].chunk_by(|a, b| holds(a) == holds(b)) {
        if holds(&run[0]) {
            out.push(at..at + run.len());
        }
        at += run.len();
    }
    out
}

fn text_of(pieces: &[Piece]) -> String {
    let mut out = String::with_capacity(pieces.len());
    pieces.iter().for_each(|piece| piece.push_to(&mut out));
    out
}

/// Whether a sign inside a word may stand for any letter.
fn is_mask(c: char) -> bool {
    matches!(c, '*' | '#' | '_' | '@')
}

/// The pieces with each mask as `*`, other separators left out.
fn masked(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece.c {
            c if is_mask(c) => out.push('*'),
            _ if tokens::class(piece.c) == Class::Word => piece.push_to(&mut out),
            _ => {}
        }
    }
    out
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27BF}' | '\u{1F1E6}'..='\u{1FAFF}')
}

/// Whether a sign may stand inside a word.
fn is_joint(c: char) -> bool {
    matches!(c, '.' | '-' | '_' | '~' | '*' | '#' | '·' | '•') || is_emoji(c)
}

/// Whether one letter stands three or more times in a row, case aside.
fn is_stretched(mut text: impl Iterator<Item = char>) -> bool {
    let lower = |c: char| if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) };
    let (mut last, mut count) = (' ', 0);
    text.any(|c| {
        let c = lower(c);
        count = if c == last { count + 1 } else { 1 };
        last = c;
        count >= 3 && c.is_alphabetic()
    })
}

/// The letters that a digit or sign may stand for, the likeliest first.
fn letters_of(c: char) -> Option<[char; 2]> {
    Some(match c {
        '0' => ['o', 'o'],
        '1' | '|' => ['i', 'l'],
        '3' => ['e', 'e'],
        '4' | '@' => ['a', 'a'],
        '5' | '$' => ['s', 's'],
        '6' | '9' => ['g', 'g'],
        '7' | '+' => ['t', 't'],
        '8' => ['b', 'b'],
        '!' => ['i', 'i'],
        _ if c.is_ascii() || tokens::class(c) != Class::Other => return None,
        _ => [chars::sign(c)?; 2],
    })
}

/// A word with its digits and signs read as letters, in each of the two ways if they differ; nothing if it has none of
/// them or no letter beside them.
fn unleet(word: &[Piece]) -> Vec<String> {
    let letter = |piece: &Piece| tokens::class(piece.c) == Class::Word && !piece.c.is_ascii_digit();
    if !word.iter().any(letter) || !word.iter().any(|piece| letters_of(piece.c).is_some()) {
        return Vec::new();
    }
    let read = |way: usize| {
        let mut out = String::with_capacity(word.len());
        for piece in word {
            match letters_of(piece.c) {
                Some(letters) => out.push(letters[way]),
                None => piece.push_to(&mut out),
            }
        }
        out
    };
    let mut out = vec![read(0), read(1)];
    out.dedup();
    out
}

/// A word with each run of one letter cut to one.
pub(super) fn squeezed(text: &str) -> String {
    let mut last = None;
    text.chars().filter(|c| last.replace(*c) != Some(*c)).collect()
}
