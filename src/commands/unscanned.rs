//! Says once, beside a result that asks for signals, that some comments were not scanned and so could not be found.

use anyhow::Result;

use super::Context;
use crate::query::Needs;
use crate::store::Store;
use crate::ui::count;

/// Says so where a query looks at what only a scan can tell, and comments are left that no scan has seen.
pub fn note(context: &Context, store: &Store, needs: &Needs) -> Result<()> {
    let asks = needs.lang || needs.signals.iter().any(|field| crate::query::Field::STORED.contains(field));
    let left = if asks { store.unscanned()? } else { 0 };
    if left > 0 {
        context.ui.say(format!("{} not scanned yet: quell scan", count(left, "comment")));
    }
    Ok(())
}
