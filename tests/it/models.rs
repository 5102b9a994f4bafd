//! Models from the command line: listed, shown, measured, fitted, and used in a scan.

use std::fmt::Write;
use std::io::{BufRead, BufReader};

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

#[test]
fn several_files_are_measured_in_one_run() {
    let place = place();
    assert_eq!(place.run("model train labelled.jsonl -o rude.model").code(), 0);
    let text = place.stdout("model eval labelled.jsonl later.jsonl --model rude.model --attacks 0", 0);
    let row = |file: &str| text.lines().find(|line| line.starts_with(file)).unwrap_or_default().to_owned();
    assert!(row("labelle").contains("200") && row("later.j").contains("60"), "{text}");
    let found = place.stdout("model eval labelled.jsonl later.jsonl --model rude.model --attacks 0 -f json", 0);
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found["files"].as_array().unwrap().len(), 2);
}

/// Invented begging under three videos, and talk.
fn begging() -> Place {
    let place = Place::new();
    let (mut spam, mut talk) = (String::new(), String::new());
    for n in 0..60 {
        let (text, y) = match n % 2 {
            0 => (format!("Subscribe to my channel for turnips, gift number {n}"), 1),
            _ => (format!("This song reminds me of soup on day {n}"), 0),
        };
        let _ = writeln!(spam, "{{\"text\":\"{text}\",\"y\":{y},\"video\":\"v{}\"}}", n % 7);
        let _ = writeln!(talk, "{{\"text\":\"The bread of day {n} was fresh, see the second chapter\",\"y\":0}}");
    }
    place.write("ytspam_dev.jsonl", spam);
    place.write("jig_train.jsonl", talk);
    place
}

#[test]
fn a_recipe_is_cross_validated_and_makes_the_same_bytes_again() {
    let place = begging();
    for file in ["a.bin", "b.bin"] {
        assert_eq!(place.run(&format!("model train . --recipe spam -o {file}")).code(), 0);
    }
    assert!(std::fs::read(place.path("a.bin")).unwrap() == std::fs::read(place.path("b.bin")).unwrap());
    let found = place.stdout("model eval . --recipe spam -f json", 0);
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    let of: Vec<_> = found.as_array().unwrap().iter().map(|row| row["of"].as_str().unwrap()).collect();
    assert_eq!(of, ["ytspam_dev", "jig_train"]);
    assert!(found[0]["figures"]["auc"].as_f64() > Some(0.95), "{found}");
    assert_eq!(place.run("model eval . --recipe rudeness").code(), 2);
}

/// The first labelled comments of a pack that the fit never saw, if it is there.
fn pack(name: &str, most: usize) -> Option<String> {
    let data = crate::support::samples()?.parent()?.join("data/detect").join(format!("{name}.jsonl.xz"));
    let plain = BufReader::new(liblzma::read::XzDecoder::new(std::fs::File::open(data).ok()?));
    plain.lines().take(most).map(|line| Some(line.ok()? + "\n")).collect()
}

#[test]
fn the_abuse_head_keeps_what_it_promises_on_comments_it_never_saw() {
    let Some(comments) = pack("jig_val", 2000) else { return };
    let place = Place::with("val.jsonl", comments);
    let found = place.stdout("model eval val.jsonl --attacks 60 -f json", 0);
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    let (of, figures) = (|value: &serde_json::Value, name: &str| value[name].as_f64().unwrap(), &found["figures"]);
    assert!(of(figures, "auc") >= 0.97, "{figures}");
    assert!(of(figures, "f1") >= 0.79 && of(figures, "false_positive_rate") <= 0.03, "{figures}");
    assert!(of(figures, "calibration_error") <= 0.02, "{figures}");
    for left in found["attacks"].as_array().unwrap() {
        assert!(of(left, "cost") <= 0.1 && of(left, "false_positive_rate") <= 0.07, "{left}");
    }
}

#[test]
fn few_harmless_mentions_of_groups_are_flagged_and_many_attacks_found() {
    let place = place();
    for (head, neutral, positive, attacks) in [("abuse", 0.05, 0.15, 0.25), ("identity", 0.12, 0.14, 0.45)] {
        let found = place.stdout(&format!("model eval later.jsonl --head {head} --attacks 0 -f json"), 0);
        let found: serde_json::Value = serde_json::from_str(&found).unwrap();
        let share = |tone: &str, what: &str, all: &str| {
            let mentions = found["mentions"].as_array().unwrap();
            let of = mentions.iter().find(|share| share["of"] == tone).unwrap();
            of[what].as_f64().unwrap() / of[all].as_f64().unwrap()
        };
        assert!(share("neutral", "wrong", "texts") <= neutral, "{head}: {found}");
        assert!(share("positive", "wrong", "texts") <= positive, "{head}: {found}");
        assert!(share("attack", "found", "texts") >= attacks, "{head}: {found}");
    }
}
