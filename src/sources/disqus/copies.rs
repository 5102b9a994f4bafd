//! Finds the comments that an export holds twice: same author, time and body in two threads of one title, or under the
//! same `wp_id` that the WordPress plugin once gave them. Equal comments within one thread are not copies.
//!
//! It keeps some 80 bytes a comment and no text.

use std::collections::HashMap;

use crate::model::{NewComment, NewPost};

/// The comments seen so far.
#[derive(Default)]
pub(super) struct Copies {
    /// Hash of the title of each thread that has one.
    titles: HashMap<String, u128>,
    seen: Vec<Seen>,
}

struct Seen {
    key: String,
    thread: String,
    /// Hash of author, time and body.
    content: u128,
    /// Hash of the `wp_id`, where there is one.
    wp_id: Option<u128>,
}

impl Copies {
    /// Notes a thread.
    pub(super) fn thread(&mut self, post: &NewPost) {
        if let Some(title) = &post.title {
            self.titles.insert(post.key.clone(), hash(&[title.as_bytes()]));
        }
    }

    /// Notes a comment; `id` is the one the site gave it. A comment without a time or a body proves nothing.
    pub(super) fn comment(&mut self, comment: &NewComment, id: &str) {
        let (Some(thread), Some(time), Some(body)) = (&comment.post, comment.created, &comment.body) else { return };
        let name = comment.author.name.as_deref().unwrap_or_default();
        self.seen.push(Seen {
            key: comment.key.clone(),
            thread: thread.clone(),
            content: hash(&[name.as_bytes(), &time.millis.to_le_bytes(), body.raw.as_bytes()]),
            wp_id: id.starts_with("wp_id=").then(|| hash(&[id.as_bytes()])),
        });
    }

    /// Each copy with the comment it repeats: of equal ones the one with the lowest id, which Disqus gives in order.
    pub(super) fn found(mut self) -> Vec<(String, String)> {
        self.seen.sort_by(|a, b| (a.content, a.key.len(), &a.key).cmp(&(b.content, b.key.len(), &b.key)));
        let mut found = Vec::new();
        for equal in self.seen.chunk_by(|a, b| a.content == b.content).filter(|equal| equal.len() > 1) {
            // The first comment of each title and of each wp_id is what later ones repeat.
            let mut first: HashMap<(bool, u128), &Seen> = HashMap::new();
            for seen in equal {
                let title = self.titles.get(&seen.thread).map(|title| (true, *title));
                let signs = [title, seen.wp_id.map(|id| (false, id))];
                let signs = signs.into_iter().flatten();
                let original =
                    signs.clone().filter_map(|sign| first.get(&sign)).find(|other| other.thread != seen.thread);
                if let Some(original) = original {
                    found.push((seen.key.clone(), original.key.clone()));
                } else {
                    for sign in signs {
                        first.entry(sign).or_insert(seen);
                    }
                }
            }
        }
        found
    }
}

/// BLAKE3 over parts that cannot run into each other, cut to 16 bytes.
fn hash(parts: &[&[u8]]) -> u128 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    }
    let mut bytes = [0; 16];
    hasher.finalize_xof().fill(&mut bytes);
    u128::from_le_bytes(bytes)
}
