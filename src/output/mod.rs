//! Rows and a writer to bytes: one file a format, listed in [`EXPORTS`]. The caller feeds whole threads as a stream:
//! each post, then its comments in pre-order; no format keeps more than the chain of comments that are open.
//!
//! Architecture invariant: a format gets rows and a writer; it cannot see the store.

mod csv;
pub mod edges;
mod fields;
pub mod hits;
mod json;
mod jsonl;
pub mod listing;
mod md;
mod nesting;
mod quoted;
mod removed;
pub mod schema;
pub mod time;
pub mod tree;

use std::io::{self, Write};

use crate::model::{Body, Comment, Gap, Hung, Post};
pub use removed::{Removed, Verdict, tombstone, verdicts};

/// Every format that threads can be exported in; the first is the default.
pub const EXPORTS: &[&Format] = &[&json::JSON, &jsonl::JSONL, &csv::CSV, &md::MD];

/// One way to write threads.
pub struct Format {
    /// The name that `-f` takes.
    pub name: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// Whether quell can import it back without loss.
    pub lossless: bool,
    /// Starts an export onto this writer. Records are written whole, so that the writer needs a buffer only where
    /// its own calls are dear.
    pub open: for<'w> fn(&'w mut dyn Write) -> Box<dyn Export + 'w>,
}

/// What a comment has that its row does not hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extras<'a> {
    /// The source's own number of its version, where it has one.
    pub version: Option<i64>,
    /// Earlier bodies, oldest first.
    pub revisions: &'a [Body],
    /// Keys of the comments that it repeats under another id.
    pub duplicate_of: &'a [String],
    /// The edge it hangs by, or that was left open, where that does not come from the dump.
    pub hung: Option<&'a Hung>,
    /// What detectors and scorers said of it, by field, where that was asked for.
    pub signals: &'a [(String, f64)],
}

/// Takes threads in order: `begin`, then for each post `post`, its comments in pre-order and `end_post`, then `end`. A
/// comment whose parent has not been given in the same post stands at the top level and still names its parent's key.
/// The only errors are those of the writer.
pub trait Export {
    /// Opens the document.
    fn begin(&mut self) -> io::Result<()>;
    /// Opens a post; `gaps` are the comments it is known to lack.
    fn post(&mut self, post: &Post, gaps: &[Gap]) -> io::Result<()>;
    /// Writes a comment of the open post.
    fn comment(&mut self, comment: &Comment, extras: &Extras) -> io::Result<()>;
    /// Closes the open post.
    fn end_post(&mut self) -> io::Result<()>;
    /// Closes the document.
    fn end(&mut self) -> io::Result<()>;
}

/// The format of this name.
pub fn export_named(name: &str) -> Option<&'static Format> {
    EXPORTS.iter().find(|format| format.name == name).copied()
}

#[cfg(test)]
mod samples;
