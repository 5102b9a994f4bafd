//! The words of the command line: the help of every verb as a snapshot, each opening with examples.

use crate::run::Place;

#[test]
fn every_verb_opens_its_help_with_examples() {
    let place = Place::new();
    let overview = place.stdout("--help", 0);
    let verbs: Vec<&str> = overview
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(verbs.len() >= 8, "{overview}");
    for verb in verbs {
        let help = place.stdout(&format!("{verb} --help"), 0);
        let bare = matches!(verb, "man" | "help");
        assert!(bare || help.starts_with("Examples:\n  quell "), "{verb}:\n{help}");
        for line in help.lines() {
            assert!(line.chars().count() <= 120, "{verb}: {line}");
        }
    }
}

#[test]
fn the_overview_fits_a_screen() {
    let overview = Place::new().stdout("--help", 0);
    assert!(overview.lines().count() <= 60, "{overview}");
    assert!(overview.starts_with("Examples:\n  quell demo "), "{overview}");
}

#[test]
fn mistakes_say_what_to_do_next() {
    let place = Place::new();
    insta::assert_snapshot!(place.run("posts"), @r"
    exit 2
    --- stderr
    quell: there is no database at quell.db
      import a dump first: quell import FILE, or try: quell demo
    ");
    insta::assert_snapshot!(place.run("import nowhere.xml --source redit"), @r"
    exit 2
    --- stderr
    quell: there is no source redit; did you mean reddit?
      the sources are wxr, disqus, reddit-ndjson, reddit-listing, hn-items, hn-algolia, quell-json, quell-jsonl, ndjson, csv, text
    ");
    assert_eq!(place.run("-q demo").code(), 0);
    insta::assert_snapshot!(place.run("show c99"), @r"
    exit 2
    --- stderr
    quell: there is nothing with the id c99
      list the posts: quell posts
    ");
    assert_eq!(place.run("quarantine").code(), 1);
    assert_eq!(place.run("quarantine 7").code(), 2);
    assert_eq!(place.run("frobnicate").code(), 2);
}
