//! How quickly replies are recovered: `cargo bench --bench threads [-- [--profile NAME] FILE…]`. The files hold
//! labelled threads as `quell thread eval` reads them, one JSON object a line; without any, pages are made up, and with
//! them the hostile ones that must stay linear. Times are those of the processor, so that a busy machine does not show:
//! "on two" is what two workers do in a second of both. The digest is that of every edge with its evidence: it tells whether a
//! change left all of them as they were.

mod dice;

use std::fmt::Write;
use std::fs::{self, File};
use std::io::BufReader;

use dice::Dice;
use quell::threads::{Entry, Labelled, Page, Profile, infer, infer_all, read_labelled};

/// Seconds of work that are measured at least.
const LEAST: f64 = 2.0;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let mut name = "universal".to_owned();
    let mut files = Vec::new();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--profile" => name = arguments.next().expect("a name follows --profile"),
            _ => files.push(argument),
        }
    }
    let profile = Profile::shipped(&name).expect("the profile ships with quell");
    for file in &files {
        let input = BufReader::new(File::open(file).expect("the file can be opened"));
        let threads = read_labelled(input).expect("the file holds labelled threads");
        let pages: Vec<Page<'_>> = threads.iter().map(Labelled::page).collect();
        measure(file, &pages, profile);
    }
    if files.is_empty() {
        let mut dice = Dice(1);
        let vocabulary: Vec<String> = (0..30_000).map(|_| dice.word()).collect();
        for (name, words) in [("made up, short", 45), ("made up, long", 170)] {
            let posts: Vec<Vec<Said>> = (0..60).map(|_| post(&mut dice, &vocabulary, 300, words)).collect();
            let pages: Vec<Page<'_>> = posts.iter().map(|post| page(post)).collect();
            measure(name, &pages, profile);
        }
        hostile(&mut dice, &vocabulary, profile);
    }
}

fn measure(name: &str, pages: &[Page<'_>], profile: &Profile) {
    let bytes: usize = pages.iter().map(Page::bytes).sum();
    let comments: usize = pages.iter().map(|page| page.comments.len()).sum();
    let mut digest = blake3::Hasher::new();
    for page in pages {
        for edge in infer(page, profile) {
            digest.update(format!("{edge:?}").as_bytes());
        }
    }
    let (began, mut rounds) = (spent(), 0.0);
    while spent() - began < LEAST {
        pages.iter().for_each(|page| drop(infer(page, profile)));
        rounds += 1.0;
    }
    let one = (spent() - began) / rounds;
    let workers = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("threads can be started");
    let (began, mut rounds) = (spent_by_all(), 0.0);
    while spent_by_all() - began < LEAST {
        drop(workers.install(|| infer_all(pages, profile)));
        rounds += 1.0;
    }
    let two = (spent_by_all() - began) / rounds / 2.0;
    let megabytes = bytes as f64 / 1e6;
    println!(
        "{name}: {comments} comments of {} bytes; one core {:.1} MB/s, {:.0} comments/s; on two {:.1} MB/s, {:.0} \
         comments/s; digest {}",
        bytes / comments.max(1),
        megabytes / one,
        comments as f64 / one,
        megabytes / two,
        comments as f64 / two,
        &digest.finalize().to_hex()[..16],
    );
}

/// Pages that are made to be slow: the time of a comment must not grow with the page.
fn hostile(dice: &mut Dice, vocabulary: &[String], profile: &Profile) {
    let first = comment(dice, vocabulary, 45);
    let all_names = (0..8).map(|at| format!("@{}{at} ", vocabulary[at])).collect::<String>();
    for (name, kind) in [("one author", 0), ("all the same text", 1), ("all quote the first", 2), ("all name all", 3)] {
        for comments in [10_000, 100_000] {
            let said: Vec<Said> = (0..comments)
                .map(|at| {
                    let own = comment(dice, vocabulary, 15);
                    let author =
                        if kind == 0 { vocabulary[0].clone() } else { format!("{}{}", vocabulary[at % 8], at % 8) };
                    let text = match kind {
                        1 => first.clone(),
                        2 if at > 0 => format!("> {first}\n\n{own}"),
                        2 => first.clone(),
                        3 => format!("{all_names}{own}"),
                        _ => own,
                    };
                    Said { author, text }
                })
                .collect();
            let page = page(&said);
            let (began, before) = (spent(), peak());
            drop(infer(&page, profile));
            let seconds = spent() - began;
            println!(
                "{name}, {comments} on a page: {seconds:.2} s, {:.1} µs a comment, {:.1} MB/s, {} MB more memory",
                seconds * 1e6 / comments as f64,
                page.bytes() as f64 / 1e6 / seconds,
                (peak() - before) / 1000,
            );
        }
    }
}

struct Said {
    author: String,
    text: String,
}

fn page(post: &[Said]) -> Page<'_> {
    Page { comments: post.iter().map(entry).collect(), ..Page::default() }
}

fn entry(said: &Said) -> Entry<'_> {
    Entry { author: Some(&said.author), text: &said.text, ..Entry::default() }
}

/// Comments of twenty people, some of which quote or name an earlier one.
fn post(dice: &mut Dice, vocabulary: &[String], comments: usize, words: usize) -> Vec<Said> {
    let mut post: Vec<Said> = Vec::with_capacity(comments);
    for at in 0..comments {
        let mut text = String::new();
        if at > 0 {
            let earlier = &post[dice.roll(at)];
            match dice.roll(4) {
                0 => {
                    let part: Vec<&str> = earlier.text.split(' ').take(12).collect();
                    let _ = write!(text, "> {}\n\n", part.join(" "));
                }
                1 => {
                    let _ = write!(text, "@{} ", earlier.author);
                }
                _ => {}
            }
        }
        text.push_str(&comment(dice, vocabulary, words));
        post.push(Said { author: vocabulary[dice.roll(20)].clone(), text });
    }
    post
}

/// Seconds that this thread has had the processor.
fn spent() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

/// The same of all threads that there are.
fn spent_by_all() -> f64 {
    let threads = fs::read_dir("/proc/self/task").expect("a process can list its threads");
    let nanos = threads.filter_map(|thread| {
        let stat = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<f64>().ok()
    });
    nanos.sum::<f64>() / 1e9
}

/// The most memory this process has held, in KiB.
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// So many words, half more or less; the first of the vocabulary are the most frequent, as in any language.
fn comment(dice: &mut Dice, vocabulary: &[String], words: usize) -> String {
    let mut out = String::new();
    for _ in 0..words / 2 + dice.roll(words) {
        let below = 1 + dice.roll(vocabulary.len());
        out.push_str(&vocabulary[dice.roll(below)]);
        out.push_str(match dice.roll(12) {
            0 => ", ",
            1 => ". ",
            _ => " ",
        });
    }
    out
}
