//! Folding: seeing words through the disguises that people give them, with every folded token still pointing at its
//! place in the original text.
//!
//! The text itself is folded in `chars`: NFKC, invisible characters and marks, look-alikes in words that mix scripts,
//! case. What is a guess becomes an *additional* token beside the plain ones (`side`), never a replacement: leet,
//! stretched letters, letters set apart, masked letters. Genuine Cyrillic, Greek and other scripts stay what they are.
//! The order of the steps and what they are worth was measured (reference: detection, section 5).
//!
//! Not here: judging. A folded token is evidence for whoever asks, and says nothing of guilt.

mod chars;
mod find;
mod side;

use std::ops::Range;

use chars::Piece;
pub use find::Wanted;

use super::tokens;

/// What a token of a folded text rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The text itself.
    Plain,
    /// Digits and signs read as letters: `fr33`, `$ale`.
    Leet,
    /// A stretched word with each run of a letter cut to one: `freeee` gives `fre`, to be compared with a word that is
    /// cut likewise.
    Stretched,
    /// Single letters set apart by one separator: `f r e e`, `f.r.e.e`.
    Joined,
    /// A word with separators or emoji in it: `fr-ee`, `fr.ee`.
    Glued,
    /// A word with some letters masked, each by a `*`.
    Masked,
    /// A word of another script whose letters all look Latin, in a text that is mostly Latin.
    Lookalike,
}

/// One token of a folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// The token.
    pub text: &'a str,
    /// Its place in the original text, in bytes.
    pub span: Range<usize>,
    /// What it rests on.
    pub kind: Kind,
}

/// A folded text: its plain tokens and the additional ones.
#[derive(Debug, Default)]
pub struct Folded {
    /// The tokens' texts, one after another.
    text: String,
    /// Plain and additional tokens, by the plain token they begin at.
    edges: Vec<Edge>,
}

/// A token as a way from one plain token to a later one, so that phrases can go over any mixture of them.
#[derive(Debug, Clone)]
struct Edge {
    /// The plain token it begins at.
    from: u32,
    /// The plain token after it.
    to: u32,
    /// Where its text lies.
    text: Range<u32>,
    /// Its place in the original text.
    span: Range<u32>,
    kind: Kind,
}

impl Folded {
    /// Folds a text.
    pub fn new(text: &str) -> Folded {
        let mut folded = Folded { text: String::with_capacity(text.len()), edges: Vec::with_capacity(text.len() / 5) };
        if side::is_plain(text) {
            for token in tokens::tokens(text) {
                let at = folded.edges.len() as u32;
                folded.add(at..at + 1, &token.folded, token.span.start as u32..token.span.end as u32, Kind::Plain);
            }
            return folded;
        }
        let pieces = chars::fold(text);
        let plain = plain_tokens(&pieces);
        let mut out = String::new();
        for (at, token) in (0..).zip(&plain) {
            out.clear();
            pieces[token.clone()].iter().for_each(|piece| piece.push_to(&mut out));
            folded.add(at..at + 1, &out, span(&pieces[token.clone()]), Kind::Plain);
        }
        side::add(&pieces, &plain, &mut folded);
        folded.edges.sort_by_key(|edge| (edge.from, edge.to, edge.kind));
        folded
    }

    /// Whether there is nothing to fold in a text but its case. May say no too often, never yes.
    pub fn is_trivial(text: &str) -> bool {
        side::is_plain(text)
    }

    /// The plain tokens and the additional ones, by where they begin.
    pub fn tokens(&self) -> impl Iterator<Item = Token<'_>> {
        self.edges.iter().map(|edge| Token {
            text: self.text_of(edge),
            span: edge.span.start as usize..edge.span.end as usize,
            kind: edge.kind,
        })
    }

    /// Where words stand in the original text, in order and in whatever disguise, in bytes.
    pub fn find<'a>(&'a self, wanted: &'a Wanted) -> impl Iterator<Item = Range<usize>> + 'a {
        find::find(self, wanted)
    }

    fn text_of(&self, edge: &Edge) -> &str {
        &self.text[edge.text.start as usize..edge.text.end as usize]
    }

    fn add(&mut self, way: Range<u32>, text: &str, span: Range<u32>, kind: Kind) {
        let text = &text[..text.floor_char_boundary(tokens::MAX_TOKEN)];
        if text.is_empty() {
            return;
        }
        let start = self.text.len() as u32;
        self.text.push_str(text);
        self.edges.push(Edge { from: way.start, to: way.end, text: start..self.text.len() as u32, span, kind });
    }
}

/// One step of folding, for showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub name: &'static str,
    /// The text after it, or for additional tokens the tokens.
    pub text: String,
}

/// The steps of folding a text, each with what the text is after it; additional tokens only where there are any.
pub fn steps(text: &str) -> Vec<Step> {
    let mut steps = chars::steps(text);
    let folded = Folded::new(text);
    let of = |kind: Kind| {
        folded.tokens().filter(|token| token.kind == kind).map(|token| token.text).collect::<Vec<_>>().join(" ")
    };
    steps.push(Step { name: "words", text: of(Kind::Plain) });
    let sides = [
        ("also look-alike", Kind::Lookalike),
        ("also leet", Kind::Leet),
        ("also stretched", Kind::Stretched),
        ("also joined", Kind::Joined),
        ("also glued", Kind::Glued),
        ("also masked", Kind::Masked),
    ];
    let sides = sides.into_iter().map(|(name, kind)| Step { name, text: of(kind) });
    steps.extend(sides.filter(|step| !step.text.is_empty()));
    steps
}

/// The pieces that make the plain tokens, by the same rules as [`tokens::tokens`].
fn plain_tokens(pieces: &[Piece]) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut goes_on = false;
    for (at, piece) in pieces.iter().enumerate() {
        let class = tokens::class(piece.c);
        match out.last_mut() {
            Some(last) if goes_on && class == tokens::Class::Word => last.end = at + 1,
            Some(last) if last.end == at && class == tokens::Class::Mark => last.end = at + 1,
            _ if matches!(class, tokens::Class::Word | tokens::Class::Single) => out.push(at..at + 1),
            _ => {}
        }
        goes_on = class == tokens::Class::Word || (goes_on && class == tokens::Class::Mark);
    }
    out
}

/// The place of some pieces in the original text.
fn span(pieces: &[Piece]) -> Range<u32> {
    match pieces {
        [first, .., last] => first.start..last.end,
        [only] => only.start..only.end,
        [] => 0..0,
    }
}

#[cfg(test)]
mod tests;
