//! Near-duplicates: comments that say nearly the same, whoever wrote them and wherever they stand, in time that grows
//! with the comments and not with their pairs.
//!
//! How: a comment is the set of its shingles, the runs of [`SHINGLE`] characters of its folded words. Equal sets are
//! found by hash. Of each distinct set a MinHash signature is made (Broder 1997, by one-permutation hashing with
//! optimal densification, Shrivastava 2017), cut into bands; two sets that agree in some whole bands are compared
//! (locality-sensitive hashing: Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4). What counts as
//! a copy is decided by the exact Jaccard similarity of the two sets, so nothing is a copy by chance.
//!
//! Not here: judging. People agree, quote and greet alike; `copies` is evidence for a rule.

use std::collections::HashMap;

use crate::model::CommentId;
use crate::text::tokens;

/// Goes up when the same comments can make other clusters.
pub const VERSION: u32 = 1;
/// Characters in a shingle.
pub const SHINGLE: usize = 5;
/// From this similarity on two comments are copies.
pub const SIMILAR: f64 = 0.8;
/// Comments with fewer characters of folded text are never copies: too many people say `I agree`.
pub const SHORTEST: usize = 20;
/// Only so many characters of a comment count.
const LONGEST: usize = 20_000;

/// Bands of a signature: sets with a similarity of 0.8 meet in one of them with a chance of 1 − (1 − 0.8⁴)²⁰ = 0.99997,
/// those with 0.3 with one of 0.15.
const BANDS: usize = 20;
/// Values in a band.
const ROWS: usize = 4;
const VALUES: usize = BANDS * ROWS;

/// Sets that agree in fewer bands are not compared. At a similarity of 0.8 they agree in 8.2 of 20 on average, and in fewer
/// than three with a chance of 0.003; texts that merely use the same words seldom agree in three.
const MIN_BANDS: usize = 3;

/// A set is compared with at most so many of those that it meets in a band: with the first of each of the clusters
/// that stand there, so that a common phrase is not compared with itself a million times.
const MAX_COMPARED: usize = 16;

/// A comment as far as copies are concerned.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// Which.
    pub id: CommentId,
    /// Its plain text.
    pub text: &'a str,
    /// Its author, by any number that tells authors apart; absent where nobody in particular wrote it.
    pub author: Option<i64>,
    /// When it was written, in milliseconds.
    pub created: Option<i64>,
}

/// Comments that say nearly the same: at least two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The earliest of them; of those without a time the one with the lowest number.
    pub original: CommentId,
    /// All of them, in the order in which they were given.
    pub members: Vec<Member>,
}

/// A comment of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Which.
    pub id: CommentId,
    /// Its author.
    pub author: Option<i64>,
    /// When it was written, in milliseconds.
    pub created: Option<i64>,
}

/// Many copies within a short time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wave {
    /// The first of them.
    pub original: CommentId,
    /// The copies in the burst, in order of time.
    pub members: Vec<CommentId>,
    /// How many authors wrote them; those that are nobody in particular count as one together.
    pub authors: usize,
    /// When the first and the last were written, in milliseconds.
    pub span: (i64, i64),
}

/// What makes a wave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    /// At least so many copies,
    pub size: usize,
    /// each within so many milliseconds of the one before.
    pub gap: i64,
}

impl Default for Burst {
    /// Five, each within a day of the one before.
    fn default() -> Self {
        Burst { size: 5, gap: 86_400_000 }
    }
}

/// Finds the clusters of copies among comments. It holds the folded characters of each distinct text and about 200
/// bytes beside them.
pub fn clusters<'a>(comments: impl IntoIterator<Item = Said<'a>>) -> Vec<Cluster> {
    let mut finder = Finder::default();
    comments.into_iter().for_each(|said| finder.add(said));
    finder.finish()
}

/// The bursts in a cluster. A comment without a time is in none.
pub fn waves(cluster: &Cluster, burst: Burst) -> Vec<Wave> {
    let mut timed: Vec<(i64, &Member)> =
        cluster.members.iter().filter_map(|member| Some((member.created?, member))).collect();
    timed.sort_by_key(|(time, member)| (*time, member.id));
    let runs = timed.chunk_by(|(before, _), (after, _)| after.saturating_sub(*before) <= burst.gap);
    runs.filter(|run| run.len() >= burst.size.max(2))
        .map(|run| {
            let mut authors: Vec<_> = run.iter().map(|(_, member)| member.author).collect();
            authors.sort_unstable();
            authors.dedup();
            Wave {
                original: run[0].1.id,
                members: run.iter().map(|(_, member)| member.id).collect(),
                authors: authors.len(),
                span: (run[0].0, run[run.len() - 1].0),
            }
        })
        .collect()
}

