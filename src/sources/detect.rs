//! Which format an input is in, from its content alone: every format scores the head, the best wins if it is sure and
//! well ahead. File names are never looked at.

use super::{FORMATS, Format, Guess, Head};

/// A format's guess, for the table that detection prints.
pub struct Candidate {
    /// The format.
    pub format: &'static Format,
    /// Its guess.
    pub guess: Guess,
}

/// The least score that counts as recognised.
const SURE: u8 = 60;
/// How far the best must be ahead of the next of another format.
const AHEAD: u8 = 15;

/// Every format that thinks the head might be its own, surest first. `only` keeps the formats of that name or kind.
pub fn candidates(head: &Head, only: Option<&str>) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = FORMATS
        .iter()
        .filter(|format| only.is_none_or(|name| format.name == name || format.kind == name))
        .filter_map(|format| (format.sniff)(head).map(|guess| Candidate { format, guess }))
        .collect();
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.guess.score));
    found
}

/// The format that wins, if one does.
pub fn winner(candidates: &[Candidate]) -> Option<&'static Format> {
    let best = candidates.first()?;
    let next = candidates.get(1).map_or(0, |candidate| candidate.guess.score);
    (best.guess.score >= SURE && best.guess.score >= next.saturating_add(AHEAD)).then_some(best.format)
}
