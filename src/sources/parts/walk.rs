//! One nested JSON document as a stream of nodes, in memory that depends on the depth and not on the size: the token
//! stream of struson over an explicit stack.
//!
//! Not here: where a document begins (`tree`).

use std::io;

use struson::reader::{JsonReader, JsonReaderPosition, JsonStreamReader, ReaderError, ReaderSettings};
use struson::reader::{SyntaxErrorKind, TransferError, ValueType};
use struson::writer::JsonStreamWriter;

use super::json::Fields;
use super::ndjson::Refused;
use super::pieces::{Pieces, TooLong};
use super::tree::Nodes;
use crate::model::{Fault, Item, Place, Warning};
use crate::sources::{Input, Options, Sink, Stop};

/// How deep arrays and objects may lie in each other. A reply on Reddit costs four levels.
const MAX_NESTING: u32 = 100_000;

/// Why a document was not read to its end.
pub enum Broken {
    /// Nobody wants more items.
    Stop,
    /// The input broke.
    Io(io::Error),
    /// The document is not whole or not JSON.
    Document(Fault),
}

/// Reads documents until the input ends and reports what is odd about them. `start` is where the input begins in the
/// file.
pub fn walk(
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
            walk.keep_complete(sink, nodes).map_err(|Stop| Broken::Stop)?;
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

impl Node {
    fn fields(&self) -> Fields<'_> {
        self.members.iter().map(|(name, text)| (&**name, &**text)).collect()
    }
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
        let refused = if node.bytes > self.limit {
            Refused::record(
                "record.too_long",
                format!("a node of {} bytes, of which {} are allowed", node.bytes, self.limit),
            )
        } else {
            match nodes.node(node.fields(), node.place, sink) {
                Ok(()) => return Ok(()),
                Err(refused) => refused,
            }
        };
        let Refused::Record { code, reason, key } = refused else { return Err(Stop) };
        sink.item(Item::Fault(Fault { code, reason, place: node.place, key, raw: node.fields().rest().into_bytes() }))
    }

    /// Hands on the nodes around the place where the document broke, as far as they have all their own members.
    fn keep_complete(&self, sink: &mut dyn Sink, nodes: &mut dyn Nodes) -> Result<(), Stop> {
        for open in self.open.iter().rev().skip(1) {
            if let Open::Object(node) = open
                && nodes.is_complete(&node.fields())
            {
                self.hand_on(node, sink, nodes)?;
            }
        }
        Ok(())
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
        let raw = innermost.map(|node| node.fields().rest()).unwrap_or_default();
        Broken::Document(Fault { code, reason, place, key: None, raw: raw.into_bytes() })
    }
}