/// How similar two texts are: the share of their shingles that they have in common; nothing where one is too short.
pub fn similarity(a: &str, b: &str) -> Option<f64> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    shingles(&folded(a)?, &mut left);
    shingles(&folded(b)?, &mut right);
    Some(jaccard(&left, &right))
}

/// Collects distinct texts and whom they come from.
#[derive(Default)]
pub struct Finder {
    /// All comments that are long enough, with their distinct text.
    members: Vec<(Member, u32)>,
    /// The distinct texts by the hash of their folded form.
    by_hash: HashMap<u128, u32>,
    /// Where each distinct text ends in `folded`.
    ends: Vec<usize>,
    folded: String,
    /// For each distinct text, the key of each of its bands.
    bands: Vec<[u32; BANDS]>,
    /// Reused from text to text.
    shingles: Vec<u64>,
}

impl Finder {
    /// Takes up a comment. It keeps nothing of it but its folded text, and that once for all that say just the same.
    pub fn add(&mut self, said: Said<'_>) {
        let Some(folded) = folded(said.text) else { return };
        let hash = blake3::hash(folded.as_bytes());
        let hash = u128::from_le_bytes(hash.as_bytes()[..16].try_into().unwrap_or_default());
        let member = Member { id: said.id, author: said.author, created: said.created };
        let next = self.ends.len() as u32;
        let text = *self.by_hash.entry(hash).or_insert(next);
        self.members.push((member, text));
        if text == next {
            self.folded.push_str(&folded);
            self.ends.push(self.folded.len());
            hashes(&folded, &mut self.shingles);
            let signature = signature(&self.shingles);
            self.bands.push(std::array::from_fn(|band| band_key(&signature[band * ROWS..(band + 1) * ROWS])));
        }
    }

    /// Finds the clusters among all comments that were taken up.
    pub fn finish(mut self) -> Vec<Cluster> {
        self.by_hash = HashMap::new();
        let mut leads = Leads((0..self.ends.len() as u32).collect());
        let mut order: Vec<u32> = leads.0.clone();
        for band in 0..BANDS {
            order.sort_unstable_by_key(|text| (self.bands[*text as usize][band], *text));
            let key = |text: &u32| self.bands[*text as usize][band];
            for met in order.chunk_by(|a, b| key(a) == key(b)).filter(|met| met.len() > 1) {
                self.join(met, &mut leads);
            }
        }
        self.clusters(&mut leads)
    }

    /// Puts texts that met in a band with those that they are copies of. Each is compared with the first text of each
    /// cluster that stands here, so the work is in proportion to the texts.
    fn join(&self, met: &[u32], leads: &mut Leads) {
        let mut firsts: Vec<u32> = Vec::new();
        let (mut own, mut other) = (Vec::new(), Vec::new());
        for &text in met {
            if firsts.iter().any(|first| leads.of(*first) == leads.of(text)) {
                continue;
            }
            let (mut joined, mut read) = (false, false);
            for &first in firsts.iter().filter(|first| self.shared_bands(**first, text) >= MIN_BANDS) {
                if !read {
                    shingles(self.text(text), &mut own);
                    read = true;
                }
                shingles(self.text(first), &mut other);
                if jaccard(&own, &other) >= SIMILAR {
                    leads.unite(text, first);
                    joined = true;
                }
            }
            if !joined && firsts.len() < MAX_COMPARED {
                firsts.push(text);
            }
        }
    }

    /// In how many bands two texts agree.
    fn shared_bands(&self, a: u32, b: u32) -> usize {
        let [a, b] = [a, b].map(|text| &self.bands[text as usize]);
        a.iter().zip(b).filter(|(a, b)| a == b).count()
    }

    fn text(&self, text: u32) -> &str {
        let at = text as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.folded[start..self.ends[at]]
    }

