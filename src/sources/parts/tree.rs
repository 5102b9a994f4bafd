//! Nested JSON, such as comments that hold their replies, as a stream of nodes in memory that depends on the depth and
//! not on the size: the token stream of struson over an explicit stack. Every object is a node and is handed on when it
//! closes, so children come before the node that holds them.
//!
//! Not here: what a node is; the format decides that from its members.

use std::io::{self, BufRead, Read};

use serde::de::IgnoredAny;
use struson::reader::{JsonReader, JsonStreamReader, ReaderError, ReaderSettings, SyntaxErrorKind};
use struson::reader::{JsonReaderPosition, TransferError, ValueType};
use struson::writer::JsonStreamWriter;

use super::json::Fields;
use super::ndjson::{Refused, each_line};
use super::pieces::{Pieces, TooLong};
use crate::model::{Fault, Item, Place, Warning};
use crate::sources::{Input, Options, ReadError, Sink, Stop};

/// How deep arrays and objects may lie in each other. A reply on Reddit costs four levels.
const MAX_NESTING: u32 = 100_000;
/// The UTF-8 byte order mark.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Takes the nodes of nested JSON.
pub trait Nodes {
    /// Takes a node: its members except those that hold nodes, and the place of its first byte.
    fn node(&mut self, fields: Fields<'_>, place: Place, sink: &mut dyn Sink) -> Result<(), Refused>;

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
    let one_a_line = documents_are_lines(&mut input.by_ref().take(options.max_record as u64), &mut head)?;
    if head.starts_with(BOM) {
        head[..BOM.len()].fill(b' ');
    }
    let mut all = Input::new(head.chain(input));
    if one_a_line {
        return each_line(&mut all, options, sink, |text, place, sink| {
            match walk(&mut Input::from_bytes(text.as_bytes()), place, options, nested, sink, nodes) {
                Ok(()) => Ok(()),
                Err(Broken::Stop) => Err(Refused::Stop),
                Err(Broken::Io(error)) => Err(Refused::record("json.syntax", error.to_string())),
                Err(Broken::Document(Fault { code: "truncated", reason, .. })) => {
                    Err(Refused::record("json.syntax", reason))
                }
                Err(Broken::Document(Fault { code, reason, key, .. })) => Err(Refused::Record { code, reason, key }),
            }
        });
    }
    if head.trim_ascii().is_empty() {
        return Ok(());
    }
    match walk(&mut all, Place { byte: 0, line: 1 }, options, nested, sink, nodes) {
        Ok(()) => Ok(()),
        Err(Broken::Stop) => Err(ReadError::Stop),
        Err(Broken::Io(error)) => Err(ReadError::Io(error)),
        Err(Broken::Document(fault)) => Ok(sink.item(Item::Fault(fault))?),
    }
}

/// Whether the input holds one document a line: its first line is one, or is broken while the second is one. Reads
/// those lines into `head`.
fn documents_are_lines(input: &mut impl BufRead, head: &mut Vec<u8>) -> io::Result<bool> {
    let complete = |text: &[u8]| serde_json::from_slice::<IgnoredAny>(text.strip_prefix(BOM).unwrap_or(text));
    let first = loop {
        let start = head.len();
        let read = input.read_until(b'\n', head)?;
        if read == 0 || !matches!(head[start..].trim_ascii(), b"" | b"null" | BOM) {
            break start;
        }
    };
    if complete(&head[first..]).is_ok() {
        return Ok(true);
    }
    let second = head.len();
    input.read_until(b'\n', head)?;
    let starts = matches!(head.get(second), Some(b'{' | b'['));
    Ok(starts && complete(&head[second..]).is_ok() && complete(&head[first..]).is_err_and(|error| !error.is_eof()))
}

/// Why a document was not read to its end.
enum Broken {
    Stop,
    Io(io::Error),
    Document(Fault),
}

/// Reads documents until the input ends and reports what is odd about them.
fn walk(
    input: &mut Input,
    start: Place,
    options: &Options,
    nested: &[&str],
    sink: &mut dyn Sink,
    nodes: &mut dyn Nodes,
) -> Result<(), Broken> {
    let settings = ReaderSettings {
        allow_multiple_top_level: true,
        track_path: false,
        max_nesting_depth: Some(MAX_NESTING),
        restrict_number_values: false,
        ..ReaderSettings::default()
    };
    let limit = options.max_record;
    let reader = JsonStreamReader::new_custom(Pieces::new(input, limit), settings);
    let mut walk = Walk { reader, open: Vec::new(), start, limit, nested };
    let outcome = walk.documents(sink, nodes);
    if let Some(bad) = walk.reader.reader_mut().first_bad {
        let message = format!("bytes that are not UTF-8 were replaced, first at byte {}", start.byte + bad);
        let warning = Warning { code: "utf8.invalid", message, place: Place { byte: start.byte + bad, line: 0 } };
        sink.item(Item::Warning(warning)).map_err(|Stop| Broken::Stop)?;
    }
    match outcome {
        Ok(()) => Ok(()),
        Err(Halt::Stop) => Err(Broken::Stop),
        Err(Halt::Json(error)) => {
            nodes.end(sink).map_err(|Stop| Broken::Stop)?;
            Err(walk.broken(error))
        }
    }
}

/// What ends a walk early.
enum Halt {
    Stop,
    Json(ReaderError),
}

impl From<Stop> for Halt {
    fn from(_: Stop) -> Self {
        Halt::Stop
    }
}

impl From<ReaderError> for Halt {
    fn from(error: ReaderError) -> Self {
        Halt::Json(error)
    }
}

/// An array or object that has begun and not ended.
enum Open {
    Object(Node),
    /// An array that may hold nodes: the member it is the value of, and the texts of its values that are no nodes.
    Array {
        name: Option<String>,
        values: String,
    },
}

/// An object while its members come in.
struct Node {
    place: Place,
    members: Vec<(String, String)>,
    bytes: usize,
}

struct Walk<'w, 'i> {
    reader: JsonStreamReader<Pieces<'w, 'i>>,
    open: Vec<Open>,
    start: Place,
    limit: usize,
    nested: &'w [&'w str],
}

