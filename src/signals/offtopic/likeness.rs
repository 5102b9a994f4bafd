//! How alike a comment is to its post, its parent, the comments beside it and the whole thread.
//!
//! No pair of comments is compared by itself: one pass over the words that comments share finds the nearest ones, and
//! words that stand in very many comments are passed over there, so that a thread of 100,000 comments costs no more
//! for each of them than one of 200.

use std::collections::HashMap;
use std::ops::Range;

use super::centre::Centre;
use super::rarity::Rarity;
use super::words::{Bag, words};
use super::{Discussion, FEWEST_AROUND, FEWEST_WORDS, Remark};
use crate::signals::Subject;

/// A word in more comments than this says little about which of them are alike.
const COMMON: usize = 200;

/// Levels above a comment that it is compared with.
const ABOVE: usize = 6;

/// Words of the post that make a chunk.
const CHUNK: usize = 60;

/// How alike one comment is to what is around it. Cosines and shares, 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Likeness {
    /// Its content words.
    pub words: usize,
    /// Content words of the post and all other comments.
    pub around: usize,
    /// To the chunk of the post that it is most like.
    pub post: f64,
    /// The share of its words, by rarity, that stands in the post.
    pub post_cover: f64,
    /// To the comment it answers; to the post where it answers none.
    pub parent: f64,
    /// To the one it is most like of the comments above it and the post.
    pub above: f64,
    /// The share of its words, by rarity, that stands in what it answers.
    pub parent_cover: f64,
    /// The mean of the three comments most like it, replies to it left out.
    pub siblings: f64,
    /// The comment most like it, replies to it left out.
    pub sibling: f64,
    /// To the sum of all other comments.
    pub thread: f64,
    /// To that sum and the post together.
    pub centre: f64,
    /// The share of its words, by rarity, that stands in the post or in any other comment.
    pub cover: f64,
    /// How rare the rarest of those words is, as the logarithm of how few texts hold it.
    pub rarest: f64,
    /// How many of those words there are.
    pub shared: usize,
    /// How much likelier its words are here than anywhere: the mean logarithm.
    pub expected: f64,
    /// Whether it answers a comment.
    pub answers: bool,
}

impl Likeness {
    /// Whether there are words enough, in it and around it, to say anything.
    pub fn is_enough(&self) -> bool {
        self.words >= FEWEST_WORDS && self.around >= FEWEST_AROUND
    }
}

/// Compares every comment of a discussion with what is around it.
pub fn likenesses(discussion: &Discussion<'_>, rarity: &Rarity) -> Vec<Likeness> {
    let chunks: Vec<Bag> = chunks(discussion.post).into_iter().map(|c| Bag::of(&discussion.post[c], rarity)).collect();
    let post = Bag::of(discussion.post, rarity);
    let bags: Vec<Bag> = discussion.comments.iter().map(|c| Bag::of(Subject::new(c.text).own(), rarity)).collect();
    let centre = Centre::of(&bags, &post);
    let mut neighbours = Neighbours::of(&bags);
    let mut all = Vec::with_capacity(bags.len());
    for (at, bag) in bags.iter().enumerate() {
        let answered = answered(at, discussion.comments);
        let parent = answered.map_or(&post, |parent| &bags[parent]);
        let to_post = chunks.iter().map(|chunk| bag.likeness(chunk)).fold(bag.likeness(&post), f32::max);
        let [first, second, third] = neighbours.nearest(at, &bags, discussion.comments);
        let standing = centre.standing(bag);
        all.push(Likeness {
            words: bag.words,
            around: centre.around(bag),
            post: f64::from(to_post),
            post_cover: f64::from(bag.covered_by(&post)),
            parent: f64::from(answered.map_or(to_post, |_| bag.likeness(parent))),
            above: f64::from(above(at, &bags, discussion.comments).max(to_post)),
            parent_cover: f64::from(bag.covered_by(parent)),
            siblings: f64::from(first + second + third) / 3.0,
            sibling: f64::from(first),
            thread: f64::from(standing.thread),
            centre: f64::from(standing.centre),
            cover: f64::from(standing.cover),
            rarest: f64::from(standing.rarest),
            shared: standing.shared,
            expected: f64::from(standing.expected),
            answers: answered.is_some(),
        });
    }
    all
}

