//! One input that lies open: its name, its first bytes for detection, and the way on to an [`Input`].

use std::cell::RefCell;
use std::fmt;
use std::io::{BufRead, Read};
use std::rc::Rc;

use super::charset::{Charset, Transcoder};
use super::replay::Replay;
use super::{HEAD_BYTES, Head, Input};
use crate::model::Warning;
use crate::sources::Wants;

/// What came of one file or archive entry.
pub type Found<'a> = Result<Opened<'a>, OpenError>;

/// An input that could not be opened, or an archive of which no more can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenError {
    /// The file, with the entry after `!/`.
    pub name: String,
    /// Why, lower case, no full stop.
    pub reason: String,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.reason)
    }
}

impl std::error::Error for OpenError {}

/// What is odd about an input as a whole. Some of it shows only while it is read: ask again at the end.
#[derive(Debug, Clone, Default)]
pub struct Notes(Rc<RefCell<Vec<Warning>>>);

impl Notes {
    /// The warnings since the last call.
    pub fn take(&self) -> Vec<Warning> {
        self.0.take()
    }

    /// Adds one.
    pub(super) fn add(&self, warning: Warning) {
        self.0.borrow_mut().push(warning);
    }
}

/// A file or archive entry with every container peeled off.
pub struct Opened<'a> {
    name: String,
    head: Head,
    charset: Charset,
    notes: Notes,
    reader: Replay<Box<dyn BufRead + 'a>>,
}

impl<'a> Opened<'a> {
    /// Looks at the first bytes. An input that breaks before its first byte is not opened at all.
    pub(super) fn new(name: String, reader: Box<dyn BufRead + 'a>, notes: Notes) -> Found<'a> {
        let reader = Replay::look(reader, HEAD_BYTES + 1);
        if let (true, Some(error)) = (reader.seen().is_empty(), reader.error()) {
            return Err(OpenError { name, reason: error.to_string() });
        }
        let whole = reader.seen().len() <= HEAD_BYTES && reader.error().is_none();
        let charset = Charset::of(reader.seen());
        let head = Head::new(charset.decode_head(reader.seen()), whole);
        Ok(Opened { name, head, charset, notes, reader })
    }

    /// The name to show: the path, and `!/` before the name of an archive's entry. Not a path to open.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first bytes, decompressed and decoded.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The whole input, as a format wants it: bytes as they are, or transcoded to UTF-8. A byte order mark is left out
    /// of both, and UTF-16 is transcoded for both, as nobody could find a line in it. An error of the disk or of a
    /// container comes from the reader, after every byte before it, and says which layer broke.
    pub fn into_input(mut self, wants: Wants) -> (Input<'a>, Notes) {
        let mark = self.charset.mark();
        let as_it_is = wants == Wants::Bytes && !self.charset.is_utf16();
        let mut start = [0; 3];
        // The mark was seen in the head, so that it can be read without an error.
        let _ = self.reader.read_exact(&mut start[..mark]);
        let input = if as_it_is {
            Input::new(self.reader)
        } else {
            Input::new(Transcoder::new(self.reader, &self.charset, self.notes.clone()))
        };
        (input, self.notes)
    }
}
