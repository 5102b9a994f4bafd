//! Scanning: joins detectors and rules to the store. First everything that has changed is measured (`measure`), then
//! copies are looked for among all comments (`copies`), then the rules are asked (`rules`).
//!
//! ```text
//! changed posts ─► detectors ─► signals ─┐
//! all texts ─► copies ─► clusters ───────┴─► rules ─► hits ─► (commands: flags, decisions)
//! ```
//!
//! A scan that is killed leaves whole batches, and the next one goes on from there: comments that were measured by a
//! scan which a rule did not live to see are asked about then.
//!
//! Not here: what a detector or a rule says (`signals`, `rules`), what becomes of hits (`commands::scan`).

mod copies;
mod measure;
mod rules;

use anyhow::Result;

pub use rules::{Found, Hits, ask};

use crate::signals::detectors;
use crate::store::Store;

/// Takes note of how far a scan has come.
pub trait Progress {
    /// A stretch of work begins, of so many comments.
    fn stage(&mut self, what: &str, comments: u64);
    /// So many of them are done.
    fn at(&mut self, comments: u64);
}

/// What the measuring came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// The scan's number.
    pub scan: i64,
    /// All comments there are.
    pub comments: u64,
    /// Comments whose signals were missing or out of date.
    pub computed: u64,
    /// Posts that were judged anew.
    pub posts: u64,
    /// The import that the scan looked at.
    run: Option<i64>,
}

/// Measures everything that has changed since the last scan, or everything.
pub fn measure(store: &Store, at: i64, all: bool, progress: &mut dyn Progress) -> Result<Measured> {
    let (scan, run) = store.begin_scan(at)?;
    let edition = store.edition(&detectors())?;
    let owing = store.owes_copies()?;
    progress.stage("looking for what is new", 0);
    let (rarity, counted) = measure::rarity(store, all, progress)?;
    let changed = store.changed(edition, all || counted)?;
    let work = measure::Work { scan, edition, all, rarity: &rarity };
    measure::posts(store, &work, &changed.posts, progress)?;
    if changed.stale > 0 || owing {
        copies::find(store, scan, changed.comments, progress)?;
    }
    store.looked_for_copies(scan)?;
    let stale = changed.stale;
    Ok(Measured { scan, comments: changed.comments, computed: stale, posts: changed.posts.len() as u64, run })
}

/// Ends a scan that was measured.
pub fn end(store: &Store, measured: &Measured, at: i64) -> Result<()> {
    store.end_scan(measured.scan, at, measured.computed, measured.run)
}

#[cfg(test)]
mod tests;
