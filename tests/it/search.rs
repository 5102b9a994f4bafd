//! Searching through the binary: every format, order and verb that looks; what grep and reading find in a real dump; and
//! queries that want to break out.

use std::time::{Duration, Instant};

use crate::run::{Place, Ran};
use crate::support;

/// Two threads about slugs, invented.
const GARDEN: &str = r#"
{"id":"a1","author":"ann","body":"Slugs ate the lettuce again. Salt does not help.","created_utc":1459500000,"link_id":"t3_p1","parent_id":"t3_p1","score":5,"subreddit":"garden"}
{"id":"a2","author":"Doug M.","body":"Try copper tape, see https://slugs.example/tape","created_utc":1459503600,"link_id":"t3_p1","parent_id":"t1_a1","score":12,"subreddit":"garden"}
{"id":"a3","author":"ann","body":"Copper tape? Naïve me thought of beer traps.","created_utc":1459507200,"link_id":"t3_p1","parent_id":"t1_a2","score":3,"subreddit":"garden"}
{"id":"a4","author":"anon77","body":"B.U.Y cheap copper tape at www.tape.example NOW","created_utc":1459510800,"link_id":"t3_p1","parent_id":"t1_a2","score":-7,"subreddit":"garden"}
{"id":"b1","author":"[deleted]","body":"[removed]","created_utc":1462100000,"link_id":"t3_p2","parent_id":"t3_p2","score":1,"subreddit":"garden"}
{"id":"b2","author":"bea","body":"OT: is the hot topic still slugs?","created_utc":1462103600,"link_id":"t3_p2","parent_id":"t1_b1","score":2,"subreddit":"garden"}
{"id":"b3","author":"Doug M.","body":"Always slugs, always at night,\nalways the lettuce.","created_utc":1462107200,"link_id":"t3_p2","parent_id":"t1_b2","score":null,"subreddit":"garden"}
"#;

pub fn garden() -> Place {
    let place = Place::with("garden.ndjson", GARDEN.trim_start());
    place.write("people.txt", "# watched\nDOUG M.\n\nbea\n");
    place.write("words.txt", "beer traps\nat night\n");
    place.stdout("import garden.ndjson", 0);
    place
}

/// The ids that a query finds, oldest first.
#[track_caller]
fn ids(place: &Place, query: &str) -> Vec<String> {
    let ran = place.run_with(["search", query, "--sort", "oldest", "-f", "ids"]);
    let ids: Vec<String> = ran.stdout().lines().map(str::to_owned).collect();
    assert_eq!(ran.code(), i32::from(ids.is_empty()), "{query}\n{ran}");
    ids
}

fn numbered(numbers: &[u32]) -> Vec<String> {
    numbers.iter().map(|number| format!("c{number}")).collect()
}

#[test]
fn the_text_dump_gives_what_grep_and_reading_give() {
    let Some(samples) = support::samples() else { return };
    let place = Place::new();
    place.import(&[&samples.join("text/000_95f79571b5b7dd18.txt")]);
    let cases: &[(&str, &[u32])] = &[
        ("author:\"Doug M.\"", &[32, 33]),
        ("author:\"doug m.\" azerbaijan", &[32, 33]),
        ("author:\"wizard of oz\"", &[29, 30]),
        ("author:seraphim", &[18]),
        ("author:/^anon/i", &[2, 20, 26, 34]),
        ("author.kind:anonymous", &[2, 20, 26, 34]),
        ("author:doug", &[]),
        ("azerbaijan", &[4, 8, 10, 11, 17, 20, 21, 32, 33]),
        ("armenia", &[10, 11, 20, 32, 33]),
        ("AZERBAIJAN armenia", &[10, 11, 20, 32, 33]),
        ("azerbaijan -armenia", &[4, 8, 17, 21]),
        ("karabakh", &[4, 17, 21, 32]),
        ("\"nagorno karabakh\"", &[17, 32]),
        ("\"karabakh nagorno\"", &[]),
        ("/nagorno[- ]karabakh/i", &[17, 32]),
        ("/kardash?ian/i", &[20, 27]),
        ("invad*", &[4, 11, 21, 35]),
        ("turkey", &[2, 8, 10, 11, 16, 19, 21, 22]),
        ("/\\bturk/i", &[1, 2, 4, 8, 10, 11, 13, 14, 16, 17, 19, 21, 22, 24]),
        ("russia turkey", &[8, 16, 21]),
        ("russia OR armenia", &[4, 8, 9, 10, 11, 16, 20, 21, 32, 33]),
        ("\"war of attrition\"", &[]),
        ("has:link", &[]),
        ("is:reply", &[]),
        ("thread:{author:seraphim} karabakh", &[4, 17, 21, 32]),
        ("sibling:{author:seraphim} karabakh", &[4, 17, 21, 32]),
    ];
    for (query, wanted) in cases {
        assert_eq!(ids(&place, query), numbered(wanted), "{query}");
    }
    assert_eq!(place.stdout("count *", 0), "35\n");
}

