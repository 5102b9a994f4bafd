//! Many small scans find what one large one finds, and a scan finds what searches find: over random databases, with
//! imports in between that add comments, change texts, move parents and repeat each other.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use proptest::prelude::*;

use super::*;
use crate::model::{Author, Body, BodyFormat, CommentId, NewComment, NewPost, Parent, ParentOrigin, Precision};
use crate::model::{SourceKey, Status, Time};
use crate::query::{Field, NoLookup, Setting};
use crate::rules::{RuleSet, load};
use crate::store::{Importer, Mode, Prepared, PreparedComment, PreparedPost, Slice, Sort};

struct Silent;

impl Progress for Silent {
    fn stage(&mut self, _: &str, _: u64) {}
    fn at(&mut self, _: u64) {}
}

/// What rules ask for: the text, signals, the thread, and what may change without them.
const QUERIES: &[&str] = &[
    "soup",
    "/oo/ -bread",
    "copies:>=2",
    "soup copies:1",
    "abuse:>0.3",
    "-abuse:>0.3 idiot",
    "offtopic:>0.3",
    "-offtopic:* soup",
    "spam:>0.5 OR personal:>=1",
    "lang:en soup",
    "parent:{soup}",
    "-ancestor:{abuse:>0.3} bread",
    "thread:{copies:>=2} bread",
    "sibling:{abuse:>0.2}",
    "child:{evasion:>0}",
    "is:root soup",
    "is:orphan",
    "depth:>1",
    "title:/second/",
    "author.comments:<2",
    "replies:>0 soup",
    "status:removed",
    "after:2016-04-04",
    "author:ann OR edits:>0",
    "quoting:>0",
];

const WORDS: &[&str] = &[
    "soup",
    "bread",
    "you are a stupid idiot",
    "s0up",
    "the bakery on Harbour Street opens again in April and sells rye",
    "violins need new strings before the concert on Sunday evening",
    "> quoted",
    "http://a.example/x",
    "ann@soup.example",
    "und das Brot ist nicht frisch",
    "\n",
];

#[derive(Debug, Clone)]
struct Made {
    key: u8,
    post: u8,
    parent: u8,
    ann: bool,
    text: String,
    half_days: i64,
    removed: bool,
}

fn dumps() -> impl Strategy<Value = Vec<(Vec<Made>, bool)>> {
    let text = prop::collection::vec(prop::sample::select(WORDS), 0..4).prop_map(|words| words.join(" "));
    let made = (0..16_u8, 0..3_u8, 0..20_u8, any::<bool>(), text, 0..9_i64, prop::bool::weighted(0.2));
    let made = made.prop_map(|(key, post, parent, ann, text, half_days, removed)| Made {
        key,
        post,
        parent,
        ann,
        text,
        half_days,
        removed,
    });
    prop::collection::vec((prop::collection::vec(made, 1..16), any::<bool>()), 1..5)
}

fn comment(made: &Made) -> Prepared {
    let mut hash = DefaultHasher::new();
    format!("{made:?}").hash(&mut hash);
    let parent = match made.parent {
        parent if parent < 18 && parent != made.key => {
            Parent::Comment { key: format!("k{parent}"), origin: ParentOrigin::Source }
        }
        _ => Parent::Post,
    };
    let millis = 1_459_857_600_000 - made.half_days * 43_200_000;
    let comment = NewComment {
        post: Some(format!("1.{}", made.post)),
        parent,
        author: Author::named(if made.ann { "ann" } else { "bob" }, Some("u")),
        created: Some(Time { millis, offset: Some(0), precision: Precision::Exact }),
        body: Some(Body { raw: made.text.clone(), format: BodyFormat::Text }),
        status: made.removed.then_some(Status::Removed),
        ..NewComment::new(format!("k{}", made.key))
    };
    Prepared::Comment(Box::new(PreparedComment { comment, text: None, hash: hash.finish() as i64 }))
}

