//! Running the real program on a database of invented comments.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use quell::import::{self, Catalog, Inputs, Progress, Request};
use quell::sources::Options;
use quell::sources::open::Limits;
use quell::store::{Mode, Store};

/// A folder that goes away with its databases.
pub struct Place(pub tempfile::TempDir);

impl Place {
    /// An empty folder.
    pub fn new() -> Place {
        Place(tempfile::tempdir().expect("a temporary folder"))
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs `quell` on one of its databases, as this moderator.
    pub fn quell(&self, db: &str, moderator: &str, words: &[&str]) -> Output {
        command(&self.file(db), moderator).current_dir(self.0.path()).args(words).output().expect("quell runs")
    }

    /// The same as text: exit code, stdout and stderr, without what changes from run to run.
    pub fn told(&self, db: &str, moderator: &str, words: &[&str]) -> String {
        let output = self.quell(db, moderator, words);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        format!("{}\n{}{}", output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    }
}

/// A command on a database, cut off from the surroundings.
pub fn command(db: &Path, moderator: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quell"));
    command.env_clear().env("QUELL_DB", db).env("QUELL_MODERATOR", moderator).env("COLUMNS", "80");
    command
}

/// Comments as lines of quell's own form: key, parent's key, source status, text.
pub fn jsonl(comments: &[(usize, Option<usize>, Option<&str>, &str)]) -> Vec<u8> {
    let mut lines = String::from("{\"format\":\"quell\",\"version\":1}\n");
    let source = "\"source\":{\"kind\":\"wxr\",\"scope\":\"test\"}";
    let _ = writeln!(lines, "{{\"type\":\"post\",\"id\":\"p1\",{source},\"key\":\"post\",\"title\":\"Rain\"}}");
    for (key, parent, status, text) in comments {
        let parent = parent.map(|parent| format!("\"parent\":\"k{parent}\",")).unwrap_or_default();
        let status = status.map(|status| format!("\"source_status\":\"{status}\",")).unwrap_or_default();
        let _ = writeln!(
            lines,
            "{{\"type\":\"comment\",\"id\":\"c{key}\",{source},\"post\":\"post\",\"key\":\"k{key}\",{parent}{status}\
             \"parent_origin\":\"source\",\"kind\":\"comment\",\"author\":{{\"key\":\"u{}\",\"name\":\"Ada{}\",\
             \"kind\":\"user\",\"evidence\":\"source\"}},\"body\":\"{text}\",\"format\":\"text\"}}",
            key % 3,
            key % 3,
        );
    }
    lines.into_bytes()
}

/// Imports bytes into an open database.
pub fn import(store: &mut Store, bytes: Vec<u8>) {
    struct Silent;
    impl Progress for Silent {
        fn at(&mut self, _: u64, _: Option<u64>, _: u64) {}
        fn stage(&mut self, _: &str) {}
    }
    let request = Request {
        inputs: Inputs::Bundled { name: "test.jsonl", bytes: Box::leak(bytes.into_boxed_slice()) },
        source: None,
        options: Options::for_input("test.jsonl"),
        limits: Limits::default(),
        catalog: Catalog::Whole,
        mode: Mode::Batches,
        strict: true,
        max_errors: 0,
    };
    let outcome = import::run(store, &request, &mut Silent).expect("the import works");
    assert_eq!(outcome.counts.quarantined, 0);
}
