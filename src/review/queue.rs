//! The order in which comments come to a moderator, and why. A priority is a sum of named terms, so that it can be shown
//! whole; equal ones are ordered by number. Nothing here looks at a clock or at chance.

use super::reasons::Reasons;
use crate::model::{CommentId, PostId, Status};

/// A comment that waits, with what its priority depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The comment.
    pub comment: CommentId,
    /// Its post.
    pub post: PostId,
    /// Where it stands.
    pub status: Status,
    /// When it was written, in milliseconds since 1970.
    pub created: Option<i64>,
    /// How many comments answer it.
    pub replies: u64,
    /// How many comments its post has.
    pub thread: u64,
    /// Whether people decided it differently.
    pub disputed: bool,
    /// Whether its text changed after it was decided.
    pub edited: bool,
    /// The flags that nobody has answered.
    pub flags: Vec<OpenFlag>,
}

/// A flag that nobody has answered.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenFlag {
    /// Who set it.
    pub by: String,
    /// The policy id.
    pub reason: String,
    /// How sure, from 0 to 1.
    pub score: Option<f64>,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// How the earlier flags of the same hand fared.
    pub record: Record,
}

/// How often somebody's flags were upheld and dismissed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Record {
    /// Removed after the flag.
    pub upheld: u64,
    /// Approved after the flag.
    pub dismissed: u64,
}

impl Record {
    /// How much their word weighs, between 0 and 2: twice the mean of a Beta(2, 2) prior updated by the record, so that 1
    /// is the weight of somebody unknown.
    pub fn weight(self) -> f64 {
        2.0 * (self.upheld as f64 + 2.0) / (self.upheld as f64 + self.dismissed as f64 + 4.0)
    }
}

/// One part of a priority.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// What it is for, in words.
    pub why: String,
    /// How much it adds.
    pub points: f64,
}

/// What people decided differently comes before all but the gravest flags.
const DISPUTED: f64 = 8.0;
/// Somebody asked for a decision.
const ESCALATED: f64 = 5.0;
/// A decision that may not fit its text any more.
const EDITED: f64 = 3.0;
/// What waiting adds, reached after [`PATIENCE`] days.
const WAITING: f64 = 2.0;
const PATIENCE: f64 = 14.0;
const DAY: f64 = 86_400_000.0;

/// The parts of an item's priority at a moment (milliseconds since 1970), in a fixed order.
pub fn terms(item: &Item, reasons: &Reasons, now: i64) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut add = |points: f64, why: String| terms.push(Term { why, points });
    for flag in &item.flags {
        let severity = f64::from(1 + reasons.severity(&flag.reason));
        let weight = flag.record.weight();
        let score = flag.score.unwrap_or(1.0);
        let sure = flag.score.map(|score| format!(" x {score:.2} sure")).unwrap_or_default();
        let why =
            format!("flagged {} by {}: severity {severity} x reliability {weight:.2}{sure}", flag.reason, flag.by);
        add(severity * weight * score, why);
    }
    if item.disputed {
        add(DISPUTED, "people decided it differently".to_owned());
    } else if item.status == Status::Escalated {
        add(ESCALATED, "escalated".to_owned());
    }
    if item.edited {
        add(EDITED, "its text changed after the decision".to_owned());
    }
    if item.replies > 0 {
        add((1.0 + item.replies as f64).ln(), format!("reach: {} replies", item.replies));
    }
    add((1.0 + item.thread as f64).ln() / 4.0, format!("reach: {} comments in its thread", item.thread));
    if let Some(first) = item.flags.iter().map(|flag| flag.at).min() {
        let days = ((now - first) as f64 / DAY).max(0.0);
        add(WAITING * days.min(PATIENCE) / PATIENCE, format!("waiting for {} days", days.floor()));
    }
    terms
}

/// A priority.
pub fn priority(terms: &[Term]) -> f64 {
    terms.iter().map(|term| term.points).sum()
}

/// Puts items in their order, with their priorities.
pub fn ranked(items: Vec<Item>, reasons: &Reasons, now: i64) -> Vec<(Item, f64)> {
    let mut ranked: Vec<(Item, f64)> = items
        .into_iter()
        .map(|item| {
            let points = priority(&terms(&item, reasons, now));
            (item, points)
        })
        .collect();
    ranked.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.comment.cmp(&b.comment)));
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: i64, flags: Vec<OpenFlag>) -> Item {
        let status = Status::Pending;
        let (post, comment) = (PostId(1), CommentId(id));
        Item { comment, post, status, created: None, replies: 0, thread: 10, disputed: false, edited: false, flags }
    }

    fn flag(reason: &str, record: Record) -> OpenFlag {
        OpenFlag { by: "a".to_owned(), reason: reason.to_owned(), score: None, at: 0, record }
    }

    #[test]
    fn graver_reasons_and_better_records_come_first_and_ties_go_by_number() {
        let reasons = Reasons::built_in().unwrap();
        let liar = Record { upheld: 0, dismissed: 20 };
        let order: Vec<i64> = ranked(
            vec![
                item(4, vec![flag("off-topic", Record::default())]),
                item(3, vec![flag("off-topic", Record::default())]),
                item(2, vec![flag("off-topic", liar)]),
                item(1, vec![flag("threat", Record::default())]),
            ],
            &reasons,
            0,
        )
        .into_iter()
        .map(|(item, _)| item.comment.0)
        .collect();
        assert_eq!(order, [1, 3, 4, 2]);
    }

    #[test]
    fn a_record_moves_weight_between_0_and_2() {
        assert_eq!(Record::default().weight(), 1.0);
        assert!(Record { upheld: 100, dismissed: 0 }.weight() < 2.0);
        assert!(Record { upheld: 0, dismissed: 100 }.weight() < 0.05);
    }
}
