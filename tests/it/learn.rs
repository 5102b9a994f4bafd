//! Learning from decisions through the real program: what it says, its field, the mixed queue, and unlearning by undo.

use crate::run::Place;

/// A database of 90 invented comments, of which the first 60 are decided: what is cheap is spam.
fn place() -> Place {
    let line = |n: usize| match n % 3 {
        0 => format!("{n},Cheap watches number {n} at the harbour stall,a{n}\n"),
        1 => format!("{n},The bread of day {n} was fresh and the soup was warm,a{n}\n"),
        _ => format!("{n},Who else came to the harbour on day {n} to see the boats?,a{n}\n"),
    };
    let place = Place::with("talk.csv", format!("id,body,author\n{}", (1..=90).map(line).collect::<String>()));
    assert_eq!(place.run("import talk.csv --map id=id,body=body,author=author").code(), 0);
    place
}

fn decide(place: &Place, up_to: usize) {
    let ids =
        |spam: bool| (1..=up_to).filter(|n| n.is_multiple_of(3) == spam).map(|n| format!("c{n}\n")).collect::<String>();
    let run = |line: &str, ids: String| {
        let ran = place.run_on(line, ids.as_bytes());
        assert_eq!(ran.code(), 0, "{ran}");
    };
    run("approve - --yes --as ann", ids(false));
    run("spam - --yes --as ann --reason spam.commercial", ids(true));
}

#[test]
fn few_decisions_teach_nothing_and_it_says_so() {
    let place = place();
    insta::assert_snapshot!(place.run("learn"), @r"
    exit 1
    learned on top of abuse and spam: 0 decisions, 0 for it
      abstains: 0 decisions, 0 of them for it: wants 10, and 3 each for and against
    --- stderr
    ");
    assert_eq!(place.run("search learned:*").code(), 1);
}

#[test]
fn what_was_decided_becomes_a_field_and_undo_unlearns_it() {
    let place = place();
    decide(&place, 60);
    let report = place.stdout("learn --report -f json", 0);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["learned"][1]["name"], "learned.spam");
    assert_eq!(report["learned"][0]["decisions"], 60);
    let words = report["learned"][1]["speaks_for"].to_string();
    assert!(words.contains("watches"), "{words}");
    assert_eq!(place.run("search learned:*").code(), 1, "a report changes nothing");

    let ran = place.run("learn");
    assert_eq!(ran.code(), 0, "{ran}");
    assert!(ran.stderr().contains("scored 90 comments"), "{ran}");
    let found = place.stdout("search learned:>0.5 status:pending -f ids", 0);
    let mut found: Vec<&str> = found.lines().collect();
    found.sort_unstable();
    assert_eq!(found, ["c63", "c66", "c69", "c72", "c75", "c78", "c81", "c84", "c87", "c90"]);
    assert_eq!(place.stdout("search learned.spam:>0.5 status:pending -f ids", 0).lines().count(), 10);
    let sorted = place.stdout("search status:pending --sort learned -f ids", 0);
    assert!(found.contains(&sorted.lines().next().unwrap()), "{sorted}");
    assert!(place.run("learn").stderr().contains("scored 0 comments"), "nothing new was learned");

    assert_eq!(place.run("undo --as ann").code(), 0);
    assert_eq!(place.run("learn").code(), 1, "only approvals are left");
    assert_eq!(place.run("search learned:*").code(), 1);
    assert_eq!(place.run("undo 3 --as ann").code(), 0);
    assert_eq!(place.run("learn").code(), 0);
    assert_eq!(place.stdout("search learned:>0.5 status:pending -f ids", 0).lines().count(), 10, "as it was");
}

#[test]
fn new_comments_are_scored_by_the_next_scan() {
    let place = place();
    decide(&place, 60);
    assert_eq!(place.run("learn").code(), 0);
    place.write("more.csv", "id,body,author\n91,Cheap watches number 91 at the harbour stall,b\n");
    assert_eq!(place.run("import more.csv --map id=id,body=body,author=author").code(), 0);
    assert_eq!(place.run("search learned:* id:91").code(), 1);
    place.run("scan");
    assert_eq!(place.run("search learned:>0.5 id:91").code(), 0);
}

