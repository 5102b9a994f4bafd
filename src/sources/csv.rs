//! Any table with one comment a row and a header: comma, semicolon, tab or bar between the columns, quotes as in
//! RFC 4180. Which column is what is said by `--map`, or guessed from the header and reported.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use ::csv::{ByteRecord, Reader, ReaderBuilder};

use super::parts::columns::{Field, Map, is_private};
use super::parts::extra::Extra;
use super::parts::generic::{Rows, Values, settle_map};
use super::parts::ndjson::Refused;
use super::parts::tap::Tap;
use super::{Format, Guess, Head, Input, Options, ReadError, Sink, Wants};
use crate::model::{Fault, Item, Place, Warning};

/// Generic CSV.
pub const FORMAT: Format = Format {
    name: "csv",
    kind: "csv",
    title: "a table with one comment a row and a header (with --map)",
    wants: Wants::Utf8,
    sniff,
    read,
};

/// What may stand between columns, in the order in which ties are broken.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// So many columns with the names of fields are no accident: the file is a table, whatever its bodies look like.
const MANY_FIELDS: usize = 4;
/// Rows after the header that detection looks at.
const ROWS: usize = 4;
/// How much of the start of a file may be its header line.
const HEADER_BYTES: usize = 64 << 10;

fn sniff(head: &Head) -> Option<Guess> {
    let text = head.text().as_bytes();
    let delimiter = delimiter(text)?;
    let mut table = reader(delimiter, text);
    let header = table.headers().ok()?;
    let map = Map::guess(header.iter());
    if !map.is_likely() {
        return None;
    }
    let header = header.clone();
    let table = map.columns().count() >= MANY_FIELDS && rows_agree(&mut table, header.len());
    let (score, what) = if table { (92, "a header line with rows of its width") } else { (65, "a header line") };
    Guess::new(score, format!("{what}; {}", map.arguments()))
}

/// Whether rows follow that have a value for each column. The last of several may be cut off.
fn rows_agree(table: &mut Reader<&[u8]>, columns: usize) -> bool {
    let widths: Vec<usize> = table.byte_records().take(ROWS).map_while(Result::ok).map(|row| row.len()).collect();
    let whole = widths.len().saturating_sub(1).max(1);
    !widths.is_empty() && widths.iter().take(whole).all(|width| *width == columns)
}

fn reader<R: Read>(delimiter: u8, input: R) -> Reader<R> {
    ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(input)
}

/// The delimiter that the first line has most of, outside of quotes; nothing if it has none.
fn delimiter(start: &[u8]) -> Option<u8> {
    let mut counts = [0usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in start.iter().take(HEADER_BYTES) {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted && counts != [0; DELIMITERS.len()] => break,
            _ if quoted => {}
            byte => {
                if let Some(index) = DELIMITERS.iter().position(|delimiter| delimiter == byte) {
                    counts[index] += 1;
                }
            }
        }
    }
    let most = (0..DELIMITERS.len()).rev().max_by_key(|index| counts[*index])?;
    (counts[most] > 0).then_some(DELIMITERS[most])
}

fn read(input: &mut Input, options: &Options, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut first = Vec::new();
    input.by_ref().take(HEADER_BYTES as u64).read_until(b'\n', &mut first)?;
    let delimiter = delimiter(&first).unwrap_or(DELIMITERS[0]);
    let mut whole = Input::new(first.chain(input));
    let mut table = reader(delimiter, Tap::new(&mut whole, options.max_record));
    let mut header = ByteRecord::new();
    // The reader keeps its own copy of the header, which is the first record here.
    let found = table.byte_headers().map(|names| header.clone_from(names));
    if let Err(error) = found {
        return broken(error, Place { byte: 0, line: 1 }, sink);
    }
    if header.is_empty() {
        return Ok(());
    }
    let names = names(&header);
    let map = settle_map(options, names.iter().map(String::as_str), Place { byte: 0, line: 1 }, sink)?;
    let columns = Columns::new(&map, names).map_err(ReadError::Unreadable)?;
    let rows = Rows::begin(FORMAT.kind, map, options, sink)?;
    Table { table, columns, rows, options }.rows(sink)
}

/// The names of the columns, each once: one without a name gets its number, a second one of a name too.
fn names(header: &ByteRecord) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let mut names = Vec::with_capacity(header.len());
    for (index, name) in header.iter().enumerate() {
        let mut name = String::from_utf8_lossy(name).trim().to_owned();
        if name.is_empty() || !seen.insert(name.clone()) {
            name = format!("{name}_{}", index + 1);
            seen.insert(name.clone());
        }
        names.push(name);
    }
    names
}

