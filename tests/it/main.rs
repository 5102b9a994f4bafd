//! The one integration test binary: verbs through the real program, architecture, attacks, peers, real samples.

mod support;
mod threads;
