//! The parser: what it reads, what it refuses and how, and that printing is its inverse.

use proptest::prelude::*;

use super::*;
use crate::model::{CommentId, PostId};
use crate::query::dates::{DatePoint, Span};
use crate::query::expr::Named;
use crate::query::fields::{Field, Type};
use crate::query::value::{Bounds, RegexText, Value};

fn printed(query: &str) -> String {
    parse(query).unwrap_or_else(|fault| panic!("{}", fault.render(query))).to_string()
}

fn fault(query: &str) -> String {
    let fault = parse(query).expect_err(query);
    assert!(fault.span.start <= query.len() && fault.span.end <= query.len(), "{query}: {:?}", fault.span);
    fault.render(query)
}

#[test]
fn operators_bind_as_the_help_says() {
    assert_eq!(printed("a b OR c d"), "a b OR c d");
    assert_eq!(printed("a AND (b OR c) -d"), "a (b OR c) -d");
    assert_eq!(printed("NOT (a b) NOT NOT c"), "-(a b) NOT -c");
    assert_eq!(printed("((a)) (b c)"), "a b c");
    assert_eq!(printed("cat|dog bird"), "(cat OR dog) bird");
    assert_eq!(printed("and or \"OR\" nOt"), "and or \"OR\" nOt");
    assert_eq!(printed("NOT(a OR b)"), "-(a OR b)");
}

#[test]
fn words_are_words_and_ids_are_ids() {
    assert_eq!(printed("c33 p12 \"c33\" id:c33 post:p12"), "c33 post:p12 \"c33\" c33 post:p12");
    assert_eq!(printed("http://example.com/a?b=c"), "\"http://example.com/a?b=c\"");
    assert_eq!(printed("12:30 don't off-topic don’t"), "\"12:30\" \"don't\" off-topic \"don’t\"");
    assert_eq!(printed("\"say \\\"no\\\" \\\\ \\x\""), "\"say \\\"no\\\" \\\\ \\\\x\"");
    assert_eq!(printed("/a\\/b\\\\/mi"), "/a\\/b\\\\/im");
}

#[test]
fn values_are_read_by_their_field() {
    assert_eq!(
        printed("score:<-10 links:2.. depth:..4 words:=3 abuse:0.5..1"),
        "score:<-10 links:>=2 depth:<=4 words:3 abuse:0.5..1"
    );
    assert_eq!(
        printed("date:2016-04..2016-05 after:7d before:yesterday"),
        "date:2016-04..2016-05 after:7d before:yesterday"
    );
    assert_eq!(printed("author.age:<7d author:*|/x/i|list(a b.txt)"), "author.age:<7d author:*|/x/i|list(\"a b.txt\")");
    assert_eq!(printed("AUTHOR:\"Doug M.\" Status:Pending|escalated"), "author:\"Doug M.\" status:pending|escalated");
    assert_eq!(printed("parent:{ author:a OR b } -thread:{*}"), "parent:{author:a OR b} -thread:{*}");
    assert_eq!(printed("is:reply|root fold:\"a b\"|c query:trolls"), "is:reply|root fold:\"a b\"|c query:trolls");
}

