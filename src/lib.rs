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
//! - `sources`, `threads`, `signals`, `rules` and `output` never see the store: they get data and return data.
//! - SQL and connections live in `store` alone.
//! - `cli` holds every clap type and opens nothing; `commands` has one short file a verb.

pub mod error;
pub mod model;
pub mod output;
pub mod query;
pub mod signals;
pub mod sources;
pub mod text;
pub mod threads;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the program with these arguments and says how it ended. Never exits the process itself.
pub fn run(_args: impl IntoIterator<Item = OsString>) -> ExitCode {
    error::Exit::Done.into()
}
