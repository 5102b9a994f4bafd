//! Importing again, importing what cannot be imported, and being stopped: what is left behind, and what is not.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::run::{Place, Ran};

/// A submission and a comment as one line each; `title`, `author` and `body` are what two files may tell differently.
fn told(title: &str, author: &str, body: &str) -> String {
    format!(
        r#"{{"id":"p1","subreddit":"garden","title":"{title}","selftext":"Rain, rain.","author":"ann","created_utc":1459500000}}
{{"id":"c1","author":"{author}","body":"{body}","created_utc":1459500060,"link_id":"t3_p1","parent_id":"t3_p1","subreddit":"garden"}}
"#
    )
}

#[track_caller]
fn changes_nothing(place: &Place, line: &str) {
    let before = place.run("export").bytes().to_vec();
    let ran = place.run(line);
    assert_eq!(ran.code(), 1, "{ran}");
    assert!(place.run("export").bytes() == before, "{line} changed the export");
}

#[test]
fn files_that_tell_differently_of_one_post_settle_at_once() {
    let place = Place::new();
    place.write("dump/1.ndjson", told("Slugs", "ann", "Salt."));
    place.write("dump/2.ndjson", told("Slugs!", "bea", "Salt."));
    place.write("dump/3.ndjson", told("Slugs", "ann", "Salt."));
    place.stdout("import dump", 0);
    assert!(place.stdout("posts -f csv", 0).contains("Slugs!"));
    assert_eq!(place.stdout("search author:bea -f ids", 0), "c1\n");
    changes_nothing(&place, "import dump");
    changes_nothing(&place, "import dump/3.ndjson dump/2.ndjson dump/1.ndjson");
    changes_nothing(&place, "import dump/1.ndjson");
    // What nobody has told yet is news, whoever tells it.
    place.write("dump/1.ndjson", told("Slugs again", "ann", "Salt, then."));
    place.stdout("import dump/1.ndjson", 0);
    assert!(place.stdout("posts -f csv", 0).contains("Slugs again"));
    changes_nothing(&place, "import dump/1.ndjson");
}

#[test]
fn a_state_may_come_back_in_a_later_dump() {
    let place = Place::new();
    let told = |removed: bool| {
        told("Slugs", "ann", "Salt.").replace("\"link_id\"", &format!("\"removed\":{removed},\"link_id\""))
    };
    for (removed, found) in [(false, ""), (true, "c1\n"), (false, "c1\n"), (true, "c1\n")] {
        place.write("dump.ndjson", told(removed));
        place.run("import dump.ndjson");
        assert_eq!(place.run("search status:removed -f ids").stdout(), found);
    }
}

#[test]
fn an_import_of_nothing_leaves_no_database() {
    let place = Place::with("empty.txt", "");
    place.write("unknown.bin", [0_u8, 159, 146, 150].repeat(100));
    place.write("bad.ndjson", format!("{}{{\"id\":", told("Slugs", "ann", "Salt.")));
    let lines = ["import empty.txt", "import unknown.bin", "import nowhere.xml", "import --strict bad.ndjson"];
    for line in lines {
        let ran = place.run(line);
        assert_eq!(ran.code(), 2, "{ran}");
        let left: Vec<_> =
            std::fs::read_dir(place.path(".")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 3, "{line} left {left:?}");
    }
    place.stdout("import bad.ndjson", 3);
    // A database that was there stays, whatever comes of the import.
    place.run("import empty.txt");
    assert_eq!(place.stdout("search salt -f ids", 0), "c1\n");
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_told_and_the_others_are_read() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("dump/1.ndjson", told("Slugs", "ann", "Salt."));
    place.write("dump/2/2.ndjson", told("Snails", "ann", "Salt."));
    let closed = place.path("dump/2");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read_dir(&closed).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    let ran = place.run("import dump");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(ran.code(), 3, "{ran}");
    assert!(ran.stderr().contains("dump/2"), "{ran}");
    assert_eq!(place.stdout("search salt -f ids", 0), "c1\n");
}

