//! What quell writes it reads back: export, import and export again give the same rows and the same bytes, for both
//! lossless formats and for any thread.

use std::collections::HashMap;

use proptest::prelude::*;
use quell::model::{
    Author, AuthorEvidence, AuthorKind, Body, BodyFormat, Comment, CommentId, Gap, Item, Kind, NewComment, NewPost,
    Parent, ParentOrigin, Post, PostId, Precision, SourceKey, Status, Time,
};
use quell::output::{Extras, export_named};
use quell::sources::{Options, ReadError};

use crate::generic::{comments, faults, fixture, read_as};
use crate::support;

/// A post with everything below it, as a store would hold it.
#[derive(Debug, Clone, PartialEq)]
struct Thread {
    post: Post,
    gaps: Vec<Gap>,
    comments: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq)]
struct Row {
    comment: Comment,
    version: Option<i64>,
    revisions: Vec<Body>,
    duplicate_of: Vec<String>,
}

fn export(format: &str, threads: &[Thread]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut export = (export_named(format).expect("a format").open)(&mut out);
    export.begin().expect("memory takes it");
    for thread in threads {
        export.post(&thread.post, &thread.gaps).expect("memory takes it");
        for row in &thread.comments {
            let (revisions, duplicate_of) = (&row.revisions[..], &row.duplicate_of[..]);
            let extras = Extras { version: row.version, revisions, duplicate_of, hung: None, signals: &[] };
            export.comment(&row.comment, &extras).expect("memory takes it");
        }
        export.end_post().expect("memory takes it");
    }
    export.end().expect("memory takes it");
    drop(export);
    out
}

/// A stand-in for the plain text of a body.
fn plain(body: Option<&Body>) -> String {
    body.map_or_else(String::new, |body| match body.format {
        BodyFormat::Text => body.raw.clone(),
        _ => body.raw.replace('<', ""),
    })
}

/// A stand-in for the store: builds the rows from the items.
fn import(items: &[Item]) -> Vec<Thread> {
    let mut source = None;
    let mut threads: Vec<Thread> = Vec::new();
    for item in items {
        match item {
            Item::Source(key) => source = Some(key.clone()),
            Item::Post(new) => threads.push(Thread {
                post: Post {
                    id: new.id.expect("an id"),
                    source: source.clone().expect("a source"),
                    key: new.key.clone(),
                    title: new.title.clone(),
                    url: new.url.clone(),
                    author: new.author.clone(),
                    created: new.created,
                    body: new.body.clone(),
                    text: plain(new.body.as_ref()),
                    source_status: new.status,
                    raw_status: new.raw_status.clone(),
                    placeholder: new.placeholder,
                    extra: new.extra.clone(),
                },
                gaps: Vec::new(),
                comments: Vec::new(),
            }),
            Item::Gap(gap) => threads.last_mut().expect("a post").gaps.push(gap.clone()),
            Item::Comment(new) => {
                let thread = threads.iter_mut().rev().find(|t| Some(&t.post.key) == new.post.as_ref()).expect("a post");
                let row = row(new, source.clone().expect("a source"), thread);
                thread.comments.push(row);
            }
            Item::Duplicate { key, of } => {
                let rows = threads.iter_mut().flat_map(|thread| &mut thread.comments);
                let mut rows: Vec<_> = rows.filter(|row| row.comment.key == *key).collect();
                rows.pop().expect("the copy").duplicate_of.push(of.clone());
            }
            Item::Fault(_) | Item::Warning(_) => panic!("{item:?}"),
        }
    }
    threads
}