    fn clusters(self, leads: &mut Leads) -> Vec<Cluster> {
        let mut places: HashMap<u32, usize> = HashMap::new();
        let mut found: Vec<Vec<Member>> = Vec::new();
        for (member, text) in self.members {
            let place = *places.entry(leads.of(text)).or_insert_with(|| {
                found.push(Vec::new());
                found.len() - 1
            });
            found[place].push(member);
        }
        let clusters = found.into_iter().filter(|members| members.len() > 1);
        clusters
            .map(|members| {
                let first = members.iter().min_by_key(|m| (m.created.is_none(), m.created, m.id));
                Cluster { original: first.map_or(CommentId(0), |member| member.id), members }
            })
            .collect()
    }
}

/// For each distinct text, one that it is a copy of, itself for the first of a cluster (a union-find forest).
struct Leads(Vec<u32>);

impl Leads {
    fn of(&mut self, mut text: u32) -> u32 {
        while self.0[text as usize] != text {
            let above = self.0[self.0[text as usize] as usize];
            self.0[text as usize] = above;
            text = above;
        }
        text
    }

    fn unite(&mut self, a: u32, b: u32) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b) as usize] = a.min(b);
    }
}

/// A text without case, accents, punctuation and line breaks; nothing if too little is left.
fn folded(text: &str) -> Option<String> {
    let mut folded = tokens::joined(&text[..text.floor_char_boundary(LONGEST.min(text.len()))]);
    folded.truncate(folded.trim_end().len());
    (folded.chars().count() >= SHORTEST).then_some(folded)
}

/// The hashes of a folded text's shingles, sorted, each once.
fn shingles(folded: &str, out: &mut Vec<u64>) {
    hashes(folded, out);
    out.sort_unstable();
    out.dedup();
}

/// The hashes of a folded text's shingles as they come.
fn hashes(folded: &str, out: &mut Vec<u64>) {
    out.clear();
    if folded.is_ascii() {
        out.extend(folded.as_bytes().windows(SHINGLE).map(hash));
        return;
    }
    let starts: Vec<usize> = folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
    let runs = starts.windows(SHINGLE + 1).map(|edges| &folded.as_bytes()[edges[0]..edges[SHINGLE]]);
    out.extend(runs.map(hash));
}

/// A quick hash of a few bytes.
fn hash(bytes: &[u8]) -> u64 {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64 ^ bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state = mix(state ^ u64::from_le_bytes(word));
    }
    state
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// The signature of a set of hashes: each hash falls into one of the bins, whose least hash is kept; an empty bin takes
/// the value of another that is drawn by hashing, the same for all sets.
fn signature(shingles: &[u64]) -> [u64; VALUES] {
    let mut bins = [u64::MAX; VALUES];
    for &hash in shingles {
        let bin = ((u128::from(hash) * VALUES as u128) >> 64) as usize;
        bins[bin] = bins[bin].min(mix(hash ^ 0xD6E8_FEB8_6659_FD93));
    }
    let filled = bins;
    for bin in (0..VALUES).filter(|bin| filled[*bin] == u64::MAX) {
        let draws = (1_u64..=64 * VALUES as u64).map(|draw| (mix((bin as u64) << 32 | draw) % VALUES as u64) as usize);
        if let Some(other) = draws.into_iter().find(|other| filled[*other] != u64::MAX) {
            bins[bin] = filled[other];
        }
    }
    bins
}

fn band_key(values: &[u64]) -> u32 {
    values.iter().fold(0x2545_F491_4F6C_DD1D, |key, value| mix(key ^ value)) as u32
}

