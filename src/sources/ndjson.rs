//! Any JSON objects with one comment each, one a line or in one array. Which member is what is said by `--map`, or
//! guessed from the first objects and reported. Members may lie in objects: `user.name`.

use std::borrow::Cow;
use std::io::{self, BufRead};

use super::parts::columns::{Map, is_private};
use super::parts::extra::Extra;
use super::parts::generic::{Rows, Values, settle_map};
use super::parts::json::{Fields, Json};
use super::parts::ndjson::{Refused, each_object};
use super::parts::sniff::first_objects;
use super::parts::tree::{Nodes, each_node};
use super::{Format, Guess, Head, Input, Options, Pii, ReadError, Sink, Wants};
use crate::model::{Fault, Item, Place};

/// Generic JSON lines.
pub const FORMAT: Format = Format {
    name: "ndjson",
    kind: "ndjson",
    title: "JSON objects with one comment each, one a line or in an array (with --map)",
    wants: Wants::Bytes,
    sniff,
    read,
};

/// How many objects a guess of the map rests on, and how many bytes they may have: these are held back until then.
const HELD_OBJECTS: usize = 100;
const HELD_BYTES: usize = 4 << 20;

fn sniff(head: &Head) -> Option<Guess> {
    let objects = first_objects(head);
    let in_array = first_of_array(head);
    let columns = columns(objects.iter().chain(&in_array));
    let map = Map::guess(columns.iter().map(String::as_str));
    map.is_likely().then(|| Guess { score: 65, evidence: format!("JSON objects; {}", map.arguments()) })
}

/// The first object of the array that the input is, if it is one.
fn first_of_array(head: &Head) -> Option<Fields<'_>> {
    let elements = head.text().trim_start_matches('\u{FEFF}').trim_start().strip_prefix('[')?;
    serde_json::Deserializer::from_str(elements).into_iter().next()?.ok()
}

fn read(input: &mut Input, options: &Options, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut objects = Objects { options, rows: None, held: Vec::new(), held_bytes: 0, failed: None };
    if let Some(map) = Map::given(&options.map).map_err(ReadError::Unreadable)? {
        objects.rows = Some(Rows::begin(FORMAT.kind, map, options, sink)?);
    }
    let read = if starts_with_array(input)? {
        each_node(input, options, &[], sink, &mut objects)
    } else {
        each_object(input, options, sink, |fields, place, sink| objects.node(fields, place, sink))
    };
    if objects.failed.is_none() && !matches!(read, Err(ReadError::Stop)) {
        objects.release(sink)?;
    }
    objects.failed.map_or(read, Err)
}

fn starts_with_array(input: &mut Input) -> io::Result<bool> {
    let start = input.fill_buf()?;
    Ok(start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start().starts_with(b"["))
}

struct Objects<'o> {
    options: &'o Options,
    /// Where rows go once the map is known.
    rows: Option<Rows<'o>>,
    /// The objects from which the map will be guessed.
    held: Vec<(String, Place)>,
    held_bytes: usize,
    /// Why the input as a whole can't be read.
    failed: Option<ReadError>,
}

impl Nodes for Objects<'_> {
    fn node(&mut self, mut fields: Fields<'_>, place: Place, sink: &mut dyn Sink) -> Result<(), Refused> {
        if let Some(rows) = &mut self.rows {
            return row(rows, &mut fields, self.options, place, sink);
        }
        let text = fields.rest();
        self.held_bytes += text.len();
        self.held.push((text, place));
        if self.held.len() < HELD_OBJECTS && self.held_bytes < HELD_BYTES {
            return Ok(());
        }
        self.release(sink).map_err(|error| {
            self.failed = Some(error);
            Refused::Stop
        })
    }
}