fn row(new: &NewComment, source: SourceKey, thread: &Thread) -> Row {
    let (parent_key, parent_origin) = match &new.parent {
        Parent::Post => (None, Some(ParentOrigin::Source)),
        Parent::Comment { key, origin } => (Some(key.clone()), Some(*origin)),
        Parent::Unknown => (None, None),
    };
    let parent = thread.comments.iter().rev().map(|row| &row.comment).find(|c| Some(&c.key) == parent_key.as_ref());
    let text = plain(new.body.as_ref());
    let comment = Comment {
        id: new.id.expect("an id"),
        source: source.into(),
        key: new.key.clone(),
        post: thread.post.id,
        parent: parent.map(|parent| parent.id),
        depth: parent.map_or(1, |parent| parent.depth + 1),
        parent_key,
        parent_origin,
        kind: new.kind,
        author: new.author.clone(),
        created: new.created,
        edited: new.edited,
        format: new.body.as_ref().map_or(BodyFormat::Text, |body| body.format),
        raw: new.body.as_ref().map(|body| body.raw.clone()).filter(|raw| *raw != text),
        text,
        status: new.decided.or(new.status).unwrap_or(Status::Pending),
        source_status: new.status,
        raw_status: new.raw_status.clone(),
        score: new.score,
        revision: new.revisions.len() as u32,
        extra: new.extra.clone(),
    };
    Row { comment, version: new.version, revisions: new.revisions.clone(), duplicate_of: Vec::new() }
}

/// Text with what breaks readers: quotes, controls, line separators, markup, other scripts.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::collection::vec(any::<char>(), 1..12).prop_map(String::from_iter),
        "[a-z<\"\\\\,\n\r\t\u{0}\u{1b}\u{2028}é😀{}\\[\\]]{1,20}",
    ]
}

fn some<T: Clone + std::fmt::Debug + 'static>(
    strategy: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Option<T>> {
    proptest::option::of(strategy).boxed()
}

fn one_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(all)
}

fn moment() -> impl Strategy<Value = Option<Time>> {
    let millis = prop_oneof![Time::RANGE, Just(0), Just(*Time::RANGE.start()), Just(*Time::RANGE.end())];
    let time = (millis, proptest::option::of(-1439i16..=1439), one_of(Precision::ALL)).prop_map(
        |(millis, offset, precision)| {
            let offset = offset.filter(|_| precision != Precision::Local);
            Time { millis, offset, precision }
        },
    );
    some(time)
}

fn author() -> impl Strategy<Value = Author> {
    (some(text()), some(text()), one_of(AuthorKind::ALL), one_of(AuthorEvidence::ALL))
        .prop_map(|(key, name, kind, evidence)| Author { key, name, kind, evidence })
}

fn body() -> impl Strategy<Value = Option<Body>> {
    some((text(), one_of(BodyFormat::ALL)).prop_map(|(raw, format)| Body { raw, format }))
}

fn extra() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        "",
        "{}",
        r#"{"a": [1.50, 2e3, {"\u00e9":"\/"}] ,"b":null}"#,
        r#"{"id":12345678901234567890.123,"replies":[{"key":"x"}],"t":"\ud83d\ude00"}"#,
    ])
    .prop_map(str::to_owned)
}

prop_compose! {
    fn comment()(
        author in author(), created in moment(), edited in moment(), body in body(), extra in extra(),
        kind in one_of(Kind::ALL), decided in some(one_of(Status::ALL)), source_status in some(one_of(Status::ALL)),
        raw_status in some(text()), score in some(any::<i64>()), version in some(any::<i64>()),
        revisions in proptest::collection::vec((text(), one_of(BodyFormat::ALL)), 0..3),
        duplicate_of in proptest::collection::vec(text(), 0..2),
        origin in one_of(ParentOrigin::ALL), orphan in some(text()), known in any::<bool>(),
    ) -> Row {
        let text = plain(body.as_ref());
        let comment = Comment {
            id: CommentId(1),
            source: SourceKey { kind: String::new(), scope: String::new() }.into(),
            key: String::new(),
            post: PostId(1),
            parent: None,
            parent_origin: if orphan.is_some() { Some(origin) } else { known.then_some(ParentOrigin::Source) },
            parent_key: orphan.map(|key| format!("lost {key}")),
            depth: 1,
            kind,
            author,
            created,
            edited,
            format: body.as_ref().map_or(BodyFormat::Text, |body| body.format),
            raw: body.map(|body| body.raw).filter(|raw| *raw != text),
            text,
            status: decided.or(source_status).unwrap_or(Status::Pending),
            source_status,
            raw_status,
            score,
            revision: revisions.len() as u32,
            extra,
        };
        let revisions = revisions.into_iter().map(|(raw, format)| Body { raw, format }).collect();
        Row { comment, version, revisions, duplicate_of }
    }
}

