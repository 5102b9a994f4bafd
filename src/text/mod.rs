//! Pure functions over text: from markup to plain text, to search tokens, to something a terminal may see.
//!
//! Architecture invariant: nothing here knows of posts, databases or files.

pub mod fold;
pub mod tokens;
