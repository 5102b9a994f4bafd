//! What several formats share: dates, leftover fields, and the low-level readers of XML and JSON.

pub mod columns;
pub mod extra;
pub mod generic;
pub mod hn;
pub mod json;
pub mod mend;
pub mod ndjson;
pub mod pieces;
pub mod quell;
pub mod reddit;
pub mod sniff;
pub mod tap;
pub mod tree;
pub mod walk;
pub mod when;
pub mod xml;
