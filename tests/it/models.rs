//! Models from the command line: listed, shown, measured, fitted, and used in a scan.

use std::fmt::Write;

use crate::run::Place;

/// Invented labelled comments: rude ones about turnips, harmless ones about soup.
fn labelled(from: usize, to: usize) -> String {
    let mut lines = String::new();
    let (nouns, places) = (["turnips", "parsnips", "radishes"], ["market", "harbour", "kitchen", "street", "library"]);
    for n in from..to {
        let (noun, place) = (nouns[n % 3], places[n % 5]);
        let (text, y) = match n % 2 {
            0 => (format!("You wretched {noun} of the {place}, number {n}, go away"), 1),
            _ => (format!("The soup at the {place} was good on day {n} and the bread was fresh"), 0),
        };
        let _ = writeln!(lines, "{{\"text\":\"{text}\",\"y\":{y},\"case\":\"{noun}\"}}");
    }
    lines
}

fn place() -> Place {
    let place = Place::with("labelled.jsonl", labelled(0, 200));
    place.write("later.jsonl", labelled(200, 260));
    place
}

#[test]
fn the_same_comments_and_seed_give_the_same_bytes() {
    let place = place();
    for (file, seed) in [("a.model", 7), ("b.model", 7), ("c.model", 8)] {
        let ran = place.run(&format!("model train labelled.jsonl -o {file} --name rude --seed {seed}"));
        assert_eq!(ran.code(), 0, "{ran}");
        assert!(ran.stderr().contains("that it did not see: AUC 1.000"), "{ran}");
    }
    let bytes = |file: &str| std::fs::read(place.path(file)).unwrap();
    assert!(bytes("a.model") == bytes("b.model"));
    assert!(bytes("a.model") != bytes("c.model"));
}

#[test]
fn a_model_is_measured_and_used() {
    let place = place();
    assert_eq!(place.run("model train labelled.jsonl -o rude.model").code(), 0);
    let found = place.stdout("model eval later.jsonl --model rude.model -f json", 0);
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    assert_eq!((&found["scorer"], &found["figures"]["rows"]), (&"rude".into(), &60.into()));
    assert!(found["figures"]["auc"].as_f64() > Some(0.99), "{found}");
    assert_eq!(found["attacks"].as_array().unwrap().len(), 17);
    assert_eq!(found["cases"].as_array().unwrap().len(), 3);
    let text = place.stdout("model eval later.jsonl --model rude.model", 0);
    assert!(text.contains("60 texts, 30 positive; abstained on 0"), "{text}");

    place.write("talk.csv", "id,body,author\n1,You wretched turnips of the harbour go away,a\n2,The soup was good,b\n");
    assert_eq!(place.run("import talk.csv --map id=id,body=body,author=author").code(), 0);
    let ran = place.run("scan --model rude.model");
    assert!(ran.stderr().contains("rude: scored 2 comments; ask for scorer.rude:>0.5"), "{ran}");
    assert_eq!(place.stdout("search scorer.rude:>0.5 -f ids", 0), "c1\n");
    assert!(place.run("scan --model rude.model").stderr().contains("rude: scored 0 comments"));
}

#[test]
fn every_shipped_head_shows_itself_and_keeps_its_word() {
    let place = place();
    let list = place.stdout("model list -f json", 0);
    let list: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
    let heads: Vec<&str> =
        list.iter().filter(|row| !row["model"].is_null()).map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(heads, ["abuse", "identity", "spam"]);
    for head in heads {
        let shown = place.stdout(&format!("model show {head}"), 0);
        assert!(shown.contains("fitted on"), "{shown}");
        assert!(place.run(&format!("model eval later.jsonl --head {head} --attacks 0")).code() == 0);
    }
}

#[test]
fn mistakes_say_what_is_wanted() {
    let place = place();
    place.write("one.jsonl", "{\"text\":\"soup\",\"y\":1}\n");
    place.write("bad.jsonl", "{\"text\":\"soup\",\"y\":1}\nsoup\n");
    insta::assert_snapshot!(place.run("model train one.jsonl -o x.model"), @r"
    exit 2
    --- stderr
    quell: want 10 texts with y 1 and 10 with y 0 at the least, four fifths of them to fit on
    ");
    let bad = place.run("model eval bad.jsonl");
    assert!(bad.code() == 2 && bad.stderr().contains("line 2"), "{bad}");
    insta::assert_snapshot!(place.run("model show rudeness"), @r"
    exit 2
    --- stderr
    quell: there is no head rudeness
      the heads are abuse, identity, spam
    ");
    insta::assert_snapshot!(place.run("model train labelled.jsonl --recipe abuse -o x.model"), @r"
    exit 2
    --- stderr
    quell: the recipe wants the set jig_train
      name its file, or the folder of jig_train.jsonl
    ");
    assert_eq!(place.run("model eval nowhere.jsonl").code(), 2);
    assert_eq!(place.run("model show later.jsonl").code(), 2);
}
