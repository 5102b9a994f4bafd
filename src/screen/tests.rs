//! The screen as function calls: keys in, wishes and lines out, over an invented case.

use std::collections::BTreeMap;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::case::{Row, Why};
use super::*;
use crate::model::{PostId, Status};
use crate::review::reasons::Reasons;

fn row(id: i64, depth: u32, author: &str, text: &str) -> Row {
    Row {
        comment: CommentId(id),
        depth,
        author: author.to_owned(),
        when: "2024-03-02 13:10".to_owned(),
        status: Some(Status::Pending),
        text: text.to_owned(),
        marks: Vec::new(),
        mask: None,
    }
}

fn flag(reason: &str) -> Why {
    Why {
        what: reason.to_owned(),
        by: Some("rule heat (1)".to_owned()),
        value: Some(0.8),
        words: vec!["idiot".to_owned()],
        spans: Vec::new(),
        note: None,
        is_reason: true,
    }
}

fn case() -> Case {
    let mut here = row(7, 1, "Bram", "Then you are doing it wrong. Only an idiot keeps a starter in the fridge.");
    here.marks.push(37..42);
    Case {
        comment: CommentId(7),
        post: PostId(1),
        title: "The patient loaf".to_owned(),
        rows: vec![
            row(1, 0, "Ada", "A wild yeast starter is slower than you say."),
            here,
            row(8, 2, "Ada", "I never said fridge."),
            row(10, 3, "Bram", "Oh, shut up."),
            row(9, 2, "Tomasz", "Please stay civil."),
        ],
        here: 1,
        more_above: false,
        more_below: true,
        why: vec![flag("abuse.incivility"), flag("off-topic")],
        notes: vec![("eve".to_owned(), "third time".to_owned())],
        points: 2.5,
        place: 1,
        of: 3,
    }
}

fn screen() -> Screen {
    let menu = Menu::of(&Reasons::built_in().unwrap(), &BTreeMap::new()).unwrap();
    let mut screen = Screen::new(Keymap::read("").unwrap(), menu, "ann", false);
    screen.show(Some(case()));
    screen
}

fn aside(copies: &[i64]) -> Aside {
    let copies = Some(copies.iter().map(|id| CommentId(*id)).collect());
    Aside { comment: CommentId(7), author: vec!["Bram".to_owned(), "2 comments".to_owned()], copies, near: Vec::new() }
}

/// The wish of the last key.
fn keys(screen: &mut Screen, keys: &str) -> Option<Wish> {
    keys.split(' ').map(|key| screen.press(key.parse().unwrap())).last().flatten()
}

fn verdict(action: Action, reasons: &[&str], scope: Scope) -> Verdict {
    let reasons = reasons.iter().map(|reason| (*reason).to_owned()).collect();
    Verdict { on: CommentId(7), action, reasons, note: None, scope }
}

fn text(screen: &mut Screen, columns: u16, lines: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(columns, lines)).unwrap();
    terminal.draw(|frame| draw::draw(frame, screen, true)).unwrap();
    let buffer = terminal.backend().buffer();
    let line = |y| (0..columns).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..lines).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn one_key_approves_and_a_letter_gives_the_reason() {
    use Action::{Approve, Escalate, Remove, Spam};
    let one = |action, reasons: &[&str]| Some(Wish::Decide(verdict(action, reasons, Scope::One)));
    assert_eq!(keys(&mut screen(), "a"), one(Approve, &[]));
    assert_eq!(keys(&mut screen(), "r o enter"), one(Remove, &["off-topic"]));
    assert_eq!(keys(&mut screen(), "r a i"), one(Remove, &["abuse.incivility"]));
    assert_eq!(keys(&mut screen(), "r enter"), one(Remove, &["abuse.incivility"]), "the first flag's");
    assert_eq!(keys(&mut screen(), "r 2"), one(Remove, &["off-topic"]), "the second flag's");
    assert_eq!(keys(&mut screen(), "p c"), one(Spam, &["spam.commercial"]));
    assert_eq!(keys(&mut screen(), "p enter"), one(Spam, &["spam"]));
    assert_eq!(keys(&mut screen(), "e backspace t enter"), one(Escalate, &["hate"]));
    let mut screen = screen();
    assert_eq!(keys(&mut screen, "r esc"), None);
    assert_eq!(keys(&mut screen, "r ! esc ."), None, "nothing to repeat yet");
    keys(&mut screen, "r 2");
    screen.show(Some(case()));
    assert_eq!(keys(&mut screen, "."), one(Remove, &["off-topic"]));
}

