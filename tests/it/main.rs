//! The one integration test binary: verbs through the real program, architecture, attacks, peers, real samples.

mod architecture;
mod attacks;
mod decide;
mod decide_model;
mod disqus;
mod generic;
mod help;
mod hn;
mod index;
mod json_attacks;
mod kill;
mod open;
mod readme;
mod reddit;
mod roundtrip;
mod rules;
mod run;
mod samples;
mod search;
mod support;
mod text;
mod threads;
mod wxr;
