//! Threads whose true parents are known, one JSON object a line: what `fit` learns from and `eval` measures on.
//!
//! `{"id", "title"?, "op_is_post", "posts": [{"n", "author", "text", "parent", "ts", "links"?, "scored"?, "system"?}]}`:
//! posts in order of time, `parent` the `n` of the answered post or null, `op_is_post` where the first post is the
//! root itself. Chats give `links`, every message that one answers, with its own `n` where it starts a talk. A `ts`
//! is Unix seconds, or an ordinal, which is not used.

use std::collections::HashMap;
use std::io::BufRead;

use anyhow::Context;
use serde::Deserialize;

use super::page::{Entry, Page, Target};

/// Smaller numbers cannot be times of discussions, but ordinals.
const LEAST_TIME: f64 = 1e8;

/// A comment of a labelled thread.
#[derive(Debug, Clone, Default)]
pub struct LabelledComment {
    /// Who wrote it, empty if unknown.
    pub author: String,
    /// Its text.
    pub text: String,
    /// Unix seconds, if known.
    pub time: Option<i64>,
    /// A line of the platform.
    pub system: bool,
    /// What it answers; several in chats; empty where that is not known.
    pub truth: Vec<Target>,
    /// How many links it has in the data, those to lines outside of the thread included.
    pub links: usize,
    /// Whether it counts in an evaluation.
    pub scored: bool,
}

/// A thread whose true parents are known.
#[derive(Debug, Clone, Default)]
pub struct Labelled {
    /// Its id, by which threads are split.
    pub id: String,
    /// Its title.
    pub title: Option<String>,
    /// The first post, where that is the root: author, text, time.
    pub post: Option<LabelledComment>,
    /// The comments.
    pub comments: Vec<LabelledComment>,
    /// Its parents are links of a chat, of which a message may have several.
    pub linked: bool,
}

impl Labelled {
    /// The thread without its labels.
    pub fn page(&self) -> Page<'_> {
        let named = |name: &'_ String| !name.is_empty();
        Page {
            title: self.title.as_deref(),
            article: self.post.as_ref().map(|post| post.text.as_str()),
            author: self.post.as_ref().map(|post| &post.author).filter(|name| named(name)).map(String::as_str),
            time: self.post.as_ref().and_then(|post| post.time),
            comments: self
                .comments
                .iter()
                .map(|comment| Entry {
                    author: Some(&comment.author).filter(|name| named(name)).map(String::as_str),
                    text: &comment.text,
                    time: comment.time,
                    known: None,
                    number: None,
                    system: comment.system,
                })
                .collect(),
        }
    }

    /// Whether this thread is one of the two fifths, by the CRC-32 of its id, that are held out of a fit to measure on.
    pub fn held_out(&self) -> bool {
        self.fifth() < 2
    }

    /// Which fifth of the threads this one is in, by the CRC-32 of its id: 0 to 4.
    pub fn fifth(&self) -> u32 {
        let mut sum = flate2::Crc::new();
        sum.update(self.id.as_bytes());
        sum.sum() % 5
    }
}

#[derive(Deserialize)]
struct Line {
    id: String,
    title: Option<String>,
    #[serde(default)]
    op_is_post: bool,
    posts: Vec<Post>,
}

#[derive(Deserialize)]
struct Post {
    n: u64,
    #[serde(default)]
    author: Option<String>,
    text: String,
    parent: Option<u64>,
    ts: Option<f64>,
    links: Option<Vec<u64>>,
    scored: Option<bool>,
    #[serde(default)]
    system: bool,
}

/// Reads labelled threads, one a line; empty lines are passed over.
///
/// # Errors
/// The input cannot be read, or a line is not a labelled thread; the error names the line.
pub fn read_labelled(input: impl BufRead) -> anyhow::Result<Vec<Labelled>> {
    let mut threads = Vec::new();
    for (at, line) in input.lines().enumerate() {
        let line = line.with_context(|| format!("line {} cannot be read", at + 1))?;
        if line.trim().is_empty() {
            continue;
        }
        let line: Line =
            serde_json::from_str(&line).with_context(|| format!("line {} is not a labelled thread", at + 1))?;
        threads.push(labelled(line));
    }
    Ok(threads)
}

fn labelled(line: Line) -> Labelled {
    let first = usize::from(line.op_is_post);
    let linked = line.posts.iter().any(|post| post.links.is_some());
    let places: HashMap<u64, usize> = line.posts.iter().enumerate().map(|(at, post)| (post.n, at)).collect();
    let target = |n: u64| match places.get(&n) {
        Some(at) if *at >= first => Some(Target::Comment(*at - first)),
        Some(_) => Some(Target::Root),
        None => None,
    };
    let mut comments = line.posts.into_iter().enumerate().map(|(at, post)| {
        let truth: Vec<Target> = match &post.links {
            Some(links) => {
                links.iter().filter_map(|n| if *n == post.n { Some(Target::Root) } else { target(*n) }).collect()
            }
            None => vec![post.parent.map_or(Target::Root, |n| target(n).unwrap_or(Target::Root))],
        };
        LabelledComment {
            links: post.links.as_ref().map_or(1, Vec::len),
            scored: post.scored.unwrap_or(at > first),
            truth,
            author: post.author.unwrap_or_default(),
            text: post.text,
            time: post.ts.filter(|ts| *ts >= LEAST_TIME).map(|ts| ts as i64),
            system: post.system,
        }
    });
    let post = if line.op_is_post { comments.next() } else { None };
    let comments: Vec<LabelledComment> = comments.collect();
    Labelled { id: line.id, title: line.title, post, comments, linked }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_become_targets_and_the_first_post_the_root() {
        let line = r#"{"id":"t","op_is_post":true,"posts":[{"n":1,"author":"A","text":"x","parent":null,"ts":1},
            {"n":2,"author":"B","text":"y","parent":1,"ts":1700000000},{"n":3,"author":"","text":"z","parent":2,"ts":3},
            {"n":4,"author":"","text":"z","parent":99,"ts":4}]}"#
            .replace('\n', "");
        let threads = read_labelled(line.as_bytes()).unwrap();
        let comments = &threads[0].comments;
        assert_eq!(
            comments.iter().map(|c| c.truth[0]).collect::<Vec<_>>(),
            [Target::Root, Target::Comment(0), Target::Root]
        );
        assert_eq!(comments.iter().map(|c| c.scored).collect::<Vec<_>>(), [false, true, true]);
        assert_eq!((comments[0].time, comments[1].time), (Some(1_700_000_000), None));
        assert_eq!(threads[0].page().author, Some("A"));
    }

    #[test]
    fn links_of_a_chat_may_be_several_and_lead_to_itself() {
        let line = r#"{"id":"c","posts":[{"n":7,"author":"A","text":"x","parent":null,"links":[7],"scored":true},{"n":8,"text":"y","parent":7,"links":[7,3],"scored":true}]}"#;
        let threads = read_labelled(line.as_bytes()).unwrap();
        let comments = &threads[0].comments;
        assert_eq!((&comments[0].truth, comments[0].links), (&vec![Target::Root], 1));
        assert_eq!((&comments[1].truth, comments[1].links), (&vec![Target::Comment(0)], 2));
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = read_labelled(&b"\n{\"id\": 3}\n"[..]).unwrap_err();
        assert_eq!(error.to_string(), "line 2 is not a labelled thread");
    }
}