#[test]
fn many_are_weighed_and_asked_about_before_they_are_decided() {
    let mut screen = screen();
    let branch = verdict(Action::Remove, &["off-topic"], Scope::Subtree);
    assert_eq!(keys(&mut screen, "x r 2"), Some(Wish::Weigh(branch.clone())));
    screen.confirm(branch.clone(), "remove 3 comments".to_owned());
    assert_eq!(keys(&mut screen, "a"), None, "only yes and no count");
    assert_eq!(keys(&mut screen, "y"), Some(Wish::Decide(branch)));
    assert_eq!(keys(&mut screen, "c"), None);
    assert!(text(&mut screen, 80, 24).contains("copies are still being looked for"));
    screen.add(aside(&[]));
    keys(&mut screen, "c");
    assert!(text(&mut screen, 80, 24).contains("nothing else says the same"));
    screen.add(aside(&[30, 31]));
    let copies = Scope::Copies(vec![CommentId(30), CommentId(31)]);
    assert_eq!(keys(&mut screen, "c a"), Some(Wish::Weigh(verdict(Action::Approve, &[], copies))));
    assert_eq!(keys(&mut screen, "c a"), Some(Wish::Decide(verdict(Action::Approve, &[], Scope::One))), "turned off");
    // What says nearly the same is shown, and decided by nobody's single key.
    screen.add(Aside { near: vec![CommentId(40)], ..aside(&[]) });
    assert!(text(&mut screen, 80, 24).contains("none elsewhere; 1 nearly the same: c40"));
}

