//! The tree of one post from its parent links: order, depth, ends of branches, and the links that would close a circle.
//! Linear in the number of comments (plus one sort of siblings), and without recursion.

use std::collections::HashMap;

use crate::model::CommentId;

/// What the tree has to know of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Its number.
    pub id: CommentId,
    /// The comment it answers.
    pub parent: Option<CommentId>,
    /// When it was written, in milliseconds; decides the order of siblings, before the number.
    pub created: Option<i64>,
}

/// A comment's place in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Its index in the nodes given.
    pub index: usize,
    /// Levels below the post, from 1.
    pub depth: u32,
    /// One past the position of the last comment below it.
    pub end: usize,
}

/// A tree in reading order: every comment stands before its replies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    /// All comments.
    pub order: Vec<Placed>,
    /// Indexes of the comments whose link to their parent was cut, because it closed a circle.
    pub cut: Vec<usize>,
}

/// Builds the tree. A parent that is not among the nodes makes a comment top-level.
pub fn build(nodes: &[Node]) -> Tree {
    let index_of: HashMap<CommentId, usize> = nodes.iter().enumerate().map(|(index, node)| (node.id, index)).collect();
    let mut parents: Vec<Option<usize>> =
        nodes.iter().map(|node| node.parent.and_then(|id| index_of.get(&id).copied())).collect();
    let cut = cut_circles(nodes, &mut parents);

    let mut ranked: Vec<usize> = (0..nodes.len()).collect();
    ranked.sort_unstable_by_key(|&index| (nodes[index].created, nodes[index].id));
    let (starts, children) = children_by_parent(&parents, &ranked);

    let mut order: Vec<Placed> = Vec::with_capacity(nodes.len());
    // Positions of the comments whose branch is still open, innermost last.
    let mut open: Vec<usize> = Vec::new();
    let mut todo: Vec<(usize, u32)> =
        ranked.iter().rev().filter(|&&index| parents[index].is_none()).map(|&index| (index, 1)).collect();
    while let Some((index, depth)) = todo.pop() {
        close(&mut order, &mut open, depth);
        open.push(order.len());
        order.push(Placed { index, depth, end: 0 });
        todo.extend(children[starts[index]..starts[index + 1]].iter().rev().map(|&child| (child, depth + 1)));
    }
    close(&mut order, &mut open, 0);
    Tree { order, cut }
}

/// Ends the open branches at this depth and deeper.
fn close(order: &mut [Placed], open: &mut Vec<usize>, depth: u32) {
    let end = order.len();
    while let Some(&position) = open.last() {
        if order[position].depth < depth {
            break;
        }
        order[position].end = end;
        open.pop();
    }
}

/// Cuts each circle at its lowest number, so that the result does not depend on the order of the nodes.
fn cut_circles(nodes: &[Node], parents: &mut [Option<usize>]) -> Vec<usize> {
    let lowest = |circle: Vec<usize>| circle.into_iter().min_by_key(|&member| nodes[member].id);
    let mut cut: Vec<usize> = circles(parents).into_iter().filter_map(lowest).collect();
    cut.iter().for_each(|&member| parents[member] = None);
    cut.sort_unstable();
    cut
}

/// The circles that links to parents make: each has its members' indexes. Every chain is followed once. No comment is in
/// two circles, since each has one parent.
pub fn circles(parents: &[Option<usize>]) -> Vec<Vec<usize>> {
    const NEW: u32 = 0;
    let mut seen_in = vec![NEW; parents.len()];
    let mut circles = Vec::new();
    for start in 0..parents.len() {
        let walk = start as u32 + 1;
        let mut at = start;
        while seen_in[at] == NEW {
            seen_in[at] = walk;
            match parents[at] {
                Some(parent) => at = parent,
                None => break,
            }
        }
        let came_back = seen_in[at] == walk && parents[at].is_some();
        if came_back {
            let mut circle = vec![at];
            let mut step = parents[at];
            while let Some(member) = step.filter(|&member| member != at) {
                circle.push(member);
                step = parents[member];
            }
            circles.push(circle);
        }
    }
    circles
}

/// The children of every comment, in rank order, as one list with the start of each comment's part.
fn children_by_parent(parents: &[Option<usize>], ranked: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let mut starts = vec![0; parents.len() + 1];
    for parent in parents.iter().flatten() {
        starts[parent + 1] += 1;
    }
    for index in 1..starts.len() {
        starts[index] += starts[index - 1];
    }
    let mut next = starts.clone();
    let mut children = vec![0; starts[parents.len()]];
    for &index in ranked {
        if let Some(parent) = parents[index] {
            children[next[parent]] = index;
            next[parent] += 1;
        }
    }
    (starts, children)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn node(id: i64, parent: Option<i64>) -> Node {
        Node { id: CommentId(id), parent: parent.map(CommentId), created: None }
    }

    #[test]
    fn replies_follow_their_parent_and_siblings_follow_time() {
        let mut nodes = [node(1, None), node(2, Some(3)), node(3, Some(1)), node(4, Some(1)), node(5, Some(99))];
        nodes[3].created = Some(-5);
        let tree = build(&nodes);
        let seen: Vec<_> = tree.order.iter().map(|placed| (placed.index, placed.depth, placed.end)).collect();
        assert_eq!(seen, [(0, 1, 4), (2, 2, 3), (1, 3, 3), (3, 2, 4), (4, 1, 5)]);
    }

    #[test]
    fn circles_are_cut_at_their_lowest_number() {
        let tree = build(&[node(3, Some(2)), node(2, Some(1)), node(1, Some(3)), node(4, Some(4)), node(5, Some(3))]);
        assert_eq!(tree.cut, [2, 3]);
        assert_eq!(tree.order.len(), 5);
    }

    #[test]
    fn a_chain_of_100_000_needs_no_stack() {
        let nodes: Vec<Node> = (1..=100_000).map(|id| node(id, (id > 1).then(|| id - 1))).collect();
        let tree = build(&nodes);
        assert_eq!(tree.order.last().map(|placed| placed.depth), Some(100_000));
        assert_eq!(tree.order[0].end, 100_000);
    }

    proptest! {
        #[test]
        fn every_comment_comes_once_after_its_parent(links in prop::collection::vec(0usize..40, 1..40)) {
            let nodes: Vec<Node> =
                links.iter().enumerate().map(|(i, &p)| node(i as i64 + 1, (p > 0).then_some(p as i64))).collect();
            let tree = build(&nodes);
            let mut position = vec![None; nodes.len()];
            for (at, placed) in tree.order.iter().enumerate() {
                prop_assert!(position[placed.index].replace(at).is_none());
                prop_assert!(placed.end > at && placed.end <= nodes.len());
                if let Some(parent) = nodes[placed.index].parent
                    && !tree.cut.contains(&placed.index)
                    && (parent.0 as usize) <= nodes.len()
                {
                    let above = position[parent.0 as usize - 1].expect("the parent stands before its reply");
                    prop_assert!(above < at && at < tree.order[above].end);
                    prop_assert_eq!(tree.order[above].depth + 1, placed.depth);
                }
            }
            prop_assert!(position.iter().all(Option::is_some));
        }
    }
}