prop_compose! {
    fn thread()(
        kind in "[a-z]{1,4}", scope in text(), key in text(), title in some(text()), url in some(text()),
        author in author(), created in moment(), body in body(), source_status in some(one_of(Status::ALL)),
        raw_status in some(text()), placeholder in any::<bool>(), extra in extra(),
        gaps in proptest::collection::vec(
            (some(text()), proptest::collection::vec(text(), 0..3), any::<u64>(), text()), 0..3),
        comments in proptest::collection::vec((comment(), 0usize..6), 0..12),
    ) -> Thread {
        let post = Post {
            id: PostId(1),
            source: SourceKey { kind, scope },
            key,
            title,
            url,
            author,
            created,
            text: plain(body.as_ref()),
            body,
            source_status,
            raw_status,
            placeholder,
            extra,
        };
        let gaps = gaps
            .into_iter()
            .map(|(parent, known, count, reason)| Gap { post: post.key.clone(), parent, known, count, reason })
            .collect();
        Thread { comments: nest(comments), post, gaps }
    }
}

/// Hangs each comment on one of those that are open, that many levels up; with none left it stays where it is.
fn nest(comments: Vec<(Row, usize)>) -> Vec<Row> {
    let mut open: Vec<(CommentId, String)> = Vec::new();
    let mut rows = Vec::new();
    for (index, (mut row, up)) in comments.into_iter().enumerate() {
        row.comment.id = CommentId(index as i64 + 1);
        row.comment.key = format!("k{index}\n\"");
        open.truncate(open.len().saturating_sub(up));
        if let Some((id, key)) = open.last() {
            row.comment.parent = Some(*id);
            row.comment.parent_key = Some(key.clone());
            row.comment.parent_origin = row.comment.parent_origin.or(Some(ParentOrigin::Source));
        }
        open.push((row.comment.id, row.comment.key.clone()));
        row.comment.depth = open.len() as u32;
        rows.push(row);
    }
    rows
}

/// Numbers the posts and comments of several threads through, and keeps their keys apart.
fn numbered(mut threads: Vec<Thread>) -> Vec<Thread> {
    let mut ids = HashMap::new();
    let mut next = 0;
    for (index, thread) in threads.iter_mut().enumerate() {
        thread.post.id = PostId(index as i64 + 7);
        thread.post.key = format!("{index} {}", thread.post.key);
        thread.gaps.iter_mut().for_each(|gap| gap.post.clone_from(&thread.post.key));
        ids.clear();
        for row in &mut thread.comments {
            next += 1;
            let comment = &mut row.comment;
            ids.insert(comment.id, CommentId(next));
            comment.id = CommentId(next);
            comment.parent = comment.parent.map(|parent| ids[&parent]);
            comment.post = thread.post.id;
            comment.source = thread.post.source.clone().into();
        }
    }
    threads
}

