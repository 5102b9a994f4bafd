//! What hangs below comments, and small facts about one comment that previews ask for.

use std::collections::{BTreeMap, HashSet};

use anyhow::Result;
use rusqlite::{OptionalExtension, Row};

use super::Store;
use crate::model::{CommentId, PostId};

/// The comments below some comments.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Below {
    /// Each once, thread by thread in reading order; not the comments that were asked for.
    pub ids: Vec<CommentId>,
    /// Those of them that hang where they do because their words say so, with how sure that is, from 0 to 1.
    pub inferred: Vec<(CommentId, f64)>,
}

impl Store {
    /// Everything below these comments.
    pub fn below(&self, roots: &[CommentId]) -> Result<Below> {
        let asked: HashSet<CommentId> = roots.iter().copied().collect();
        let mut by_post: BTreeMap<PostId, HashSet<CommentId>> = BTreeMap::new();
        for &root in roots {
            if let Some((_, post)) = self.author_and_post(root)? {
                by_post.entry(post).or_default().insert(root);
            }
        }
        let mut below = Below::default();
        for (post, roots) in by_post {
            let inferred = self.inferred(post)?;
            let (nodes, tree) = self.tree(post)?;
            // One past the last comment of the outermost branch that is open.
            let mut end = 0;
            for (position, placed) in tree.order.iter().enumerate() {
                let id = nodes[placed.index].id;
                if position < end && !asked.contains(&id) {
                    below.inferred.extend(inferred.get(&id).map(|confidence| (id, *confidence)));
                    below.ids.push(id);
                }
                if roots.contains(&id) {
                    end = end.max(placed.end);
                }
            }
        }
        Ok(below)
    }

    /// Who wrote a comment, as printed, and on which post.
    pub fn author_and_post(&self, id: CommentId) -> Result<Option<(Option<String>, PostId)>> {
        let mut statement = self.connection.prepare_cached(
            "select coalesce(c.author_name, a.name), c.post_id
             from comments c left join authors a on a.id = c.author_id where c.id = ?1",
        )?;
        let read = |row: &Row<'_>| Ok((row.get(0)?, PostId(row.get(1)?)));
        Ok(statement.query_row([id.0], read).optional()?)
    }
}
