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

/// From which value on a comment is taken to leave the topic, as the rule `off-topic.drift` does.
pub const DRIFT: f64 = 0.8;

/// For each comment the root of the branch that left the topic with it, which may be itself.
fn roots(comments: &[Remark<'_>], judgements: &[Judgement]) -> Vec<Option<usize>> {
    let marked = |at: usize| judgements.get(at).and_then(Judgement::value).is_some_and(|value| value >= DRIFT);
    let mut root: Vec<Option<Option<usize>>> = vec![None; comments.len()];
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
            above = above.or_else(|| marked(place).then_some(place));
            root[place] = Some(above);
        }
    }
    root.into_iter().map(Option::flatten).collect()
}

/// The branch that a comment left the topic with: as its root, or following it.
pub fn branch_of(comments: &[Remark<'_>], judgements: &[Judgement], at: usize) -> Option<Branch> {
    let roots = roots(comments, judgements);
    let root = roots.get(at).copied().flatten()?;
    let below = roots.iter().filter(|of| **of == Some(root)).count() - 1;
    Some(Branch { root, below })
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
        let branch = Some(Branch { root: 1, below: 2 });
        assert_eq!([1, 2, 3].map(|at| branch_of(&comments, &values, at)), [branch; 3], "replies inherit");
        assert_eq!((branch_of(&comments, &values, 0), branch_of(&comments, &values, 5)), (None, None));
    }

    #[test]
    fn cycles_and_parents_out_of_reach_end() {
        let parents = [Some(1), Some(0), Some(99), Some(3)];
        let comments: Vec<Remark> = parents.iter().map(|parent| Remark { text: "", parent: *parent }).collect();
        let values = [0.9, 0.9, 0.9, 0.9].map(judged);
        let root = |at| branch_of(&comments, &values, at).map(|branch| branch.root);
        assert_eq!([0, 1, 2, 3].map(root), [Some(1), Some(1), Some(2), Some(3)]);
    }

    #[test]
    fn a_chain_of_ten_thousand() {
        let comments: Vec<Remark> = (0..10_000usize).map(|at| Remark { text: "", parent: at.checked_sub(1) }).collect();
        let values: Vec<Judgement> = (0..10_000).map(|_| judged(0.9)).collect();
        assert_eq!(branch_of(&comments, &values, 9_999), Some(Branch { root: 0, below: 9_999 }));
    }
}
