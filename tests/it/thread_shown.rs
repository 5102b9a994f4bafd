//! Where edges show up beside the verbs on threads: in the log, in every form of output, in what a scan makes of a thread.

use serde_json::Value;

use quell::model::CommentId;
use quell::store::Store;

use crate::run::Place;
use crate::thread_verbs::{flat, proposed};

#[test]
fn the_log_says_where_an_edge_put_a_comment_and_where_that_was_before() {
    let place = flat();
    place.stdout("thread infer p1 --as ada", 0);
    place.stdout("thread set c7 --parent c5 --as ada", 0);
    place.stdout("thread infer p1 --profile forum --as ada", 0);
    place.stdout("undo 2 --as ada", 0);
    place.stdout("undo 3 --as ada", 0);
    let log = |what: &str| -> Vec<String> {
        let lines = place.stdout(&format!("log {what} -f jsonl"), 0);
        let rows = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("a row"));
        let told = rows.map(|row| {
            let name = |column: &str| row[column].as_str().map(str::to_owned).unwrap_or_default();
            format!("{} {} {} {} {}", row["operation"], name("id"), name("action"), name("parent"), name("was"))
        });
        told.map(|row| row.trim_end().to_owned()).collect()
    };
    assert_eq!(log("c7"), ["1 c7 edge c3 open", "2 c7 edge c5 c3", "4 c7 undo c3 c5"]);
    let first = log("1");
    assert!(first.contains(&"1 c1 edge p1 open".to_owned()), "{first:?}");
    assert!(first.contains(&"1 c2 edge open open".to_owned()), "{first:?}");
    place.stdout("approve c7 --as ada", 0);
    assert_eq!(log("c7").last().map(String::as_str), Some("6 c7 approve"));
}

#[test]
fn proposed_authors_and_inferred_places_are_marked_in_every_form() {
    let texts = [
        "Mara says\\nThe kettle in the old village hall was mended twice by the same man and it leaks again.",
        "Nobody mended that kettle in the old village hall, whatever they tell you about it.\\n\\nTam B.",
        "Hey Tam, “Nobody mended that kettle in the old village hall” is plainly untrue, I was there myself",
        "Kettles again, and nothing else, for three whole years.\\n\\nTam B.",
    ];
    let line = |(at, text): (usize, &&str)| format!("{{\"id\":{at},\"post\":\"t\",\"text\":\"{text}\"}}\n");
    let lines: String = texts.iter().enumerate().map(line).collect();
    let place = Place::with("nameless.jsonl", &lines);
    place.stdout("import nameless.jsonl --source ndjson --scope x", 0);
    let rows = proposed(&place, "p1");
    let authors: Vec<Option<&str>> =
        ["c1", "c2", "c3", "c4"].iter().map(|id| rows[*id]["proposed_author"].as_str()).collect();
    assert_eq!(authors, [Some("Mara"), Some("Tam B."), None, Some("Tam B.")]);
    place.stdout("thread infer p1 --min-confidence 0.5", 0);
    let has = |line: &str, wanted: &str| {
        let shown = place.stdout(line, 0);
        assert!(shown.contains(wanted), "{line}: no {wanted} in\n{shown}");
    };
    has("thread infer p1 -n -f tree", "c2  (perhaps Tam B.)");
    has("show p1", "c2  (perhaps Tam B.) · place inferred: 0.");
    has("show p1", "c3  (author unknown) · place inferred: 0.9");
    has("show p1 -f md", "> (perhaps Tam B.) · c2 · pending · place inferred: 0.");
    has("show p1 -f csv", ",1,inferred,0.9");
    has("show p1 -f csv", ",Tam B.\n");
    has("show c2 --why", "its author may be Tam B.: signature");
    has("export -f json", r#""authors":[{"name":"Tam B.","evidence":"signature""#);
    // A proposal is no author: nothing finds it, nothing counts it.
    assert_eq!(place.run_with(["search", "author:Tam"]).code(), 1);
    let again = Place::with("again.csv", place.stdout("export -f csv", 0));
    again.stdout("import again.csv --source csv --scope y", 0);
    assert_eq!(again.run_with(["search", "author:Tam"]).code(), 1, "nor does a copy take it for one");
}

#[test]
fn a_scan_after_edges_judges_their_threads_anew() {
    let place = flat();
    let values = || -> Vec<Vec<Option<f64>>> {
        let store = Store::open(&place.path("quell.db")).expect("a database");
        let row = |id| store.signals(CommentId(id)).expect("signals").expect("a scanned comment").values.to_vec();
        (1..=8).map(row).collect()
    };
    place.run("scan");
    let before = values();
    place.stdout("thread infer p1 --as ada", 0);
    place.run("scan");
    let after = values();
    assert_ne!(after, before, "how far a comment is from its thread depends on what it answers");
    place.run("scan --all");
    assert_eq!(values(), after, "a scan of everything says the same");
    place.stdout("undo 1 --as ada", 0);
    place.run("scan");
    assert_eq!(values(), before);
}
