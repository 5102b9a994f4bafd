//! Programs that behave, and programs that don't.

use super::*;

/// Asks a shell script about comments c1 to cN; gives what it answered and the report.
fn ask(script: &str, comments: usize) -> (Vec<Answer>, Report) {
    ask_with(&Settings { restarts: 1, ..Settings::new(script) }, comments)
}

fn ask_with(settings: &Settings, comments: usize) -> (Vec<Answer>, Report) {
    let mut left = 1..=comments;
    let mut answers = Vec::new();
    let mut next =
        || Ok(left.next().map(|n| Ask { id: format!("c{n}"), json: format!(r#"{{"id":"c{n}","text":"soup"}}"#) }));
    let report = run(settings, &mut next, &mut |answer, _| {
        answers.push(answer);
        Ok(())
    });
    (answers, report.expect("the shell starts"))
}

/// Answers every line with the same score.
const GOOD: &str =
    r#"while read -r line; do id=${line#*:\"}; printf '{"id":"%s","scores":{"rude":0.5}}\n' "${id%%\"*}"; done"#;

#[test]
fn a_good_program_answers_everything() {
    let (answers, report) = ask(&format!(r#"echo '{{"version":"2"}}'; {GOOD}"#), 300);
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(report.version.as_deref(), Some("2"));
    assert_eq!((answers.len(), report.answered), (300, 300));
    assert_eq!(answers[7], Answer { id: "c8".to_owned(), scores: vec![("rude".to_owned(), 0.5)] });
}

#[test]
fn a_slow_program_is_stopped_after_its_restarts() {
    let settings = Settings { timeout: Duration::from_millis(400), restarts: 1, ..Settings::new("sleep 60") };
    let (answers, report) = ask_with(&settings, 3);
    assert_eq!((answers.len(), report.restarts), (0, 1));
    let stopped = report.stopped.expect("it was stopped").to_string();
    assert!(stopped.starts_with("the scorer gave no answer for 0.4 s while 3 comments wait for it"), "{stopped}");
}

#[test]
fn a_program_that_dies_is_told_with_its_last_words() {
    let (_, report) = ask("echo 'no module named soup' >&2; exit 3", 2);
    let stopped = report.stopped.expect("it was stopped").to_string();
    assert_eq!(stopped, "the scorer ended, exit status: 3: no module named soup");
}

#[test]
fn a_comment_that_kills_the_program_twice_is_left_out() {
    let script = GOOD.replace("do id", r#"do case $line in *c5\"*) exit 1;; esac; id"#);
    let settings = Settings { restarts: 3, ..Settings::new(script) };
    let (answers, report) = ask_with(&settings, 9);
    assert_eq!((report.given_up.as_slice(), report.stopped.as_ref()), (["c5".to_owned()].as_slice(), None));
    assert_eq!((answers.len(), report.restarts), (8, 2));
    assert!(!report.is_whole());
}

#[test]
fn bad_lines_are_told_and_passed_over() {
    let bad =
        r#"echo soup; echo '{"id":"c1"}'; echo '{"id":"c99","scores":{}}'; echo '{"id":"c1","scores":{"x":"y"}}'; "#;
    let (answers, report) = ask(&format!("{bad}{GOOD}"), 4);
    assert_eq!((answers.len(), report.bad.1, report.stopped.as_ref()), (4, 4, None));
    let told: Vec<&str> = report.bad.0.iter().map(|fault| fault.why.as_str()).collect();
    assert!(told[0].starts_with("no JSON object"), "{told:?}");
    assert_eq!(
        told[1..],
        ["neither id and scores nor version in it", "c99 was not asked for", "the score x is no number"]
    );
}

#[test]
fn a_flood_is_cut_off() {
    let (answers, report) = ask("while :; do echo soup; done", 2);
    assert_eq!((answers.len(), report.bad.1, report.bad.0.len()), (0, MOST_BAD, TOLD));
    let (_, report) = ask(r"head -c 3000000 /dev/zero | tr '\0' x; echo; exit", 1);
    assert_eq!(report.bad.0[0].why, "the line is too long");
}

#[test]
fn a_program_that_never_reads_blocks_nobody() {
    let mut left = 1..=64;
    let text = "soup ".repeat(20_000);
    let settings = Settings { timeout: Duration::from_millis(300), restarts: 0, ..Settings::new("sleep 60") };
    let mut next = || Ok(left.next().map(|n| Ask { id: format!("c{n}"), json: format!("\"{text}\"") }));
    let report = run(&settings, &mut next, &mut |_, _| Ok(())).expect("the shell starts");
    assert_eq!((report.asked, report.answered, report.stopped.is_some()), (64, 0, true));
}

#[test]
fn a_program_that_batches_gets_the_end_of_its_input() {
    let script = format!("lines=$(cat); printf '%s\\n' \"$lines\" | {GOOD}");
    let (answers, report) = ask(&script, 30);
    assert_eq!((answers.len(), report.is_whole()), (30, true), "{report:?}");
}

#[test]
fn no_comments_start_and_end_it() {
    let (answers, report) = ask(GOOD, 0);
    assert_eq!((answers.len(), report.is_whole()), (0, true));
}

#[test]
fn names_come_from_the_program() {
    for (command, name) in [
        ("./detoxify.py", "detoxify"),
        ("python3 -u tools/my-Judge.v2.py --fast", "my-judge"),
        ("/usr/bin/soup", "soup"),
        ("", "scorer"),
    ] {
        assert_eq!(Settings::new(command).name(), name, "{command}");
    }
}
