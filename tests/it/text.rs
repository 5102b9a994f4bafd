//! The plain-text copy of a page: the samples exactly as their expected files say, and the traps of such texts.

use std::fmt::Write as _;

use proptest::prelude::*;
use quell::model::{AuthorEvidence, AuthorKind, Item, Kind, NewComment, Parent, Precision};
use quell::sources::{FORMATS, Guess, Head, Input, Options, Stop};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::{Report, read_bytes, samples};

const GOOD: &str = include_str!("../../fixtures/text/good.txt");
const BROKEN: &str = include_str!("../../fixtures/text/broken.txt");
const SEED: &str = "000_95f79571b5b7dd18";
const HANDMADE: [&str; 3] =
    ["handmade-wp-ol.resiliparse-0.14.5", "handmade-wp-ol.resiliparse-2.0.1", "handmade-wp-ul.resiliparse-0.14.5"];

/// Reads a text as a page copy, whatever detection thinks of it.
fn read(text: &[u8]) -> Vec<Item> {
    let format = FORMATS.iter().find(|format| format.name == "text").expect("the format is registered");
    let mut items = Vec::new();
    let mut sink = |item: Item| -> Result<(), Stop> {
        items.push(item);
        Ok(())
    };
    (format.read)(&mut Input::from_bytes(text), &Options::for_input("x"), &mut sink).expect("readable");
    items
}

fn report(text: &str) -> Report {
    Report { format: "text", items: read(text.as_bytes()) }
}

fn sniff(text: &str) -> Option<Guess> {
    let format = FORMATS.iter().find(|format| format.name == "text").expect("the format is registered");
    (format.sniff)(&Head::new(text.as_bytes().to_vec(), true))
}

fn body(comment: &NewComment) -> &str {
    comment.body.as_ref().map_or("", |body| &body.raw)
}

fn name(comment: &NewComment) -> Option<&str> {
    comment.author.name.as_deref()
}

/// Author and text of each comment.
fn talk(text: &str) -> Vec<(Option<String>, String)> {
    report(text).comments().iter().map(|c| (name(c).map(str::to_owned), body(c).to_owned())).collect()
}

fn said(name: &str, text: &str) -> (Option<String>, String) {
    (Some(name.to_owned()), text.to_owned())
}

fn unsaid(text: &str) -> (Option<String>, String) {
    (None, text.to_owned())
}

fn warnings(report: &Report) -> Vec<&'static str> {
    let code = |item: &Item| if let Item::Warning(warning) = item { Some(warning.code) } else { None };
    report.items.iter().filter_map(code).collect()
}

fn message(report: &Report, code: &str) -> String {
    let find = |item: &Item| match item {
        Item::Warning(warning) if warning.code == code => Some(warning.message.clone()),
        _ => None,
    };
    report.items.iter().find_map(find).unwrap_or_default()
}

/// Counts of what is missing, with reasons.
fn gaps(report: &Report) -> Vec<(u64, &str)> {
    let gaps = report.items.iter().filter_map(|item| if let Item::Gap(gap) = item { Some(gap) } else { None });
    gaps.map(|gap| (gap.count, gap.reason.as_str())).collect()
}

