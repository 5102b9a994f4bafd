//! Trees from parent ids, and parents worked out from the words where a dump lost them: pure functions over one post's
//! comments.
//!
//! Architecture invariant: nothing here sees the store; data comes in, data goes out. No recursion: threads 10,000 deep
//! exist.

pub mod tree;
