//! The real dumps through the real binary: the counts that their README gives, the same dump twice, dumps of one thread
//! in either order, and recognition by content alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::run::Place;
use crate::support;

/// What an import of sample files leaves in a new database.
#[derive(Debug, Default, PartialEq, Eq)]
struct Held {
    /// Exit code of the import.
    exit: i32,
    /// Comment records that were read.
    read: u64,
    quarantined: u64,
    /// Posts that a file held, and posts that only comments name.
    posts: usize,
    placeholders: usize,
    comments: usize,
    depth: usize,
    /// Distinct names of authors.
    authors: usize,
    /// Comments without the name of their author.
    unknown: usize,
    orphans: usize,
    /// How many comments have each status of the source.
    statuses: BTreeMap<String, usize>,
}

fn statuses(list: &[(&str, usize)]) -> BTreeMap<String, usize> {
    list.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

fn files(names: &[&str]) -> Option<Vec<PathBuf>> {
    let folder = support::samples()?;
    Some(names.iter().map(|name| folder.join(name)).collect())
}

/// Imports files into a new database, then again, and gives what is held.
#[track_caller]
fn import_twice(place: &Place, files: &[PathBuf]) -> Held {
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let (exit, summary) = place.import(&files);
    let first = place.stdout("export --removed full", i32::from(posts(place).is_empty()));
    let (_, again) = place.import(&files);
    for unchanged in ["added", "changed", "posts_added", "posts_changed", "parents_found"] {
        assert_eq!(again["counts"][unchanged], 0, "{unchanged} in the second import: {again:#}");
    }
    assert!(first == place.stdout("export --removed full", i32::from(first.lines().count() < 3)), "the export changed");
    assert_eq!(place.stdout("db check", 0), "no damage found\n");
    let count = |name: &str| summary["counts"][name].as_u64().unwrap();
    let mut held = held(place);
    held.exit = exit;
    held.read = count("read");
    held.quarantined = count("quarantined");
    held
}

fn posts(place: &Place) -> Vec<Value> {
    let ran = place.run("posts -f json");
    serde_json::from_str(&ran.stdout()).unwrap_or_else(|error| panic!("{error}\n{ran}"))
}

/// Counts what the export holds.
fn held(place: &Place) -> Held {
    let document: Value = serde_json::from_str(&place.run("export --removed full").stdout()).unwrap();
    let mut held = Held::default();
    let mut names = BTreeSet::new();
    for post in document["posts"].as_array().unwrap() {
        match post["placeholder"].as_bool() {
            Some(true) => held.placeholders += 1,
            _ => held.posts += 1,
        }
        let mut open: Vec<(usize, &Value)> = list(&post["comments"]).map(|comment| (1, comment)).collect();
        while let Some((depth, comment)) = open.pop() {
            held.comments += 1;
            held.depth = held.depth.max(depth);
            match comment["author"]["name"].as_str() {
                Some(name) => drop(names.insert(name.to_owned())),
                None => held.unknown += 1,
            }
            if depth == 1 && comment["parent"].is_string() {
                held.orphans += 1;
            }
            let status = comment["source_status"].as_str().unwrap_or("none");
            *held.statuses.entry(status.to_owned()).or_default() += 1;
            open.extend(list(&comment["replies"]).map(|reply| (depth + 1, reply)));
        }
    }
    held.authors = names.len();
    held
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// One sample file and what it must leave.
macro_rules! sample {
    ($name:ident, [$($file:literal),+], $held:expr) => {
        #[test]
        fn $name() {
            let Some(files) = files(&[$($file),+]) else { return };
            assert_eq!(import_twice(&Place::new(), &files), $held);
        }
    };
}

sample!(
    wordpress_theme_unit_test,
    ["wxr/theme-unit-test-data.xml"],
    Held {
        read: 33,
        posts: 79,
        comments: 33,
        depth: 10,
        authors: 20,
        statuses: statuses(&[("approved", 30), ("pending", 3)]),
        ..Held::default()
    }
);
sample!(
    wordpress_windows_1252,
    ["wxr/handmade-windows-1252.xml"],
    Held {
        read: 10,
        posts: 1,
        comments: 10,
        depth: 3,
        authors: 8,
        orphans: 1,
        statuses: statuses(&[("approved", 7), ("pending", 1), ("removed", 2)]),
        ..Held::default()
    }
);
sample!(
    disqus_isso,
    ["disqus/isso-disqus.xml"],
    Held {
        read: 6,
        posts: 3,
        placeholders: 1,
        comments: 6,
        depth: 2,
        authors: 4,
        statuses: statuses(&[("approved", 5), ("deleted", 1)]),
        ..Held::default()
    }
);
sample!(
    disqus_broken_on_purpose,
    ["disqus/remark42-disqus.xml"],
    Held {
        exit: 3,
        read: 5,
        quarantined: 1,
        posts: 2,
        comments: 5,
        depth: 1,
        authors: 5,
        statuses: statuses(&[("approved", 4), ("spam", 1)]),
        ..Held::default()
    }
);
sample!(
    disqus_duplicate_threads,
    ["disqus/handmade-duplicate-threads.xml"],
    Held {
        read: 12,
        posts: 2,
        placeholders: 1,
        comments: 12,
        depth: 4,
        authors: 8,
        orphans: 1,
        statuses: statuses(&[("approved", 10), ("deleted", 1), ("spam", 1)]),
        ..Held::default()
    }
);
sample!(
    reddit_thread,
    ["reddit/praw-n49rw-thread.json"],
    Held {
        read: 485,
        posts: 1,
        comments: 485,
        depth: 10,
        authors: 341,
        unknown: 60,
        statuses: statuses(&[("deleted", 10), ("none", 475)]),
        ..Held::default()
    }
);
sample!(
    reddit_more_children,
    ["reddit/praw-n49rw-morechildren.ndjson"],
    Held {
        read: 946,
        posts: 1,
        comments: 944,
        depth: 7,
        authors: 667,
        unknown: 113,
        orphans: 324,
        statuses: statuses(&[("deleted", 15), ("none", 929)]),
        ..Held::default()
    }
);
sample!(
    reddit_pushshift,
    ["reddit/pushshift-test_comments.ndjson"],
    Held {
        read: 27,
        placeholders: 27,
        comments: 27,
        depth: 1,
        authors: 22,
        unknown: 5,
        orphans: 9,
        statuses: statuses(&[("deleted", 2), ("none", 23), ("removed", 2)]),
        ..Held::default()
    }
);
sample!(
    reddit_pushshift_long_window,
    ["reddit/derived-pushshift-long31.ndjson.zst"],
    Held {
        read: 27,
        placeholders: 27,
        comments: 27,
        depth: 1,
        authors: 22,
        unknown: 5,
        orphans: 9,
        statuses: statuses(&[("deleted", 2), ("none", 23), ("removed", 2)]),
        ..Held::default()
    }
);
sample!(
    reddit_drift,
    ["reddit/handmade-drift.ndjson"],
    Held {
        exit: 3,
        read: 11,
        quarantined: 1,
        placeholders: 1,
        comments: 10,
        depth: 3,
        authors: 9,
        unknown: 1,
        orphans: 1,
        statuses: statuses(&[("deleted", 1), ("none", 8), ("removed", 1)]),
        ..Held::default()
    }
);
sample!(
    hacker_news_items,
    ["hn/handmade-firebase-items.ndjson"],
    Held {
        read: 6,
        posts: 2,
        placeholders: 1,
        unknown: 1,
        comments: 6,
        depth: 3,
        authors: 5,
        orphans: 1,
        statuses: statuses(&[("deleted", 1), ("none", 4), ("removed", 1)]),
        ..Held::default()
    }
);
sample!(
    hacker_news_documented_items,
    ["hn/firebase-docs-items.ndjson"],
    Held {
        read: 1,
        posts: 1,
        placeholders: 1,
        comments: 1,
        depth: 1,
        authors: 1,
        orphans: 1,
        statuses: statuses(&[("none", 1)]),
        ..Held::default()
    }
);
sample!(
    hacker_news_algolia,
    ["hn/handmade-algolia-item.json"],
    Held {
        read: 8,
        posts: 1,
        comments: 8,
        depth: 4,
        authors: 5,
        unknown: 2,
        statuses: statuses(&[("deleted", 2), ("none", 6)]),
        ..Held::default()
    }
);
sample!(
    page_copy,
    ["text/000_95f79571b5b7dd18.txt"],
    Held {
        read: 35,
        posts: 1,
        comments: 35,
        depth: 1,
        authors: 7,
        unknown: 23,
        statuses: statuses(&[("none", 35)]),
        ..Held::default()
    }
);
sample!(
    page_copy_with_list,
    ["text/handmade-wp-ol.resiliparse-0.14.5.txt"],
    Held {
        read: 10,
        posts: 1,
        comments: 10,
        depth: 2,
        authors: 5,
        unknown: 1,
        statuses: statuses(&[("none", 10)]),
        ..Held::default()
    }
);
sample!(
    page_copy_with_list_newer,
    ["text/handmade-wp-ol.resiliparse-2.0.1.txt"],
    Held {
        read: 10,
        posts: 1,
        comments: 10,
        depth: 2,
        authors: 5,
        unknown: 1,
        statuses: statuses(&[("none", 10)]),
        ..Held::default()
    }
);
sample!(
    page_copy_with_bullets,
    ["text/handmade-wp-ul.resiliparse-0.14.5.txt"],
    Held {
        read: 6,
        posts: 1,
        comments: 6,
        depth: 2,
        authors: 5,
        statuses: statuses(&[("none", 6)]),
        ..Held::default()
    }
);

#[test]
fn small_wordpress_files() {
    let Some(folder) = support::samples() else { return };
    for (name, comments, code) in [
        ("small-export.xml", 1, 0),
        ("slashes.xml", 1, 0),
        ("test-serialized-comment-meta.xml", 1, 0),
        ("valid-wxr-1.1.xml", 1, 0),
        ("wxr-utf-8-challenges.xml", 0, 0),
        ("crazy-cdata.xml", 0, 0),
        ("invalid-version-tag.xml", 0, 1),
        ("malformed.xml", 0, 3),
    ] {
        let place = Place::new();
        let held = import_twice(&place, &[folder.join("wxr").join(name)]);
        assert_eq!((held.comments, held.exit), (comments, code), "{name}");
    }
}

#[test]
fn two_dumps_of_one_reddit_thread_meet_in_either_order() {
    let Some(mut files) = files(&["reddit/praw-n49rw-thread.json", "reddit/praw-n49rw-morechildren.ndjson"]) else {
        return;
    };
    let keys = |place: &Place| -> Vec<String> {
        let lines = place.stdout("export -f csv --removed full", 0);
        let mut rows: Vec<String> = Vec::new();
        for row in csv::Reader::from_reader(lines.as_bytes()).records() {
            rows.push(row.unwrap().iter().skip(1).collect::<Vec<_>>().join("\t"));
        }
        rows.sort();
        rows
    };
    let place = Place::new();
    let both = import_twice(&place, &files);
    let numbers = (both.posts, both.read, both.comments, both.depth, both.authors, both.orphans);
    assert_eq!(numbers, (1, 1431, 1428, 11, 934, 0));
    files.reverse();
    let turned = Place::new();
    let other = import_twice(&turned, &files);
    assert_eq!((other.comments, other.depth, other.authors, other.orphans), (1428, 11, 934, 0));
    assert_eq!(keys(&place).len(), keys(&turned).len());

    let apart = Place::new();
    for file in &files {
        assert_eq!(apart.import(&[file]).0, 0);
    }
    assert_eq!(held(&apart), held(&turned));
}

#[test]
fn dumps_are_recognised_without_their_names() {
    let Some(folder) = support::samples() else { return };
    for (name, format) in [
        ("wxr/theme-unit-test-data.xml", "wxr"),
        ("wxr/invalid-version-tag.xml", "wxr"),
        ("disqus/isso-disqus.xml", "disqus"),
        ("disqus/remark42-disqus.xml", "disqus"),
        ("reddit/praw-n49rw-thread.json", "reddit-listing"),
        ("reddit/praw-n49rw-morechildren.ndjson", "reddit-listing"),
        ("reddit/pushshift-test_comments.ndjson", "reddit-ndjson"),
        ("reddit/derived-pushshift-long31.ndjson.zst", "reddit-ndjson"),
        ("reddit/handmade-drift.ndjson", "reddit-ndjson"),
        ("hn/handmade-firebase-items.ndjson", "hn-items"),
        ("hn/handmade-algolia-item.json", "hn-algolia"),
        ("text/000_95f79571b5b7dd18.txt", "text"),
    ] {
        let place = Place::with("photo.jpg", std::fs::read(folder.join(name)).unwrap());
        assert_eq!(place.stdout("import --detect photo.jpg", 0), format!("photo.jpg\t{format}\n"), "{name}");
    }
}