fn sample(stem: &str) -> Option<(Vec<u8>, Value)> {
    let folder = samples()?.join("text");
    let text = std::fs::read(folder.join(format!("{stem}.txt"))).expect("the sample is there");
    let expected = std::fs::read(folder.join(format!("{stem}.expected.json"))).expect("and so is what it holds");
    Some((text, serde_json::from_slice(&expected).expect("JSON")))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[test]
fn the_seed_page_is_read_exactly() {
    let Some((text, expected)) = sample(SEED) else { return };
    let report = read_bytes(&text, &Options::for_input("x"));
    assert_eq!(report.format, "text");
    let [post] = report.posts()[..] else { panic!("one post") };
    assert_eq!(post.title.as_deref(), expected["post"]["title"].as_str());
    assert_eq!(post.place.line, 1);
    let article = post.body.as_ref().expect("an article");
    assert!(article.raw.ends_with("newsletter."), "the article ends before the comments");
    assert_eq!(post.author.name, None);
    let comments = report.comments();
    let wanted = expected["comments"].as_array().expect("comments");
    assert_eq!(comments.len(), 35);
    for (comment, wanted) in comments.iter().zip(wanted) {
        let number = &wanted["n"];
        assert_eq!(comment.extra, format!("{{\"number\":{number}}}"));
        assert_eq!(comment.place.line, wanted["line_start"].as_u64().expect("a line"), "{number}");
        assert_eq!(name(comment), wanted["author"].as_str(), "{number}");
        assert_eq!(comment.author.evidence.as_str(), wanted["author_evidence"].as_str().expect("evidence"), "{number}");
        let placeholder = comment.author.kind == AuthorKind::Anonymous;
        assert_eq!(placeholder, wanted["placeholder_name"].as_bool().expect("a flag"), "{number}");
        let body = body(comment);
        assert_eq!(body.chars().count() as u64, wanted["chars"].as_u64().expect("a count"), "{number}");
        assert_eq!(body.split("\n\n").count() as u64, wanted["paragraphs"].as_u64().expect("a count"), "{number}");
        assert_eq!(body.matches('•').count() as u64, wanted["bullets"].as_u64().expect("a count"), "{number}");
        let hash = hex(&Sha256::digest(body.as_bytes()));
        assert_eq!(Some(hash.as_str()), wanted["body_sha256"].as_str(), "{number}");
        assert_eq!(comment.parent, Parent::Unknown, "{number}");
    }
    let by = |evidence| comments.iter().filter(|comment| comment.author.evidence == evidence).count();
    assert_eq!((by(AuthorEvidence::HeadLine), by(AuthorEvidence::Signature)), (10, 2));
    assert_eq!(warnings(&report), ["text.comments", "text.authors", "text.flat"]);
    assert!(gaps(&report).is_empty());
}

#[test]
fn the_handmade_pages_are_read_exactly() {
    for stem in HANDMADE {
        let Some((text, expected)) = sample(stem) else { return };
        let report = read_bytes(&text, &Options::for_input("x"));
        let comments = report.comments();
        let wanted = expected["items"].as_array().expect("items");
        assert_eq!(comments.len(), wanted.len(), "{stem}");
        let line_of = |key: &str| comments.iter().find(|c| c.key == key).map(|c| c.place.line);
        for (comment, wanted) in comments.iter().zip(wanted) {
            let at = &wanted["line_start"];
            assert_eq!(Some(comment.place.line), at.as_u64(), "{stem}");
            assert_eq!(name(comment), wanted["author"].as_str(), "{stem} {at}");
            assert!(body(comment).starts_with(wanted["first"].as_str().expect("a beginning")), "{stem} {at}");
            let parent = match &comment.parent {
                Parent::Comment { key, .. } => line_of(key),
                Parent::Post | Parent::Unknown => None,
            };
            assert_eq!(parent, wanted["parent_line"].as_u64(), "{stem} {at}");
            let missing = comment.parent == Parent::Unknown;
            assert_eq!(Some(missing), wanted["parent_missing"].as_bool(), "{stem} {at}");
            let skipped = comment.extra.contains("level_skipped");
            assert_eq!(Some(skipped), wanted["level_skipped"].as_bool(), "{stem} {at}");
        }
        let keys: std::collections::HashSet<_> = comments.iter().map(|comment| &comment.key).collect();
        assert_eq!(keys.len(), comments.len(), "equal comments stay apart");
    }
}

#[test]
fn the_handmade_page_reports_what_it_lost() {
    let Some((text, _)) = sample(HANDMADE[0]) else { return };
    let report = read_bytes(&text, &Options::for_input("x"));
    assert_eq!(message(&report, "text.heading"), "the heading says 14 comments, 10 found");
    assert_eq!(gaps(&report), [(1, "skipped level"), (1, "lost parent")]);
    let comments = report.comments();
    assert!(body(comments[4]).starts_with("1. Weigh the flour.\n2. Then weigh the water.\nNobody"));
    let article = &report.posts()[0].body.as_ref().expect("an article").raw;
    assert!(article.contains("1. Mix flour") && !article.contains("14 Comments"));
    let Some((text, _)) = sample(HANDMADE[1]) else { return };
    let report = read_bytes(&text, &Options::for_input("x"));
    let missing: u64 = gaps(&report).iter().map(|gap| gap.0).sum();
    assert_eq!(missing, 4, "14 less 10");
}

#[test]
fn a_longer_copy_keeps_the_keys() {
    let Some((text, _)) = sample(SEED) else { return };
    let text = String::from_utf8(text).expect("UTF-8");
    let (long, short) = (report(&text), report(&text[..text.find("  33. ").expect("number 33")]));
    assert_eq!(long.posts()[0].key, short.posts()[0].key);
    let keys = |report: &Report| report.comments().iter().map(|c| c.key.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&long)[..32], keys(&short)[..]);
    assert_eq!(keys(&report(&text.replace('\n', "\r\n"))), keys(&long));
}

