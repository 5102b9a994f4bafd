//! WordPress exports: the real samples against their tables, the fixtures, and attacks.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, BufReader, Read};

use proptest::prelude::*;
use quell::model::{Fault, Item, Kind, NewComment, Parent, Precision, Status, Warning};
use quell::sources::{FORMATS, Input, Options, Pii, ReadError, Stop};
use quell::text::plain;

use crate::support::{self, Report};

const GOOD: &str = include_str!("../../fixtures/wxr/good.xml");
const BROKEN: &str = include_str!("../../fixtures/wxr/broken.xml");

fn options() -> Options {
    Options::for_input("export.xml")
}

fn read(text: &str) -> Report {
    let report = support::read_bytes(text.as_bytes(), &options());
    assert_eq!(report.format, "wxr");
    report
}

fn sample(name: &str) -> Option<Report> {
    let bytes = std::fs::read(support::samples()?.join("wxr").join(name)).expect("the sample is there");
    Some(match name.contains("1252") {
        true => read(&encoding_rs::WINDOWS_1252.decode(&bytes).0),
        false => read(std::str::from_utf8(&bytes).expect("UTF-8")),
    })
}

pub fn faults(items: &[Item]) -> Vec<&Fault> {
    items.iter().filter_map(|item| if let Item::Fault(fault) = item { Some(fault) } else { None }).collect()
}

pub fn warnings(items: &[Item]) -> Vec<&Warning> {
    items.iter().filter_map(|item| if let Item::Warning(warning) = item { Some(warning) } else { None }).collect()
}

pub fn scope(items: &[Item]) -> &str {
    let sources: Vec<_> = items
        .iter()
        .filter_map(|item| if let Item::Source(key) = item { Some(key.scope.as_str()) } else { None })
        .collect();
    assert_eq!(sources.len(), 1);
    sources[0]
}

/// The depth of the deepest comment, 1 for one on a post or without its parent, and how many lack their parent.
pub fn depth_and_orphans(comments: &[&NewComment]) -> (usize, usize) {
    let parents: HashMap<&str, Option<&str>> = comments
        .iter()
        .map(|c| (c.key.as_str(), if let Parent::Comment { key, .. } = &c.parent { Some(key.as_str()) } else { None }))
        .collect();
    let orphans = parents.values().flatten().filter(|parent| !parents.contains_key(**parent)).count();
    let depth = |key: &str| {
        std::iter::successors(Some(key), |key| parents[key].filter(|parent| parents.contains_key(parent))).count()
    };
    (comments.iter().map(|c| depth(&c.key)).max().unwrap_or(0), orphans)
}

fn comment<'r>(report: &'r Report, key: &str) -> &'r NewComment {
    report.comments().into_iter().find(|comment| comment.key == key).expect("the comment is there")
}

#[test]
fn samples_give_their_table() {
    // File, posts with comments, comments, depth, authors by name, orphans.
    let table = [
        ("theme-unit-test-data.xml", 7, 33, 10, 20, 0),
        ("small-export.xml", 1, 1, 1, 1, 0),
        ("slashes.xml", 1, 1, 1, 1, 0),
        ("test-serialized-comment-meta.xml", 1, 1, 1, 1, 0),
        ("valid-wxr-1.1.xml", 1, 1, 1, 1, 0),
        ("wxr-utf-8-challenges.xml", 0, 0, 0, 0, 0),
        ("crazy-cdata.xml", 0, 0, 0, 0, 0),
        ("invalid-version-tag.xml", 0, 0, 0, 0, 0),
        ("handmade-windows-1252.xml", 1, 10, 3, 8, 1),
    ];
    for (name, posts, count, deepest, authors, orphaned) in table {
        let Some(report) = sample(name) else { return };
        let comments = report.comments();
        let with_comments: HashSet<_> = comments.iter().map(|c| c.post.as_deref().expect("a post")).collect();
        let names: HashSet<_> = comments.iter().filter_map(|c| c.author.name.as_deref()).collect();
        assert_eq!(faults(&report.items), Vec::<&Fault>::new(), "{name}");
        assert_eq!((with_comments.len(), comments.len()), (posts, count), "{name}");
        assert_eq!(depth_and_orphans(&comments), (deepest, orphaned), "{name}");
        assert_eq!(names.len(), authors, "{name}");
        let posts: HashSet<_> = report.posts().iter().map(|post| post.key.clone()).collect();
        assert!(with_comments.iter().all(|key| posts.contains(*key)), "{name}");
    }
}

