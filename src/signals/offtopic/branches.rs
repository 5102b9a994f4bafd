//! Drift of a whole branch as one finding: the root that left the topic, with the replies below it folded under it.

use super::{Judgement, Remark};

/// A comment that left the topic, and how many comments below it follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Branch {
    /// The place of the root among the comments.
    pub root: usize,
    /// Comments below it, whatever their own value: a reply to what is off topic inherits.
    pub below: usize,
}

/// The branches that leave the topic, in order of their roots: marked comments with no marked comment above them.
pub fn branches(comments: &[Remark<'_>], judgements: &[Judgement], threshold: f64) -> Vec<Branch> {
    let marked = |at: usize| judgements.get(at).and_then(Judgement::value).is_some_and(|value| value >= threshold);
    let mut root: Vec<Option<Option<usize>>> = vec![None; comments.len()];
    let mut below = vec![0usize; comments.len()];
    for start in 0..comments.len() {
        let mut path = Vec::new();
        let mut at = Some(start);
        while let Some(place) = at.filter(|place| *place < comments.len() && root[*place].is_none()) {
            // Marked as seen without a root for the while, so that a cycle of parents ends here.
            root[place] = Some(None);
            path.push(place);
            at = comments[place].parent;
        }
        let mut above = at.and_then(|place| root.get(place).copied().flatten().flatten());
        for place in path.into_iter().rev() {
            match above {
                Some(top) => below[top] += 1,
                None if marked(place) => above = Some(place),
                None => {}
            }
            root[place] = Some(above);
        }
    }
    let is_root = |at: &usize| root[*at] == Some(Some(*at));
    (0..comments.len()).filter(is_root).map(|at| Branch { root: at, below: below[at] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::offtopic::likeness::Likeness;

    fn judged(value: f64) -> Judgement {
        Judgement { declared: None, empty: None, unrelated: Some(value), likeness: Likeness::default() }
    }

    #[test]
    fn one_finding_a_branch() {
        let parents = [None, Some(0), Some(1), Some(2), None, Some(4)];
        let comments: Vec<Remark> = parents.iter().map(|parent| Remark { text: "", parent: *parent }).collect();
        let values = [0.1, 0.9, 0.9, 0.1, 0.1, 0.1].map(judged);
        assert_eq!(branches(&comments, &values, 0.5), [Branch { root: 1, below: 2 }]);
    }

    #[test]
    fn cycles_and_parents_out_of_reach_end() {
        let parents = [Some(1), Some(0), Some(99), Some(3)];
        let comments: Vec<Remark> = parents.iter().map(|parent| Remark { text: "", parent: *parent }).collect();
        let values = [0.9, 0.9, 0.9, 0.9].map(judged);
        assert_eq!(branches(&comments, &values, 0.5).len(), 3);
    }

    #[test]
    fn a_chain_of_ten_thousand() {
        let comments: Vec<Remark> = (0..10_000usize).map(|at| Remark { text: "", parent: at.checked_sub(1) }).collect();
        let values: Vec<Judgement> = (0..10_000).map(|_| judged(0.9)).collect();
        assert_eq!(branches(&comments, &values, 0.5), [Branch { root: 0, below: 9_999 }]);
    }
}
