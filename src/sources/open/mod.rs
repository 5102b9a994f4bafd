//! From a file, a folder or standard input to readable inputs: containers peeled, charset known, position counted.
//!
//! ```text
//! arguments ─► walk ─► container (magic, layer, archive) ─► Opened (head, charset) ─► Input ─► a format
//! ```
//!
//! Nothing is ever written to disk: archives are read entry by entry. What could not be opened is reported beside what
//! could, and one bad file never hides the next.
//!
//! Not here: what the bytes mean.

mod archive;
mod charset;
mod container;
mod input;
mod layer;
mod limits;
mod magic;
mod opened;
mod progress;
mod replay;
mod walk;

pub use input::{HEAD_BYTES, Head, Input, Line};
pub use limits::Limits;
pub use opened::{Found, Notes, OpenError, Opened};
pub use progress::Progress;
pub use walk::{open, open_reader};