#[test]
fn the_good_fixture() {
    let report = read_bytes(GOOD.as_bytes(), &Options::for_input("x"));
    let post = report.posts()[0];
    assert_eq!(
        (post.title.as_deref(), post.author.name.as_deref()),
        (Some("Swifts under the roof"), Some("Olaf Lind"))
    );
    let comments = report.comments();
    let names: Vec<_> = comments.iter().map(|comment| name(comment).unwrap_or("-")).collect();
    assert_eq!(names, ["Ada Brook", "Olaf Lind", "-", "Anonymous", "-"]);
    let time = comments[0].created.expect("a date");
    assert_eq!((time.millis, time.precision), (1_556_788_500_000, Precision::Local));
    let parents: Vec<_> = comments.iter().map(|comment| matches!(comment.parent, Parent::Comment { .. })).collect();
    assert_eq!(parents, [false, true, false, false, true]);
    assert_eq!(comments[0].parent, Parent::Post);
    assert!(body(comments[2]).ends_with("• with a side entrance\n• with a sloping roof"));
    assert!(body(comments[3]).starts_with("1. Hang it high.\n2. Hang it in the shade.\nAnd then"));
    assert!(post.extra.contains("Leave a Reply"));
    assert_eq!(message(&report, "text.heading"), "the heading says 6 comments, 5 found");
}

#[test]
fn bare_paragraphs_are_never_cut() {
    let report = read_bytes(BROKEN.as_bytes(), &Options::for_input("x"));
    assert_eq!((report.posts().len(), report.comments().len()), (1, 0));
    assert_eq!(report.posts()[0].body.as_ref().map(|body| body.raw.as_str()), Some(BROKEN.trim()));
    assert_eq!(warnings(&report), ["text.unsegmented"]);
}

/// A page around these comments.
fn page(comments: &str) -> String {
    format!("Bread\n\nHow we bake it.\n\n9 Comments\n\n{comments}")
}

#[test]
fn edges_of_head_lines_and_bodies() {
    let text = page(
        "  1. Ada says\n\n    first\n\n  2. says\n\n    name lost\n\n  3. My doctor says\n\n  4. Ada says\n\n  5. Zoe says",
    );
    let expected =
        [said("Ada", "first"), unsaid("name lost"), unsaid("My doctor says"), said("Ada", ""), unsaid("Zoe says")];
    assert_eq!(talk(&text), expected);
    let empty = report(&text);
    assert_eq!(empty.comments()[3].body, None);
}

#[test]
fn number_like_text_and_dates_stay_in_the_body() {
    let text = page(
        "  1. Ada says\n\n    1,000s of loaves\n    3.5 litres\n    2016. A good year\n    5 April 2016\n\n  2. b",
    );
    assert_eq!(talk(&text)[0], said("Ada", "1,000s of loaves\n3.5 litres\n2016. A good year\n5 April 2016"));
    let text = page("  1. Ada says\n\n    5 April 2016\n\n  2. b says\n\n    x");
    assert_eq!(talk(&text)[0], said("Ada", "5 April 2016"), "a date and nothing else is the body");
}

#[test]
fn quotes_bullets_and_missing_final_newlines() {
    let text = page("  1. Ada says\n\n    > quoted only\n\n  2. Jo says\n\n    list:\n\n    • one\n    • two");
    assert_eq!(talk(&text), [said("Ada", "> quoted only"), said("Jo", "list:\n\n• one\n• two")]);
}

#[test]
fn line_ends_tabs_and_no_break_spaces() {
    let text = page("  1. Ada says\n\n    one\n    two\n\n    1. Jo says\n\n      three\n\n  2. four");
    let expected = [said("Ada", "one\ntwo"), said("Jo", "three"), unsaid("four")];
    assert_eq!(talk(&text), expected);
    assert_eq!(talk(&text.replace('\n', "\r\n")), expected);
    assert_eq!(talk(&text.replace("  ", "\u{a0}\u{a0}")), expected);
    assert_eq!(talk(&text.replace("  ", "\t")), expected);
    assert_eq!(talk(&text.replace("        ", "\t")), expected);
    assert_eq!(talk(&format!("\u{feff}{text}")), expected);
}

