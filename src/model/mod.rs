//! The words of quell as plain data: posts, comments, authors, times, statuses, what a source reports while it is read
//! and what the store gives back. Every other module imports this one; it imports nothing of the crate and does nothing
//! but hold values.
//!
//! Not here: how any of it is read (`sources`), kept (`store`) or written (`output`).

mod author;
mod decision;
mod edge;
mod id;
mod names;
mod record;
mod stored;
mod time;
mod uid;

pub use author::Author;
pub use decision::{Act, Actor, Decision, Deed, Flag, Hangs, Moved, Operation, Outcome, Skip, Subject};
pub use edge::{Answered, EdgeAlternative, EdgeEvidence, Grounds, Hung, KeptEdge, ProposedAuthor, Span, four_decimals};
pub use id::{CommentId, NotAnId, PostId};
pub use names::{
    Action, AuthorEvidence, AuthorKind, BodyFormat, EdgeClass, FlagState, Kind, Origin, ParentOrigin, Precision, Status,
};
pub use record::{Body, Fault, Gap, Item, NewComment, NewPost, Parent, Place, SourceKey, Warning};
pub use stored::{Comment, GapLeft, Post, ThreadRow};
pub use time::Time;
pub use uid::Uid;
