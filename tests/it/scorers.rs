//! Other programs as scorers, through `quell scan --scorer`: what they say is kept and found, and what they do wrong is told.

use crate::run::Place;

/// Scores the length of the text, and how often `soup` stands in it.
const GOOD: &str = r#"import json, sys
print(json.dumps({"version": "1"}), flush=True)
for line in sys.stdin:
    comment = json.loads(line)
    assert set(comment) == {"id", "text", "post", "parent", "author", "created"}
    scores = {"length": len(comment["text"]), "soup": comment["text"].count("soup")}
    print(json.dumps({"id": comment["id"], "scores": scores}), flush=True)
"#;

fn place(script: &str) -> Place {
    let rows: String =
        (1..=80).map(|n| format!("{n},{} number {n},a\n", if n % 2 == 0 { "soup" } else { "bread" })).collect();
    let place = Place::with("talk.csv", format!("id,body,author\n{rows}"));
    place.write("judge.py", script);
    assert_eq!(place.run("import talk.csv --map id=id,body=body,author=author").code(), 0);
    place
}

fn scan(place: &Place, options: &str) -> crate::run::Ran {
    let options = options.split_whitespace();
    place.run_with(["scan", "--scorer", "python3 judge.py"].into_iter().chain(options))
}

#[test]
fn scores_are_kept_under_the_name_of_the_program() {
    let place = place(GOOD);
    let ran = scan(&place, "");
    assert_eq!(ran.code(), 0, "{ran}");
    let said = "judge 1: scored 80 comments; ask for scorer.judge.length, scorer.judge.soup";
    assert!(ran.stderr().contains(said), "{ran}");
    assert_eq!(place.stdout("search scorer.judge.soup:1.. -f ids", 0).lines().count(), 40);
    assert!(scan(&place, "").stderr().contains("judge: scored 0 comments"), "it has seen all");

    place.write("more.csv", "id,body,author\n81,soup soup,a\n");
    assert_eq!(place.run("import more.csv --map id=id,body=body,author=author").code(), 0);
    assert!(scan(&place, "").stderr().contains("judge 1: scored 1 comment;"));
    place.write("judge.py", GOOD.replace("\"1\"", "\"2\""));
    place.write("again.csv", "id,body,author\n82,soup,a\n");
    assert_eq!(place.run("import again.csv --map id=id,body=body,author=author").code(), 0);
    let ran = scan(&place, "");
    assert!(ran.stderr().contains("judge 2: scored 82 comments;"), "a new version scores everything anew: {ran}");
    let ran = scan(&place, "--scorer-name learned");
    assert_eq!(ran.code(), 2, "{ran}");
}

#[test]
fn what_goes_wrong_in_part_is_exit_code_3() {
    let place = place(
        &GOOD.replace("    scores =", "    if comment[\"id\"] == \"c40\": sys.exit(\"too much soup\")\n    scores ="),
    );
    let ran = scan(&place, "--scorer-restarts 5");
    assert_eq!(ran.code(), 3, "{ran}");
    assert!(ran.stderr().contains("judge: failed twice on c40; left out"), "{ran}");
    assert_eq!(place.stdout("search scorer.judge.length:* -f ids", 0).lines().count(), 79);

    let place = self::place("import sys\nfor line in sys.stdin: print('soup', flush=True)\n");
    let ran = scan(&place, "--scorer-timeout 3 --scorer-restarts 0");
    assert_eq!(ran.code(), 2, "{ran}");
    let said = ran.stderr();
    assert!(said.contains("judge: line 1: no JSON object") && said.contains("gave no answer for 3 s"), "{ran}");
}

#[test]
fn a_program_that_cannot_work_is_an_error_with_its_last_words() {
    let place = place("raise SystemExit('no module named soup')\n");
    let ran = scan(&place, "");
    assert_eq!(ran.code(), 2, "{ran}");
    assert!(ran.stderr().contains("quell: the scorer ended, exit status: 1: no module named soup"), "{ran}");
    let ran = place.run_with(["scan", "--scorer", "./nowhere"]);
    assert!(ran.code() == 2 && ran.stderr().contains("nowhere"), "{ran}");
}

#[test]
fn another_program_is_measured_like_a_head() {
    let place = place("");
    let script = GOOD.replace("scores = {", "scores = {\"rude\": float(\"turnip\" in comment[\"text\"]), ");
    place.write("judge.py", script.replace("    assert", "    # assert").replace("\"2\"", "\"1\""));
    place.write("labelled.jsonl", "{\"text\":\"you idiot turnip\",\"y\":1}\n{\"text\":\"good soup\",\"y\":0}\n");
    let ran = place.run_with([
        "model",
        "eval",
        "labelled.jsonl",
        "--scorer",
        "python3 judge.py",
        "--score",
        "rude",
        "-f",
        "json",
    ]);
    assert_eq!(ran.code(), 0, "{ran}");
    let found: serde_json::Value = serde_json::from_str(&ran.stdout()).unwrap();
    assert_eq!((&found["scorer"], &found["figures"]["f1"]), (&"judge.rude".into(), &1.0.into()));
}

/// The real `alt-profanity-check` from PyPI, where `QUELL_TEST_PROFANITY_CHECK` names a Python that has it.
#[test]
fn a_real_scorer_works() {
    let Some(python) = std::env::var_os("QUELL_TEST_PROFANITY_CHECK") else {
        eprintln!("skipped: QUELL_TEST_PROFANITY_CHECK names no Python with alt-profanity-check");
        return;
    };
    let place = place(
        r#"import json, sys
from profanity_check import predict_prob
for line in sys.stdin:
    comment = json.loads(line)
    print(json.dumps({"id": comment["id"], "scores": {"score": predict_prob([comment["text"]])[0]}}), flush=True)
"#,
    );
    place.write("rude.csv", "id,body,author\n81,you are a stupid idiot,a\n");
    assert_eq!(place.run("import rude.csv --map id=id,body=body,author=author").code(), 0);
    let command = format!("{} judge.py", python.to_string_lossy());
    let ran = place.run_with(["scan", "--scorer", &command, "--scorer-name", "profanity"]);
    assert_eq!(ran.code(), 0, "{ran}");
    assert_eq!(place.stdout("search scorer.profanity:>0.5 -f ids", 0), "c81\n");
}
