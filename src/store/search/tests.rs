//! What is found never depends on the plan: over random databases on disk, every search is compared with a plain scan
//! that reads each comment by itself and works out by brute force what other rows say of it.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::{Act, Action, Actor, Deed, Origin, Subject};
use crate::model::{Author, Body, BodyFormat, Comment, NewComment, Parent, ParentOrigin, PostId, Precision};
use crate::model::{SourceKey, Status, Time};
use crate::query::tests::{DAY, NOW, WORDS, queries, ready};
use crate::query::{Entry, Facts, Field, History, Matcher, Member, Needs, Thread, World};
use crate::store::import::{Importer, Mode, Prepared as Record, PreparedComment};
use crate::store::{Measured, NewOperation, Scored, Undo, Unscored};

/// A record as it is made up.
#[derive(Debug, Clone)]
struct Made {
    key: u8,
    post: u8,
    parent: u8,
    author: &'static str,
    text: String,
    created: Option<i64>,
    score: Option<i64>,
    status: Option<Status>,
    copy_of: Option<u8>,
}

/// An import, and whether it was killed before its end.
#[derive(Debug, Clone)]
struct Dump {
    records: Vec<Made>,
    killed: bool,
}

fn dumps() -> impl Strategy<Value = Vec<Dump>> {
    let gap = prop::sample::select(vec![" ", "-", "_", "\n", "", "."]);
    let text = prop::collection::vec((prop::sample::select(WORDS), gap), 0..5)
        .prop_map(|words| words.into_iter().flat_map(|(word, gap)| [word, gap]).collect::<String>());
    let author = prop::sample::select(vec!["ann", "Bob", "Anonymous", "Doug M.", "ben", ""]);
    let status = prop::option::of(prop::sample::select(Status::ALL.to_vec()));
    let who = (0..20_u8, 0..2_u8, 0..24_u8, author);
    let made = (who, text, prop::option::weighted(0.9, 0..9_i64), prop::option::of(-3..3_i64), status, 0..60_u8);
    let made = made.prop_map(|((key, post, parent, author), text, half_days, score, status, copy)| Made {
        key,
        post,
        parent,
        author,
        text,
        created: half_days.map(|half_days| NOW - half_days * DAY / 2),
        score,
        status,
        copy_of: Some(copy).filter(|copy| *copy < 4),
    });
    let dump =
        (prop::collection::vec(made, 1..20), any::<bool>(), any::<bool>()).prop_map(|(mut records, killed, sorted)| {
            if sorted {
                records.iter_mut().for_each(|made| made.created = made.created.or(Some(NOW)));
                records.sort_by_key(|made| made.created);
            }
            Dump { records, killed }
        });
    prop::collection::vec(dump, 1..4)
}

/// A comment as a source gives it. Half of the parents are named before they come, some never come.
fn record(made: &Made) -> Record {
    let time = |millis| Time { millis, offset: Some(0), precision: Precision::Exact };
    let parent = match made.parent {
        parent if parent < 20 && parent != made.key => {
            Parent::Comment { key: format!("k{parent}"), origin: ParentOrigin::Source }
        }
        20 => Parent::Comment { key: "lost".to_owned(), origin: ParentOrigin::Inferred },
        _ => Parent::Post,
    };
    let comment = NewComment {
        post: Some(format!("1.{}", made.post)),
        parent,
        author: Author::named(
            made.author,
            Some(&format!("u{}", made.author)).filter(|_| made.author == "ann").map(|x| x.as_str()),
        ),
        created: made.created.map(time),
        body: Some(Body { raw: made.text.clone(), format: BodyFormat::Text }),
        status: made.status,
        score: made.score,
        ..NewComment::new(format!("k{}", made.key))
    };
    let mut hash = DefaultHasher::new();
    format!("{made:?}").hash(&mut hash);
    Record::Comment(Box::new(PreparedComment { comment, text: None, hash: hash.finish() as i64 }))
}

fn import(store: &mut Store, dump: &Dump) {
    let mut importer = Importer::begin(store, Mode::Batches).expect("a database");
    let source = SourceKey { kind: "reddit".to_owned(), scope: "example".to_owned() };
    importer.write(vec![Record::Source(source)]).expect("a source");
    for batch in dump.records.chunks(5) {
        let mut records: Vec<Record> = batch.iter().map(record).collect();
        records.extend(batch.iter().filter_map(|made| {
            let (key, of) = (format!("k{}", made.key), format!("k{}", made.copy_of?));
            Some(Record::Duplicate { key, of })
        }));
        importer.write(records).expect("a batch");
    }
    if !dump.killed {
        importer.finish(&[], &mut |_| {}).expect("the end");
    }
}

