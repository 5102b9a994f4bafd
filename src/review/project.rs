//! From the decisions on one comment or post to where it stands: which of them hold, its status, tags, lock and flags.
//!
//! A decision on the status names those that it answers: the ones that held when it was made. So decisions that nobody has answered can be
//! told from those that were overruled, in whatever order two databases are merged: two unanswered decisions of two
//! people that differ are a disagreement. Such a comment counts as escalated until somebody decides it again.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::model::{Action, FlagState, Origin, ParentOrigin, Status};

/// A decision, as far as the projection asks. Entries are given in the order of their operations' universal ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// A number that no other entry has.
    pub id: i64,
    /// What it does.
    pub action: Action,
    /// The label, for tags.
    pub tag: Option<String>,
    /// Who made it.
    pub actor: String,
    /// What sort of actor.
    pub origin: Origin,
    /// The decisions on the status that were unanswered when it was made; it answers them.
    pub answers: Vec<i64>,
    /// The decision that it takes back.
    pub undoes: Option<i64>,
    /// For edges: whether a person set it or the words say so.
    pub edge: Option<ParentOrigin>,
}

/// What follows from the entries. Indexes are those of the entries given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projection {
    /// For each entry, whether it has been undone.
    pub undone: Vec<bool>,
    /// The decisions on the status that hold and that nobody has answered, newest first.
    pub heads: Vec<usize>,
    /// Where the comment stands by decision; nothing if nobody has decided.
    pub standing: Option<Standing>,
    /// The labels on it.
    pub tags: BTreeSet<String>,
    /// The decision that locks it.
    pub lock: Option<usize>,
    /// The edge that counts among the decisions: the last that a person set, else the last that was worked out.
    pub edge: Option<usize>,
    /// Every flag, and what became of it.
    pub flags: Vec<(usize, FlagState)>,
}

/// Where a comment stands by decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The status.
    pub status: Status,
    /// The decision that counts.
    pub decision: usize,
    /// Whether people disagree.
    pub disputed: bool,
}

/// Works out what holds. Linear in the number of entries.
pub fn project(entries: &[Entry]) -> Projection {
    let index: HashMap<i64, usize> = entries.iter().enumerate().map(|(at, entry)| (entry.id, at)).collect();
    let undone = undone(entries, &index);
    let heads = heads(entries, &index, &undone);
    let standing = standing(entries, heads.clone());
    let mut tags = BTreeSet::new();
    let mut lock = None;
    for (at, entry) in entries.iter().enumerate().filter(|(at, _)| !undone[*at]) {
        match (entry.action, &entry.tag) {
            (Action::Tag, Some(tag)) => {
                tags.insert(tag.clone());
            }
            (Action::Untag, Some(tag)) => {
                tags.remove(tag);
            }
            (Action::Lock, _) => lock = Some(at),
            (Action::Unlock, _) => lock = None,
            _ => {}
        }
    }
    let flags = entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.action == Action::Flag)
        .map(|(at, _)| (at, if undone[at] { FlagState::Withdrawn } else { flag_state(at, standing) }))
        .collect();
    let edge = edge(entries, &undone);
    Projection { undone, heads, standing, tags, lock, edge, flags }
}

fn edge(entries: &[Entry], undone: &[bool]) -> Option<usize> {
    let last =
        |origin: ParentOrigin| (0..entries.len()).rev().find(|&at| !undone[at] && entries[at].edge == Some(origin));
    last(ParentOrigin::Human).or_else(|| last(ParentOrigin::Inferred))
}

/// An undo refers to an earlier entry, so that one pass from the newest to the oldest settles all.
fn undone(entries: &[Entry], index: &HashMap<i64, usize>) -> Vec<bool> {
    let mut undone = vec![false; entries.len()];
    for (at, entry) in entries.iter().enumerate().rev() {
        if entry.action == Action::Undo
            && !undone[at]
            && let Some(&target) = entry.undoes.and_then(|id| index.get(&id))
            && target < at
        {
            undone[target] = true;
        }
    }
    undone
}

fn heads(entries: &[Entry], index: &HashMap<i64, usize>, undone: &[bool]) -> Vec<usize> {
    let mut answered = vec![false; entries.len()];
    let mut heads: Vec<usize> = Vec::new();
    for (at, entry) in entries.iter().enumerate().rev().filter(|(_, entry)| entry.action.status().is_some()) {
        if !undone[at] && !answered[at] {
            heads.push(at);
        }
        // What was answered by a decision that was itself answered stays answered, even if that one was undone.
        if !undone[at] || answered[at] {
            for before in entry.answers.iter().filter_map(|id| index.get(id)) {
                answered[*before] = true;
            }
        }
    }
    heads
}

fn standing(entries: &[Entry], mut heads: Vec<usize>) -> Option<Standing> {
    if heads.iter().any(|&at| entries[at].origin == Origin::Person) {
        heads.retain(|&at| entries[at].origin == Origin::Person);
    } else {
        heads.truncate(1);
    }
    // One person's later word stands for that person.
    let mut heard: HashSet<&str> = HashSet::new();
    heads.retain(|&at| heard.insert(&entries[at].actor));
    let decision = *heads.first()?;
    let status = entries[decision].action.status()?;
    let disputed = heads.iter().any(|&at| entries[at].action.status() != Some(status));
    Some(Standing { status: if disputed { Status::Escalated } else { status }, decision, disputed })
}

