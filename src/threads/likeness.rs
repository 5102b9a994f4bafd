//! How much a comment's own words are like those of earlier comments: cosine of TF-IDF, rare words shared, and stems
//! that only one earlier comment has used. Sums are kept for the comments that share a word, never for all of them.

use super::index::{Index, Node};
use super::lexicon::{Lexicon, number, special};

/// Earlier comments that are remembered for a word, newest first, besides the post.
const MAX_POSTINGS: u32 = 24;
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

struct Posting {
    node: Node,
    weight: f32,
    next: u32,
}

#[derive(Clone, Copy)]
struct Used {
    newest: u32,
    root: f32,
}

/// The words used so far on a page.
pub(crate) struct Words {
    used: Vec<Used>,
    stems: Vec<([Node; MAX_USERS], u8)>,
    postings: Vec<Posting>,
    sums: Vec<Likeness>,
    touched: Vec<Node>,
    /// The comment at hand: its different words with their weights, unit length.
    weights: Vec<(u32, f32)>,
    counts: Vec<u16>,
}

impl Words {
    /// Room for a page.
    pub fn new(lexicon: &Lexicon, nodes: usize) -> Self {
        let unused = Used { newest: NONE, root: 0.0 };
        Words {
            used: vec![unused; lexicon.words.len()],
            stems: vec![([NONE; MAX_USERS], 0); lexicon.stems()],
            postings: Vec::new(),
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
        for (word, weight) in &self.weights {
            let used = &self.used[*word as usize];
            let idf = index.lexicon.words[*word as usize].idf;
            let rare = if idf > RARE { idf } else { 0.0 };
            if used.root > 0.0 {
                add(&mut self.sums, &mut self.touched, 0, weight * used.root, rare);
            }
            let mut next = used.newest;
            let mut seen = 0;
            while next != NONE && seen < MAX_POSTINGS {
                let posting = &self.postings[next as usize];
                add(&mut self.sums, &mut self.touched, posting.node, weight * posting.weight, rare);
                next = posting.next;
                seen += 1;
            }
            let (users, count) = &self.stems[index.lexicon.words[*word as usize].stem as usize];
            let count = usize::from(*count);
            if idf <= RARE_STEM || count == 0 || count > MAX_USERS {
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
    pub fn remember(&mut self, index: &Index<'_>, node: Node) {
        for (word, weight) in &self.weights {
            let used = &mut self.used[*word as usize];
            if node == 0 {
                used.root = *weight;
            } else {
                let newest = number(self.postings.len());
                self.postings.push(Posting { node, weight: *weight, next: used.newest });
                used.newest = newest;
            }
            let (users, count) = &mut self.stems[index.lexicon.words[*word as usize].stem as usize];
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
                self.weights.push((word, known.idf));
            }
            *count = count.saturating_add(1);
        }
        let mut square = 0.0;
        for (word, weight) in &mut self.weights {
            let count = std::mem::take(&mut self.counts[*word as usize]);
            *weight *= 1.0 + f32::from(count).ln();
            square += *weight * *weight;
        }
        let norm = square.sqrt().max(f32::MIN_POSITIVE);
        for (_, weight) in &mut self.weights {
            *weight /= norm;
        }
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
