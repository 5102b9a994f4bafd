//! Detectors: each computes a field of a comment from its text and its thread, and says why.
//!
//! One file a signal, listed in [`SIGNALS`] and nowhere else. Most look at the text alone ([`Subject`]); `offtopic` looks
//! at a whole post. `learner` adds what this database's decisions taught, `mix` orders a queue.
//!
//! Architecture invariant: a signal never acts and never sees the store.

pub mod abuse;
pub mod caps;
pub mod categories;
pub mod copies;
pub mod decided;
pub mod eval;
pub mod evasion;
pub mod heads;
pub mod identity;
pub mod language;
pub mod learner;
pub mod lexicon;
pub mod links;
pub mod mix;
pub mod model;
pub mod offtopic;
pub mod pattern;
pub mod personal;
pub mod quoting;
pub mod spam;
pub mod train;

mod registry;
mod subject;

pub use registry::{Reads, Reason, SIGNALS, Scale, Signal, detectors, signal, version_of};
pub use subject::Subject;