#[test]
fn theme_unit_test_states_kinds_and_offsets() {
    let Some(report) = sample("theme-unit-test-data.xml") else { return };
    assert_eq!(scope(&report.items), "https://wpthemetestdata.wordpress.com");
    let mut counts: BTreeMap<(&str, Kind), usize> = BTreeMap::new();
    let mut hours: HashSet<i16> = HashSet::new();
    for comment in report.comments() {
        *counts.entry((comment.raw_status.as_deref().unwrap_or(""), comment.kind)).or_default() += 1;
        hours.insert(comment.created.and_then(|time| time.offset).expect("an offset") / 60);
    }
    let expected = [
        (("0", Kind::Comment), 3),
        (("1", Kind::Comment), 26),
        (("1", Kind::Pingback), 2),
        (("1", Kind::Trackback), 2),
    ];
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(hours, HashSet::from([0, 10, -7, -5]));
    let others = warnings(&report.items);
    assert_eq!(others.len(), 1, "{others:?}");
    assert_eq!(others[0].code, "wxr.not-a-post");
}

#[test]
fn windows_1252_traps() {
    let Some(report) = sample("handmade-windows-1252.xml") else { return };
    let of = |key| comment(&report, key);
    let body = |key| of(key).body.as_ref().map(|body| body.raw.as_str()).expect("a body");
    assert!(body("11").starts_with("“Smart quotes”, a dash – and naïve café.\nA new line.\n\nA new"));
    assert_eq!(body("15"), "Code with ]]> inside.");
    assert_eq!(body("19"), "[…] linked to this <b>post</b> […]");
    let states: Vec<_> = ["11", "13", "14", "20"].map(|key| of(key).status).into();
    assert_eq!(states, [Status::Approved, Status::Pending, Status::Removed, Status::Removed].map(Some));
    let time = of("20").created.expect("a time");
    assert_eq!((time.millis, time.precision), (1_460_282_400_000, Precision::Local));
    assert_eq!(of("15").author.key.as_deref(), Some("1"));
    assert!(of("11").author.key.as_deref().is_some_and(|key| key.starts_with("email:")));
}

#[test]
fn a_mismatched_end_tag_is_reported_and_reading_goes_on() {
    let Some(report) = sample("malformed.xml") else { return };
    let faults = faults(&report.items);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!((faults[0].code, faults[0].place.byte, faults[0].place.line), ("xml.mismatch", 11_416, 90));
    assert_eq!(faults[0].raw, b"</channel>");
    assert!(warnings(&report.items).is_empty());
}