/// Runs a query that no index is ready for, and wants an end soon.
#[track_caller]
fn hostile(place: &Place, query: &str) -> Ran {
    let began = Instant::now();
    let ran = place.run_with(["search", query, "-f", "ids"]);
    let shown: String = query.chars().take(60).collect();
    assert!((0..=2).contains(&ran.code()), "{shown}\n{ran}");
    assert!(!ran.stderr().contains("panicked") && !ran.stderr().contains("SQL"), "{shown}\n{ran}");
    assert!(began.elapsed() < Duration::from_secs(20), "{shown} took {:?}", began.elapsed());
    ran
}

#[test]
fn hostile_queries_neither_break_nor_stall_nor_get_out() {
    let place = garden();
    for query in [
        "'",
        "\"",
        "\"\"",
        "*",
        "**",
        "''''",
        "\"'\"",
        "\"*\"",
        "NEAR",
        "NEAR(slugs lettuce, 5)",
        "\"slugs NEAR lettuce\"",
        "slugs AND",
        "OR",
        "NOT",
        "-",
        "--",
        "()",
        "(",
        "{",
        "parent:{",
        "slugs^2",
        "words:slugs",
        "{slugs lettuce}:x",
        "slugs' OR 1=1 --",
        "'; drop table comments; --",
        "\"'); drop table comments; --\"",
        "author:\"' or ''='\"",
        "status:'; delete from comments",
        "id:\"' union select value from settings --\"",
        "\u{202e}slugs",
        "\u{feff}slugs",
        "slugs\u{1b}[2J",
        "/(a*)*b/",
        "/(?:a{1000}){1000}/",
        "/((((((((((x))))))))))/",
        "fold:\u{301}\u{301}\u{301}",
        "date:99999999999",
        "score:1e999",
        "c99999999999999999999",
        "\\",
        "/\\/",
        "list(/etc/passwd",
        "query:",
    ] {
        hostile(&place, query);
    }
    for query in ["\"", "(", "auther:", "/["] {
        assert_eq!(hostile(&place, query).code(), 2, "{query}");
    }
    let long = [
        "a".repeat(1 << 16),
        "slugs ".repeat(11_000),
        "slugs OR ".repeat(7_000) + "x",
        format!("/{}/", "(a|b)?".repeat(8_000)),
        "(".repeat(30_000) + &*")".repeat(30_000),
        "-".repeat(1 << 16),
        "parent:{".repeat(5_000) + "x" + &*"}".repeat(5_000),
        format!("author:{}", "x|".repeat(30_000)),
        "\"".to_owned() + &*"a ".repeat(30_000) + "\"",
    ];
    for query in &long {
        hostile(&place, query);
    }
    assert_eq!(place.stdout("count *", 0), "7\n");
    assert_eq!(place.stdout("db check", 0), "no damage found\n");
}

