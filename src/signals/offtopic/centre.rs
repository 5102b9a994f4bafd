//! How a comment stands to its discussion as a whole: to the sum of all other comments, to that sum with the post in it,
//! and how much likelier its words are here than anywhere.
//!
//! The comment itself is always left out of what it is compared with.

use super::words::{Bag, Sum, Term};

/// Words of a usual text, each counted once: turns the share of texts that hold a word into its share of all words.
const USUAL: f32 = 40.0;

/// How many words the general counts stand for.
const LEAN: f32 = 20.0;

/// The post and all comments of a discussion together.
#[derive(Debug)]
pub struct Centre<'a> {
    sum: Sum,
    post: &'a Bag,
    to_post: f32,
}

/// How a comment stands to the rest of its discussion.
#[derive(Debug, Clone, Copy, Default)]
pub struct Standing {
    /// The cosine with the sum of all other comments.
    pub thread: f32,
    /// The cosine with that sum and the post.
    pub centre: f32,
    /// The share of its words, by rarity, that stands in the post or in another comment.
    pub cover: f32,
    /// The rarity of the rarest of those words.
    pub rarest: f32,
    /// How many they are, each counted once.
    pub shared: usize,
    /// How much likelier its words are here than anywhere, against words that do not stand here: the mean logarithm over
    /// its words; 0 where it shares none.
    pub expected: f32,
}

impl<'a> Centre<'a> {
    /// Adds up a discussion.
    pub fn of(bags: &[Bag], post: &'a Bag) -> Centre<'a> {
        let sum = Sum::of(bags.iter());
        let to_post = sum.product(post);
        Centre { sum, post, to_post }
    }

    /// Words of the post and of all comments but one.
    pub fn around(&self, bag: &Bag) -> usize {
        self.sum.words - bag.words + self.post.words
    }

    /// Compares one of its comments with the rest.
    pub fn standing(&self, bag: &Bag) -> Standing {
        let (mut whole, mut own, mut with_post, mut covered) = (0f32, 0f32, 0f32, 0f32);
        let mut standing = Standing::default();
        let mut rest = self.post.terms.as_slice();
        for term in &bag.terms {
            let posted = advance(&mut rest, term.hash);
            let held = self.sum.terms.get(&term.hash).copied().unwrap_or_default();
            whole += term.weight * held.weight;
            own += term.weight * term.weight;
            with_post += posted.map_or(0.0, |posted| term.weight * posted.weight);
            if held.bags > 1 || posted.is_some() {
                covered += term.idf;
                standing.rarest = standing.rarest.max(term.idf);
                standing.shared += 1;
            }
            let times = held.times.saturating_sub(term.times) + posted.map_or(0, |posted| posted.times);
            standing.expected += term.times as f32 * (times as f32 * USUAL * term.idf.exp() / LEAN).ln_1p();
        }
        let rest = (self.sum.square - 2.0 * whole + own).max(0.0);
        let centre = (rest + 2.0 * (self.to_post - with_post) + 1.0).max(0.0);
        standing.thread = cosine(whole - own, rest);
        standing.centre = cosine(whole - own + with_post, centre);
        standing.cover = bag.share(covered);
        standing.expected /= bag.words.max(1) as f32;
        standing
    }
}

/// The term of this hash in what is left of a bag, which is then left from there on.
fn advance<'t>(rest: &mut &'t [Term], hash: u32) -> Option<&'t Term> {
    let at = rest.partition_point(|term| term.hash < hash);
    *rest = &rest[at..];
    rest.first().filter(|first| first.hash == hash)
}

/// The cosine of a bag, whose length is 1, from the product and the other's squared length.
fn cosine(product: f32, square: f32) -> f32 {
    if square > 1e-8 { (product / square.sqrt()).max(0.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::offtopic::rarity::Rarity;

    #[test]
    fn the_comment_itself_does_not_vouch_for_it() {
        let rarity = Rarity::default();
        let of = |text| Bag::of(text, &rarity);
        let (post, bags) =
            (of("the harbour bakery"), [of("bread and soup"), of("soup with bread"), of("violin strings")]);
        let centre = Centre::of(&bags, &post);
        let (near, far) = (centre.standing(&bags[0]), centre.standing(&bags[2]));
        assert!(near.thread > 0.5 && near.shared == 2 && near.cover > 0.9 && near.rarest > 0.0, "{near:?}");
        assert_eq!((far.thread, far.centre, far.shared, far.cover), (0.0, 0.0, 0, 0.0));
        assert!(near.expected > 0.0 && far.expected == 0.0 && near.centre < near.thread);
        let alone = [of("harbour bread")];
        let standing = Centre::of(&alone, &post).standing(&alone[0]);
        assert!(standing.thread == 0.0 && standing.centre > 0.3, "{standing:?}");
    }
}
