//! Pure functions over text: from markup to plain text, to search tokens, to something a terminal may see.
//!
//! Architecture invariant: nothing here knows of posts, databases or files.

mod bbcode;
mod flow;
pub mod fold;
mod html;
mod plain;
pub mod terminal;
pub mod tokens;
pub mod width;

pub use html::{autop, html};
pub use plain::plain;
