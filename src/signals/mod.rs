//! Detectors: each computes a field of a comment from its text and its thread, and says why.
//!
//! One file a signal, listed in [`SIGNALS`] and nowhere else. Most look at the text alone ([`Subject`]); `offtopic` looks
//! at a whole post. `learner` adds what this database's decisions taught, `mix` orders a queue.
//!
//! Architecture invariant: a signal never acts and never sees the store.

pub mod copies;
pub mod language;
pub mod model;
pub mod quoting;

mod registry;
mod subject;

pub use registry::{Reads, Reason, SIGNALS, Scale, Signal, signal};
pub use subject::Subject;
