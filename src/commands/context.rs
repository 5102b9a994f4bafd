//! Hits in their threads: what they answer above them, and their first answers below.

use std::collections::{HashMap, HashSet};
use std::io::Write;

use anyhow::Result;

use crate::model::{CommentId, PostId, ThreadRow};
use crate::output::tree::TreeWriter;
use crate::query::Query;
use crate::store::Store;
use crate::threads::tree::{Node, Tree};
use crate::ui::{Ui, palette};

/// Writes each hit's thread, in the order of the first hit of each: the hits, `around` comments above each and as many
/// answers below it.
pub fn write(
    store: &Store,
    hits: &[CommentId],
    around: u32,
    query: &Query,
    ui: &Ui,
    out: &mut dyn Write,
) -> Result<()> {
    let mut posts: Vec<PostId> = Vec::new();
    let mut by_post: HashMap<PostId, HashSet<CommentId>> = HashMap::new();
    for &hit in hits {
        let Some(comment) = store.comment(hit)? else { continue };
        let hits = by_post.entry(comment.post).or_insert_with(|| {
            posts.push(comment.post);
            HashSet::new()
        });
        hits.insert(hit);
    }
    for (number, id) in posts.into_iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        let Some(post) = store.post(id)? else { continue };
        let (nodes, tree) = store.tree(id)?;
        let hits = &by_post[&id];
        let mut writer = TreeWriter::new(out, ui.width, palette(ui.color));
        writer.title(&post, nodes.len() as u64)?;
        for position in shown(&nodes, &tree, hits, around) {
            let placed = tree.order[position];
            let Some(mut comment) = store.comment(nodes[placed.index].id)? else { continue };
            comment.depth = placed.depth;
            let spans = if hits.contains(&comment.id) { query.spans(&comment.text) } else { Vec::new() };
            let row = ThreadRow {
                below: placed.end - position - 1,
                version: None,
                revisions: Vec::new(),
                duplicate_of: Vec::new(),
                hung: store.hung(comment.id)?,
                comment,
            };
            writer.hit(&row, hits.contains(&row.comment.id), &spans)?;
        }
    }
    Ok(())
}

/// The positions to show, in reading order.
fn shown(nodes: &[Node], tree: &Tree, hits: &HashSet<CommentId>, around: u32) -> Vec<usize> {
    let mut shown = HashSet::new();
    // The chain of comments above the present position.
    let mut above: Vec<usize> = Vec::new();
    for (position, placed) in tree.order.iter().enumerate() {
        above.truncate(placed.depth as usize - 1);
        if hits.contains(&nodes[placed.index].id) {
            shown.extend(above.iter().rev().take(around as usize));
            shown.insert(position);
            let mut answer = position + 1;
            for _ in 0..around {
                if answer >= placed.end {
                    break;
                }
                shown.insert(answer);
                answer = tree.order[answer].end;
            }
        }
        above.push(position);
    }
    let mut shown: Vec<usize> = shown.into_iter().collect();
    shown.sort_unstable();
    shown
}
