//! What is kept of an edge that quell worked out or a person set: what the comment answers, how sure, on what grounds, and
//! what else it could have been. Comments are named by their source's key, so that an edge means the same in every
//! database.
//!
//! Not here: how edges are worked out (`threads`), or which of several counts (`review`).

use serde::{Deserialize, Serialize};

use super::{AuthorEvidence, EdgeClass, Parent, ParentOrigin};

/// What an edge says that its comment answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answered {
    /// The post itself.
    Post,
    /// The comment of the same source and post with this key.
    Comment(String),
    /// Nothing was sure enough: the comment stays where it is, and its candidates are kept.
    Open,
}

/// An edge as it is kept with the decision that made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptEdge {
    /// What the comment answers.
    pub to: Answered,
    /// Whether the words say so (`inferred`) or a person (`human`).
    pub origin: ParentOrigin,
    /// Why, where it was worked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grounds: Option<Grounds>,
}

/// What an edge rests on that was worked out from the words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grounds {
    /// How sure the best candidate is, from 0 to 1, to four decimals.
    pub confidence: f64,
    /// What it rests on.
    pub class: EdgeClass,
    /// The weights that were used, by name.
    pub profile: String,
    /// The reasons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EdgeEvidence>,
    /// The other candidates, likeliest first; of an open edge all of them, the best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<EdgeAlternative>,
    /// Whom the text suggests as the author of a comment that has none. Proposals, never facts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<ProposedAuthor>,
}

/// Bytes of a plain text, from the first to one past the last.
pub type Span = (u32, u32);

/// One reason for an edge. `here` is the comment's text, `there` that of what it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum EdgeEvidence {
    /// Words that both have.
    Quote {
        /// Where in the comment.
        here: Span,
        /// Where in what it answers.
        there: Span,
        /// How many words.
        words: u32,
        /// No other earlier comment had them first.
        original: bool,
    },
    /// The comment names the author of what it answers.
    Name {
        /// Where in the comment.
        here: Span,
    },
    /// What it answers names the comment's author.
    NamedBy {
        /// Where in what it answers.
        there: Span,
    },
    /// The comment gives the printed number of what it answers.
    Number,
    /// Rare words that both have, rarest first.
    Words {
        /// Where each stands in the comment.
        here: Vec<Span>,
    },
}

/// A candidate that was weighed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EdgeAlternative {
    /// The key of the comment; absent for the post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// How likely, from 0 to 1, to four decimals.
    pub probability: f64,
}

/// An author whom the text suggests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposedAuthor {
    /// The name as it is written.
    pub name: String,
    /// Where it comes from: `head-line`, `signature`, or `inferred` from how an answer addresses them.
    pub evidence: AuthorEvidence,
    /// The key of the answer that addresses them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Where the name stands, in the comment's text or in that of the answer.
    pub at: Span,
}

/// An edge that counts, and what the dump itself says.
#[derive(Debug, Clone, PartialEq)]
pub struct Hung {
    /// The edge.
    pub edge: KeptEdge,
    /// What the dump says; where an inferred edge counts, always unknown.
    pub given: Parent,
}

// Their numbers are never NaN: they come from probabilities or from JSON, which has none.
impl Eq for KeptEdge {}
impl Eq for Grounds {}
impl Eq for EdgeAlternative {}
impl Eq for Hung {}

/// Four decimals are what confidences are good for, and they come back from any text unchanged.
pub fn four_decimals(value: f32) -> f64 {
    (f64::from(value) * 1e4).round() / 1e4
}
