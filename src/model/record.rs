//! What a source reports while it is read: posts, comments, gaps, faults, in file order.

use super::{Author, BodyFormat, CommentId, Hung, Kind, ParentOrigin, PostId, Status, Time};

/// A text as it came and how it is marked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The text as the source gives it.
    pub raw: String,
    /// Its markup.
    pub format: BodyFormat,
}

/// Which dump a record belongs to: ids are unique within one of these.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceKey {
    /// The kind of system, such as `wxr` or `reddit`: formats of one system share it.
    pub kind: String,
    /// The site, forum or file within that system.
    pub scope: String,
}

/// Where a record stands in the file that it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Offset of the first byte, after decompression and decoding, counted from 0.
    pub byte: u64,
    /// Line, counted from 1; 0 where lines mean nothing.
    pub line: u64,
}

/// What a record says of its parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parent {
    /// It answers the post itself.
    Post,
    /// It answers the comment with this key, which may come later or never.
    Comment {
        /// The source's key of the parent.
        key: String,
        /// What the link rests on.
        origin: ParentOrigin,
    },
    /// The dump does not say.
    Unknown,
}

/// A post as a source gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPost {
    /// The source's own id, as text.
    pub key: String,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// Who wrote it.
    pub author: Author,
    /// When it was written.
    pub created: Option<Time>,
    /// Its text; absent where the dump has none.
    pub body: Option<Body>,
    /// The source's state in quell's words; absent where the source has none or an unknown one.
    pub status: Option<Status>,
    /// The source's state in its own words.
    pub raw_status: Option<String>,
    /// Whether it only stands in for a post that no file held, in quell's own dumps.
    pub placeholder: bool,
    /// Fields that have no place above, as the text of a JSON object; empty if none.
    pub extra: String,
    /// The number quell gave it, in quell's own dumps.
    pub id: Option<PostId>,
    /// Where it stands in the file.
    pub place: Place,
}

impl NewPost {
    /// A post of which only the key is known.
    pub fn new(key: impl Into<String>) -> Self {
        NewPost {
            key: key.into(),
            title: None,
            url: None,
            author: Author::unknown(),
            created: None,
            body: None,
            status: None,
            raw_status: None,
            placeholder: false,
            extra: String::new(),
            id: None,
            place: Place::default(),
        }
    }
}

/// A comment as a source gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewComment {
    /// The source's own id, as text.
    pub key: String,
    /// The key of the post it hangs on; absent where it follows from the parent alone (Hacker News items).
    pub post: Option<String>,
    /// What it answers.
    pub parent: Parent,
    /// What sort of entry.
    pub kind: Kind,
    /// Who wrote it.
    pub author: Author,
    /// When it was written.
    pub created: Option<Time>,
    /// When it was last edited.
    pub edited: Option<Time>,
    /// Its text; absent where the source only keeps the place (`[deleted]`, `[removed]`, empty tombstones).
    pub body: Option<Body>,
    /// The source's state in quell's words; absent where the source has none or an unknown one.
    pub status: Option<Status>,
    /// The source's state in its own words.
    pub raw_status: Option<String>,
    /// Where it stood in quell, in quell's own dumps; absent where that follows from `status` alone.
    pub decided: Option<Status>,
    /// Points, likes minus dislikes, or what the source calls its score.
    pub score: Option<i64>,
    /// A number of the source that grows with each edit, where it has one.
    pub version: Option<i64>,
    /// Fields that have no place above, as the text of a JSON object; empty if none.
    pub extra: String,
    /// The number quell gave it, in quell's own dumps.
    pub id: Option<CommentId>,
    /// Earlier bodies, oldest first, in quell's own dumps.
    pub revisions: Vec<Body>,
    /// The edge that counted in quell, in quell's own dumps; then `parent` is what followed from it.
    pub hung: Option<Box<Hung>>,
    /// Where it stands in the file.
    pub place: Place,
}

impl NewComment {
    /// A comment with a key and nothing else.
    pub fn new(key: impl Into<String>) -> Self {
        NewComment {
            key: key.into(),
            post: None,
            parent: Parent::Unknown,
            kind: Kind::Comment,
            author: Author::unknown(),
            created: None,
            edited: None,
            body: None,
            status: None,
            raw_status: None,
            decided: None,
            score: None,
            version: None,
            extra: String::new(),
            id: None,
            revisions: Vec::new(),
            hung: None,
            place: Place::default(),
        }
    }
}

/// Comments that are known to exist but are not in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The key of the post they belong to.
    pub post: String,
    /// The comment they answer; absent for the post itself.
    pub parent: Option<String>,
    /// The ids the source names.
    pub known: Vec<String>,
    /// How many the source says there are.
    pub count: u64,
    /// Why they are missing, such as `more` or `depth limit`.
    pub reason: String,
}

/// A record that could not be read; it goes to quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A stable short code, such as `json.syntax` or `xml.attribute`.
    pub code: &'static str,
    /// What went wrong, lower case, no full stop.
    pub reason: String,
    /// Where.
    pub place: Place,
    /// The source's id of the record, if it could be seen.
    pub key: Option<String>,
    /// The bytes of the record, as they came.
    pub raw: Vec<u8>,
}

/// Something odd in a record or file that was imported all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// A stable short code; warnings of one code are counted together.
    pub code: &'static str,
    /// What is odd, lower case, no full stop.
    pub message: String,
    /// Where.
    pub place: Place,
}

/// What a source reports, in file order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// The records that follow belong to this source. Comes before any record.
    Source(SourceKey),
    /// A post.
    Post(Box<NewPost>),
    /// A comment.
    Comment(Box<NewComment>),
    /// Comments that are missing.
    Gap(Gap),
    /// Two comments that are one and the same under different ids.
    Duplicate {
        /// The key of the copy.
        key: String,
        /// The key of the comment it repeats.
        of: String,
    },
    /// A record for quarantine.
    Fault(Fault),
    /// Something odd.
    Warning(Warning),
}
