//! What the tree of the first pass says about each candidate: who answered whom, where the talk is going on, what shape
//! the page's threads have. Only answers that come before the comment are looked at.

use super::{features, ln1p};
use crate::threads::index::Node;
use crate::threads::people::UNKNOWN;

features!(
    /// The features that need a tree.
    Structure {
        AnswersMe "tree.answers-me", AnswersMePrevious "tree.answers-me.previous", AnswersMyPost "tree.answers-my-post",
        LnChildren "tree.ln-children", Leaf "tree.leaf", LeafPrevious "tree.leaf.previous",
        AnsweredIt "tree.i-answered-it", Depth "tree.ln-depth", DepthPrevious "tree.ln-depth.previous",
        LastAnswered "tree.i-answered-author-last", IAmAbove "tree.i-am-above", ChainPrevious "tree.chain.previous",
        ParentOfPrevious "tree.parent-of-previous", TopOfPrevious "tree.top-of-previous", TopOfMine "tree.top-of-mine",
        SameTopAsMine "tree.same-top-as-mine", SiblingRoot "tree.previous-answers-root.root",
        SiblingPrevious "tree.previous-answers-root.previous", ShareRoot "tree.share-root.root",
        SharePrevious "tree.share-previous.previous", ShareDeep "tree.share-deep.deep", ShareDeepTop "tree.share-deep.top",
        UnansweredNew "tree.unanswered.top", UnansweredAsked "tree.answered-by-its-parent", LatestInTop "tree.latest-in-top",
        LnIdle "tree.ln-idle-top", MyParent "tree.my-last-parent", MyParentSameTop "tree.answered-mine",
        ShareSelf "tree.my-share-root.root", AuthorTop "tree.author-of-top",
        Due "tree.next-after-my-last",
    }
);

/// Children and steps up that are looked at; limits against hostile pages.
const MAX_STEPS: usize = 8;
const NONE: Node = Node::MAX;

/// What is known of a node within the tree so far.
#[derive(Clone, Copy)]
struct Place {
    parent: Node,
    depth: u32,
    /// The answer to the post that it stands below.
    top: Node,
    children: u32,
    newest_child: Node,
    next_child: Node,
    /// For an answer to the post: the newest comment below it.
    newest_below: Node,
}

/// What is known of an author within the tree so far.
#[derive(Clone, Copy)]
struct Person {
    latest: Node,
    answered: u32,
    comments: u32,
    roots: u32,
}

/// The tree as it grows, comment by comment.
pub(crate) struct Tree<'a> {
    /// The author of every node.
    authors: &'a [u32],
    places: Vec<Place>,
    people: Vec<Person>,
    previous: Node,
    comments: f32,
    roots: f32,
    previouses: f32,
    deep: f32,
}

impl<'a> Tree<'a> {
    /// A tree of the post alone, on a page of nodes by these authors.
    pub fn new(authors: &'a [u32], people: usize) -> Self {
        let place = Place {
            parent: NONE,
            depth: 0,
            top: 0,
            children: 0,
            newest_child: NONE,
            next_child: NONE,
            newest_below: 0,
        };
        let person = Person { latest: NONE, answered: UNKNOWN, comments: 0, roots: 0 };
        Tree {
            authors,
            places: vec![place; authors.len()],
            people: vec![person; people],
            previous: 0,
            comments: 0.0,
            roots: 0.0,
            previouses: 0.0,
            deep: 0.0,
        }
    }

    /// Hangs a comment below an earlier node.
    pub fn add(&mut self, node: Node, parent: Node) {
        let above = self.places[parent as usize];
        let top = if parent == 0 { node } else { above.top };
        self.places[node as usize] = Place {
            parent,
            depth: above.depth + 1,
            top,
            children: 0,
            newest_child: NONE,
            next_child: above.newest_child,
            newest_below: node,
        };
        self.places[parent as usize].newest_child = node;
        self.places[parent as usize].children += 1;
        self.places[top as usize].newest_below = node;
        let answered = self.authors[parent as usize];
        if let Some(person) = self.people.get_mut(self.authors[node as usize] as usize) {
            person.latest = node;
            person.answered = answered;
            person.comments += 1;
            person.roots += u32::from(parent == 0);
        }
        self.comments += 1.0;
        self.roots += f32::from(u8::from(parent == 0));
        self.previouses += f32::from(u8::from(parent == self.previous && parent != 0));
        self.deep += f32::from(u8::from(above.depth >= 1));
        self.previous = node;
    }

