//! The meaning of queries over a small world in memory, and the promise of the plan: what it narrows to holds every
//! match, and nothing else where it says so.

use std::cell::Cell;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::PostId;
use crate::model::{Author, BodyFormat, Comment, CommentId, Kind, ParentOrigin, Precision, SourceKey, Status, Time};

/// 2016-04-05T12:00:00Z
pub(crate) const NOW: i64 = 1_459_857_600_000;
pub(crate) const DAY: i64 = 86_400_000;

/// Threads in memory.
#[derive(Debug)]
struct Memory {
    threads: Vec<(PostId, Arc<Thread>)>,
    asked: Cell<usize>,
}

impl World for Memory {
    fn thread(&self, post: PostId) -> anyhow::Result<Arc<Thread>> {
        self.asked.set(self.asked.get() + 1);
        let found = self.threads.iter().find(|(id, _)| *id == post);
        found.map(|(_, thread)| thread.clone()).ok_or_else(|| anyhow::anyhow!("no post {post}"))
    }
}

pub(crate) struct Names;

impl Lookup for Names {
    fn saved(&self, name: &str) -> Result<String, String> {
        match name {
            "loud" => Ok("foo is:root OR author:ann".to_owned()),
            "loop" => Ok("a query:loop2".to_owned()),
            "loop2" => Ok("query:loop".to_owned()),
            "broken" => Ok("nosuch:x".to_owned()),
            "wide" => Ok(format!("query:wide2 {}", "query:wide2 ".repeat(2000))),
            "wide2" => Ok("a ".repeat(2000)),
            _ => NoLookup.saved(name),
        }
    }

    fn list(&self, file: &str) -> Result<Vec<String>, String> {
        match file {
            "words" => Ok(vec!["Foo".to_owned(), "baz qux".to_owned(), "!!".to_owned()]),
            "names" => Ok(vec!["ANN".to_owned(), "doug m.".to_owned()]),
            _ => NoLookup.list(file),
        }
    }
}

pub(crate) fn ready(query: &str) -> Query {
    let expr = parse(query).unwrap_or_else(|fault| panic!("{}", fault.render(query)));
    compile(&expr, &Setting { now: NOW, lookup: &Names }).unwrap_or_else(|fault| panic!("{}", fault.render(query)))
}

fn comment(id: i64, post: i64, parent: Option<i64>, author: &str, text: &str) -> Member {
    let comment = Comment {
        id: CommentId(id),
        source: SourceKey { kind: "reddit".to_owned(), scope: "example".to_owned() }.into(),
        key: format!("k{id}"),
        post: PostId(post),
        parent: parent.map(CommentId),
        parent_key: parent.map(|parent| format!("k{parent}")),
        parent_origin: parent.map(|_| ParentOrigin::Source),
        depth: 1,
        kind: Kind::Comment,
        author: Author::named(author, Some(&format!("u{author}"))),
        created: Some(Time { millis: NOW - id * DAY / 2, offset: Some(0), precision: Precision::Exact }),
        edited: None,
        format: BodyFormat::Text,
        raw: None,
        text: text.to_owned(),
        status: Status::ALL[id as usize % Status::ALL.len()],
        source_status: None,
        raw_status: None,
        score: (id % 3 != 0).then_some(id - 4),
        revision: u32::from(id % 5 == 0),
        extra: String::new(),
    };
    Member { comment, facts: Facts::default() }
}

/// The world of the fixed tests: one thread of six.
///
/// ```text
/// c1 ann    Foo bar, baz!
/// ├ c2 Doug M.   see http://sub.example.com/x
/// │ └ c3 anon   naïve BAZ qux
/// └ c4 ann   OT, 日本語 don't
/// c5 bob   f00 and more foot
/// └ c6 (answers k99, unknown)
/// ```
fn small() -> Memory {
    let mut members = vec![
        comment(1, 1, None, "ann", "Foo bar, baz!"),
        comment(2, 1, Some(1), "Doug M.", "see http://sub.example.com/x"),
        comment(3, 1, Some(2), "anon", "naïve BAZ qux"),
        comment(4, 1, Some(1), "ann", "OT, 日本語 don't"),
        comment(5, 1, None, "bob", "f00 and more foot"),
        comment(6, 1, None, "ben", ""),
    ];
    members[5].comment.parent_key = Some("k99".to_owned());
    members[0].facts.flags.push(Mark { reason: "off-topic".to_owned(), rule: Some("shout".to_owned()) });
    members[1].facts.history = Some(History { comments: 2, removed: 1, age: Some(3 * DAY) });
    members[1].facts.signals.push((Field::Abuse, 0.9));
    counted(&mut members);
    Memory { threads: vec![(PostId(1), thread(members))], asked: Cell::new(0) }
}

