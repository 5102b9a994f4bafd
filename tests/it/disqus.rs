//! Disqus exports: the real samples against their tables, the fixtures, and attacks.

use std::collections::HashSet;

use proptest::prelude::*;
use quell::model::{Item, NewComment, Parent, Status};
use quell::sources::{Options, Pii, ReadError};
use quell::text::plain;

use crate::support::{self, Report};
use crate::wxr::{depth_and_orphans, faults, scope, warnings};

const GOOD: &str = include_str!("../../fixtures/disqus/good.xml");
const BROKEN: &str = include_str!("../../fixtures/disqus/broken.xml");

fn options() -> Options {
    Options::for_input("export.xml")
}

fn read(bytes: &[u8]) -> Report {
    let report = support::read_bytes(bytes, &options());
    assert_eq!(report.format, "disqus");
    report
}

fn sample(name: &str) -> Option<Report> {
    Some(read(&std::fs::read(support::samples()?.join("disqus").join(name)).expect("the sample is there")))
}

fn duplicates(items: &[Item]) -> HashSet<(&str, &str)> {
    let mut pairs = HashSet::new();
    for item in items {
        if let Item::Duplicate { key, of } = item {
            pairs.insert((key.as_str(), of.as_str()));
        }
    }
    pairs
}

fn comment<'r>(report: &'r Report, key: &str) -> &'r NewComment {
    report.comments().into_iter().find(|comment| comment.key == key).expect("the comment is there")
}

#[test]
fn samples_give_their_table() {
    // File, scope, threads, comments, depth, authors by name, orphans, deleted, spam, faults, duplicates.
    let table = [
        ("isso-disqus.xml", "disqusdev", 3, 6, 2, 4, 0, 1, 0, 0, 0),
        ("remark42-disqus.xml", "radiot", 2, 5, 1, 5, 0, 0, 1, 1, 0),
        ("handmade-duplicate-threads.xml", "notes-example", 2, 12, 4, 8, 1, 1, 1, 0, 3),
    ];
    for (name, forum, threads, count, deepest, authors, orphaned, deleted, spam, broken, copies) in table {
        let Some(report) = sample(name) else { return };
        let comments = report.comments();
        let with = |status| comments.iter().filter(|c| c.status == Some(status)).count();
        let names: HashSet<_> = comments.iter().filter_map(|c| c.author.name.as_deref()).collect();
        assert_eq!(scope(&report.items), forum, "{name}");
        assert_eq!((report.posts().len(), comments.len(), names.len()), (threads, count, authors), "{name}");
        assert_eq!(depth_and_orphans(&comments), (deepest, orphaned), "{name}");
        assert_eq!((with(Status::Deleted), with(Status::Spam)), (deleted, spam), "{name}");
        assert_eq!((faults(&report.items).len(), duplicates(&report.items).len()), (broken, copies), "{name}");
    }
}

#[test]
fn the_unquoted_attribute_is_quarantined_where_it_stands() {
    let Some(report) = sample("remark42-disqus.xml") else { return };
    let fault = faults(&report.items)[0];
    assert_eq!((fault.code, fault.place.byte, fault.place.line), ("xml.attribute", 6257, 147));
    assert!(fault.reason.contains("unquoted attribute value in <thread>"), "{}", fault.reason);
    assert_eq!(fault.key.as_deref(), Some("x299986073"));
    let raw = String::from_utf8_lossy(&fault.raw);
    assert!(raw.starts_with("<post dsq:id=\"x299986073\">") && raw.ends_with("</post>"), "{raw}");
    let junk = warnings(&report.items)[0];
    assert_eq!((junk.code, junk.message.as_str()), ("xml.junk", "skipped before the first element: \"`\""));
    let nameless = comment(&report, "12345678890");
    assert_eq!(nameless.post.as_deref(), Some("247918464"));
}

#[test]
fn copies_after_a_move_are_reported_and_kept() {
    let Some(report) = sample("handmade-duplicate-threads.xml") else { return };
    assert_eq!(duplicates(&report.items), HashSet::from([("512", "503"), ("513", "504"), ("514", "505")]));
    let missing = comment(&report, "519");
    assert_eq!((missing.post.as_deref(), &missing.parent), (Some("599"), &Parent::Post));
    assert!(comment(&report, "516").body.is_some());
}

