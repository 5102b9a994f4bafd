//! What an edge rests on, in words for reading: the quoted text, names, shared words, the runner-up.
//!
//! Text by strangers comes out as it is; whoever prints it to a terminal escapes it.

use crate::model::{AuthorKind, Comment, CommentId, EdgeEvidence, Grounds, Hung, ParentOrigin, Span};

/// What an edge rests on in one line. `here` is the comment's text, `there` that of what it answers; `nearby` says what
/// there is to say where nothing in the words speaks.
pub fn rests_on(evidence: &[EdgeEvidence], here: &str, there: &str, nearby: &str) -> String {
    let mut parts: Vec<String> = evidence.iter().filter_map(|one| reason(one, here, there)).collect();
    if parts.is_empty() {
        parts.push(nearby.to_owned());
    }
    parts.join("; ")
}

fn reason(evidence: &EdgeEvidence, here: &str, there: &str) -> Option<String> {
    Some(match evidence {
        EdgeEvidence::Quote { here: span, words, original, .. } => {
            let only = if *original { ", only there before" } else { "" };
            format!("{words} words verbatim{only}: “{}”", words_at(here, *span)?)
        }
        EdgeEvidence::Name { here: span } => format!("names its author: {}", words_at(here, *span)?),
        EdgeEvidence::NamedBy { there: span } => format!("is named there: {}", words_at(there, *span)?),
        EdgeEvidence::Number => "gives its number".to_owned(),
        EdgeEvidence::Words { here: spans } => {
            let words: Vec<String> = spans.iter().filter_map(|span| words_at(here, *span)).collect();
            format!("shared and rare: {}", words.join(", "))
        }
    })
}

/// The words of a span on one line; nothing where the text has changed since.
fn words_at(text: &str, (start, end): Span) -> Option<String> {
    let words = text.get(start as usize..end as usize)?;
    Some(words.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// How a comment came to its place, where the dump does not say it: `place inferred: 0.90 quote`.
pub fn place(comment: &Comment, hung: Option<&Hung>) -> Option<String> {
    match (comment.parent_origin, grounds(hung)) {
        (Some(ParentOrigin::Inferred), Some(Grounds { confidence, class, .. })) => {
            Some(format!("place inferred: {confidence:.2} {class}"))
        }
        (Some(ParentOrigin::Inferred), None) => Some("place inferred".to_owned()),
        (Some(ParentOrigin::Human), _) => Some("placed by hand".to_owned()),
        (None, Some(_)) => Some("place open".to_owned()),
        _ => None,
    }
}

/// Whom the text suggests as the author of a comment that has none. Never to be shown as if the dump had said it.
pub fn proposed_author<'h>(comment: &Comment, hung: Option<&'h Hung>) -> Option<&'h str> {
    let nameless = comment.author.name.is_none() && comment.author.key.is_none();
    let unknown = matches!(comment.author.kind, AuthorKind::Unknown | AuthorKind::Anonymous);
    let first = grounds(hung)?.authors.first()?;
    (nameless && unknown).then_some(first.name.as_str())
}

/// What the edge rests on that counts for a comment.
pub fn grounds(hung: Option<&Hung>) -> Option<&Grounds> {
    hung?.edge.grounds.as_ref()
}

/// A candidate and how likely it is: `c12 0.71`, or `post 0.71`.
pub fn candidate(parent: Option<CommentId>, probability: f64) -> String {
    let name = parent.map_or_else(|| "post".to_owned(), |id| id.to_string());
    format!("{name} {probability:.2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_read_as_words_and_stale_spans_are_left_out() {
        let here = "As Tam said: the old\nkettle leaks";
        let quote = EdgeEvidence::Quote { here: (13, 27), there: (0, 14), words: 3, original: true };
        let name = EdgeEvidence::Name { here: (3, 6) };
        assert_eq!(
            rests_on(&[quote.clone(), name], here, "The old kettle", "directly before"),
            "3 words verbatim, only there before: “the old kettle”; names its author: Tam"
        );
        assert_eq!(rests_on(&[quote], "short", "", "directly before"), "directly before");
        assert_eq!(candidate(None, 0.126), "post 0.13");
    }
}