#[test]
fn faults_show_their_place_and_one_way_out() {
    insta::assert_snapshot!(fault("azerbaijan auther:\"Doug M.\""), @r#"
    no field `auther`; did you mean `author`?
      azerbaijan auther:"Doug M."
                 ^^^^^^
    "#);
    insta::assert_snapshot!(fault("(a OR (b c)"), @r"
    this is not closed: `)` is missing
      (a OR (b c)
      ^
    ");
    insta::assert_snapshot!(fault("status:pendign x"), @r"
    `status:` knows no `pendign`; did you mean `pending`?
      status:pendign x
             ^^^^^^^
    ");
    insta::assert_snapshot!(fault("日本 /[a-/"), @r"
    this regex cannot be read: unclosed character class
      日本 /[a-/
           ^^^^^
    ");
    insta::assert_snapshot!(fault("date:7d"), @r"
    `date:` found no stretch of time in `7d`; did you mean after:7d?
      date:7d
           ^^
    ");
    insta::assert_snapshot!(fault("f*ck"), @r"
    `*` may only end a word; within a word use a regex: /f\w*ck/i
      f*ck
      ^^^^
    ");
}

#[test]
fn every_broken_query_is_refused_with_a_reason() {
    let broken = [
        "",
        "  ",
        "OR",
        "a OR",
        "a AND",
        "OR a",
        "NOT",
        "-",
        "a - b",
        "(",
        ")",
        "a)",
        "()",
        "{a}",
        "a}",
        "\"a",
        "/a",
        "//",
        "/a/k",
        "author:",
        "author: x",
        "author:(a|b)",
        "author:a|",
        "parent:x",
        "parent:{",
        "parent:{}",
        "parent:{a",
        "thread:a",
        "|",
        "a |",
        "a | b",
        "a|",
        "list(",
        "list()",
        "list(a",
        "score:x",
        "score:1e5",
        "score:..",
        "score:5..2",
        "score:inf",
        "score:--1",
        "date:x",
        "date:2016-13",
        "after:*",
        "is:*",
        "is:foo",
        "has:/x/",
        "depth:list(a)",
        "author:a*b*",
        "*a",
        "a*b",
        "!!!",
        ":)",
        "\"\"",
        "-(a",
        "fold:!!",
        "query:",
        "nosuch:x",
        "x.y.z:1",
        "/(/",
        "/a{1000000}/",
        "/\\w{500}\\w{500}\\w{500}/",
        "\0",
        "/a\0",
        "author:\"x",
    ];
    for query in broken {
        let fault = fault(query);
        assert!(!fault.is_empty() && !fault.chars().any(|c| c.is_control() && c != '\n'), "{query}");
    }
}

#[test]
fn hostile_queries_end_quickly() {
    let start = std::time::Instant::now();
    let many = |part: &str, count: usize| part.repeat(count);
    for query in [
        many("(", 60_000),
        many("-", 60_000),
        many("NOT ", 15_000),
        many("parent:{", 8_000),
        many("/a/ ", 16_000),
        many("/\\w{50}/ ", 7_000),
        many("a|", 30_000),
        many("a OR ", 10_000),
        many("\"", 60_000),
        many("a* ", 20_000),
        many("x", 70_000),
        many("\u{301}", 30_000),
        many("author:", 9_000),
        many("((a OR b) ", 6_000),
        format!("/{}/", many("(a|", 20_000)),
        format!("/{}/", many("a|", 30_000)),
        format!("author:{}", many("x|", 5_000)),
        format!("list({})", many("x", 60_000)),
    ] {
        if let Err(fault) = parse(&query) {
            assert!(fault.render(&query).len() < 1000);
        }
    }
    for harmless in
        ["'; drop table comments; --", "NEAR(a b, 5)", "\"a\" NEAR \"b\"", "a' OR 1=1", "col : x", "a ^ b", "%' _"]
    {
        let _ = parse(harmless);
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn depth_is_bounded_but_ample() {
    let nested = |count: usize| format!("{}a{}", "(".repeat(count), ")".repeat(count));
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    assert!(fault(&nested(MAX_DEPTH + 1)).contains("deeper than 64"));
}

/// A text that is found again whatever its signs: with a letter, so that it can be searched for.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,6}",
        "\\PC{0,8}x",
        "[\"\\\\/|(){}*: \n\0'-]{0,6}q",
        Just("OR".to_owned()),
        Just("c33".to_owned())
    ]
}

fn named() -> impl Strategy<Value = Named> {
    texts().prop_map(|name| Named { name, span: 0..0 })
}

fn regexes() -> impl Strategy<Value = RegexText> {
    let pattern = prop_oneof!["[a-z/ \"]{1,6}", Just("a\\\\b/\\w+|[/]".to_owned()), Just("\\bOT\\b\\\\".to_owned())];
    (pattern, prop_oneof![Just(""), Just("i"), Just("imsx")])
        .prop_map(|(pattern, flags)| RegexText { pattern, flags: flags.to_owned() })
}

fn bounds<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + Clone + 'static,
) -> impl Strategy<Value = Bounds<T>> {
    prop_oneof![
        value.clone().prop_map(Bounds::Equal),
        value.clone().prop_map(Bounds::Less),
        value.clone().prop_map(Bounds::AtMost),
        value.clone().prop_map(Bounds::More),
        value.prop_map(Bounds::AtLeast),
    ]
}

fn points() -> impl Strategy<Value = DatePoint> + Clone {
    prop_oneof![
        Just("2016"),
        Just("2016-04"),
        Just("2016-04-05"),
        Just("2016-04-05T10:00"),
        Just("today"),
        Just("yesterday")
    ]
    .prop_map(|text| DatePoint::read(text).expect("a date"))
}

fn values(field: Field) -> BoxedStrategy<Value> {
    let number = prop_oneof![(-1000_i32..1000).prop_map(f64::from), (0_u32..1000).prop_map(|n| f64::from(n) / 1000.0)];
    match field.kind() {
        Type::Text | Type::Exact => prop_oneof![
            Just(Value::Any),
            texts().prop_map(Value::Text),
            texts().prop_map(Value::Prefix),
            regexes().prop_map(Value::Regex),
            named().prop_map(Value::List),
            match field {
                Field::Id | Field::Under => Just(Value::Comment(CommentId(7))),
                Field::Post => Just(Value::Post(PostId(7))),
                _ => Just(Value::Any),
            },
        ]
        .boxed(),
        Type::Word(words) => prop::sample::select(words).prop_map(|word| Value::Text(word.to_owned())).boxed(),
        Type::Number => prop_oneof![
            bounds(number).prop_map(Value::Number),
            Just(Value::Any),
            Just(Value::Number(Bounds::Between(-2.5, 3.0)))
        ]
        .boxed(),
        Type::Date => bounds(points()).prop_map(Value::Date).boxed(),
        Type::Moment => points().prop_map(|point| Value::Date(Bounds::Equal(point))).boxed(),
        Type::Duration => bounds(Just(Span::read("7d").expect("a span"))).prop_map(Value::Duration).boxed(),
        Type::Fold => texts().prop_map(Value::Text).boxed(),
        Type::Relation(_) | Type::Saved => unreachable!("these hold no values"),
    }
}

fn terms() -> impl Strategy<Value = Expr> {
    let plain: Vec<Field> =
        Field::ALL.iter().copied().filter(|field| !matches!(field.kind(), Type::Relation(_) | Type::Saved)).collect();
    prop_oneof![
        1 => Just(Expr::All),
        3 => (texts(), any::<bool>()).prop_map(|(text, prefix)| Expr::Text { text, prefix }),
        1 => regexes().prop_map(Expr::Regex),
        1 => named().prop_map(Expr::List),
        1 => named().prop_map(Expr::Saved),
        6 => prop::sample::select(plain).prop_flat_map(|field| {
            prop::collection::vec(values(field), 1..3).prop_map(move |values| Expr::Field(field, values))
        }),
    ]
}

fn expressions() -> impl Strategy<Value = Expr> {
    let relations: Vec<_> = Field::ALL
        .iter()
        .filter_map(|field| if let Type::Relation(relation) = field.kind() { Some(relation) } else { None })
        .collect();
    terms().prop_recursive(5, 24, 4, move |inner| {
        prop_oneof![
            inner.clone().prop_map(Expr::negate),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::and),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::or),
            (prop::sample::select(relations.clone()), inner)
                .prop_map(|(relation, inner)| Expr::Relation(relation, Box::new(inner))),
        ]
    })
}

proptest! {
    #[test]
    fn printing_and_reading_give_the_same_expression(expr in expressions()) {
        let text = expr.to_string();
        prop_assert_eq!(parse(&text).map_err(|fault| fault.render(&text)), Ok(expr));
    }

    #[test]
    fn any_text_gives_an_expression_or_a_fault(text in "\\PC{0,40}|[-a-c:/(){}|*\"\\\\ .<>=0-9]{0,40}|(author|date|score|list|parent|id|is)[:({]\\PC{0,20}") {
        match parse(&text) {
            Ok(expr) => prop_assert_eq!(parse(&expr.to_string()), Ok(expr)),
            Err(fault) => {
                prop_assert!(fault.span.start <= fault.span.end && fault.span.end <= text.len());
                fault.render(&text);
            }
        }
    }
}
