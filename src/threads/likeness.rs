//! How much a comment's own words are like those of earlier comments: cosine of TF-IDF, rare words shared, and stems
//! that only one earlier comment has used. Sums are kept for the comments that share a word, never for all of them.

use super::index::{Index, Node};
use super::lexicon::{Lexicon, special};

/// Earlier comments that are remembered for a word, newest first, besides the post.
const MAX_POSTINGS: u16 = 24;
/// Words less rare than this say nothing about likeness.
const LEAST_IDF: f32 = 1.5;
/// Words that count as rare.
const RARE: f32 = 5.0;
/// Stems that are looked at.
const RARE_STEM: f32 = 3.5;
/// A stem that more comments than this have used is nobody's.
const MAX_USERS: usize = 3;

const NONE: u32 = u32::MAX;

/// What an earlier node has in common with the comment at hand.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Likeness {
    /// Cosine of the own words.
    pub cosine: f32,
    /// Sum of the idf of shared rare words.
    pub rare: f32,
    /// Sum of the idf of stems that hardly anybody else used, each divided by its users.
    pub unique: f32,
    /// The largest of these.
    pub best_unique: f32,
}

#[derive(Clone, Copy)]
struct Posting {
    node: Node,
    weight: f32,
}

/// The comments that have used a word: a ring in `Words::postings`, with room for as many as there will be.
#[derive(Clone, Copy)]
struct Used {
    start: u32,
    room: u16,
    /// Where the next goes.
    next: u16,
    /// How many there are.
    count: u16,
    /// The weight in the post.
    root: f32,
}

impl Used {
    /// The newer part of the ring and the older one, each with the newest last.
    fn parts<'p>(&self, postings: &'p [Posting]) -> [&'p [Posting]; 2] {
        let ring = &postings[self.start as usize..][..usize::from(self.count)];
        let (newer, older) = ring.split_at(usize::from(self.next));
        [newer, older]
    }
}

/// The words used so far on a page.
pub(crate) struct Words {
    used: Vec<Used>,
    stems: Vec<([Node; MAX_USERS], u8)>,
    postings: Vec<Posting>,
    sums: Vec<Likeness>,
    touched: Vec<Node>,
    /// The comment at hand: its different words with their weights, unit length, but for those that no other comment
    /// of the page can share.
    weights: Vec<Weighed>,
    counts: Vec<u16>,
}

/// A word of the comment at hand.
struct Weighed {
    word: u32,
    weight: f32,
    idf: f32,
    stem: u32,
    /// Nothing else on the page has its stem.
    alone: bool,
}

impl Words {
    /// Room for a page.
    pub fn new(lexicon: &Lexicon, nodes: usize) -> Self {
        let mut start = 0;
        let unused = lexicon.words.iter().map(|word| {
            let telling = word.idf >= LEAST_IDF && word.special & (special::STOP | special::ALONE) == 0;
            let room = if telling { word.uses.min(MAX_POSTINGS) } else { 0 };
            start += u32::from(room);
            Used { start: start - u32::from(room), room, next: 0, count: 0, root: 0.0 }
        });
        Words {
            used: unused.collect(),
            stems: vec![([NONE; MAX_USERS], 0); lexicon.stems()],
            postings: vec![Posting { node: NONE, weight: 0.0 }; start as usize],
            sums: vec![Likeness::default(); nodes],
            touched: Vec::new(),
            weights: Vec::new(),
            counts: vec![0; lexicon.words.len()],
        }
    }

    /// Compares a node with all earlier ones that share a telling word.
    pub fn compare(&mut self, index: &Index<'_>, node: Node) {
        for touched in self.touched.drain(..) {
            self.sums[touched as usize] = Likeness::default();
        }
        self.weigh(index, node);
        for Weighed { word, weight, idf, stem, .. } in &self.weights {
            let (idf, used) = (*idf, &self.used[*word as usize]);
            let rare = if idf > RARE { idf } else { 0.0 };
            if used.root > 0.0 {
                add(&mut self.sums, &mut self.touched, 0, weight * used.root, rare);
            }
            for posting in used.parts(&self.postings).into_iter().flat_map(|part| part.iter().rev()) {
                add(&mut self.sums, &mut self.touched, posting.node, weight * posting.weight, rare);
            }
            if idf <= RARE_STEM {
                continue;
            }
            let (users, count) = &self.stems[*stem as usize];
            let count = usize::from(*count);
            if count == 0 || count > MAX_USERS {
                continue;
            }
            let share = idf / count as f32;
            for user in &users[..count] {
                add(&mut self.sums, &mut self.touched, *user, 0.0, 0.0);
                let sum = &mut self.sums[*user as usize];
                sum.unique += share;
                sum.best_unique = sum.best_unique.max(share);
            }
        }
    }

    /// What an earlier node has in common with the comment that was compared last.
    pub fn with(&self, node: Node) -> Likeness {
        self.sums[node as usize]
    }

    /// The earlier nodes that have anything in common with it, each once or twice.
    pub fn touched(&self) -> &[Node] {
        &self.touched
    }

    /// Remembers the comment that was compared last, for those that follow.
    pub fn remember(&mut self, node: Node) {
        for Weighed { word, weight, stem, .. } in &self.weights {
            let used = &mut self.used[*word as usize];
            if node == 0 {
                used.root = *weight;
            } else {
                self.postings[used.start as usize + usize::from(used.next)] = Posting { node, weight: *weight };
                used.count = used.count.max(used.next + 1);
                used.next = (used.next + 1) % used.room;
            }
            let (users, count) = &mut self.stems[*stem as usize];
            let known = usize::from(*count).min(MAX_USERS);
            if !users[..known].contains(&node) {
                if known < MAX_USERS {
                    users[known] = node;
                }
                *count = count.saturating_add(1);
            }
        }
    }

    /// The own words of a node as a vector of unit length.
    fn weigh(&mut self, index: &Index<'_>, node: Node) {
        self.weights.clear();
        let doc = &index.docs[node as usize];
        let own = index.tokens(node).iter().filter(|token| !doc.split || token.depth == 0).map(|token| token.word);
        let title: &[u32] = if node == 0 { &index.title } else { &[] };
        for word in own.chain(title.iter().copied()) {
            let known = index.lexicon.words[word as usize];
            if known.idf < LEAST_IDF || known.special & special::STOP != 0 {
                continue;
            }
            let count = &mut self.counts[word as usize];
            if *count == 0 {
                let alone = known.special & special::ALONE != 0;
                self.weights.push(Weighed { word, weight: known.idf, idf: known.idf, stem: known.stem, alone });
            }
            *count = count.saturating_add(1);
        }
        let mut square = 0.0;
        for Weighed { word, weight, .. } in &mut self.weights {
            let count = std::mem::take(&mut self.counts[*word as usize]);
            if count > 1 {
                *weight *= 1.0 + f32::from(count).ln();
            }
            square += *weight * *weight;
        }
        let norm = square.sqrt().max(f32::MIN_POSITIVE);
        self.weights.retain_mut(|weighed| {
            weighed.weight /= norm;
            !weighed.alone
        });
    }
}

fn add(sums: &mut [Likeness], touched: &mut Vec<Node>, node: Node, cosine: f32, rare: f32) {
    let sum = &mut sums[node as usize];
    if sum.cosine == 0.0 && sum.unique == 0.0 {
        touched.push(node);
    }
    sum.cosine += cosine;
    sum.rare += rare;
}
