//! Detectors: each computes a field of a comment from its text and its thread, and says why.
//!
//! Architecture invariant: a signal never acts and never sees the store.

pub mod model;
