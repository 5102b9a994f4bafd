//! How a run ends: exit codes, and errors that say what to do next.

use std::fmt;
use std::process::ExitCode;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// It ran well, but nothing matched or changed.
    Nothing = 1,
    /// It could not be done.
    Failed = 2,
    /// Done in part: records in quarantine, inputs unreadable.
    Partly = 3,
    /// Interrupted by the user.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// An error with the next step to take, printed on a line of its own.
#[derive(Debug)]
pub struct Hint {
    /// What went wrong, lower case, no full stop.
    pub problem: String,
    /// What to do next: a command to type, or what to look at.
    pub next: String,
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}

impl std::error::Error for Hint {}

/// An error with a hint, ready for `?` and `bail!`.
pub fn hint(problem: impl Into<String>, next: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Hint { problem: problem.into(), next: next.into() })
}
