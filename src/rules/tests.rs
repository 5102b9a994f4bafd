//! Rule files with every kind of mistake, the rules that come with quell, and scans against searches.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::{Author, BodyFormat, Comment, CommentId, Kind, PostId, SourceKey, Status as CommentStatus};
use crate::query::{Entry, Facts, Field, History, Matcher, Member, NoLookup, Setting, Thread, World};

const REASONS: &[&str] = &[
    "off-topic",
    "spam.commercial",
    "low-quality.noise",
    "privacy.pii",
    "privacy.doxxing",
    "threat",
    "harassment.targeted",
    "hate.slur",
    "hate.possible",
    "abuse.incivility",
    "spam.flood",
    "off-topic.derail",
];

const SETTING: Setting<'static> = Setting { now: 1_600_000_000_000, lookup: &NoLookup };

fn faults(text: &str) -> String {
    match load(text, &SETTING, REASONS) {
        Ok(_) => String::new(),
        Err(faults) => faults.iter().map(|fault| fault.render("f", text) + "\n").collect(),
    }
}

fn one(lines: &str) -> String {
    faults(&format!("[[rule]]\nid = \"a\"\nreason = \"off-topic\"\n{lines}\n"))
}

#[test]
fn every_mistake_is_a_fault_at_its_place() {
    assert_eq!(one("match = 'soup'"), "");
    for (lines, fault) in [
        ("match = 'soup'\nstatsu = \"flag\"", "f:5:1: no key `statsu` here; did you mean `status`?"),
        ("match = 'soup'\nstatus = \"flags\"", "f:5:10: no status `flags`; did you mean `flag`?"),
        ("match = 'auther:x'", "f:4:10: no field `auther`"),
        ("match = '''\n  soup /(/'''", "f:5:8: this regex cannot be read"),
        ("match = 'soup -soup'", "f:4:9: the rule `a` can never match"),
        ("match = 'links:>3 links:<2'", "f:4:9: the rule `a` can never match"),
        ("match = '-has:link'", "f:4:9: the rule `a` asks for nothing"),
        ("match = '\"…\"'", "f:4:10: `…` has no letter"),
        ("match = 'soup'\nlimits = { max_hit_rat = 0.1 }", "f:5:12: no key `max_hit_rat` here; did you mean"),
        ("match = 'soup'\nlimits = { max_hit_rate = 2 }", "f:5:27: `max_hit_rate` is a share"),
        ("match = 'soup'\nseverity = 9", "f:5:12: `severity` is a whole number"),
        ("match = 'soup'\nexpiry = \"soon\"", "f:5:10: `expiry` is a day"),
        ("match = 'soup'\ntest.hit = [\"bread\"]", "f:5:13: the rule `a` does not find this"),
        ("match = 'soup'\ntest.miss = [\"Soup\"]", "f:5:14: the rule `a` finds this, by \"Soup\""),
        ("match = 'soup'\ntest.mis = []", "f:5:6: no key `mis` here; did you mean `miss`?"),
        (
            "match = 'soup'\n[[rule.tests]]\nhit = { bod = \"soup\" }",
            "f:6:9: a test has no field `bod`; did you mean `body`?",
        ),
        ("match = 'soup'\n[[rule.tests]]\nhit = { links = 2 }", "f:6:9: a test has no field `links`; it follows"),
        ("match = 3", "f:4:9: `match` is a text, not an integer"),
        ("", "f:1:1: a rule without `match`"),
        ("match = 'soup", "f:4:"),
    ] {
        let found = one(lines);
        assert!(found.starts_with(fault), "{lines}\n{found}");
    }
    let twice = "[[rule]]\nid = \"a\"\nreason = \"of-topic\"\nmatch = 'x y'\n[[rule]]\nid = \"a\"\nreason = \"off-topic\"\nmatch = 'x  y'\n";
    let found = faults(twice);
    for part in [
        "f:3:10: no reason `of-topic`; did you mean `off-topic`?",
        "f:6:6: there are two rules",
        "f:8:9: the rule `a` matches just what `a` matches",
    ] {
        assert!(found.contains(part), "{found}");
    }
}

#[test]
fn the_rules_that_come_with_quell_pass_their_tests() {
    let set = load(DEFAULT, &SETTING, REASONS);
    let faults = set
        .as_ref()
        .err()
        .map(|faults| faults.iter().map(|f| f.render("default.toml", DEFAULT) + "\n").collect::<String>());
    assert_eq!(faults, None);
    assert!(
        set.unwrap().rules.iter().all(|ready| !ready.rule.tests.is_empty() && ready.rule.limits.max_hit_rate.is_some())
    );
}

#[test]
fn a_version_is_the_hash_of_the_meaning() {
    let version = |lines: &str| {
        let text = format!("[[rule]]\nid = \"a\"\nreason = \"off-topic\"\n{lines}");
        load(&text, &SETTING, REASONS).unwrap().rules[0].version.clone()
    };
    let soup = version("match = 'soup OT'");
    assert_eq!(soup, version("match = '''  soup   OT '''\nstatus = \"flag\"\nnote = \"n\"\nlimits.max_actions = 3"));
    for other in ["match = 'soup'", "match = 'soup OT'\nfold = true", "match = 'soup OT'\nexempt = 'author:x'"] {
        assert_ne!(soup, version(other));
    }
}

