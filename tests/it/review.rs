//! Reviewing through the real program: on a terminal, and line by line.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::run;
use crate::support::tty::Tty;
use crate::support::verbs::{Place, command, import, jsonl};

/// A database `a.db` with a branch, three comments that say the same, and flags on four of them, by a rule and by people.
fn place() -> Place {
    let place = Place::new();
    let mut store = quell::store::Store::open_or_create(&place.file("a.db")).expect("a database");
    import(
        &mut store,
        jsonl(&[
            (1, None, Some("approved"), "It rained all day in the harbour, and the ferry stayed."),
            (2, Some(1), None, "Only an idiot takes the ferry in that rain."),
            (3, Some(2), None, "Stay civil, please."),
            (4, Some(3), None, "No."),
            (5, None, None, "Cheap watches here"),
            (6, None, None, "Cheap watches here"),
            (7, Some(1), None, "Cheap watches here"),
            (8, None, None, "A picture of the accident"),
        ]),
    );
    let rules = "[[rule]]\nid = 'heat'\nreason = 'abuse.incivility'\nmatch = 'idiot'\nstatus = 'flag'\nseverity = 2\n\
                 test.hit = ['you idiot']\ntest.miss = ['you']";
    std::fs::write(place.file("rules.toml"), rules).expect("a file");
    for words in [
        &["scan", "--rules", "rules.toml", "--yes"][..],
        &["flag", "c5", "--reason", "spam.commercial"],
        &["flag", "c8", "--reason", "violence.graphic"],
        &["flag", "c3", "--reason", "off-topic"],
    ] {
        let output = place.quell("a.db", "eve", words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    place
}

fn review(place: &Place, moderator: &str, words: &[&str]) -> Command {
    let mut quell = command(&place.file("a.db"), moderator);
    quell.current_dir(place.0.path()).arg("review").args(words);
    quell
}

fn statuses(place: &Place, db: &str, ids: std::ops::RangeInclusive<i64>) -> String {
    let store = quell::store::Store::open(&place.file(db)).expect("a database");
    let status = |id| store.comment(quell::model::CommentId(id)).expect("a read").expect("a comment").status;
    ids.map(|id| status(id).to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_whole_sitting_on_a_terminal() {
    let place = place();
    let tty = Tty::start(review(&place, "ann", &[]), 24, 80);
    // The gravest first, and hidden.
    let screen = tty.see("copies  none elsewhere");
    assert!(screen.contains("quell review · ann") && screen.contains("1 of 4"), "{screen}");
    assert!(screen.contains("(hidden: violence.graphic; z shows it)") && !screen.contains("accident"), "{screen}");
    tty.keys("z");
    tty.see("A picture of the accident");
    tty.keys("e");
    tty.see("escalate c8: for which reason?");
    tty.keys("\r");
    // Next the rule's, with its words underlined.
    tty.see("Only an idiot takes");
    tty.see("escalate 1 comment for violence.graphic, operation 5");
    let screen = tty.see("copies  none elsewhere");
    assert!(screen.contains("abuse.incivility by rule heat"), "{screen}");
    assert_eq!(tty.underlined(), ["idiot", "idiot"], "in the text and beside the flag");
    // Its branch, after a question; then undone, and decided alone.
    tty.keys("xrai");
    tty.see("remove 3 comments? y / n");
    tty.keys("y");
    tty.see("remove 3 comments for abuse.incivility");
    assert_eq!(statuses(&place, "a.db", 2..=4), "removed removed removed");
    tty.keys("u");
    tty.see("took back operation 6 on 3 comments");
    tty.see("Only an idiot takes");
    assert_eq!(statuses(&place, "a.db", 2..=4), "pending pending pending");
    tty.keys("nlook again\r");
    tty.see("notes   ann: look again");
    tty.keys("r\r");
    tty.see("Cheap watches here");
    tty.see("copies  2 elsewhere: c6 c7");
    tty.keys("cp1");
    tty.see("spam 3 comments? y / n");
    tty.keys("n");
    tty.keys("cpcy");
    // The branch's second comment is the last; skipping it leaves nothing.
    tty.see("spam 3 comments for spam.commercial");
    tty.see("Stay civil, please.");
    tty.keys("s");
    tty.see("Nothing waits here");
    tty.keys("q");
    let (status, whole, text) = tty.end();
    assert_eq!((status.code(), whole), (Some(0), false), "{text}");
    assert!(text.contains("changed 5 comments"), "{text}");
    assert_eq!(statuses(&place, "a.db", 1..=8), "approved removed pending pending spam spam spam escalated");
    assert!(place.told("a.db", "ann", &["log", "verify"]).starts_with("0\n"));
    assert!(place.told("a.db", "ann", &["db", "check"]).contains("no damage"));
}

#[test]
fn searching_repeating_moving_and_sizes() {
    let place = place();
    std::fs::write(place.file("quell.keys.toml"), "[keys]\napprove = 'y'\nquit = ['q', 'Q']").expect("a file");
    let tty = Tty::start(review(&place, "ann", &["flag:off-topic OR flag:abuse.*"]), 24, 80);
    tty.see("1 of 2");
    tty.keys("?");
    tty.see("take back the last decision of this sitting");
    tty.keys(" ");
    tty.see("Only an idiot");
    tty.resize(10, 30);
    tty.see("review needs 40 columns");
    tty.resize(40, 120);
    tty.see("y approve  r remove");
    // Up to what it answers, which is decided instead; the comment stays.
    tty.keys("k");
    tty.keys("y");
    tty.see("approve 1 comment, operation 5");
    tty.see("Only an idiot");
    tty.keys("y");
    tty.see("Stay civil, please.");
    tty.keys(".");
    tty.see("Nothing waits here");
    tty.keys("/auther:x\r");
    tty.see("no field `auther`; did you mean `author`?");
    tty.keys("/\r");
    tty.see("(hidden: violence.graphic");
    tty.keys("/harbour\r");
    tty.see("nothing that waits matches");
    // Keys that were moved no longer do what they did.
    tty.keys("a");
    tty.see("violence.graphic");
    tty.keys("\x03");
    let (status, whole, _) = tty.end();
    assert_eq!((status.code(), whole), (Some(130), false));
    assert_eq!(statuses(&place, "a.db", 1..=3), "approved approved approved");
    let claims = quell::store::Store::open(&place.file("a.db")).expect("a database").claims(0).expect("a read");
    assert_eq!(claims, []);
}

#[test]
fn the_terminal_and_the_claims_come_back_when_it_is_ended_from_outside() {
    let place = place();
    let tty = Tty::start(review(&place, "ann", &[]), 24, 80);
    tty.see("1 of 4");
    assert!(tty.has_whole_screen());
    assert!(Command::new("kill").arg(tty.id().to_string()).status().expect("kill runs").success());
    let (status, whole, _) = tty.end();
    assert_eq!((status.code(), whole), (Some(130), false));
    let claims = quell::store::Store::open(&place.file("a.db")).expect("a database").claims(0).expect("a read");
    assert_eq!(claims, []);
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let place = place();
    insta::assert_snapshot!(place.told("a.db", "ann", &["review"]), @r"
    2
    quell: review needs a terminal
      a line for each item and each decision: quell review --json
    ");
    insta::assert_snapshot!(place.told("a.db", "ann", &["review", "--json", "--keys", "no.toml"]), @r"
    2
    quell: cannot read no.toml: No such file or directory (os error 2)
    ");
    std::fs::write(place.file("quell.keys.toml"), "[keys]\nremove = 'a'").expect("a file");
    let told = place.told("a.db", "ann", &["review", "--json"]);
    assert!(told.ends_with("the key a is given to approve and to remove\n  give one of them another key\n"), "{told}");
}

/// A sitting by lines.
struct Lines {
    child: Child,
    orders: Option<ChildStdin>,
    told: BufReader<ChildStdout>,
}

impl Lines {
    fn start(mut command: Command) -> Lines {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("quell runs");
        let (orders, told) = (child.stdin.take(), child.stdout.take().expect("a pipe"));
        Lines { child, orders, told: BufReader::new(told) }
    }

    fn next(&mut self) -> Value {
        let mut line = String::new();
        self.told.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    fn order(&mut self, order: &Value) -> Value {
        let mut orders = self.orders.as_ref().expect("a pipe");
        writeln!(orders, "{order}").expect("it reads");
        self.next()
    }

    fn end(mut self) -> i32 {
        drop(self.orders.take());
        self.child.wait().expect("an end").code().unwrap_or(-1)
    }
}

#[test]
fn a_sitting_by_lines_goes_on_after_errors() {
    let place = place();
    let mut lines = Lines::start(review(&place, "ann", &["--json"]));
    let first = lines.next();
    assert_eq!((&first["id"], &first["mask"]), (&json!("c8"), &json!("violence.graphic")));
    assert_eq!(lines.order(&json!({"action": "skip"})), json!({"type": "done", "action": "skip"}));
    let item = lines.next();
    assert_eq!(item["id"], "c2");
    assert_eq!(item["ancestors"][0]["id"], "c1");
    assert_eq!(
        item["replies"][1],
        json!({"id": "c4", "depth": 3, "author": "Ada1", "when": "", "text": "No.", "status": "pending"})
    );
    let why = &item["why"][0];
    assert_eq!(
        (&why["reason"], &why["words"], &why["spans"]),
        (&json!("abuse.incivility"), &json!(["idiot"]), &json!([[8, 13]]))
    );
    assert_eq!(item["near"], json!([]));
    let signals = item["why"].as_array().and_then(|why| why.last()).unwrap();
    assert!(signals["because"].as_str().is_some_and(|said| said.contains("insult 1")), "{signals}");
    assert_eq!(item["card"]["comments"], 3);
    for (order, error) in [
        (json!({"action": "ban"}), "there is no action ban"),
        (json!({"action": "remove", "reasons": ["spma"]}), "there is no reason spma"),
        (json!({"action": "remove", "id": "c5"}), "c5 is not before you"),
        (json!({"action": "remove", "reason": "spam"}), "the line is no order"),
        (json!(7), "the line is no order"),
        (json!({"action": "search", "query": "auther:x"}), "no field `auther`"),
        (json!({"action": "undo"}), "nothing of this sitting is left to take back"),
    ] {
        let answer = lines.order(&order);
        assert_eq!(answer["type"], "error", "{order}");
        assert!(answer["error"].as_str().is_some_and(|text| text.contains(error)), "{answer}");
    }
    let tried = lines.order(&json!({"action": "remove", "subtree": true, "dry_run": true}));
    assert_eq!((&tried["changed"], &tried["operation"]), (&json!(["c2", "c3", "c4"]), &json!(null)));
    let done = lines.order(&json!({"action": "remove", "reasons": ["abuse.incivility"], "note": "third time"}));
    assert_eq!(done["changed"], json!(["c2"]));
    assert_eq!(lines.next()["id"], "c5");
    assert_eq!(lines.order(&json!({"action": "undo"}))["changed"], json!(["c2"]));
    assert_eq!(lines.next()["id"], "c2");
    assert_eq!(lines.order(&json!({"action": "approve", "id": "c1"}))["type"], "done");
    assert_eq!(lines.next()["id"], "c2", "another comment of the thread was decided");
    lines.order(&json!({"action": "approve"}));
    let copies = lines.next();
    assert_eq!((&copies["id"], &copies["copies"]), (&json!("c5"), &json!(["c6", "c7"])));
    let done = lines.order(&json!({"action": "spam", "copies": true}));
    assert_eq!(done["changed"], json!(["c5", "c6", "c7"]));
    assert_eq!(lines.next()["id"], "c3");
    lines.order(&json!({"action": "approve"}));
    assert_eq!(lines.next(), json!({"type": "end"}));
    assert_eq!(lines.order(&json!({"action": "approve"}))["type"], "error");
    assert_eq!(lines.end(), 0);
    assert_eq!(statuses(&place, "a.db", 1..=8), "approved approved approved pending spam spam spam pending");
}

#[test]
fn two_moderators_never_get_the_same_comment() {
    let place = place();
    let mut ann = Lines::start(review(&place, "ann", &["--json"]));
    assert_eq!(ann.next()["id"], "c8");
    let mut bob = Lines::start(review(&place, "bob", &["--json"]));
    assert_eq!(bob.next()["id"], "c2", "ann looks at c8");
    insta::assert_snapshot!(place.told("a.db", "eve", &["queue", "-f", "ids"]), @r"
    0
    c5
    c3
    others look at 2 more; see --claimed
    ");
    let mixed = place.told("a.db", "eve", &["queue", "--mix", "-f", "ids"]);
    assert!(!mixed.contains("c8\n") && !mixed.contains("c2\n") && mixed.contains("c5\n"), "{mixed}");
    assert!(mixed.contains("others look at 2 more; see --claimed"), "{mixed}");
    assert!(place.told("a.db", "eve", &["queue", "--mix", "--claimed", "-f", "ids"]).contains("c8\n"));
    assert!(place.told("a.db", "ann", &["queue", "--mix", "-f", "ids"]).contains("c8\n"));
    let all = place.told("a.db", "eve", &["queue", "--claimed"]);
    assert!(all.contains("\tviolence.graphic\tann\t"), "{all}");
    assert!(place.told("a.db", "ann", &["queue", "-f", "ids"]).contains("c8\n"), "one's own is still next");
    // Somebody who does not ask decides what bob looks at; bob is told, and sees it anew.
    assert!(place.quell("a.db", "eve", &["approve", "c2"]).status.success());
    let refused = bob.order(&json!({"action": "remove"}));
    assert!(refused["error"].as_str().is_some_and(|text| text.contains("somebody decided c2")), "{refused}");
    ann.order(&json!({"action": "skip"}));
    assert_eq!(ann.next()["id"], "c5");
    assert_eq!((ann.end(), bob.end()), (1, 1));
    assert!(place.told("a.db", "eve", &["queue"]).contains("c8\t"), "given back");
}

#[test]
fn judging_again_unseen_makes_disagreements_and_not_overrulings() {
    let place = place();
    for (id, verb) in [("c2", "remove"), ("c3", "remove"), ("c5", "spam"), ("c6", "approve")] {
        assert!(place.quell("a.db", "ann", &[verb, id, "--note", "mine"]).status.success());
    }
    assert!(place.quell("a.db", "bob", &["approve", "c8"]).status.success());
    let sample = |moderator: &str, size: &str| {
        let output = review(&place, moderator, &["--json", "--blind", "--sample", size]).stdin(Stdio::null()).output();
        String::from_utf8(output.expect("quell runs").stdout).expect("text")
    };
    assert_eq!(sample("bob", "50%"), sample("bob", "50%"), "the same seed draws the same");
    let first: Value = serde_json::from_str(sample("bob", "100%").lines().next().expect("a line")).expect("JSON");
    for told in ["status", "why", "notes", "copies", "priority", "mask"] {
        assert_eq!(first.get(told), None, "{told} would tell what others decided");
    }
    assert!(!first.to_string().contains("mine") && first["card"].get("statuses").is_none());
    let mut bob = Lines::start(review(&place, "bob", &["--json", "--blind", "--sample", "100%"]));
    for _ in 0..4 {
        let item = bob.next();
        // The same as ann on all but c3.
        let action = match item["id"].as_str() {
            Some("c2") => "remove",
            Some("c3" | "c6") => "approve",
            Some("c5") => "spam",
            other => panic!("{other:?} was not decided by anybody else"),
        };
        let done = bob.order(&json!({"action": action}));
        assert_eq!(done["changed"], json!([item["id"]]), "{done}");
    }
    assert_eq!(bob.next(), json!({"type": "end"}));
    assert_eq!(bob.end(), 0);
    assert_eq!(statuses(&place, "a.db", 2..=6), "removed escalated pending spam approved");
    insta::assert_snapshot!(place.told("a.db", "bob", &["agreement"]), @r"
    0
    on	comments	raw	kappa	kappa95	alpha	alpha95
    action	4	0.750	0.636	0.000..1.000	0.667	-0.400..1.000
    ");
    assert!(place.told("a.db", "eve", &["queue"]).contains("c3\t"));
    let queue = Lines::start(review(&place, "eve", &["--json"])).next();
    assert_eq!(queue["why"][1]["because"], "people disagree (ann: remove; bob: approve)");
    assert_eq!(sample("bob", "100%"), "{\"type\":\"end\"}\n", "what was judged does not come again");
    assert!(place.told("a.db", "ann", &["db", "check"]).contains("no damage"));
}

/// The README's picture is what the program shows of the bundled thread.
#[test]
fn the_picture_in_the_readme_is_the_screen() {
    let place = run::Place::new();
    assert_eq!(place.run("-q demo").code(), 0);
    assert_eq!(place.run("-q flag c7 --reason abuse.incivility --note name-calling --as ann").code(), 0);
    let mut quell = Command::new(run::BINARY);
    run::clean(&mut quell, &place.path(""));
    let tty = Tty::start(
        {
            quell.args(["review", "--as", "ann"]);
            quell
        },
        24,
        80,
    );
    tty.see("copies  none elsewhere");
    let screen = tty.see("Nine hours?");
    tty.keys("q");
    let (status, ..) = tty.end();
    assert_eq!(status.code(), Some(1), "nothing was changed");
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("a file");
    let trimmed: Vec<&str> = screen.lines().map(str::trim_end).collect();
    assert!(readme.contains(trimmed.join("\n").trim_end()), "the README wants this picture:\n{screen}");
}

#[test]
fn a_terminal_that_goes_away_ends_the_review() {
    let place = run::Place::new();
    assert_eq!(place.run("-q demo").code(), 0);
    assert_eq!(place.run("-q flag c7 --reason abuse.incivility --as ann").code(), 0);
    let mut quell = Command::new(run::BINARY);
    run::clean(&mut quell, &place.path(""));
    quell.args(["review", "--as", "ann"]).env("TERM", "xterm");
    let (mut pty, pts) = pty_process::blocking::open().expect("a terminal");
    pty.resize(pty_process::Size::new(24, 80)).expect("a size");
    let mut child = pty_process::blocking::Command::from(quell).spawn(pts).expect("it starts");
    std::io::Read::read_exact(&mut pty, &mut [0; 64]).expect("it draws");
    drop(pty);
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}
