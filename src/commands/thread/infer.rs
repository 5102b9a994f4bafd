//! `quell thread infer`: works out what comments answer, shows it, and puts it in place.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::Write;

use anyhow::Result;
use rayon::prelude::*;

use super::super::bulk::{actor, left_alone, now};
use super::super::{Context, Target, find};
use super::{profile, profile_for};
use crate::cli::{EdgeFormat, ThreadInfer};
use crate::error::{Exit, hint};
use crate::model::{
    Act, Answered, AuthorEvidence, CommentId, Deed, EdgeAlternative, EdgeClass, EdgeEvidence, Grounds, KeptEdge,
    ParentOrigin, PostId, ProposedAuthor, Span, Subject, four_decimals,
};
use crate::output::edges::{candidate, rests_on};
use crate::output::listing::{Cell, Listing, Shape};
use crate::store::{FlatPage, NewOperation, Store};
use crate::text::{terminal, width};
use crate::threads::tree::{self, Node};
use crate::threads::{AuthorGrounds, Edge, Evidence, Profile, Target as Answer, infer, propose_authors};
use crate::ui::{count, palette};

/// What is proposed for one comment.
struct Proposal {
    id: CommentId,
    edge: KeptEdge,
    /// The best candidate; absent for the post.
    best: Option<CommentId>,
    rests_on: String,
    next: Option<(Option<CommentId>, f64)>,
}

/// What is proposed for a page.
struct Proposed {
    post: PostId,
    proposals: Vec<Proposal>,
    /// Every comment with its author and its parent as it would be, for the tree.
    nodes: Vec<(Node, Option<String>)>,
}

/// Bytes of text that are worked on at a time: whole posts, side by side.
const BATCH: usize = 32 << 20;

/// Infers, and shows or does it.
pub fn run(context: &Context, args: &ThreadInfer) -> Result<Exit> {
    let mut store = context.open()?;
    let chosen = args.profile.as_deref().map(|name| profile(Some(&store), name)).transpose()?;
    let proposed = propose(&store, &posts(&store, &args.posts)?, chosen.as_deref(), args.min_confidence)?;
    let all: Vec<&Proposal> = proposed.iter().flat_map(|page| &page.proposals).collect();
    if all.is_empty() {
        context.ui.say("the dump says of every comment what it answers; there is nothing to work out");
        return Ok(Exit::Nothing);
    }
    if args.dry_run || args.format.is_some() {
        show(context, &store, &proposed, args.format)?;
    }
    let placed = all.iter().filter(|proposal| proposal.edge.to != Answered::Open).count() as u64;
    let open = all.len() as u64 - placed;
    if args.dry_run {
        context.ui.say(format!("would place {}, and leave {open} open", count(placed, "comment")));
        return Ok(Exit::Done);
    }
    let acts: Vec<(CommentId, Act)> =
        all.iter().map(|proposal| (proposal.id, Act::of_edge(proposal.edge.clone()))).collect();
    let deeds = acts.iter().map(|(id, act)| Deed { on: Subject::Comment(*id), act, spare_decided: true });
    let (actor, query) = (actor(&args.moderator), args.posts.join(" "));
    let new =
        NewOperation { actor: &actor, verb: "thread infer", query: Some(&query), at: now(), dry_run: args.dry_run };
    let outcome = store.decide(&new, deeds)?;
    for line in left_alone(&outcome) {
        context.ui.say(line);
    }
    let Some(operation) = outcome.operation else {
        context.ui.say("nothing changed");
        return Ok(Exit::Nothing);
    };
    context.ui.say(format!(
        "placed {} and left {open} open, as operation {operation}; undo: quell undo {operation}",
        count(placed, "comment"),
    ));
    Ok(Exit::Done)
}

/// The posts that the words name.
fn posts(store: &Store, words: &[String]) -> Result<Vec<PostId>> {
    if matches!(words, [word] if word == "all") {
        return store.post_ids();
    }
    let mut seen = HashSet::new();
    let mut posts = Vec::new();
    for word in words {
        match find(store, word)? {
            Target::Post(post) => posts.extend(seen.insert(post).then_some(post)),
            Target::Comment(comment) => {
                let next = match store.author_and_post(comment)? {
                    Some((_, post)) => format!("name its post: quell thread infer {post}"),
                    None => "list the posts: quell posts".to_owned(),
                };
                return Err(hint(format!("{comment} is a comment, not a post"), next));
            }
        }
    }
    Ok(posts)
}