/// What two sorted sets have in common, as a share of what either has.
fn jaccard(a: &[u64], b: &[u64]) -> f64 {
    let (mut i, mut j, mut both) = (0, 0, 0_usize);
    while i < a.len() && j < b.len() {
        let (left, right) = (a[i], b[j]);
        both += usize::from(left == right);
        i += usize::from(left <= right);
        j += usize::from(right <= left);
    }
    let either = a.len() + b.len() - both;
    if either == 0 { 0.0 } else { both as f64 / either as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are the same in every run.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, below: usize) -> usize {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            (mix(self.0) % below as u64) as usize
        }

        fn text(&mut self, words: usize) -> Vec<String> {
            (0..words)
                .map(|_| (0..3 + self.roll(6)).map(|_| char::from(b'a' + self.roll(26) as u8)).collect())
                .collect()
        }
    }

    fn said(id: usize, text: &str) -> Said<'_> {
        Said { id: CommentId(id as i64), text, author: Some(id as i64 % 7), created: Some(id as i64 * 60_000) }
    }

    fn found(texts: &[String]) -> Vec<Cluster> {
        clusters(texts.iter().enumerate().map(|(id, text)| said(id + 1, text)))
    }

    #[test]
    fn generated_waves_are_found_and_nothing_else() {
        let mut dice = Dice(7);
        let (mut texts, mut wave_of) = (Vec::new(), Vec::new());
        for wave in 0..150 {
            let length = 12 + dice.roll(60);
            let original = dice.text(length);
            for _ in 0..2 + dice.roll(8) {
                let mut copy = original.clone();
                for _ in 0..dice.roll(1 + length / 8) {
                    let at = dice.roll(copy.len());
                    copy[at] = dice.text(1).remove(0);
                }
                texts.push(copy.join(" "));
                wave_of.push(Some(wave));
            }
        }
        for _ in 0..1500 {
            let length = 8 + dice.roll(60);
            texts.push(dice.text(length).join(" "));
            wave_of.push(None);
        }
        let mut cluster_of = vec![None; texts.len()];
        for (at, cluster) in found(&texts).iter().enumerate() {
            cluster.members.iter().for_each(|member| cluster_of[member.id.0 as usize - 1] = Some(at));
        }
        let (mut similar, mut together, mut wrong) = (0, 0, 0);
        for a in 0..texts.len() {
            for b in a + 1..texts.len() {
                let same = cluster_of[a].is_some() && cluster_of[a] == cluster_of[b];
                let related = wave_of[a].is_some() && wave_of[a] == wave_of[b];
                wrong += usize::from(same && !related);
                if related && similarity(&texts[a], &texts[b]).is_some_and(|share| share >= SIMILAR) {
                    similar += 1;
                    together += usize::from(same);
                }
            }
        }
        let recall = together as f64 / similar as f64;
        println!("{similar} similar pairs, recall {recall:.4}, {wrong} wrong");
        assert!(similar > 500 && recall >= 0.95 && wrong == 0);
    }

    #[test]
    fn case_accents_and_marks_make_no_difference() {
        let texts = [
            "Buy the BEST café chairs, today!",
            "buy the best cafe chairs today",
            "something else entirely, my friend",
        ];
        let found = found(&texts.map(str::to_owned));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].original, CommentId(1));
        assert_eq!(found[0].members.len(), 2);
    }

    #[test]
    fn short_and_empty_texts_are_no_copies() {
        assert!(found(&["I agree", "I agree", "", "", "!!!", "日本"].map(str::to_owned)).is_empty());
    }

    #[test]
    fn a_wave_is_a_burst_within_a_cluster() {
        let text = "win a prize at prizes dot example now".to_owned();
        let member = |id: i64, author, created| Said { id: CommentId(id), text: &text, author, created };
        let hour = 3_600_000;
        let mut all: Vec<_> = (1..=6).map(|id| member(id, Some(id % 3), Some(id * hour))).collect();
        all.extend([member(7, None, None), member(8, Some(9), Some(1000 * hour)), member(9, None, Some(1001 * hour))]);
        let clusters = clusters(all);
        assert_eq!(clusters[0].members.len(), 9);
        let waves = waves(&clusters[0], Burst { size: 5, gap: 2 * hour });
        assert_eq!(waves.len(), 1);
        assert_eq!((waves[0].members.len(), waves[0].authors, waves[0].span), (6, 3, (hour, 6 * hour)));
    }

    #[test]
    fn many_copies_of_one_text_and_one_huge_text_are_no_square_of_work() {
        let mut texts = vec!["the very same words again and again ".to_owned(); 20_000];
        texts.push("x y z ".repeat(1_000_000));
        texts.extend((0..5_000).map(|n| format!("thank you so much for this wonderful post number {n}")));
        let found = found(&texts);
        assert_eq!(found[0].members.len(), 20_000);
        assert!(
            found.iter().any(|cluster| cluster.members.len() > 4_500),
            "{:?}",
            found.iter().map(|c| c.members.len()).collect::<Vec<_>>()
        );
    }
}