#[test]
fn every_format_prints_the_same_hits() {
    let place = garden();
    insta::assert_snapshot!(place.run_with(["search", "slugs", "-f", "table"]), @r#"
    exit 0
    c7  Doug M. · 2016-05-01 12:53 · p2
        Always slugs, always at night, always the lettuce.
    c6  bea · 2016-05-01 11:53 · p2 · +2
        OT: is the hot topic still slugs?
    c2  Doug M. · 2016-04-01 09:40 · p1 · +12
        Try copper tape, see https://slugs.example/tape
    c1  ann · 2016-04-01 08:40 · p1 · +5
        Slugs ate the lettuce again. Salt does not help.
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "slugs", "-f", "tsv", "--fields", "id,author,matched,text"]), @r#"
    exit 0
    id	author	matched	text
    c7	Doug M.	[[7,12]]	Always slugs, always at night,\nalways the lettuce.
    c6	bea	[[27,32]]	OT: is the hot topic still slugs?
    c2	Doug M.	[[29,34]]	Try copper tape, see https://slugs.example/tape
    c1	ann	[[0,5]]	Slugs ate the lettuce again. Salt does not help.
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "slugs", "-f", "csv", "--fields", "id,author,matched,text"]), @r#"
    exit 0
    id,author,matched,text
    c7,Doug M.,"[[7,12]]","Always slugs, always at night,
    always the lettuce."
    c6,bea,"[[27,32]]",OT: is the hot topic still slugs?
    c2,Doug M.,"[[29,34]]","Try copper tape, see https://slugs.example/tape"
    c1,ann,"[[0,5]]",Slugs ate the lettuce again. Salt does not help.
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "slugs", "-f", "json", "--fields", "id,author,matched,text"]), @r#"
    exit 0
    [
    {"author":"Doug M.","id":"c7","matched":"[[7,12]]","text":"Always slugs, always at night,\nalways the lettuce."},
    {"author":"bea","id":"c6","matched":"[[27,32]]","text":"OT: is the hot topic still slugs?"},
    {"author":"Doug M.","id":"c2","matched":"[[29,34]]","text":"Try copper tape, see https://slugs.example/tape"},
    {"author":"ann","id":"c1","matched":"[[0,5]]","text":"Slugs ate the lettuce again. Salt does not help."}
    ]
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "slugs", "-f", "jsonl", "--fields", "id,author,matched,text"]), @r#"
    exit 0
    {"author":"Doug M.","id":"c7","matched":"[[7,12]]","text":"Always slugs, always at night,\nalways the lettuce."}
    {"author":"bea","id":"c6","matched":"[[27,32]]","text":"OT: is the hot topic still slugs?"}
    {"author":"Doug M.","id":"c2","matched":"[[29,34]]","text":"Try copper tape, see https://slugs.example/tape"}
    {"author":"ann","id":"c1","matched":"[[0,5]]","text":"Slugs ate the lettuce again. Salt does not help."}
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "slugs", "-f", "ids"]), @r#"
    exit 0
    c7
    c6
    c2
    c1
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "slugs", "-f", "tree", "--context", "1"]), @r#"
    exit 0
    p2  (no title; t3_p2 in reddit)
        3 comments · no file held this post, only its comments
    c5  (author deleted) · 2016-05-01 10:53 · +1 [removed]
    │
    │ ► c6  bea · 2016-05-01 11:53 · +2
    │   OT: is the hot topic still slugs?
    │ │
    │ │ ► c7  Doug M. · 2016-05-01 12:53
    │ │   Always slugs, always at night,
    │ │   always the lettuce.

    p1  (no title; t3_p1 in reddit)
        4 comments · no file held this post, only its comments
    ► c1  ann · 2016-04-01 08:40 · +5
      Slugs ate the lettuce again. Salt does not help.
    │
    │ ► c2  Doug M. · 2016-04-01 09:40 · +12
    │   Try copper tape, see https://slugs.example/tape
    │ │
    │ │ c3  ann · 2016-04-01 10:40 · +3
    │ │   Copper tape? Naïve me thought of beer traps.
    --- stderr
    "#);
    assert_eq!(place.run_with(["search", "slugs", "-f", "ids0"]).bytes(), b"c7\0c6\0c2\0c1\0");
    insta::assert_snapshot!(place.run_with(["search", "copper tape"]), @r#"
    exit 0
    id	created	author	post	status	score	text
    c4	2016-04-01T11:40:00Z	anon77	p1	pending	-7	B.U.Y cheap copper tape at www.tape.example NOW
    c3	2016-04-01T10:40:00Z	ann	p1	pending	3	Copper tape? Naïve me thought of beer traps.
    c2	2016-04-01T09:40:00Z	Doug M.	p1	pending	12	Try copper tape, see https://slugs.example/tape
    --- stderr
    "#);
}

