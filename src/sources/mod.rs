//! Bytes to records: one file a format, listed in [`FORMATS`]. A format recognises itself from content and turns a
//! reader into [`Item`]s. `open` peels containers and finds charsets; `parts` holds what several formats share.
//!
//! Architecture invariant: a source never sees the store, a path or the network, and never decides anything. What a dump
//! says of a comment's state is reported, not acted on. A bad record is an [`Item::Fault`] and never ends an import.

mod csv;
pub mod detect;
mod disqus;
mod hn_algolia;
mod hn_items;
mod ndjson;
pub mod open;
mod parts;
mod quell_json;
mod quell_jsonl;
mod reddit_listing;
mod reddit_ndjson;
mod text;
mod wxr;

use std::io;

use crate::model::Item;
pub use open::{Head, Input};

/// Every format, in the order in which ties are broken.
pub const FORMATS: &[&Format] = &[
    &wxr::FORMAT,
    &disqus::FORMAT,
    &reddit_ndjson::FORMAT,
    &reddit_listing::FORMAT,
    &hn_items::FORMAT,
    &hn_algolia::FORMAT,
    &quell_json::FORMAT,
    &quell_jsonl::FORMAT,
    &ndjson::FORMAT,
    &csv::FORMAT,
    &text::TEXT,
];

/// One way in which comments come.
pub struct Format {
    /// The name that `--source` takes and detection prints.
    pub name: &'static str,
    /// The system it comes from; formats of one system share it, and `--source` takes it as well.
    pub kind: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What it reads: bytes as they are, or text transcoded to UTF-8.
    pub wants: Wants,
    /// How sure the format is that the input is its own; `None` means it is not.
    pub sniff: fn(&Head) -> Option<Guess>,
    /// Reads the whole input and reports every record in file order.
    pub read: fn(&mut Input, &Options, &mut dyn Sink) -> Result<(), ReadError>,
}

/// What a format wants its input to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// The bytes as they are; the format decodes record by record.
    Bytes,
    /// UTF-8, transcoded from whatever the charset was.
    Utf8,
}

/// How sure a format is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// 0 to 100; 60 and more counts as recognised.
    pub score: u8,
    /// What it rests on, for the detection table.
    pub evidence: String,
}

impl Guess {
    /// A guess with its evidence.
    pub fn new(score: u8, evidence: impl Into<String>) -> Option<Self> {
        Some(Guess { score, evidence: evidence.into() })
    }
}

/// Takes what a format reports.
pub trait Sink {
    /// Takes one item; an error means that nobody wants more, and the format returns at once.
    fn item(&mut self, item: Item) -> Result<(), Stop>;
}

impl<F: FnMut(Item) -> Result<(), Stop>> Sink for F {
    fn item(&mut self, item: Item) -> Result<(), Stop> {
        self(item)
    }
}

/// Nobody wants more items: the error limit is reached, the user interrupted, or the store failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop;

/// Why a format stopped before the end of its input.
#[derive(Debug)]
pub enum ReadError {
    /// The sink asked for it.
    Stop,
    /// The input broke: a cut-off archive or a failing disk. The caller reports the byte and keeps what was whole.
    Io(io::Error),
    /// The input as a whole cannot be read as this format: nothing, or nothing more, can come of it.
    Unreadable(String),
}

impl From<Stop> for ReadError {
    fn from(_: Stop) -> Self {
        ReadError::Stop
    }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        ReadError::Io(error)
    }
}

/// What the user chose that a format has to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// The name of the input, for scopes and messages; never for detection.
    pub input_name: String,
    /// Names the source explicitly, so that dumps of one site meet.
    pub scope: Option<String>,
    /// `--map`: field of quell → column of the dump, for generic NDJSON and CSV.
    pub map: Vec<(String, String)>,
    /// The zone of times that have none; without it they stay local.
    pub assume_tz: Option<jiff::tz::TimeZone>,
    /// A strftime pattern for times in generic dumps.
    pub time_format: Option<String>,
    /// Bytes a single record may have.
    pub max_record: usize,
    /// What happens to e-mail and IP addresses.
    pub pii: Pii,
}

impl Options {
    /// The most bytes that a record may have unless the user says otherwise: 64 MiB.
    pub const MAX_RECORD: usize = 64 << 20;

    /// Options for an input of this name, with everything else left alone.
    pub fn for_input(name: impl Into<String>) -> Self {
        Options {
            input_name: name.into(),
            scope: None,
            map: Vec::new(),
            assume_tz: None,
            time_format: None,
            max_record: Options::MAX_RECORD,
            pii: Pii::Hash([0; 32]),
        }
    }
}

/// What happens to the e-mail and IP addresses of a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pii {
    /// They are kept as they are.
    Keep,
    /// They are replaced by a hash under this database's key, so that the same person is still found.
    Hash([u8; 32]),
}

impl Pii {
    /// The field name and value to store for a private value, or nothing for an empty one. The hash is keyed BLAKE3
    /// over the lower-case value, cut to 16 hexadecimal digits.
    pub fn field(&self, name: &str, value: &str) -> Option<(String, String)> {
        let value = value.trim();
        if value.is_empty() {
            return None;
        }
        Some(match self {
            Pii::Keep => (name.to_owned(), value.to_owned()),
            Pii::Hash(key) => {
                let hash = blake3::keyed_hash(key, value.to_lowercase().as_bytes()).to_hex();
                (format!("{name}_hash"), hash[..16].to_owned())
            }
        })
    }
}
