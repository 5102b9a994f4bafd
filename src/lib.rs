//! quell keeps the peace in comment threads: it imports comment dumps into one SQLite file, finds, flags, decides and
//! exports, offline.
//!
//! The way data flows:
//!
//! ```text
//! bytes ─► sources ─► model ─► store ─► query ─► flags, decisions ─► output ─► terminal / file
//!          (formats)           (SQLite)
//! ```
//!
//! Architecture invariants, held by `tests/it/architecture.rs`:
//! - `model` imports nothing of the crate, `text` nothing but `model`.
//! - `sources`, `threads`, `signals`, `rules`, `screen` and `output` never see the store: they get data and return data.
//! - SQL and connections live in `store` alone.
//! - `cli` holds every clap type and opens nothing; `commands` has one short file a verb.

pub mod cli;
mod commands;
pub mod error;
pub mod import;
pub mod model;
pub mod output;
pub mod query;
pub mod review;
pub mod rules;
pub mod scan;
pub mod scorers;
pub mod screen;
pub mod signals;
pub mod sources;
pub mod store;
pub mod text;
pub mod threads;
mod ui;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use cli::Cli;
use error::{Exit, Hint};

/// Runs the program with these arguments and says how it ended. Never exits the process itself.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are asked for and go to stdout; anything else is a mistake. A closed pipe is neither.
            let asked_for = !error.use_stderr();
            let _ = error.print();
            return if asked_for { Exit::Done } else { Exit::Failed }.into();
        }
    };
    match commands::run(cli) {
        Ok(exit) => exit.into(),
        Err(error) if is_broken_pipe(&error) => Exit::Done.into(),
        Err(error) => {
            complain(&error);
            Exit::Failed.into()
        }
    }
}

/// Whoever read our output has had enough; that is success.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
            || cause.to_string().contains("Broken pipe")
    })
}

/// Prints an error, its causes on the same line, and below it what to do next.
fn complain(error: &anyhow::Error) {
    let mut causes: Vec<String> = Vec::new();
    for cause in error.chain() {
        let cause = text::terminal::escape_multiline(&cause.to_string()).into_owned();
        // Libraries repeat a cause in the error that wraps it; once is enough.
        if !causes.last().is_some_and(|above| above.contains(&cause) || cause.ends_with(above.as_str())) {
            causes.push(cause);
        }
    }
    let mut stderr = io::stderr();
    let _ = writeln!(stderr, "quell: {}", causes.join(": "));
    if let Some(hint) = error.chain().find_map(|cause| cause.downcast_ref::<Hint>()) {
        let _ = writeln!(stderr, "  {}", text::terminal::escape(&hint.next));
    }
}