#[test]
fn hits_come_in_order_and_in_slices() {
    let place = garden();
    insta::assert_snapshot!(place.run_with(["search", "*", "-f", "ids", "--sort", "newest"]), @r#"
    exit 0
    c7
    c6
    c5
    c4
    c3
    c2
    c1
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "*", "-f", "ids", "--sort", "oldest"]), @r#"
    exit 0
    c1
    c2
    c3
    c4
    c5
    c6
    c7
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "*", "-f", "ids", "--sort", "score"]), @r#"
    exit 0
    c2
    c1
    c3
    c6
    c5
    c4
    c7
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "*", "-f", "ids", "--sort", "length"]), @r#"
    exit 0
    c7
    c1
    c4
    c2
    c3
    c6
    c5
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "*", "-f", "ids", "--sort", "relevance"]), @r#"
    exit 0
    c7
    c6
    c5
    c4
    c3
    c2
    c1
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "*", "-f", "ids", "--sort", "oldest", "--limit", "2", "--offset", "3"]), @r#"
    exit 0
    c4
    c5
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "*", "-f", "ids", "--limit", "0"]), @r#"
    exit 0
    c7
    c6
    c5
    c4
    c3
    c2
    c1
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "*", "--offset", "99"]), @r#"
    exit 1
    id	created	author	post	status	score	text
    --- stderr
    nothing matches
    "#);
    insta::assert_snapshot!(place.run_with(["search", "*", "--sort", "loudest"]), @r#"
    exit 2
    --- stderr
    error: invalid value 'loudest' for '--sort <ORDER>'
      [possible values: newest, oldest, relevance, score, length, abuse, identity, spam, offtopic, copies, learned]

      tip: a similar value exists: 'oldest'

    For more information, try '--help'.
    "#);
}

