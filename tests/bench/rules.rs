//! How quickly 200 regexes and 2,000 words run over comments, and how quickly copies are found among a million of them:
//! `cargo bench --bench rules [-- FILE]`. FILE holds a comment a line; without it comments are made up. Times are those
//! of the processor, of this thread alone. The rules and texts are written to the folder of `QUELL_BENCH_OUT`, for
//! other programs to be timed on.

mod dice;

use std::fmt::Write;
use std::fs;

use dice::Dice;
use quell::model::{CommentId, PostId};
use quell::query::{Entry, Facts, NoLookup, Setting, Thread, World};
use quell::rules::{Remembering, Scanner, load};
use quell::signals::copies::{Said, clusters};
use regex::RegexSetBuilder;

fn main() {
    let file = std::env::args().skip(1).find(|arg| !arg.starts_with("--"));
    let mut dice = Dice(1);
    let vocabulary: Vec<String> = (0..30_000).map(|_| dice.word()).collect();
    let texts: Vec<String> = match file {
        Some(file) => fs::read_to_string(file).expect("the file can be read").lines().map(str::to_owned).collect(),
        None => (0..100_000).map(|_| comment(&mut dice, &vocabulary)).collect(),
    };
    let (words, regexes) = rules(&mut dice, &texts);
    if let Some(folder) = std::env::var_os("QUELL_BENCH_OUT") {
        let folder = std::path::Path::new(&folder);
        fs::write(folder.join("patterns"), regexes.join("\n") + "\n").expect("the patterns can be written");
        fs::write(folder.join("words"), words.join("\n") + "\n").expect("the words can be written");
        fs::write(folder.join("texts"), texts.join("\n") + "\n").expect("the texts can be written");
    }
    scan(&texts, &words, &regexes);
    sets(&texts, &words, &regexes);
    copies(&mut dice, &vocabulary);
}

/// 2,000 words that are rare in the texts, and 200 regexes of several shapes over others.
fn rules(dice: &mut Dice, texts: &[String]) -> (Vec<String>, Vec<String>) {
    let mut counts = std::collections::HashMap::<&str, u32>::new();
    for text in texts {
        for word in text.split(|c: char| !c.is_ascii_lowercase()).filter(|word| word.len() > 3) {
            *counts.entry(word).or_default() += 1;
        }
    }
    let most = (texts.len() / 2_000) as u32;
    let mut rare: Vec<&str> =
        counts.iter().filter(|(_, count)| (1..=most).contains(*count)).map(|(word, _)| *word).collect();
    rare.sort_unstable();
    let mut take = || rare.swap_remove(dice.roll(rare.len())).to_owned();
    let words = (0..2_000).map(|_| take()).collect();
    let shapes = |at: usize, a: String, b: String| match at % 5 {
        0 => format!(r"\b{a}\s+{b}\b"),
        1 => format!(r"{a}.{{0,20}}{b}"),
        2 => format!(r"\b(?:{a}|{b})\b"),
        3 => format!(r"{a}\w*\s+\w+"),
        _ => format!(r"(?:{a}|{b})s?\b"),
    };
    let regexes = (0..200).map(|at| shapes(at, take(), take())).collect();
    (words, regexes)
}

fn scan(texts: &[String], words: &[String], regexes: &[String]) {
    let mut file = String::new();
    let regexes = regexes.iter().map(|regex| format!("/{regex}/i"));
    for (at, query) in words.iter().cloned().chain(regexes).enumerate() {
        let _ = write!(file, "[[rule]]\nid = \"r{at}\"\nreason = \"x\"\nmatch = '''{query}'''\n");
    }
    let began = spent();
    let set = load(&file, &Setting { now: 0, lookup: &NoLookup }, &["x"]).expect("the rules are good");
    let scanner = Scanner::new(&set);
    println!(
        "{} rules ready in {:.2} s, {} without a literal",
        set.rules.len(),
        spent() - began,
        scanner.unnarrowed().count()
    );
    let world = Remembering::new(&Nowhere);
    let mut worker = scanner.worker(&world);
    let (began, mut hits) = (spent(), 0);
    for text in texts {
        hits += worker.scan(&entry(text)).expect("nothing can fail").len();
    }
    report("quell", texts, spent() - began, hits);
}