impl Walk<'_, '_> {
    fn documents(&mut self, sink: &mut dyn Sink, nodes: &mut dyn Nodes) -> Result<(), Halt> {
        self.top_value(sink)?;
        loop {
            self.reader.reader_mut().begin_value();
            if self.open.is_empty() {
                nodes.end(sink)?;
                if !self.reader.has_next()? {
                    return Ok(());
                }
                self.top_value(sink)?;
            } else if self.reader.has_next()? {
                let name = match self.open.last() {
                    Some(Open::Object(_)) => Some(self.reader.next_name_owned()?),
                    _ => None,
                };
                self.value(name)?;
            } else {
                self.close(sink, nodes)?;
            }
        }
    }

    /// Reads a value that lies in no other: one that can hold no nodes is a fault.
    fn top_value(&mut self, sink: &mut dyn Sink) -> Result<(), Halt> {
        let place = self.place(&self.reader.current_position(false));
        if matches!(self.reader.peek()?, ValueType::Object | ValueType::Array) {
            return self.value(None);
        }
        let raw = self.text()?;
        if raw != "null" {
            let reason = "a JSON value that is no object".to_owned();
            let raw = raw.into_bytes();
            sink.item(Item::Fault(Fault { code: "json.not_object", reason, place, key: None, raw }))?;
        }
        Ok(())
    }

    /// Reads a value: opens it if it may hold nodes, else keeps it as a member of what is open.
    fn value(&mut self, name: Option<String>) -> Result<(), Halt> {
        self.reader.reader_mut().begin_value();
        let walked = name.as_deref().is_none_or(|name| self.nested.contains(&name));
        match self.reader.peek()? {
            ValueType::Object if walked => {
                let place = self.place(&self.reader.current_position(false));
                self.reader.begin_object()?;
                self.open.push(Open::Object(Node { place, members: Vec::new(), bytes: 0 }));
            }
            ValueType::Array if walked => {
                self.reader.begin_array()?;
                self.open.push(Open::Array { name, values: String::new() });
            }
            _ => {
                let text = self.text()?;
                self.keep(name, text);
            }
        }
        Ok(())
    }

