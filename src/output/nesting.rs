//! Where each comment of a pre-order stream stands: how deep, and how many open comments end before it. It goes by the
//! parent's number and not by the stored depth, so that a thread with comments left out still nests rightly.

use crate::model::{Comment, CommentId};

/// The chain of comments from the top level down to the last one given.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    open: Vec<CommentId>,
}

impl Nesting {
    /// Takes the next comment and says how many open comments end before it. Without its parent among the open ones it
    /// ends them all.
    pub(super) fn enter(&mut self, comment: &Comment) -> usize {
        let before = self.open.len();
        while self.open.last().is_some_and(|open| comment.parent != Some(*open)) {
            self.open.pop();
        }
        let closed = before - self.open.len();
        self.open.push(comment.id);
        closed
    }

    /// Levels that are open; after [`Nesting::enter`] the level of that comment, counted from 1.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Ends the post.
    pub(super) fn clear(&mut self) {
        self.open.clear();
    }
}