fn flag_state(flag: usize, standing: Option<Standing>) -> FlagState {
    match standing {
        Some(standing) if standing.decision > flag => match standing.status {
            Status::Removed | Status::Spam => FlagState::Upheld,
            Status::Approved => FlagState::Dismissed,
            _ => FlagState::Open,
        },
        _ => FlagState::Open,
    }
}

/// The later entry, if there is one, that stands in the way of undoing an entry: it changed the same thing since, and
/// holds. Flags and notes stand on their own.
pub fn obstacle(entries: &[Entry], undone: &[bool], at: usize) -> Option<usize> {
    let track = track(entries, at);
    if matches!(track, Track::Own) {
        return None;
    }
    (at + 1..entries.len())
        .rev()
        .find(|&later| !undone[later] && entries[later].action != Action::Undo && self::track(entries, later) == track)
}

/// What of a comment or post an entry changes.
#[derive(Debug, PartialEq, Eq)]
enum Track<'e> {
    Status,
    Tag(Option<&'e str>),
    Lock,
    Edge,
    /// Nothing that another entry could change too.
    Own,
}

fn track(entries: &[Entry], mut at: usize) -> Track<'_> {
    loop {
        match entries[at].action {
            Action::Approve | Action::Remove | Action::Spam | Action::Escalate => return Track::Status,
            Action::Tag | Action::Untag => return Track::Tag(entries[at].tag.as_deref()),
            Action::Lock | Action::Unlock => return Track::Lock,
            Action::Edge => return Track::Edge,
            Action::Note | Action::Flag => return Track::Own,
            Action::Undo => {}
        }
        // An undo changes what it undoes; it always refers to an earlier entry.
        match entries[..at].iter().rposition(|entry| Some(entry.id) == entries[at].undoes) {
            Some(target) => at = target,
            None => return Track::Own,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: i64, action: Action, actor: &str, answers: &[i64], undoes: Option<i64>) -> Entry {
        let actor = actor.to_owned();
        let (tag, edge) = (None, None);
        Entry { id, action, tag, actor, origin: Origin::Person, answers: answers.to_vec(), undoes, edge }
    }

    fn status(entries: &[Entry]) -> Option<(Status, bool)> {
        project(entries).standing.map(|standing| (standing.status, standing.disputed))
    }

    #[test]
    fn undo_and_its_undo_restore_what_was() {
        let mut log = vec![entry(1, Action::Remove, "a", &[], None)];
        assert_eq!(status(&log), Some((Status::Removed, false)));
        log.push(entry(2, Action::Undo, "a", &[], Some(1)));
        assert_eq!(status(&log), None);
        log.push(entry(3, Action::Undo, "b", &[], Some(2)));
        assert_eq!(status(&log), Some((Status::Removed, false)));
    }

    #[test]
    fn an_answer_overrules_and_two_unanswered_words_are_a_disagreement() {
        let first = entry(1, Action::Remove, "a", &[], None);
        let answer = entry(2, Action::Approve, "b", &[1], None);
        assert_eq!(status(&[first.clone(), answer]), Some((Status::Approved, false)));
        let apart = entry(2, Action::Approve, "b", &[], None);
        assert_eq!(status(&[first.clone(), apart.clone()]), Some((Status::Escalated, true)));
        let same_person = entry(2, Action::Approve, "a", &[], None);
        assert_eq!(status(&[first.clone(), same_person]), Some((Status::Approved, false)));
        let settled = entry(3, Action::Spam, "c", &[1, 2], None);
        assert_eq!(status(&[first, apart, settled]), Some((Status::Spam, false)));
    }

    #[test]
    fn people_win_over_rules() {
        let rule = Entry { origin: Origin::Rule, ..entry(2, Action::Remove, "spam.casino", &[], None) };
        let person = entry(1, Action::Approve, "a", &[], None);
        assert_eq!(status(&[person, rule]), Some((Status::Approved, false)));
    }

    #[test]
    fn a_persons_edge_counts_before_one_worked_out_later() {
        let edge = |id, origin| Entry { edge: Some(origin), ..entry(id, Action::Edge, "a", &[], None) };
        let log = [edge(1, ParentOrigin::Inferred), edge(2, ParentOrigin::Human), edge(3, ParentOrigin::Inferred)];
        assert_eq!(project(&log).edge, Some(1));
        let mut log = log.to_vec();
        log.push(entry(4, Action::Undo, "a", &[], Some(2)));
        assert_eq!(project(&log).edge, Some(2));
        assert_eq!(obstacle(&log, &project(&log).undone, 0), Some(2));
    }

    #[test]
    fn flags_follow_the_decision_after_them() {
        let flag = entry(1, Action::Flag, "a", &[], None);
        let fine = entry(2, Action::Approve, "b", &[], None);
        let again = entry(3, Action::Flag, "c", &[], None);
        let states: Vec<_> = project(&[flag, fine, again]).flags.into_iter().map(|(_, state)| state).collect();
        assert_eq!(states, [FlagState::Dismissed, FlagState::Open]);
    }
}