/// What the process ended with: a shell reports 130 for a program that SIGINT ended.
#[cfg(unix)]
fn interrupted(status: std::process::ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    status.signal() == Some(2) || status.code() == Some(130)
}

#[cfg(unix)]
#[test]
fn an_interrupted_import_keeps_whole_batches_and_goes_on() {
    let place = Place::new();
    let lines: String = (0..60_000)
        .map(|number| {
            format!(
                r#"{{"id":"c{number}","author":"u{}","body":"word{number} rain","created_utc":{},"link_id":"t3_p{}","parent_id":"t3_p{}","subreddit":"s"}}
"#,
                number % 99,
                1_459_500_000 + number,
                number % 50,
                number % 50
            )
        })
        .collect();
    place.write("dump.ndjson", lines);
    let mut child = place.command("-q import dump.ndjson").stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    // Once another process sees a comment, a batch is in and the import is in its middle.
    let db = place.path("quell.db");
    let has_begun = || -> rusqlite::Result<bool> {
        let connection = rusqlite::Connection::open_with_flags(&db, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.query_row("select exists (select 1 from comments)", [], |row| row.get(0))
    };
    while !has_begun().unwrap_or_default() && child.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < Duration::from_secs(120), "the import does not begin");
        std::thread::sleep(Duration::from_millis(1));
    }
    let told = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    let status = child.wait().unwrap();
    if told.is_ok_and(|told| told.success()) {
        assert!(interrupted(status) || status.success(), "{status}");
    }
    let held = |ran: Ran| -> u64 { ran.stdout().trim().parse().unwrap_or_default() };
    assert!(place.stdout("db check", 0).ends_with("no damage found\n"));
    let kept = held(place.run("count *"));
    // The name of the source is a record of the first batch as well.
    assert!(kept > 0 && (kept == 60_000 || (kept + 1).is_multiple_of(4_000)), "{kept} comments are no whole batches");
    place.run("-q import dump.ndjson");
    assert_eq!(held(place.run("count *")), 60_000);
}

#[test]
fn a_text_that_changed_after_its_decision_is_found() {
    let place = Place::with("dump.ndjson", told("Slugs", "ann", "Salt."));
    place.stdout("import dump.ndjson", 0);
    place.stdout("approve c1 --as ann", 0);
    assert_eq!(place.stdout("search is:edited-since-decision -f ids", 1), "");
    assert_eq!(place.stdout("search -f ids -- -is:edited-since-decision", 0), "c1\n");
    place.write("dump.ndjson", told("Slugs", "ann", "Pepper."));
    place.stdout("import dump.ndjson", 0);
    for query in ["is:edited-since-decision", "/Pepper/ is:edited-since-decision", "thread:{is:edited-since-decision}"]
    {
        assert_eq!(place.run_with(["search", query, "-f", "ids"]).stdout(), "c1\n", "{query}");
    }
    assert!(place.stdout("queue", 0).contains("c1"));
    place.stdout("approve c1 --as ann", 0);
    assert_eq!(place.stdout("search is:edited-since-decision -f ids", 1), "");
}

#[test]
fn show_takes_ids_from_standard_input() {
    let place = Place::with("dump.ndjson", told("Slugs", "ann", "Salt."));
    let more = told("Snails", "bea", "Pepper.").replace("p1", "p2").replace("\"c1\"", "\"c2\"");
    place.write("more.ndjson", more);
    place.stdout("import dump.ndjson more.ndjson", 0);
    let ran = place.run_on("show -", b"c2\nc1\n\np2\n");
    assert_eq!(ran.code(), 0, "{ran}");
    let (first, second) = (ran.stdout().find("Snails"), ran.stdout().find("Slugs"));
    assert!(first.is_some() && first < second, "{ran}");
    assert_eq!(place.run_on("show - -f csv", b"c2\n").stdout().lines().count(), 2);
    assert_eq!(place.run_on("show -", b"").code(), 1);
    assert_eq!(place.run_on("show -", b"c99\n").code(), 2);
}