#[test]
fn the_good_fixture() {
    let report = read(GOOD.as_bytes());
    assert!(faults(&report.items).is_empty() && warnings(&report.items).is_empty());
    assert!(matches!(report.items[0], Item::Source(_)));
    // 33 hangs on a thread without a title and was never given a wp_id: it proves nothing.
    assert_eq!(duplicates(&report.items), HashSet::from([("32", "30")]));
    let reply = comment(&report, "31");
    assert_eq!(plain(reply.body.as_ref().expect("a body")), "Mine too. Look (https://reed.example)");
    assert!(reply.author.key.as_deref().is_some_and(|key| key.starts_with("email:")));
    assert!(!format!("{reply:?}").contains("otto@"));
    insta::assert_snapshot!(report.posts()[0].extra, @r#"{"author_isAnonymous":"false","id":"5 https://pond.example/?p=5","forum":"pond-diary","category":{"id":"1"},"isClosed":"true"}"#);
    assert_eq!(comment(&report, "30").author.key.as_deref(), Some("mira"));
    assert_eq!(comment(&report, "30").created.map(|time| time.millis), Some(1_583_056_800_000));
    let kept = support::read_bytes(GOOD.as_bytes(), &Options { pii: Pii::Keep, ..options() });
    insta::assert_snapshot!(comment(&kept, "31").extra, @r#"{"author_isAnonymous":"true","email":"otto@reed.example","ip":"192.0.2.44"}"#);
}

#[test]
fn the_broken_fixture() {
    let report = read(BROKEN.as_bytes());
    assert_eq!(report.comments().iter().map(|c| c.key.as_str()).collect::<Vec<_>>(), ["2", "7"]);
    let faults: Vec<_> = faults(&report.items)
        .iter()
        .map(|f| {
            format!("{} line {} {:?}: {}", f.code, f.place.line, f.key, String::from_utf8_lossy(&f.raw).trim_end())
        })
        .collect();
    insta::assert_snapshot!(faults.join("\n"), @r#"
    xml.attribute line 5 None: <post dsq:id=3><message>no quotes</message><thread dsq:id="1"/></post>
    disqus.id line 6 None: <post><message>no id</message><thread dsq:id="1"/></post>
    disqus.thread line 7 Some("5"): <post dsq:id="5"><message>no thread</message></post>
    xml.mismatch line 8 Some("6"): <post dsq:id="6"><message>open<br></message><thread dsq:id="1"/></post>
    truncated line 10 Some("8"): <post dsq:id="8"><message>cut <![CDATA[off
    "#);
    let warnings: Vec<_> = warnings(&report.items).iter().map(|w| format!("{}: {}", w.code, w.message)).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r#"
    xml.junk: skipped before the first element: "%"
    disqus.flag: isSpam is "perhaps", neither true nor false
    disqus.date: "2" has the unreadable date "2020-13-01T10:00:00Z"
    "#);
}

fn read_all(bytes: &[u8], max_record: usize) -> Result<Vec<Item>, ReadError> {
    support::try_read_as("disqus", bytes, &Options { max_record: max_record.min(Options::MAX_RECORD), ..options() })
}

fn comments_of(items: &[Item]) -> HashSet<String> {
    items.iter().filter_map(|item| if let Item::Comment(c) = item { Some(format!("{c:?}")) } else { None }).collect()
}

#[test]
fn cut_anywhere_it_keeps_whole_records_only() {
    for source in [GOOD, BROKEN] {
        let comments = comments_of(&read_all(source.as_bytes(), usize::MAX).expect("readable"));
        for end in 0..source.len() {
            let Ok(items) = read_all(&source.as_bytes()[..end], usize::MAX) else { continue };
            assert!(comments_of(&items).is_subset(&comments), "cut at {end}");
            assert!(
                items.iter().any(|item| matches!(item, Item::Fault(f) if f.code == "truncated"))
                    || end + 12 > source.len()
            );
        }
    }
}

#[test]
fn a_forum_that_is_never_named_is_not_waited_for() {
    let post = "<post id='1'><message>x</message><thread id='2'/></post>";
    let items = read_all(format!("<disqus>{}</disqus>", post.repeat(5_000)).as_bytes(), usize::MAX).expect("readable");
    assert_eq!((scope(&items), items.len()), ("disqus", 5_001));
}

#[test]
fn hostile_equal_comments_stay_cheap() {
    let thread = |id| format!("<thread id='t{id}'><title>same</title></thread>");
    let post = |id: usize| {
        format!(
            "<post id='{id}'><message>x</message><createdAt>2020-01-01T00:00:00Z</createdAt><thread id='t{id}'/></post>"
        )
    };
    let source = (1..50_000).map(|id| thread(id) + &*post(id)).collect::<String>();
    let items = read_all(format!("<disqus>{source}</disqus>").as_bytes(), usize::MAX).expect("readable");
    assert_eq!(duplicates(&items).len(), 49_998);
}

#[test]
fn monsters_are_quarantined_and_the_next_comment_is_read() {
    let next = "<post id='2'><message>x</message><thread id='1'/></post></disqus>";
    let monsters = [
        ("xml.depth", "<a>".repeat(100_001) + "</post>"),
        ("xml.too-long", format!("<message>{}</message></post>", "&lt;".repeat(3 << 20))),
        ("xml.mismatch", "<message>".to_owned() + "</post>"),
    ];
    for (code, monster) in monsters {
        let items = read_all(format!("<disqus><post id='1'>{monster}{next}").as_bytes(), 1 << 20).expect("readable");
        assert_eq!(faults(&items).iter().map(|fault| fault.code).collect::<Vec<_>>(), [code]);
        assert_eq!(comments_of(&items).len(), 1, "{code}");
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), cap in 1..200_usize) {
        let _ = read_all(&bytes, cap);
    }

    #[test]
    fn random_tags_never_panic(
        parts in proptest::collection::vec(
            prop_oneof!["</?(disqus|thread|post|message|id|a)( dsq:id='?1'?)?/?>", "(&|<|<!--|-->|<!\\[CDATA\\[|\\]\\]>|<\\?|&lt;|1| )"],
            0..60),
        cap in 1..2_000_usize,
    ) {
        let _ = read_all(parts.concat().as_bytes(), cap);
    }
}