#[test]
fn the_bar_walks_the_tree_and_decisions_follow_it() {
    let mut screen = screen();
    for (key, at) in
        [("l", 8), ("l", 10), ("l", 10), ("h", 8), ("j", 10), ("j", 9), ("j", 9), ("h", 7), ("k", 1), ("k", 1)]
    {
        keys(&mut screen, key);
        assert_eq!(screen.on(), Some(CommentId(at)), "after {key}");
    }
    keys(&mut screen, "tab");
    assert!(text(&mut screen, 80, 24).contains("c1 Ada · 2024-03-02 13:10"), "unfolded");
    match keys(&mut screen, "r enter") {
        Some(Wish::Decide(verdict)) => assert_eq!((verdict.on, verdict.reasons), (CommentId(1), Vec::new())),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lines_are_typed() {
    let mut screen = screen();
    let said = Wish::Note { on: CommentId(7), text: "see May".to_owned() };
    assert_eq!(keys(&mut screen, "n x ctrl-u s e e space M a x backspace y enter"), Some(said));
    assert_eq!(keys(&mut screen, "n enter"), None, "an empty remark is none");
    assert_eq!(keys(&mut screen, "/ a space b ctrl-w enter"), Some(Wish::Narrow("a".to_owned())));
    assert_eq!(keys(&mut screen, "/ q esc q"), Some(Wish::Quit));
    assert_eq!(keys(&mut screen, "u"), Some(Wish::Undo));
    assert_eq!(keys(&mut screen, "s"), Some(Wish::Skip));
    assert_eq!(keys(&mut screen, "n ctrl-c"), Some(Wish::Quit), "ctrl-c stops wherever one is");
    screen.show(None);
    assert_eq!(keys(&mut screen, "a"), None);
    assert_eq!(keys(&mut screen, "u"), Some(Wish::Undo));
}

#[test]
fn graphic_text_is_hidden_until_asked_for() {
    let mut screen = screen();
    let mut graphic = case();
    graphic.rows[1].mask = Some("violence.graphic".to_owned());
    screen.show(Some(graphic.clone()));
    let hidden = text(&mut screen, 80, 24);
    assert!(hidden.contains("(hidden: violence.graphic; z shows it)") && !hidden.contains("idiot"), "{hidden}");
    keys(&mut screen, "z");
    assert!(text(&mut screen, 80, 24).contains("idiot"));
    graphic.comment = CommentId(8);
    screen.show(Some(graphic));
    assert!(!text(&mut screen, 80, 24).contains("starter in the fridge"), "the next one is hidden again");
}

#[test]
fn the_screen_at_80_by_24() {
    let mut screen = screen();
    screen.add(aside(&[30]));
    insta::assert_snapshot!(text(&mut screen, 80, 24), @r"
    quell review · ann                                        1 of 3 · priority 2.50
    p1  The patient loaf
    ────────────────────────────────────────────────────────────────────────────────
      c1 Ada: A wild yeast starter is slower than you say.
    ▌►  c7 Bram · 2024-03-02 13:10
    ▌►   Then you are doing it wrong. Only an idiot keeps a starter in the fridge.
          c8 Ada: I never said fridge.
            c10 Bram: Oh, shut up.
          c9 Tomasz: Please stay civil.
      … more below: quell show






    ────────────────────────────────────────────────────────────────────────────────
    why     abuse.incivility 0.80 by rule heat (1): idiot
            off-topic 0.80 by rule heat (1): idiot
    author  Bram · 2 comments
    copies  1 elsewhere: c30
    notes   eve: third time
    ────────────────────────────────────────────────────────────────────────────────
    a approve  r remove  p spam  e escalate  s skip  u undo  q quit  ? keys
    ");
    keys(&mut screen, "r");
    insta::assert_snapshot!(text(&mut screen, 80, 24), @r"
    quell review · ann                                        1 of 3 · priority 2.50
    p1  The patient loaf
    ────────────────────────────────────────────────────────────────────────────────
      c1 Ada: A wild yeast starter is slower than you say.
    ▌►  c7 Bram · 2024-03-02 13:10
    ▌►   Then you are doing it wrong. Only an idiot keeps a starter in the fridge.
          c8 Ada: I never said fridge.
            c10 Bram: Oh, shut up.
          c9 Tomasz: Please stay civil.
      … more below: quell show




    ────────────────────────────────────────────────────────────────────────────────
    remove c7: for which reason?
    enter abuse.incivility  2 off-topic  esc not now
    a abuse ›                 q low-quality ›           x sexual ›
    e extremism               m minors ›                y site-rule
    f fraud ›                 n misinformation ›        s spam ›
    h harassment ›            o off-topic ›             r threat
    t hate ›                  k ok ›                    v violence ›
    i illegal ›               p privacy ›
    l legal ›                 u self-harm ›
    ");
}

#[test]
fn flagged_words_are_underlined() {
    let mut screen = screen();
    let lines = screen.view(80, 24);
    let marked: Vec<&str> = lines
        .iter()
        .flat_map(|line| &line.0)
        .filter(|(_, tone)| *tone == view::Tone::Mark)
        .map(|(text, _)| text.as_str())
        .collect();
    assert_eq!(marked, ["idiot", "idiot", "idiot"], "in the text, and beside each flag");
}

#[test]
fn every_size_is_drawn_and_small_ones_say_what_they_need() {
    let mut screen = screen();
    screen.add(aside(&[30]));
    assert!(text(&mut screen, 30, 8).contains("review needs 40"));
    for modes in ["", "r", "x", "/", "?"] {
        for columns in [1, 2, 5, 39, 40, 41, 60, 80, 200] {
            for lines in [1, 2, 13, 14, 15, 24, 60] {
                let mut screen = screen.clone();
                if !modes.is_empty() {
                    keys(&mut screen, modes);
                }
                assert_eq!(screen.view(columns, lines).len(), lines);
                let wide = screen.view(columns, lines).iter().map(view::Line::width).max();
                assert!(wide <= Some(columns), "{wide:?} columns on {columns} x {lines}");
                text(&mut screen, columns as u16, lines as u16);
            }
        }
    }
}

#[test]
fn long_and_wide_comments_scroll_and_nothing_dangerous_is_drawn() {
    let mut screen = screen();
    let mut long = case();
    long.rows[1].text = format!("start {}\u{1b}[2J 漢字の {} end", "字".repeat(900), "word ".repeat(400));
    long.rows[0].author = "A\u{202e}da\u{1b}".to_owned();
    long.title = "Title\u{7}".to_owned();
    screen.show(Some(long));
    let first = text(&mut screen, 80, 24);
    assert!(first.contains("start") && !first.contains(" end"), "{first}");
    assert!(first.contains("space, pagedown scrolls on"), "{first}");
    assert!(first.contains("A\\u{202e}da\\x1b") && first.contains("Title\\x07"), "{first}");
    for _ in 0..20 {
        keys(&mut screen, "space");
        text(&mut screen, 80, 24);
    }
    let last = text(&mut screen, 80, 24);
    assert!(last.contains("end") && last.contains("scrolls back"), "{last}");
    for _ in 0..20 {
        keys(&mut screen, "b");
        text(&mut screen, 80, 24);
    }
    assert_eq!(text(&mut screen, 80, 24), first);
}

#[test]
fn a_blind_sitting_judges_single_comments() {
    let menu = Menu::of(&Reasons::built_in().unwrap(), &BTreeMap::new()).unwrap();
    let mut screen = Screen::new(Keymap::read("").unwrap(), menu, "ann", true);
    screen.show(Some(case()));
    for key in ["x", "c", "/"] {
        assert_eq!(keys(&mut screen, key), None);
        assert_eq!(screen.mode(), &Mode::Looking);
    }
    assert_eq!(keys(&mut screen, "a"), Some(Wish::Decide(verdict(Action::Approve, &[], Scope::One))));
}
