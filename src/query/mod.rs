//! The query language that every verb takes: text to expression, expression to plan (what the store can narrow) and matcher
//! (what the query means).
//!
//! Architecture invariant: the index proposes, the matcher disposes. There is no SQL here; the store turns plans into it.
