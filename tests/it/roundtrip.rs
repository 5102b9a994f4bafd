//! What quell writes it reads back: export, import and export again give the same rows and the same bytes, for both
//! lossless formats and for any thread.

use std::collections::HashMap;

use proptest::prelude::*;
use quell::model::{
    Author, AuthorEvidence, AuthorKind, Body, BodyFormat, Comment, CommentId, Gap, Item, Kind, NewComment, Parent,
    ParentOrigin, Post, PostId, Precision, SourceKey, Status, Time,
};
use quell::output::{Extras, export_named};
use quell::sources::Options;

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
            let extras = Extras { version: row.version, revisions: &row.revisions, duplicate_of: &row.duplicate_of };
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
        source,
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
            source: SourceKey { kind: String::new(), scope: String::new() },
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
            comment.source = thread.post.source.clone();
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
