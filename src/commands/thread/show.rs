//! Shows what `quell thread infer` proposes: a row a comment, or the tree as it would be.

use std::collections::HashMap;
use std::io::Write;

use anyhow::Result;

use super::super::Context;
use super::proposal::{Proposal, Proposed};
use crate::cli::EdgeFormat;
use crate::model::{Answered, CommentId, PostId};
use crate::output::edges::candidate;
use crate::output::listing::{Cell, Listing, Shape};
use crate::store::Store;
use crate::text::{terminal, width};
use crate::threads::tree::{self, Node};
use crate::ui::palette;

const COLUMNS: &[&str] =
    &["id", "parent", "confidence", "class", "placed", "next", "next_confidence", "proposed_author", "rests_on"];

/// Takes what is proposed for one page.
type Take<'a> = &'a mut dyn FnMut(&Proposed) -> Result<()>;

/// Prints what is proposed, page by page, as `each` gives it.
pub fn show(
    context: &Context,
    store: &Store,
    format: Option<EdgeFormat>,
    each: &mut dyn FnMut(Take<'_>) -> Result<()>,
) -> Result<()> {
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
        None => each(&mut |page| tree(context, store, page, out)),
        Some(shape) => {
            let mut list = Listing::begin(out, shape, COLUMNS)?;
            each(&mut |page| page.proposals.iter().try_for_each(|proposal| list.row(cells(page.post, proposal))))?;
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
fn tree(context: &Context, store: &Store, page: &Proposed, out: &mut dyn Write) -> Result<()> {
    let colors = palette(context.ui.color);
    let (dim, idc, who) = (colors.dim, colors.id, colors.author);
    let title = store.post(page.post)?.map(|post| post.title.unwrap_or(post.key)).unwrap_or_default();
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
            next.map_or_else(
                || format!("; left open: {best} is all there is to choose from"),
                |next| format!("; left open between {best}, {next}"),
            )
        }
        (_, _, Some(next)) => format!("; next: {next}"),
        _ => String::new(),
    }
}