fn import(store: &mut Store, made: &[Made], renamed: bool) {
    let mut importer = Importer::begin(store, Mode::Batches).expect("a database");
    let source = SourceKey { kind: "reddit".to_owned(), scope: "example".to_owned() };
    let title = if renamed { "The second bakery" } else { "The bakery" };
    let post = NewPost { title: Some(title.to_owned()), ..NewPost::new("1.0".to_owned()) };
    let post = PreparedPost { post, text: None, hash: i64::from(renamed) };
    importer.write(vec![Prepared::Source(source), Prepared::Post(Box::new(post))]).expect("a source");
    importer.write(made.iter().map(comment).collect()).expect("a batch");
    importer.finish(&[], &mut |_| {}).expect("the end");
}

fn rules() -> RuleSet {
    let rule = |(at, query)| format!("[[rule]]\nid = \"r{at}\"\nreason = \"threat\"\nmatch = '''{query}'''\n");
    let text: String = QUERIES.iter().enumerate().map(rule).collect();
    let setting = Setting { now: 1_600_000_000_000, lookup: &NoLookup };
    load(&text, &setting, &["threat"]).unwrap_or_else(|faults| panic!("{}", faults[0].render("rules", &text)))
}

/// What each rule finds.
type ByRule = BTreeSet<(usize, CommentId)>;

fn found(hits: &Hits) -> ByRule {
    hits.found.iter().map(|found| (found.rule, found.comment)).collect()
}

fn searched(store: &Store, set: &RuleSet) -> ByRule {
    let all = Slice { sort: Sort::Oldest, offset: 0, limit: None };
    let find = |query| store.find(&store.prepare(query).expect("a plan"), all).expect("a search").ids;
    set.rules
        .iter()
        .enumerate()
        .flat_map(|(at, ready)| find(&ready.query).into_iter().map(move |id| (at, id)))
        .collect()
}

/// Everything stored of each comment.
fn stored(store: &Store) -> HashMap<CommentId, (Option<String>, Vec<Option<f64>>)> {
    let ids = store.touched_since(0).expect("comments");
    let row = |id| store.signals(id).expect("a row").map(|of| (id, (of.lang, of.values.to_vec())));
    ids.into_iter().filter_map(row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn many_scans_find_what_one_finds_and_what_searches_find(dumps in dumps()) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = Store::open_or_create(&folder.path().join("quell.db")).expect("a database");
        let set = rules();
        let (never, mut known) = (vec![Some(0); set.rules.len()], ByRule::new());
        let mut through = never.clone();
        for (made, renamed) in &dumps {
            import(&mut store, made, *renamed);
            let measured = measure(&store, 0, false, &mut Silent).expect("a scan");
            prop_assert_eq!(store.unscanned().expect("a count"), 0);
            let step = found(&ask(&store, &set, &through, &mut Silent).expect("rules"));
            let whole = found(&ask(&store, &set, &never, &mut Silent).expect("rules"));
            prop_assert_eq!(&whole, &searched(&store, &set));
            prop_assert!(step.is_subset(&whole), "a small scan found {:?}", step.difference(&whole));
            known.extend(&step);
            let missed: Vec<_> = whole.difference(&known).map(|(rule, id)| (QUERIES[*rule], id)).collect();
            prop_assert!(missed.is_empty(), "small scans missed {missed:?}");
            end(&store, &measured, 0).expect("the end");
            through = vec![Some(measured.scan); set.rules.len()];
            let again = measure(&store, 0, false, &mut Silent).expect("a scan");
            prop_assert_eq!((again.computed, again.posts), (0, 0));
        }
        let small = stored(&store);
        measure(&store, 0, true, &mut Silent).expect("a scan of everything");
        let whole = stored(&store);
        prop_assert_eq!(small.len(), whole.len());
        let drifting = [Field::OffTopic, Field::Unrelated].map(|field| crate::store::place(field).expect("a place"));
        for (id, (lang, values)) in small {
            let (of_all, mut of_whole) = whole[&id].clone();
            prop_assert_eq!(lang, of_all);
            // How rare words are is counted anew only once a tenth has come, so these may differ a little.
            for at in drifting {
                let (a, b) = (values[at], of_whole[at]);
                let near = a.is_some() == b.is_some() && (a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 0.1;
                prop_assert!(near, "{a:?} {b:?}");
                of_whole[at] = values[at];
            }
            prop_assert_eq!(values, of_whole, "{}", id);
        }
    }
}