#[test]
fn a_search_explains_itself() {
    let place = garden();
    insta::assert_snapshot!(place.run_with(["search", "author:\"doug m.\" slugs", "--explain", "-f", "ids"]), @r#"
    exit 0
    c7
    c2
    --- stderr
    query    author:"doug m." slugs
    asks     (author is "doug m." and words "slugs")
    then     each candidate is matched against the whole query
    needs    text, author
    sql      select c.id from comments c where (c.author_id in (select value from json_each('[2]')) or (c.author_name is null and c.author_id in (select value from json_each('[2]'))) or c.author_name in (select value from json_each('[]'))) order by c.id desc
    left     2 candidates for the matcher
    found    2 comments
    "#);
    insta::assert_snapshot!(place.run_with(["search", "ancestor:{author:ann} has:link", "--explain", "-f", "ids"]), @r#"
    exit 0
    c4
    c2
    --- stderr
    query    ancestor:{author:ann} has:link
    asks     ((words "https" or words "http" or words "www") and thread {author is "ann"})
    then     each candidate is matched against the whole query
    needs    text, author, whole threads
    sql      select c.id from comment_words w cross join comments c on c.id = w.rowid where comment_words match '("https" OR "http" OR "www")' and c.post_id in (select r1.post_id from comments r1 where (r1.author_id in (select value from json_each('[1]')) or (r1.author_name is null and r1.author_id in (select value from json_each('[1]'))) or r1.author_name in (select value from json_each('[]')))) order by w.rowid desc
    left     2 candidates for the matcher
    found    2 comments
    "#);
    insta::assert_snapshot!(place.run_with(["search", "slugs after:2016-05", "--sql"]), @r#"
    exit 0
    select c.id from comment_words w cross join comments c on c.id = w.rowid where comment_words match '"slugs"' and (c.created >= 1462060800000 and c.created < 9223372036854775807) order by w.rowid desc limit -1 offset 0
    --- stderr
    "#);
}

#[test]
fn matches_are_counted() {
    let place = garden();
    insta::assert_snapshot!(place.run_with(["count", "slugs"]), @r#"
    exit 0
    4
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["count", "nosuchword"]), @r#"
    exit 1
    0
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["count", "*", "--by", "author"]), @r#"
    exit 0
    author	comments
    Doug M.	2
    ann	2
    	1
    anon77	1
    bea	1
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["count", "*", "--by", "month", "-f", "table"]), @r#"
    exit 0
    month    comments
    2016-04         4
    2016-05         3
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["count", "*", "--by", "author", "--top", "1", "-f", "json"]), @r#"
    exit 0
    [
    {"author":"Doug M.","comments":2}
    ]
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["authors", "*"]), @r#"
    exit 0
    author	comments	threads	first	last	removed	replies
    Doug M.	2	2	2016-04-01T09:40:00Z	2016-05-01T12:53:20Z	0	100 %
    ann	2	1	2016-04-01T08:40:00Z	2016-04-01T10:40:00Z	0	50 %
    	1	1	2016-05-01T10:53:20Z	2016-05-01T10:53:20Z	1	0 %
    anon77	1	1	2016-04-01T11:40:00Z	2016-04-01T11:40:00Z	0	100 %
    bea	1	1	2016-05-01T11:53:20Z	2016-05-01T11:53:20Z	0	100 %
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["authors", "*", "-f", "table", "--top", "2"]), @r#"
    exit 0
    author   comments  threads  first       last        removed  replies
    Doug M.         2        2  2016-04-01  2016-05-01        0  100 %
    ann             2        1  2016-04-01  2016-04-01        0  50 %
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["authors", "status:removed", "-f", "table"]), @r#"
    exit 0
    author     comments  threads  first       last        removed  replies
    (unknown)         1        1  2016-05-01  2016-05-01        1  0 %
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["authors", "nosuchword"]), @r#"
    exit 1
    author	comments	threads	first	last	removed	replies
    --- stderr
    "#);
}

#[test]
fn ids_compose() {
    let place = garden();
    insta::assert_snapshot!(place.run_on("search - -f ids --sort oldest", b"c2\n\nt1_b3\n"), @r#"
    exit 0
    c2
    c7
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_on("search - -f ids", b"p1\n"), @r#"
    exit 0
    c4
    c3
    c2
    c1
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_on("count - --by author", b"c1\nc1\nc2\n"), @r#"
    exit 0
    author	comments
    Doug M.	1
    ann	1
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_on("search - --explain -f ids", b"c2\nc3\n"), @r#"
    exit 0
    c3
    c2
    --- stderr
    query    ids from standard input
    asks     c2|c3
    then     nothing more: these are the matches
    needs    the row alone
    sql      select c.id from comments c where c.id in (select value from json_each('[2,3]')) order by c.id desc limit -1 offset 0
    left     none needed; the plan is the meaning
    found    2 comments
    "#);
    insta::assert_snapshot!(place.run_on("search -", b""), @r#"
    exit 1
    id	created	author	post	status	score	text
    --- stderr
    nothing matches
    "#);
    insta::assert_snapshot!(place.run_on("search -", b"c1 c2\n"), @r#"
    exit 2
    --- stderr
    quell: line 1 of standard input holds more than an id
    "#);
    insta::assert_snapshot!(place.run_on("search -", b"c99\n"), @r#"
    exit 2
    --- stderr
    quell: line 1 of standard input: there is nothing with the id c99
      list the posts: quell posts
    "#);
}
