//! What the XML dumps share: a walk over a document whose containers are entered and whose records are read whole, with
//! the place of each, and recovery where a record is broken. Names are matched without their prefix and namespaces are
//! never looked at, since real exports declare them wrongly or not at all. Entities are never declared by a document:
//! one that tries is refused.
//!
//! Not here: what any element means, and charsets (the input is UTF-8 by now).

mod events;
mod record;
mod tap;

use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;
use quick_xml::events::attributes::AttrError;

use crate::model::{Fault, Place, Warning};
use crate::sources::{Input, Options, ReadError};
use events::{Broken, Events, Node, shown};
pub use record::{Element, Grouped, Record};
use tap::Tap;

/// The deepest nesting within a record.
const DEEPEST: usize = 100_000;
/// The most attributes that a tag may have.
const MOST_ATTRIBUTES: usize = 1_000_000;
/// The most bytes of anything else that may stand before the first element.
pub const MOST_JUNK: usize = 1 << 10;

/// How a document is built.
pub struct Shape {
    /// Whether the element of this depth (0 for the root) and name holds records rather than being one.
    pub is_container: fn(usize, &str) -> bool,
    /// The elements that never stand inside a record: meeting one means that the record before it was not closed.
    pub starts: &'static [&'static str],
}

/// What the walk meets.
pub enum Part<'x> {
    /// A container begins.
    Enter {
        /// Its name without a prefix.
        name: &'x str,
        /// Where.
        place: Place,
    },
    /// A record.
    Leaf {
        /// The record.
        record: &'x Record,
        /// Its bytes as they came.
        raw: &'x [u8],
        /// Where it starts.
        place: Place,
    },
    /// A container ends, or turns out to have ended.
    Leave(String),
    /// A record that could not be read.
    Fault {
        /// The name of its element, without a prefix.
        name: String,
        /// What is wrong.
        fault: Fault,
        /// What could be read of it.
        record: &'x Record,
    },
    /// Something odd between records.
    Warning(Warning),
    /// The end of the document.
    End,
}

/// The walk over a document.
pub struct Walk<'r> {
    events: Events<'r>,
    shape: Shape,
    record: Record,
    containers: Vec<String>,
    root: Option<String>,
    junk: String,
    closed: bool,
    ended: bool,
    /// Containers that have ended and are still to be reported, the outermost first.
    leaving: Vec<String>,
    /// A start tag that showed that the record before it was not closed.
    pending: Option<Tag>,
}

/// A start tag, kept.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
    empty: bool,
    place: Place,
    broken: Option<Broken>,
}

impl<'r> Walk<'r> {
    /// A walk from the next byte of the input.
    pub fn new(input: &'r mut Input<'_>, options: &Options, shape: Shape) -> Self {
        let byte = input.position();
        Walk {
            events: Events::new(Tap::new(input, byte, options.max_record)),
            shape,
            record: Record::default(),
            containers: Vec::new(),
            root: None,
            junk: String::new(),
            closed: false,
            ended: false,
            leaving: Vec::new(),
            pending: None,
        }
    }

