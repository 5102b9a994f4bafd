//! What the words of one post's comments suggest, in the form that it is kept in.

use std::collections::{HashMap, HashSet};

use crate::model::{
    Answered, AuthorEvidence, CommentId, EdgeAlternative, EdgeClass, EdgeEvidence, Grounds, KeptEdge, ParentOrigin,
    PostId, ProposedAuthor, Span, four_decimals,
};
use crate::output::edges::rests_on;
use crate::store::FlatPage;
use crate::threads::tree::{self, Node};
use crate::threads::{AuthorGrounds, Edge, Evidence, Profile, Target as Answer, infer, propose_authors};

/// What is proposed for one comment.
pub struct Proposal {
    /// Which.
    pub id: CommentId,
    /// Where it is put, and why.
    pub edge: KeptEdge,
    /// The best candidate; absent for the post.
    pub best: Option<CommentId>,
    /// What that rests on, in words; empty where nobody will read it.
    pub rests_on: String,
    /// The runner-up, absent for the post, and how likely it is.
    pub next: Option<(Option<CommentId>, f64)>,
}

/// What is proposed for a page.
pub struct Proposed {
    /// The post.
    pub post: PostId,
    /// What is proposed for its comments.
    pub proposals: Vec<Proposal>,
    /// Every comment with its author and its parent as it would be, for the tree; empty where nobody will see it.
    pub nodes: Vec<(Node, Option<String>)>,
}

/// What the words of one page suggest. Below a confidence of `least` a comment is left open. `shown` says whether
/// anybody will read it.
pub fn of_page(flat: &FlatPage, profile: &Profile, least: f64, shown: bool) -> Proposed {
    let page = flat.page();
    let edges = infer(&page, profile);
    let mut authors: HashMap<usize, Vec<ProposedAuthor>> = HashMap::new();
    for proposal in propose_authors(&page, &edges) {
        let author = author(flat, &proposal.name, &proposal.grounds);
        authors.entry(proposal.comment).or_default().push(author);
    }
    let circles = in_circles(flat, &edges);
    let mut proposals = Vec::new();
    for (at, (comment, edge)) in flat.comments.iter().zip(&edges).enumerate() {
        let Some(edge) = edge.as_ref().filter(|_| !comment.settled) else { continue };
        // Words quoted from what is not on the page were said by somebody whose comment is missing.
        let missing = edge.source_missing && !matches!(edge.class, EdgeClass::Quote | EdgeClass::Mention);
        let sure = f64::from(edge.confidence) >= least && !missing && !circles.contains(&at);
        let authors = authors.remove(&at).unwrap_or_default();
        let mut proposal = proposal(flat, at, edge, sure, profile, authors);
        if shown {
            proposal.rests_on = in_words(flat, at, edge, &proposal);
        }
        proposals.push(proposal);
    }
    let nodes = if shown { nodes(flat, &edges, &proposals) } else { Vec::new() };
    Proposed { post: flat.post, proposals, nodes }
}

/// Every comment where it would be.
fn nodes(flat: &FlatPage, edges: &[Option<Edge>], proposals: &[Proposal]) -> Vec<(Node, Option<String>)> {
    let placed: HashMap<CommentId, &KeptEdge> = proposals.iter().map(|p| (p.id, &p.edge)).collect();
    let nodes = flat.comments.iter().zip(edges).map(|(comment, edge)| {
        let proposed = placed.get(&comment.id).map(|kept| match (&kept.to, edge.as_ref().map(|edge| edge.parent)) {
            (Answered::Comment(_), Some(Answer::Comment(parent))) => Some(flat.comments[parent].id),
            _ => None,
        });
        let known = comment.known.and_then(|known| id(flat, known));
        let parent = proposed.unwrap_or(known);
        let created = comment.time.map(|seconds| seconds * 1000);
        (Node { id: comment.id, parent, created }, comment.author.clone())
    });
    nodes.collect()
}

/// Comments whose best candidate would close a circle with what the dump says of others.
fn in_circles(flat: &FlatPage, edges: &[Option<Edge>]) -> HashSet<usize> {
    let parent = |(comment, edge): (&crate::store::FlatComment, &Option<Edge>)| {
        let inferred = edge.as_ref().filter(|_| !comment.settled).map(|edge| edge.parent);
        match inferred.or(comment.known) {
            Some(Answer::Comment(parent)) => Some(parent),
            _ => None,
        }
    };
    let parents: Vec<Option<usize>> = flat.comments.iter().zip(edges).map(parent).collect();
    tree::circles(&parents).into_iter().flatten().collect()
}