/// A language and signals.
type Known = (Option<String>, Vec<(Field, f64)>);

/// The whole database in memory, each comment read by itself.
struct Memory {
    threads: Vec<(PostId, Arc<Thread>)>,
    comments: Vec<Comment>,
    scanned: HashMap<i64, Known>,
}

impl World for Memory {
    fn thread(&self, post: PostId) -> Result<Arc<Thread>> {
        let found = self.threads.iter().find(|(id, _)| *id == post);
        found.map(|(_, thread)| Arc::clone(thread)).ok_or_else(|| anyhow::anyhow!("no post {post}"))
    }
}

fn read(store: &Store) -> Memory {
    let connection = &store.connection;
    let rows = |sql: &str| -> Vec<(i64, Option<i64>)> {
        let mut statement = connection.prepare(sql).expect(sql);
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect(sql);
        rows.collect::<Result<_, _>>().expect(sql)
    };
    let authors: HashMap<i64, Option<i64>> = rows("select id, author_id from comments").into_iter().collect();
    let copies: HashMap<i64, Option<i64>> =
        rows("select id, null from comments where key in (select key from duplicates)").into_iter().collect();
    let comments: Vec<Comment> = rows("select id, null from comments order by id")
        .iter()
        .map(|(id, _)| store.comment(CommentId(*id)).expect("a comment").expect("a comment"))
        .collect();
    let scanned = scanned_rows(store);
    let millis = |comment: &Comment| comment.created.map(|time| time.millis);
    let needs = Needs {
        flags: true,
        decisions: true,
        edited_since_decision: true,
        tags: true,
        notes: true,
        ..Needs::default()
    };
    let mut marks = facts::Facts::new(connection, &needs);
    let mut facts = |comment: &Comment| {
        let author = authors[&comment.id.0];
        let past = |other: &&Comment| {
            authors[&other.id.0] == author && millis(other).is_some() && millis(other) < millis(comment)
        };
        let earlier = || comments.iter().filter(past);
        let gone = |other: &&Comment| matches!(other.status, Status::Removed | Status::Spam);
        let first = earlier().filter_map(millis).min().or(millis(comment));
        let history = author.map(|_| History {
            comments: earlier().count() as u32,
            removed: earlier().filter(gone).count() as u32,
            age: millis(comment).zip(first).map(|(now, first)| now - first),
        });
        // What was decided is read for each comment by itself, as the matcher has it.
        let decided = marks.of(comment.id, None, None).expect("facts");
        Facts {
            replies: comments.iter().filter(|other| other.parent == Some(comment.id)).count() as u32,
            duplicate: copies.contains_key(&comment.id.0),
            history,
            lang: scanned.get(&comment.id.0).and_then(|(lang, _)| lang.clone()),
            signals: scanned.get(&comment.id.0).map(|(_, signals)| signals.clone()).unwrap_or_default(),
            ..decided
        }
    };
    let threads = rows("select id, null from posts")
        .into_iter()
        .map(|(id, _)| {
            let post = store.post(PostId(id)).expect("a post").expect("a post");
            let members = comments.iter().filter(|comment| comment.post == post.id);
            let members = members.map(|comment| Member { comment: comment.clone(), facts: facts(comment) }).collect();
            (post.id, Arc::new(Thread::new(post.key, post.title, members)))
        })
        .collect();
    Memory { threads, comments, scanned }
}

/// What was scanned of the comments that have not changed since, read row by row and compared here.
fn scanned_rows(store: &Store) -> HashMap<i64, Known> {
    let connection = &store.connection;
    let mut known: HashMap<i64, Known> = HashMap::new();
    let mut now = connection.prepare("select id, run_id, revision from comments").expect("comments");
    let now: HashMap<i64, (i64, i64)> = now
        .query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))
        .and_then(|rows| rows.collect())
        .expect("comments");
    let mut rows = connection.prepare("select * from signals").expect("signals");
    let mut rows = rows.query([]).expect("signals");
    while let Some(row) = rows.next().expect("a row") {
        let id: i64 = row.get("comment_id").expect("an id");
        if now[&id] != (row.get("run").expect("a run"), row.get("revision").expect("a revision")) {
            continue;
        }
        let entry = known.entry(id).or_default();
        entry.0 = row.get("lang").expect("a language");
        for field in Field::STORED {
            let value: Option<i64> = row.get(signals::column(field).as_str()).expect("a value");
            entry.1.extend(value.map(|value| (field, value as f64 / signals::units(field))));
        }
    }
    let mut rows = connection.prepare("select * from scores").expect("scores");
    let mut rows = rows.query([]).expect("scores");
    while let Some(row) = rows.next().expect("a row") {
        let id: i64 = row.get("comment_id").expect("an id");
        if now[&id] == (row.get("run").expect("a run"), row.get("revision").expect("a revision")) {
            let value: Option<f64> = row.get("value").expect("a value");
            known.entry(id).or_default().1.extend(value.map(|value| (scorer(), value)));
        }
    }
    known
}

