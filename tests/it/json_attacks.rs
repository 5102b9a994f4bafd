//! Hostile and generated input for the formats that are JSON.

use std::io::{BufRead, BufReader, Cursor, Read};

use proptest::prelude::*;
use quell::model::Item;
use quell::sources::{FORMATS, Head, Input, Options, ReadError, Stop, detect};

use crate::support::{counts, read_as};

const JSON_FORMATS: [&str; 4] = ["reddit-ndjson", "reddit-listing", "hn-items", "hn-algolia"];

/// Reads an input that is made while it is read, and counts comments and fault codes.
fn count(format: &str, options: &Options, reader: impl BufRead) -> (usize, Vec<&'static str>) {
    let format = FORMATS.iter().find(|known| known.name == format).expect("the format exists");
    let (mut comments, mut faults) = (0, Vec::new());
    let mut sink = |item: Item| -> Result<(), Stop> {
        match item {
            Item::Comment(_) => comments += 1,
            Item::Fault(fault) => faults.push(fault.code),
            _ => {}
        }
        Ok(())
    };
    (format.read)(&mut Input::new(reader), options, &mut sink).expect("the input is readable");
    (comments, faults)
}

#[test]
fn ten_thousand_replies_deep() {
    let open: String = (0..10_000)
        .map(|n| format!(r#"{{"kind":"t1","data":{{"id":"c{n}","link_id":"t3_a","parent_id":"t1_c{}","body":"x","replies":{{"kind":"Listing","data":{{"children":["#, n as i64 - 1))
        .collect();
    let text = open + &*"]}}}}".repeat(10_000);
    let report = read_as("reddit-listing", text.as_bytes(), &Options::for_input("x"));
    assert_eq!(report.faults(), []);
    assert_eq!((counts(&[&report]).depth, counts(&[&report]).comments), (10_000, 10_000));
    let open: String = (1..10_001)
        .map(|n| {
            format!(
                "{{\"id\":{n},\"type\":\"comment\",\"author\":\"a\",\"text\":\"x\",\"parent_id\":{},\n\"children\":[",
                n - 1
            )
        })
        .collect();
    let report = read_as("hn-algolia", (open + &*"]}".repeat(10_000)).as_bytes(), &Options::for_input("x"));
    assert_eq!((report.faults(), report.comments().len()), (vec![], 10_000));
}

#[test]
fn a_hundred_thousand_brackets_are_a_fault_and_not_a_crash() {
    for open in ["[", "{\"children\":", "{\"replies\":[", "{\"x\":"] {
        let text = open.repeat(100_001);
        for format in JSON_FORMATS {
            let report = read_as(format, text.as_bytes(), &Options::for_input("x"));
            assert_eq!(report.faults().len(), 1, "{format} {open}");
            assert!(report.comments().is_empty());
        }
    }
}

#[test]
fn one_line_of_a_hundred_megabytes() {
    let options = Options { max_record: 1 << 20, ..Options::for_input("x") };
    let body = "x".repeat(9_900);
    let one = format!(r#"{{"kind":"t1","data":{{"id":"a","link_id":"t3_a","parent_id":"t3_a","body":"{body}"}}}},"#);
    let many = Repeat { text: one, left: 10_000, at: 0 };
    let line = BufReader::new(Cursor::new("[").chain(many).chain(Cursor::new("{}]")));
    assert_eq!(count("reddit-listing", &options, line), (10_000, vec![]));
    let string = Repeat { text: "x".repeat(10_000), left: 10_000, at: 0 };
    let line = || Cursor::new(r#"{"id":"a","link_id":"t3_a","parent_id":"t3_a","body":""#);
    let listing = BufReader::new(line().chain(string).chain(Cursor::new("\"}")));
    assert_eq!(count("reddit-listing", &options, listing), (0, vec!["record.too_long"]));
    let string = Repeat { text: "x".repeat(10_000), left: 10_000, at: 0 };
    let lines = BufReader::new(line().chain(string).chain(Cursor::new("\"}\n{\"id\":\"b\",\"body\":\"x\"}")));
    assert_eq!(count("reddit-ndjson", &options, lines), (1, vec!["record.too_long"]));
}

/// Gives a text over and over without holding it more than once.
struct Repeat {
    text: String,
    left: usize,
    at: usize,
}

impl Read for Repeat {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.text.len() {
            (self.at, self.left) = (0, self.left - 1);
        }
        if self.left == 0 {
            return Ok(0);
        }
        let take = buffer.len().min(self.text.len() - self.at);
        buffer[..take].copy_from_slice(&self.text.as_bytes()[self.at..self.at + take]);
        self.at += take;
        Ok(take)
    }
}

#[test]
fn an_input_that_breaks_keeps_what_was_whole() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let listing = r#"[{"kind":"t1","data":{"id":"a","link_id":"t3_a","body":"x"}},{"kind":"t1","data":{"id":"#;
    let pretty = listing.replace(',', ",\n");
    let lines = "{\"id\":\"a\",\"link_id\":\"t3_a\",\"body\":\"x\"}\n{\"id\"";
    for (format, text) in [("reddit-listing", listing), ("reddit-listing", &*pretty), ("reddit-ndjson", lines)] {
        let format = FORMATS.iter().find(|known| known.name == format).unwrap();
        let mut comments = 0;
        let mut sink = |item: Item| -> Result<(), Stop> {
            comments += usize::from(matches!(item, Item::Comment(_)));
            Ok(())
        };
        let mut input = Input::new(BufReader::new(Cursor::new(text).chain(Broken)));
        let end = (format.read)(&mut input, &Options::for_input("x"), &mut sink);
        assert!(matches!(end, Err(ReadError::Io(_))), "{text}");
        assert_eq!(comments, 1, "{text}");
    }
}

#[test]
fn a_node_of_many_small_members_is_held_to_the_limit() {
    let options = Options { max_record: 10_000, ..Options::for_input("x") };
    let members: String = (0..10_000).map(|n| format!("\"m{n}\":{n},")).collect();
    let text = format!(
        "[{{\"id\":1,\"author\":\"a\",{members}\n\"type\":\"comment\"}},\n{{\"id\":2,\"author\":\"a\",\"type\":\"comment\"}}]"
    );
    let (comments, faults) = count("hn-algolia", &options, text.as_bytes());
    assert_eq!((comments, faults), (1, vec!["record.too_long"]));
}

#[test]
fn nul_bad_utf8_half_emoji_and_huge_numbers_in_a_nested_document() {
    let text = b"{\"id\":1e400,\"type\":\"comment\",\"author\":\"a\xFF\",\"text\":\"\\ud83d\\u0000\",\n\"created_at_i\":1e999,\"points\":99999999999999999999,\"children\":[]}";
    let report = read_as("hn-algolia", text, &Options::for_input("x"));
    let comment = report.comments()[0];
    assert_eq!((comment.key.as_str(), comment.author.name.as_deref()), ("1e400", Some("a?")));
    assert_eq!(comment.body.as_ref().unwrap().raw, "\u{FFFD}\0");
    assert_eq!(comment.extra, r#"{"created_at_i":1e999,"points":99999999999999999999}"#);
    assert_eq!(report.warnings(), ["time.invalid", "utf8.invalid"]);
    let raw_nul = b"[{\"id\":1,\"type\":\"comment\"},\n{\"id\":2,\"text\":\"\0\"}]";
    let report = read_as("hn-algolia", raw_nul, &Options::for_input("x"));
    assert_eq!((report.comments().len(), report.faults()), (1, vec![("json.syntax", 2)]));
}

#[test]
fn an_empty_input_is_no_fault() {
    for text in ["", "\n \n", "\u{FEFF}\n", "null\n"] {
        for format in JSON_FORMATS {
            let report = read_as(format, text.as_bytes(), &Options::for_input("x"));
            assert_eq!((report.faults(), report.items.len()), (vec![], 1), "{format} {text:?}");
        }
    }
}

#[test]
fn lines_of_other_dumps_are_not_taken() {
    let others = [
        r#"{"id":1,"author":"a","body":"words","created":"2020-01-01"}"#,
        r#"{"type":"comment","id":"c1","post":"p1","body":"words","time":1600000000}"#,
        r#"{"type":"story","id":7,"time":1600000000,"text":"a bedtime story"}"#,
        r#"{"id":"a","title":"x","url":"y","subreddit":null}"#.get(..20).unwrap(),
        r#"{"children":[{"id":1,"text":"x","children":[]}]}"#,
        r#"{"kind":"youtube#commentThreadListResponse","items":[]}"#,
    ];
    for text in others {
        let head = Head::new(text.as_bytes().to_vec(), true);
        let found = detect::candidates(&head, None);
        let taken: Vec<_> =
            found.iter().filter(|c| JSON_FORMATS.contains(&c.format.name)).map(|c| c.format.name).collect();
        assert!(taken.is_empty(), "{text}: {taken:?}");
    }
}

/// Text of JSON values with the members that the formats look for.
fn json() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f32>().prop_filter("JSON has no such number", |n| n.is_finite()).prop_map(|number| number.to_string()),
        prop::sample::select(vec![
            "\"comment\"",
            "\"story\"",
            "\"t1_a\"",
            "\"t3_b\"",
            "\"[deleted]\"",
            "\"\\ud83d\"",
            "\"Listing\""
        ])
        .prop_map(str::to_owned),
        any::<String>().prop_map(|text| format!("{text:?}")
            .replace("\\u{", "\\\\u{")
            .replace("\\'", "'")
            .replace("\\0", "\\u0000")),
    ];
    let names = vec![
        "id",
        "name",
        "kind",
        "data",
        "children",
        "replies",
        "body",
        "parent_id",
        "link_id",
        "title",
        "count",
        "_meta",
        "type",
        "time",
        "text",
        "author",
        "story_id",
        "created_at_i",
        "edited",
        "score",
    ];
    scalar.prop_recursive(6, 60, 8, move |inner| {
        let member = (prop::sample::select(names.clone()), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(|values| format!("[{}]", values.join(","))),
            prop::collection::vec(member, 0..9).prop_map(|members| {
                let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
                format!("{{{}}}", members.join(", "))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for format in JSON_FORMATS {
            read_as(format, &bytes, &Options::for_input("x"));
        }
        detect::candidates(&Head::new(bytes, true), None);
    }

    #[test]
    fn random_json_never_panics(values in prop::collection::vec(json(), 1..4), cut in 0usize..40) {
        let text = values.join("\n");
        let cut = text.floor_char_boundary(text.len().saturating_sub(cut));
        for format in JSON_FORMATS {
            for part in [&text, &text[..cut]] {
                let report = read_as(format, part.as_bytes(), &Options::for_input("x"));
                for extra in report.comments().iter().map(|comment| &comment.extra).filter(|extra| !extra.is_empty()) {
                    prop_assert!(serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(extra).is_ok());
                }
            }
        }
        detect::candidates(&Head::new(text.into_bytes(), true), None);
    }
}
