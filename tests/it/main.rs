//! The one integration test binary: verbs through the real program, architecture, attacks, peers, real samples.

#![allow(clippy::unwrap_used, reason = "a helper of a test that cannot go on fails the test")]

mod again;
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
mod learn;
mod models;
mod open;
mod readme;
mod reddit;
mod review;
mod roundtrip;
mod rules;
mod run;
mod samples;
mod scan;
mod scorers;
mod search;
mod search_names;
mod support;
mod text;
mod thread_shown;
mod thread_verbs;
mod threads;
mod wxr;
