//! What moderators and rules do: operations, the decisions in them, flags, and what came of an attempt. Decisions are
//! appended and never edited; where a comment stands follows from them (`review::project`).

use std::fmt;

use super::{Action, CommentId, FlagState, KeptEdge, Origin, PostId, Status, Uid};

/// Who acts, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// A moderator's name, or the id of a rule or signal.
    pub name: String,
    /// Which of these it is.
    pub origin: Origin,
    /// The version of the program, rule or model.
    pub version: String,
}

/// What is decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A comment.
    Comment(CommentId),
    /// A post; only locks.
    Post(PostId),
}

/// What is done to each comment of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// What it does.
    pub action: Action,
    /// Policy ids, the one that counts first.
    pub reasons: Vec<String>,
    /// A remark.
    pub note: Option<String>,
    /// The label, for tags.
    pub tag: Option<String>,
    /// For flags of rules and signals: how sure, from 0 to 1.
    pub score: Option<f64>,
    /// For flags of rules and signals: the words that caused it, as byte ranges of the plain text.
    pub spans: Vec<(u32, u32)>,
    /// For edges: what the comment answers.
    pub edge: Option<Box<KeptEdge>>,
}

impl Act {
    /// Puts a comment where an edge says.
    pub fn of_edge(edge: KeptEdge) -> Self {
        Act { edge: Some(Box::new(edge)), ..Act::bare(Action::Edge) }
    }

    /// An action with nothing said beside it.
    pub fn bare(action: Action) -> Self {
        Act { action, reasons: Vec::new(), note: None, tag: None, score: None, spans: Vec::new(), edge: None }
    }
}

/// One act on one comment or post.
#[derive(Debug, Clone, Copy)]
pub struct Deed<'a> {
    /// What it is done to.
    pub on: Subject,
    /// What is done.
    pub act: &'a Act,
    /// Leave a comment alone that a person has decided.
    pub spare_decided: bool,
}

/// Why something was left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skip {
    /// Its author took it back.
    Deleted,
    /// It is so already.
    Already,
    /// A person decided it.
    Decided {
        /// Who.
        by: String,
    },
    /// Somebody changed it after what was to be undone.
    ChangedLater {
        /// In which operation.
        operation: i64,
    },
    /// There is no such comment or post.
    Missing,
}

/// What came of an operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Its number; absent where nothing changed, or nothing was meant to.
    pub operation: Option<i64>,
    /// What changed.
    pub changed: Vec<Subject>,
    /// What was left alone, and why.
    pub skipped: Vec<(Subject, Skip)>,
}

/// An operation in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its number in this database.
    pub id: i64,
    /// Its id in every database.
    pub uid: Uid,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who did it.
    pub actor: Actor,
    /// The verb that was typed.
    pub verb: String,
    /// What was asked for.
    pub query: Option<String>,
    /// How many decisions it made.
    pub decisions: u64,
    /// How many of them have been undone.
    pub undone: u64,
}

/// A decision in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The number of its operation.
    pub operation: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who made it.
    pub actor: Actor,
    /// What it is about; absent while the comment has not been imported.
    pub on: Option<Subject>,
    /// What was done.
    pub action: Action,
    /// Policy ids, the one that counts first.
    pub reasons: Vec<String>,
    /// A remark.
    pub note: Option<String>,
    /// The label, for tags.
    pub tag: Option<String>,
    /// Where the comment stood before.
    pub prior: Option<Status>,
    /// The revision of the text that it was made on.
    pub revision: Option<u32>,
    /// Whether it has been undone.
    pub undone: bool,
    /// For decisions on what a comment answers, and for what takes them back: where it hangs by it.
    pub moved: Option<Moved>,
}

/// Where a decision hangs a comment, and where that hung before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// What it answers by this decision.
    pub to: Hangs,
    /// What it answered before.
    pub from: Hangs,
}

/// What a comment answers, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hangs {
    /// The post.
    Post(PostId),
    /// A comment.
    Comment(CommentId),
    /// A comment that is in no file, by its source's key.
    Absent(String),
    /// Nobody has said.
    Open,
}

impl fmt::Display for Hangs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hangs::Post(id) => id.fmt(f),
            Hangs::Comment(id) => id.fmt(f),
            Hangs::Absent(key) => f.write_str(key),
            Hangs::Open => f.write_str("open"),
        }
    }
}

/// A flag on a comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Flag {
    /// The comment.
    pub comment: CommentId,
    /// The number of the operation that set it.
    pub operation: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who set it.
    pub actor: Actor,
    /// The policy id.
    pub reason: String,
    /// How sure, from 0 to 1.
    pub score: Option<f64>,
    /// Byte ranges of the text as it was flagged.
    pub spans: Vec<(u32, u32)>,
    /// A remark.
    pub note: Option<String>,
    /// What became of it.
    pub state: FlagState,
    /// The text as it was flagged, where it is held.
    pub text: Option<String>,
}
