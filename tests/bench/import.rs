//! How quickly a dump is read, stored and indexed, stage by stage: `cargo bench --bench import [-- DUMP]`. Without one, a
//! hundred thousand comments in the shape of a Reddit dump are made up. Times are those of the processor, of all threads.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use quell::import::{Catalog, Inputs, Progress, Request, run};
use quell::sources::Options;
use quell::sources::open::Limits;
use quell::store::{Mode, Store};

fn main() {
    let file = std::env::args().skip(1).find(|arg| !arg.starts_with("--"));
    let folder = std::env::temp_dir().join(format!("quell-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let dump = file.map_or_else(|| made_up(&folder), PathBuf::from);
    let request = |mode| Request {
        inputs: Inputs::Files(vec![dump.clone()]),
        source: None,
        options: Options::for_input("bench"),
        limits: Limits::default(),
        catalog: Catalog::Whole,
        mode,
        strict: false,
        max_errors: u64::MAX,
    };
    let database = folder.join("bench.db");
    let mut store = Store::open_or_create(&database).expect("a database");
    let mut steps = Steps { what: "records".to_owned(), began: spent() };
    let all = spent();
    let outcome = run(&mut store, &request(Mode::Batches), &mut steps).expect("an import");
    steps.stage("");
    let (seconds, read) = (spent() - all, outcome.counts.read as f64);
    let bytes = fs::metadata(&dump).expect("a dump").len() as f64;
    println!("first import: {seconds:.2} s, {:.0} comments/s, {:.1} MB/s", read / seconds, bytes / 1e6 / seconds);
    println!(
        "database: {:.1} MB of {:.1} MB",
        fs::metadata(&database).expect("a database").len() as f64 / 1e6,
        bytes / 1e6
    );
    steps.what = "records again".to_owned();
    let again = spent();
    run(&mut store, &request(Mode::Batches), &mut steps).expect("an import");
    steps.stage("");
    println!("the same again: {:.2} s", spent() - again);
    drop(store);
    fs::remove_dir_all(&folder).expect("the folder can be removed");
}

/// Prints what each stage took.
struct Steps {
    what: String,
    began: f64,
}

impl Progress for Steps {
    fn at(&mut self, _: u64, _: Option<u64>, _: u64) {}

    fn stage(&mut self, what: &str) {
        println!("  {}: {:.2} s", self.what, spent() - self.began);
        (self.what, self.began) = (what.to_owned(), spent());
    }
}

/// Seconds that all threads of this process have had the processor, those that have ended included.
fn spent() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
    // Fields 14 and 15, in hundredths of a second.
    after.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn made_up(folder: &std::path::Path) -> PathBuf {
    let mut dice = 1_u64;
    let mut roll = |below: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % below
    };
    let words: Vec<String> = (0..20_000).map(|at| format!("w{:x}o{}", at, at % 7)).collect();
    let mut lines = String::new();
    for id in 0..100_000_u64 {
        let (post, author) = (roll(4_000), roll(9_000));
        let mut body = String::new();
        for _ in 0..20 + roll(60) {
            let below = 1 + roll(words.len() as u64);
            let _ = write!(body, "{} ", words[roll(below) as usize]);
        }
        let _ = writeln!(
            lines,
            r#"{{"author":"a{author}","body":"{body}","created_utc":{},"id":"d{id:06}","link_id":"t3_{post}","parent_id":"t3_{post}","score":{},"subreddit":"s"}}"#,
            1_459_468_800 + id,
            roll(50)
        );
    }
    let path = folder.join("comments.ndjson");
    fs::write(&path, lines).expect("a dump");
    path
}