/// The place of the comment that a comment answers.
fn answered(at: usize, comments: &[Remark<'_>]) -> Option<usize> {
    comments[at].parent.filter(|parent| *parent < comments.len() && *parent != at)
}

/// How alike a comment is to the one it is most like of those above it; parents in a circle end with the levels.
fn above(at: usize, bags: &[Bag], comments: &[Remark<'_>]) -> f32 {
    let line = std::iter::successors(answered(at, comments), |above| answered(*above, comments));
    line.take(ABOVE).filter(|above| *above != at).map(|above| bags[at].likeness(&bags[above])).fold(0.0, f32::max)
}

/// Which comments each word stands in, for finding the nearest ones.
struct Neighbours {
    holding: HashMap<u32, Vec<(u32, f32)>>,
    likeness: Vec<f32>,
    touched: Vec<u32>,
}

impl Neighbours {
    fn of(bags: &[Bag]) -> Neighbours {
        let mut holding: HashMap<u32, Vec<(u32, f32)>> = HashMap::new();
        for (at, bag) in bags.iter().enumerate() {
            for term in &bag.terms {
                let places = holding.entry(term.hash).or_default();
                if places.len() <= COMMON {
                    places.push((at as u32, term.weight));
                }
            }
        }
        Neighbours { holding, likeness: vec![0.0; bags.len()], touched: Vec::new() }
    }

    /// The three greatest likenesses to other comments; replies to it would only echo it.
    fn nearest(&mut self, at: usize, bags: &[Bag], comments: &[Remark<'_>]) -> [f32; 3] {
        for term in &bags[at].terms {
            let Some(places) = self.holding.get(&term.hash).filter(|places| places.len() <= COMMON) else { continue };
            for (other, weight) in places {
                let likeness = &mut self.likeness[*other as usize];
                if *likeness == 0.0 {
                    self.touched.push(*other);
                }
                *likeness += term.weight * weight;
            }
        }
        let mut best = [0f32; 3];
        for other in self.touched.drain(..) {
            let likeness = std::mem::take(&mut self.likeness[other as usize]);
            if other as usize == at || comments[other as usize].parent == Some(at) {
                continue;
            }
            if likeness > best[2] {
                best[2] = likeness;
                best.sort_by(|a, b| b.total_cmp(a));
            }
        }
        best
    }
}

/// The sentence of a post that a comment is most like, if any word stands in both.
pub fn nearest_sentence(post: &str, comment: &str, rarity: &Rarity) -> Option<Range<usize>> {
    let bag = Bag::of(Subject::new(comment).own(), rarity);
    let mut best: (f32, Option<Range<usize>>) = (0.0, None);
    for sentence in sentences(post) {
        let likeness = bag.likeness(&Bag::of(&post[sentence.clone()], rarity));
        if likeness > best.0 {
            best = (likeness, Some(sentence));
        }
    }
    best.1
}

/// A long post in stretches of whole sentences; a short one gives none, since it is compared as a whole anyway.
fn chunks(post: &str) -> Vec<Range<usize>> {
    let mut chunks: Vec<Range<usize>> = Vec::new();
    let mut many = CHUNK;
    for sentence in sentences(post) {
        match chunks.last_mut() {
            Some(last) if many < CHUNK => last.end = sentence.end,
            _ => {
                many = 0;
                chunks.push(sentence.clone());
            }
        }
        many += words(&post[sentence]).count();
    }
    if chunks.len() > 1 { chunks } else { Vec::new() }
}

/// Stretches that end with a line, or with a full stop, exclamation or question mark before a space.
pub fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = &text[start..];
        let rest_trimmed = rest.trim_start();
        if rest_trimmed.is_empty() {
            return None;
        }
        let from = start + rest.len() - rest_trimmed.len();
        let mut letters = rest_trimmed.char_indices().peekable();
        let mut end = text.len();
        while let Some((at, letter)) = letters.next() {
            let next = letters.peek().map(|(_, c)| *c);
            if letter == '\n' || (matches!(letter, '.' | '!' | '?') && next.is_none_or(char::is_whitespace)) {
                end = from + at + letter.len_utf8();
                break;
            }
        }
        start = end;
        Some(from..from + text[from..end].trim_end().len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_of_a_text() {
        let text = " Soup is 3.5 euros. Really?\nYes ";
        let all: Vec<&str> = sentences(text).map(|span| &text[span]).collect();
        assert_eq!(all, ["Soup is 3.5 euros.", "Really?", "Yes"]);
    }

    #[test]
    fn the_nearest_sentence_shares_words() {
        let post = "We opened a bakery. The oven broke on Monday.";
        let near = nearest_sentence(post, "did you repair the oven?", &Rarity::default());
        assert_eq!(near.map(|span| &post[span]), Some("The oven broke on Monday."));
        assert_eq!(nearest_sentence(post, "violins", &Rarity::default()), None);
    }

    #[test]
    fn replies_do_not_vouch_for_what_they_answer() {
        let comments = [
            Remark { text: "violin strings tuning", parent: None },
            Remark { text: "violin strings tuning", parent: Some(0) },
        ];
        let found = likenesses(&Discussion { post: "soup", comments: &comments }, &Rarity::default());
        assert_eq!(found[0].siblings, 0.0);
        assert!(found[1].parent > 0.99);
    }
}
