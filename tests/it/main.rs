//! The one integration test binary: verbs through the real program, architecture, attacks, peers, real samples.

mod disqus;
mod open;
mod support;
mod text;
mod wxr;
