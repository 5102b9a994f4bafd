//! quick-xml, made to go on: each event with its place, texts resolved, and after a syntax error a fresh start at the
//! next byte.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::errors::{Error, IllFormedError};
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesEnd, BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::tap::Tap;
use crate::model::Place;
use crate::sources::ReadError;

/// What is wrong with a piece of XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) code: &'static str,
    pub(super) reason: String,
    pub(super) place: Place,
}

/// One event.
pub(super) enum Node<'b> {
    Start {
        tag: BytesStart<'b>,
        empty: bool,
    },
    End(BytesEnd<'b>),
    Text(Cow<'b, str>),
    /// A document type; `true` if it declares anything.
    Doctype(bool),
    /// An end tag of this name where another was due.
    Mismatch {
        found: String,
        broken: Broken,
    },
    Broken(Broken),
    /// Comments and instructions.
    Nothing,
    /// The end; `cut` if it comes within a tag, a comment or the like.
    Eof {
        cut: bool,
    },
}

/// The events of an input.
pub(super) struct Events<'r> {
    reader: Reader<Tap<'r>>,
    buffer: Vec<u8>,
}

impl<'r> Events<'r> {
    pub(super) fn new(tap: Tap<'r>) -> Self {
        Events { reader: reader(tap), buffer: Vec::new() }
    }

    /// The reader's view of the input.
    pub(super) fn tap(&mut self) -> &mut Tap<'r> {
        self.reader.get_mut()
    }

    /// The raw bytes since the last mark.
    pub(super) fn raw(&self) -> &[u8] {
        self.reader.get_ref().raw()
    }

    /// Forgets which elements are open: what was broken must not spoil what follows.
    pub(super) fn restart(&mut self) {
        restart(&mut self.reader);
    }

    /// The next event and where it starts.
    pub(super) fn next(&mut self) -> Result<(Place, Node<'_>), ReadError> {
        self.buffer.clear();
        self.buffer.shrink_to(1 << 20);
        let place = self.reader.get_ref().place();
        let node = match self.reader.read_event_into(&mut self.buffer) {
            Ok(Event::Start(tag)) => Node::Start { tag, empty: false },
            Ok(Event::Empty(tag)) => Node::Start { tag, empty: true },
            Ok(Event::End(tag)) => Node::End(tag),
            Ok(Event::Text(text)) => Node::Text(text.into_inner()),
            Ok(Event::CData(text)) => Node::Text(text.into_inner()),
            Ok(Event::GeneralRef(reference)) => Node::Text(resolve(&reference)),
            Ok(Event::DocType(text)) => Node::Doctype(text.contains('[')),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => Node::Nothing,
            Ok(Event::Eof) => Node::Eof { cut: false },
            Err(error) => recover(&mut self.reader, error, place)?,
        };
        Ok((place, node))
    }
}

fn reader(tap: Tap<'_>) -> Reader<Tap<'_>> {
    let mut reader = Reader::from_reader(tap);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    reader
}

fn restart(old: &mut Reader<Tap<'_>>) {
    let tap = old.get_mut().take();
    *old = reader(tap);
}

/// Turns an error into an event, and sees to it that the next event starts further on.
fn recover<'b>(reader: &mut Reader<Tap<'_>>, error: Error, place: Place) -> Result<Node<'b>, ReadError> {
    if let Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) = error {
        let reason = format!("end tag </{}> where </{}> was due", shown(&found), shown(&expected));
        return Ok(Node::Mismatch { found, broken: Broken { code: "xml.mismatch", reason, place } });
    }
    let tap = reader.get_mut();
    if let Some(failure) = tap.take_failure() {
        return Err(ReadError::Io(failure));
    }
    let (code, reason) = match &error {
        Error::Io(_) => ("xml.too-long", format!("record longer than {} bytes", tap.limit())),
        _ if tap.at_end() => return Ok(Node::Eof { cut: true }),
        Error::Encoding(_) => ("xml.utf8", "bytes that are not UTF-8".to_owned()),
        error => ("xml.syntax", error.to_string()),
    };
    if tap.place().byte == place.byte {
        tap.allow_more();
        tap.consume(1);
    }
    restart(reader);
    Ok(Node::Broken(Broken { code, reason, place }))
}

/// The character that a reference stands for. One that means nothing in XML, such as `&nbsp;`, stays as written: it may
/// mean something in the HTML that the text is.
fn resolve<'b>(reference: &BytesRef<'_>) -> Cow<'b, str> {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return Cow::Owned(c.to_string());
    }
    match resolve_xml_entity(reference) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(format!("&{};", &**reference)),
    }
}

/// The start of a name from the dump, for a message.
pub(super) fn shown(name: &str) -> String {
    name.chars().take(40).collect::<String>().escape_debug().to_string()
}
