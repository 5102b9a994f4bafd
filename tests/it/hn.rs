//! Hacker News dumps: the samples with their counts, and the invented fixtures.

use quell::model::{BodyFormat, NewComment, Parent, Status};
use quell::sources::Options;

use crate::support::{Counts, Report, counts, cut_everywhere, fixture, read_bytes, samples};

fn sample(name: &str) -> Option<Report> {
    let bytes = std::fs::read(samples()?.join("hn").join(name)).expect("the sample is readable");
    Some(read_bytes(&bytes, &Options::for_input(name)))
}

fn comment<'r>(report: &'r Report, key: &str) -> &'r NewComment {
    report.comments().into_iter().find(|comment| comment.key == key).expect("the comment was read")
}

#[test]
fn items_quoted_in_the_documentation() {
    let Some(report) = sample("firebase-docs-items.ndjson") else { return };
    assert_eq!((report.format, report.posts().len()), ("hn-items", 1));
    assert_eq!(counts(&[&report]), Counts { records: 1, comments: 1, depth: 1, authors: 1, orphans: 1 });
    assert_eq!((report.faults(), report.warnings()), (vec![], vec!["hn.pollopt"]));
}

#[test]
fn items_with_null_deleted_and_dead_ones() {
    let Some(report) = sample("handmade-firebase-items.ndjson") else { return };
    assert_eq!((report.format, report.posts().len()), ("hn-items", 2));
    assert_eq!(counts(&[&report]), Counts { records: 6, comments: 6, depth: 3, authors: 5, orphans: 1 });
    assert_eq!((report.faults(), report.warnings()), (vec![], vec!["hn.pollopt"]));
    assert!(report.comments().iter().all(|comment| comment.post.is_none()));
    let deleted = comment(&report, "103");
    assert_eq!((deleted.status, deleted.body.as_ref()), (Some(Status::Deleted), None));
    let dead = comment(&report, "104");
    assert_eq!((dead.status, dead.raw_status.as_deref()), (Some(Status::Removed), Some("dead")));
    assert_eq!(comment(&report, "101").body.as_ref().unwrap().format, BodyFormat::Html);
}

#[test]
fn a_nested_item() {
    let Some(report) = sample("handmade-algolia-item.json") else { return };
    assert_eq!((report.format, report.posts().len()), ("hn-algolia", 1));
    assert_eq!(counts(&[&report]), Counts { records: 8, comments: 8, depth: 4, authors: 5, orphans: 0 });
    assert_eq!(report.comments().iter().filter(|c| c.status == Some(Status::Deleted)).count(), 2);
    assert_eq!(comment(&report, "9000001").parent, Parent::Post);
    assert!(matches!(&comment(&report, "9000006").parent, Parent::Comment { key, .. } if key == "9000005"));
    assert_eq!((report.faults(), report.warnings()), (vec![], vec![]));
}

#[test]
fn fixtures_of_items() {
    let options = Options::for_input("x");
    let good = read_bytes(&fixture("hn/good.ndjson"), &options);
    assert_eq!((good.format, good.posts().len()), ("hn-items", 2));
    assert_eq!(counts(&[&good]), Counts { records: 3, comments: 3, depth: 2, authors: 2, orphans: 0 });
    let broken = read_bytes(&fixture("hn/broken.ndjson"), &options);
    assert_eq!(broken.faults(), [("json.syntax", 2), ("record.unknown", 5), ("truncated", 6)]);
    assert_eq!(broken.warnings(), ["utf8.invalid", "time.invalid"]);
    let large = comment(&broken, "99999999999999999999");
    assert!(matches!(&large.parent, Parent::Comment { key, .. } if key == "18446744073709551617"));
    assert_eq!(comment(&broken, "505").extra, r#"{"time":1e300}"#);
}

#[test]
fn fixtures_of_nested_items_and_hits() {
    let options = Options::for_input("x");
    let good = read_bytes(&fixture("hn/good-algolia.json"), &options);
    assert_eq!((good.format, good.posts().len()), ("hn-algolia", 1));
    assert_eq!(counts(&[&good]), Counts { records: 4, comments: 4, depth: 3, authors: 3, orphans: 0 });
    let broken = read_bytes(&fixture("hn/broken-algolia.json"), &options);
    assert_eq!((broken.posts().len(), broken.comments().len()), (1, 3));
    assert_eq!(broken.faults().iter().map(|fault| fault.0).collect::<Vec<_>>(), ["truncated"]);
    let hits = read_bytes(&fixture("hn/good-hits.json"), &options);
    assert_eq!((hits.format, hits.posts().len()), ("hn-algolia", 1));
    assert_eq!(comment(&hits, "701").parent, Parent::Post);
    assert_eq!((hits.faults(), hits.warnings()), (vec![], vec![]));
}

#[test]
fn every_cut_holds_whole_records_only() {
    cut_everywhere("hn-items", &fixture("hn/good.ndjson"));
    cut_everywhere("hn-items", &fixture("hn/broken.ndjson"));
    for name in ["good-algolia.json", "broken-algolia.json", "good-hits.json"] {
        cut_everywhere("hn-algolia", &fixture(&format!("hn/{name}")));
    }
}