    /// The next part. After [`Part::End`] there is nothing more.
    pub fn next(&mut self) -> Result<Part<'_>, ReadError> {
        loop {
            if let Some(name) = self.leaving.pop() {
                return Ok(Part::Leave(name));
            }
            if self.ended {
                return Ok(Part::End);
            }
            if let Some(tag) = self.pending.take() {
                self.events.tap().mark_from(tag.place.byte);
                return self.start(tag);
            }
            self.events.tap().mark();
            let (place, node) = self.events.next()?;
            match node {
                Node::Start { tag, empty } => {
                    let tag = Tag::new(&tag, empty, place);
                    return self.start(tag);
                }
                Node::End(tag) => {
                    let name = local(tag.name().as_ref()).to_owned();
                    self.leave(&name);
                }
                Node::Text(text) if self.root.is_none() => {
                    self.junk.push_str(text.trim());
                    if self.junk.len() > MOST_JUNK {
                        return Err(ReadError::Unreadable(format!(
                            "more than {MOST_JUNK} bytes of something else before the first element"
                        )));
                    }
                }
                Node::Doctype(true) => {
                    return Err(ReadError::Unreadable(format!(
                        "byte {}: a document type that declares entities is refused",
                        place.byte
                    )));
                }
                Node::Mismatch { found, broken } => {
                    let name = local(&found).to_owned();
                    return Ok(self.mismatch(&name, broken));
                }
                Node::Broken(broken) => {
                    let Broken { code, reason, place } = broken;
                    return Ok(Part::Warning(Warning { code, message: reason, place }));
                }
                Node::Eof { cut } => return self.end(place, cut),
                Node::Text(_) | Node::Nothing | Node::Doctype(false) => {}
            }
        }
    }

    fn start(&mut self, tag: Tag) -> Result<Part<'_>, ReadError> {
        if self.root.is_none() {
            self.root = Some(local(&tag.name).to_owned());
            if !self.junk.is_empty() {
                self.pending = Some(tag);
                let message = format!("skipped before the first element: {:?}", shown(&self.junk));
                return Ok(Part::Warning(Warning { code: "xml.junk", message, place: Place { byte: 0, line: 1 } }));
            }
        }
        let name = local(&tag.name);
        if !(self.shape.is_container)(self.containers.len(), name) {
            return self.leaf(tag);
        }
        if self.containers.last().is_some_and(|last| last == name) {
            // A container never holds its own kind: the one before was not closed.
            let name = name.to_owned();
            self.pending = Some(tag);
            self.events.restart();
            self.containers.pop();
            return Ok(Part::Leave(name));
        }
        let name = name.to_owned();
        if self.containers.is_empty() {
            self.closed = tag.empty;
        }
        if tag.empty {
            return Ok(Part::Leave(name));
        }
        self.containers.push(name);
        Ok(Part::Enter { name: self.containers.last().map_or("", String::as_str), place: tag.place })
    }

    /// Notes that an end tag ends a container, with all that is in it; `false` if it ends none.
    fn leave(&mut self, name: &str) -> bool {
        let Some(at) = self.containers.iter().rposition(|container| container == name) else { return false };
        self.closed |= at == 0;
        self.leaving.extend(self.containers.drain(at..));
        true
    }

    /// Reads a record to its end, broken or not.
    fn leaf(&mut self, tag: Tag) -> Result<Part<'_>, ReadError> {
        let place = tag.place;
        let name = local(&tag.name).to_owned();
        self.record.clear();
        self.record.open(&tag.name);
        for (key, value) in &tag.attributes {
            self.record.attribute(key, value);
        }
        let broken = match tag.broken {
            Some(broken) => Some((broken, tag.empty)),
            None if tag.empty => None,
            None => self.fill()?,
        };
        let Some((broken, is_over)) = broken else {
            return Ok(Part::Leaf { record: &self.record, raw: self.events.raw(), place });
        };
        if !is_over {
            self.skip(&name)?;
        }
        self.events.restart();
        let end = self.pending.as_ref().map_or(u64::MAX, |next| next.place.byte);
        let raw = self.events.tap().raw_before(end).to_vec();
        let Broken { code, reason, place } = broken;
        let fault = Fault { code, reason, place, key: None, raw };
        Ok(Part::Fault { name, fault, record: &self.record })
    }

    /// Reads the inside of a record up to its end tag, or to what is wrong with it and whether the record is over there.
    fn fill(&mut self) -> Result<Option<(Broken, bool)>, ReadError> {
        while self.record.depth() > 0 {
            let (place, node) = self.events.next()?;
            match node {
                Node::Start { tag, empty } => {
                    let name = tag.name();
                    let name = name.as_ref();
                    if self.shape.starts.contains(&local(name)) {
                        let reason = format!("not closed before the next <{}>", shown(name));
                        self.pending = Some(Tag::new(&tag, empty, place));
                        return Ok(Some((Broken { code: "xml.unclosed", reason, place }, true)));
                    }
                    if self.record.depth() >= DEEPEST {
                        let reason = format!("elements nested deeper than {DEEPEST}");
                        return Ok(Some((Broken { code: "xml.depth", reason, place }, false)));
                    }
                    self.record.open(name);
                    let record = &mut self.record;
                    if let Err(broken) = read_attributes(&tag, place, |key, value| record.attribute(key, value)) {
                        return Ok(Some((broken, false)));
                    }
                    if empty {
                        self.record.close();
                    }
                }
                Node::End(_) => self.record.close(),
                Node::Text(text) => self.record.text(&text),
                Node::Mismatch { found, broken } => {
                    let found = local(&found);
                    let is_over = found == self.record.root().name() || self.leave(found);
                    return Ok(Some((broken, is_over)));
                }
                Node::Broken(broken) => return Ok(Some((broken, false))),
                Node::Eof { .. } => {
                    self.ended = true;
                    return Ok(Some((truncated(place), true)));
                }
                Node::Doctype(_) | Node::Nothing => {}
            }
        }
        Ok(None)
    }

    /// Reads on to where a broken record ends: its own end tag, that of its container, or the start of the next record.
    fn skip(&mut self, name: &str) -> Result<(), ReadError> {
        let mut starts = 0_usize;
        loop {
            self.events.tap().allow_more();
            let (place, node) = self.events.next()?;
            let found = match node {
                Node::Start { tag, empty } => {
                    if self.shape.starts.contains(&local(tag.name().as_ref())) {
                        self.pending = Some(Tag::new(&tag, empty, place));
                        return Ok(());
                    }
                    starts += 1;
                    if starts.is_multiple_of(DEEPEST) {
                        self.events.restart();
                    }
                    continue;
                }
                Node::End(tag) => tag.name().as_ref().to_owned(),
                Node::Mismatch { found, .. } => found,
                Node::Eof { .. } => return Ok(()),
                _ => continue,
            };
            let found = local(&found);
            if found == name || self.leave(found) {
                return Ok(());
            }
        }
    }

    /// A wrong end tag between records ends its container, and nothing is lost. One of a container that was never begun
    /// ends the innermost: the start of something was lost.
    fn mismatch(&mut self, found: &str, broken: Broken) -> Part<'_> {
        let Broken { code, reason, place } = broken;
        if self.leave(found) {
            return Part::Warning(Warning { code, message: reason, place });
        }
        if self.containers.len() > 1 {
            self.leaving.extend(self.containers.pop());
        }
        self.record.clear();
        let fault = Fault { code, reason, place, key: None, raw: self.events.raw().to_vec() };
        Part::Fault { name: String::new(), fault, record: &self.record }
    }

    fn end(&mut self, place: Place, cut: bool) -> Result<Part<'_>, ReadError> {
        self.ended = true;
        if self.root.is_none() {
            return Err(ReadError::Unreadable("no element in the whole input".to_owned()));
        }
        if self.closed {
            return Ok(Part::End);
        }
        let Broken { code, mut reason, place } = truncated(place);
        if !cut {
            reason.push_str(", between records");
        }
        self.record.clear();
        let fault = Fault { code, reason, place, key: None, raw: self.events.raw().to_vec() };
        Ok(Part::Fault { name: String::new(), fault, record: &self.record })
    }
}

