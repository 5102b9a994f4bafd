//! Generic tables and JSON lines: guesses, maps, times, private columns, keys without ids, broken input.

use proptest::prelude::*;
use quell::model::{Fault, Item, NewComment, NewPost, Parent, Precision};
use quell::sources::{self, FORMATS, Input, Options, Pii, ReadError, Stop};

use crate::support;

/// Reads bytes as the format of this name, whatever detection would say.
pub fn read_as(name: &str, bytes: &[u8], options: &Options) -> (Vec<Item>, Result<(), ReadError>) {
    let format = FORMATS.iter().find(|format| format.name == name).expect("the format is listed");
    let mut items = Vec::new();
    let mut sink = |item: Item| -> Result<(), Stop> {
        items.push(item);
        Ok(())
    };
    let read = (format.read)(&mut Input::from_bytes(bytes), options, &mut sink);
    (items, read)
}

pub fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/fixtures/{path}", env!("CARGO_MANIFEST_DIR"))).expect("the fixture is there")
}

pub fn comments(items: &[Item]) -> Vec<&NewComment> {
    items.iter().filter_map(|item| if let Item::Comment(comment) = item { Some(&**comment) } else { None }).collect()
}

fn posts(items: &[Item]) -> Vec<&NewPost> {
    items.iter().filter_map(|item| if let Item::Post(post) = item { Some(&**post) } else { None }).collect()
}

pub fn faults(items: &[Item]) -> Vec<&Fault> {
    items.iter().filter_map(|item| if let Item::Fault(fault) = item { Some(fault) } else { None }).collect()
}

fn warnings(items: &[Item]) -> Vec<String> {
    let warning = |item: &Item| match item {
        Item::Warning(warning) => Some(format!("{}: {}", warning.code, warning.message)),
        _ => None,
    };
    items.iter().filter_map(warning).collect()
}

fn mapped(map: &[(&str, &str)]) -> Options {
    let map = map.iter().map(|(field, column)| ((*field).to_owned(), (*column).to_owned())).collect();
    Options { map, ..Options::for_input("dump") }
}