#[test]
fn fresh_rules_are_those_that_did_not_run_before() {
    let text = "[[rule]]\nid = \"a\"\nreason = \"threat\"\nmatch = 'x'\n[[rule]]\nid = \"b\"\nreason = \"threat\"\nmatch = 'y'\n";
    let set = load(text, &SETTING, REASONS).unwrap();
    let before = [set.rules[0].origin()].into();
    let fresh = set.fresh(&before);
    assert_eq!(fresh.rules.iter().map(|ready| ready.rule.id.as_str()).collect::<Vec<_>>(), ["b"]);
}

struct Forum(Arc<Thread>);

impl World for Forum {
    fn thread(&self, _: PostId) -> anyhow::Result<Arc<Thread>> {
        Ok(Arc::clone(&self.0))
    }
}

fn comment(id: i64, text: &str, links: bool) -> Member {
    let comment = Comment {
        id: CommentId(id),
        source: SourceKey { kind: "k".into(), scope: String::new() }.into(),
        key: id.to_string(),
        post: PostId(1),
        parent: (id > 1).then(|| CommentId(1 + (id * 7) % (id - 1).max(1))),
        parent_key: None,
        parent_origin: None,
        depth: 1,
        kind: Kind::Comment,
        author: Author::named(if id % 3 == 0 { "Ann" } else { "Bob" }, None),
        created: None,
        edited: None,
        format: BodyFormat::Text,
        raw: None,
        text: if links { format!("{text} http://a.example/x") } else { text.to_owned() },
        status: CommentStatus::Pending,
        source_status: None,
        raw_status: None,
        score: Some(id % 5),
        revision: 0,
        extra: String::new(),
    };
    let history = Some(History { comments: id as u32 % 4, removed: 0, age: None });
    Member { comment, facts: Facts { history, signals: vec![(Field::Copies, (id % 3) as f64)], ..Facts::default() } }
}

const QUERIES: &[&str] = &[
    "soup",
    "\"bad soup\"",
    "sou*",
    "/so+up/i",
    "/\\bOT\\b/",
    "/k[ai]ss/i",
    "/(ab|cd)+e?/",
    "/é/i",
    "fold:\"free soup\"",
    "links:>=1 free",
    "has:link",
    "domain:a.example",
    "author:ann OR soup",
    "parent:{soup}",
    "-soup free",
    "thread:{\"bad soup\"} author:bob",
    "copies:>=1 ot",
    "author.comments:<2 (soup OR ab)",
    "café",
    "caps:>0.5",
    "child:{/\\bot\\b/i} -author:ann",
    "привет",
    "/привет/i",
    "kiss OR ſoup",
];

proptest! {
    #[test]
    fn a_scan_finds_what_searches_find(
        texts in prop::collection::vec(
            prop::collection::vec(
                "soup|Soup|bad|free|fr33|f\\.r\\.e\\.e|OT|not|kiss|\u{212A}iss|ſoup|abcde|é|CAFÉ|café|ПРИВЕТ|s\u{200B}oup|sooooup|[a-z]{1,4}|,|“|_",
                0..8,
            ),
            1..8,
        ),
        glue in "[ _.-]|“| — ",
        picked in prop::collection::btree_set(0..QUERIES.len(), 1..8),
    ) {
        let rules: String = picked
            .iter()
            .map(|at| format!("[[rule]]\nid = \"r{at}\"\nreason = \"threat\"\nmatch = '''{}'''\n", QUERIES[*at]))
            .collect();
        let set = match load(&rules, &SETTING, REASONS) {
            Ok(set) => set,
            Err(faults) => return Err(TestCaseError::fail(faults[0].render("f", &rules))),
        };
        let members = (1..).zip(&texts).map(|(id, words)| comment(id, &words.join(&glue), id % 4 == 0)).collect();
        let forum = Forum(Arc::new(Thread::new("k".into(), None, members)));
        let scanner = Scanner::new(&set);
        let remembering = Remembering::new(&forum);
        let mut worker = scanner.worker(&remembering);
        let entries: Vec<Entry<'_>> = forum.0.entries().collect();
        for entry in &entries {
            let hits: Vec<usize> = worker.scan(entry).unwrap().into_iter().map(|hit| hit.rule).collect();
            let searched: Vec<usize> = (0..set.rules.len())
                .filter(|rule| Matcher::new(&set.rules[*rule].query, &forum).matches(entry).unwrap())
                .collect();
            prop_assert_eq!(hits, searched, "{}", entry.text);
        }
    }

    #[test]
    fn no_text_breaks_the_reader(text in "(\\[\\[rule\\]\\]\n|id = \"a\"\n|match = |'''|\"|'soup'\n|reason = 3\n|test\\.hit = |\\{|\\[|tests|\\PC){0,12}") {
        let _ = load(&text, &SETTING, REASONS);
    }
}

/// A comment with nothing but this text.
pub(super) fn entry(text: &str) -> Entry<'_> {
    Entry::of_text(CommentId(1), text, Facts::NONE)
}