fn thread(members: Vec<Member>) -> Arc<Thread> {
    Arc::new(Thread::new("1.5".to_owned(), Some("Open thread".to_owned()), members))
}

/// Fills in the number of replies.
fn counted(members: &mut [Member]) {
    for at in 0..members.len() {
        let id = members[at].comment.id;
        members[at].facts.replies = members.iter().filter(|member| member.comment.parent == Some(id)).count() as u32;
    }
}

/// The matches of a query, by number.
fn hits(query: &str, world: &Memory) -> Vec<i64> {
    let query = ready(query);
    let mut matcher = Matcher::new(&query, world);
    let mut out = Vec::new();
    for (_, thread) in &world.threads {
        for entry in thread.entries() {
            if matcher.matches(&entry).expect("a world in memory") {
                out.push(entry.id.0);
            }
        }
    }
    out
}

#[test]
fn queries_mean_what_the_help_says() {
    let world = small();
    let cases: &[(&str, &[i64])] = &[
        ("*", &[1, 2, 3, 4, 5, 6]),
        ("foo", &[1]),
        ("foo*", &[1, 5]),
        ("\"bar baz\"", &[1]),
        ("\"baz bar\"", &[]),
        ("\"foo ba\"*", &[1]),
        ("baz -foo", &[3]),
        ("baz|ot", &[1, 3, 4]),
        ("NAIVE", &[3]),
        ("don't", &[4]),
        ("don’t", &[4]),
        ("\"don t\"", &[4]),
        ("本", &[4]),
        ("日本", &[4]),
        ("本日", &[]),
        ("/\\bOT\\b/", &[4]),
        ("/foo/", &[5]),
        ("/foo/i", &[1, 5]),
        ("list(words)", &[1, 3]),
        ("author:ANN", &[1, 4]),
        ("author:\"doug m.\"", &[2]),
        ("author:doug*", &[2]),
        ("author:doug", &[]),
        ("author:uann", &[1, 4]),
        ("author:/^b/", &[5, 6]),
        ("author:list(names)", &[1, 2, 4]),
        ("author.kind:anonymous", &[3]),
        ("post:p1 post:1.5 title:\"open thread\"", &[1, 2, 3, 4, 5, 6]),
        ("post:p2", &[]),
        ("source:REDDIT source:example", &[1, 2, 3, 4, 5, 6]),
        ("c3", &[3]),
        ("id:k3|k4", &[3, 4]),
        ("id:K3", &[]),
        ("under:c2", &[2, 3]),
        ("under:k1", &[1, 2, 3, 4]),
        ("under:p1 is:root", &[1, 5]),
        ("is:reply", &[2, 3, 4, 6]),
        ("is:leaf", &[3, 4, 5, 6]),
        ("has:reply", &[1, 2]),
        ("is:orphan", &[6]),
        ("is:flagged", &[1]),
        ("is:edited", &[5]),
        ("has:link", &[2]),
        ("domain:example.com", &[2]),
        ("domain:ample.com", &[]),
        ("links:0", &[1, 3, 4, 5, 6]),
        ("words:..2", &[6]),
        ("length:0", &[6]),
        ("replies:>=2", &[1]),
        ("flag:off-topic rule:shout", &[1]),
        ("flag:*", &[1]),
        ("flags:0 is:root", &[5]),
        ("abuse:>0.8", &[2]),
        ("-abuse:>0.8 -abuse:*", &[1, 3, 4, 5, 6]),
        ("author.comments:<3", &[2]),
        ("author.age:<7d author.removed:1", &[2]),
        ("-author.age:<7d", &[1, 3, 4, 5, 6]),
        ("score:-2", &[2]),
        ("score:*", &[1, 2, 4, 5]),
        ("status:approved", &[1]),
        ("date:today", &[1]),
        ("after:36h", &[1, 2, 3]),
        ("before:yesterday", &[4, 5, 6]),
        ("date:2016-04-03..2016-04-04", &[2, 3, 4, 5]),
        ("date:>2016-04-04", &[1]),
        ("edited:*", &[]),
        ("parent:{author:ann}", &[2, 4]),
        ("ancestor:{author:ann}", &[2, 3, 4]),
        ("child:{baz}", &[2]),
        ("descendant:{baz}", &[1, 2]),
        ("sibling:{author:ann}", &[2, 5, 6]),
        ("sibling:{ot}", &[2]),
        ("thread:{qux} is:root", &[1, 5]),
        ("parent:{parent:{*}}", &[3]),
        ("-parent:{*}", &[1, 5, 6]),
        ("child:{parent:{foo}}", &[1]),
        ("query:loud", &[1, 4]),
        ("-query:loud is:root", &[5]),
        ("caps:*", &[2, 3, 5]),
    ];
    for (query, wanted) in cases {
        assert_eq!(hits(query, &world), *wanted, "{query}");
    }
}

