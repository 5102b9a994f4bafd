//! The one integration test binary: verbs through the real program, architecture, attacks, peers, real samples.

mod hn;
mod json_attacks;
mod reddit;
mod support;