    /// The text of the next value, without blanks.
    fn text(&mut self) -> Result<String, Halt> {
        let mut bytes = Vec::new();
        let mut writer = JsonStreamWriter::new(&mut bytes);
        self.reader.transfer_to(&mut writer).map_err(|error| match error {
            TransferError::ReaderError(error) => error,
            TransferError::WriterError(error) => {
                ReaderError::IoError { error, location: self.reader.current_position(false) }
            }
        })?;
        drop(writer);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Keeps a value that holds no nodes. What goes beyond the limit is counted and let go.
    fn keep(&mut self, name: Option<String>, text: String) {
        match (self.open.last_mut(), name) {
            (Some(Open::Object(node)), Some(name)) => {
                node.bytes += name.len() + text.len();
                if node.bytes <= self.limit {
                    node.members.push((name, text));
                }
            }
            (Some(Open::Array { name: Some(_), values }), _) if values.len() + text.len() <= self.limit => {
                values.push(if values.is_empty() { '[' } else { ',' });
                values.push_str(&text);
            }
            _ => {}
        }
    }

    /// Ends what was opened last, and hands it on if it is a node.
    fn close(&mut self, sink: &mut dyn Sink, nodes: &mut dyn Nodes) -> Result<(), Halt> {
        match self.open.pop() {
            Some(Open::Object(node)) => {
                self.reader.end_object()?;
                self.hand_on(&node, sink, nodes)?;
            }
            Some(Open::Array { name, values }) => {
                self.reader.end_array()?;
                if !values.is_empty() {
                    self.keep(name, values + "]");
                }
            }
            None => {}
        }
        Ok(())
    }

    fn hand_on(&self, node: &Node, sink: &mut dyn Sink, nodes: &mut dyn Nodes) -> Result<(), Stop> {
        let fields = || node.members.iter().map(|(name, text)| (&**name, &**text)).collect::<Fields>();
        let refused = if node.bytes > self.limit {
            Refused::record(
                "record.too_long",
                format!("a node of {} bytes, of which {} are allowed", node.bytes, self.limit),
            )
        } else {
            match nodes.node(fields(), node.place, sink) {
                Ok(()) => return Ok(()),
                Err(refused) => refused,
            }
        };
        let Refused::Record { code, reason, key } = refused else { return Err(Stop) };
        sink.item(Item::Fault(Fault { code, reason, place: node.place, key, raw: fields().rest().into_bytes() }))
    }

    /// Where a position of the token reader is in the file.
    fn place(&self, position: &JsonReaderPosition) -> Place {
        Place {
            byte: self.start.byte + position.data_pos.unwrap_or_default(),
            line: self.start.line + position.line_pos.map_or(0, |position| position.line),
        }
    }

    /// The fault of a document that could not be read to its end, with what was read of the innermost node.
    fn broken(&self, error: ReaderError) -> Broken {
        let (code, what, location) = match error {
            ReaderError::SyntaxError(error) if error.kind == SyntaxErrorKind::IncompleteDocument => {
                ("truncated", "the document ends in the middle".to_owned(), error.location)
            }
            ReaderError::SyntaxError(error) => {
                ("json.syntax", format!("JSON is broken ({})", error.kind), error.location)
            }
            ReaderError::MaxNestingDepthExceeded { max_nesting_depth, location } => {
                ("json.depth", format!("nested deeper than {max_nesting_depth}"), location)
            }
            ReaderError::IoError { error, location } => match error.get_ref() {
                Some(inner) if inner.is::<TooLong>() => ("record.too_long", inner.to_string(), location),
                _ => return Broken::Io(error),
            },
            other => ("json.syntax", other.to_string(), self.reader.current_position(false)),
        };
        let place = self.place(&location);
        let column = location.line_pos.map_or(0, |position| position.column) + 1;
        let reason = format!("{what} at byte {}, line {}, column {column}", place.byte, place.line);
        let innermost =
            self.open.iter().rev().find_map(|open| if let Open::Object(node) = open { Some(node) } else { None });
        let raw =
            innermost.map(|node| node.members.iter().map(|(name, text)| (&**name, &**text)).collect::<Fields>().rest());
        Broken::Document(Fault { code, reason, place, key: None, raw: raw.unwrap_or_default().into_bytes() })
    }
}
