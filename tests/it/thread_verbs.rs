//! Threads put back together through the verbs: on an invented page, on the real one that the project was given, and under
//! everything that can happen to an edge afterwards: undo, newer dumps, other databases, exports, moderation.

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::Value;

use quell::model::{
    Act, Actor, Answered, CommentId, Deed, EdgeClass, Grounds, KeptEdge, Origin, ParentOrigin, Subject,
};
use quell::store::{NewOperation, Store, Undo};

use crate::run::Place;
use crate::support::{self, verbs};

/// The invented page, imported.
pub fn flat() -> Place {
    let place = Place::with("flat.txt", support::fixture("text/flat.txt"));
    place.stdout("import flat.txt", 0);
    place
}

/// The edges that `thread infer -n` proposes, by comment.
pub fn proposed(place: &Place, line: &str) -> HashMap<String, Value> {
    let lines = place.stdout(&format!("thread infer {line} -n -f jsonl"), 0);
    let rows = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("a row"));
    rows.map(|row| (row["id"].as_str().expect("an id").to_owned(), row)).collect()
}

#[test]
fn the_import_says_what_to_do_with_a_flat_page() {
    let place = Place::with("flat.txt", support::fixture("text/flat.txt"));
    let ran = place.run("import flat.txt");
    let last = ran.stderr().lines().last().map(str::to_owned);
    assert_eq!(
        last.as_deref(),
        Some("8 comments, 8 with authors, no parents in the file; try: quell thread infer p1"),
        "{ran}"
    );
    assert!(!place.run("import flat.txt").stderr().contains("thread infer"), "nothing new, nothing to try");
}

