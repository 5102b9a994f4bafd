//! What several formats share: dates, leftover fields, and the low-level readers of XML and JSON.

pub mod extra;
pub mod json;
pub mod ndjson;
pub mod quell;
pub mod when;
