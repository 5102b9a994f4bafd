//! From a file, a folder or standard input to readable inputs: containers peeled, charset known, position counted.
//!
//! Not here: what the bytes mean.

mod input;

pub use input::{HEAD_BYTES, Head, Input, Line};