#[test]
fn numbers_from_a_thousand() {
    let text = page("  999. Ada says\n\n    x\n\n  1000. y\n\n  1001. Jo says\n\n    z");
    assert_eq!(talk(&text), [said("Ada", "x"), unsaid("y"), said("Jo", "z")]);
}

#[test]
fn two_pages_in_one_file() {
    let one = page("  1. Ada says\n\n    x\n\n  2. y\n\nLeave a Reply\n\nName *\n\n");
    let two = one.replace("Bread", "Cake").replace("Ada", "Jo");
    let report = report(&format!("{one}{two}"));
    let titles: Vec<_> = report.posts().iter().filter_map(|post| post.title.as_deref()).collect();
    assert_eq!(titles, ["Bread", "Cake"]);
    let posts: Vec<_> = report.comments().iter().map(|comment| comment.post.clone()).collect();
    assert_eq!(posts.len(), 4);
    assert_eq!(posts[2].as_deref(), Some(report.posts()[1].key.as_str()));
    assert!(warnings(&report).contains(&"text.pages"));
}

#[test]
fn reply_words_go_and_text_below_the_comments_is_kept_apart() {
    let text = page("  1. Ada says\n\n    x\n\n    Antworten\n\n  2. y\n\n    Antworten\n\nImpressum\n\nKontakt");
    let found = report(&text);
    assert_eq!(talk(&text), [said("Ada", "x"), unsaid("y")]);
    assert!(found.posts()[0].extra.contains("Impressum\\n\\nKontakt"));
}

#[test]
fn a_list_that_text_interrupts_goes_on() {
    let found = report(&page("  1. Ada says\n\n    x\n\n  2. y\n\nAdvertisement\n\n  4. z\n\n  5. Pingback: Cake"));
    let comments = found.comments();
    assert_eq!(comments.iter().map(|comment| body(comment)).collect::<Vec<_>>(), ["x", "y", "z", "Pingback: Cake"]);
    assert_eq!(gaps(&found), [(1, "missing numbers")]);
    assert_eq!(comments[3].kind, Kind::Pingback);
    assert!(found.posts()[0].extra.contains("Advertisement"));
}

#[test]
fn quoted_mail_is_not_given_to_the_wrong_person() {
    let text = "Bread\n\nThanks!\n\nOn April 5, 2016, Ada wrote:\n> x\n\nI agree.\n\nOn April 4, 2016, Jo wrote:\n> y\n\nMe too.";
    assert!(talk(text).is_empty());
}

#[test]
fn equal_comments_stay_two() {
    let found = report(&page("  1. Ada says\n\n    x\n\n  2. Ada says\n\n    x"));
    let comments = found.comments();
    assert_eq!(comments.len(), 2);
    assert_ne!(comments[0].key, comments[1].key);
}

#[test]
fn themes_with_dates_on_the_line() {
    for head in [
        "Ada says: April 5, 2016",
        "Posted by Ada on April 5, 2016",
        "Ada — 5 April 2016",
        "On April 5, 2016, Ada wrote:",
    ] {
        let found = report(&page(&format!("  1. {head}\n\n    x\n\n  2. {head}\n\n    y")));
        let comments = found.comments();
        assert_eq!((name(comments[0]), body(comments[0])), (Some("Ada"), "x"), "{head}");
        let time = comments[0].created.expect("a date");
        assert_eq!((time.millis, time.precision), (1_459_814_400_000, Precision::Day), "{head}");
    }
}

#[test]
fn themes_with_bare_names() {
    let text = page("  1. Ada Brook\n\n    x\n\n  2. Jo\n\n    y\n\n  3. Anonymous\n\n    z");
    assert_eq!(talk(&text), [said("Ada Brook", "x"), said("Jo", "y"), said("Anonymous", "z")]);
}

#[test]
fn a_page_that_lost_every_author() {
    let text =
        "Bread\n\nHow we bake it.\n\n  1. I liked it.\n\n    A lot.\n\n  2. Me too, but more salt.\n\n  3. No salt!";
    assert_eq!(talk(text).len(), 3);
    let article = "Bread\n\nHow we bake it.\n\n  1. Mix it.\n  2. Bake it.\n  3. Eat it.\n\nThat is all.";
    assert_eq!(talk(article).len(), 0);
}

