//! What the store gives back: posts and comments with the numbers quell gave them.

use std::sync::Arc;

use super::{Author, Body, BodyFormat, CommentId, Gap, Hung, Kind, ParentOrigin, PostId, SourceKey, Status, Time};

/// A post in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Its number.
    pub id: PostId,
    /// The dump it belongs to.
    pub source: SourceKey,
    /// The source's own id.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// Who wrote it.
    pub author: Author,
    /// When it was written.
    pub created: Option<Time>,
    /// The text as it came.
    pub body: Option<Body>,
    /// The text for reading and searching; empty if there is none.
    pub text: String,
    /// What the source said of its state.
    pub source_status: Option<Status>,
    /// The same in the source's words.
    pub raw_status: Option<String>,
    /// Whether comments named it but no file held it.
    pub placeholder: bool,
    /// Further fields, as the text of a JSON object; empty if none.
    pub extra: String,
}

/// A comment in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its number.
    pub id: CommentId,
    /// The dump it belongs to; shared, because few dumps hold many comments.
    pub source: Arc<SourceKey>,
    /// The source's own id.
    pub key: String,
    /// The post it hangs on.
    pub post: PostId,
    /// The comment it answers, if that is in the database.
    pub parent: Option<CommentId>,
    /// The source's key of the comment it answers, found or not.
    pub parent_key: Option<String>,
    /// What the link to the parent rests on; absent where the dump does not say what the comment answers.
    pub parent_origin: Option<ParentOrigin>,
    /// Levels below the post: 1 for a comment on the post itself and for an orphan.
    pub depth: u32,
    /// What sort of entry.
    pub kind: Kind,
    /// Who wrote it.
    pub author: Author,
    /// When it was written.
    pub created: Option<Time>,
    /// When it was last edited.
    pub edited: Option<Time>,
    /// The markup of the body.
    pub format: BodyFormat,
    /// The text as it came, where it differs from `text`.
    pub raw: Option<String>,
    /// The text for reading and searching.
    pub text: String,
    /// Where it stands now: what was decided here, else what the source said, else pending.
    pub status: Status,
    /// What the source said of its state.
    pub source_status: Option<Status>,
    /// The same in the source's words.
    pub raw_status: Option<String>,
    /// Points.
    pub score: Option<i64>,
    /// How often its text has changed: 0 for the first.
    pub revision: u32,
    /// Further fields, as the text of a JSON object; empty if none.
    pub extra: String,
}

impl Comment {
    /// The text as the source gave it.
    pub fn raw_body(&self) -> &str {
        self.raw.as_deref().unwrap_or(&self.text)
    }

    /// Whether it names a parent that is not in the database.
    pub fn is_orphan(&self) -> bool {
        self.parent.is_none() && self.parent_key.is_some()
    }
}

/// A comment in its place in the thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadRow {
    /// The comment; its `depth` is the one in this tree.
    pub comment: Comment,
    /// How many comments stand below it.
    pub below: usize,
    /// The source's own number of its version, where it has one.
    pub version: Option<i64>,
    /// Earlier bodies, oldest first.
    pub revisions: Vec<Body>,
    /// Keys of the comments that it repeats under another id.
    pub duplicate_of: Vec<String>,
    /// The edge that it hangs by, or that was left open, where that does not come from the dump.
    pub hung: Option<Box<Hung>>,
}

/// Comments that are still missing from a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapLeft {
    /// The gap as the source named it, with the ids that have come since taken out.
    pub gap: Gap,
    /// The comment whose replies are missing; absent for the post itself and for a comment that is missing too.
    pub parent: Option<CommentId>,
}