    /// Whose turn it is where a comment's author answers one after the other: the first answer to the post behind the one
    /// that they answered last which nobody has answered; none, a node that there is not, if there is no such.
    pub fn due(&self, node: Node) -> Node {
        let author = self.authors[node as usize];
        let Some(mine) = self.people.get(author as usize).filter(|mine| mine.latest != NONE) else { return NONE };
        let last = &self.places[mine.latest as usize];
        let from = if last.parent == 0 { mine.latest } else { last.top };
        let open = |other: &Node| {
            let place = &self.places[*other as usize];
            place.depth == 1 && place.children == 0 && self.authors[*other as usize] != author
        };
        (from + 1..=self.previous).take(3 * MAX_STEPS).find(open).unwrap_or(NONE)
    }

    /// The features of a candidate for a comment that is not in the tree yet, given whose turn it is.
    pub fn row(&self, node: Node, candidate: Node, due: Node) -> [f32; Structure::COUNT] {
        let mut row = [0.0; Structure::COUNT];
        let mut set = |feature: Structure, value: f32| row[feature as usize] = value;
        let flag = |holds: bool| if holds { 1.0 } else { 0.0 };
        let (root, previous) = (candidate == 0, candidate == self.previous);
        let place = &self.places[candidate as usize];
        let before = &self.places[self.previous as usize];
        let me = self.authors[node as usize];
        let mine = self.people.get(me as usize);
        let my_latest = mine.map(|mine| mine.latest).filter(|latest| *latest != NONE);
        let share = |count: f32, prior: f32| (count + prior) / (self.comments + 1.0);
        let answered = share(self.deep, 0.5);
        set(Structure::LnChildren, ln1p(place.children as f32));
        if root {
            set(Structure::SiblingRoot, flag(before.parent == 0));
            set(Structure::ShareRoot, share(self.roots, 0.3));
            set(Structure::ShareSelf, mine.map_or(0.0, |m| (m.roots as f32 + 0.3) / (m.comments as f32 + 1.0)));
            return row;
        }
        set(Structure::Due, flag(candidate == due));
        set(Structure::Leaf, flag(place.children == 0));
        set(Structure::Depth, ln1p(place.depth as f32));
        set(Structure::ParentOfPrevious, flag(before.parent == candidate));
        set(Structure::TopOfPrevious, flag(before.top == candidate && !previous));
        let share_deep = answered;
        set(if place.depth > 1 { Structure::ShareDeep } else { Structure::ShareDeepTop }, share_deep);
        set(Structure::UnansweredNew, flag(place.children == 0 && place.depth == 1));
        let top = &self.places[place.top as usize];
        set(Structure::LatestInTop, flag(top.newest_below == candidate));
        set(Structure::LnIdle, ln1p((node - top.newest_below) as f32));
        if previous {
            set(Structure::LeafPrevious, flag(place.children == 0));
            set(Structure::DepthPrevious, ln1p(place.depth as f32));
            set(Structure::ChainPrevious, flag(place.parent != 0 && place.parent + 1 == candidate));
            set(Structure::SiblingPrevious, flag(before.parent == 0));
            set(Structure::SharePrevious, share(self.previouses, 0.4));
        }
        let (Some(mine), true) = (mine, me != UNKNOWN) else { return row };
        let authored = |other: Node| self.authors[other as usize] == me;
        let answers_me = place.parent != NONE && authored(place.parent);
        set(Structure::AnswersMe, flag(answers_me && place.parent != 0));
        set(Structure::AnswersMePrevious, flag(answers_me && previous));
        set(Structure::AnswersMyPost, flag(answers_me && place.parent == 0));
        set(Structure::AnsweredIt, flag(self.children(candidate).any(authored)));
        set(Structure::IAmAbove, flag(self.above(candidate).any(authored)));
        let author = self.authors[candidate as usize];
        set(Structure::LastAnswered, flag(author != UNKNOWN && author == mine.answered));
        set(Structure::AuthorTop, flag(authored(place.top) && place.top != candidate));
        if let Some(latest) = my_latest {
            let last = &self.places[latest as usize];
            set(Structure::TopOfMine, flag(last.top == candidate));
            set(Structure::SameTopAsMine, flag(last.top == place.top));
            set(Structure::MyParent, flag(last.parent == candidate));
            set(Structure::MyParentSameTop, flag(place.parent == latest));
        }
        let asked = author != UNKNOWN && self.children(candidate).any(|child| self.authors[child as usize] == author);
        set(Structure::UnansweredAsked, flag(asked));
        row
    }

    /// The newest children.
    fn children(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        let first = Some(self.places[node as usize].newest_child).filter(|child| *child != NONE);
        let next = |child: &Node| Some(self.places[*child as usize].next_child).filter(|next| *next != NONE);
        std::iter::successors(first, next).take(MAX_STEPS)
    }

    /// The nearest nodes above, without the post.
    fn above(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        let up =
            |node: &Node| Some(self.places[*node as usize].parent).filter(|parent| *parent != NONE && *parent != 0);
        std::iter::successors(up(&node), up).take(MAX_STEPS)
    }
}