#[test]
fn structured_formats_are_refused_and_prose_is_not() {
    for text in ["{\"a\":1}", "<rss></rss>", "id,body\n1,x\n", "From a@b Tue Apr  5 10:00:00 2016\n", "a\0b", ""] {
        assert_eq!(sniff(text), None, "{text}");
    }
    assert_eq!(sniff(BROKEN).map(|guess| guess.score), Some(60));
    assert_eq!(sniff(GOOD).map(|guess| guess.score), Some(75));
}

#[test]
fn cut_at_every_byte() {
    for text in [GOOD, BROKEN] {
        for end in 0..text.len() {
            read(&text.as_bytes()[..end]);
            let _ = sniff(text.get(..end).unwrap_or_default());
        }
    }
    let Some((text, _)) = sample(HANDMADE[2]) else { return };
    (0..text.len()).for_each(|end| drop(read(&text[..end])));
}

#[test]
fn hostile_input_takes_linear_time() {
    let marker = "  1. \n".repeat(1 << 18);
    let one_line = "a ".repeat(5 << 20);
    let deep: String = (0..3000).fold(String::new(), |mut text, level| {
        let _ = writeln!(text, "{:1$}1. a says\n", "", level * 2);
        text
    });
    let heads = "a says\n\nx\n\n".repeat(100_000);
    let typed = format!("  1. a\n\n{}", "    1. b c d\n\n".repeat(100_000));
    let blank = "\n".repeat(10 << 20);
    let separate = "x\n\n  1. a says\n\n    y\n\n".repeat(50_000);
    for text in [marker, one_line, deep, heads, typed, blank, separate] {
        let start = std::time::Instant::now();
        let items = read(text.as_bytes()).len();
        eprintln!("{} bytes, {items} items, {:?}", text.len(), start.elapsed());
        assert!(start.elapsed().as_secs() < 20, "{} bytes took too long", text.len());
    }
}

/// Text made of what the grammar knows.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "  1. ",
        "  2. ",
        "    ",
        "      ",
        "\n",
        "\n\n",
        "Ada says",
        "says",
        ":",
        "• ",
        "x y z",
        "5 April 2016",
        "\t",
        "\u{a0}",
        "\r\n",
        "1. ",
        "3 Comments",
        "Leave a Reply",
        "Posted by ",
        "On ",
        " wrote:",
        "“",
        ".",
        "1000000. ",
        "\0",
        "é",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read(&bytes);
    }

    #[test]
    fn every_parent_is_there_and_keys_repeat(text in pieces()) {
        let found = report(&text);
        let comments = found.comments();
        for comment in &comments {
            if let Parent::Comment { key, .. } = &comment.parent {
                prop_assert!(comments.iter().any(|other| other.key == *key && other.place.line < comment.place.line));
            }
        }
        prop_assert_eq!(found.items, report(&text).items);
    }

    #[test]
    fn no_word_is_lost(text in pieces()) {
        let found = report(&text);
        let bytes = |text: &str| text.matches("x y z").count();
        let kept: usize = found.comments().iter().map(|comment| bytes(body(comment)) + bytes(name(comment).unwrap_or("")) + bytes(&comment.extra)).sum();
        let posts: usize = found.posts().iter().map(|post| {
            let body = post.body.as_ref().map_or(0, |body| bytes(&body.raw));
            let title = if found.comments().is_empty() { 0 } else { post.title.as_deref().map_or(0, bytes) };
            body + title + bytes(&post.extra)
        }).sum();
        prop_assert!(kept + posts >= bytes(&text), "{kept} + {posts} of {}", bytes(&text));
    }
}

/// Every file below a folder.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

#[test]
fn no_dump_of_another_format_is_taken_for_a_page() {
    let Some(folder) = samples() else { return };
    let format = FORMATS.iter().find(|format| format.name == "text").expect("the format is registered");
    let prose = ["text", "LICENSES"];
    let mut taken = Vec::new();
    for path in files(&folder) {
        let group = path.strip_prefix(&folder).expect("below the folder").iter().next().expect("a folder").to_owned();
        if path.extension().is_some_and(|end| end == "md") || prose.iter().any(|name| group == *name) {
            continue;
        }
        let bytes = std::fs::read(&path).expect("readable");
        if let Some(guess) = (format.sniff)(&Head::new(bytes, true)) {
            taken.push((path, guess));
        }
    }
    assert!(taken.is_empty(), "{taken:#?}");
}
