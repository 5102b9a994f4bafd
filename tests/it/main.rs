//! The one integration test binary: verbs through the real program, architecture, attacks, peers, real samples.

mod decide;
mod decide_model;
mod disqus;
mod generic;
mod hn;
mod index;
mod json_attacks;
mod open;
mod reddit;
mod roundtrip;
mod support;
mod text;
mod threads;
mod wxr;