impl Objects<'_> {
    /// Settles the map, and reports the objects that were held back.
    fn release(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let held = std::mem::take(&mut self.held);
        let Some((_, place)) = held.first() else { return Ok(()) };
        let objects: Vec<Fields> = held.iter().filter_map(|(text, _)| Fields::parse(text).ok()).collect();
        let columns = columns(objects.iter());
        let map = settle_map(self.options, columns.iter().map(String::as_str), *place, sink)?;
        let rows = self.rows.insert(Rows::begin(FORMAT.kind, map, self.options, sink)?);
        for (mut fields, (text, place)) in objects.into_iter().zip(&held) {
            match row(rows, &mut fields, self.options, *place, sink) {
                Ok(()) => {}
                Err(Refused::Stop) => return Err(ReadError::Stop),
                Err(Refused::Record { code, reason, key }) => {
                    let raw = text.clone().into_bytes();
                    sink.item(Item::Fault(Fault { code, reason, place: *place, key, raw }))?;
                }
            }
        }
        Ok(())
    }
}

/// The members of objects in the order in which they first come; of a member that is an object, its own members.
fn columns<'f, 'a: 'f>(objects: impl Iterator<Item = &'f Fields<'a>>) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut add = |column: String| {
        if seen.insert(column.clone()) {
            columns.push(column);
        }
    };
    for object in objects {
        for (name, value) in object.members() {
            match value.is_object().then(|| Fields::parse(value.text())) {
                Some(Ok(inner)) => inner.members().for_each(|(member, _)| add(format!("{name}.{member}"))),
                _ => add(name.to_owned()),
            }
        }
    }
    columns
}

fn row(
    rows: &mut Rows,
    fields: &mut Fields,
    options: &Options,
    place: Place,
    sink: &mut dyn Sink,
) -> Result<(), Refused> {
    let mut values = Values::default();
    for (field, column) in rows.map().columns() {
        if let Some(value) = take(fields, column) {
            let private = is_private(column).then(|| options.pii.field(column, &value)).flatten();
            values.set(field, private.map_or(value, |(_, value)| Cow::Owned(value)));
        }
    }
    let mut extra = Extra::new();
    for (name, value) in fields.members() {
        leave(&mut extra, name, value, &options.pii);
    }
    rows.row(&values, extra, place, sink)
}

/// The scalar under a name or, where there is no such member, under a path of names. Only a member of the object itself
/// is taken out of it.
fn take<'a>(fields: &mut Fields<'a>, column: &str) -> Option<Cow<'a, str>> {
    if fields.peek(column).is_some() {
        return fields.take_as(column, scalar);
    }
    let mut names = column.split('.');
    let mut value = fields.peek(names.next()?)?;
    for name in names {
        value = Fields::parse(value.text()).ok()?.peek(name)?;
    }
    scalar(value)
}

/// A text, a number or a truth value as text.
fn scalar(value: Json<'_>) -> Option<Cow<'_, str>> {
    let word = || matches!(value.text(), "true" | "false").then(|| Cow::Borrowed(value.text()));
    value.string().or_else(|| value.number().map(Cow::Borrowed)).or_else(word)
}

/// Keeps a member that is not mapped; e-mail and IP addresses, also one object down, as the user wants them kept.
fn leave(extra: &mut Extra, name: &str, value: Json, pii: &Pii) {
    if is_private(name) && !value.is_null() {
        let text = scalar(value).unwrap_or(Cow::Borrowed(value.text()));
        if let Some((name, value)) = pii.field(name, &text) {
            extra.text(&name, &value);
        }
        return;
    }
    let inner = value.is_object().then(|| Fields::parse(value.text()).ok()).flatten();
    let Some(inner) = inner.filter(|inner| inner.members().any(|(name, _)| is_private(name))) else {
        return extra.raw(name, value.text());
    };
    let mut kept = Extra::new();
    for (name, value) in inner.members() {
        let text = scalar(value).filter(|_| is_private(name));
        match text.map(|text| pii.field(name, &text)) {
            Some(Some((name, hash))) => kept.text(&name, &hash),
            Some(None) => {}
            None => kept.raw(name, value.text()),
        }
    }
    let kept = kept.finish();
    extra.raw(name, if kept.is_empty() { "{}" } else { &kept });
}
