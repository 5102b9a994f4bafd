//! The reading thread: opens each input, lets the formats guess, reads it with the one that wins, and sends what comes
//! in batches.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use super::prepare::prepare;
use super::report::{Fate, InputReport};
use super::{Catalog, Inputs, Request};
use crate::model::{Fault, Item, Place, Warning};
use crate::sources::open::{Found, Head, Opened, Progress, open, open_reader};
use crate::sources::{FORMATS, Format, Options, ReadError, Sink, Stop, detect};
use crate::store::Prepared;

/// What the reading thread sends.
#[derive(Debug)]
pub enum Message {
    /// Records to write.
    Records(Vec<Prepared>),
    /// Something odd in an input.
    Warning {
        /// The input.
        input: String,
        /// What is odd.
        warning: Warning,
    },
    /// An input has been dealt with.
    Ended(InputReport),
}

impl Message {
    /// Records and faults in it, for the error limits.
    pub fn counts(&self) -> (u64, u64) {
        let Message::Records(records) = self else { return (0, 0) };
        let faults = records.iter().filter(|record| matches!(record, Prepared::Fault { .. })).count() as u64;
        (records.len() as u64, faults)
    }
}

/// Records of a batch: enough that a transaction costs little, few enough that a killed import loses little.
const BATCH: usize = 4_000;
/// Bytes of a batch.
const BATCH_BYTES: usize = 2 << 20;

/// Reads everything that the request names, until the other side wants no more.
pub fn read(request: &Request, progress: &Arc<Progress>, send: &SyncSender<Message>) {
    let mut each = |found: Found<'_>| {
        let mut outbox = Outbox { send, batch: Vec::new(), bytes: 0, input: String::new() };
        let report = match found {
            Ok(opened) => {
                outbox.input = opened.name().to_owned();
                let fate = read_one(opened, request, &mut outbox)?;
                outbox.flush()?;
                InputReport { name: outbox.input, fate }
            }
            Err(error) => {
                InputReport { name: error.name, fate: Fate::Refused { reason: error.reason, guesses: Vec::new() } }
            }
        };
        send.send(Message::Ended(report)).map_err(|_| Stop)
    };
    // An early stop is the other side's wish; it knows.
    let _ = match &request.inputs {
        Inputs::Files(files) => open(files, &request.limits, progress, &mut each),
        Inputs::Bundled { name, bytes } => open_reader(name, *bytes, &request.limits, progress, &mut each),
    };
}

fn read_one(opened: Opened<'_>, request: &Request, outbox: &mut Outbox<'_>) -> Result<Fate, Stop> {
    let format = match choose(opened.head(), request.source.as_deref()) {
        Ok(format) => format,
        Err(fate) => return Ok(fate),
    };
    if request.catalog == Catalog::DetectOnly {
        return Ok(Fate::Read(format.name));
    }
    let options = Options { input_name: opened.name().to_owned(), ..request.options.clone() };
    let (mut input, notes) = opened.into_input(format.wants);
    let read = (format.read)(&mut input, &options, outbox);
    for warning in notes.take() {
        outbox.item(Item::Warning(warning))?;
    }
    match read {
        Ok(()) => Ok(Fate::Read(format.name)),
        Err(ReadError::Stop) => Err(Stop),
        Err(ReadError::Unreadable(reason)) => Ok(Fate::Broken { format: format.name, reason }),
        Err(ReadError::Io(error)) => {
            let place = Place { byte: input.position(), line: 0 };
            let reason = format!("the input broke: {error}");
            let raw = Vec::new();
            outbox.item(Item::Fault(Fault { code: "input.broken", reason: reason.clone(), place, key: None, raw }))?;
            Ok(Fate::Broken { format: format.name, reason: format!("{reason} (byte {})", place.byte) })
        }
    }
}

/// The format to read with: the one that wins, or the one that the user named if it is exactly one.
fn choose(head: &Head, named: Option<&str>) -> Result<&'static Format, Fate> {
    if head.bytes().is_empty() {
        return Err(Fate::Refused { reason: "it is empty".to_owned(), guesses: Vec::new() });
    }
    let candidates = detect::candidates(head, named);
    if let Some(format) = detect::winner(&candidates) {
        return Ok(format);
    }
    if let Some(name) = named {
        let exact = FORMATS.iter().find(|format| format.name == name);
        if let Some(format) = exact.copied().or_else(|| candidates.first().map(|candidate| candidate.format)) {
            return Ok(format);
        }
    }
    let guesses = candidates.into_iter().map(|c| (c.format.name, c.guess.score, c.guess.evidence)).collect();
    let reason = match named {
        Some(name) => format!("it does not look like {name}"),
        None => "its format is not recognised".to_owned(),
    };
    Err(Fate::Refused { reason, guesses })
}

/// Gathers what a format reports and sends it on.
struct Outbox<'s> {
    send: &'s SyncSender<Message>,
    batch: Vec<Prepared>,
    bytes: usize,
    input: String,
}

impl Sink for Outbox<'_> {
    fn item(&mut self, item: Item) -> Result<(), Stop> {
        if let Item::Warning(warning) = item {
            let input = self.input.clone();
            return self.send.send(Message::Warning { input, warning }).map_err(|_| Stop);
        }
        self.bytes += weight(&item);
        self.batch.extend(prepare(item, &self.input));
        if self.batch.len() >= BATCH || self.bytes >= BATCH_BYTES { self.flush() } else { Ok(()) }
    }
}

impl Outbox<'_> {
    fn flush(&mut self) -> Result<(), Stop> {
        self.bytes = 0;
        if self.batch.is_empty() {
            return Ok(());
        }
        self.send.send(Message::Records(std::mem::take(&mut self.batch))).map_err(|_| Stop)
    }
}

/// Roughly how many bytes an item holds.
fn weight(item: &Item) -> usize {
    match item {
        Item::Comment(comment) => comment.body.as_ref().map_or(0, |body| body.raw.len()) + comment.extra.len() + 300,
        Item::Post(post) => post.body.as_ref().map_or(0, |body| body.raw.len()) + post.extra.len() + 300,
        Item::Fault(fault) => fault.raw.len() + 100,
        _ => 100,
    }
}