fn truncated(place: Place) -> Broken {
    Broken { code: "truncated", reason: "the input ends before the document does".to_owned(), place }
}

impl Tag {
    fn new(tag: &BytesStart<'_>, empty: bool, place: Place) -> Self {
        let mut attributes = Vec::new();
        let add = |key: &str, value: &str| attributes.push((key.to_owned(), value.to_owned()));
        let broken = read_attributes(tag, place, add).err();
        Tag { name: tag.name().as_ref().to_owned(), attributes, empty, place, broken }
    }
}

/// Hands over each attribute with its value resolved. Duplicates are not looked for: that would be quadratic.
fn read_attributes(tag: &BytesStart<'_>, place: Place, mut add: impl FnMut(&str, &str)) -> Result<(), Broken> {
    for (number, attribute) in tag.attributes().with_checks(false).enumerate() {
        if number >= MOST_ATTRIBUTES {
            let reason = format!("more than {MOST_ATTRIBUTES} attributes in <{}>", shown(tag.name().as_ref()));
            return Err(Broken { code: "xml.attributes", reason, place });
        }
        match attribute {
            Ok(attribute) => {
                let value =
                    attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or_else(|_| attribute.value.clone());
                add(attribute.key.as_ref(), &value);
            }
            Err(error) => {
                let what = match error {
                    AttrError::UnquotedValue(_) => "unquoted attribute value",
                    _ => "malformed attribute",
                };
                let reason = format!("{what} in <{}>: {error}", shown(tag.name().as_ref()));
                return Err(Broken { code: "xml.attribute", reason, place });
            }
        }
    }
    Ok(())
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The name of the first element of a document, as written, if little stands before it.
pub fn root_name(head: &str) -> Option<&str> {
    let mut rest = head.trim_start();
    if rest.starts_with(['{', '[']) {
        return None;
    }
    let junk = memchr::memchr(b'<', rest.as_bytes()).filter(|at| *at <= MOST_JUNK)?;
    rest = &rest[junk..];
    loop {
        let at = memchr::memchr(b'<', rest.as_bytes())?;
        rest = &rest[at..];
        let end = match () {
            () if rest.starts_with("<!--") => "-->",
            () if rest.starts_with("<?") => "?>",
            () if rest.starts_with("<!") => ">",
            () => break,
        };
        rest = &rest[rest.find(end)? + end.len()..];
    }
    let name = rest[1..].split(|c: char| c.is_whitespace() || c == '>' || c == '/').next()?;
    (!name.is_empty()).then_some(name)
}