fn scorer() -> Field {
    Field::from_name("scorer.x").expect("a scorer")
}

/// Scans some of the comments, with values that follow from their numbers; an import later makes some of it stale.
fn scan(store: &Store, share: u8) {
    let Field::Scorer(name) = scorer() else { return };
    store.scorer(name, "1").expect("a scorer");
    let edition = store.edition("test 1").expect("an edition");
    let all = store.unscored(name, CommentId(0), usize::MAX).expect("comments");
    let some = all.into_iter().filter(|one| one.comment.0 % 4 < i64::from(share));
    for one in some {
        let (id, value) = (one.comment.0, |by: i64| Some((one.comment.0 * by % 11) as f64 / 10.0).filter(|v| *v < 1.0));
        let mut values = [None; Field::STORED.len()];
        values[..8].copy_from_slice(&[
            value(3),
            value(5),
            None,
            value(7),
            Some((id % 3) as f64),
            Some(0.0),
            None,
            value(2),
        ]);
        values[8..11].copy_from_slice(&[Some((id % 2) as f64), Some((id % 5) as f64), None]);
        values[13] = value(4);
        let lang = Some("en".to_owned()).filter(|_| id % 2 == 0);
        let Unscored { comment, run, revision, .. } = one;
        store.write_signals(1, edition, &[Measured { comment, run, revision, lang, values }]).expect("signals");
        store.write_scores(name, &[Scored { comment, run, revision, value: value(9) }]).expect("scores");
    }
}

/// Decides some of the comments: people remove, approve, tag, remark and take back, a rule flags.
fn decide(store: &mut Store, seed: u64) {
    let mut next = seed | 1;
    let mut pick = |of: usize| {
        next = next.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (next >> 33) as usize % of
    };
    for turn in 0..pick(8) {
        let (name, origin) = [("ann", Origin::Person), ("Bea", Origin::Person), ("loud", Origin::Rule)][pick(3)];
        let actions = [Action::Approve, Action::Remove, Action::Spam, Action::Flag, Action::Tag, Action::Note];
        let action = if origin == Origin::Rule { Action::Flag } else { actions[pick(6)] };
        let reasons = [vec![], vec!["off-topic"], vec!["spam.commercial", "off-topic"]][pick(3)].clone();
        let reasons: Vec<String> = reasons.into_iter().map(str::to_owned).collect();
        let act = Act {
            reasons: if action == Action::Flag { vec!["off-topic".to_owned()] } else { reasons },
            tag: (action == Action::Tag).then(|| ["keep", "Later"][pick(2)].to_owned()),
            note: (action == Action::Note || pick(4) == 0).then(|| "hm".to_owned()),
            ..Act::bare(action)
        };
        let deeds: Vec<_> = (0..3)
            .map(|_| Deed { on: Subject::Comment(CommentId(1 + pick(20) as i64)), act: &act, spare_decided: false })
            .filter(|deed| matches!(deed.on, Subject::Comment(id) if store.comment(id).expect("a read").is_some()))
            .collect();
        let actor = Actor { name: name.to_owned(), origin, version: "1".to_owned() };
        let at = NOW + turn as i64;
        let new = NewOperation { actor: &actor, verb: action.as_str(), query: None, at, dry_run: false };
        let done = store.decide(&new, deeds).expect("a decision");
        if let (Some(operation), 0) = (done.operation, pick(4)) {
            store.undo(&NewOperation { verb: "undo", ..new }, &Undo::Operation(operation)).expect("an undo");
        }
    }
}

