//! Rows for the tests of the formats: invented, small, with every field set somewhere.

use super::{EXPORTS, Extras, Format};
use crate::model::{
    Answered, Author, AuthorEvidence, AuthorKind, Body, BodyFormat, Comment, CommentId, EdgeAlternative, EdgeClass,
    EdgeEvidence, Gap, Grounds, Hung, KeptEdge, Kind, Parent, ParentOrigin, Post, PostId, Precision, ProposedAuthor,
    SourceKey, Status, Time,
};

pub fn post() -> Post {
    Post {
        id: PostId(1),
        source: SourceKey { kind: "wxr".into(), scope: "https://example.org".into() },
        key: "5".into(),
        title: Some("Of bees & *stars*".into()),
        url: Some("https://example.org/bees".into()),
        author: Author::named("Ann", None),
        created: Some(Time { millis: 1_459_850_400_000, offset: Some(120), precision: Precision::Exact }),
        body: Some(Body { raw: "<p>All about bees.</p>".into(), format: BodyFormat::Html }),
        text: "All about bees.".into(),
        source_status: Some(Status::Approved),
        raw_status: Some("publish".into()),
        placeholder: false,
        extra: r#"{"menu":0}"#.into(),
    }
}

pub fn gap() -> Gap {
    Gap { post: "5".into(), parent: Some("1".into()), known: vec!["9".into()], count: 12, reason: "more".into() }
}

/// A bare comment with this number that answers that one, or the post.
pub fn comment(id: i64, parent: Option<i64>) -> Comment {
    Comment {
        id: CommentId(id),
        source: post().source.into(),
        key: id.to_string(),
        post: PostId(1),
        parent: parent.map(CommentId),
        parent_key: parent.map(|parent| parent.to_string()),
        parent_origin: Some(ParentOrigin::Source),
        depth: 1,
        kind: Kind::Comment,
        author: Author::named("Bo", None),
        created: None,
        edited: None,
        format: BodyFormat::Text,
        raw: None,
        text: "Hm.".into(),
        status: Status::Pending,
        source_status: None,
        raw_status: None,
        score: None,
        revision: 0,
        extra: String::new(),
    }
}

/// Comments that answer each other, this many deep.
pub fn chain(length: i64) -> Vec<Comment> {
    (1..=length).map(|id| comment(id, (id > 1).then_some(id - 1))).collect()
}

/// A comment with every field set, from another source than its post.
pub fn full_comment() -> Comment {
    let created = Time { millis: 1_459_850_400_250, offset: None, precision: Precision::Local };
    Comment {
        id: CommentId(2),
        source: SourceKey { kind: "reddit".into(), scope: "reddit.com".into() }.into(),
        key: "t1_b".into(),
        parent: Some(CommentId(1)),
        parent_key: Some("t1_a".into()),
        author: Author {
            key: Some("t2_x".into()),
            name: Some("bob \"the\" b\u{1b}".into()),
            kind: AuthorKind::Staff,
            evidence: AuthorEvidence::Source,
        },
        created: Some(created),
        edited: Some(Time { precision: Precision::Estimated, ..created }),
        format: BodyFormat::Markdown,
        raw: Some("*Hi*\n".into()),
        text: "Hi".into(),
        status: Status::Removed,
        source_status: Some(Status::Approved),
        raw_status: Some("1".into()),
        score: Some(-3),
        revision: 1,
        extra: "{\"a\": [1,\n2],\"b\":\"x\\ny\\u00e9\"}".into(),
        ..comment(2, Some(1))
    }
}

/// An edge with everything that an edge can have.
pub fn hung() -> Hung {
    let evidence = vec![
        EdgeEvidence::Quote { here: (0, 9), there: (4, 13), words: 2, original: true },
        EdgeEvidence::Name { here: (0, 2) },
        EdgeEvidence::NamedBy { there: (0, 2) },
        EdgeEvidence::Number,
        EdgeEvidence::Words { here: vec![(0, 2)] },
    ];
    let alternatives = vec![
        EdgeAlternative { parent: Some("t1_0".into()), probability: 0.25 },
        EdgeAlternative { parent: None, probability: 0.0123 },
    ];
    let author =
        ProposedAuthor { name: "Bo".into(), evidence: AuthorEvidence::Inferred, by: Some("t1_z".into()), at: (0, 2) };
    let grounds = Grounds {
        confidence: 0.7377,
        class: EdgeClass::Quote,
        profile: "forum".into(),
        evidence,
        alternatives,
        authors: vec![author],
    };
    Hung {
        edge: KeptEdge { to: Answered::Comment("t1_a".into()), origin: ParentOrigin::Inferred, grounds: Some(grounds) },
        given: Parent::Comment { key: "t1_9".into(), origin: ParentOrigin::Source },
    }
}

/// What [`full_comment`] has besides its row.
pub const EXTRAS: Extras = Extras { version: Some(4), revisions: &[], duplicate_of: &[], hung: None, signals: &[] };

/// One post with these comments in a format.
pub fn write(format: &Format, thread: &[Comment]) -> String {
    let mut out = Vec::new();
    let mut export = (format.open)(&mut out);
    export.begin().unwrap();
    export.post(&post(), &[]).unwrap();
    for comment in thread {
        export.comment(comment, &Extras::default()).unwrap();
    }
    export.end_post().unwrap();
    export.end().unwrap();
    drop(export);
    String::from_utf8(out).unwrap()
}

/// Two posts, one with every field of a post and of a comment set, the other a placeholder.
pub fn write_full(format: &Format) -> String {
    let revisions = [Body { raw: "Hi?".into(), format: BodyFormat::Markdown }];
    let duplicate_of = ["t1_0".to_owned()];
    let mut out = Vec::new();
    let mut export = (format.open)(&mut out);
    export.begin().unwrap();
    export.post(&post(), &[gap()]).unwrap();
    export.comment(&comment(1, None), &Extras::default()).unwrap();
    let hung = hung();
    let signals = [("abuse".to_owned(), 0.25), ("scorer.detox".to_owned(), 1.0)];
    let extras =
        Extras { revisions: &revisions, duplicate_of: &duplicate_of, hung: Some(&hung), signals: &signals, ..EXTRAS };
    export.comment(&full_comment(), &extras).unwrap();
    export.comment(&comment(3, None), &Extras::default()).unwrap();
    export.end_post().unwrap();
    let placeholder = Post {
        id: PostId(2),
        key: "6".into(),
        title: None,
        url: None,
        author: Author::unknown(),
        created: Some(Time { millis: 0, offset: None, precision: Precision::Day }),
        body: None,
        text: String::new(),
        source_status: None,
        raw_status: None,
        placeholder: true,
        extra: String::new(),
        ..post()
    };
    export.post(&placeholder, &[]).unwrap();
    export.end_post().unwrap();
    export.end().unwrap();
    drop(export);
    String::from_utf8(out).unwrap()
}

#[test]
fn every_file_of_this_folder_is_in_the_table_or_shared() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/output");
    let shared = [
        "mod", "edges", "fields", "nesting", "quoted", "removed", "samples", "schema", "time", "listing", "tree",
        "hits",
    ];
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let listed = EXPORTS.iter().any(|format| format.name == name);
        assert!(listed || shared.contains(&name.as_str()), "{name} is not in EXPORTS");
    }
}
