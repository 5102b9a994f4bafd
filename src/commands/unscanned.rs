//! Says once, beside a result that asks for signals, that some comments were not scanned and so could not be found.

use anyhow::Result;

use super::Context;
use crate::query::{Field, Needs};
use crate::store::{Sort, Store};
use crate::ui::count;

/// Says so where a query or an order looks at what only a scan can tell, and comments are left that no scan has seen.
pub fn note(context: &Context, store: &Store, needs: &Needs, sort: Option<Sort>) -> Result<()> {
    let stored = |field: &Field| Field::STORED.contains(field);
    let sorts = matches!(sort, Some(Sort::Signal(field)) if stored(&field));
    let left = if sorts || needs.lang || needs.signals.iter().any(stored) { store.unscanned()? } else { 0 };
    if left > 0 {
        context.ui.say(format!("{} not scanned yet: quell scan", count(left, "comment")));
    }
    Ok(())
}
