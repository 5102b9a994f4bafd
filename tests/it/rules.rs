//! Rules through the real program: a scan finds what searches find, flags with spans, and can be taken back.

use super::run::Place;

const RULES: &str = r#"
[[rule]]
id = "soup"
reason = "off-topic"
match = 'soup'
status = "flag"
note = "about {{match}}"
test.hit = ["Hot soup"]

[[rule]]
id = "links"
reason = "spam.commercial"
match = '/https?:/ -soup'
status = "flag"

[[rule]]
id = "answers"
reason = "off-topic"
match = 'parent:{soup}'
status = "shadow"

[[rule]]
id = "many"
reason = "low-quality"
match = '/e/'
status = "flag"
limits = { max_hit_rate = 0.01 }
"#;

/// 150 comments in one thread; every tenth is about soup, every fifteenth has a link.
fn place() -> Place {
    let mut lines = String::new();
    for id in 1..=150 {
        let soup = if id % 10 == 0 { "Soup, and" } else { "Bread and" };
        let link = if id % 15 == 0 { " http://a.example/x" } else { "" };
        let parent = if id > 1 { format!(r#","parent_id":"{}""#, id / 2) } else { String::new() };
        lines.push_str(&format!(
            "{{\"id\":\"{id}\",\"post\":\"p\",\"author\":\"a{}\",\"body\":\"{soup} more.{link}\"{parent}}}\n",
            id % 7
        ));
    }
    let place = Place::with("talk.ndjson", lines);
    place.write("rules.toml", RULES);
    place.run("import talk.ndjson");
    place
}

fn ids(place: &Place, query: &str) -> Vec<String> {
    let mut ids: Vec<String> =
        place.run_with(["search", query, "-f", "ids"]).stdout().lines().map(str::to_owned).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn a_scan_flags_what_searches_find_and_can_be_taken_back() {
    let place = place();
    assert_eq!(place.run("scan --rules rules.toml -n").code(), 3);
    assert!(ids(&place, "flag:*").is_empty());
    let ran = place.run("scan --rules rules.toml -f tsv");
    assert_eq!(ran.code(), 3, "{}", ran.stderr());
    assert!(ran.stdout().contains("max_hit_rate"), "{}", ran.stdout());
    assert_eq!(ids(&place, "soup").len(), 15);
    assert_eq!(ids(&place, "flag:off-topic"), ids(&place, "soup"));
    assert_eq!(ids(&place, "flag:spam.commercial"), ids(&place, "/https?:/ -soup"));
    // The rule that hit too much and the one in the shadow left no mark.
    assert!(ids(&place, "flag:low-quality").is_empty());
    // A second scan finds nothing new.
    let again = place.run("scan --rules rules.toml");
    assert!(again.stderr().contains("marked 0 comments"), "{}", again.stderr());
    place.run("undo --rule soup");
    assert!(ids(&place, "flag:off-topic").is_empty());
}

#[test]
fn a_rule_that_was_stopped_is_asked_again_once_something_has_changed() {
    let place = place();
    let scan = |line: &str| -> Vec<String> {
        let ran = place.run(&format!("scan {line} -f tsv"));
        assert_eq!(ran.code(), 3, "{ran}");
        let row = ran.stdout().lines().find(|row| row.starts_with("many\t")).expect("the rule's row").to_owned();
        row.split('\t').map(str::to_owned).collect()
    };
    let asked = |line: &str| {
        let row = scan(line);
        assert_eq!(row[5], "0", "{row:?}");
        assert!(row[6].contains("max_hit_rate"), "{row:?}");
        (row[3].clone(), row[4].clone(), row[6].contains("not asked again"))
    };
    let fully = |comments: &str| (comments.to_owned(), comments.to_owned(), false);
    assert_eq!(asked("--rules rules.toml"), fully("150"));
    for _ in 0..2 {
        assert_eq!(asked("--rules rules.toml"), ("0".to_owned(), "150".to_owned(), true));
    }
    assert_eq!(asked("--rules rules.toml --all"), fully("150"));
    place.write("more.ndjson", r#"{"id":"151","post":"p","author":"a","body":"More bread."}"#);
    place.run("import more.ndjson --source ndjson --scope talk.ndjson");
    assert_eq!(asked("--rules rules.toml"), fully("151"));
    // Another rule under the same name is another question.
    place.write("rules.toml", RULES.replace("match = '/e/'", "match = '/d/'"));
    assert!(!asked("--rules rules.toml").2);
    place.write("rules.toml", RULES.replace("limits = { max_hit_rate = 0.01 }", ""));
    let ran = place.run("scan --rules rules.toml");
    assert_eq!(ran.code(), 0, "{ran}");
    assert_eq!(ids(&place, "flag:low-quality").len(), 151);
}

#[test]
fn a_rule_is_measured_against_what_people_decided() {
    let place = place();
    place.run("remove 10 --as ann --yes");
    place.run_with(["remove", "soup -/https?:/", "--as", "ann", "--yes"]);
    place.run_with(["approve", "-soup", "--as", "ann", "--yes"]);
    let ran = place.run("rules backtest soup --rules rules.toml --samples 3 -f tsv");
    assert_eq!(ran.code(), 0, "{}", ran.stderr());
    let out = ran.stdout();
    let row: Vec<&str> = out.lines().find(|line| line.starts_with("soup")).unwrap().split('\t').collect();
    assert_eq!(&row[1..4], ["flag", "15", "10.000 %"], "{}", ran.stdout());
    assert!(row[4].starts_with("1.000"), "{}", ran.stdout());
}

#[test]
fn faults_say_where_and_what_to_do() {
    let place = Place::with("bad.toml", "[[rule]]\nid = \"a\"\nreason = \"offtopic\"\nmatch = 'x'\nstats = 1\n");
    let ran = place.run("rules check bad.toml");
    assert_eq!(ran.code(), 2);
    for part in ["bad.toml:3:10: no reason `offtopic`; did you mean `off-topic`?", "bad.toml:5:1: no key `stats`"] {
        assert!(ran.stderr().contains(part), "{}", ran.stderr());
    }
    assert_eq!(place.run("rules check").code(), 0);
}

#[test]
fn a_change_of_a_rule_says_what_it_gains_and_loses() {
    let place = place();
    place.write(
        "new.toml",
        RULES.replace("match = 'soup'", "match = 'soup /https?:/'").replace("Hot soup", "soup http://x"),
    );
    let ran = place.run("rules diff rules.toml new.toml -f tsv");
    let out = ran.stdout();
    let row: Vec<&str> = out.lines().find(|line| line.starts_with("soup")).unwrap().split('\t').collect();
    assert_eq!(&row[1..5], ["15", "5", "10", "0"], "{}", ran.stdout());
}

#[test]
fn rules_of_other_systems_become_drafts() {
    let place = Place::with(
        "config.yaml",
        "body: casino\naction: remove\n---\nauthor:\n    comment_karma: '< 3'\naction: spam\n",
    );
    let ran = place.run("rules convert automoderator config.yaml");
    assert_eq!(ran.code(), 3);
    assert!(ran.stdout().contains("match = \"casino\""), "{}", ran.stdout());
    assert!(ran.stderr().contains("lost: comment_karma"), "{}", ran.stderr());
    place.write("made.toml", ran.stdout());
    let checked = place.run("rules check made.toml");
    assert_eq!(checked.code(), 0, "{}", checked.stderr());
}