#[test]
fn names_that_lead_nowhere_are_faults_at_their_place() {
    let fault = |query: &str| {
        let expr = parse(query).expect(query);
        compile(&expr, &Setting { now: NOW, lookup: &Names }).expect_err(query).render(query)
    };
    insta::assert_snapshot!(fault("foo query:none"), @r"
    no saved query `none`
      foo query:none
                ^^^^
    ");
    insta::assert_snapshot!(fault("foo author:ann|list(x)"), @r"
    no list `x`
      foo author:ann|list(x)
                     ^^^^^^^
    ");
    assert!(fault("query:loop").contains("contains itself"));
    assert!(fault("query:broken").contains("in the saved query `broken`: no field `nosuch`"));
    assert!(fault("query:wide").contains("too large"));
}

#[test]
fn spans_are_where_the_words_stand() {
    let text = "Foo Bär, see http://a.b/c and foo-bar OT";
    let spans = |query: &str| ready(query).spans(text).into_iter().map(|span| &text[span]).collect::<Vec<_>>();
    assert_eq!(spans("\"foo bar\""), ["Foo Bär", "foo-bar"]);
    assert_eq!(spans("foo bar -see"), ["Foo", "Bär", "foo", "bar"]);
    assert_eq!(spans("/o+ b/i has:link"), ["oo B", "http://a.b/c"]);
    assert_eq!(spans("parent:{foo} author:foo"), Vec::<&str>::new());
    assert_eq!(spans("/x*/ OR ot"), ["OT"]);
}

#[test]
fn a_thread_is_asked_for_once_and_circles_end() {
    let world = small();
    assert_eq!(hits("parent:{foo} OR child:{descendant:{*}} OR under:c5", &world), [1, 2, 4, 5]);
    assert_eq!(world.asked.get(), 1);
    let circle =
        vec![comment(1, 1, Some(2), "a", "x"), comment(2, 1, Some(1), "b", "y"), comment(3, 1, Some(3), "c", "z")];
    let world = Memory { threads: vec![(PostId(1), thread(circle))], asked: Cell::new(0) };
    assert_eq!(hits("ancestor:{*} OR descendant:{*}", &world), Vec::<i64>::new());
}

#[test]
fn deep_threads_need_no_stack_and_no_square_of_work() {
    let count = 50_000;
    let members = (1..=count).map(|id| comment(id, 1, (id > 1).then(|| id - 1), "a", if id == 7 { "foo" } else { "" }));
    let world = Memory { threads: vec![(PostId(1), thread(members.collect()))], asked: Cell::new(0) };
    assert_eq!(hits("ancestor:{foo}", &world).len() as i64, count - 7);
    assert_eq!(hits("descendant:{foo}", &world), [1, 2, 3, 4, 5, 6]);
    assert_eq!(hits("thread:{foo} child:{*} sibling:{*}", &world), Vec::<i64>::new());
}

#[test]
fn the_plan_says_what_it_asks() {
    let shown = |query: &str| {
        let plan = plan(&ready(query), &|_| true);
        explain(&parse(query).expect(query), &plan)
    };
    insta::assert_snapshot!(shown("author:\"Doug M.\" azerbaijan -status:removed|spam after:2016-04"), @r#"
    query    author:"Doug M." azerbaijan -status:removed|spam after:2016-04
    asks     (not status removed|spam and written from 2016-04-01T00:00:00Z and author is "doug m." and words "azerbaijan")
    then     nothing more: these are the matches
    needs    text, author
    "#);
    insta::assert_snapshot!(shown("parent:{author:/^anon/i} has:link -fold:x"), @r#"
    query    parent:{author:/^anon/i} has:link -fold:x
    asks     ((words "https" or words "http" or words "www") and parent {author matches the regex "(?i)^anon"})
    then     each candidate is matched against the whole query
    needs    text, author, whole threads
    "#);
    insta::assert_snapshot!(shown("-(foo words:<5) OR c1"), @r"
    query    -(foo words:<5) OR c1
    asks     every comment
    then     each candidate is matched against the whole query
    needs    text
    ");
}

#[test]
fn a_store_may_refuse_any_condition() {
    let plan = plan(&ready("author:ann foo date:2016"), &|leaf| matches!(leaf, Narrow::Words(_)));
    assert!(!plan.exact);
    assert!(matches!(plan.narrow, Narrow::Words(_)));
}

#[test]
fn a_relation_that_a_store_refuses_narrows_to_its_threads() {
    let can = |leaf: &Narrow| !matches!(leaf, Narrow::Relation(relation, _) if *relation != Relation::Thread);
    let planned = |query: &str| plan(&ready(query), &can);
    let narrowed = planned("ancestor:{author:ann} foo");
    assert!(!narrowed.exact);
    assert_eq!(explain::line(&narrowed.narrow), "(words \"foo\" and thread {author is \"ann\"})");
    assert!(matches!(planned("sibling:{words:<5}").narrow, Narrow::All));
    assert!(matches!(planned("-descendant:{foo}").narrow, Narrow::All));
}

/// Answers a narrowing by brute force, from its documentation and not from the matcher's code.
fn narrowed(narrow: &Narrow, entry: &Entry<'_>, all: &[Entry<'_>]) -> bool {
    let related = |relation: Relation| -> Vec<&Entry<'_>> {
        let above = |from: &Entry<'_>| {
            let mut chain = Vec::new();
            let mut next = from.parent;
            while let Some(found) =
                next.and_then(|id| all.iter().find(|other| other.id == id && other.post == from.post))
            {
                chain.push(found.id);
                next = found.parent;
            }
            chain
        };
        let up = above(entry);
        let is = |other: &&Entry<'_>| match relation {
            Relation::Parent => up.first() == Some(&other.id),
            Relation::Ancestor => up.contains(&other.id),
            Relation::Child => above(other).first() == Some(&entry.id),
            Relation::Descendant => above(other).contains(&entry.id),
            Relation::Sibling => other.id != entry.id && above(other).first() == up.first(),
            Relation::Thread => true,
        };
        all.iter().filter(|other| other.post == entry.post).filter(is).collect()
    };
    let number = |field: Field| match field {
        Field::Score => entry.score.map(|score| score as f64),
        Field::Depth => Some(f64::from(entry.depth)),
        Field::Replies => Some(f64::from(entry.facts.replies)),
        Field::Edits => Some(f64::from(entry.revision)),
        Field::Flags => Some(entry.facts.flags.len() as f64),
        Field::AuthorComments => entry.facts.history.map(|history| f64::from(history.comments)),
        other => entry.facts.signals.iter().find(|(field, _)| *field == other).map(|(_, value)| *value),
    };
    match narrow {
        Narrow::All => true,
        Narrow::Nothing => false,
        Narrow::And(parts) => parts.iter().all(|part| narrowed(part, entry, all)),
        Narrow::Or(parts) => parts.iter().any(|part| narrowed(part, entry, all)),
        Narrow::Not(inner) => !narrowed(inner, entry, all),
        Narrow::Words(phrase) => indexed(phrase, entry.text),
        Narrow::Author(pattern) => {
            [entry.author, entry.author_key].into_iter().flatten().any(|name| pattern.matches(name))
        }
        Narrow::AuthorKind(kinds) => kinds.contains(&entry.author_kind),
        Narrow::Title(pattern) => entry.title.is_some_and(|title| pattern.matches(title)),
        Narrow::Source(pattern) => pattern.matches(entry.source_kind) || pattern.matches(entry.source_scope),
        Narrow::Key(pattern) => pattern.matches(entry.key),
        Narrow::PostKey(pattern) => pattern.matches(entry.post_key),
        Narrow::Ids(ids) => ids.contains(&entry.id),
        Narrow::Post(id) => entry.post == *id,
        Narrow::Under(target) => {
            let is = |other: &Entry<'_>| match target {
                UnderTarget::Comment(id) => other.id == *id,
                UnderTarget::Key(pattern) => pattern.matches(other.key),
            };
            is(entry) || related(Relation::Ancestor).into_iter().any(is)
        }
        Narrow::Status(set) => set.contains(&entry.status),
        Narrow::Kind(set) => set.contains(&entry.kind),
        Narrow::Is(Is::Reply) => entry.parent.is_some() || entry.orphan,
        Narrow::Is(Is::Root) => entry.parent.is_none() && !entry.orphan,
        Narrow::Is(Is::Leaf) => entry.facts.replies == 0,
        Narrow::Is(Is::Edited) => entry.revision > 0,
        Narrow::Is(Is::Flagged) => !entry.facts.flags.is_empty(),
        Narrow::Is(Is::Orphan) => entry.orphan,
        Narrow::Is(_) | Narrow::HasNote => false,
        Narrow::Created(range) => entry.created.is_some_and(|time| range.contains(&time)),
        Narrow::Edited(range) => entry.edited.is_some_and(|time| range.contains(&time)),
        Narrow::Number(field, bounds) => number(*field).is_some_and(|value| bounds.holds(&value)),
        Narrow::Known(field) => number(*field).is_some(),
        Narrow::Label(Field::Flag, pattern) => entry.facts.flags.iter().any(|flag| pattern.matches(&flag.reason)),
        Narrow::Label(..) => false,
        Narrow::Relation(relation, inner) => related(*relation).into_iter().any(|other| narrowed(inner, other, all)),
    }
}