#[test]
fn the_good_fixture() {
    let report = read(GOOD);
    assert_eq!(scope(&report.items), "https://pond.example/blog");
    assert!(faults(&report.items).is_empty());
    let posts = report.posts();
    assert_eq!(posts.iter().map(|post| post.key.as_str()).collect::<Vec<_>>(), ["5", "7"]);
    let post = posts[0];
    assert_eq!((post.title.as_deref(), post.status), (Some("Ducks & ice"), Some(Status::Approved)));
    assert_eq!((post.author.key.as_deref(), post.author.name.as_deref()), (Some("3"), Some("Mira Heron")));
    insta::assert_snapshot!(post.extra, @r#"{"excerpt":"Back again","category":{"domain":"post_tag","nicename":"ducks","text":"Ducks"},"post_type":"post"}"#);
    let reply = comment(&report, "21");
    assert_eq!(reply.body.as_ref().map(|body| body.raw.as_str()), Some("Answer first: a[b[0]]> works."));
    insta::assert_snapshot!(reply.extra, @r#"{"commentmeta":[{"meta_key":"rating","meta_value":"4"},{"meta_key":"form","meta_value":"private_hash:9ce6758b704ed487"}],"email_hash":"8e9cad0f8120487c","ip_hash":"0f302ae7ecc13689","author_url":"https://reed.example"}"#);
    let question = comment(&report, "20");
    assert_eq!(question.parent, Parent::Post);
    assert_eq!(question.author.key, post.author.key);
    assert_eq!(question.created.map(|time| time.precision), Some(Precision::Local));
    assert_eq!(plain(question.body.as_ref().expect("a body")), "How many?\nI saw six & a swan.");
    let warning = warnings(&report.items)[0].message.clone();
    assert_eq!(warning, "1 item without comments left out, neither post nor page: 1 attachment");
}

#[test]
fn addresses_are_kept_on_request_only() {
    let mut options = options();
    options.pii = Pii::Keep;
    let report = support::read_bytes(GOOD.as_bytes(), &options);
    assert!(comment(&report, "21").extra.contains("otto@reed.example"));
    let hashed = read(GOOD);
    assert!(
        hashed.comments().iter().all(|c| !format!("{c:?}").contains("otto@") && !format!("{c:?}").contains("192.0.2"))
    );
}

#[test]
fn the_broken_fixture() {
    let report = read(BROKEN);
    assert_eq!(scope(&report.items), "https://reed.example");
    let keys: Vec<_> = report.comments().iter().map(|c| (c.key.as_str(), c.post.as_deref().unwrap_or("-"))).collect();
    assert_eq!(keys[..4], [("1", "1"), ("4", "1"), ("5", "2"), ("6", keys[3].1)]);
    assert!(keys[3].1.starts_with("h:"));
    let faults: Vec<_> = faults(&report.items)
        .iter()
        .map(|f| {
            format!("{} line {} {:?}: {}", f.code, f.place.line, f.key, String::from_utf8_lossy(&f.raw).trim_end())
        })
        .collect();
    insta::assert_snapshot!(faults.join("\n"), @r#"
    xml.mismatch line 7 None: <title>First<b></title>
    wxr.comment-id line 10 None: <wp:comment><wp:comment_content>no id</wp:comment_content></wp:comment>
    xml.unclosed line 12 Some("2"): <wp:comment><wp:comment_id>2</wp:comment_id><wp:comment_content>never closed</wp:comment_content>
    xml.mismatch line 12 Some("3"): <wp:comment><wp:comment_id>3</wp:comment_id><wp:comment_content>crossed</wp:comment>
    truncated line 23 None:
    "#);
    let warnings: Vec<_> = warnings(&report.items).iter().map(|w| format!("{}: {}", w.code, w.message)).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r#"
    xml.junk: skipped before the first element: "$ cat export.xml"
    wxr.date: comment "4" has no readable date
    wxr.status: comment "4" has the unknown state "maybe"
    "#);
}

#[test]
fn cut_anywhere_it_keeps_whole_records_only() {
    for source in [GOOD, BROKEN] {
        let whole = read_all(source.as_bytes(), usize::MAX).expect("readable");
        let comments: HashSet<String> = comments_of(&whole);
        for end in 0..source.len() {
            let Ok(items) = read_all(&source.as_bytes()[..end], usize::MAX) else { continue };
            assert!(comments_of(&items).is_subset(&comments), "cut at {end}");
            assert!(
                items.iter().any(|item| matches!(item, Item::Fault(f) if f.code == "truncated"))
                    || end + 9 > source.len()
            );
        }
    }
}

/// The comments as text, but for the post, which a cut can make unknown.
fn comments_of(items: &[Item]) -> HashSet<String> {
    let comment = |item: &Item| if let Item::Comment(c) = item { Some(c.clone()) } else { None };
    items.iter().filter_map(comment).map(|c| format!("{:?}", NewComment { post: None, ..*c })).collect()
}

/// Reads with this format whatever it is, with a cap on the size of a record.
fn read_all(bytes: &[u8], max_record: usize) -> Result<Vec<Item>, ReadError> {
    support::try_read_as("wxr", bytes, &Options { max_record: max_record.min(Options::MAX_RECORD), ..options() })
}

fn in_comment(content: &str) -> String {
    format!(
        "<rss xmlns:wp='http://wordpress.org/export/1.2/'><channel><item><wp:post_id>1</wp:post_id>\
         <wp:comment><wp:comment_id>1</wp:comment_id>{content}</wp:comment>\
         <wp:comment><wp:comment_id>2</wp:comment_id></wp:comment></item></channel></rss>"
    )
}

#[test]
fn a_failing_input_is_returned_and_what_was_whole_is_kept() {
    struct Failing<'a>(&'a [u8]);
    impl Read for Failing<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(io::ErrorKind::UnexpectedEof.into()),
                read => Ok(read),
            }
        }
    }
    let half = &GOOD.as_bytes()[..GOOD.find("<wp:comment_id>22").expect("a third comment")];
    let format = FORMATS.iter().find(|format| format.name == "wxr").expect("a format of this name");
    let (mut comments, mut posts) = (0, 0);
    let mut sink = |item: Item| -> Result<(), Stop> {
        comments += usize::from(matches!(item, Item::Comment(_)));
        posts += usize::from(matches!(item, Item::Post(_)));
        Ok(())
    };
    // A buffer of seven bytes also proves that no token depends on where the input is cut into pieces.
    let mut input = Input::new(BufReader::with_capacity(7, Failing(half)));
    let error = (format.read)(&mut input, &options(), &mut sink);
    assert!(matches!(error, Err(ReadError::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof));
    assert_eq!((comments, posts), (2, 1));
}