/// Works through posts, as many at a time as fit.
fn propose(store: &Store, posts: &[PostId], chosen: Option<&Profile>, least: f64) -> Result<Vec<Proposed>> {
    let mut proposed = Vec::new();
    let mut batch: Vec<FlatPage> = Vec::new();
    let mut bytes = 0;
    for (at, post) in posts.iter().enumerate() {
        for page in store.flat_pages(*post)? {
            if page.comments.iter().any(|comment| !comment.settled && !comment.system) {
                bytes += page.page().bytes();
                batch.push(page);
            }
        }
        if bytes >= BATCH || at + 1 == posts.len() {
            let pages = std::mem::take(&mut batch);
            bytes = 0;
            let of_batch: Result<Vec<Proposed>> = pages
                .into_par_iter()
                .map(|page| {
                    let profile =
                        chosen.map_or_else(|| profile_for(&page.source.kind), |own| Ok(Cow::Borrowed(own)))?;
                    Ok(of_page(&page, &profile, least))
                })
                .collect();
            proposed.extend(of_batch?);
        }
    }
    Ok(proposed)
}

/// What the words of one page suggest.
fn of_page(flat: &FlatPage, profile: &Profile, least: f64) -> Proposed {
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
        proposals.push(proposal(flat, at, edge, sure, profile, authors));
    }
    let placed: HashMap<CommentId, &KeptEdge> = proposals.iter().map(|p| (p.id, &p.edge)).collect();
    let nodes = flat.comments.iter().zip(&edges).map(|(comment, edge)| {
        let proposed = placed.get(&comment.id).map(|kept| match (&kept.to, edge.as_ref().map(|edge| edge.parent)) {
            (Answered::Comment(_), Some(Answer::Comment(parent))) => Some(flat.comments[parent].id),
            _ => None,
        });
        let known = comment.known.and_then(|known| id(flat, known));
        let parent = proposed.unwrap_or(known);
        let created = comment.time.map(|seconds| seconds * 1000);
        (Node { id: comment.id, parent, created }, comment.author.clone())
    });
    let nodes = nodes.collect();
    Proposed { post: flat.post, proposals, nodes }
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
    let comment = &flat.comments[at];
    let evidence: Vec<EdgeEvidence> = edge.evidence.iter().map(kept).collect();
    let there = match edge.parent {
        Answer::Root => flat.article(),
        Answer::Comment(parent) => &flat.comments[parent].text,
    };
    let nearby = match edge.parent {
        Answer::Comment(parent) if parent + 1 == at => "directly before",
        _ if at == 0 => "the first comment",
        _ => "place and tone",
    };
    let mut rests_on = rests_on(&evidence, &comment.text, there, nearby);
    if edge.source_missing {
        rests_on.push_str("; quotes words that are nowhere on the page");
    }
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
        id: comment.id,
        edge: KeptEdge { to, origin: ParentOrigin::Inferred, grounds: Some(grounds) },
        best: id(flat, edge.parent),
        rests_on,
        next: next.map(|next| (id(flat, next.parent), four_decimals(next.probability))),
    }
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

const COLUMNS: &[&str] =
    &["id", "parent", "confidence", "class", "placed", "next", "next_confidence", "author", "rests_on"];

/// Prints what is proposed.
fn show(context: &Context, store: &Store, proposed: &[Proposed], format: Option<EdgeFormat>) -> Result<()> {
    let shape = match format {
        Some(EdgeFormat::Tree) => None,
        None if context.ui.terminal => None,
        None | Some(EdgeFormat::Tsv) => Some(Shape::Tsv),
        Some(EdgeFormat::Table) => Some(Shape::Table(context.ui.width)),
        Some(EdgeFormat::Csv) => Some(Shape::Csv),
        Some(EdgeFormat::Json) => Some(Shape::Json),
        Some(EdgeFormat::Jsonl) => Some(Shape::Jsonl),
        Some(EdgeFormat::Ids) => Some(Shape::Ids),
    };
    context.ui.page(|out| match shape {
        None => tree(context, store, proposed, out),
        Some(shape) => {
            let mut list = Listing::begin(out, shape, COLUMNS)?;
            for (post, proposal) in proposed.iter().flat_map(|page| page.proposals.iter().map(move |p| (page.post, p)))
            {
                list.row(cells(post, proposal))?;
            }
            list.end().map(|_| ())
        }
    })
}

