//! The simple rules that inference has to beat, so that its figures can be read beside them on anybody's data.

use super::index::{Index, target_of};
use super::page::{Page, Target};
use super::people::Naming;
use super::scan::{Candidate, Reach, scan};

/// A simple rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// The comment directly before.
    Previous,
    /// The post.
    Root,
    /// The likest words, discounted by distance: (cosine + 0.02) · 0.85^min(distance, 25).
    Likeness,
    /// The comment most of whose words are repeated, in a run of five words or more; else the one before.
    QuoteElsePrevious,
    /// The same, then whom the comment names; else the one before.
    QuoteMentionElsePrevious,
    /// The same, else the post.
    QuoteMentionElseRoot,
}

impl Baseline {
    /// All of them.
    pub const ALL: [Baseline; 6] = [
        Baseline::Previous,
        Baseline::Root,
        Baseline::Likeness,
        Baseline::QuoteElsePrevious,
        Baseline::QuoteMentionElsePrevious,
        Baseline::QuoteMentionElseRoot,
    ];

    /// What a table calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Baseline::Previous => "previous",
            Baseline::Root => "root",
            Baseline::Likeness => "TF-IDF + recency",
            Baseline::QuoteElsePrevious => "quote, else previous",
            Baseline::QuoteMentionElsePrevious => "quote, mention, else previous",
            Baseline::QuoteMentionElseRoot => "quote, mention, else root",
        }
    }
}

/// The parent that a rule gives each comment. Lines of the platform get the root.
pub(super) fn guess(page: &Page<'_>, baseline: Baseline, chat: bool) -> Vec<Target> {
    let index = Index::new(page);
    let mut parents = vec![Target::Root; page.comments.len()];
    let reach = Reach { recent: if chat { 45 } else { 25 }, most: 70 };
    scan(&index, reach, |scene, candidates, _| {
        let quoted = || quoted(candidates);
        let mentioned = || mentioned(candidates);
        let node = match baseline {
            Baseline::Previous => scene.previous,
            Baseline::Root => 0,
            Baseline::Likeness => likest(candidates),
            Baseline::QuoteElsePrevious => quoted().unwrap_or(scene.previous),
            Baseline::QuoteMentionElsePrevious => quoted().or_else(mentioned).unwrap_or(scene.previous),
            Baseline::QuoteMentionElseRoot => quoted().or_else(mentioned).unwrap_or(0),
        };
        parents[scene.node as usize - 1] = target_of(node);
    });
    parents
}

fn likest(candidates: &[Candidate]) -> u32 {
    let value = |c: &Candidate| (c.like.cosine + 0.02) * 0.85_f32.powi(c.distance.min(25) as i32);
    candidates.iter().max_by(|a, b| value(a).total_cmp(&value(b))).map_or(0, |candidate| candidate.node)
}

fn quoted(candidates: &[Candidate]) -> Option<u32> {
    let most = candidates
        .iter()
        .filter(|c| c.quote.run > 0 && c.quote.original > 0)
        .max_by_key(|c| (c.quote.run, c.quote.original, c.node))?;
    (most.quote.longest >= 5).then_some(most.node)
}

fn mentioned(candidates: &[Candidate]) -> Option<u32> {
    let by_number = candidates.iter().rev().find(|candidate| candidate.numbered);
    let named = |naming| candidates.iter().rev().find(move |c| c.named == Some(naming) && c.latest);
    let found = by_number
        .or_else(|| named(Naming::AtStart))
        .or_else(|| named(Naming::At))
        .or_else(|| named(Naming::Addressed))
        .or_else(|| named(Naming::Attributed))
        .or_else(|| named(Naming::Anywhere))?;
    Some(found.node)
}
