//! Scans through the real program: what they measure, flag and explain, that small ones add up, that killed ones leave
//! nothing out, and what rules find in real samples.

use std::process::Stdio;
use std::time::Instant;

use crate::run::Place;
use crate::support::samples;

fn line(id: usize, parent: Option<usize>, body: &str) -> String {
    let parent = parent.map(|parent| format!(r#","parent_id":"{parent}""#)).unwrap_or_default();
    let minute = id % 60;
    format!(
        r#"{{"id":"{id}","post":"p","author":"a{}","date":"2024-03-02T{:02}:{minute:02}:00Z","body":"{body}"{parent}}}"#,
        id % 9,
        (id / 60) % 24
    ) + "\n"
}

/// A bakery's thread with an insult, an advertisement, a telephone number and nine copies.
fn bakery() -> Place {
    let mut lines = String::new();
    let talk = [
        "The bakery on Harbour Street opens again in April and the bread will be rye.",
        "Rye bread needs a sour starter, and the bakery on Harbour Street knows how to feed one.",
        "You are a stupid id1ot, shut up.",
        "Check out my channel and subscribe, everyone: http://soup.example/x",
        "Ring the bakery at +49 30 901820 before you go to Harbour Street for bread.",
        "> You are a stupid idiot\\nPlease don't write like that here, thank you.",
    ];
    for (at, body) in talk.iter().enumerate() {
        lines.push_str(&line(at + 1, (at > 0).then_some(1), body));
    }
    for copy in 0..9 {
        lines.push_str(&line(
            10 + copy,
            None,
            &format!("Vote for the other bakery at the town hall on Sunday{}", ".".repeat(copy)),
        ));
    }
    let place = Place::with("talk.ndjson", lines);
    place.run("import talk.ndjson");
    place
}

#[test]
fn a_scan_measures_flags_and_explains() {
    let place = bakery();
    let before = place.run("search abuse:>0.5 -f ids");
    assert_eq!(before.code(), 1);
    assert!(before.stderr().contains("15 comments not scanned yet: quell scan"), "{before}");
    for asks in ["search * --sort abuse -f ids", "flag abuse:>0.5 --reason abuse --yes -n"] {
        assert!(place.run(asks).stderr().contains("15 comments not scanned yet: quell scan"), "{asks}");
    }
    let on_the_spot = place.stdout("waves", 0);
    let scanned = place.run("scan");
    assert_eq!(scanned.code(), 0, "{scanned}");
    assert!(scanned.stderr().contains("scanned 15 comments; marked"), "{scanned}");
    assert_eq!(place.stdout("search abuse:>=0.73 -f ids", 0), "c3\n");
    assert!(place.run("search abuse:>0.5 -f ids").stderr().is_empty());
    assert_eq!(place.stdout("search spam:>0.9 -f ids", 0), "c4\n");
    assert_eq!(place.stdout("search personal:>=1 -f ids", 0), "c5\n");
    assert!(place.stdout("search evasion:>0 -f ids", 0).contains("c3\n"));
    assert_eq!(place.stdout("count copies:9", 0), "9\n");
    assert_eq!(place.stdout("count parent:{copies:1}", 0), "5\n");
    assert!(place.stdout("search * --sort abuse --limit 2 -f ids", 0).starts_with("c3\n"));
    assert_eq!(place.stdout("search rule:abuse.likely -f ids", 0), "c3\n");
    assert_eq!(place.stdout("count rule:spam.copies", 0), "9\n");
    assert_eq!(place.stdout("waves", 0), on_the_spot);
    let why = place.stdout("show c3 --why", 0);
    for part in
        ["flagged abuse.incivility by the rule abuse.likely@", "“id1ot”", "abuse", "offtopic", "also read as idiot"]
    {
        assert!(why.contains(part), "{part}:\n{why}");
    }
    let why = place.stdout("show c10 --why", 0);
    assert!(why.contains("nearly the same: c8 c9") || why.contains("nearly the same: c7"), "{why}");
    assert!(place.stdout("show c5 --why", 0).contains("“+49 30 901820” phone number"));
    assert_eq!(place.run("show p1 --why").code(), 2);
    let stats = place.stdout("stats", 0);
    assert!(stats.contains("scanned\t\t15\n") && stats.contains("flags open\tspam.flood\t9\n"), "{stats}");
    place.run("remove c3 --as ann");
    let rules = place.stdout("stats --rules -f csv", 0);
    assert!(rules.lines().any(|line| line.starts_with("abuse.likely,") && line.contains(",0,1,0,")), "{rules}");
}

/// A talk about a bakery in which a branch turns to football, a comment declares itself, and one is a link alone.
fn drifting() -> Place {
    let talk = [
        (None, "The bakery on Harbour Street opens again in April and the bread will be rye with sour starter."),
        (Some(1), "Rye bread needs a sour starter, and the bakery on Harbour Street knows how to feed one in April."),
        (
            Some(1),
            "The old bakery had a stone oven for the rye bread; will the new one on Harbour Street keep the oven?",
        ),
        (
            Some(3),
            "The stone oven stays, said the baker, and the rye bread will be baked on Harbour Street every morning.",
        ),
        (Some(2), "Did anybody watch Saturday's quarterfinal, when the goalkeeper saved a penalty kick in overtime?"),
        (
            Some(5),
            "Chess bores me less: a striker of a grandmaster sacrificed two knights, resigned, and smiled at cameras.",
        ),
        (Some(6), "Agreed."),
        (None, "I know this is off topic, but who sells a used bicycle near here?"),
        (None, "https://soup.example/a"),
        (
            Some(4),
            "And the price of a loaf of rye bread from the stone oven on Harbour Street, what did the baker say?",
        ),
    ];
    let lines = talk.iter().enumerate().map(|(at, (parent, body))| line(at + 1, *parent, body)).collect::<String>();
    let place = Place::with("talk.ndjson", lines);
    place.run("import talk.ndjson");
    place.run("scan");
    place
}

#[test]
fn a_branch_that_leaves_the_topic_is_one_finding_on_its_root() {
    let place = drifting();
    let ids = |query: &str| {
        let found = place.run_with(["search", "--sort", "oldest", "-f", "ids", "--", query]).stdout();
        found.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    let (root, reply) = (ids("quarterfinal"), ids("striker"));
    assert_eq!(ids("offtopic.unrelated:>0.8"), format!("{root} {reply}"));
    assert_eq!(ids("rule:off-topic.drift"), root, "the reply inherits and is not flagged again");
    assert!(place.stdout("queue", 0).contains(&format!("{root}\t")));
    let why = |id: &str| place.stdout(&format!("show {id} --why"), 0);
    assert!(why(&root).contains("shares little with its post and thread; 2 below it"), "{}", why(&root));
    assert!(why(&root).contains("a branch leaves the topic here: 2 below it"), "{}", why(&root));
    assert!(why(&reply).contains(&format!("follows {root}, which left the topic")), "{}", why(&reply));
    let short = why(&ids("agreed"));
    assert!(short.contains("unrelated: abstains, fewer than 8 words"), "{short}");
    assert!(short.contains(&format!("follows {root}, which left the topic")), "{short}");
    let near = why(&ids("sells"));
    assert!(near.contains("declared: says so itself, “I know this is off topic”"), "{near}");
    let at_home = why(&ids("loaf"));
    for part in
        ["declared: no", "empty: no", "unrelated: 0.", "likeness to the post", "to what it answers", "to the thread"]
    {
        assert!(at_home.contains(part), "{part}:\n{at_home}");
    }
}

#[test]
fn declared_unrelated_and_empty_are_kept_apart() {
    let place = drifting();
    let found = |query: &str| place.stdout(&format!("count {query}"), 0);
    assert_eq!(found("offtopic.declared:1 sells offtopic:1"), "1\n");
    assert_eq!(found("offtopic.declared:1"), "1\n");
    assert_eq!(found("offtopic.empty:1 soup NOT offtopic:*"), "1\n", "a link alone can't be compared");
    assert_eq!(found("offtopic.empty:0 offtopic.declared:0"), "8\n");
}

#[test]
fn kinds_of_words_are_fields_and_swearing_alone_is_no_abuse() {
    let place = Place::with(
        "talk.ndjson",
        [
            line(1, None, "I love that fucking horse, what a race!"),
            line(2, None, "You fucking idiot, shut up."),
            line(3, None, "I will find you and k1ll you."),
            line(4, None, "The rye bread was good."),
        ]
        .concat(),
    );
    place.run("import talk.ndjson");
    place.run("scan");
    let ids = |query: &str| place.run(&format!("search --sort oldest -f ids {query}")).stdout();
    assert_eq!(ids("profanity:>0"), "c1\nc2\n");
    assert_eq!((ids("insult:>0"), ids("threat:>0"), ids("sexual:>0")), ("c2\n".into(), "c3\n".into(), String::new()));
    assert_eq!(ids("rule:abuse.likely profanity:>0"), "c2\n", "swearing at nobody is not flagged");
    assert_eq!(ids("threat:0"), "c1\nc2\nc4\n");
    let why = place.stdout("show c3 --why", 0);
    assert!(why.contains("threat    1") && why.contains("“k1ll”"), "{why}");
    let json = place.stdout("export -f jsonl --signals", 0);
    assert!(json.contains(r#""threat":1.0"#) && json.contains(r#""profanity":1.0"#), "{json}");
    place.write("again.jsonl", &json);
    assert_eq!(place.run("--db again.db import again.jsonl").code(), 0, "what detectors said is passed over");
    assert_eq!(place.stdout("--db again.db export -f jsonl", 0), place.stdout("export -f jsonl", 0));
    assert_eq!(place.run("export -f csv --signals").code(), 2);
}

#[test]
fn a_second_scan_looks_at_what_is_new_alone() {
    let place = bakery();
    assert_eq!(place.run("scan -n").code(), 0);
    assert_eq!(place.run("count flag:*").code(), 1);
    place.run("scan");
    let again = place.run("scan");
    assert_eq!(again.code(), 1);
    assert!(again.stderr().contains("scanned 0 comments of 15; marked 0 comments"), "{again}");
    let edited =
        [line(2, Some(1), "You are a stupid bastard."), line(20, Some(2), "That was rude, the bread is good.")];
    place.write("talk.ndjson", edited.concat());
    place.run("import talk.ndjson");
    let stale = place.run("search -f ids -- -abuse:*");
    assert!(stale.stderr().contains("2 comments not scanned yet"), "{stale}");
    assert!(stale.stdout().contains("c2\n"), "what was known of the old text is not known of the new: {stale}");
    let scanned = place.run("scan");
    assert!(scanned.stderr().contains("scanned 2 comments of 16; marked "), "{scanned}");
    assert_eq!(place.stdout("search abuse:>=0.73 --sort oldest -f ids", 0), "c2\nc3\n");
    let all = place.run("scan --all");
    assert!(all.stderr().contains("scanned 16 comments; marked 0 comments"), "{all}");
}

#[test]
fn a_rule_that_suddenly_finds_much_more_says_so() {
    let place = Place::with(
        "rules.toml",
        "[[rule]]\nid = \"soup\"\nreason = \"off-topic\"\nmatch = 'soup'\nstatus = \"shadow\"\n",
    );
    let mut said = Vec::new();
    for week in 0..7 {
        let mut lines = String::new();
        for at in 0..900 {
            let soup = at % if week == 6 { 10 } else { 100 } == 0;
            lines.push_str(&line(1 + week * 900 + at, None, if soup { "soup" } else { "bread" }));
        }
        place.write("week.ndjson", lines);
        place.run("import week.ndjson");
        said.push(place.run("scan --rules rules.toml").stderr());
    }
    assert!(said[..6].iter().all(|said| !said.contains("alarm")), "{said:?}");
    assert!(
        said[6].contains("alarm: soup found 10.00 % of what it was asked about, 1.00 % in the scans before"),
        "{}",
        said[6]
    );
    let stats = place.stdout("stats --rules -f csv", 0);
    assert!(stats.lines().nth(1).is_some_and(|line| line.contains(",900,90,10.000 %,6,54,1.000 %,")), "{stats}");
}

#[test]
fn a_scan_killed_at_random_moments_ends_like_a_clean_one() {
    let mut lines = String::new();
    for at in 1..4_000 {
        let text =
            ["soup is good", "you stupid idiot", "bread on Harbour Street, opened again", "soup for free, subscribe"];
        let parent = (at > 50).then(|| at - at % 37 - 1);
        lines.push_str(&line(at, parent, &format!("{} {at}", text[at % 4])));
    }
    let place = Place::with("talk.ndjson", lines);
    place.run("--db clean.db import talk.ndjson");
    place.run("import talk.ndjson");
    let began = Instant::now();
    place.run("--db clean.db scan");
    let whole = began.elapsed();
    for share in [20, 45, 60, 85] {
        let mut child = place.command("-q scan").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * share / 100);
        let _ = child.kill();
        child.wait().unwrap();
        assert_eq!(place.stdout("db check", 0), "no damage found\n");
    }
    place.run("scan");
    for query in ["abuse:>0.5", "offtopic:>0.5", "copies:>1", "-lang:*", "rule:abuse.likely", "flag:*"] {
        let found = |db: &str| place.run(&format!("--db {db} search -f ids -- {query}"));
        let (clean, killed) = (found("clean.db"), found("quell.db"));
        assert!(clean.code() < 2 && clean.stdout() == killed.stdout(), "{query} finds something else after kills");
    }
}

#[test]
fn mistakes_in_rules_end_a_scan_before_it_begins() {
    let place = bakery();
    for (rule, fault) in [
        ("reason = \"threat\"\nmatch = 'abuse:>x'", "rules.toml:4:"),
        ("reason = \"threat\"\nmatch = 'abuce:>0.9'", "did you mean `abuse`?"),
        ("reason = \"threat\"\nmatch = 'scorer.:>0.9'", "no field `scorer.`"),
        ("reason = \"treat\"\nmatch = 'soup'", "no reason `treat`; did you mean `threat`?"),
        ("reason = \"threat\"\nmatch = 'abuse:>0.9'\ntest.hit = [{ body = \"x\", abuse = 0.5 }]", "does not find this"),
        ("reason = \"threat\"\nmatch = 'abuse:>0.9 abuse:<0.5'", "can never match"),
        ("reason = \"threat\"\nmatch = 'soup'\nstatus = \"on\"", "no status `on`"),
        ("reason = \"threat\"\nmatch = 'soup'\nexpires = 2027-01-01", "no key `expires`"),
        ("reason = \"threat\"\nmatch = 'query:none'", "no saved query `none`"),
        ("reason = \"threat\"\nmatch = 'list(none.txt)'", "no list `none.txt`"),
        ("reason = \"threat\"", "a rule without `match`"),
        ("reason = \"threat\"\nmatch = 'soup", "rules.toml:4:"),
    ] {
        place.write("rules.toml", format!("[[rule]]\nid = \"a\"\n{rule}\n"));
        let ran = place.run("scan --rules rules.toml");
        assert_eq!(ran.code(), 2, "{rule}\n{ran}");
        assert!(ran.stderr().contains(fault), "{rule}\n{ran}");
    }
    let left = place.run("count flag:*");
    assert_eq!((left.code(), left.stdout().as_str()), (1, "0\n"));
    assert!(place.run("count abuse:*").stderr().contains("15 comments not scanned yet"));
}

#[test]
fn the_rules_that_come_with_quell_are_quiet_on_real_threads() {
    let Some(folder) = samples() else { return };
    let place = Place::new();
    for source in ["disqus", "hn", "reddit"] {
        place.import(&[&folder.join(source)]);
    }
    let scanned = place.run("scan -n -f csv");
    let comments: u64 = place.stdout("count *", 0).trim().parse().unwrap();
    // Rules over words: what they find does not depend on models.
    let found: Vec<String> = scanned
        .stdout()
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|row| row[4] != "0" && !row[0].ends_with("likely") && !row[0].ends_with("possible"))
        .filter(|row| row[0] != "off-topic.drift")
        .map(|row| format!("{} {} of {}", row[0], row[4], row[3]))
        .collect();
    insta::assert_snapshot!(found.join("\n"), @r"
    shouting 5 of 1503
    shouting.marks 2 of 1503
    hate.slur-in-disguise 3 of 1503
    low-quality.empty 22 of 1503
    privacy.personal-data 1 of 1503
    ");
    assert!(comments > 1_000, "{comments}");
    for (field, most) in [("abuse:>=0.73", 0.1), ("identity:>=0.9", 0.06), ("spam:>=0.98", 0.03)] {
        let hits: f64 = place.run(&format!("count {field}")).stdout().trim().parse().unwrap();
        assert!(hits / comments as f64 <= most, "{field} marks {hits} of {comments}");
    }
}