#[test]
fn a_flat_page_is_put_together_shown_explained_and_taken_apart_again() {
    let place = flat();
    let before = place.stdout("export p1 -f json", 0);
    insta::assert_snapshot!(place.run("thread infer p1 -n -f tree"), @r"
    exit 0
    p1  The kettle in the village hall
    c1  Tam Oster  → post  0.80 wording
        shared and rare: Forty, pounds, asked
    │ c3  Ivor Penhale  → c1  0.98 quote
    │     9 words verbatim, only there before: “nobody has even asked Ivor what it would cost”; is named there: Ivor
    │ │ c7  Tam Oster  → c3  0.98 quote
    │ │     10 words verbatim, only there before: “Sixty for the spout, and the solder is on me”; names its author: Ivor; next: c6 0.01
    c2  Bette Lund  → ?  0.44 wording
        shared and rare: electric, three; left open between post 0.44, c1 0.44
    c4  Rhoda  → ?  0.36 wording
        shared and rare: vote, three; left open between post 0.36, c2 0.34
    c5  Piet V.  → ?  0.52 wording
        shared and rare: museum, Harrowby, kettle; left open between post 0.52, c4 0.37
    │ c6  Maud Finch  → c5  0.73 mention
    │     names its author: Piet; next: c4 0.13
    c8  Lionel  → post  0.64 wording
        shared and rare: Thursday; next: c7 0.17
    --- stderr
    would place 5 comments, and leave 3 open
    ");
    assert_eq!(place.stdout("export p1 -f json", 0), before, "-n does nothing");

    insta::assert_snapshot!(place.run("thread infer p1 --as ada"), @r"
    exit 0
    --- stderr
    placed 5 comments and left 3 open, as operation 1; undo: quell undo 1
    ");
    insta::assert_snapshot!(place.run("show c7"), @r#"
    exit 0
    p1  The kettle in the village hall
        Maud Finch · 2021-03-04 · 8 comments

        By Maud Finch on March 4, 2021

        The old copper kettle leaks again. The committee wants to sell it to the
        museum in Harrowby and to buy an electric one
        from the money. The vote is on Thursday, and whoever cannot come may put a
        note through the door.
        … 3 more lines (--whole)

    c1  Tam Oster · 2021-03-04 09:15 local · place inferred: 0.80 wording
      Forty pounds is a fair price for an honest afternoon. A new spout would hold
      for another twenty years, and nobody has
      even asked Ivor what it would cost.
    ┆
    ┆ c3  Ivor Penhale · 2021-03-04 11:02 local · place inferred: 0.98 quote
    ┆   "nobody has even asked Ivor what it would cost" - quite so. Sixty for the
    ┆   spout, and the solder is on me.
    ┆ ┆
    ┆ ┆ c7  Tam Oster · 2021-03-04 17:20 local · place inferred: 0.98 quote
    ┆ ┆   > Sixty for the spout, and the solder is on me.
    ┆ ┆
    ┆ ┆   That settles it for me. Thank you, Ivor!
    --- stderr
    "#);
    insta::assert_snapshot!(place.run("show c7 --why"), @r"
    exit 0
    c7  answers c3, worked out from the words
      0.98 quote, by the profile universal
      10 words verbatim, only there before: “Sixty for the spout, and the solder is on me”; names its author: Ivor
      next: c6 0.01
      not scanned yet, or not since it changed: quell scan
    --- stderr
    ");
    insta::assert_snapshot!(place.run("show c2 --why"), @r"
    exit 0
    c2  left open: no candidate was sure enough
      0.44 wording, by the profile universal
      shared and rare: electric, three
      candidates: post 0.44, c1 0.44
      not scanned yet, or not since it changed: quell scan
    --- stderr
    ");
    assert_eq!(place.run("thread infer p1 --as ada").code(), 1, "the same again changes nothing");
    assert_eq!(place.stdout("db check", 0), "no damage found\n");

    insta::assert_snapshot!(place.run("thread set c4 --parent c2 --as ada"), @r"
    exit 0
    --- stderr
    c4 answers c2, as operation 2; undo: quell undo 2
    ");
    insta::assert_snapshot!(place.run("thread infer p1 --as ada --profile forum"), @r"
    exit 0
    --- stderr
    placed 7 comments and left 0 open, as operation 3; undo: quell undo 3
    ");
    insta::assert_snapshot!(place.run("show c4 --why"), @r"
    exit 0
    c4  answers c2: a person says so
      not scanned yet, or not since it changed: quell scan
    --- stderr
    ");
    let search = |query: &str| place.run_with(["search", query, "-f", "ids", "--sort", "oldest"]).stdout();
    assert_eq!(search("is:inferred parent.confidence:<0.9"), "c2\nc5\nc6\nc8\n");
    assert_eq!(search("parent.confidence:>0.95"), "c3\nc7\n");
    assert_eq!(search("NOT parent.confidence:*"), "c4\n");

    for operation in [3, 2, 1] {
        place.stdout(&format!("undo {operation} --as ada"), 0);
    }
    assert_eq!(place.stdout("export p1 -f json", 0), before, "undo brings back every byte");
    assert_eq!(place.stdout("db check", 0), "no damage found\n");
    assert_eq!(place.stdout("log verify", 0).lines().next(), Some("6 operations, all as they were written"));
}

#[test]
fn exports_carry_edges_and_read_them_back() {
    let place = flat();
    place.stdout("thread infer p1", 0);
    place.stdout("thread set c4 --parent c2", 0);
    place.stdout("thread set c3 --parent root", 0);
    let json = place.stdout("export -f json", 0);
    let document: Value = serde_json::from_str(&json).expect("json");
    let c7 = document["posts"][0]["comments"][2]["replies"][0].clone();
    let text = json.as_str();
    assert!(text.contains("\"parent_origin\":\"human\"") && text.contains("\"class\":\"quote\""), "{c7}\n{json}");
    for format in ["json", "jsonl"] {
        let written = place.stdout(&format!("export -f {format}"), 0);
        let other = Place::with(&format!("threads.{format}"), &written);
        other.stdout(&format!("import threads.{format}"), 0);
        assert_eq!(other.stdout(&format!("export -f {format}"), 0), written, "{format}");
        assert_eq!(other.stdout("db check", 0), "no damage found\n");
        // Where it came from, a dump of our own changes nothing.
        place.write("threads", &written);
        assert_eq!(place.run("import threads").code(), 1);
        assert_eq!(place.stdout(&format!("export -f {format}"), 0), written, "{format}");
        // Undone in the other database, the page is flat again.
        other.stdout("undo 1", 0);
        assert!(!other.stdout("export -f json", 0).contains("parent"));
    }
}

#[test]
fn a_person_wins_over_the_dump_and_the_dump_over_the_words() {
    let line = |key: u32, parent: &str| {
        format!(
            "{{\"id\":{key},\"post\":\"t\",\"author\":\"Ada{key}\",\"text\":\"The kettle leaks, number {key}.\"{parent}}}\n"
        )
    };
    let old: String = (1..=4).map(|key| line(key, "")).collect();
    let new: String = (1..=4).map(|key| line(key, if key == 1 { "" } else { ",\"parent_id\":1" })).collect();
    let place = Place::with("old.jsonl", &old);
    place.write("new.jsonl", &new);
    place.stdout("import old.jsonl --source ndjson --scope x", 0);
    let parent = |id: &str| place.stdout(&format!("show {id} --why"), 0).lines().next().map(str::to_owned);
    let ids: Vec<String> = place.stdout("search * -f ids --sort oldest", 0).lines().map(str::to_owned).collect();
    assert_eq!(ids, ["c1", "c2", "c3", "c4"]);
    place.stdout("thread infer p1 --min-confidence 0", 0);
    place.stdout("thread set c4 --parent c3", 0);
    assert_eq!(place.run("import new.jsonl --source ndjson --scope x").code(), 0);
    assert_eq!(parent("c3").as_deref(), Some("c3  answers c1: the dump says so"));
    assert_eq!(parent("c4").as_deref(), Some("c4  answers c3: a person says so"));
    assert!(place.stdout("show c4 --why", 0).contains("the dump says that it answers c1"));
    assert_eq!(place.stdout("db check", 0), "no damage found\n");
    place.stdout("undo 2", 0);
    assert_eq!(parent("c4").as_deref(), Some("c4  answers c1: the dump says so"));
    place.stdout("undo 1", 0);
    // What an older dump left out is not forgotten, and the newer one is as if nothing had been inferred.
    let plain = Place::with("old.jsonl", &old);
    plain.write("new.jsonl", &new);
    plain.stdout("import old.jsonl --source ndjson --scope x", 0);
    plain.stdout("import new.jsonl --source ndjson --scope x", 0);
    assert_eq!(place.stdout("export -f json", 0), plain.stdout("export -f json", 0));
    assert_eq!(place.stdout("db check", 0), "no damage found\n");
}

#[test]
fn no_edge_closes_a_circle_or_leaves_its_post() {
    let place = flat();
    place.stdout("demo", 0);
    place.stdout("thread set c3 --parent c1", 0);
    insta::assert_snapshot!(place.run("thread set c1 --parent c3"), @r"
    exit 2
    --- stderr
    quell: c3 stands below c1, so it can't be what that answers
      move c3 first: quell thread set c3 --parent root
    ");
    insta::assert_snapshot!(place.run("thread set c1 --parent c1"), @r"
    exit 2
    --- stderr
    quell: c1 can't answer itself
      name another comment, or root for the post
    ");
    insta::assert_snapshot!(place.run("thread set c1 --parent c12"), @r"
    exit 2
    --- stderr
    quell: c1 and c12 do not hang on the same post
      name a comment of p1; see: quell show p1
    ");
    insta::assert_snapshot!(place.run("thread set p1 --parent c3"), @r"
    exit 2
    --- stderr
    quell: p1 is not a comment
      the post itself is: --parent root
    ");
    insta::assert_snapshot!(place.run("thread infer c3"), @r"
    exit 2
    --- stderr
    quell: c3 is a comment, not a post
      name its post: quell thread infer p1
    ");
    insta::assert_snapshot!(place.run("thread infer p1 --profile nonsense"), @r"
    exit 2
    --- stderr
    quell: there is no profile nonsense
      want blog, forum, email, chat, wiki, universal, or a file
    ");
    // A circle through an undo: c1 below c3 was allowed only while c3 stood elsewhere.
    place.stdout("thread set c3 --parent root", 0);
    place.stdout("thread set c1 --parent c3", 0);
    place.stdout("undo 2", 0);
    assert_eq!(place.stdout("db check", 0), "no damage found\n");
    assert_eq!(place.stdout("show p1", 0).matches("c1  Tam").count(), 1);
    place.stdout("undo 3", 0);
    assert!(place.stdout("show c3 --why", 0).starts_with("c3  answers c1: a person says so"));
    assert_eq!(place.stdout("db check", 0), "no damage found\n");
}

#[test]
fn moderation_asks_before_it_follows_a_doubtful_edge() {
    let place = flat();
    place.stdout("thread infer p1 --min-confidence 0.5", 0);
    insta::assert_snapshot!(place.run("remove --subtree c5 --as ada"), @r"
    exit 2
    --- stderr
    quell: remove would change 2 comments; less sure than 0.9 that these belong there: c6 0.73
      add --yes to do it, or -n to see what would happen
    ");
    assert_eq!(place.run("remove --subtree c5 --as ada --yes").code(), 0);
    // A sure edge is followed as one that the dump gives: two comments are asked for as ever, without a doubt.
    let ran = place.run("remove --subtree c3 --as ada");
    assert!(ran.code() == 2 && !ran.stderr().contains("less sure"), "{ran}");
}

#[test]
fn decisions_on_edges_travel_with_the_log() {
    let place = flat();
    place.stdout("thread infer p1", 0);
    place.stdout("thread set c8 --parent c5", 0);
    let log = place.stdout("dump", 0);
    let other = flat();
    other.write("log.jsonl", &log);
    other.stdout("restore log.jsonl", 0);
    assert_eq!(other.stdout("export -f json", 0), place.stdout("export -f json", 0));
    assert_eq!(other.stdout("dump", 0), log);
    // Restored before the comments come, they wait for them.
    let early = Place::with("flat.txt", support::fixture("text/flat.txt"));
    early.stdout("demo", 0);
    early.write("log.jsonl", &log);
    early.stdout("restore log.jsonl", 0);
    early.stdout("import flat.txt", 0);
    assert_eq!(early.stdout("db check", 0), "no damage found\n");
    let c23 = early.stdout("show c23 --why", 0);
    assert!(c23.starts_with("c23  answers c20: a person says so"), "{c23}");
    // An edge that says nothing is refused.
    for (from, to) in
        [("\"origin\":\"human\"", "\"origin\":\"source\""), ("\"action\":\"edge\"", "\"action\":\"note\"")]
    {
        other.write("bad.jsonl", log.replace(from, to));
        let fresh = flat();
        fresh.write("bad.jsonl", log.replace(from, to));
        assert_eq!(fresh.run("restore bad.jsonl").code(), 2, "{from}");
    }
}

#[test]
fn a_profile_is_learned_from_the_database_and_repeats() {
    let place = Place::new();
    let mut lines = String::new();
    for post in 0..12 {
        for at in 0..8 {
            let parent =
                if at == 0 { String::new() } else { format!(",\"parent_id\":\"{post}.{}\"", (at * 5 + post) % at) };
            let named = if at == 0 { 0 } else { (at * 5 + post) % at };
            lines.push_str(&format!(
                "{{\"id\":\"{post}.{at}\",\"post\":\"{post}\",\"author\":\"Person{at}\",\
                 \"text\":\"@Person{named} kettle {post} number {at}\"{parent}}}\n"
            ));
        }
    }
    place.write("known.jsonl", &lines);
    place.stdout("import known.jsonl --source ndjson", 0);
    insta::assert_snapshot!(place.run("thread fit --profile mine"), @r"
    exit 0
    --- stderr
    learned from 84 known parents in 12 threads; use it: quell thread infer POST --profile mine
    ");
    place.stdout("thread fit --profile mine -o one.json", 0);
    place.stdout("thread fit --profile mine -o two.json", 0);
    let read = |name: &str| std::fs::read_to_string(place.path(name)).expect("a profile");
    assert_eq!(read("one.json"), read("two.json"));
    place.write("flat.txt", support::fixture("text/flat.txt"));
    place.stdout("import flat.txt", 0);
    let by_name = proposed(&place, "p13 --profile mine");
    assert_eq!(by_name, proposed(&place, "p13 --profile one.json"));
    assert_eq!(by_name["c100"]["parent"], "c98", "whoever is named is answered: {by_name:?}");
    assert_eq!(place.run("thread fit --profile forum").code(), 2, "the names of those that come with quell are taken");
    assert_eq!(flat().run("thread fit --profile mine").code(), 2, "nothing is known there");
}

#[test]
fn profiles_are_measured_beside_simple_rules() {
    let place = Place::new();
    let post = |n: usize, author: &str, text: &str, parent: &str| {
        format!("{{\"n\":{n},\"author\":\"{author}\",\"text\":\"{text}\",\"parent\":{parent},\"ts\":1}}")
    };
    let posts = [
        post(1, "Tam", "The kettle leaks badly, and nobody in the village wants to mend it.", "null"),
        post(2, "Bo", "Mine does not.", "1"),
        post(3, "Eve", "\\\"nobody in the village wants to mend it\\\": I do!", "1"),
    ];
    let line = format!("{{\"id\":\"t\",\"op_is_post\":false,\"posts\":[{}]}}\n", posts.join(","));
    place.write("threads.jsonl", line.repeat(20));
    insta::assert_snapshot!(place.run("thread eval threads.jsonl --profile forum"), @r"
    exit 0
    method	edges	accuracy	non_root	p_at_0.9	coverage_at_0.9	calibration_error	exact_trees	ancestor_f1	b_cubed_f1	link_f1
    previous	40	0.5	0.5				0	0.8	1	
    root	40	0	0				0	0	0.5	
    TF-IDF + recency	40	1	1				1	1	1	
    quote, else previous	40	1	1				1	1	1	
    quote, mention, else previous	40	1	1				1	1	1	
    quote, mention, else root	40	0.5	0.5				0	0.667	0.714	
    forum	40	0.5	0.5	1	0.5	0.302	0	0.667	0.714	
    --- stderr
    measured on 20 threads
    ");
    assert_eq!(place.run("thread eval threads.jsonl --without names,quotes -f json --profile forum").code(), 0);
    place.write("bad.jsonl", "{\"id\":3}\n");
    insta::assert_snapshot!(place.run("thread eval bad.jsonl"), @r"
    exit 2
    --- stderr
    quell: cannot read bad.jsonl: line 1 is not a labelled thread: invalid type: integer `3`, expected a string at line 1 column 7
    ");
}

/// The verbatim quotations of the real page, by comment; `p1` is the article.
const QUOTES: [(&str, &str); 4] = [("c4", "p1"), ("c11", "c10"), ("c18", "c16"), ("c32", "c17")];

#[test]
fn the_real_page_keeps_its_quotations_and_claims_nothing_else() {
    let Some(samples) = support::samples() else { return };
    let place = Place::new();
    place.import(&[&samples.join("text/000_95f79571b5b7dd18.txt")]);
    let before = place.stdout("export -f json", 0);
    for line in ["p1", "p1 --profile forum"] {
        let edges = proposed(&place, line);
        assert_eq!(edges.len(), 35);
        for (comment, parent) in QUOTES {
            let edge = &edges[comment];
            assert_eq!((&edge["parent"], &edge["class"]), (&parent.into(), &"quote".into()), "{line} {comment}");
            assert_eq!(edge["placed"], "yes");
        }
        // The first comment can answer nothing but the article.
        for (id, edge) in edges.iter().filter(|(id, edge)| *id != "c1" && edge["confidence"].as_f64() >= Some(0.9)) {
            assert!(QUOTES.iter().any(|(quoting, _)| quoting == id), "{line} {id}: {edge}");
        }
    }
    place.stdout("thread infer p1", 0);
    let sure = place.run_with(["search", "is:inferred parent.confidence:>=0.85", "-f", "ids", "--sort", "oldest"]);
    assert_eq!(sure.stdout().lines().collect::<Vec<_>>(), ["c4", "c11", "c18", "c32"]);
    assert_eq!(place.stdout("db check", 0), "no damage found\n");
    place.stdout("undo", 0);
    assert_eq!(place.stdout("export -f json", 0), before);
}

const COMMENTS: i64 = 7;

#[derive(Debug, Clone)]
enum Step {
    Edge {
        comment: i64,
        to: Option<i64>,
        human: bool,
    },
    Undo {
        operation: usize,
    },
    /// A newer dump that gives a parent, or one that doesn't.
    Import {
        comment: i64,
        parent: Option<i64>,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let other = || prop::option::of(1..=COMMENTS);
    prop_oneof![
        4 => (1..=COMMENTS, other(), any::<bool>()).prop_map(|(comment, to, human)| Step::Edge { comment, to, human }),
        3 => (1..10_usize).prop_map(|operation| Step::Undo { operation }),
        2 => (1..=COMMENTS, other()).prop_map(|(comment, parent)| Step::Import { comment, parent }),
    ]
}

/// What the sources say: `None` nothing, `Some(None)` the post, `Some(Some(_))` a comment. Text 2 is newer than text 1.
fn dump(given: &[Option<Option<i64>>], text: usize) -> Vec<u8> {
    let source = "\"source\":{\"kind\":\"wxr\",\"scope\":\"test\"}";
    let mut lines = format!(
        "{{\"format\":\"quell\",\"version\":1}}\n{{\"type\":\"post\",\"id\":\"p1\",{source},\"key\":\"post\"}}\n"
    );
    for (at, given) in given.iter().enumerate() {
        let parent = match given {
            None => String::new(),
            Some(None) => ",\"parent_origin\":\"source\"".to_owned(),
            Some(Some(parent)) => format!(",\"parent\":\"k{parent}\",\"parent_origin\":\"source\""),
        };
        let id = at + 1;
        lines.push_str(&format!(
            "{{\"type\":\"comment\",\"id\":\"c{id}\",{source},\"post\":\"post\",\"key\":\"k{id}\"{parent},\
             \"kind\":\"comment\",\"version\":{text},\"body\":\"text {text}\",\"format\":\"text\"}}\n"
        ));
    }
    lines.into_bytes()
}

/// Where a comment stands: parent, its key, what the link rests on, depth.
type Standing = (Option<CommentId>, Option<String>, Option<ParentOrigin>, u32);

/// What every comment answers, as far as the database says.
fn tree(store: &Store) -> Vec<Standing> {
    (1..=COMMENTS)
        .map(|id| {
            let found = store.comment(CommentId(id)).expect("a read").expect("a comment");
            (found.parent, found.parent_key, found.parent_origin, found.depth)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn edges_never_make_circles_and_taking_all_back_leaves_the_dump(steps in prop::collection::vec(step(), 1..14)) {
        let mut store = Store::in_memory().expect("a database in memory");
        let mut given: Vec<Option<Option<i64>>> = vec![None; COMMENTS as usize];
        let mut dumps = vec![dump(&given, 1)];
        verbs::import(&mut store, dumps[0].clone());
        let actor = Actor { name: "ada".to_owned(), origin: Origin::Person, version: "test".to_owned() };
        let new = NewOperation { actor: &actor, verb: "edge", query: None, at: 0, dry_run: false };
        // What counts by the plain rule: the last word that holds, a person's before what was worked out.
        let mut words: Vec<(usize, i64, Option<i64>, bool)> = Vec::new();
        let mut operations = 0;
        for step in &steps {
            match step {
                Step::Edge { comment, to, human } => {
                    let to = to.filter(|to| to != comment);
                    let grounds = (!human).then(|| Grounds {
                        confidence: 0.5, class: EdgeClass::Wording, profile: "test".to_owned(),
                        evidence: Vec::new(), alternatives: Vec::new(), authors: Vec::new(),
                    });
                    let edge = KeptEdge {
                        to: to.map_or(Answered::Post, |to| Answered::Comment(format!("k{to}"))),
                        origin: if *human { ParentOrigin::Human } else { ParentOrigin::Inferred },
                        grounds,
                    };
                    let act = Act::of_edge(edge);
                    let deed = Deed { on: Subject::Comment(CommentId(*comment)), act: &act, spare_decided: false };
                    if store.decide(&new, [deed]).expect("deciding works").operation.is_some() {
                        operations += 1;
                        words.push((operations, *comment, to, *human));
                    }
                }
                Step::Undo { operation } => {
                    let undone = store.undo(&new, &Undo::Operation(*operation as i64));
                    prop_assert_eq!(undone.is_ok(), *operation <= operations);
                    if let Ok((_, outcome)) = undone
                        && !outcome.changed.is_empty()
                    {
                        operations += 1;
                        // Only the first way is modelled: an undo of an undo ends the comparison with the model.
                        match words.iter().position(|word| word.0 == *operation) {
                            Some(at) => { words.remove(at); }
                            None => return Ok(()),
                        }
                    }
                }
                Step::Import { comment, parent } => {
                    given[*comment as usize - 1] = Some(parent.filter(|parent| parent != comment));
                    let newer = dump(&given, dumps.len() + 1);
                    dumps.push(newer.clone());
                    verbs::import(&mut store, newer);
                }
            }
            prop_assert_eq!(store.check().expect("a check"), vec![], "after {:?}", step);
            let found = tree(&store);
            for comment in 1..=COMMENTS {
                let of = |human: bool| words.iter().rev().find(|word| word.1 == comment && word.3 == human);
                let said = given[comment as usize - 1];
                let due = match (of(true), said, of(false)) {
                    (Some(word), _, _) | (None, None, Some(word)) => word.2,
                    (None, Some(parent), _) => parent,
                    (None, None, None) => None,
                };
                let (parent, key, ..) = &found[comment as usize - 1];
                prop_assert_eq!(key.clone(), due.map(|due| format!("k{due}")), "c{} after {:?}", comment, step);
                prop_assert!(parent.is_none() || *parent == due.map(CommentId));
                // Upwards from anywhere there is an end.
                let (mut at, mut steps) = (*parent, 0);
                while let Some(CommentId(id)) = at {
                    steps += 1;
                    prop_assert!(steps <= COMMENTS, "a circle through c{comment}");
                    at = found[id as usize - 1].0;
                }
            }
        }
        // A second database that only hears of the log, and of the dumps, ends in the same place.
        let mut other = Store::in_memory().expect("a database in memory");
        dumps.iter().for_each(|dump| verbs::import(&mut other, dump.clone()));
        other.merge(&store, false).expect("a merge");
        prop_assert_eq!(tree(&other), tree(&store));
        prop_assert_eq!(other.check().expect("a check"), vec![]);
        // Everything taken back, the newest first, what is left is what the dumps say.
        for (operation, ..) in words.iter().rev() {
            store.undo(&new, &Undo::Operation(*operation as i64)).expect("an undo");
        }
        let mut plain = Store::in_memory().expect("a database in memory");
        dumps.iter().for_each(|dump| verbs::import(&mut plain, dump.clone()));
        prop_assert_eq!(tree(&store), tree(&plain));
    }
}