/// What the text index answers: a phrase among the space-separated tokens that it is fed.
fn indexed(phrase: &Phrase, text: &str) -> bool {
    let tokens = crate::text::tokens::joined(text);
    let (text, wanted) = (format!(" {tokens} "), format!(" {}", phrase.tokens.join(" ")));
    text.contains(&if phrase.prefix { wanted } else { format!("{wanted} ") })
}

/// Words that meet often, in many disguises.
pub(crate) const WORDS: &[&str] = &[
    "foo",
    "Foo",
    "FOO",
    "foot",
    "bar",
    "bär",
    "baz",
    "OT",
    "ot",
    "日本",
    "本",
    "don't",
    "http://sub.example.com/x",
    "x_foo",
    "foo_bar",
    "f\u{301}oo",
    "foo\u{200D}",
    "²foo",
    "foo\u{AD}bar",
    "ſoo",
    "\u{212A}elvin",
    "kelvin",
    "strasse",
    "STRAẞE",
    "1",
    "бар",
    "!!",
    "www.foo.org",
];

/// Queries that the words and the world can answer.
pub(crate) fn queries() -> impl Strategy<Value = String> {
    let word = prop::sample::select(WORDS).prop_filter("searchable", |word| *word != "!!");
    let regex = prop::sample::select(vec![
        r"/\bfoo\b/",
        r"/\bfoo/i",
        r"/foo\b/",
        r"/(^|\s)ot\b/i",
        r"/\b(foo|bar)\s+baz\b/i",
        r"/\bkelvin\b/i",
        r"/\bstraße/i",
        r"/^foo$/m",
        r"/b[aä]r/",
        r"/\bfoo.bar\b/",
        r"/(?-u:\b)oo(?-u:\b)/",
        r"/\bfoo\B/",
        r"/x*/",
        r"/\b本/",
        r"/[- ]foo[- ]/",
        r"/\b\w+ oo?\b/i",
        r"/\bſoo/i",
        r"/\boo\b|\W1\W/",
        r"/\bb\W*ar\b/i",
    ]);
    const FIELDS: &str = "author:ann author:/^b/ author:* author.kind:anonymous status:pending|removed is:reply is:root \
        is:leaf is:edited is:orphan has:link has:reply domain:example.com links:1.. links:..1 links:0 \
        words:<3 length:>9 score:>0 score:* depth:1 replies:>=1 edits:>0 date:2016-04-03.. after:2d \
        before:yesterday edited:* title:x post:p1 post:1.5|p2 source:reddit id:k1|k2 c3 under:c1|k2 flag:* \
        flag:off* flags:>0 rule:loud by:ann by:* reason:spam* tag:keep has:note is:flagged is:decided \
        is:edited-since-decision abuse:>0.5 abuse:* abuse:0.2..0.5 copies:>=2 offtopic:<0.4 lang:en \
        scorer.x:>0.5 author.comments:<3 list(words) author:list(names) query:loud fold:foo kind:comment \
        caps:>0.5 *";
    let field = prop::sample::select(FIELDS.split(' ').collect::<Vec<_>>());
    let leaf = prop_oneof![
        3 => word.clone().prop_map(|word| format!("\"{word}\"")),
        1 => word.clone().prop_map(|word| format!("\"{word}\"*")),
        2 => (word.clone(), word).prop_map(|(a, b)| format!("\"{a} {b}\"")),
        2 => regex.prop_map(str::to_owned),
        4 => field.prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        let relations = prop::sample::select(vec!["parent", "ancestor", "child", "descendant", "sibling", "thread"]);
        prop_oneof![
            inner.clone().prop_map(|query| format!("-({query})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) OR ({b})")),
            (relations, inner).prop_map(|(relation, query)| format!("{relation}:{{{query}}}")),
        ]
    })
}

