//! Imports that are killed: the database opens, holds no damage, and the import run again gives what one clean import
//! gives.

use std::fmt::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::run::Place;

/// Comments of the generated dump.
const COMMENTS: u32 = 200_000;
/// How often an import is killed before it may end.
const KILLS: u32 = 4;

#[test]
fn an_import_killed_at_random_moments_ends_like_a_clean_one() {
    let place = Place::with("dump.ndjson", dump(COMMENTS));
    let began = Instant::now();
    assert_eq!(place.run("--db clean.db import dump.ndjson").code(), 0);
    let whole = began.elapsed();
    let clean = place.run("--db clean.db export");
    for kill in 0..KILLS {
        let mut child = place.command("-q import dump.ndjson").stderr(Stdio::null()).spawn().unwrap();
        // Moments all over the import, the first of them early; the next start goes on with what was kept.
        let share = [13, 47, 71, 94][kill as usize % 4] + u32::from(std::process::id() as u8) % 5;
        std::thread::sleep(whole * share / 100);
        // It may have ended before: the unchanged part of a second import is quick.
        let _ = child.kill();
        child.wait().unwrap();
        if place.path("quell.db").exists() {
            assert_eq!(place.stdout("db check", 0), "no damage found\n", "after kill {kill}");
        }
    }
    assert!(place.run("-q import dump.ndjson").code() <= 1);
    let again = place.run("export");
    assert!(again.bytes() == clean.bytes(), "the export differs from that of a clean import");
    assert_eq!(place.stdout("db check", 0), "no damage found\n");
    assert!(began.elapsed() < Duration::from_secs(600));
}

/// Comments on 200 posts, half of them replies, the same on every run.
fn dump(comments: u32) -> String {
    let mut out = String::new();
    let mut state: u32 = 1;
    for number in 1..=comments {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let post = number % 200;
        let back = 200 * (1 + (state >> 16) % 40);
        let parent =
            if state & 0x8000 == 0 && number > back { format!("t1_c{}", number - back) } else { format!("t3_p{post}") };
        let _ = writeln!(
            out,
            r#"{{"id":"c{number}","link_id":"t3_p{post}","parent_id":"{parent}","subreddit":"s","author":"u{}","body":"words {} {state}","created_utc":{}}}"#,
            state % 5_000,
            state % 97,
            1_500_000_000 + number
        );
    }
    out
}