#[test]
fn an_entity_bomb_is_refused() {
    let bomb = "<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;\">]>".to_owned();
    let Err(ReadError::Unreadable(reason)) = read_all((bomb + &*in_comment("&c;")).as_bytes(), usize::MAX) else {
        panic!("not refused");
    };
    assert_eq!(reason, "byte 0: a document type that declares entities is refused");
}

#[test]
fn monsters_are_quarantined_and_the_next_comment_is_read() {
    let attributes: String = (0..1_000_001).map(|number| format!(" a{number}='1'")).collect();
    let monsters = [
        ("xml.depth", in_comment(&("<a>".repeat(100_001) + &*"</a>".repeat(100_001))), usize::MAX),
        ("xml.depth", in_comment(&"<a>".repeat(250_001)), usize::MAX),
        ("xml.attributes", in_comment(&format!("<a{attributes}/>")), usize::MAX),
        (
            "xml.too-long",
            in_comment(&format!("<wp:comment_content>{}</wp:comment_content>", "x".repeat(10 << 20))),
            1 << 20,
        ),
        ("xml.too-long", in_comment(&format!("<x><![CDATA[{}]]></x>", "<p>".repeat(3 << 20))), 1 << 20),
        ("xml.too-long", in_comment(&format!("<x y='{}'/>", "z".repeat(10 << 20))), 1 << 20),
        ("xml.syntax", in_comment("<!what>"), usize::MAX),
    ];
    for (code, source, max_record) in monsters {
        let items = read_all(source.as_bytes(), max_record).expect("readable");
        assert_eq!(faults(&items).iter().map(|fault| fault.code).collect::<Vec<_>>(), [code]);
        assert_eq!(faults(&items)[0].key.as_deref(), Some("1"));
        let keys: Vec<_> =
            items.iter().filter_map(|i| if let Item::Comment(c) = i { Some(c.key.as_str()) } else { None }).collect();
        assert_eq!(keys, ["2"], "{code}");
    }
}

#[test]
fn nuls_and_control_characters_stay_raw_and_leave_the_text() {
    let items = read_all(in_comment("<wp:comment_content>a\0b\x1b[2J</wp:comment_content>").as_bytes(), usize::MAX);
    let items = items.expect("readable");
    let body = items.iter().find_map(|i| if let Item::Comment(c) = i { c.body.clone() } else { None }).expect("a body");
    assert_eq!(body.raw, "a\0b\x1b[2J");
    assert_eq!(plain(&body), "ab[2J");
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), cap in 1..200_usize) {
        let _ = read_all(&bytes, cap);
    }

    #[test]
    fn random_tags_never_panic(
        parts in proptest::collection::vec(
            prop_oneof!["</?(rss|channel|item|wp:comment|wp:comment_id|a)( x='?1'?)?/?>", "(&|<|<!--|-->|<!\\[CDATA\\[|\\]\\]>|<\\?|&lt;|1| )"],
            0..60),
        cap in 1..2_000_usize,
    ) {
        let _ = read_all(parts.concat().as_bytes(), cap);
    }
}