/// What becomes of each column.
struct Columns {
    names: Vec<String>,
    /// By index: the field it is mapped to, and whether it holds e-mail or IP addresses.
    uses: Vec<(Option<Field>, bool)>,
}

impl Columns {
    fn new(map: &Map, names: Vec<String>) -> Result<Self, String> {
        if let Some((_, missing)) = map.columns().find(|(_, column)| !names.iter().any(|name| name == column)) {
            return Err(format!("no column `{missing}` in the header, only {}", names.join(", ")));
        }
        let field = |name: &String| map.columns().find(|(_, column)| column == name).map(|(field, _)| field);
        let uses = names.iter().map(|name| (field(name), is_private(name))).collect();
        Ok(Columns { names, uses })
    }
}

struct Table<'t, 'i, 'o> {
    table: Reader<Tap<'t, 'i>>,
    columns: Columns,
    rows: Rows<'o>,
    options: &'o Options,
}

impl Table<'_, '_, '_> {
    fn rows(mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let mut record = ByteRecord::new();
        loop {
            let start = self.table.position().byte();
            let line = self.table.position().line();
            self.table.get_mut().forget(start);
            match self.table.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => return broken(error, Place { byte: start, line }, sink),
            }
            let end = self.table.position().byte();
            let raw = self.table.get_mut().kept(start, end);
            let blank = raw.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            let lines = raw[..blank].iter().filter(|byte| **byte == b'\n').count();
            let place = Place { byte: start + blank as u64, line: line + lines as u64 };
            let raw = &raw[blank..];
            let taken = match fault(&record, raw, self.columns.names.len()) {
                Some((code, reason)) => Err(Refused::record(code, reason)),
                None => row(&mut self.rows, &self.columns, &record, self.options, place, sink),
            };
            match taken {
                Ok(()) => {}
                Err(Refused::Stop) => return Err(ReadError::Stop),
                Err(Refused::Record { code, reason, key }) => {
                    let number = record.position().map_or(0, ::csv::Position::record);
                    let reason = format!("{reason} (record {number})");
                    let raw = raw.trim_ascii_end().to_vec();
                    sink.item(Item::Fault(Fault { code, reason, place, key, raw }))?;
                }
            }
        }
    }
}

/// What is wrong with the shape of a record. Empty fields beyond the header are let pass. A quote that is open at the
/// end of the file says that the file is cut off.
fn fault(record: &ByteRecord, raw: &[u8], columns: usize) -> Option<(&'static str, String)> {
    let last = !raw.ends_with(b"\n") && !raw.ends_with(b"\r");
    if last && raw.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
        return Some(("truncated", "the file ends within quotes".to_owned()));
    }
    let surplus = record.iter().skip(columns).any(|field| !field.is_empty());
    if record.len() < columns || surplus {
        return Some(("csv.ragged", format!("{} fields where the header has {columns}", record.len())));
    }
    None
}

fn row(
    rows: &mut Rows,
    columns: &Columns,
    record: &ByteRecord,
    options: &Options,
    place: Place,
    sink: &mut dyn Sink,
) -> Result<(), Refused> {
    let mut values = Values::default();
    let mut extra = Extra::new();
    let mut replaced = false;
    for ((value, name), (field, private)) in record.iter().zip(&columns.names).zip(&columns.uses) {
        let value = String::from_utf8_lossy(value);
        replaced |= matches!(value, Cow::Owned(_));
        let hidden = if *private { options.pii.field(name, &value) } else { None };
        match (field, hidden) {
            (Some(field), Some((_, hidden))) => values.set(*field, Cow::Owned(hidden)),
            (Some(field), None) => values.set(*field, value),
            (None, Some((name, hidden))) => extra.text(&name, &hidden),
            (None, None) => extra.text_if_any(name, &value),
        }
    }
    if replaced {
        let message = "bytes that are not UTF-8 were replaced".to_owned();
        sink.item(Item::Warning(Warning { code: "utf8.invalid", message, place }))?;
    }
    rows.row(&values, extra, place, sink)
}

/// How reading ends when the table can't be read on: a record over the limit is a fault, and so the end of it.
fn broken(error: ::csv::Error, place: Place, sink: &mut dyn Sink) -> Result<(), ReadError> {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            let reason = format!("a record {error}; a quote may be missing");
            Ok(sink.item(Item::Fault(Fault { code: "record.too_long", reason, place, key: None, raw: Vec::new() }))?)
        }
        ::csv::ErrorKind::Io(error) => Err(ReadError::Io(error)),
        other => Err(ReadError::Unreadable(format!("not a table: {other:?}"))),
    }
}
