//! Nested JSON, such as comments that hold their replies, as a stream of nodes: one document over any number of lines, or
//! one on each line. Every object is a node and is handed on when it closes, so children come before what holds them.
//!
//! Not here: reading tokens (`walk`), and what a node is; the format decides that from its members.

use std::io::{self, BufRead, Read};

use serde::de::IgnoredAny;

use super::json::Fields;
use super::ndjson::{Refused, each_line};
use super::walk::{Broken, walk};
use crate::model::{Fault, Item, Place};
use crate::sources::{Input, Options, ReadError, Sink, Stop};

/// How much is held to see whether documents stand one a line; those with longer lines are read as one stream.
const HEAD: usize = 16 << 20;
/// The UTF-8 byte order mark.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Takes the nodes of nested JSON.
pub trait Nodes {
    /// Takes a node: its members except those that hold nodes, and the place of its first byte.
    fn node(&mut self, fields: Fields<'_>, place: Place, sink: &mut dyn Sink) -> Result<(), Refused>;

    /// Whether a node has all its own members, given that one of its nested members has begun. If the document breaks
    /// off inside that member, such a node is kept.
    fn is_complete(&self, _fields: &Fields<'_>) -> bool {
        false
    }

    /// A document, or a line that holds one, has ended.
    fn end(&mut self, _sink: &mut dyn Sink) -> Result<(), Stop> {
        Ok(())
    }
}

/// Hands on every node of the input: one JSON document over any number of lines, or one on each line. Objects and
/// arrays under the member names in `nested` are walked into, and so are arrays at the top; other values stay whole.
/// A node larger than `options.max_record` is a fault. A document that breaks off or is not JSON keeps the nodes that
/// had closed and ends in a fault: `truncated`, `json.syntax`, `json.depth` or `record.too_long`.
pub fn each_node(
    input: &mut Input,
    options: &Options,
    nested: &[&str],
    sink: &mut dyn Sink,
    nodes: &mut dyn Nodes,
) -> Result<(), ReadError> {
    let mut head = Vec::new();
    let found = documents_are_lines(&mut input.by_ref().take(options.max_record.min(HEAD) as u64), &mut head);
    if head.starts_with(BOM) {
        head[..BOM.len()].fill(b' ');
    }
    match found {
        Ok(true) => read_lines(&mut Input::new(head.chain(input)), options, nested, sink, nodes),
        Ok(false) => read_document(&mut Input::new(head.chain(input)), options, nested, sink, nodes),
        Err(error) => {
            // The input broke early: what came before the break is read all the same.
            read_document(&mut Input::from_bytes(&head), options, nested, sink, nodes)?;
            Err(error.into())
        }
    }
}

fn read_lines(
    input: &mut Input,
    options: &Options,
    nested: &[&str],
    sink: &mut dyn Sink,
    nodes: &mut dyn Nodes,
) -> Result<(), ReadError> {
    each_line(input, options, sink, |text, place, sink| {
        let mut line = Input::from_bytes(text.as_bytes());
        walk(&mut line, place, options, nested, sink, nodes).map_err(|broken| match broken {
            Broken::Stop => Refused::Stop,
            Broken::Io(error) => Refused::record("json.syntax", error.to_string()),
            // A line that ends in the middle is bad JSON; only the end of the input makes it a truncation.
            Broken::Document(Fault { code: "truncated", reason, .. }) => Refused::record("json.syntax", reason),
            Broken::Document(Fault { code, reason, key, .. }) => Refused::Record { code, reason, key },
        })
    })
}

fn read_document(
    input: &mut Input,
    options: &Options,
    nested: &[&str],
    sink: &mut dyn Sink,
    nodes: &mut dyn Nodes,
) -> Result<(), ReadError> {
    match walk(input, Place { byte: 0, line: 1 }, options, nested, sink, nodes) {
        Ok(()) => Ok(()),
        Err(Broken::Stop) => Err(ReadError::Stop),
        Err(Broken::Io(error)) => Err(ReadError::Io(error)),
        Err(Broken::Document(fault)) => Ok(sink.item(Item::Fault(fault))?),
    }
}

/// Whether the input holds one document a line: its first line is one, or is broken while the second is one, or there
/// are only blank ones. Reads those lines into `head`.
fn documents_are_lines(input: &mut impl BufRead, head: &mut Vec<u8>) -> io::Result<bool> {
    let complete = |text: &[u8]| serde_json::from_slice::<IgnoredAny>(text.strip_prefix(BOM).unwrap_or(text));
    let first = loop {
        let start = head.len();
        let read = input.read_until(b'\n', head)?;
        if read == 0 || !matches!(head[start..].trim_ascii(), b"" | b"null" | BOM) {
            break start;
        }
    };
    if head.len() == first || complete(&head[first..]).is_ok() {
        return Ok(true);
    }
    let second = head.len();
    input.read_until(b'\n', head)?;
    let starts = matches!(head.get(second), Some(b'{' | b'['));
    Ok(starts && complete(&head[second..]).is_ok() && complete(&head[first..]).is_err_and(|error| !error.is_eof()))
}
