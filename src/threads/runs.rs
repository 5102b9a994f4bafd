//! Which earlier comments a comment repeats, and where: shared sequences of four words, chained into runs, with the
//! worth of each run in nats, so that a chance overlap of common words never counts as a quotation.

use std::collections::hash_map::Entry;

use super::index::{Index, Node, Token};
use super::lexicon::{HashedMap, number};

/// Words of a sequence.
const GRAM: usize = 4;
/// Comments that are remembered for a sequence; beyond, it is boilerplate and only its originator stays.
const MAX_HOLDERS: u32 = 12;
/// Starts of sequences this far apart still belong to one run, so that a changed word does not break a quotation.
const MAX_GAP: u32 = 2;
/// Nats that one word can add.
const MAX_NATS: f32 = 8.0;

/// A run of words that an earlier comment has too.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Run {
    /// The earlier comment.
    pub node: Node,
    /// First word and the one after the last, in the later comment.
    pub start: u32,
    pub end: u32,
    /// The same in the earlier one.
    pub their_start: u32,
    pub their_end: u32,
    /// Sequences in it, and those of them that the earlier comment was the first to have.
    grams: u32,
    original_grams: u32,
    /// Words quoted one level deeper than they stand in the earlier comment, and those at the same level.
    pub deeper: u32,
    pub level: u32,
    /// Nats.
    pub worth: f32,
    /// Words of it between quote marks or in quoted lines.
    pub marked: u32,
    /// Enough to call it a quotation.
    pub strong: bool,
    /// The earlier comment was the first to have it.
    pub original: bool,
}

impl Run {
    /// Words in it.
    pub fn words(&self) -> u32 {
        self.end - self.start
    }
}

/// Where a sequence was seen.
struct Holder {
    node: Node,
    at: u32,
    next: u32,
}

/// A sequence of words: who had it first, and the newest of those who had it since.
struct Gram {
    originator: Node,
    at: u32,
    newest: u32,
    holders: u32,
}

const NONE: u32 = u32::MAX;

/// The sequences seen so far on a page.
pub(crate) struct Grams {
    /// Which sequences the page may have more than once. Of the others nothing is remembered.
    repeated: Repeated,
    grams: HashedMap<Gram>,
    holders: Vec<Holder>,
    /// For each earlier node, the comment that last opened a run to it and that run.
    open: Vec<(Node, u32)>,
    /// Sums over the words of the comment at hand: nats, marked words.
    nats: Vec<f32>,
    marked: Vec<u32>,
    runs: Vec<Run>,
}

