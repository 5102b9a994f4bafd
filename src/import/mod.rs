//! Joins sources to the store: one thread opens, decompresses and parses, the calling thread writes. A bounded channel
//! lies between, so memory does not grow with the dump.
//!
//! Not here: what a format looks like (`sources`), what a row looks like (`store`), what is printed (`commands`).

mod prepare;
mod reader;
mod report;

use std::path::PathBuf;
use std::sync::mpsc::sync_channel;

use anyhow::Result;

use crate::model::{Act, Action, Actor, CommentId, Deed, Origin, Subject};
use crate::sources::Options;
use crate::sources::open::{self, Limits};
use crate::store::{Finished, Importer, Mode, NewOperation, Store};
pub use report::{Fate, InputReport, Outcome, WarningCount};

/// What to import, and how.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where it is.
    pub inputs: Inputs,
    /// A format or system that the user named; without it the content decides.
    pub source: Option<String>,
    /// What the formats have to know; the name of the input is filled in for each.
    pub options: Options,
    /// How far containers may go.
    pub limits: Limits,
    /// Whether the records are read, or only the formats are found.
    pub catalog: Catalog,
    /// Whether batches are kept as they come, all or nothing, or nothing at all.
    pub mode: Mode,
    /// Stop at the first bad record.
    pub strict: bool,
    /// Stop when more records than this were bad.
    pub max_errors: u64,
}

/// Where a dump is.
#[derive(Debug, Clone)]
pub enum Inputs {
    /// Files and folders; `-` is standard input.
    Files(Vec<PathBuf>),
    /// Bytes that the program carries.
    Bundled {
        /// The name to show.
        name: &'static str,
        /// The dump.
        bytes: &'static [u8],
    },
}

/// How much of the inputs is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Catalog {
    /// Everything.
    Whole,
    /// Their beginnings, to find their formats.
    DetectOnly,
}

/// Told how far an import has come.
pub trait Progress {
    /// So many bytes of the files have been consumed, of so many in all if that is known; so many comments were read.
    fn at(&mut self, bytes: u64, total: Option<u64>, read: u64);
    /// What is being done after the last record.
    fn stage(&mut self, what: &str);
}

/// Batches that may wait between the two threads.
const WAITING: usize = 4;
/// A block of records within which more than [`BLOCK_ERRORS`] bad ones stop the import.
const BLOCK: u64 = 10_000;
/// 5 % of a block.
const BLOCK_ERRORS: u64 = BLOCK / 20;

/// Imports everything that the request names.
pub fn run(store: &mut Store, request: &Request, progress: &mut dyn Progress) -> Result<Outcome> {
    let mut importer = Importer::begin(store, request.mode)?;
    let mut outcome = Outcome::default();
    let opened = open::Progress::new();
    let (send, receive) = sync_channel(WAITING);
    std::thread::scope(|scope| -> Result<()> {
        let opened = &opened;
        scope.spawn(move || reader::read(request, opened, &send));
        let mut guard = Guard::new(request);
        for message in receive {
            guard.count(&message);
            let batch = outcome.take(message);
            importer.write(batch)?;
            progress.at(opened.done(), opened.total(), importer.counts().read);
            if let Some(reason) = guard.verdict() {
                outcome.stopped = Some(reason);
                // Dropping the receiver makes the reader's next message fail, which ends it.
                break;
            }
        }
        Ok(())
    })?;
    if request.strict && outcome.stopped.is_some() {
        outcome.counts = importer.counts();
        return Ok(outcome);
    }
    let finished = importer.finish(&outcome.names(), &mut |stage| progress.stage(stage))?;
    outcome.counts = finished.counts;
    decide(store, &finished)?;
    Ok(outcome)
}

/// Makes the decisions that quell's own dump tells of, as one operation of the import. Whose they were is not in such a
/// dump; `quell dump` carries that.
fn decide(store: &mut Store, finished: &Finished) -> Result<()> {
    let acts = [Action::Approve, Action::Remove, Action::Spam, Action::Escalate].map(Act::bare);
    let edges: Vec<(CommentId, Act)> =
        finished.edges.iter().map(|(id, edge)| (*id, Act::of_edge(edge.clone()))).collect();
    let decided = finished.decided.iter().filter_map(|(id, status)| {
        let act = acts.iter().find(|act| act.action.status() == Some(*status))?;
        Some((*id, act))
    });
    let all = decided.chain(edges.iter().map(|(id, act)| (*id, act)));
    let deeds: Vec<Deed<'_>> =
        all.map(|(id, act)| Deed { on: Subject::Comment(id), act, spare_decided: true }).collect();
    if deeds.is_empty() {
        return Ok(());
    }
    let actor =
        Actor { name: "import".to_owned(), origin: Origin::Person, version: env!("CARGO_PKG_VERSION").to_owned() };
    let at = jiff::Timestamp::now().as_millisecond();
    store.decide(&NewOperation { actor: &actor, verb: "import", query: None, at, dry_run: false }, deeds)?;
    Ok(())
}

/// Counts bad records and says when it is enough.
struct Guard {
    strict: bool,
    max_errors: u64,
    faults: u64,
    in_block: u64,
    faults_in_block: u64,
}

impl Guard {
    fn new(request: &Request) -> Self {
        Guard { strict: request.strict, max_errors: request.max_errors, faults: 0, in_block: 0, faults_in_block: 0 }
    }

    fn count(&mut self, message: &reader::Message) {
        let (records, faults) = message.counts();
        self.faults += faults;
        self.in_block += records;
        self.faults_in_block += faults;
        if self.in_block >= BLOCK && self.faults_in_block <= BLOCK_ERRORS {
            self.in_block = 0;
            self.faults_in_block = 0;
        }
    }

    fn verdict(&self) -> Option<String> {
        if self.strict && self.faults > 0 {
            return Some("a record could not be read and --strict was given; nothing was imported".to_owned());
        }
        if self.faults > self.max_errors {
            return Some(format!("more than {} records could not be read", self.max_errors));
        }
        (self.faults_in_block > BLOCK_ERRORS)
            .then(|| format!("more than {BLOCK_ERRORS} of the last {BLOCK} records could not be read"))
    }
}
