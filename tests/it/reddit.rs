//! Reddit dumps: the real samples with their counts, and the invented fixtures.

use std::collections::BTreeSet;

use quell::model::{BodyFormat, NewComment, Parent, Status};
use quell::sources::Options;

use crate::support::{Counts, Report, counts, cut_everywhere, fixture, read_as, read_bytes, samples};

fn sample(name: &str) -> Option<Report> {
    let bytes = std::fs::read(samples()?.join("reddit").join(name)).expect("the sample is readable");
    Some(read_bytes(&bytes, &Options::for_input(name)))
}

fn comment<'r>(report: &'r Report, key: &str) -> &'r NewComment {
    report.comments().into_iter().find(|comment| comment.key == key).expect("the comment was read")
}

#[test]
fn a_thread_with_its_stubs() {
    let Some(thread) = sample("praw-n49rw-thread.json") else { return };
    assert_eq!(thread.format, "reddit-listing");
    assert_eq!(thread.posts().len(), 1);
    assert_eq!(thread.posts()[0].key, "t3_n49rw");
    assert_eq!(counts(&[&thread]), Counts { records: 485, comments: 485, depth: 10, authors: 341, orphans: 0 });
    assert_eq!(thread.comments().iter().filter(|c| c.author.name.is_none()).count(), 60);
    assert_eq!(thread.comments().iter().filter(|c| c.status == Some(Status::Deleted)).count(), 10);
    let gaps = thread.gaps();
    assert_eq!((gaps.len(), gaps.iter().map(|gap| gap.known.len()).sum::<usize>()), (177, 839));
    assert_eq!(gaps.iter().map(|gap| gap.count).sum::<u64>(), 1060);
    assert!(gaps.iter().all(|gap| gap.post == "t3_n49rw"));
    assert_eq!(gaps.iter().filter(|gap| gap.reason == "continue this thread").count(), 1);
    assert_eq!((thread.faults(), thread.warnings()), (vec![], vec![]));
}

#[test]
fn more_comments_heal_the_orphans_in_either_order() {
    let Some(more) = sample("praw-n49rw-morechildren.ndjson") else { return };
    let Some(thread) = sample("praw-n49rw-thread.json") else { return };
    assert_eq!(more.format, "reddit-listing");
    assert_eq!(counts(&[&more]), Counts { records: 946, comments: 944, depth: 7, authors: 667, orphans: 324 });
    assert_eq!((more.faults(), more.warnings()), (vec![], vec![]));
    let unknown = |report: &Report| report.comments().iter().filter(|c| c.author.name.is_none()).count();
    assert_eq!((unknown(&more), unknown(&more) + unknown(&thread)), (113, 173));
    let both = Counts { records: 1431, comments: 1428, depth: 11, authors: 934, orphans: 0 };
    assert_eq!(counts(&[&thread, &more]), both);
    assert_eq!(counts(&[&more, &thread]), both);
    let have: BTreeSet<&str> = [&thread, &more].iter().flat_map(|r| r.comments()).map(|c| &*c.key).collect();
    let named: BTreeSet<&str> =
        [&thread, &more].iter().flat_map(|r| r.gaps()).flat_map(|g| &g.known).map(|k| &**k).collect();
    assert_eq!(named.difference(&have).count(), 108);
    let posts: BTreeSet<&str> = [&thread, &more].iter().flat_map(|r| r.posts()).map(|p| &*p.key).collect();
    assert_eq!(posts.len(), 1);
}

#[test]
fn lines_of_pushshift() {
    let Some(report) = sample("pushshift-test_comments.ndjson") else { return };
    assert_eq!(report.format, "reddit-ndjson");
    assert_eq!(counts(&[&report]), Counts { records: 27, comments: 27, depth: 1, authors: 22, orphans: 9 });
    let comments = report.comments();
    let posts: BTreeSet<_> = comments.iter().filter_map(|c| c.post.as_deref()).collect();
    assert_eq!((report.posts().len(), posts.len()), (0, 27));
    assert_eq!(comments.iter().filter(|c| c.author.name.is_none()).count(), 5);
    assert!(comments.iter().all(|c| c.created.is_some()));
    let status = |status| comments.iter().filter(|c| c.status == Some(status)).count();
    assert_eq!((status(Status::Deleted), status(Status::Removed)), (2, 2));
    assert_eq!(comments.iter().filter(|c| c.body.as_ref().is_some_and(|b| has_entities(&b.raw))).count(), 2);
    assert_eq!((report.faults(), report.warnings()), (vec![], vec![]));
}

fn has_entities(text: &str) -> bool {
    ["&gt;", "&lt;", "&amp;"].iter().any(|entity| text.contains(entity))
}

