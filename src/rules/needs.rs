//! What several queries look at, put together.

use crate::query::{Needs, Query, plan};

/// Everything that any of these queries looks at.
pub(super) fn of<'q>(queries: impl IntoIterator<Item = &'q Query>) -> Needs {
    queries.into_iter().map(|query| plan(query, &|_| false).needs).fold(Needs::default(), |a, b| {
        let mut signals = a.signals;
        signals.extend(b.signals.into_iter().filter(|field| !signals.contains(field)).collect::<Vec<_>>());
        Needs {
            row: a.row | b.row,
            text: a.text | b.text,
            author: a.author | b.author,
            post: a.post | b.post,
            source: a.source | b.source,
            thread: a.thread | b.thread,
            replies: a.replies | b.replies,
            history: a.history | b.history,
            flags: a.flags | b.flags,
            decisions: a.decisions | b.decisions,
            edited_since_decision: a.edited_since_decision | b.edited_since_decision,
            tags: a.tags | b.tags,
            notes: a.notes | b.notes,
            duplicate: a.duplicate | b.duplicate,
            edge: a.edge | b.edge,
            lang: a.lang | b.lang,
            signals,
        }
    })
}