fn proposal(
    flat: &FlatPage,
    at: usize,
    edge: &Edge,
    sure: bool,
    profile: &Profile,
    authors: Vec<ProposedAuthor>,
) -> Proposal {
    let evidence: Vec<EdgeEvidence> = edge.evidence.iter().map(kept).collect();
    let key = |answer: Answer| match answer {
        Answer::Root => None,
        Answer::Comment(parent) => Some(flat.comments[parent].key.clone()),
    };
    let confidence = four_decimals(edge.confidence);
    let mut alternatives: Vec<EdgeAlternative> = edge
        .alternatives
        .iter()
        .map(|other| EdgeAlternative { parent: key(other.parent), probability: four_decimals(other.probability) })
        .collect();
    let to = match key(edge.parent) {
        best if !sure => {
            alternatives.insert(0, EdgeAlternative { parent: best, probability: confidence });
            Answered::Open
        }
        Some(key) => Answered::Comment(key),
        None => Answered::Post,
    };
    let next = edge.alternatives.first();
    let grounds =
        Grounds { confidence, class: edge.class, profile: profile.name.clone(), evidence, alternatives, authors };
    Proposal {
        id: flat.comments[at].id,
        edge: KeptEdge { to, origin: ParentOrigin::Inferred, grounds: Some(grounds) },
        best: id(flat, edge.parent),
        rests_on: String::new(),
        next: next.map(|next| (id(flat, next.parent), four_decimals(next.probability))),
    }
}

/// What an edge rests on, in words.
fn in_words(flat: &FlatPage, at: usize, edge: &Edge, proposal: &Proposal) -> String {
    let evidence = proposal.edge.grounds.as_ref().map_or(&[][..], |grounds| &grounds.evidence);
    let there = match edge.parent {
        Answer::Root => flat.article(),
        Answer::Comment(parent) => &flat.comments[parent].text,
    };
    let nearby = match edge.parent {
        Answer::Comment(parent) if parent + 1 == at => "directly before",
        _ if at == 0 => "the first comment",
        _ => "place and tone",
    };
    let mut rests_on = rests_on(evidence, &flat.comments[at].text, there, nearby);
    if edge.source_missing {
        rests_on.push_str("; quotes words that are nowhere on the page");
    }
    rests_on
}

fn id(flat: &FlatPage, answer: Answer) -> Option<CommentId> {
    match answer {
        Answer::Root => None,
        Answer::Comment(at) => flat.comments.get(at).map(|comment| comment.id),
    }
}

fn span(range: &std::ops::Range<usize>) -> Span {
    (u32::try_from(range.start).unwrap_or(u32::MAX), u32::try_from(range.end).unwrap_or(u32::MAX))
}

fn kept(evidence: &Evidence) -> EdgeEvidence {
    match evidence {
        Evidence::Quote { here, there, words, original } => EdgeEvidence::Quote {
            here: span(here),
            there: span(there),
            words: u32::try_from(*words).unwrap_or(u32::MAX),
            original: *original,
        },
        Evidence::Name { here } => EdgeEvidence::Name { here: span(here) },
        Evidence::NamedBy { there } => EdgeEvidence::NamedBy { there: span(there) },
        Evidence::Number => EdgeEvidence::Number,
        Evidence::Words { here } => EdgeEvidence::Words { here: here.iter().map(span).collect() },
    }
}

fn author(flat: &FlatPage, name: &str, grounds: &AuthorGrounds) -> ProposedAuthor {
    let (evidence, by, at) = match grounds {
        AuthorGrounds::Signature(at) => (AuthorEvidence::Signature, None, at),
        AuthorGrounds::HeadLine(at) => (AuthorEvidence::HeadLine, None, at),
        AuthorGrounds::Addressed { by, at } => (AuthorEvidence::Inferred, Some(flat.comments[*by].key.clone()), at),
    };
    ProposedAuthor { name: name.to_owned(), evidence, by, at: span(at) }
}
