//! `quell show ID --why`, the part on edges: what a comment answers, how sure that is, on what grounds, and what else it
//! could be.

use std::io::Write;

use anyhow::Result;

use crate::model::{Answered, Comment, CommentId, Grounds, Hung, Parent, ParentOrigin};
use crate::output::edges::{candidate, rests_on};
use crate::store::Store;
use crate::text::terminal;

/// Writes why a comment stands where it does.
pub fn write(store: &Store, comment: &Comment, out: &mut dyn Write) -> Result<()> {
    let hung = store.hung(comment.id)?;
    writeln!(out, "{}  {}", comment.id, place(comment, hung.as_deref()))?;
    let Some(Hung { edge, given }) = hung.as_deref() else { return Ok(()) };
    if let Some(grounds) = &edge.grounds {
        explain(store, comment, &edge.to, grounds, out)?;
    }
    match given {
        Parent::Unknown => {}
        Parent::Post => writeln!(out, "  the dump says that it answers the post")?,
        Parent::Comment { key, .. } => {
            let parent = by_key(store, comment, key)?.map_or_else(|| key.clone(), |parent| parent.id.to_string());
            writeln!(out, "  the dump says that it answers {}", terminal::escape(&parent))?;
        }
    }
    Ok(())
}

/// What it answers, and who says so.
fn place(comment: &Comment, hung: Option<&Hung>) -> String {
    let answers = match (comment.parent, &comment.parent_key) {
        (Some(parent), _) => format!("answers {parent}"),
        (None, Some(key)) => format!("answers {}, which is not there", terminal::escape(key)),
        (None, None) => "answers the post".to_owned(),
    };
    match (comment.parent_origin, hung) {
        (None, Some(_)) => "left open: no candidate was sure enough".to_owned(),
        (None, None) => "the dump does not say what it answers; see: quell thread infer".to_owned(),
        (Some(ParentOrigin::Source), _) => format!("{answers}: the dump says so"),
        (Some(ParentOrigin::Indent), _) => format!("{answers}: it is indented below it"),
        (Some(ParentOrigin::Human), _) => format!("{answers}: a person says so"),
        (Some(ParentOrigin::Inferred), _) => format!("{answers}, worked out from the words"),
    }
}

fn explain(store: &Store, comment: &Comment, to: &Answered, grounds: &Grounds, out: &mut dyn Write) -> Result<()> {
    let Grounds { confidence, class, profile, evidence, alternatives, authors } = grounds;
    writeln!(out, "  {confidence:.2} {class}, by the profile {}", terminal::escape(profile))?;
    let best = match to {
        Answered::Comment(key) => Some(key.as_str()),
        Answered::Post => None,
        Answered::Open => alternatives.first().and_then(|best| best.parent.as_deref()),
    };
    let there = match best {
        Some(key) => by_key(store, comment, key)?.map(|parent| parent.text),
        None => store.post(comment.post)?.map(|post| post.text),
    };
    let words = rests_on(evidence, &comment.text, &there.unwrap_or_default(), "place and tone");
    writeln!(out, "  {}", terminal::escape(&words))?;
    let mut named = Vec::new();
    for other in alternatives {
        let id: Option<CommentId> = match &other.parent {
            Some(key) => by_key(store, comment, key)?.map(|parent| parent.id),
            None => None,
        };
        named.push(match (&other.parent, id) {
            (Some(key), None) => format!("{} {:.2}", terminal::escape(key), other.probability),
            (_, id) => candidate(id, other.probability),
        });
    }
    if !named.is_empty() {
        let what = if *to == Answered::Open { "candidates" } else { "next" };
        writeln!(out, "  {what}: {}", named.join(", "))?;
    }
    for author in authors {
        let name = terminal::escape(&author.name);
        writeln!(out, "  its author may be {name}: {}", author.evidence)?;
    }
    Ok(())
}

/// The comment of the same source with this key.
fn by_key(store: &Store, comment: &Comment, key: &str) -> Result<Option<Comment>> {
    for id in store.comments_by_key(key)? {
        if let Some(found) = store.comment(id)?
            && found.source == comment.source
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