/// Exports, imports and exports again.
fn round(format: &str, threads: &[Thread]) {
    let bytes = export(format, threads);
    let report = support::read_bytes(&bytes, &Options::for_input("x"));
    assert_eq!(report.format, format!("quell-{format}"));
    let back = import(&report.items);
    assert_eq!(back, threads, "{}", String::from_utf8_lossy(&bytes));
    assert_eq!(export(format, &back), bytes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_threads_come_back_as_they_were(threads in proptest::collection::vec(thread(), 0..4)) {
        let threads = numbered(threads);
        round("json", &threads);
        round("jsonl", &threads);
    }
}

/// One post with this many comments: each answers the one before it, or all answer the first.
fn chain(length: i64, deep: bool) -> Vec<Thread> {
    let source = SourceKey { kind: "wxr".into(), scope: "s".into() };
    let post = NewPost { id: Some(PostId(1)), ..NewPost::new("a") };
    let mut threads = import(&[Item::Source(source.clone()), Item::Post(Box::new(post))]);
    let comment = NewComment { id: Some(CommentId(1)), parent: Parent::Post, ..NewComment::new("1") };
    let first = row(&comment, source, &threads[0]);
    for id in 1..=length {
        let mut row = first.clone();
        let parent = (id > 1).then_some(if deep { id - 1 } else { 1 });
        row.comment.id = CommentId(id);
        row.comment.key = id.to_string();
        row.comment.parent = parent.map(CommentId);
        row.comment.parent_key = parent.map(|parent| parent.to_string());
        threads[0].comments.push(row);
    }
    threads
}

#[test]
fn a_thread_10_000_deep_or_100_000_wide_comes_back() {
    for (length, deep) in [(10_000, true), (100_000, false)] {
        let threads = chain(length, deep);
        for format in ["json", "jsonl"] {
            let bytes = export(format, &threads);
            let (items, read) = read_as(&format!("quell-{format}"), &bytes, &Options::for_input("x"));
            read.unwrap();
            let keys: Vec<_> = comments(&items).iter().map(|comment| comment.key.parse::<i64>().unwrap()).collect();
            assert_eq!(keys, (1..=length).collect::<Vec<_>>());
            assert_eq!(comments(&items)[9_999].id, Some(CommentId(10_000)));
        }
    }
}

#[test]
fn the_fixtures_are_read_and_written_as_they_are() {
    for format in ["json", "jsonl"] {
        let bytes = fixture(&format!("quell/good.{format}"));
        let report = support::read_bytes(&bytes, &Options::for_input("x"));
        assert_eq!(report.format, format!("quell-{format}"));
        let written = export(format, &import(&report.items));
        assert_eq!(String::from_utf8(written), String::from_utf8(bytes));
    }
}

#[test]
fn a_tombstone_comes_back_without_a_body() {
    let (items, _) = read_as("quell-json", &fixture("quell/good.json"), &Options::for_input("x"));
    let gone = comments(&items)[1];
    assert_eq!((gone.body.clone(), gone.decided, gone.status), (None, Some(Status::Removed), None));
}

#[test]
fn nesting_says_what_a_record_leaves_out() {
    let document = br#"{"format": "quell", "version": 1, "posts": [{"source": {"kind": "x", "scope": "y"}, "key": "p",
        "comments": [{"key": "a", "body": "A", "replies": [{"key": "b", "body": "B"}]}]}]}"#;
    let report = support::read_bytes(document, &Options::for_input("x"));
    assert_eq!(report.format, "quell-json");
    let reply = report.comments()[1];
    assert_eq!(reply.post.as_deref(), Some("p"));
    assert_eq!(reply.parent, Parent::Comment { key: "a".into(), origin: ParentOrigin::Source });
    assert_eq!(reply.place.line, 2);
    assert!(document[reply.place.byte as usize..].starts_with(br#"{"key": "b""#));
}

#[test]
fn broken_records_go_to_quarantine_and_those_around_them_are_read() {
    let (items, read) = read_as("quell-json", &fixture("quell/broken.json"), &Options::for_input("x"));
    read.unwrap();
    let found: Vec<_> = faults(&items).iter().map(|fault| (fault.place.line, fault.reason.as_str())).collect();
    let reasons = [
        (4, "`id` is no id of this kind"),
        (6, "neither a post nor a comment"),
        (7, "a comment without a key"),
        (8, "members after `comments` or `replies`, which has to stand last"),
        (10, "`mood` is not a field of quell's dumps"),
        (11, "`status` is none of the words it can be"),
        (12, "the document is cut off at byte 563"),
    ];
    assert_eq!(found, reasons);
    let keys: Vec<_> = faults(&items).iter().map(|fault| fault.key.as_deref()).collect();
    assert_eq!(keys, [Some("2"), None, None, Some("5"), Some("7"), Some("8"), None]);
    assert_eq!(comments(&items).iter().map(|comment| comment.key.as_str()).collect::<Vec<_>>(), ["1", "3", "5", "6"]);
    let (items, read) = read_as("quell-jsonl", &fixture("quell/broken.jsonl"), &Options::for_input("x"));
    read.unwrap();
    let found: Vec<_> = faults(&items).iter().map(|fault| (fault.place.line, fault.reason.as_str())).collect();
    let reasons = [
        (2, "a comment without a source"),
        (3, "`created` is no time"),
        (4, "neither a post nor a comment of quell"),
        (6, "`score` is no whole number"),
        (7, "a source without a scope"),
    ];
    assert_eq!(found, reasons);
    assert_eq!(comments(&items).len(), 1);
}

#[test]
fn a_newer_version_is_refused_as_a_whole() {
    for (format, bytes) in [
        ("quell-json", r#"{"format":"quell","version":2,"posts":[{"key":"x"}]}"#),
        ("quell-jsonl", "{\"format\":\"quell\",\"version\":2}\n{\"type\":\"post\"}\n"),
    ] {
        let (items, read) = read_as(format, bytes.as_bytes(), &Options::for_input("x"));
        let Err(ReadError::Unreadable(reason)) = read else { panic!("{read:?}") };
        assert_eq!(reason, "a dump of version 2, where this quell reads up to 1");
        assert_eq!(items, []);
    }
}

#[test]
fn dumps_cut_at_every_byte_give_whole_records_only() {
    for format in ["json", "jsonl"] {
        let name = format!("quell-{format}");
        let bytes = fixture(&format!("quell/good.{format}"));
        let (whole, _) = read_as(&name, &bytes, &Options::for_input("x"));
        for cut in 0..bytes.len() - 1 {
            let (items, _) = read_as(&name, &bytes[..cut], &Options::for_input("x"));
            let sound: Vec<_> = items.iter().filter(|item| !matches!(item, Item::Fault(_))).collect();
            assert_eq!(sound, whole.iter().take(sound.len()).collect::<Vec<_>>(), "{format} cut at {cut}");
            let lost = sound.len() < whole.len();
            let line_end = format == "jsonl" && (bytes[..cut].ends_with(b"\n") || bytes[cut] == b'\n' || cut == 0);
            assert!(!lost || line_end || faults(&items).len() == 1, "{format} cut at {cut}");
        }
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0usize..2000) {
        let mut dump = fixture("quell/good.json");
        let at = at.min(dump.len());
        dump.splice(at..(at + bytes.len() / 10).min(dump.len()), bytes.iter().copied());
        let _ = read_as("quell-json", &dump, &Options::for_input("x"));
        let _ = read_as("quell-json", &bytes, &Options::for_input("x"));
        let _ = read_as("quell-jsonl", &bytes, &Options::for_input("x"));
    }
}

#[test]
fn decided_threads_come_back_byte_for_byte() {
    let place = crate::run::Place::new();
    place.stdout("demo", 0);
    for line in ["remove c12 --reason off-topic", "spam c6", "approve c1", "escalate c7"] {
        place.stdout(&format!("{line} --as ann"), 0);
    }
    for removed in ["full", "tombstone"] {
        let before = place.stdout(&format!("export -f json --removed {removed}"), 0);
        place.write("dump.json", &before);
        place.stdout(&format!("--db {removed}.db import dump.json"), 0);
        assert_eq!(place.stdout(&format!("--db {removed}.db export -f json --removed {removed}"), 0), before);
        place.stdout(&format!("--db {removed}.db db check"), 0);
    }
}
