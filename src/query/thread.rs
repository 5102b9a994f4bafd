//! Relations, answered for all comments of a post at once: the inner query is asked once a comment, then its hits are
//! carried up, down or across the tree. Each relation costs time in proportion to the thread; nothing recurses over it.

use std::collections::HashMap;

use super::compile::Slot;
use super::entry::{Entry, Facts};
use super::fields::Relation;
use super::matcher::{Reading, holds};
use super::plan::UnderTarget;
use crate::model::{Comment, CommentId};

/// A comment of a thread with the facts about it.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its row.
    pub comment: Comment,
    /// What other rows say of it.
    pub facts: Facts,
}

/// All comments of one post.
#[derive(Debug, Clone)]
pub struct Thread {
    post_key: String,
    title: Option<String>,
    members: Vec<Member>,
    /// For each member, the place of its parent among them.
    parents: Vec<Option<usize>>,
    /// Places, parents before their children.
    order: Vec<usize>,
}

impl Thread {
    /// A thread from its comments in any order, with the key and title of the post. A parent that is not among them
    /// counts as none, and so does one that closes a circle.
    pub fn new(post_key: String, title: Option<String>, members: Vec<Member>) -> Thread {
        let places: HashMap<CommentId, usize> = members.iter().enumerate().map(|(at, m)| (m.comment.id, at)).collect();
        let mut parents: Vec<Option<usize>> =
            members.iter().map(|member| member.comment.parent.and_then(|id| places.get(&id).copied())).collect();
        let order = order(&mut parents);
        Thread { post_key, title, members, parents, order }
    }

    /// The comments' numbers, in the order they were given.
    pub fn ids(&self) -> impl Iterator<Item = CommentId> + '_ {
        self.members.iter().map(|member| member.comment.id)
    }

    /// The comments as the matcher sees them, in the order they were given.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> + '_ {
        self.members
            .iter()
            .map(|member| Entry::of(&member.comment, &self.post_key, self.title.as_deref(), &member.facts))
    }
}

/// Sorts places so that parents come before children; members of a circle lose their parent.
fn order(parents: &mut [Option<usize>]) -> Vec<usize> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); parents.len()];
    let mut order = Vec::with_capacity(parents.len());
    for (at, parent) in parents.iter().enumerate() {
        match parent {
            Some(parent) => children[*parent].push(at),
            None => order.push(at),
        }
    }
    let mut next = 0;
    while let Some(&at) = order.get(next) {
        order.append(&mut children[at]);
        next += 1;
    }
    if order.len() < parents.len() {
        let mut reached = vec![false; parents.len()];
        order.iter().for_each(|at| reached[*at] = true);
        for at in (0..parents.len()).filter(|at| !reached[*at]) {
            parents[at] = None;
            order.push(at);
        }
    }
    order
}

/// For each slot, for each member: whether it holds.
pub(super) fn answers(slots: &[Slot], thread: &Thread) -> Vec<Vec<bool>> {
    let mut known: Vec<Vec<bool>> = Vec::with_capacity(slots.len());
    for slot in slots {
        let answer = match slot {
            Slot::Relation(relation, inner) => {
                let hits: Vec<bool> = thread
                    .entries()
                    .enumerate()
                    .map(|(at, entry)| {
                        holds(inner, &entry, &Reading::new(entry.text), &|slot| known.get(slot).is_some_and(|k| k[at]))
                    })
                    .collect();
                carry(*relation, &hits, thread)
            }
            Slot::Under(target) => {
                let mut seeds: Vec<bool> = thread.entries().map(|entry| target.is(&entry)).collect();
                for &at in &thread.order {
                    seeds[at] |= thread.parents[at].is_some_and(|parent| seeds[parent]);
                }
                seeds
            }
        };
        known.push(answer);
    }
    known
}

impl UnderTarget {
    fn is(&self, entry: &Entry<'_>) -> bool {
        match self {
            UnderTarget::Comment(id) => entry.id == *id,
            UnderTarget::Key(pattern) => pattern.matches(entry.key),
        }
    }
}

/// From the comments that match the inner query to those that stand in the relation to one of them.
fn carry(relation: Relation, hits: &[bool], thread: &Thread) -> Vec<bool> {
    let parents = &thread.parents;
    let mut out = vec![false; hits.len()];
    match relation {
        Relation::Thread => out.fill(hits.contains(&true)),
        Relation::Parent => (0..out.len()).for_each(|at| out[at] = parents[at].is_some_and(|parent| hits[parent])),
        Relation::Ancestor => {
            for &at in &thread.order {
                out[at] = parents[at].is_some_and(|parent| hits[parent] || out[parent]);
            }
        }
        Relation::Child => {
            for (at, parent) in parents.iter().enumerate() {
                if let Some(parent) = parent {
                    out[*parent] |= hits[at];
                }
            }
        }
        Relation::Descendant => {
            for &at in thread.order.iter().rev() {
                if let Some(parent) = parents[at] {
                    out[parent] |= hits[at] || out[at];
                }
            }
        }
        Relation::Sibling => {
            let mut counts: HashMap<Option<usize>, usize> = HashMap::new();
            for (at, parent) in parents.iter().enumerate() {
                *counts.entry(*parent).or_default() += usize::from(hits[at]);
            }
            for at in 0..out.len() {
                out[at] = counts.get(&parents[at]).is_some_and(|count| *count > usize::from(hits[at]));
            }
        }
    }
    out
}
