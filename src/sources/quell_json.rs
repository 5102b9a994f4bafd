//! quell's own dumps as one nested document, as `quell export -f json` writes them. It is read as a stream over an
//! explicit stack, and each comment is reported before its replies: memory depends on the depth and on the largest
//! record, not on the size of the document.
//!
//! Not here: what the fields of a record mean.

use std::io::{self, BufRead};

use struson::reader::{JsonReader, JsonStreamReader, ReaderError, ReaderSettings, SyntaxErrorKind, ValueType};

use super::parts::json::{Fields, Json};
use super::parts::ndjson::Refused;
use super::parts::quell::{Reporter, Within, check_version};
use super::parts::tap::Tap;
use super::{Format, Guess, Head, Input, Options, ReadError, Sink, Stop, Wants};
use crate::model::{Fault, Item, Place, SourceKey};

/// quell's dumps as one document.
pub const FORMAT: Format = Format {
    name: "quell-json",
    kind: "quell",
    title: "quell export as one JSON document",
    wants: Wants::Utf8,
    sniff,
    read,
};

/// How deep arrays and objects may lie in each other; each reply costs two.
const MAX_NESTING: u32 = 1_000_000;

fn sniff(head: &Head) -> Option<Guess> {
    let text = head.text().trim_start_matches('\u{FEFF}').chars();
    let start: String = text.filter(|c| !c.is_whitespace()).take(200).collect();
    let rest = start.strip_prefix(r#"{"format":"quell""#)?;
    let document = rest.split('}').next().is_some_and(|members| members.contains("\"posts\""));
    document.then(|| Guess { score: 100, evidence: "a document of quell".to_owned() })
}

fn read(input: &mut Input, options: &Options, sink: &mut dyn Sink) -> Result<(), ReadError> {
    if input.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
        input.consume(3);
    }
    let mut walk = Walk::new(input, options);
    match walk.document(sink) {
        Ok(()) => Ok(()),
        Err(Broken::Stop) => Err(ReadError::Stop),
        Err(Broken::Unreadable(reason)) => Err(ReadError::Unreadable(reason)),
        Err(Broken::Json(ReaderError::IoError { error, .. })) if error.kind() != io::ErrorKind::FileTooLarge => {
            Err(ReadError::Io(error))
        }
        Err(Broken::Json(error)) => Ok(sink.item(Item::Fault(walk.end_of_document(&error)))?),
    }
}

/// Why reading ended early.
enum Broken {
    Stop,
    Json(ReaderError),
    Unreadable(String),
}

impl From<ReaderError> for Broken {
    fn from(error: ReaderError) -> Self {
        Broken::Json(error)
    }
}

impl From<Stop> for Broken {
    fn from(_: Stop) -> Self {
        Broken::Stop
    }
}

/// A post or a comment that is open.
struct Node {
    place: Place,
    /// Names and value texts; empty once it has been reported.
    fields: Vec<(String, String)>,
    /// How long they are together.
    bytes: usize,
    /// Whether it has been reported, or found unreadable: at its end, or when its list of comments begins.
    reported: bool,
    /// Its key, once it has been reported.
    key: Option<String>,
}

/// The way through the document. The first node of the stack is a post, the others are comments, each inside the one
/// before it.
struct Walk<'w, 'i> {
    json: JsonStreamReader<Tap<'w, 'i>>,
    reporter: Reporter,
    stack: Vec<Node>,
    /// The source of the open post.
    source: Option<SourceKey>,
}

impl<'w, 'i> Walk<'w, 'i> {
    fn new(input: &'w mut Input<'i>, options: &Options) -> Self {
        let settings = ReaderSettings {
            max_nesting_depth: Some(MAX_NESTING),
            restrict_number_values: false,
            track_path: false,
            ..ReaderSettings::default()
        };
        let json = JsonStreamReader::new_custom(Tap::new(input, options.max_record), settings);
        Walk { json, reporter: Reporter::default(), stack: Vec::new(), source: None }
    }

    fn document(&mut self, sink: &mut dyn Sink) -> Result<(), Broken> {
        self.json.begin_object()?;
        let mut version = None;
        while self.json.has_next()? {
            match self.json.next_name_owned()?.as_str() {
                "posts" => self.posts(sink)?,
                "version" => {
                    version = Json::new(&self.value()?).integer();
                    check_version(version).map_err(Broken::Unreadable)?;
                }
                _ => self.json.skip_value()?,
            }
        }
        self.json.end_object()?;
        check_version(version).map_err(Broken::Unreadable)
    }

    /// Walks the list of posts: into the next element of the list that is open, or through the members of the node
    /// that is.
    fn posts(&mut self, sink: &mut dyn Sink) -> Result<(), Broken> {
        self.json.begin_array()?;
        let mut in_list = true;
        loop {
            in_list = if !in_list {
                self.member(sink)?
            } else if self.json.has_next()? {
                self.element(sink)?
            } else {
                self.json.end_array()?;
                if self.stack.is_empty() {
                    return Ok(());
                }
                false
            };
        }
    }

