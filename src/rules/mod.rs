//! Rules: saved queries with a reason. Their files are read and checked here, run over comments all at once, measured
//! against what people decided, and converted from other systems' rules.
//!
//! ```text
//! TOML ─► file ─► check ─► RuleSet ─► Scanner ─► hits ─► (store: flags, decisions)
//!          ▲                                └──► measure, alarm, sample: what a rule is worth
//!       convert (AutoModerator, word lists)
//! ```
//!
//! Architecture invariant: nothing here sees the store; it gets data and returns data. What a rule means is what the
//! query language says its query means; the shared automaton of [`Scanner`] only narrows.

mod alarm;
mod case;
mod check;
mod convert;
mod fault;
mod file;
mod limits;
mod measure;
mod needs;
mod rule;
mod sample;
mod scan;
mod set;

pub use alarm::{Alarm, Stretch, alarm, binomial_tail};
pub use case::Case;
pub use convert::{Converted, From, Note, convert};
pub use fault::Fault;
pub use file::read;
pub use limits::Brake;
pub use measure::{Confusion, Interval, Overlap, Verdict, over_s, overlap, wilson};
pub use rule::{Limits, Rule, Status, Test};
pub use sample::{Candidate, stratified};
pub use scan::{Hit, Remembering, Scanner, Worker};
pub use set::{Ready, RuleSet, load};

/// The rules that come with quell.
pub const DEFAULT: &str = include_str!("default.toml");

#[cfg(test)]
mod tests;
