//! A rule as its file has it: plain data.

use std::fmt;
use std::ops::Range;

use jiff::civil::Date;

use super::case::Case;

/// One rule of a file.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name: the key of its history. A rule with another id is another rule.
    pub id: String,
    /// The policy that what it finds breaks.
    pub reason: String,
    /// The query that it is.
    pub query: String,
    /// A query of what it lets pass, such as `author.kind:staff`.
    pub exempt: Option<String>,
    /// Whether words of the query are found through disguises too.
    pub fold: bool,
    /// What becomes of its hits.
    pub status: Status,
    /// How grave a hit is, 0 to 4; that of the reason where absent.
    pub severity: Option<u8>,
    /// The last day on which it runs.
    pub expiry: Option<Date>,
    /// Where it stops.
    pub limits: Limits,
    /// What is said with each hit.
    pub note: Option<String>,
    /// What it must and must not find.
    pub tests: Vec<Test>,
    /// Where its id stands in the file, in bytes.
    pub place: Range<usize>,
    /// Where its query stands.
    pub query_place: Range<usize>,
    /// Where its exemption stands.
    pub exempt_place: Range<usize>,
    /// Where its reason stands.
    pub reason_place: Range<usize>,
}

/// Where a rule stops before anything is written.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limits {
    /// The largest share of the comments scanned that it may hit, 0 to 1.
    pub max_hit_rate: Option<f64>,
    /// The most decisions that one scan may make by it.
    pub max_actions: Option<u64>,
}

/// A comment that a rule must find, or must not.
#[derive(Debug, Clone)]
pub struct Test {
    /// Whether it must be found.
    pub hit: bool,
    /// The comment.
    pub case: Case,
    /// Where it stands in the file, in bytes.
    pub place: Range<usize>,
}

/// What becomes of a rule's hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It is being written: only tests and backtests run it.
    Draft,
    /// It runs, and its hits are counted, but no comment is marked.
    Shadow,
    /// Its hits are flagged.
    Flag,
    /// Its hits are decided.
    Enforce,
    /// It is kept for its history and does not run.
    Retired,
}

impl Status {
    /// All of them, in the order of a rule's life.
    pub const ALL: [Status; 5] = [Status::Draft, Status::Shadow, Status::Flag, Status::Enforce, Status::Retired];

    /// The word in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::Shadow => "shadow",
            Status::Flag => "flag",
            Status::Enforce => "enforce",
            Status::Retired => "retired",
        }
    }

    /// The status of this word.
    pub fn from_name(name: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether scans run it.
    pub const fn runs(self) -> bool {
        matches!(self, Status::Shadow | Status::Flag | Status::Enforce)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