/// Two threads of some comments each, with all sorts of parents.
fn worlds() -> impl Strategy<Value = Memory> {
    let text = prop::collection::vec(
        (prop::sample::select(WORDS), prop::sample::select(vec![" ", "-", "_", "\n", "", "."])),
        0..5,
    )
    .prop_map(|words| words.into_iter().flat_map(|(word, gap)| [word, gap]).collect::<String>());
    let author = prop::sample::select(vec!["ann", "Bob", "Anonymous", "Doug M.", ""]);
    let member = (text, author, 0_i64..12, any::<bool>(), 0_u8..16);
    prop::collection::vec(member, 1..14).prop_map(|made| {
        let mut posts = [Vec::new(), Vec::new()];
        for (at, (text, author, parent, second, bits)) in made.into_iter().enumerate() {
            let id = at as i64 + 1;
            let post = i64::from(second);
            let mut member = comment(id, post + 1, (parent > 0 && parent < id).then_some(parent), author, &text);
            if bits & 1 == 1 {
                member.facts.flags.push(Mark { reason: "off-topic".to_owned(), rule: None });
            }
            if bits & 2 == 2 {
                member.facts.signals.push((Field::Abuse, f64::from(bits) / 16.0));
                member.facts.history = Some(History { comments: u32::from(bits), removed: 0, age: None });
            }
            if bits & 4 == 4 {
                member.comment.created = None;
            }
            if bits & 8 == 8 && member.comment.parent.is_none() {
                member.comment.parent_key = Some("lost".to_owned());
            }
            posts[post as usize].push(member);
        }
        let threads = posts.into_iter().zip(1..).map(|(mut members, id)| {
            counted(&mut members);
            (PostId(id), thread(members))
        });
        Memory { threads: threads.collect(), asked: Cell::new(0) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn the_plan_holds_every_match_and_nothing_else_where_it_says_so(
        text in queries(),
        world in worlds(),
        refuses in any::<bool>(),
    ) {
        let query = ready(&text);
        let plan = plan(&query, &|leaf| {
            !refuses || !matches!(leaf, Narrow::Relation(relation, _) if *relation != Relation::Thread)
        });
        let mut matcher = Matcher::new(&query, &world);
        let all: Vec<Entry<'_>> = world.threads.iter().flat_map(|(_, thread)| thread.entries()).collect();
        for entry in &all {
            let matches = matcher.matches(entry).expect("a world in memory");
            let candidate = narrowed(&plan.narrow, entry, &all);
            prop_assert!(candidate || !matches, "{text} loses {entry:?}: {}", explain::line(&plan.narrow));
            prop_assert!(!plan.exact || candidate == matches, "{text} is not exact for {entry:?}: {}", explain::line(&plan.narrow));
        }
    }
}
