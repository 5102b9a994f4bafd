//! The promise between the tokens and SQLite: an FTS5 table with the `ascii` tokenizer, fed with what `index_form`
//! gives, holds exactly the tokens that the matcher reads, and finds exactly the phrases that it finds.

use proptest::prelude::*;
use quell::model::{CommentId, Kind, PostId, Status};
use quell::query::{Entry, Facts, NoLookup, Setting, compile, parse};
use quell::text::tokens;
use rusqlite::Connection;

/// A text index in memory that holds one text.
fn index(text: &str) -> Connection {
    let db = Connection::open_in_memory().expect("memory");
    db.execute_batch(
        "create virtual table words using fts5(text, content='', tokenize='ascii');
         create virtual table seen using fts5vocab(words, instance);",
    )
    .expect("fts5 is built in");
    db.execute("insert into words(rowid, text) values (1, ?1)", [&*tokens::index_form(text)])
        .expect("the text is indexed");
    db
}

fn seen(db: &Connection) -> Vec<String> {
    let mut rows = db.prepare("select term from seen order by offset").expect("the vocabulary");
    let terms = rows.query_map([], |row| row.get(0)).expect("its terms");
    terms.collect::<Result<_, _>>().expect("terms are text")
}

fn finds(db: &Connection, phrase: &str) -> bool {
    let found = db.query_row("select count(*) from words where words match ?1", [phrase], |row| row.get::<_, i64>(0));
    found.expect("the phrase is no syntax") == 1
}

fn matches(query: &str, text: &str) -> bool {
    let expr = parse(query).unwrap_or_else(|fault| panic!("{}", fault.render(query)));
    let query = compile(&expr, &Setting { now: 0, lookup: &NoLookup }).expect("no names in it");
    query.matches(&Entry {
        id: CommentId(1),
        source_kind: "",
        source_scope: "",
        key: "",
        post: PostId(1),
        post_key: "",
        title: None,
        parent: None,
        parent_origin: None,
        orphan: false,
        depth: 1,
        kind: Kind::Comment,
        author: None,
        author_key: None,
        author_kind: quell::model::AuthorKind::Unknown,
        created: None,
        edited: None,
        text,
        status: Status::Pending,
        score: None,
        revision: 0,
        facts: Facts::NONE,
    })
}

#[test]
fn hostile_texts_are_only_text_to_the_index() {
    for text in [
        "\0",
        "a\0b",
        "'; drop table words; --",
        "\" OR \"",
        "NEAR(a b)",
        "a* ^b :c {d}",
        &"x".repeat(100_000),
        &format!("{} Y{} z_Z", "X".repeat(256), "y".repeat(255)),
        &format!("{}-{}", "a1".repeat(130), "B'".repeat(300)),
        "\u{301}",
    ] {
        let tokens: Vec<_> = tokens::tokens(text).map(|token| token.folded.into_owned()).collect();
        assert_eq!(seen(&index(text)), tokens);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn index_and_matcher_read_the_same(text in "\\PC{0,30}|([aAbBéßИй日が\u{301}\u{200D}'_. -]|foo|\u{1F921}|ไทย){0,16}", at in 0_usize..8, count in 1_usize..4) {
        let db = index(&text);
        let tokens: Vec<_> = tokens::tokens(&text).map(|token| token.folded.into_owned()).collect();
        prop_assert_eq!(seen(&db), tokens.clone());
        let phrase = tokens.iter().skip(at).take(count).rev().cloned().collect::<Vec<_>>().join(" ");
        if !phrase.is_empty() {
            let query = format!("\"{phrase}\"");
            prop_assert_eq!(finds(&db, &query), matches(&query, &text), "{}", query);
            let query = format!("\"{phrase}\"*");
            prop_assert_eq!(finds(&db, &query), matches(&query, &text), "{}", query);
        }
    }
}
