//! Rows and a writer to bytes: one file a format.
//!
//! Architecture invariant: a format gets rows and a writer; it cannot see the store.
