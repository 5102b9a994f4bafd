//! How quickly detectors read comments, on one core: `cargo bench --bench signals -- FILE`. FILE holds a comment a line,
//! with `\n` for its line breaks. Times are those of the processor, of this thread alone.
//!
//! Read are three things: what a scan works out of each text (folding, three models, the counts and shares), the models
//! alone, and off-topic over threads of 25 comments each.

use std::fs;

use quell::query::Field;
use quell::signals::offtopic::rarity::Rarity;
use quell::signals::offtopic::{Discussion, Remark, judge, shipped};
use quell::signals::{Reads, SIGNALS, Subject};

fn main() {
    let file = std::env::args().skip(1).find(|arg| !arg.starts_with("--")).expect("a file of comments, one a line");
    let text = fs::read_to_string(file).expect("the file can be read");
    let texts: Vec<String> = text.lines().map(|line| line.replace("\\n", "\n")).collect();
    loading();
    texts_alone("every text signal", &texts, &|_| true);
    texts_alone("abuse, identity and spam", &texts, &|name| matches!(name, "abuse" | "identity" | "spam"));
    texts_alone("abuse and spam", &texts, &|name| matches!(name, "abuse" | "spam"));
    threads(&texts);
}

/// The first text makes the models ready.
fn loading() {
    let began = spent();
    SIGNALS.iter().for_each(|signal| {
        if let Reads::Text { value, .. } = signal.reads {
            value(&Subject::new("soup"));
        }
    });
    println!("models and patterns ready in {:.1} ms", 1e3 * (spent() - began));
}

fn texts_alone(what: &str, texts: &[String], wanted: &dyn Fn(&str) -> bool) {
    let stored = |name: &str| Field::from_name(name).is_some_and(|field| Field::STORED.contains(&field));
    let signals: Vec<_> = SIGNALS.iter().filter(|signal| stored(signal.name) && wanted(signal.name)).collect();
    let (began, mut sum) = (spent(), 0.0);
    for text in texts {
        let subject = Subject::new(text);
        for signal in &signals {
            if let Reads::Text { value, .. } = signal.reads {
                sum += value(&subject).unwrap_or(0.0);
            }
        }
    }
    report(what, texts, spent() - began, sum);
}

fn threads(texts: &[String]) {
    let began = spent();
    let mut rarity = Rarity::default();
    texts.iter().for_each(|text| rarity.add(Subject::new(text).own()));
    report("counting words", texts, spent() - began, 0.0);
    let Some(weights) = shipped() else { return };
    let (began, mut sum) = (spent(), 0.0);
    for thread in texts.chunks(25) {
        let comments: Vec<Remark<'_>> =
            thread.iter().enumerate().map(|(at, text)| Remark { text, parent: at.checked_sub(1) }).collect();
        let judged = judge(&Discussion { post: &thread[0], comments: &comments }, &rarity, weights);
        sum += judged.iter().filter_map(|judgement| judgement.value()).sum::<f64>();
    }
    report("off-topic", texts, spent() - began, sum);
}

fn report(what: &str, texts: &[String], seconds: f64, sum: f64) {
    let bytes: usize = texts.iter().map(String::len).sum();
    println!(
        "{what}: {:.0} comments/s of {:.0} bytes, {:.1} MB/s, {:.1} s a million (sum {sum:.3})",
        texts.len() as f64 / seconds,
        bytes as f64 / texts.len().max(1) as f64,
        bytes as f64 / 1e6 / seconds,
        1e6 * seconds / texts.len().max(1) as f64
    );
}

/// Seconds that this thread has had the processor.
fn spent() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}
