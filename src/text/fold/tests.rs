//! Folding: each disguise, what is left alone, and where tokens point.

use proptest::prelude::*;

use super::*;

/// The parts of a text where words are found.
fn found<'t>(text: &'t str, words: &str) -> Vec<&'t str> {
    let wanted = Wanted::new(words).expect("words");
    Folded::new(text).find(&wanted).map(|span| &text[span]).collect()
}

#[test]
fn each_disguise_is_seen_through_and_its_span_is_the_original() {
    let disguises = [
        ("get free money", "free"),
        ("get FREE money", "FREE"),
        ("get fr33 money", "fr33"),
        ("get fre3!", "fre3"),
        ("get f r e e money", "f r e e"),
        ("get f.r.e.e money", "f.r.e.e"),
        ("get f-r-e-e money", "f-r-e-e"),
        ("get f r 3 3 money", "f r 3 3"),
        ("get f  r  e  e money", "f  r  e  e"),
        ("get fr-ee money", "fr-ee"),
        ("get f*ee money", "f*ee"),
        ("get freeeee money", "freeeee"),
        ("get fffrreee money", "fffrreee"),
        ("get ＦＲＥＥ money", "ＦＲＥＥ"),
        ("get 𝐟𝐫𝐞𝐞 money", "𝐟𝐫𝐞𝐞"),
        ("get ⓕⓡⓔⓔ money", "ⓕⓡⓔⓔ"),
        ("get f\u{200B}r\u{AD}e\u{2060}e money", "f\u{200B}r\u{AD}e\u{2060}e"),
        ("get f\u{310}\u{346}r\u{328}\u{30A}e\u{E49}e\u{20DD} money", "f\u{310}\u{346}r\u{328}\u{30A}e\u{E49}e"),
        ("get frее money", "frее"),
        ("get fŕêë money", "fŕêë"),
        ("get ꜰʀᴇᴇ money", "ꜰʀᴇᴇ"),
        ("get fr€€ money", "fr€€"),
        ("get f🔥r🔥e🔥e money", "f🔥r🔥e🔥e"),
        ("get fr🔥ee money", "fr🔥ee"),
    ];
    for (text, disguised) in disguises {
        assert_eq!(
            found(text, "free").first().map(|part| part.trim_end_matches('\u{20DD}')),
            Some(disguised),
            "{text:?}"
        );
    }
}

#[test]
fn phrases_go_over_any_mixture() {
    assert_eq!(found("now fr33 m o n e y!", "free money"), ["fr33 m o n e y"]);
    assert_eq!(found("f r e e m o n e y", "free money"), ["f r e e m o n e y"]);
    assert_eq!(found("FREE\n$money", "free money"), ["FREE\n$money"]);
    assert_eq!(found("free-money", "free money"), ["free-money"]);
    assert_eq!(found("free, your money", "free money"), Vec::<&str>::new());
    assert_eq!(found("дайте денееееег", "денег"), ["денееееег"]);
    assert_eq!(found("I am a f r e e man", "free"), ["a f r e e"]);
}

#[test]
fn genuine_scripts_stay_what_they_are() {
    let plain = |text: &str| {
        let folded = Folded::new(text);
        folded.tokens().filter(|token| token.kind == Kind::Plain).map(|token| token.text.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(plain("Привет, сор"), ["привет", "сор"]);
    assert_eq!(plain("Καλημέρα κόσμε"), ["καλημερα", "κοσμε"]);
    assert_eq!(plain("日本 한국"), ["日", "本", "한", "국"]);
    assert_eq!(plain("рауpal"), ["paypal"]);
    assert_eq!(found("на дворе сор и сено", "cop"), Vec::<&str>::new());
    // In a Latin text, a Cyrillic word that looks Latin all over is found too, and stays beside it.
    assert_eq!(found("call the сор now please", "cop"), ["сор"]);
    assert_eq!(found("call the сор now please", "сор"), ["сор"]);
}

#[test]
fn plain_words_are_left_alone() {
    for text in [
        "The quick brown fox.",
        "I, a man",
        "good books: three",
        "e.g. this",
        "hello! (bye!)",
        "A B",
        "1999 and 2016-04-05",
    ] {
        let folded = Folded::new(text);
        assert!(folded.tokens().all(|token| matches!(token.kind, Kind::Plain | Kind::Glued)), "{text}");
    }
    assert_eq!(found("class assess", "ass"), Vec::<&str>::new());
}

#[test]
fn the_steps_are_shown() {
    let shown =
        steps("Ｆｒ33 mоnеy, n\u{200B}o\u{301}w").into_iter().map(|step| format!("{}: {}", step.name, step.text));
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n").replace('\u{200B}', "<zwsp>"), @r"
    nfkc: Fr33 mоnеy, n<zwsp>ów
    marks and invisible characters: Fr33 mоnеy, now
    look-alikes: Fr33 money, now
    case: fr33 money, now
    words: fr33 money now
    also leet: free
    ");
}

#[test]
fn hostile_texts_take_no_square_of_time() {
    let start = std::time::Instant::now();
    for part in ["a ", "a.", "a*", "1a", "a\u{301}", "аa", "🔥a", "aaa", "\u{200B}", "$", "a-b "] {
        let text = part.repeat(100_000);
        let folded = Folded::new(&text);
        let wanted = Wanted::new("a a a a a a a b").expect("words");
        folded.find(&wanted).take(10).for_each(drop);
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

proptest! {
    #[test]
    fn every_token_points_into_the_text(text in "\\PC{0,40}|[a-c1$!*. \u{200B}\u{301}а🔥-]{0,40}") {
        let folded = Folded::new(&text);
        for token in folded.tokens() {
            prop_assert!(text.get(token.span.clone()).is_some_and(|part| !part.is_empty()), "{token:?}");
        }
    }

    #[test]
    fn ascii_text_has_the_plain_tokens_of_the_index(text in "[ -~]{0,60}") {
        let plain = Folded::new(&text).tokens().filter(|t| t.kind == Kind::Plain).map(|t| t.text.to_owned()).collect::<Vec<_>>();
        prop_assert_eq!(plain.join(" "), tokens::joined(&text));
    }

    #[test]
    fn what_counts_as_plain_has_no_additional_tokens(text in "[ab1$!*. -]{0,9}|[a-c1$|+!@*.,_ -]{0,20}") {
        if !side::is_plain(&text) {
            return Ok(());
        }
        let pieces = chars::fold(&text);
        let mut folded = Folded::default();
        side::add(&pieces, &plain_tokens(&pieces), &mut folded);
        prop_assert_eq!(folded.tokens().count(), 0, "{:?}", folded);
    }
}
