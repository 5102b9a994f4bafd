//! `quell show`: a post and its thread, or one comment with what it answers and what answers it.

use std::collections::HashMap;
use std::io::Write;

use anyhow::Result;

use super::{Context, Target, export, find, why_edge};
use crate::cli::{self, ShowFormat};
use crate::error::{Exit, hint};
use crate::model::{CommentId, GapLeft, PostId};
use crate::output::tree::TreeWriter;
use crate::output::{Removed, export_named};
use crate::store::Store;
use crate::ui::palette;

/// Shows what the id names.
pub fn run(context: &Context, args: &cli::Show) -> Result<Exit> {
    let store = context.open()?;
    let (post, only) = match find(&store, &args.id)? {
        Target::Post(post) => (post, None),
        Target::Comment(comment) => match store.comment(comment)? {
            Some(found) => (found.post, Some(comment)),
            None => return Err(hint(format!("{comment} is gone"), "list the posts: quell posts")),
        },
    };
    if args.why {
        return why(&store, only, &args.id, context);
    }
    let name = match args.format {
        ShowFormat::Tree => {
            context.ui.page(|out| tree(&store, post, only, args.whole, context, out))?;
            return Ok(Exit::Done);
        }
        ShowFormat::Json => "json",
        ShowFormat::Jsonl => "jsonl",
        ShowFormat::Csv => "csv",
        ShowFormat::Md => "md",
    };
    if let Some(format) = export_named(name) {
        context.ui.page(|out| export::write(&store, format, &[post], Removed::Full, out))?;
    }
    Ok(Exit::Done)
}

/// Says why a comment stands where it does.
fn why(store: &Store, id: Option<CommentId>, named: &str, context: &Context) -> Result<Exit> {
    let Some(comment) = id.map(|id| store.comment(id)).transpose()?.flatten() else {
        return Err(hint(format!("{named} is a post; --why asks about a comment"), "name a comment, such as c33"));
    };
    context.ui.page(|out| why_edge::write(store, &comment, out))?;
    Ok(Exit::Done)
}

fn tree(
    store: &Store,
    id: PostId,
    only: Option<CommentId>,
    whole: bool,
    context: &Context,
    out: &mut dyn Write,
) -> Result<()> {
    let Some(post) = store.post(id)? else { return Ok(()) };
    let (nodes, order) = store.tree(id)?;
    let mut writer = TreeWriter::new(out, context.ui.width, palette(context.ui.color));
    writer.post(&post, nodes.len() as u64, whole)?;
    let gaps = store.gaps(id)?;
    let mut by_parent: HashMap<CommentId, Vec<GapLeft>> = HashMap::new();
    for gap in &gaps {
        if let Some(parent) = gap.parent {
            by_parent.entry(parent).or_default().push(gap.clone());
        }
    }
    let shown = only.map(|only| lineage(&nodes, &order, only));
    let mut position = 0;
    store.thread(id, &mut |row| {
        let show = shown.as_ref().is_none_or(|shown| shown.get(position).copied().unwrap_or(false));
        position += 1;
        if !show {
            return Ok(());
        }
        let gaps = by_parent.get(&row.comment.id).map(Vec::as_slice).unwrap_or_default();
        Ok(writer.comment(&row, gaps)?)
    })?;
    if only.is_none() {
        let top: Vec<&GapLeft> = gaps.iter().filter(|gap| gap.parent.is_none()).collect();
        writer.gaps(&top)?;
    }
    Ok(())
}

/// Which positions of the thread are shown for one comment: those above it, itself, and those below it.
fn lineage(nodes: &[crate::threads::tree::Node], order: &crate::threads::tree::Tree, only: CommentId) -> Vec<bool> {
    let at = order.order.iter().position(|placed| nodes[placed.index].id == only).unwrap_or_default();
    order
        .order
        .iter()
        .enumerate()
        .map(|(position, placed)| {
            let above = position <= at && at < placed.end;
            let below = position > at && position < order.order[at].end;
            above || below
        })
        .collect()
}