#[test]
fn of_ten_in_a_mixed_queue_six_are_risky() {
    let place = place();
    decide(&place, 60);
    assert_eq!(place.run("learn").code(), 0);
    let queue = place.stdout("queue --mix --limit 10", 0);
    let turns: Vec<&str> = queue.lines().skip(1).filter_map(|line| line.split('\t').nth(2)).collect();
    assert_eq!(turns, ["risk", "risk", "risk", "risk", "risk", "risk", "doubt", "doubt", "doubt", "random"]);
    assert_eq!(queue, place.stdout("queue --mix --limit 10 --seed 1", 0));
    let ids = |queue: &str| {
        queue.lines().skip(1).filter_map(|line| line.split('\t').next().map(str::to_owned)).collect::<Vec<_>>()
    };
    let all = ids(&place.stdout("queue --mix --limit 0", 0));
    assert_eq!(all.len(), 30, "what was decided does not come again");
    let other = ids(&place.stdout("queue --mix --limit 0 --seed 9", 0));
    assert_ne!(all, other, "another seed draws others");
    assert_eq!(place.run("queue --seed 3").code(), 2, "a seed is for a mix");
}

#[test]
fn what_was_learned_explains_itself() {
    let place = place();
    decide(&place, 60);
    assert_eq!(place.run("learn").code(), 0);
    let why = place.stdout("show c63 --why", 0);
    for part in [
        "learned   0.",
        "from 60 decisions, 20 for it; knows ",
        "starts from abuse or spam 0.",
        "trust in that ",
        "“Cheap” +",
        "learned.spam 0.",
        "starts from spam 0.",
    ] {
        assert!(why.contains(part), "{part}:\n{why}");
    }
    assert!(!why.contains("scorer.learned"), "{why}");
    place.write("odd.csv", "id,body,author\n91,Violins tuned differently yesterday,b\n");
    assert_eq!(place.run("import odd.csv --map id=id,body=body,author=author").code(), 0);
    place.run("scan");
    let why = place.stdout("show c91 --why", 0);
    assert!(why.contains("learned   abstains from 60 decisions: knows 0 % of its words, wants 20 %"), "{why}");
}

#[test]
fn a_report_says_how_well_it_does_on_decisions_that_it_did_not_learn_from() {
    let place = place();
    decide(&place, 60);
    // Two bulk operations: the later decisions are all spam.
    let report = place.stdout("learn --report", 0);
    for part in [
        "learned on top of abuse and spam: 60 decisions, 20 for it",
        "on 60 decisions, a fifth at a time, drawn, learned from the others",
        "AUC 1.000, without learning ",
        "said 0.0 to 0.2: ",
        "speak for it: ",
        "watches +",
    ] {
        assert!(report.contains(part), "{part}:\n{report}");
    }
    for n in 61..=90 {
        let (verb, reason) = if n % 3 == 0 { ("spam", " --reason spam.commercial") } else { ("approve", "") };
        place.run(&format!("{verb} c{n} --as ann{reason}"));
    }
    let report = place.stdout("learn --report", 0);
    assert!(report.contains("on the later 28 decisions, learned from the ones before:"), "{report}");
}

#[test]
fn undoing_unlearns_to_the_last_bit() {
    let learned = |place: &Place| {
        let store = quell::store::Store::open(&place.path("quell.db")).unwrap();
        store.learned().unwrap()
    };
    for seed in 0..4_usize {
        let (with, without) = (place(), place());
        for place in [&with, &without] {
            decide(place, 45);
        }
        for n in 0..6 {
            let id = 46 + (seed * 7 + n * 5) % 45;
            let verb = ["spam", "approve", "remove"][(seed + n) % 3];
            assert_eq!(with.run(&format!("{verb} c{id} --as ann")).code(), 0);
            assert_eq!(with.run("undo --as ann").code(), 0);
        }
        assert_eq!((with.run("learn").code(), without.run("learn").code()), (0, 0));
        assert_eq!(learned(&with), learned(&without));
    }
}

#[test]
fn decisions_on_labelled_comments_can_be_played_through() {
    let place = Place::new();
    let line = |n: usize| {
        let text = if n.is_multiple_of(3) { "Cheap watches at the harbour" } else { "The bread was fresh" };
        format!("{{\"text\":\"{text} {n}\",\"y\":{},\"video\":\"v{}\"}}\n", u8::from(n.is_multiple_of(3)), n % 7)
    };
    place.write("labelled.jsonl", (0..210).map(line).collect::<String>());
    let played = place.stdout("learn --simulate labelled.jsonl --head none -f json", 0);
    let played: Vec<serde_json::Value> = serde_json::from_str(&played).unwrap();
    assert_eq!(played.len(), 9, "three orders at 0, 25 and 100; 400 are not there");
    assert_eq!((&played[0]["AUC"], &played[2]["AUC"]), (&"0.500".into(), &"1.000".into()));
    assert_eq!(place.run("learn --simulate labelled.jsonl --head none --report").code(), 2);
    assert_eq!(place.run("learn --simulate labelled.jsonl --head soup").code(), 2);
}