fn sets(texts: &[String], words: &[String], regexes: &[String]) {
    let words = words.iter().map(|word| format!(r"\b{word}\b"));
    let all: Vec<String> = regexes.iter().cloned().chain(words).collect();
    for (name, unicode, patterns) in [
        ("RegexSet of the regexes alone", true, regexes),
        ("the same, ASCII", false, regexes),
        ("RegexSet of all, ASCII", false, &all),
    ] {
        let mut builder = RegexSetBuilder::new(patterns);
        builder.case_insensitive(true).unicode(unicode).size_limit(1 << 30).dfa_size_limit(64 << 20);
        let Ok(set) = builder.build() else { continue };
        // It is slow enough for a part to do.
        let part = &texts[..texts.len() / 10];
        let (began, mut hits) = (spent(), 0);
        for text in part {
            hits += set.matches(text).iter().count();
        }
        report(name, part, spent() - began, hits);
    }
}

fn copies(dice: &mut Dice, vocabulary: &[String]) {
    let mut texts: Vec<String> = (0..850_000).map(|_| comment(dice, vocabulary)).collect();
    for _ in 0..150_000 {
        let mut copy = texts[dice.roll(20_000)].clone();
        let _ = write!(copy, " {}", vocabulary[dice.roll(vocabulary.len())]);
        texts.push(copy);
    }
    let bytes: usize = texts.iter().map(String::len).sum();
    let (began, before) = (spent(), peak());
    let said = |(at, text)| Said { id: CommentId(at), text, author: Some(at % 1000), created: Some(at) };
    let found = clusters((1..).zip(texts.iter().map(String::as_str)).map(said));
    let members: usize = found.iter().map(|cluster| cluster.members.len()).sum();
    println!(
        "copies: {} comments, {} MB, {:.1} s, {} MB more memory; {} clusters of {members}",
        texts.len(),
        bytes / 1_000_000,
        spent() - began,
        (peak() - before) / 1000,
        found.len()
    );
}

fn report(name: &str, texts: &[String], seconds: f64, hits: usize) {
    let bytes: usize = texts.iter().map(String::len).sum();
    println!(
        "{name}: {:.1} MB/s, {:.2} µs a comment, {hits} hits ({} comments, {:.1} MB)",
        bytes as f64 / 1e6 / seconds,
        seconds * 1e6 / texts.len() as f64,
        texts.len(),
        bytes as f64 / 1e6
    );
}

/// Seconds that this thread has had the processor.
fn spent() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

/// The most memory this process has held, in KiB.
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

struct Nowhere;

impl World for Nowhere {
    fn thread(&self, _: PostId) -> anyhow::Result<std::sync::Arc<Thread>> {
        anyhow::bail!("there are no threads here")
    }
}

fn entry(text: &str) -> Entry<'_> {
    Entry::of_text(CommentId(1), text, Facts::NONE)
}

/// About 300 bytes; the first words of the vocabulary are the most frequent, as in any language; some have an
/// apostrophe or a curly quote.
fn comment(dice: &mut Dice, vocabulary: &[String]) -> String {
    let curly = dice.roll(3) == 0;
    let mut out = String::new();
    for _ in 0..15 + dice.roll(60) {
        let below = 1 + dice.roll(vocabulary.len());
        out.push_str(&vocabulary[dice.roll(below)]);
        out.push_str(match dice.roll(12) {
            0 => ", ",
            1 => ". ",
            2 if curly => "’s ",
            _ => " ",
        });
    }
    out
}
