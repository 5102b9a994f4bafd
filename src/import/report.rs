//! What came of an import: counts, the fate of each input, warnings grouped by their code.

use super::reader::Message;
use crate::model::Place;
use crate::store::{Counts, Prepared};

/// What came of an import.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was read, added, changed…
    pub counts: Counts,
    /// Every input, in order.
    pub inputs: Vec<InputReport>,
    /// Warnings, those of one code together, in order of first appearance.
    pub warnings: Vec<WarningCount>,
    /// Why the import stopped before the end, if it did.
    pub stopped: Option<String>,
}

/// What became of one input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputReport {
    /// Its name, with the name inside an archive behind it.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Read to its end as this format.
    Read(&'static str),
    /// Read as this format until it broke there.
    Broken {
        /// The format.
        format: &'static str,
        /// What broke where.
        reason: String,
    },
    /// Not read at all.
    Refused {
        /// Why.
        reason: String,
        /// What each format made of it: name, score, evidence.
        guesses: Vec<(&'static str, u8, String)>,
    },
}

/// Warnings of one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarningCount {
    /// The code.
    pub code: &'static str,
    /// The first one's message.
    pub message: String,
    /// The input in which it came first.
    pub input: String,
    /// Where it came first.
    pub place: Place,
    /// How many there were.
    pub count: u64,
}

impl Outcome {
    /// Whether something was left out: records in quarantine, inputs broken or refused, an early stop.
    pub fn is_partial(&self) -> bool {
        self.counts.quarantined > 0
            || self.stopped.is_some()
            || self.inputs.iter().any(|input| !matches!(input.fate, Fate::Read(_)))
    }

    /// The names of what was read.
    pub fn names(&self) -> Vec<String> {
        self.inputs.iter().map(|input| input.name.clone()).collect()
    }

    /// Notes what a message reports and hands on what is to be written.
    pub(super) fn take(&mut self, message: Message) -> Vec<Prepared> {
        match message {
            Message::Records(records) => return records,
            Message::Warning { input, warning } => {
                match self.warnings.iter_mut().find(|known| known.code == warning.code) {
                    Some(known) => known.count += 1,
                    None => self.warnings.push(WarningCount {
                        code: warning.code,
                        message: warning.message,
                        input,
                        place: warning.place,
                        count: 1,
                    }),
                }
            }
            Message::Ended(report) => self.inputs.push(report),
        }
        Vec::new()
    }
}
