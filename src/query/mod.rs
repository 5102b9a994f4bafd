//! The query language that every verb takes. A text becomes an expression ([`parse()`]), the expression a query ready to
//! run ([`compile()`]), and the query both answers for one comment ([`Query::matches`]) and says what a store may narrow
//! ([`plan()`]).
//!
//! ```text
//! text ─► Expr ─► Query ─┬─► matches(entry): the meaning
//!         (help)         └─► plan ─► Narrow: what must hold of every match, for the store to turn into SQL
//! ```
//!
//! Architecture invariant: the index proposes, the matcher disposes. There is no SQL here; the store turns plans into it.
//!
//! What a missing value means: a comparison with something that is not known of a comment (no date, a signal not
//! computed, no parent) is false, and so its negation is true. `abuse:*` asks whether a value is known at all.

mod compile;
mod dates;
mod entry;
mod error;
mod explain;
mod expr;
mod fields;
pub mod help;
mod literals;
mod matcher;
mod needed;
mod parse;
mod pattern;
mod plan;
mod rests;
mod scorer;
mod text;
mod thread;
mod traits;
mod value;

#[cfg(test)]
pub(crate) mod tests;

pub use compile::{Is, Lookup, NoLookup, Query, Setting, compile};
pub use dates::{DatePoint, Span, Unit};
pub use entry::{Entry, Facts, History, Mark};
pub use error::QueryError;
pub use explain::explain;
pub use expr::{Expr, Named};
pub use fields::{Field, Relation, Type};
pub use matcher::{Matcher, Reading, World};
pub use needed::{Literal, is_blurred};
pub use parse::{MAX_DEPTH, MAX_LENGTH, MAX_TERMS, parse};
pub use pattern::Pattern;
pub use plan::{Narrow, Needs, Plan, UnderTarget, plan};
pub use rests::Rests;
pub use scorer::{MAX_NAME as MAX_SCORER_NAME, ScorerName};
pub use text::Phrase;
pub use thread::{Member, Thread};
pub use traits::{capitals, links};
pub use value::{Bounds, RegexText, Value};