/// What the matcher alone finds.
fn scanned(query: &Query, memory: &Memory) -> Vec<CommentId> {
    let mut matcher = Matcher::new(query, memory);
    let entries: Vec<Entry<'_>> = memory.threads.iter().flat_map(|(_, thread)| thread.entries()).collect();
    let mut found: Vec<CommentId> = entries
        .iter()
        .filter(|entry| matcher.matches(entry).expect("a world in memory"))
        .map(|entry| entry.id)
        .collect();
    found.sort_unstable();
    found
}

/// Puts matches into an order, by its documentation.
fn sorted(mut ids: Vec<CommentId>, sort: Sort, memory: &Memory) -> Vec<CommentId> {
    let comments: HashMap<CommentId, &Comment> = memory.comments.iter().map(|c| (c.id, c)).collect();
    let time = |id: &CommentId| (comments[id].created.map(|time| time.millis), *id);
    ids.sort_by(|a, b| match sort {
        Sort::Oldest => time(a).cmp(&time(b)),
        Sort::Newest | Sort::Relevance => time(b).cmp(&time(a)),
        Sort::Score => (comments[b].score, b).cmp(&(comments[a].score, a)),
        Sort::Length => {
            let length = |id: &CommentId| (comments[id].text.chars().count(), *id);
            length(b).cmp(&length(a))
        }
        Sort::Signal(field) => {
            let value = |id: &CommentId| {
                let (_, signals) = memory.scanned.get(&id.0)?;
                signals.iter().find(|(name, _)| *name == field).map(|(_, value)| *value)
            };
            let key = |id: &CommentId| value(id).map_or(f64::NEG_INFINITY, |value| value);
            key(b).total_cmp(&key(a)).then(b.cmp(a))
        }
    });
    ids
}

/// The orders that are checked.
fn sorts() -> [Sort; 7] {
    let signals = [Sort::Signal(Field::Abuse), Sort::Signal(scorer())];
    [Sort::Newest, Sort::Oldest, Sort::Relevance, Sort::Score, Sort::Length, signals[0], signals[1]]
}

/// Every order, every slice, the count and the groups of one query.
fn check(store: &Store, memory: &Memory, text: &str, offset: usize, limit: usize) -> Result<(), TestCaseError> {
    let query = ready(text);
    let wanted = scanned(&query, memory);
    let prepared = store.prepare(&query).expect(text);
    for sort in sorts() {
        let find = |offset, limit| store.find(&prepared, Slice { sort, offset, limit }).expect(text).ids;
        let all = find(0, None);
        if sort == Sort::Relevance {
            // The order is the text index's own; what is in it is not.
            let mut ids = all.clone();
            ids.sort_unstable();
            prop_assert_eq!(&ids, &wanted, "{}: {}", text, prepared.sql(Slice { sort, offset: 0, limit: None }));
        } else {
            let wanted = sorted(wanted.clone(), sort, memory);
            prop_assert_eq!(
                &all,
                &wanted,
                "{} by {:?}: {}",
                text,
                sort,
                prepared.sql(Slice { sort, offset: 0, limit: None })
            );
        }
        let part: Vec<CommentId> = all.into_iter().skip(offset).take(limit).collect();
        prop_assert_eq!(find(offset, Some(limit)), part, "{} by {:?} from {} so many {}", text, sort, offset, limit);
    }
    prop_assert_eq!(store.count(&prepared).expect(text), wanted.len() as u64, "count of {}", text);
    let sum = |rows: Vec<GroupRow>| rows.iter().map(|row| row.count).sum::<u64>();
    for by in [By::Author, By::Post, By::Source, By::Status, By::Kind, By::Day, By::Month, By::Year] {
        let rows = store.count_by(&prepared, by, None).expect(text);
        prop_assert_eq!(sum(rows), wanted.len() as u64, "{} by {:?}", text, by);
    }
    let authors = store.authors(&prepared, None).expect(text);
    prop_assert_eq!(authors.iter().map(|row| row.comments).sum::<u64>(), wanted.len() as u64, "authors of {}", text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_planned_search_finds_what_a_plain_scan_finds(
        dumps in dumps(),
        seed in any::<u64>(),
        texts in prop::collection::vec((queries(), 0..4_usize, 0..6_usize), 1..8),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = Store::open_or_create(&folder.path().join("quell.db")).expect("a database");
        for dump in &dumps {
            import(&mut store, dump);
            scan(&store, dump.records.len() as u8 % 5);
            decide(&mut store, seed);
            let memory = read(&store);
            for (text, offset, limit) in &texts {
                check(&store, &memory, text, *offset, *limit)?;
            }
        }
    }
}
