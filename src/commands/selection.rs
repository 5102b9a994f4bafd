//! What a deciding verb works on: comments by their ids, by a query, or from standard input.

use std::io::BufRead;

use anyhow::{Context as _, Result, bail};

use super::ask::ask;
use super::{Target, find, unscanned};
use crate::cli::Queries;
use crate::model::{CommentId, PostId};
use crate::query::Query;
use crate::store::{Slice, Sort, Store};

/// Comments, and how they were asked for.
pub struct Selection {
    /// Each once, in the order in which they were named or found.
    pub ids: Vec<CommentId>,
    /// The words of the command line.
    pub text: String,
    /// The query that found them, if one did.
    pub query: Option<Query>,
}

/// Finds the comments that the words name. Words that are all ids name those comments, and the comments of those posts;
/// `-` reads ids from standard input; anything else is a query.
pub fn select(context: &super::Context, store: &Store, words: &[String], queries: &Queries) -> Result<Selection> {
    let text = words.join(" ");
    let (mut ids, query) = match text.as_str() {
        "-" => (from_stdin(store)?, None),
        _ => match by_ids(store, &text)? {
            Some(ids) => (ids, None),
            None => by_query(context, store, words, queries)?,
        },
    };
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    Ok(Selection { ids, text, query })
}

fn by_query(
    context: &super::Context,
    store: &Store,
    words: &[String],
    queries: &Queries,
) -> Result<(Vec<CommentId>, Option<Query>)> {
    let query = ask(store, words, queries)?.query;
    let prepared = store.prepare(&query)?;
    unscanned::note(context, store, &prepared.plan().needs, None)?;
    let found = store.find(&prepared, Slice { sort: Sort::Oldest, offset: 0, limit: None })?;
    Ok((found.ids, Some(query)))
}

/// The comments of these ids, or nothing where a word is no id. One word alone may also be an id of the source.
fn by_ids(store: &Store, text: &str) -> Result<Option<Vec<CommentId>>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_own = |word: &&str| word.parse::<CommentId>().is_ok() || word.parse::<PostId>().is_ok();
    let of_source = |word: &str| Ok::<_, anyhow::Error>(!(store.comments_by_key(word)?.is_empty()));
    let all_ids = words.iter().all(is_own) || matches!(words.as_slice(), [word] if of_source(word)?);
    if !all_ids {
        return Ok(None);
    }
    let mut ids = Vec::new();
    for word in words {
        extend(store, find(store, word)?, &mut ids)?;
    }
    Ok(Some(ids))
}

fn extend(store: &Store, target: Target, ids: &mut Vec<CommentId>) -> Result<()> {
    match target {
        Target::Comment(comment) => ids.push(comment),
        Target::Post(post) => ids.extend(store.tree(post)?.0.into_iter().map(|node| node.id)),
    }
    Ok(())
}

/// The comments whose ids, and those of whose posts' ids, standard input names, one a line.
pub fn from_stdin(store: &Store) -> Result<Vec<CommentId>> {
    let mut ids = Vec::new();
    for target in targets_from_stdin(store)? {
        extend(store, target, &mut ids)?;
    }
    Ok(ids)
}

/// What the ids on standard input name, one a line.
pub fn targets_from_stdin(store: &Store) -> Result<Vec<Target>> {
    let mut targets = Vec::new();
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line.context("cannot read standard input")?;
        let word = line.trim();
        if word.contains(char::is_whitespace) {
            bail!("line {} of standard input holds more than an id", number + 1);
        }
        if !word.is_empty() {
            targets.push(find(store, word).with_context(|| format!("line {} of standard input", number + 1))?);
        }
    }
    Ok(targets)
}
