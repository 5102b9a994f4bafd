//! What is put before a moderator: one comment in its place, and why it is there. Plain data, as it came; it is escaped
//! where it is drawn.

use std::ops::Range;

use crate::model::{CommentId, PostId, Status};

/// A comment to decide, with what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The comment.
    pub comment: CommentId,
    /// Its post.
    pub post: PostId,
    /// The title of the post; empty if it has none.
    pub title: String,
    /// What it answers, itself, and what answers it, in reading order.
    pub rows: Vec<Row>,
    /// Which of the rows it is.
    pub here: usize,
    /// Whether more stands above than is given.
    pub more_above: bool,
    /// Whether more stands below than is given.
    pub more_below: bool,
    /// Why it is here: flags and signals, and what else makes it wait.
    pub why: Vec<Why>,
    /// What moderators noted on it: who and what.
    pub notes: Vec<(String, String)>,
    /// Its priority.
    pub points: f64,
    /// Its place in the queue, from 1.
    pub place: usize,
    /// How many the queue holds.
    pub of: usize,
}

/// A comment of the thread.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The comment.
    pub comment: CommentId,
    /// Levels below the first row.
    pub depth: u32,
    /// Who wrote it, as printed.
    pub author: String,
    /// When, for reading; empty if that is not known.
    pub when: String,
    /// Where it stands; absent where the moderator is not to know.
    pub status: Option<Status>,
    /// Its plain text.
    pub text: String,
    /// The words that caused flags: byte ranges of the text, in order, none inside another.
    pub marks: Vec<Range<usize>>,
    /// The reason for which the text is hidden until asked for.
    pub mask: Option<String>,
}

/// One reason for a comment to be looked at: a flag, or the value of a signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// The policy id, the name of the signal, or a few words.
    pub what: String,
    /// The person, rule or model behind it, with its version where that matters.
    pub by: Option<String>,
    /// How sure, or how much.
    pub value: Option<f64>,
    /// The words that caused it.
    pub words: Vec<String>,
    /// Where they stand in the text, as byte ranges; empty where the text is no longer the one that was flagged.
    pub spans: Vec<Range<usize>>,
    /// What was remarked.
    pub note: Option<String>,
    /// Whether `what` is a reason that a decision can give.
    pub is_reason: bool,
}

/// What takes longer to find out and may come later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// The comment that it is about.
    pub comment: CommentId,
    /// The author's record, a fact each.
    pub author: Vec<String>,
    /// Comments that say exactly the same, by number; absent while they are being looked for.
    pub copies: Option<Vec<CommentId>>,
    /// Comments that say nearly the same, as the last scan found them.
    pub near: Vec<CommentId>,
}

impl Case {
    /// The reasons of its flags, each once, in their order.
    pub fn reasons(&self) -> Vec<&str> {
        let mut reasons: Vec<&str> = Vec::new();
        for why in self.why.iter().filter(|why| why.is_reason) {
            if !reasons.contains(&why.what.as_str()) {
                reasons.push(&why.what);
            }
        }
        reasons
    }
}

/// Ranges in order, overlapping ones joined, those that are not on characters of the text left out.
pub fn tidy(text: &str, mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| range.start < range.end && text.get(range.clone()).is_some());
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut tidied: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match tidied.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => tidied.push(range),
        }
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_put_in_order_and_bad_ones_dropped() {
        let text = "añb words";
        let far = text.len() + 1;
        let ranges = vec![5..9, 0..1, 2..3, 4..6, 3..3, 8..far];
        assert_eq!(tidy(text, ranges), [0..1, 4..9]);
    }
}
