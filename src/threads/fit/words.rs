//! The table of how rare words are, made from comments: counts only, and only of words that many threads use, so that
//! neither anybody's text nor a rare name gets into it.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::threads::labelled::Labelled;
use crate::threads::tokens::tokenize;

/// Comments and threads that a word must be in to be listed.
const LEAST_COMMENTS: u32 = 6;
const LEAST_THREADS: u32 = 4;
/// The same for a word that is part of somebody's name.
const LEAST_OF_NAMES: u32 = 40;
/// Longer words are identifiers and addresses.
const MAX_LETTERS: usize = 20;
/// Chat messages that count as one comment.
const MESSAGES: usize = 10;
/// Hundredths of a nat between levels.
const LEVEL: f64 = 20.0;

#[derive(Default)]
struct Count {
    comments: u32,
    threads: u32,
    last_comment: usize,
    last_thread: usize,
}

/// The text of `idf.txt` for these threads: lines of a level in hundredths of a nat, ln((N+1)/(df+½)), and its words;
/// `*` stands for every word that is not listed.
pub fn word_table<'a>(threads: impl IntoIterator<Item = &'a Labelled>) -> String {
    let mut counts: HashMap<String, Count> = HashMap::new();
    let mut names: HashSet<String> = HashSet::new();
    let mut comments = 0;
    for (thread_at, thread) in threads.into_iter().enumerate() {
        let all: Vec<_> = thread.post.iter().chain(&thread.comments).filter(|comment| !comment.system).collect();
        for (at, comment) in all.iter().enumerate() {
            comments += usize::from(!thread.linked || at % MESSAGES == 0);
            count(&comment.text, (comments, thread_at + 1), &mut counts);
            names.extend(words(&comment.author).map(|(word, _)| word));
        }
    }
    let rarity = |df: f64| 100.0 * ((comments as f64 + 1.0) / (df + 0.5)).ln();
    let mut levels: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for (word, count) in &counts {
        let least = if names.contains(word) { LEAST_OF_NAMES } else { LEAST_COMMENTS };
        let plain = word.len() <= MAX_LETTERS && word.chars().all(|c| c.is_alphabetic() || c == '\'');
        if count.comments >= least && count.threads >= LEAST_THREADS && plain {
            let level = (rarity(f64::from(count.comments)) / LEVEL).round() * LEVEL;
            levels.entry(level as u32).or_default().push(word);
        }
    }
    let mut table = format!(
        "# How rare words are: hundredths of a nat, ln((N+1)/(df+1/2)) over N = {comments} comments, then the words of \
         that level; * stands for\n# every other word. Made by word_table: words of fewer than {LEAST_COMMENTS} \
         comments or {LEAST_THREADS} threads and rare names are left out.\n{} *\n",
        rarity(1.0).round()
    );
    for (level, words) in &mut levels {
        words.sort_unstable();
        table.push_str(&format!("{level} {}\n", words.join(" ")));
    }
    table
}

/// Counts each word of a text once a comment and once a thread; quoted lines were counted where they come from.
fn count(text: &str, (comment, thread): (usize, usize), counts: &mut HashMap<String, Count>) {
    for (word, _) in words(text).filter(|(_, depth)| *depth == 0) {
        let count = counts.entry(word).or_default();
        if count.last_comment != comment {
            count.last_comment = comment;
            count.comments += 1;
        }
        if count.last_thread != thread {
            count.last_thread = thread;
            count.threads += 1;
        }
    }
}

/// The words of a text in lower case with their quote depths.
fn words(text: &str) -> impl Iterator<Item = (String, u8)> + '_ {
    let mut raws = Vec::new();
    tokenize(text, false, &mut raws);
    raws.into_iter().map(move |raw| {
        let start = raw.start as usize;
        (text[start..start + usize::from(raw.len)].to_lowercase().replace('’', "'"), raw.depth)
    })
}
