//! One JSON object a line: reads lines, hands each object on, and turns what cannot be read into faults with its place.
//!
//! Not here: what the members mean; the caller's closure decides that and reports to the sink.

use std::borrow::Cow;

use super::json::Fields;
use crate::model::{Fault, Item, Place, Warning};
use crate::sources::open::Line;
use crate::sources::{Input, Options, ReadError, Sink, Stop};

/// How much of a line over the limit is kept in its fault.
const KEPT_OF_TOO_LONG: usize = 64 << 10;

/// Why a record was not taken.
#[derive(Debug)]
pub enum Refused {
    /// Nobody wants more items.
    Stop,
    /// The record goes to quarantine; reading goes on.
    Record {
        /// A stable short code.
        code: &'static str,
        /// What is wrong, lower case, no full stop.
        reason: String,
        /// The source's id of the record, if it could be seen.
        key: Option<String>,
    },
}

impl Refused {
    /// A record for quarantine, whose id is not known.
    pub fn record(code: &'static str, reason: impl Into<String>) -> Self {
        Refused::Record { code, reason: reason.into(), key: None }
    }
}

impl From<Stop> for Refused {
    fn from(_: Stop) -> Self {
        Refused::Stop
    }
}

/// Hands each line's object to `take`, with the place of the line. Blank lines and `null` are skipped. A line that is no
/// JSON object, one longer than `options.max_record`, and a record that `take` refuses become faults; a last line
/// without newline that cannot be read is a fault with code `truncated`. Bytes that are not UTF-8 are replaced with a warning.
pub fn each_object(
    input: &mut Input,
    options: &Options,
    sink: &mut dyn Sink,
    mut take: impl FnMut(Fields<'_>, Place, &mut dyn Sink) -> Result<(), Refused>,
) -> Result<(), ReadError> {
    each_line(input, options, sink, |text, place, sink| {
        let fields = Fields::parse(text).map_err(|error| not_an_object(text, &error))?;
        take(fields, place, sink)
    })
}

/// As [`each_object`], with the text of each line that is neither blank nor `null`, whatever it holds.
pub fn each_line(
    input: &mut Input,
    options: &Options,
    sink: &mut dyn Sink,
    mut take: impl FnMut(&str, Place, &mut dyn Sink) -> Result<(), Refused>,
) -> Result<(), ReadError> {
    let mut line = Vec::new();
    let mut place = Place { byte: input.position(), line: 0 };
    loop {
        place = Place { byte: input.position(), line: place.line + 1 };
        let found = match input.read_line(&mut line, options.max_record) {
            Ok(Line::End) => return Ok(()),
            Ok(found) => found,
            Err(error) => {
                // The input broke inside this line; the caller reports the break, this keeps the bytes.
                if !line.is_empty() {
                    fault(sink, "truncated", "the input broke inside this line".to_owned(), None, place, &line)?;
                }
                return Err(error.into());
            }
        };
        if found == Line::TooLong {
            let reason = format!("line longer than {} bytes", options.max_record);
            fault(sink, "record.too_long", reason, None, place, &line[..line.len().min(KEPT_OF_TOO_LONG)])?;
            continue;
        }
        let text = decode(&line, place);
        let content = text.0.trim_start_matches('\u{FEFF}').trim_ascii();
        if content.is_empty() || content == "null" {
            continue;
        }
        if let Some(warning) = text.1 {
            sink.item(Item::Warning(warning))?;
        }
        match take(content, place, sink) {
            Ok(()) => {}
            Err(Refused::Stop) => return Err(ReadError::Stop),
            Err(Refused::Record { code, reason, key }) => {
                let cut = code == "json.syntax" && !line.ends_with(b"\n");
                let code = if cut { "truncated" } else { code };
                fault(sink, code, reason, key, place, &line)?;
            }
        }
    }
}

/// A line as text, and a warning where bytes had to be replaced.
fn decode(line: &[u8], place: Place) -> (Cow<'_, str>, Option<Warning>) {
    match std::str::from_utf8(line) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(error) => {
            let byte = place.byte + error.valid_up_to() as u64;
            let message = format!("bytes that are not UTF-8 were replaced, first at byte {byte}");
            (String::from_utf8_lossy(line), Some(Warning { code: "utf8.invalid", message, place }))
        }
    }
}

/// Why a text could not be read as an object, with the column in place of serde_json's line and column.
fn not_an_object(text: &str, error: &serde_json::Error) -> Refused {
    if error.is_data() {
        return Refused::record("json.not_object", "a JSON value that is no object");
    }
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let column = text.floor_char_boundary(error.column().saturating_sub(1));
    let column = text[..column].chars().count() + 1;
    Refused::record("json.syntax", format!("{message} at column {column}"))
}

fn fault(
    sink: &mut dyn Sink,
    code: &'static str,
    reason: String,
    key: Option<String>,
    place: Place,
    raw: &[u8],
) -> Result<(), Stop> {
    sink.item(Item::Fault(Fault { code, reason, place, key, raw: raw.trim_ascii_end().to_vec() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], max_record: usize) -> Vec<String> {
        let mut seen = Vec::new();
        let mut items = Vec::new();
        let options = Options { max_record, ..Options::for_input("x") };
        let mut sink = |item: Item| -> Result<(), Stop> {
            items.push(match item {
                Item::Fault(fault) => {
                    format!("{} {} {} {}", fault.code, fault.reason, fault.place.line, fault.raw.len())
                }
                Item::Warning(warning) => format!("{} {}", warning.code, warning.message),
                other => format!("{other:?}"),
            });
            Ok(())
        };
        each_object(&mut Input::from_bytes(bytes), &options, &mut sink, |fields, place, _| {
            seen.push(format!("{} {} {}", place.byte, place.line, fields.rest()));
            Ok(())
        })
        .unwrap();
        seen.append(&mut items);
        seen
    }

    #[test]
    fn objects_keep_their_place_and_faults_theirs() {
        let bytes = b"\xEF\xBB\xBF{\"a\":1}\r\n\n  null\n{\"a\":\"b\n7\n{\"a\":\"\xFF\"}\n{\"a\":3";
        insta::assert_snapshot!(read(bytes, 1000).join("\n"), @r#"
        0 1 {"a":1}
        30 6 {"a":"�"}
        json.syntax EOF while parsing a string at column 7 4 7
        json.not_object a JSON value that is no object 5 1
        utf8.invalid bytes that are not UTF-8 were replaced, first at byte 36
        truncated EOF while parsing an object at column 6 7 6
        "#);
    }

    #[test]
    fn a_line_over_the_limit_is_one_fault() {
        assert_eq!(read(b"{\"a\":12345}\n{}\n", 8), ["12 2 ", "record.too_long line longer than 8 bytes 1 8"]);
    }

    #[test]
    fn a_raw_nul_is_a_fault_and_an_escaped_one_is_kept() {
        let seen = read(b"{\"a\":\"\0\"}\n{\"a\":\"\\u0000\"}\n", 100);
        assert_eq!(seen[0], r#"10 2 {"a":"\u0000"}"#);
        assert!(seen[1].starts_with("json.syntax control character"), "{}", seen[1]);
    }
}
