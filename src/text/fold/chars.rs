//! Folding character by character, each keeping its place: NFKC, then invisible characters and marks, then look-alikes
//! in words that mix scripts, then case. The look-alikes are decancer's table, which beats the UTS 39 skeleton on
//! abusive text (the skeleton makes `m` of `rn`); the scripts are those of UAX 24.

use std::ops::Range;

use decancer::Translation;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};
use unicode_script::{Script, UnicodeScript};

use super::Step;
use crate::text::tokens;

/// A folded character and its place in the original text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) c: char,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Piece {
    /// Appends the character without case.
    pub(super) fn push_to(self, out: &mut String) {
        tokens::fold_char(self.c, out);
    }

    fn with(self, c: char) -> Piece {
        Piece { c, ..self }
    }
}

/// Folds all but the case.
pub(super) fn fold(text: &str) -> Vec<Piece> {
    let mut pieces = visible(text);
    if !text.is_ascii() {
        look_alikes(&mut pieces);
    }
    pieces
}

/// The steps for showing.
pub(super) fn steps(text: &str) -> Vec<Step> {
    let plain = |pieces: &[Piece]| pieces.iter().map(|piece| piece.c).collect::<String>();
    let folded = fold(text);
    let mut lower = String::new();
    for piece in &folded {
        match tokens::class(piece.c) {
            tokens::Class::Other => lower.push(piece.c),
            _ => piece.push_to(&mut lower),
        }
    }
    vec![
        Step { name: "nfkc", text: text.nfkc().collect() },
        Step { name: "marks and invisible characters", text: plain(&visible(text)) },
        Step { name: "look-alikes", text: plain(&folded) },
        Step { name: "case", text: lower },
    ]
}

/// Compatibility forms taken apart, accents and invisible characters left out.
fn visible(text: &str) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::with_capacity(text.len());
    for (start, c) in text.char_indices() {
        let piece = Piece { c, start: start as u32, end: (start + c.len_utf8()) as u32 };
        match c {
            _ if c.is_ascii() => out.push(piece),
            _ if is_invisible(c) => {}
            // Taken apart, Hangul would be letters instead of syllables; the others have no parts.
            '\u{AC00}'..='\u{D7A3}' | '\u{4E00}'..='\u{9FFF}' | 'А'..='И' | 'К'..='и' | 'к'..='я' => {
                out.push(piece);
            }
            _ => decompose_compatible(c, |part| {
                // Marks that other scripts need are still abuse on a Latin letter.
                let on_latin = out.last().is_none_or(|before| before.c.is_ascii());
                let mark = is_combining_mark(part);
                if !(mark && (on_latin || is_accent(part))) {
                    out.push(piece.with(part));
                }
            }),
        }
    }
    out
}

fn is_accent(mark: char) -> bool {
    let mut kept = String::new();
    tokens::fold_char(mark, &mut kept);
    kept.is_empty()
}

/// Characters that show nothing: format characters, variation selectors, fillers.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Replaces look-alikes in words that mix scripts or use odd Latin letters.
fn look_alikes(pieces: &mut Vec<Piece>) {
    let mut out = Vec::with_capacity(pieces.len());
    for word in words(pieces) {
        let word = &pieces[word];
        if !in_word(&word[0]) || word.iter().all(|piece| piece.c.is_ascii()) || genuine(word) {
            out.extend_from_slice(word);
        } else {
            word.iter().for_each(|piece| latin(*piece, &mut out));
        }
    }
    *pieces = out;
}

/// Cuts the pieces into words and what stands between them.
fn words(pieces: &[Piece]) -> Vec<Range<usize>> {
    let mut at = 0;
    let runs = pieces.chunk_by(|a, b| in_word(a) == in_word(b)).map(|run| {
        at += run.len();
        at - run.len()..at
    });
    runs.collect()
}

fn in_word(piece: &Piece) -> bool {
    matches!(tokens::class(piece.c), tokens::Class::Word | tokens::Class::Mark)
}

/// Whether a word is all of one script, and that one not Latin.
fn genuine(word: &[Piece]) -> bool {
    script(word).is_some_and(|script| script != Script::Latin)
}

/// The one script of a word, if it has exactly one.
fn script(word: &[Piece]) -> Option<Script> {
    let own = |piece: &Piece| {
        let script = match piece.c {
            'a'..='z' | 'A'..='Z' => Script::Latin,
            'Ѐ'..='ҁ' => Script::Cyrillic,
            c => c.script(),
        };
        (!matches!(script, Script::Common | Script::Inherited | Script::Unknown)).then_some(script)
    };
    let mut scripts = word.iter().filter_map(own);
    let first = scripts.next()?;
    scripts.all(|script| script == first).then_some(first)
}

/// Appends the Latin letters that a character looks like, else the character itself.
fn latin(piece: Piece, out: &mut Vec<Piece>) {
    let found = if piece.c.is_ascii() { None } else { look_alike(piece.c) };
    match found {
        Some(Seen::Letter(c)) => out.push(piece.with(c)),
        Some(Seen::Letters(text)) => out.extend(text.chars().map(|c| piece.with(c))),
        None => out.push(piece),
    }
}

enum Seen {
    Letter(char),
    Letters(String),
}

fn look_alike(c: char) -> Option<Seen> {
    match decancer::cure_char!(c) {
        Translation::Character(seen) if seen.is_ascii_alphanumeric() => Some(Seen::Letter(seen)),
        Translation::String(seen) if seen.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            Some(Seen::Letters(seen.to_string()))
        }
        _ => None,
    }
}

/// The one Latin letter that a sign looks like, such as `¢` or `€`.
pub(super) fn sign(c: char) -> Option<char> {
    match look_alike(c)? {
        Seen::Letter(letter) => Some(letter),
        Seen::Letters(_) => None,
    }
}

/// A word of another script in Latin letters, if each of its letters looks like one.
pub(super) fn all_latin(word: &[Piece]) -> Option<String> {
    if word.len() < 3 || !genuine(word) {
        return None;
    }
    let mut out = Vec::new();
    word.iter().for_each(|piece| latin(*piece, &mut out));
    out.iter().all(|piece| piece.c.is_ascii()).then(|| out.iter().map(|piece| piece.c).collect())
}

/// Whether most letters of a text are plain Latin ones.
pub(super) fn mostly_latin(pieces: &[Piece]) -> bool {
    let latin = pieces.iter().filter(|piece| piece.c.is_ascii_alphabetic()).count();
    latin * 2 > pieces.iter().filter(|piece| piece.c.is_alphabetic()).count()
}