fn cells(post: PostId, proposal: &Proposal) -> Vec<Cell> {
    let name = |parent: Option<CommentId>| parent.map_or_else(|| post.to_string(), |id| id.to_string());
    let grounds = proposal.edge.grounds.as_ref();
    let author = grounds.and_then(|grounds| grounds.authors.first()).map(|author| author.name.clone());
    vec![
        proposal.id.to_string().into(),
        name(proposal.best).into(),
        grounds.map(|grounds| Cell::Real(grounds.confidence)).unwrap_or(Cell::Null),
        grounds.map(|grounds| grounds.class.as_str()).into(),
        if proposal.edge.to == Answered::Open { "no" } else { "yes" }.into(),
        proposal.next.map(|(parent, _)| name(parent)).into(),
        proposal.next.map_or(Cell::Null, |(_, probability)| Cell::Real(probability)),
        author.into(),
        proposal.rests_on.as_str().into(),
    ]
}

/// Each comment in its proposed place, with what that rests on below it.
fn tree(context: &Context, store: &Store, proposed: &[Proposed], out: &mut dyn Write) -> Result<()> {
    let colors = palette(context.ui.color);
    let (dim, idc, who) = (colors.dim, colors.id, colors.author);
    for page in proposed {
        let title = store.post(page.post)?.and_then(|post| post.title).unwrap_or_default();
        writeln!(out, "{idc}{}{idc:#}  {}", page.post, terminal::escape(&title))?;
        let by_id: HashMap<CommentId, &Proposal> = page.proposals.iter().map(|p| (p.id, p)).collect();
        let nodes: Vec<Node> = page.nodes.iter().map(|(node, _)| *node).collect();
        for placed in tree::build(&nodes).order {
            let (node, author) = &page.nodes[placed.index];
            let bars = "│ ".repeat((placed.depth as usize - 1).min(context.ui.width.saturating_sub(50) / 2));
            let proposal = by_id.get(&node.id);
            let suggested = proposal.and_then(|p| p.edge.grounds.as_ref()?.authors.first());
            let author = match (author, suggested) {
                (Some(author), _) => terminal::escape(author).into_owned(),
                (None, Some(author)) => format!("(perhaps {})", terminal::escape(&author.name)),
                (None, None) => "(author unknown)".to_owned(),
            };
            let edge = proposal.map_or_else(|| "given".to_owned(), |proposal| headline(proposal));
            writeln!(out, "{dim}{bars}{dim:#}{idc}{}{idc:#}  {who}{author}{who:#}  {edge}", node.id)?;
            let Some(proposal) = proposal else { continue };
            let room = context.ui.width.saturating_sub(bars.chars().count() + 4).max(20);
            let words = terminal::escape(&proposal.rests_on).into_owned();
            let next = others(proposal);
            // In a pipe nothing is cut.
            let room = if context.ui.terminal { room.saturating_sub(next.chars().count()).max(20) } else { usize::MAX };
            let cut = width::truncate(&words, room);
            writeln!(out, "{dim}{bars}    {cut}{next}{dim:#}")?;
        }
    }
    Ok(())
}

/// `→ c17  0.98 quote`, or `→ ?  0.36 wording`.
fn headline(proposal: &Proposal) -> String {
    let Some(grounds) = &proposal.edge.grounds else { return String::new() };
    let parent = match (&proposal.edge.to, proposal.best) {
        (Answered::Open, _) => "?".to_owned(),
        (_, None) => "post".to_owned(),
        (_, Some(id)) => id.to_string(),
    };
    format!("→ {parent}  {:.2} {}", grounds.confidence, grounds.class)
}

/// The runner-up; of an open edge the best two.
fn others(proposal: &Proposal) -> String {
    let next = proposal.next.map(|(parent, probability)| candidate(parent, probability));
    match (&proposal.edge.to, &proposal.edge.grounds, next) {
        (Answered::Open, Some(grounds), next) => {
            let best = candidate(proposal.best, grounds.confidence);
            format!("; left open between {best}{}", next.map(|next| format!(", {next}")).unwrap_or_default())
        }
        (_, _, Some(next)) => format!("; next: {next}"),
        _ => String::new(),
    }
}
