//! What a comment says of itself: that it is off topic, or nothing at all.
//!
//! Only of itself: "this is off topic" about somebody else's comment is no declaration, and a false one is worse than
//! a missed one.

use std::ops::Range;

use crate::signals::links;
use crate::signals::pattern::Pattern;

/// At the start of a comment or of one of its lines.
static OPENING: Pattern = Pattern::new(
    r"(?mx) ^ [\s*_>]* (?:
        [\[(<] \s* (?: OT | (?i: (?:slightly|somewhat|completely|totally|bit)? \s* off [-\s]? topic ) ) \s* [\])>]
      | (?: OT | O/T ) \s* (?: [:;,-] | but \b )
      | (?i: (?:a \s (?:little|bit) \s | slightly \s | somewhat \s | completely \s | totally \s | way \s | kinda \s | kind \s of \s | sorry ,? \s)?
        off [-\s]? topic ,? \s* (?: [:;.(-] | , | but \b | question \b | $ ) )
      | (?i: (?:slightly \s | somewhat \s | completely \s | totally \s)? (?: unrelated | not \s related ) (?: \s to \s (?: this | the ) \s (?: topic | post | article | thread | discussion ) )? ,? \s+ but \b )
    )",
);

/// Anywhere in it, about the writer's own words.
static INSIDE: Pattern = Pattern::new(
    r"(?ix) \b (?: sorry | apologies | apologize | forgive \s me | pardon ) \s+ (?: for \s+ | if \s+ )? (?: (?: the | this | being | going | getting | it'?s | this \s is | i'?m ) \s+ ){0,3}
        (?: a \s (?:little|bit) \s | slightly \s | so \s | completely \s )? off [-\s]? topic \b
      | \b i (?: \s know | '?m \s aware | \s realize | \s realise ) \s (?: that \s )? (?: this \s is | this's | it'?s | i'?m ) \s (?: a \s (?:little|bit) \s | slightly \s | totally \s | completely \s )? off [-\s]? topic \b
      | \b (?: this | it ) (?: '?s | \s is | \s may \s be | \s might \s be ) \s (?: a \s (?:little|bit) \s | slightly \s | totally \s | completely \s | somewhat \s )? off [-\s]? topic ,? \s+ but \b",
);

/// Where a comment declares itself off topic.
pub fn declared(own: &str) -> Option<Range<usize>> {
    let trimmed = |span: Range<usize>| {
        let before = own[span.clone()].len() - own[span.clone()].trim_start().len();
        span.start + before..span.end
    };
    OPENING.find(own).chain(INSIDE.find(own)).next().map(trimmed)
}

/// Why there is nothing in a comment to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    /// No letters or digits at all.
    Blank,
    /// Links and next to nothing else.
    LinkOnly,
}

/// Whether a comment has nothing in it to compare. Few words are not nothing: those only make the signal abstain.
pub fn empty(own: &str) -> Option<Empty> {
    if !own.chars().any(char::is_alphanumeric) {
        return Some(Empty::Blank);
    }
    let links = links::links(own);
    let last = links.last()?.span.end;
    let mut words = 0;
    let mut at = 0;
    for span in links.iter().map(|link| link.span.clone()).chain(std::iter::once(own.len()..own.len())) {
        words += own[at..span.start].split_whitespace().filter(|w| w.contains(char::is_alphanumeric)).count();
        at = span.end.max(at);
    }
    (words <= 2 && last > 0).then_some(Empty::LinkOnly)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations() {
        assert!(OPENING.is_sound() && INSIDE.is_sound());
        for text in [
            "OT, but has anyone seen this?",
            "[OT] new soup bar",
            "Off-topic: where is the menu?",
            "off topic but nice",
            "Hello\nSlightly off-topic, but I like it",
            "Sorry for going off topic here",
            "I know this is a bit off topic",
            "This may be off-topic, but who cooks?",
            "Completely unrelated, but happy birthday",
            "(off topic) the soup",
        ] {
            assert!(declared(text).is_some(), "{text}");
        }
    }

    #[test]
    fn talk_about_topics_is_no_declaration() {
        for text in [
            "The hot topic today",
            "Your comment is off-topic",
            "Please don't go off topic",
            "Off-topic comments are removed",
            "The OT has many books",
            "OT is overtime",
            "He got a lot of flak",
            "Why is this marked as off topic?",
            "unrelated events happened",
            "That is off topic.",
        ] {
            assert_eq!(declared(text), None, "{text}");
        }
    }

    #[test]
    fn nothing_to_compare() {
        assert_eq!(empty("?!"), Some(Empty::Blank));
        assert_eq!(empty("look: https://soup.example/a www.spoon.example"), Some(Empty::LinkOnly));
        assert_eq!(empty("I ate there and wrote about it: https://soup.example"), None);
        assert_eq!(empty("yes"), None);
    }
}
