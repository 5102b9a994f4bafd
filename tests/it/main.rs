//! The one integration test binary: verbs through the real program, architecture, attacks, peers, real samples.

mod disqus;
mod hn;
mod json_attacks;
mod open;
mod reddit;
mod support;
mod text;
mod wxr;
