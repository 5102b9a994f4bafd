//! What an export does with comments that are removed, spam or deleted: pure functions over one thread, applied before
//! any format sees it.

use std::io;

use super::{Export, Extras};
use crate::model::{Author, BodyFormat, Comment, Status};

/// What becomes of comments that are not to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Removed {
    /// Their place stays, their words do not.
    #[default]
    Tombstone,
    /// They are left out, unless something visible answers them or one of their replies: then their place stays.
    Omit,
    /// They are written whole.
    Full,
}

impl Removed {
    /// The names that `--removed` takes, with what they mean.
    pub const NAMES: &'static [(&'static str, Removed)] =
        &[("tombstone", Removed::Tombstone), ("omit", Removed::Omit), ("full", Removed::Full)];
}

/// What becomes of one comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is written whole.
    Whole,
    /// Its place is written without its words.
    Tombstone,
    /// It is left out.
    Omit,
}

impl Verdict {
    /// Hands the comment on as the verdict says.
    pub fn write(self, export: &mut dyn Export, comment: &Comment, extras: &Extras) -> io::Result<()> {
        match self {
            Verdict::Whole => export.comment(comment, extras),
            Verdict::Tombstone => export.comment(&tombstone(comment), &Extras::default()),
            Verdict::Omit => Ok(()),
        }
    }
}

/// A verdict for each comment of a thread, which is given in pre-order as depth and status. Time and memory are linear
/// whatever the shape: going backwards, what is visible below a comment has been seen before the comment.
pub fn verdicts(thread: &[(u32, Status)], removed: Removed) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = Vec::with_capacity(thread.len());
    let mut kept = KeptBelow::default();
    for (depth, status) in thread.iter().rev() {
        let replies = kept.below(*depth);
        let verdict = match (is_hidden(*status), removed) {
            (false, _) | (true, Removed::Full) => Verdict::Whole,
            (true, Removed::Tombstone) => Verdict::Tombstone,
            (true, Removed::Omit) if replies => Verdict::Tombstone,
            (true, Removed::Omit) => Verdict::Omit,
        };
        if verdict != Verdict::Omit {
            kept.keep(*depth);
        }
        verdicts.push(verdict);
    }
    verdicts.reverse();
    verdicts
}

/// What is left of a comment that is not to be seen: its ids, its place and why it is gone.
pub fn tombstone(comment: &Comment) -> Comment {
    Comment {
        id: comment.id,
        source: comment.source.clone(),
        key: comment.key.clone(),
        post: comment.post,
        parent: comment.parent,
        parent_key: comment.parent_key.clone(),
        parent_origin: comment.parent_origin,
        depth: comment.depth,
        kind: comment.kind,
        author: Author::unknown(),
        // The time stays: it decides the order of siblings.
        created: comment.created,
        edited: None,
        format: BodyFormat::Text,
        raw: None,
        text: String::new(),
        status: comment.status,
        source_status: comment.source_status,
        raw_status: None,
        score: None,
        revision: 0,
        extra: String::new(),
    }
}

fn is_hidden(status: Status) -> bool {
    matches!(status, Status::Removed | Status::Spam | Status::Deleted)
}

/// The depths of kept comments whose parent has not been passed yet, deepest last, each once.
#[derive(Default)]
struct KeptBelow {
    depths: Vec<u32>,
}

impl KeptBelow {
    /// Whether anything kept lies below a comment of this depth; it is settled with that.
    fn below(&mut self, depth: u32) -> bool {
        let before = self.depths.len();
        while self.depths.last().is_some_and(|kept| *kept > depth) {
            self.depths.pop();
        }
        self.depths.len() < before
    }

    fn keep(&mut self, depth: u32) {
        if self.depths.last() != Some(&depth) {
            self.depths.push(depth);
        }
    }
}

#[cfg(test)]
mod tests {
    use Status::{Approved, Deleted, Pending, Removed as Gone, Spam};
    use Verdict::{Omit, Tombstone, Whole};

    use super::*;
    use crate::output::samples;

    #[test]
    fn tombstones_keep_every_place() {
        let thread = [(1, Gone), (2, Spam), (2, Pending), (1, Deleted), (1, Approved)];
        assert_eq!(verdicts(&thread, Removed::Tombstone), [Tombstone, Tombstone, Whole, Tombstone, Whole]);
        assert_eq!(verdicts(&thread, Removed::Full), [Whole; 5]);
    }

    #[test]
    fn omit_keeps_a_place_only_above_something_visible() {
        let thread = [(1, Gone), (2, Gone), (3, Pending), (2, Gone), (1, Gone), (2, Spam), (1, Approved), (2, Deleted)];
        assert_eq!(verdicts(&thread, Removed::Omit), [Tombstone, Tombstone, Whole, Omit, Omit, Omit, Whole, Omit],);
        assert_eq!(verdicts(&[], Removed::Omit), []);
    }

    #[test]
    fn a_thread_100_000_deep_or_wide_is_linear_work() {
        let deep: Vec<_> = (1..=100_000).map(|depth| (depth, if depth == 100_000 { Pending } else { Gone })).collect();
        assert!(!verdicts(&deep, Removed::Omit).contains(&Omit));
        let wide = vec![(1, Gone); 100_000];
        assert!(verdicts(&wide, Removed::Omit).iter().all(|verdict| *verdict == Omit));
    }

    #[test]
    fn a_tombstone_tells_nothing_but_place_time_and_status() {
        let mut full = samples::full_comment();
        full.status = Gone;
        let mut left = Vec::new();
        let mut export = (super::super::json::JSON.open)(&mut left);
        Tombstone.write(&mut *export, &full, &samples::EXTRAS).unwrap();
        drop(export);
        assert_eq!(
            String::from_utf8(left).unwrap(),
            "\n{\"id\":\"c2\",\"source\":{\"kind\":\"reddit\",\"scope\":\"reddit.com\"},\"key\":\"t1_b\",\"parent\":\"t1_a\",\
             \"parent_origin\":\"source\",\"kind\":\"comment\",\"created\":\"2016-04-05T10:00:00.250\",\
             \"created_precision\":\"local\",\"status\":\"removed\",\"source_status\":\"approved\""
        );
    }
}