#[test]
fn twenty_years_of_drift() {
    let Some(report) = sample("handmade-drift.ndjson") else { return };
    assert_eq!(report.format, "reddit-ndjson");
    assert_eq!(counts(&[&report]), Counts { records: 11, comments: 10, depth: 3, authors: 9, orphans: 1 });
    assert_eq!(report.warnings(), ["utf8.invalid"]);
    assert_eq!(report.faults(), [("json.syntax", 11)]);
    let integer = comment(&report, "t1_kxmhmes");
    assert!(matches!(&integer.parent, Parent::Comment { key, .. } if key == "t1_kxmhmer"));
    assert_eq!(comment(&report, "t1_kxmhmer").parent, Parent::Post);
    assert_eq!(comment(&report, "t1_kxmhmet").score, None);
    assert!(comment(&report, "t1_kxmhmeu").edited.is_some());
    let removed = comment(&report, "t1_kxmhmey");
    assert_eq!((removed.status, removed.body.as_ref()), (Some(Status::Removed), None));
    assert_eq!(removed.raw_status.as_deref(), Some("removal_type removed"));
    assert_eq!(comment(&report, "t1_kxmhmew").status, Some(Status::Deleted));
    let body = comment(&report, "t1_kxmhmev").body.as_ref().unwrap();
    assert!(body.raw.starts_with("&gt; a quoted") && body.format == BodyFormat::Markdown);
}

#[test]
fn fixtures_of_lines() {
    let options = Options::for_input("x");
    let good = read_bytes(&fixture("reddit/good.ndjson"), &options);
    assert_eq!(good.format, "reddit-ndjson");
    assert_eq!(counts(&[&good]), Counts { records: 4, comments: 4, depth: 3, authors: 3, orphans: 0 });
    assert_eq!(good.posts()[0].url.as_deref(), Some("https://www.reddit.com/r/fogbank/comments/q1/which_lamp/"));
    assert_eq!(good.posts()[0].extra, r#"{"subreddit":"fogbank","num_comments":4}"#);
    assert_eq!(comment(&good, "t1_d00004").body.as_ref().unwrap().raw, "Half an emoji: \u{FFFD} and \u{1F600} \0");
    let broken = read_bytes(&fixture("reddit/broken.ndjson"), &options);
    assert_eq!(broken.format, "reddit-ndjson");
    assert_eq!(broken.comments().len(), 2);
    let faults =
        [("json.syntax", 1), ("json.not_object", 3), ("record.no_id", 4), ("json.syntax", 7), ("truncated", 8)];
    assert_eq!(broken.faults(), faults);
    assert_eq!(broken.warnings(), ["utf8.invalid"]);
}

#[test]
fn fixtures_of_listings() {
    let options = Options::for_input("x");
    let good = read_bytes(&fixture("reddit/good-listing.json"), &options);
    assert_eq!(good.format, "reddit-listing");
    assert_eq!(counts(&[&good]), Counts { records: 4, comments: 4, depth: 3, authors: 4, orphans: 0 });
    assert_eq!(good.posts()[0].status, Some(Status::Removed));
    assert_eq!(good.posts()[0].url.as_deref(), Some("https://www.reddit.com/r/fogbank/comments/q1/x/"));
    let gaps: Vec<_> = good.gaps().iter().map(|g| (g.parent.as_deref(), g.known.len(), g.count, &*g.reason)).collect();
    assert_eq!(gaps, [(Some("t1_e3"), 0, 0, "continue this thread"), (Some("t1_e1"), 2, 7, "more")]);
    let broken = read_bytes(&fixture("reddit/broken-listing.json"), &options);
    assert_eq!((broken.posts().len(), broken.comments().len()), (1, 2));
    assert_eq!(broken.faults().len(), 1);
    assert_eq!(broken.faults()[0].0, "truncated");
}

#[test]
fn fixtures_of_more_comments() {
    let options = Options::for_input("x");
    let good = read_bytes(&fixture("reddit/good-more.ndjson"), &options);
    assert_eq!(good.format, "reddit-listing");
    assert_eq!(counts(&[&good]), Counts { records: 7, comments: 7, depth: 4, authors: 7, orphans: 0 });
    assert!(good.gaps().iter().all(|gap| gap.post == "t3_q1"));
    let broken = read_bytes(&fixture("reddit/broken-more.ndjson"), &options);
    assert_eq!(broken.faults(), [("json.syntax", 1), ("json.syntax", 3), ("json.not_object", 4)]);
    assert_eq!(broken.comments().len(), 3);
}

#[test]
fn a_thread_by_the_bulk_downloader() {
    let report = read_bytes(&fixture("reddit/good-bdfr.json"), &Options::for_input("x"));
    assert_eq!(report.format, "reddit-listing");
    assert_eq!(counts(&[&report]), Counts { records: 2, comments: 2, depth: 2, authors: 1, orphans: 0 });
    assert!(report.comments().iter().all(|comment| comment.post.as_deref() == Some("t3_q1")));
    assert!(!report.posts()[0].author.is_person());
}

#[test]
fn every_cut_holds_whole_records_only() {
    for name in ["good.ndjson", "broken.ndjson"] {
        cut_everywhere("reddit-ndjson", &fixture(&format!("reddit/{name}")));
    }
    let listings =
        ["good-listing.json", "broken-listing.json", "good-more.ndjson", "broken-more.ndjson", "good-bdfr.json"];
    for name in listings {
        cut_everywhere("reddit-listing", &fixture(&format!("reddit/{name}")));
    }
}

#[test]
fn two_imports_report_the_same() {
    let bytes = fixture("reddit/good-listing.json");
    let read = || read_as("reddit-listing", &bytes, &Options::for_input("x")).items;
    assert_eq!(read(), read());
}