    /// Opens the next element of a list, and says whether the list is still what is open.
    fn element(&mut self, sink: &mut dyn Sink) -> Result<bool, Broken> {
        if self.stack.is_empty() {
            self.source = None;
        }
        let kind = self.json.peek()?;
        let (place, start) = (self.place(), self.position());
        self.json.reader_mut().forget(start);
        if kind != ValueType::Object {
            let raw = self.value()?.into_bytes();
            let reason = "neither a post nor a comment".to_owned();
            sink.item(Item::Fault(Fault { code: "quell.record", reason, place, key: None, raw }))?;
            return Ok(true);
        }
        self.json.begin_object()?;
        self.stack.push(Node { place, fields: Vec::new(), bytes: 0, reported: false, key: None });
        Ok(false)
    }

    /// Reads the next member of the innermost node, or its end, and says whether a list is open then.
    fn member(&mut self, sink: &mut dyn Sink) -> Result<bool, Broken> {
        let list = if self.stack.len() == 1 { "comments" } else { "replies" };
        if !self.json.has_next()? {
            self.json.end_object()?;
            self.report(sink)?;
            self.stack.pop();
            return Ok(true);
        }
        let name = self.json.next_name_owned()?;
        if name == list && self.json.peek()? == ValueType::Array {
            self.report(sink)?;
            self.json.begin_array()?;
            return Ok(true);
        }
        let value = self.value()?;
        let limit = self.json.reader_mut().limit();
        if let Some(node) = self.stack.last_mut() {
            node.bytes += name.len() + value.len();
            if node.bytes > limit {
                return Err(Broken::Unreadable(format!(
                    "the record at byte {} is longer than {limit} bytes",
                    node.place.byte
                )));
            }
            node.fields.push((name, value));
        }
        Ok(false)
    }

    /// Reports the innermost node. One that has been reported and has got members since is a fault: its list has to
    /// stand last, so that comments come before their replies.
    fn report(&mut self, sink: &mut dyn Sink) -> Result<(), Stop> {
        let Some((node, around)) = self.stack.split_last_mut() else { return Ok(()) };
        if node.reported && node.fields.is_empty() {
            return Ok(());
        }
        let fields: Fields = node.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let read = match around {
            _ if node.reported => {
                let reason = "members after `comments` or `replies`, which has to stand last".to_owned();
                Err(Refused::Record { code: "quell.record", reason, key: node.key.clone() })
            }
            [] => self.reporter.post(fields, node.place, sink).map(|(key, source)| {
                self.source = Some(source);
                key
            }),
            [post, comments @ ..] => {
                let comment = comments.last().and_then(|comment| comment.key.as_deref());
                let within = Within { source: self.source.as_ref(), post: post.key.as_deref(), comment };
                self.reporter.comment(fields, within, node.place, sink)
            }
        };
        match read {
            Ok(key) => node.key = Some(key),
            Err(Refused::Stop) => return Err(Stop),
            Err(Refused::Record { code, reason, key }) => {
                let members = node.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                let raw = members.collect::<Fields>().rest().into_bytes();
                sink.item(Item::Fault(Fault { code, reason, place: node.place, key, raw }))?;
            }
        }
        node.reported = true;
        node.fields.clear();
        Ok(())
    }

    /// The text of the next value, byte for byte.
    fn value(&mut self) -> Result<String, ReaderError> {
        self.json.peek()?;
        let start = self.position();
        self.json.reader_mut().forget(start);
        self.json.skip_value()?;
        let end = self.position();
        Ok(String::from_utf8_lossy(self.json.reader_mut().kept(start, end)).into_owned())
    }

    /// Bytes read of the document.
    fn position(&self) -> u64 {
        self.json.current_position(false).data_pos.unwrap_or_default()
    }

    fn place(&mut self) -> Place {
        let position = self.json.current_position(false);
        let byte = self.json.reader_mut().base() + position.data_pos.unwrap_or_default();
        Place { byte, line: position.line_pos.map_or(0, |position| position.line + 1) }
    }

    /// The fault that ends a document before its time, with what was read of the innermost node.
    fn end_of_document(&mut self, error: &ReaderError) -> Fault {
        let place = self.place();
        let (code, what) = match error {
            ReaderError::SyntaxError(error) if error.kind == SyntaxErrorKind::IncompleteDocument => {
                ("truncated", "the document is cut off".to_owned())
            }
            ReaderError::SyntaxError(error) => ("json.syntax", format!("JSON is broken ({})", error.kind)),
            ReaderError::MaxNestingDepthExceeded { .. } => ("json.depth", "too deep a nesting".to_owned()),
            ReaderError::IoError { error, .. } => ("record.too_long", error.to_string()),
            _ => ("json.syntax", "not the shape of a document of quell".to_owned()),
        };
        let reason = format!("{what} at byte {}", place.byte);
        let node = self.stack.iter().rev().find(|node| !node.reported);
        let members =
            node.into_iter().flat_map(|node| &node.fields).map(|(name, value)| (name.as_str(), value.as_str()));
        let raw = members.collect::<Fields>().rest().into_bytes();
        Fault { code, reason, place, key: None, raw }
    }
}
