//! `quell reasons`: the policy ids that flags and decisions can carry.

use anyhow::Result;

use super::{Context, listed, shape};
use crate::cli;
use crate::error::Exit;
use crate::output::listing::Listing;
use crate::review::reasons::Reasons;

const COLUMNS: &[&str] = &["id", "severity", "action", "mask", "meaning"];

/// Lists them.
pub fn run(context: &Context, args: &cli::ReasonsVerb) -> Result<Exit> {
    let reasons = Reasons::load(args.file.file.as_deref(), &context.db)?;
    let mut rows = 0;
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), COLUMNS)?;
        for reason in reasons.all() {
            list.row(vec![
                reason.id.as_str().into(),
                i64::from(reason.severity).into(),
                reason.action.as_str().into(),
                if reason.mask { "mask" } else { "" }.into(),
                reason.meaning.as_str().into(),
            ])?;
        }
        rows = list.end()?;
        Ok(())
    })?;
    Ok(listed(rows))
}
