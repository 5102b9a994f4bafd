//! One comment as the matcher sees it: its row, borrowed from wherever it lies, and the facts about it that other rows
//! hold. [`Needs`](super::Needs) says which of them a query looks at, so the store may leave the others out.

use super::fields::Field;
use crate::model::{AuthorKind, Comment, CommentId, Kind, ParentOrigin, PostId, Status};

/// A comment, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Quell's number.
    pub id: CommentId,
    /// The kind of system it came from.
    pub source_kind: &'a str,
    /// The site, forum or file within that system.
    pub source_scope: &'a str,
    /// The source's own id.
    pub key: &'a str,
    /// The post it hangs on.
    pub post: PostId,
    /// The source's own id of that post.
    pub post_key: &'a str,
    /// The title of that post.
    pub title: Option<&'a str>,
    /// The comment it answers, if that is known.
    pub parent: Option<CommentId>,
    /// What the link to the parent rests on.
    pub parent_origin: Option<ParentOrigin>,
    /// Whether it names a parent that is not known.
    pub orphan: bool,
    /// Levels below the post, from 1.
    pub depth: u32,
    /// What sort of entry.
    pub kind: Kind,
    /// The author's name as printed.
    pub author: Option<&'a str>,
    /// The source's key of the author's account.
    pub author_key: Option<&'a str>,
    /// What sort of author.
    pub author_kind: AuthorKind,
    /// When it was written, in milliseconds since 1970 UTC.
    pub created: Option<i64>,
    /// When it was last edited, likewise.
    pub edited: Option<i64>,
    /// The plain text.
    pub text: &'a str,
    /// Where it stands now.
    pub status: Status,
    /// Points.
    pub score: Option<i64>,
    /// How often its text has changed.
    pub revision: u32,
    /// What other rows say of it.
    pub facts: &'a Facts,
}

impl<'a> Entry<'a> {
    /// A comment of which nothing but the text is looked at ([`Needs::row`](super::Needs::row) is false).
    pub fn of_text(id: CommentId, text: &'a str, facts: &'a Facts) -> Self {
        Entry {
            id,
            source_kind: "",
            source_scope: "",
            key: "",
            post: PostId(0),
            post_key: "",
            title: None,
            parent: None,
            parent_origin: None,
            orphan: false,
            depth: 1,
            kind: Kind::Comment,
            author: None,
            author_key: None,
            author_kind: AuthorKind::Unknown,
            created: None,
            edited: None,
            text,
            status: Status::Pending,
            score: None,
            revision: 0,
            facts,
        }
    }

    /// The entry of a comment, with the key and title of its post.
    pub fn of(comment: &'a Comment, post_key: &'a str, title: Option<&'a str>, facts: &'a Facts) -> Self {
        Entry {
            id: comment.id,
            source_kind: &comment.source.kind,
            source_scope: &comment.source.scope,
            key: &comment.key,
            post: comment.post,
            post_key,
            title,
            parent: comment.parent,
            parent_origin: comment.parent_origin,
            orphan: comment.is_orphan(),
            depth: comment.depth,
            kind: comment.kind,
            author: comment.author.name.as_deref(),
            author_key: comment.author.key.as_deref(),
            author_kind: comment.author.kind,
            created: comment.created.map(|time| time.millis),
            edited: comment.edited.map(|time| time.millis),
            text: &comment.text,
            status: comment.status,
            score: comment.score,
            revision: comment.revision,
            facts,
        }
    }
}

/// What other rows say of a comment. What is not filled in counts as unknown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// How many comments answer it directly.
    pub replies: u32,
    /// Whether it repeats another comment under a second id.
    pub duplicate: bool,
    /// What was known of its author when it was written; absent where nobody in particular wrote it.
    pub history: Option<History>,
    /// The flags on it.
    pub flags: Vec<Mark>,
    /// Who decided it, in order.
    pub decided_by: Vec<String>,
    /// Whether its text is another than the one that was decided on.
    pub edited_since_decision: bool,
    /// The reason of the decision that counts.
    pub reason: Option<String>,
    /// The tags on it.
    pub tags: Vec<String>,
    /// How many notes are on it.
    pub notes: u32,
    /// How sure the edge is that was worked out for it.
    pub edge: Option<f64>,
    /// Its language.
    pub lang: Option<String>,
    /// The signals that were computed for it, by field.
    pub signals: Vec<(Field, f64)>,
}

impl Facts {
    /// No facts at all, to borrow where a query asks for none.
    pub const NONE: &'static Facts = &Facts {
        replies: 0,
        duplicate: false,
        history: None,
        flags: Vec::new(),
        decided_by: Vec::new(),
        edited_since_decision: false,
        reason: None,
        tags: Vec::new(),
        notes: 0,
        edge: None,
        lang: None,
        signals: Vec::new(),
    };
}

/// What was known of an author at the moment of one comment: comments of the same person with an earlier time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct History {
    /// How many comments they had written.
    pub comments: u32,
    /// How many of those had been removed, spam included, by then.
    pub removed: u32,
    /// Milliseconds since the first of them; 0 for the first itself, absent without dates.
    pub age: Option<i64>,
}

/// A flag, as far as queries ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The policy id.
    pub reason: String,
    /// The rule that set it, if one did.
    pub rule: Option<String>,
}
