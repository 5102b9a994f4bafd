//! Keys for a format that has no ids: hashes of what does not change when the page is copied again with more comments.

use std::collections::HashMap;

use super::draft::Draft;
use super::furniture::without_reply_link;
use crate::model::AuthorEvidence;

/// How much of an article goes into its key, in characters: enough to tell articles apart, little enough that a note
/// added at the end changes nothing.
const BEGINNING: usize = 500;

/// The key of a post, from its title and the beginning of its article; where there is neither, from its first comment.
pub fn post_key(title: &str, article: &str, first: Option<&Draft<'_>>) -> String {
    let beginning: String = normal(article).chars().take(BEGINNING).collect();
    match first {
        Some(first) if title.is_empty() && beginning.is_empty() => {
            hash(&["", "", &author(first), &normal(&first.body)])
        }
        _ => hash(&[&normal(title), &beginning]),
    }
}

/// Gives the comments of one post their keys.
pub struct Keys {
    post: String,
    seen: HashMap<(String, String), u32>,
}

impl Keys {
    /// Keys for the comments of the post with this key.
    pub fn new(post: &str) -> Self {
        Keys { post: post.to_owned(), seen: HashMap::new() }
    }

    /// The key of the next comment. Equal comments are told apart by their order.
    pub fn next(&mut self, draft: &Draft<'_>) -> String {
        // Whether a reply link counts as one depends on the other comments of the copy.
        let (author, body) = (author(draft), hash(&[&normal(without_reply_link(&draft.body))]));
        let times = self.seen.entry((author.clone(), body.clone())).or_default();
        *times += 1;
        hash(&[&self.post, &author, &body, &times.to_string()])
    }
}

/// The author as far as the comment's own head line gives one. A signature is part of the text, and whether it counts
/// as one depends on the other comments of the copy.
fn author(draft: &Draft<'_>) -> String {
    match draft.evidence {
        AuthorEvidence::HeadLine => draft.name.as_deref().map(normal).unwrap_or_default().to_lowercase(),
        _ => String::new(),
    }
}

/// White space of every kind as single spaces.
fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(word);
    }
    normal
}

/// BLAKE3 over the parts, each preceded by its length, cut to 16 hexadecimal digits.
fn hash(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let hash = hasher.finalize().to_hex();
    format!("h:{}", &hash[..16])
}
