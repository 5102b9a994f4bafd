//! Deciding through the real program: bulk rules, undo, logs joined, two at once, killed in the middle.

use std::process::Stdio;

use quell::model::{CommentId, Status};
use quell::store::Store;

use crate::support::verbs::{Place, command, import, jsonl};

/// A database `a.db` with a branch of four and two comments beside it.
fn place() -> Place {
    let place = Place::new();
    let mut store = Store::open_or_create(&place.file("a.db")).expect("a database");
    import(
        &mut store,
        jsonl(&[
            (1, None, Some("approved"), "It rained."),
            (2, Some(1), None, "All day?"),
            (3, Some(2), None, "OT: cheap watches"),
            (4, Some(1), Some("deleted"), ""),
            (5, None, None, "Cheap watches"),
            (6, None, None, "Buy cheap watches"),
        ]),
    );
    place
}

fn status(place: &Place, db: &str, id: i64) -> Status {
    let store = Store::open(&place.file(db)).expect("a database");
    store.comment(CommentId(id)).expect("a read").expect("a comment").status
}

fn export(place: &Place, db: &str) -> Vec<u8> {
    let output = place.quell(db, "ada", &["-q", "export", "-f", "json"]);
    assert!(output.status.success());
    output.stdout
}

#[test]
fn a_bulk_wants_yes_and_is_undone_to_the_byte() {
    let place = place();
    let before = export(&place, "a.db");
    insta::assert_snapshot!(place.told("a.db", "ada", &["spam", "watches", "--reason", "spam.flood"]), @r"
    2
    quell: spam would change 3 comments
      add --yes to do it, or -n to see what would happen
    ");
    insta::assert_snapshot!(place.told("a.db", "ada", &["spam", "watches", "-r", "spam.flood", "-n"]), @r"
    0
    spam would change 3 comments
      by author: Ada0 2, Ada2 1
      by post: p1 3
      c3 Ada0: OT: cheap »watches«
      c5 Ada2: Cheap »watches«
      c6 Ada0: Buy cheap »watches«
    ");
    assert_eq!(export(&place, "a.db"), before, "neither changed anything");
    insta::assert_snapshot!(place.told("a.db", "ada", &["spam", "watches", "-r", "spam.flood", "--yes"]), @r"
    0
    put 3 comments into spam as operation 1; undo: quell undo 1
    ");
    assert_ne!(export(&place, "a.db"), before);
    insta::assert_snapshot!(place.told("a.db", "ada", &["spam", "watches", "--yes"]), @r"
    1
    left alone, so already: c3 c5 c6
    nothing changed
    ");
    insta::assert_snapshot!(place.told("a.db", "bob", &["undo"]), @r"
    1
    there is nothing to undo
    ");
    insta::assert_snapshot!(place.told("a.db", "bob", &["undo", "--any"]), @r"
    0
    undid operation 1 on 3 comments as operation 2; do it again: quell undo 2
    ");
    assert_eq!(export(&place, "a.db"), before);
    assert!(place.quell("a.db", "bob", &["undo", "2"]).status.success());
    assert_eq!(status(&place, "a.db", 5), Status::Spam);
}

#[test]
fn a_branch_spares_what_people_decided_and_what_authors_took_back() {
    let place = place();
    assert!(place.quell("a.db", "bob", &["approve", "c3"]).status.success());
    insta::assert_snapshot!(place.told("a.db", "ada", &["remove", "--subtree", "c1", "-r", "off-topic", "--yes"]), @r"
    0
    left alone, decided by bob: c3
    left alone, taken back by the author: c4
    removed 2 comments as operation 2; undo: quell undo 2
    ");
    assert!(place.quell("a.db", "bob", &["approve", "c2"]).status.success());
    insta::assert_snapshot!(place.told("a.db", "ada", &["undo"]), @r"
    0
    left alone, changed later, in operation 3: c2
    undid operation 2 on 1 comment as operation 4; do it again: quell undo 4
    ");
    let statuses: Vec<Status> = (1..=4).map(|id| status(&place, "a.db", id)).collect();
    assert_eq!(statuses, [Status::Approved, Status::Approved, Status::Approved, Status::Deleted]);
}

#[test]
fn reasons_ids_tags_notes_and_locks() {
    let place = place();
    insta::assert_snapshot!(place.told("a.db", "ada", &["flag", "c3", "--reason", "off_topic"]), @r"
    2
    quell: there is no reason off_topic
      did you mean off-topic?
    ");
    insta::assert_snapshot!(place.told("a.db", "ada", &["flag", "c3 c5", "--reason", "off-topic", "--yes"]), @r"
    0
    flagged 2 comments as operation 1; undo: quell undo 1
    ");
    insta::assert_snapshot!(place.told("a.db", "ada", &["tag", "--yes", "+watch", "-old", "--", "flag:off-topic"]), @r"
    0
    left alone, so already: c3 c5
    tagged 2 comments as operation 2; undo: quell undo 2
    ");
    insta::assert_snapshot!(place.told("a.db", "ada", &["tag", "+watch", "--yes", "--", "c3"]), @r"
    2
    quell: --yes is no label to put on or take off
      options come first: quell tag --yes +watch -- c18
    ");
    insta::assert_snapshot!(place.told("a.db", "ada", &["note", "c3", "again"]), @r"
    0
    wrote a note on 1 comment as operation 3; undo: quell undo 3
    ");
    insta::assert_snapshot!(place.told("a.db", "ada", &["search", "tag:watch has:note is:flagged", "-f", "ids"]), @r"
    0
    c3
    ");
    insta::assert_snapshot!(place.told("a.db", "ada", &["remove", "k5"]), @r"
    0
    removed 1 comment as operation 4; undo: quell undo 4
    ");
    insta::assert_snapshot!(place.told("a.db", "ada", &["search", "is:decided by:ada", "-f", "ids"]), @r"
    0
    c5
    ");
    insta::assert_snapshot!(place.told("a.db", "ada", &["lock", "c1"]), @r"
    2
    quell: c1 is a comment; only posts are locked
      lock its post: quell lock p1
    ");
    insta::assert_snapshot!(place.told("a.db", "ada", &["lock", "p1", "--note", "late"]), @r"
    0
    locked 1 post as operation 5; undo: quell undo 5
    ");
    insta::assert_snapshot!(place.told("a.db", "ada", &["queue", "-f", "ids"]), @r"
    0
    c3
    ");
    insta::assert_snapshot!(place.told("a.db", "ada", &["undo", "77"]), @r"
    2
    quell: there is no operation 77
      list them: quell log
    ");
    insta::assert_snapshot!(place.told("a.db", "ada", &["db", "check"]), @r"
    0
    no damage found
    ");
}

#[test]
fn an_author_s_record_is_a_timeline_with_strikes() {
    let place = Place::new();
    let mut store = Store::open_or_create(&place.file("a.db")).expect("a database");
    let lines = String::from_utf8(jsonl(&[
        (1, None, None, "It rained."),
        (3, None, None, "Cheap watches"),
        (6, Some(1), None, "All day?"),
    ]))
    .expect("text");
    let dated = lines.lines().enumerate().map(|(number, line)| {
        let month = 1 + number % 2;
        line.replace("\"body\":", &format!("\"created\":\"2024-0{month}-05T10:00:00Z\",\"body\":")) + "\n"
    });
    import(&mut store, dated.collect::<String>().into_bytes());
    let told = place.told("a.db", "ann", &["spam", "c3", "--reason", "spam.flood", "--note", "again"]);
    assert!(told.starts_with("0\n"), "{told}");
    insta::assert_snapshot!(place.told("a.db", "ann", &["author", "Ada0", "--window", "30d"]), @r"
    0
    what	which	count
    author	Ada0	
    source	wxr test	
    key	u0	
    comments		2
    posts		1
    first	2024-01-05T10:00:00Z	
    last	2024-02-05T10:00:00Z	
    month	2024-01	1
    month	2024-02	1
    removed in	2024-02	1
    status	pending	1
    status	spam	1
    spam for	spam.flood	1
    strikes		1
    strike	spam.flood	1
    answers	Ada1	1
    note	ann: again
    ");
    let early = place.told("a.db", "ann", &["author", "Ada0", "--window", "2099-01-01"]);
    assert!(early.contains("strikes\t\t0\n"), "{early}");
    assert_eq!(place.told("a.db", "ann", &["author", "aDA0", "--window", "2099-01-01"]), early);
}

#[test]
fn two_words_on_one_comment_are_a_disagreement_whoever_merges() {
    let place = place();
    std::fs::copy(place.file("a.db"), place.file("b.db")).expect("a copy");
    assert!(place.quell("a.db", "ada", &["remove", "c2 c5", "--yes", "-r", "off-topic"]).status.success());
    assert!(place.quell("b.db", "bob", &["approve", "c2"]).status.success());
    assert!(place.quell("b.db", "bob", &["remove", "c5", "-r", "spam.flood"]).status.success());
    insta::assert_snapshot!(place.told("a.db", "ada", &["merge", "b.db"]), @r"
    0
    joined 2 operations with 2 decisions; 0 operations here already
    people disagree on 1 comment; see: quell queue
    ");
    assert!(place.quell("b.db", "bob", &["merge", "a.db"]).status.success());
    for db in ["a.db", "b.db"] {
        assert_eq!((status(&place, db, 2), status(&place, db, 5)), (Status::Escalated, Status::Removed));
        assert!(place.told(db, "ada", &["queue", "-f", "tsv"]).contains("c2\t"), "{db}");
        assert!(place.told(db, "ada", &["log", "verify"]).starts_with("0\n3 operations"), "{db}");
        assert!(place.told(db, "ada", &["db", "check"]).contains("no damage"), "{db}");
    }
    insta::assert_snapshot!(place.told("a.db", "ada", &["merge", "b.db"]), @r"
    1
    joined 0 operations with 0 decisions; 3 operations here already
    people disagree on 1 comment; see: quell queue
    ");
    assert_eq!(place.quell("a.db", "ada", &["dump"]).stdout, place.quell("b.db", "bob", &["dump"]).stdout);
    assert!(place.told("a.db", "ada", &["agreement"]).contains("action\t2\t0.500"));
    // Whoever settles it has seen both words.
    assert!(place.quell("a.db", "eve", &["approve", "c2"]).status.success());
    assert_eq!(status(&place, "a.db", 2), Status::Approved);
}

#[test]
fn a_log_waits_for_its_comments() {
    let place = place();
    assert!(place.quell("a.db", "ada", &["remove", "c2 c5", "--yes"]).status.success());
    std::fs::write(place.file("log.jsonl"), place.quell("a.db", "ada", &["dump"]).stdout).expect("a file");
    let mut store = Store::open_or_create(&place.file("new.db")).expect("a database");
    insta::assert_snapshot!(place.told("new.db", "ada", &["restore", "log.jsonl"]), @r"
    0
    joined 1 operation with 2 decisions; 0 operations here already
    2 decisions wait for comments that have not been imported here
    ");
    import(&mut store, jsonl(&[(2, None, None, "All day?"), (5, None, None, "Cheap watches")]));
    let all: Vec<Status> = store
        .comments_by_key("k2")
        .expect("a read")
        .iter()
        .filter_map(|id| store.comment(*id).expect("a read"))
        .map(|comment| comment.status)
        .collect();
    assert_eq!(all, [Status::Removed]);
    assert_eq!(store.check().expect("a check"), vec![]);
}

#[test]
fn an_edited_log_is_found() {
    let place = place();
    for id in ["c2", "c5", "c6"] {
        assert!(place.quell("a.db", "ada", &["remove", id, "--note", "rude"]).status.success());
    }
    let dump = String::from_utf8(place.quell("a.db", "ada", &["dump"]).stdout).expect("text");
    std::fs::copy(place.file("a.db"), place.file("b.db")).expect("a copy");
    let mut fresh = Store::open_or_create(&place.file("new.db")).expect("a database");
    import(&mut fresh, jsonl(&[(2, None, None, "All day?")]));
    for (from, to) in [("rude", "nice"), ("\"ada\"", "\"eve\""), ("\"decisions\":1", "\"decisions\":0")] {
        std::fs::write(place.file("bad.jsonl"), dump.replacen(from, to, 1)).expect("a file");
        let told = place.told("new.db", "ada", &["restore", "bad.jsonl"]);
        assert!(told.starts_with("2\nquell: nothing was restored"), "{told}");
    }
    let cut = dump.lines().filter(|line| !line.contains("k5")).collect::<Vec<_>>().join("\n");
    std::fs::write(place.file("bad.jsonl"), cut).expect("a file");
    assert_eq!(place.quell("new.db", "ada", &["restore", "bad.jsonl"]).status.code(), Some(2));
    assert_eq!(place.quell("new.db", "ada", &["log"]).status.code(), Some(1), "nothing of them stays");

    let edit = |sql: &str| {
        std::fs::copy(place.file("b.db"), place.file("a.db")).expect("a copy");
        rusqlite::Connection::open(place.file("a.db")).and_then(|db| db.execute_batch(sql)).expect("an edit");
        place.told("a.db", "ada", &["log", "verify"])
    };
    for sql in [
        "update decisions set note = 'nice' where operation_id = 2",
        "update operations set actor = 'eve' where id = 2",
        "update operations set chain = 'x' where id = 2",
    ] {
        assert!(edit(sql).contains("operation 2 is not as it was written"), "{sql}");
    }
    let gone = "delete from standing where comment_id = 5; delete from decisions where operation_id = 2;
                delete from operations where id = 2";
    assert!(edit(gone).contains("operation 3 is not as it was written"));
}

#[test]
fn a_newer_dump_respects_decisions() {
    let place = place();
    assert!(place.quell("a.db", "ada", &["approve", "c2 c5", "--yes"]).status.success());
    assert!(place.quell("a.db", "ada", &["remove", "c6"]).status.success());
    let mut store = Store::open(&place.file("a.db")).expect("a database");
    import(
        &mut store,
        jsonl(&[
            (2, Some(1), Some("removed"), "All day?"),
            (5, None, Some("deleted"), "Cheap watches"),
            (6, None, Some("deleted"), "Buy nothing"),
        ]),
    );
    let statuses = [2, 5, 6].map(|id| status(&place, "a.db", id));
    assert_eq!(statuses, [Status::Approved, Status::Deleted, Status::Removed]);
    assert_eq!(store.edited_since_decision().expect("a read"), [CommentId(6)]);
    assert_eq!(store.check().expect("a check"), vec![]);
}

#[test]
fn two_at_once_lose_nothing() {
    let place = Place::new();
    let mut store = Store::open_or_create(&place.file("a.db")).expect("a database");
    let comments: Vec<_> = (1..=24).map(|key| (key, None, None, "Rain")).collect();
    import(&mut store, jsonl(&comments));
    let path = place.file("a.db");
    let all: Vec<_> = (1..=24)
        .map(|id| {
            let who = if id % 2 == 0 { "ada" } else { "bob" };
            let mut quell = command(&path, who);
            quell.args(["-q", "remove", &format!("c{id}")]).stdin(Stdio::null()).spawn().expect("quell runs")
        })
        .collect();
    for mut child in all {
        assert!(child.wait().expect("an end").success());
    }
    assert!((1..=24).all(|id| status(&place, "a.db", id) == Status::Removed));
    assert_eq!(store.verify_log().expect("a read").operations, 24);
    assert_eq!(store.check().expect("a check"), vec![]);
}

#[test]
fn killed_in_the_middle_of_a_bulk_leaves_all_or_nothing() {
    const MANY: usize = 20_000;
    let place = Place::new();
    let path = place.file("a.db");
    let mut store = Store::open_or_create(&path).expect("a database");
    let comments: Vec<_> = (1..=MANY).map(|key| (key, None, None, "Rain")).collect();
    import(&mut store, jsonl(&comments));
    drop(store);
    let mut child = command(&path, "ada").args(["-q", "remove", "*", "--yes"]).spawn().expect("quell runs");
    // The journal grows while the decisions are written; whether this hits the middle or the end, it must be whole.
    let journal = place.file("a.db-wal");
    let grown = || std::fs::metadata(&journal).is_ok_and(|file| file.len() > 200_000);
    while !grown() && child.try_wait().expect("a state").is_none() {
        std::thread::yield_now();
    }
    let _ = child.kill();
    let _ = child.wait();
    let store = Store::open(&path).expect("the database opens");
    let removed = (1..=MANY as i64)
        .filter(|id| store.comment(CommentId(*id)).expect("a read").is_some_and(|c| c.status == Status::Removed))
        .count();
    assert!(removed == 0 || removed == MANY, "{removed} of {MANY}");
    assert_eq!(store.check().expect("a check"), vec![]);
    assert!(place.quell("a.db", "ada", &["-q", "approve", "c1"]).status.success());
}
