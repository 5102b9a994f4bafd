//! `quell show`: posts and their threads, or single comments with what they answer and what answers them.

use std::collections::{HashMap, HashSet};
use std::io::Write;

use anyhow::Result;

use super::selection::targets_from_stdin;
use super::{Context, Target, export, find, why_edge, why_signals};
use crate::cli::{self, ShowFormat};
use crate::error::{Exit, hint};
use crate::model::{CommentId, GapLeft, PostId};
use crate::output::tree::TreeWriter;
use crate::output::{Removed, export_named};
use crate::store::{Store, Streamed};
use crate::ui::palette;

/// Shows what the id names.
pub fn run(context: &Context, args: &cli::Show) -> Result<Exit> {
    let store = context.open()?;
    let targets = if args.id == "-" { targets_from_stdin(&store)? } else { vec![find(&store, &args.id)?] };
    if args.why {
        return why(&store, &targets, context);
    }
    let shown = by_post(&store, targets)?;
    if shown.is_empty() {
        return Ok(Exit::Nothing);
    }
    let name = match args.format {
        ShowFormat::Tree => {
            context.ui.page(|out| {
                for (place, (post, only)) in shown.iter().enumerate() {
                    if place > 0 {
                        writeln!(out)?;
                    }
                    tree(&store, *post, only, args.whole, context, out)?;
                }
                Ok(())
            })?;
            return Ok(Exit::Done);
        }
        ShowFormat::Json => "json",
        ShowFormat::Jsonl => "jsonl",
        ShowFormat::Csv => "csv",
        ShowFormat::Md => "md",
    };
    if let Some(format) = export_named(name) {
        let posts: Vec<PostId> = shown.iter().map(|(post, _)| *post).collect();
        let what = export::What { format, posts: &posts, removed: Removed::Full, signals: false };
        context.ui.page(|out| export::write(&store, &what, out))?;
    }
    Ok(Exit::Done)
}

/// Each post once, in the order in which it or a comment of it was named, with the comments that were named; none where
/// the post itself was.
fn by_post(store: &Store, targets: Vec<Target>) -> Result<Vec<(PostId, Vec<CommentId>)>> {
    let mut shown: Vec<(PostId, Vec<CommentId>)> = Vec::new();
    let mut places: HashMap<PostId, usize> = HashMap::new();
    let mut whole = HashSet::new();
    for target in targets {
        let (post, comment) = match target {
            Target::Post(post) => (post, None),
            Target::Comment(comment) => match store.comment(comment)? {
                Some(found) => (found.post, Some(comment)),
                None => return Err(hint(format!("{comment} is gone"), "list the posts: quell posts")),
            },
        };
        let place = *places.entry(post).or_insert_with(|| {
            shown.push((post, Vec::new()));
            shown.len() - 1
        });
        match comment {
            Some(comment) => shown[place].1.push(comment),
            None => drop(whole.insert(post)),
        }
    }
    for (post, only) in &mut shown {
        if whole.contains(post) {
            only.clear();
        }
    }
    Ok(shown)
}

/// Says of each comment why it stands where it does, why it was flagged, and what the detectors make of it.
fn why(store: &Store, targets: &[Target], context: &Context) -> Result<Exit> {
    let mut comments = Vec::with_capacity(targets.len());
    for target in targets {
        let found = match target {
            Target::Comment(comment) => store.comment(*comment)?,
            Target::Post(post) => {
                return Err(hint(
                    format!("{post} is a post; --why asks about a comment"),
                    "name a comment, such as c33",
                ));
            }
        };
        comments.extend(found);
    }
    context.ui.page(|out| {
        comments.iter().try_for_each(|comment| {
            why_edge::write(store, comment, out)?;
            why_signals::write(store, comment, out)
        })
    })?;
    Ok(if comments.is_empty() { Exit::Nothing } else { Exit::Done })
}

fn tree(
    store: &Store,
    id: PostId,
    only: &[CommentId],
    whole: bool,
    context: &Context,
    out: &mut dyn Write,
) -> Result<()> {
    let shown = if only.is_empty() { Vec::new() } else { lineage(store, id, only)? };
    let mut writer = TreeWriter::new(out, context.ui.width, palette(context.ui.color));
    let mut by_parent: HashMap<Option<CommentId>, Vec<GapLeft>> = HashMap::new();
    let mut position = 0;
    store.stream(&[id], &mut |part| {
        match part {
            Streamed::Post { post, gaps, shape } => {
                writer.post(post, shape.len() as u64, whole)?;
                for gap in gaps {
                    by_parent.entry(gap.parent).or_default().push(gap.clone());
                }
            }
            Streamed::Comment(row) => {
                let show = only.is_empty() || shown.get(position).copied().unwrap_or(false);
                position += 1;
                if show {
                    let gaps = by_parent.get(&Some(row.comment.id)).map(Vec::as_slice).unwrap_or_default();
                    writer.comment(row, gaps)?;
                }
            }
            Streamed::End if only.is_empty() => {
                let top: Vec<&GapLeft> = by_parent.get(&None).into_iter().flatten().collect();
                writer.gaps(&top)?;
            }
            Streamed::End => {}
        }
        Ok(())
    })
}

/// Which positions of the thread are shown for some comments: those above them, themselves, and those below them.
fn lineage(store: &Store, post: PostId, only: &[CommentId]) -> Result<Vec<bool>> {
    let only: HashSet<CommentId> = only.iter().copied().collect();
    let (nodes, tree) = store.tree(post)?;
    let order = &tree.order;
    let mut shown = vec![false; order.len()];
    // Backwards, the next comment that was named is known; forwards, how far the branch of the last one reaches.
    let mut next = usize::MAX;
    for (position, placed) in order.iter().enumerate().rev() {
        if only.contains(&nodes[placed.index].id) {
            next = position;
        }
        shown[position] = next < placed.end;
    }
    let mut reach = 0;
    for (position, placed) in order.iter().enumerate() {
        if only.contains(&nodes[placed.index].id) {
            reach = reach.max(placed.end);
        }
        shown[position] |= position < reach;
    }
    Ok(shown)
}
