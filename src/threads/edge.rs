//! What inference says of one comment: its parent, how sure, on what grounds, and what else it could have been.

use std::ops::Range;

use super::page::Target;
pub use crate::model::EdgeClass as Class;

/// One reason for an edge. Spans are bytes of the texts as they were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// Words that both have.
    Quote {
        /// Where in the comment.
        here: Range<usize>,
        /// Where in the parent's text, or in the article.
        there: Range<usize>,
        /// How many words.
        words: usize,
        /// No other earlier comment had them first.
        original: bool,
    },
    /// The comment names the parent's author.
    Name {
        /// Where in the comment.
        here: Range<usize>,
    },
    /// The parent names the comment's author.
    NamedBy {
        /// Where in the parent's text.
        there: Range<usize>,
    },
    /// The comment gives the parent's printed number.
    Number,
    /// Rare words that both have, rarest first.
    Words {
        /// Where each stands in the comment.
        here: Vec<Range<usize>>,
    },
}

/// Another parent that was weighed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alternative {
    /// The parent.
    pub parent: Target,
    /// Its probability: its share of what the confidence of the chosen one leaves over, and never more than that.
    pub probability: f32,
}

/// What inference says of one comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// The parent, before any threshold.
    pub parent: Target,
    /// From 0 to 1; 1 only for explicit edges.
    pub confidence: f32,
    /// What it rests on.
    pub class: Class,
    /// The reasons.
    pub evidence: Vec<Evidence>,
    /// The next best parents, likeliest first.
    pub alternatives: Vec<Alternative>,
    /// The comment quotes eight telling words or more that nothing on the page has: its true parent may be missing.
    pub source_missing: bool,
}

/// An author that the text suggests for a comment that has none. A proposal, never a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorProposal {
    /// The comment without an author.
    pub comment: usize,
    /// The name as it is written.
    pub name: String,
    /// What suggests it.
    pub grounds: AuthorGrounds,
}

/// What suggests an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorGrounds {
    /// The last line of the comment, at these bytes.
    Signature(Range<usize>),
    /// A first line such as "Tam says", at these bytes.
    HeadLine(Range<usize>),
    /// The comment with this index answers it and addresses somebody by this name, at these bytes of its own text.
    Addressed {
        /// The answer.
        by: usize,
        /// Where the name stands.
        at: Range<usize>,
    },
}