impl Grams {
    /// Looks through a page for what it repeats.
    pub fn new(index: &Index<'_>) -> Self {
        Grams {
            repeated: Repeated::new(index),
            grams: HashedMap::default(),
            holders: Vec::new(),
            open: vec![(NONE, 0); index.docs.len()],
            nats: Vec::new(),
            marked: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// The runs that a node shares with earlier ones; remembers its own sequences for those that follow.
    pub fn runs(&mut self, index: &Index<'_>, node: Node) -> &[Run] {
        let tokens = index.tokens(node);
        self.runs.clear();
        for (at, hash) in sequences(tokens) {
            if self.repeated.has(hash) {
                self.see(index, node, at, &tokens[at as usize..], hash);
            }
        }
        if self.runs.is_empty() {
            return &self.runs;
        }
        self.sum(index, tokens);
        let (nats, marked) = (&self.nats, &self.marked);
        self.runs.retain_mut(|run| {
            let (start, end) = (run.start as usize, run.end as usize);
            run.worth = nats[end] - nats[start];
            run.marked = marked[end] - marked[start];
            let mostly_marked = run.marked * 10 >= run.words() * 6;
            run.strong = run.worth >= if mostly_marked { 18.0 } else { 40.0 };
            run.original = run.original_grams * 10 >= run.grams * 3;
            run.worth >= if mostly_marked { 14.0 } else { 30.0 }
        });
        &self.runs
    }

    fn sum(&mut self, index: &Index<'_>, tokens: &[Token]) {
        self.nats.clear();
        self.marked.clear();
        let (mut nats, mut marked) = (0.0, 0);
        self.nats.push(nats);
        self.marked.push(marked);
        for token in tokens {
            nats += index.lexicon.words[token.word as usize].idf.min(MAX_NATS);
            marked += u32::from(token.marked);
            self.nats.push(nats);
            self.marked.push(marked);
        }
    }

    fn see(&mut self, index: &Index<'_>, node: Node, at: u32, tokens: &[Token], hash: u64) {
        let slot = self.grams.entry(hash);
        let Entry::Occupied(mut slot) = slot else {
            slot.or_insert(Gram { originator: node, at, newest: NONE, holders: 0 });
            return;
        };
        let gram = slot.get_mut();
        let (originator, origin_at) = (gram.originator, gram.at);
        let mut next = gram.newest;
        if originator != node && gram.holders < MAX_HOLDERS {
            gram.newest = number(self.holders.len());
            gram.holders += 1;
            self.holders.push(Holder { node, at, next });
        }
        let full = gram.holders >= MAX_HOLDERS;
        if originator != node {
            self.extend(index, node, at, tokens, (originator, origin_at), true);
        }
        while next != NONE && !full {
            let holder = &self.holders[next as usize];
            next = holder.next;
            let theirs = (holder.node, holder.at);
            if theirs.0 != node && theirs.0 != originator {
                self.extend(index, node, at, tokens, theirs, false);
            }
        }
    }

    /// Lengthens the open run to an earlier node, or opens one.
    fn extend(
        &mut self,
        index: &Index<'_>,
        node: Node,
        at: u32,
        tokens: &[Token],
        theirs: (Node, u32),
        original: bool,
    ) {
        let (earlier, their_at) = theirs;
        let their_depth = level(&index.tokens(earlier)[their_at as usize]);
        let added = |depth: u8, words: u32| if level(&tokens[0]) == depth { words } else { 0 };
        let gram = GRAM as u32;
        let open = &mut self.open[earlier as usize];
        if open.0 == node {
            let run = &mut self.runs[open.1 as usize];
            let (last, their_last) = (run.end - gram, run.their_end - gram);
            if last == at {
                return;
            }
            if at - last <= MAX_GAP && their_at > their_last && their_at - their_last <= MAX_GAP + 1 {
                let words = at - last;
                run.end = at + gram;
                run.their_end = their_at + gram;
                run.grams += 1;
                run.original_grams += u32::from(original);
                run.deeper += added(their_depth.saturating_add(1), words);
                run.level += added(their_depth, words);
                return;
            }
        }
        *open = (node, number(self.runs.len()));
        self.runs.push(Run {
            node: earlier,
            start: at,
            end: at + gram,
            their_start: their_at,
            their_end: their_at + gram,
            grams: 1,
            original_grams: u32::from(original),
            deeper: added(their_depth.saturating_add(1), gram),
            level: added(their_depth, gram),
            ..Run::default()
        });
    }
}

/// The sequences of a text, where each starts and its hash, but for those of words that say nothing.
fn sequences(tokens: &[Token]) -> impl Iterator<Item = (u32, u64)> + '_ {
    tokens.windows(GRAM).enumerate().filter(|(_, gram)| !gram.iter().all(|token| token.common)).map(|(at, gram)| {
        let hash = gram.iter().fold(0x517c_c1b7_2722_0a95_u64, |hash, token| {
            (hash.rotate_left(21) ^ u64::from(token.word)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        (number(at), hash ^ (hash >> 29))
    })
}

/// The sequences that a page has more than once: two bits for each of a few times as many places as it has words. A
/// place that two sequences share makes both pass for repeated, which costs memory and changes nothing.
struct Repeated {
    places: Vec<u64>,
    shift: u32,
}

impl Repeated {
    fn new(index: &Index<'_>) -> Self {
        let words = (index.tokens.len() / 8).next_power_of_two();
        let mut repeated = Repeated { places: vec![0; words], shift: 64 - (words.ilog2() + 5) };
        for doc in &index.docs {
            for (_, hash) in sequences(&index.tokens[doc.tokens.clone()]) {
                let (at, bit) = repeated.place(hash);
                let place = &mut repeated.places[at];
                *place |= (*place & bit) << 1 | bit;
            }
        }
        repeated
    }

    fn has(&self, hash: u64) -> bool {
        let (at, bit) = self.place(hash);
        self.places[at] & (bit << 1) != 0
    }

    /// The word that a hash is kept in, and the first of its two bits.
    fn place(&self, hash: u64) -> (usize, u64) {
        let place = hash >> self.shift;
        ((place >> 5) as usize, 1 << ((place & 31) * 2))
    }
}

/// How deep a word is quoted; quote marks count as one level where lines are not marked.
fn level(token: &Token) -> u8 {
    token.depth.max(u8::from(token.marked))
}