#[test]
fn a_table_is_guessed_from_its_header() {
    let report = support::read_bytes(&fixture("csv/good.csv"), &Options::for_input("rain.csv"));
    assert_eq!(report.format, "csv");
    assert_eq!(
        warnings(&report.items),
        [
            "map.guess: --map id='Comment ID' --map parent='Parent ID' --map post='Article ID' --map post_title='Article \
             Title' --map author='User Name' --map body='Comment Text' --map date='Created At' --map score=Likes"
        ]
    );
    let posts: Vec<_> = report.posts().iter().map(|post| (post.key.clone(), post.title.clone().unwrap())).collect();
    assert_eq!(posts, [("7".to_owned(), "Rain; again".to_owned()), ("8".to_owned(), "Sun".to_owned())]);
    let comments = report.comments();
    let [first, second, third] = comments[..] else { panic!("three comments") };
    assert_eq!((first.parent.clone(), first.created.unwrap().offset), (Parent::Post, Some(60)));
    assert!(first.extra.starts_with(r#"{"E-Mail_hash":""#) && !first.extra.contains("mara@"), "{}", first.extra);
    assert_eq!(second.author.name.as_deref(), Some("Jo \"J\" Doe"));
    assert_eq!(second.body.as_ref().unwrap().raw, "two\nlines; and =SUM(A1)");
    assert_eq!((second.score, second.created.unwrap().precision), (Some(-1), Precision::Local));
    assert_eq!((third.created.unwrap().millis, third.extra.as_str()), (1_614_853_800_000, ""));
    assert!(fixture("csv/good.csv")[second.place.byte as usize..].starts_with(b"103;7;"));
    assert_eq!(second.place.line, 3);
}

#[test]
fn ragged_rows_go_to_quarantine_with_their_place() {
    let bytes = fixture("csv/broken.csv");
    let (items, read) = read_as("csv", &bytes, &Options::for_input("x"));
    read.unwrap();
    let fault = faults(&items)[0];
    assert_eq!((fault.code, fault.reason.as_str()), ("csv.ragged", "11 fields where the header has 10 (record 2)"));
    assert_eq!(fault.raw, b"102;7;Rain; again;101;Tom;;2021-03-04 11:30:00;broken row;0;en");
    assert!(bytes[fault.place.byte as usize..].starts_with(&fault.raw));
    assert_eq!(fault.place.line, 3);
    assert_eq!(comments(&items).len(), 3);
    let last = comments(&items)[2];
    assert_eq!((last.body.clone(), last.status.unwrap().as_str()), (None, "deleted"));
    assert_eq!(last.extra, r#"{"Created At":"soon","Likes":"x"}"#);
    assert_eq!(warnings(&items).len(), 3);
}

#[test]
fn json_lines_are_guessed_also_from_inner_objects() {
    let report = support::read_bytes(&fixture("ndjson/good.ndjson"), &Options::for_input("x"));
    assert_eq!(report.format, "ndjson");
    assert_eq!(
        warnings(&report.items)[0],
        "map.guess: --map id=_id --map parent=in_reply_to --map post=thread --map author=user.name --map \
         author_id=user.id --map body=message --map date=created_at --map status=status"
    );
    let comments = report.comments();
    assert_eq!(comments[0].author.key.as_deref(), Some("12345678901234567890"));
    assert!(!comments[0].extra.contains("mara@") && comments[0].extra.contains("email_hash"), "{}", comments[0].extra);
    assert_eq!(comments[1].created.unwrap().millis, 1_614_853_860_123);
    assert_eq!(
        (comments[1].status.unwrap().as_str(), comments[1].raw_status.as_deref()),
        ("approved", Some("published"))
    );
    assert_eq!((comments[2].parent.clone(), comments[2].status), (Parent::Post, None));
    assert!(comments[2].extra.contains(r#""ip_hash":"#) && !comments[2].extra.contains("192.0"));
}

#[test]
fn private_values_are_kept_only_on_request() {
    let options = Options { pii: Pii::Keep, ..Options::for_input("x") };
    let (items, _) = read_as("ndjson", &fixture("ndjson/good.ndjson"), &options);
    assert!(comments(&items)[0].extra.contains(r#""email":"mara@example.org""#));
    let (items, _) = read_as(
        "csv",
        b"id,body,email\n1,x,a@example.org",
        &mapped(&[("id", "id"), ("body", "body"), ("author_id", "email")]),
    );
    let key = comments(&items)[0].author.key.clone().unwrap();
    assert!(key.len() == 16 && !key.contains('@'));
}

#[test]
fn broken_lines_go_to_quarantine_and_the_rest_is_read() {
    let (items, read) = read_as("ndjson", &fixture("ndjson/broken.ndjson"), &Options::for_input("x"));
    read.unwrap();
    let mut codes: Vec<_> = faults(&items).iter().map(|fault| (fault.place.line, fault.code)).collect();
    codes.sort_unstable();
    assert_eq!(codes, [(2, "json.syntax"), (3, "generic.no_id"), (4, "json.not_object"), (6, "truncated")]);
    assert_eq!(comments(&items).len(), 2);
    assert!(comments(&items)[1].extra.contains(r#""created_at":"whenever""#));
}

#[test]
fn one_array_is_read_like_lines() {
    let array = br#" [ {"id":1,"author":"Mo","text":"a"},
      {"id":2,"author":"Mo","text":"b","parent_id":1} ]"#;
    let report = support::read_bytes(array, &Options::for_input("x"));
    assert_eq!(report.format, "ndjson");
    assert_eq!(
        report.comments()[1].parent,
        Parent::Comment { key: "1".into(), origin: quell::model::ParentOrigin::Source }
    );
}

#[test]
fn rows_without_ids_get_keys_that_a_longer_dump_keeps() {
    let keys = |text: &str| -> Vec<String> {
        let (items, _) =
            read_as("csv", text.as_bytes(), &Options { scope: Some("s".into()), ..Options::for_input("x") });
        comments(&items).iter().map(|comment| comment.key.clone()).collect()
    };
    let short = keys("author,text\nAnn,yes\nAnn,yes\nBo,yes\n");
    let long = keys("author,text\nNew,first\nAnn, yes\nBo,yes\nAnn,yes\n");
    assert_eq!(short.iter().collect::<std::collections::HashSet<_>>().len(), 3);
    assert_eq!((&long[1], &long[3], &long[2]), (&short[0], &short[1], &short[2]));
    assert!(short[0].starts_with("h:"));
}

#[test]
fn a_dump_without_posts_hangs_on_one_post_with_its_name() {
    let (items, _) = read_as("csv", b"id,text\n1,a\n2,b\n", &Options::for_input("talk.csv"));
    assert_eq!(posts(&items).len(), 1);
    assert_eq!((posts(&items)[0].key.as_str(), posts(&items)[0].title.as_deref()), ("talk.csv", Some("talk.csv")));
    assert_eq!(comments(&items)[1].post.as_deref(), Some("talk.csv"));
    assert_eq!(comments(&items)[1].parent, Parent::Unknown);
}

#[test]
fn paths_patterns_and_zones_are_understood() {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(2));
    let mut options = mapped(&[("parent-path", "path"), ("body", "t"), ("date", "d")]);
    options.time_format = Some("%d.%m.%Y %H:%M".to_owned());
    options.assume_tz = Some(zone);
    let (items, _) = read_as("csv", b"path|t|d\n1|a|05.04.2016 12:00\n1/2|b|\n1/2/9|c|x\n", &options);
    let comments = comments(&items);
    assert_eq!(comments[0].created.unwrap().millis, 1_459_850_400_000);
    assert_eq!((comments[0].parent.clone(), comments[2].key.as_str()), (Parent::Post, "1/2/9"));
    assert!(matches!(&comments[2].parent, Parent::Comment { key, .. } if key == "1/2"));
}

#[test]
fn what_cannot_be_mapped_is_said_at_once() {
    let problem = |name, bytes: &[u8], options: &Options| match read_as(name, bytes, options).1 {
        Err(ReadError::Unreadable(problem)) => problem,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        problem("csv", b"a,b\n1,2\n", &Options::for_input("x")),
        "no column looks like the text of a comment among a, b; name it with --map body=COLUMN"
    );
    assert_eq!(problem("csv", b"a,b\n1,2\n", &mapped(&[("body", "c")])), "no column `c` in the header, only a, b");
    assert!(problem("ndjson", b"{\"a\":1}\n", &Options::for_input("x")).starts_with("no column looks like"));
    assert!(problem("ndjson", b"{}\n", &mapped(&[("text", "c")])).starts_with("--map knows no field `text`"));
}

#[test]
fn hostile_names_and_texts_are_kept_as_they_are() {
    let row = "id\tauthor\tauthor\t\tbody\n1\t\"a\nb\0\x1b[2J\"\tx\ty\t\"\"\"=cmd|' /C calc'!A0\"\"\"\n";
    let (items, read) = read_as("csv", row.as_bytes(), &Options::for_input("x"));
    read.unwrap();
    let comment = comments(&items)[0];
    assert_eq!(comment.author.name.as_deref(), Some("a\nb\0\u{1b}[2J"));
    assert_eq!(comment.body.as_ref().unwrap().raw, "\"=cmd|' /C calc'!A0\"");
    assert_eq!(comment.extra, r#"{"author_3":"x","_4":"y"}"#);
}

#[test]
fn an_open_quote_does_not_swallow_memory() {
    let mut bytes = b"id,body\n1,\"".to_vec();
    bytes.resize(200_000, b'x');
    let options = Options { max_record: 50_000, ..Options::for_input("x") };
    let (items, read) = read_as("csv", &bytes, &options);
    read.unwrap();
    assert_eq!(faults(&items)[0].code, "record.too_long");
    let (items, _) = read_as("csv", &bytes, &Options::for_input("x"));
    assert_eq!((faults(&items)[0].code, comments(&items).len()), ("truncated", 0));
}

#[test]
fn what_quell_writes_as_csv_is_read_as_a_table() {
    let csv = "id,post,post_title,parent,depth,author,author_id,date,edited,status,score,body,kind,post_url\n\
               c1,p1,T,,1,Bo,,2016-04-05T10:00:00Z,,removed,,Hm.,comment,\n";
    let report = support::read_bytes(csv.as_bytes(), &Options::for_input("x"));
    assert_eq!(report.format, "csv");
    assert_eq!(report.comments()[0].status.unwrap().as_str(), "removed");
    assert_eq!(report.comments()[0].extra, r#"{"depth":"1"}"#);
}

#[test]
fn a_table_of_pages_with_numbered_paragraphs_is_still_a_table() {
    let body = "Dear all,\n\n  1. Bo says\n    the kettle drips\n\n  2. Ada says\n    it does not\n";
    let csv = format!("id,post,author,date,body\nc1,p1,Bo,2016-04-05,\"{body}\"\nc2,p1,Ada,2016-04-06,\"{body}\"\n");
    assert_eq!(support::read_bytes(csv.as_bytes(), &Options::for_input("x")).format, "csv");
}

#[test]
fn fixtures_cut_at_every_byte_give_whole_records_only() {
    let map = mapped(&[("id", "_id"), ("parent", "in_reply_to"), ("author", "user.name"), ("body", "message")]);
    for (name, path, options) in
        [("csv", "csv/good.csv", &Options::for_input("x")), ("ndjson", "ndjson/good.ndjson", &map)]
    {
        let bytes = fixture(path);
        let (whole, _) = read_as(name, &bytes, options);
        let whole = comments(&whole);
        for cut in 0..bytes.len() {
            let (items, _) = read_as(name, &bytes[..cut], options);
            let found = comments(&items);
            // The last row of a table may be cut within its last field without any sign of it.
            let sure = found.len().saturating_sub(usize::from(name == "csv"));
            assert_eq!(found[..sure], whole[..sure], "{path} cut at {cut}");
        }
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for format in FORMATS {
            let head = sources::Head::new(bytes.clone(), true);
            let _ = (format.sniff)(&head);
        }
        let _ = read_as("ndjson", &bytes, &mapped(&[("id", "a"), ("body", "b")]));
        let _ = read_as("csv", &bytes, &mapped(&[("body", "b")]));
        let _ = read_as("csv", &[b"body,id,date\n", bytes.as_slice()].concat(), &Options::for_input("x"));
    }

    #[test]
    fn any_fields_survive_a_table(fields in proptest::collection::vec("[a-z,;\"\t\r\n =\u{0}\u{1b}é|]{0,12}", 1..4)) {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(["id", "body", "author"]).unwrap();
        for (id, field) in fields.iter().enumerate() {
            out.write_record([&id.to_string(), field, "Z"]).unwrap();
        }
        let (items, read) = read_as("csv", &out.into_inner().unwrap(), &Options::for_input("x"));
        prop_assert!(read.is_ok());
        prop_assert_eq!(comments(&items).len(), fields.len());
        for (comment, field) in comments(&items).iter().zip(&fields) {
            let body = comment.body.as_ref().map(|body| body.raw.as_str());
            prop_assert_eq!(body, Some(field.as_str()).filter(|field| !field.trim().is_empty()));
        }
    }
}
