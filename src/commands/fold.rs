//! `quell fold`: how a disguised text looks to quell, step by step.

use anyhow::Result;

use super::{Context, shape};
use crate::cli;
use crate::error::Exit;
use crate::output::listing::Listing;
use crate::text::fold;

/// Shows each step.
pub fn run(context: &Context, args: &cli::Fold) -> Result<Exit> {
    let text = args.text.join(" ");
    let shape = shape(&args.list, &context.ui);
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape, &["step", "text"])?;
        for step in fold::steps(&text) {
            list.row(vec![step.name.into(), step.text.into()])?;
        }
        list.end()?;
        Ok(())
    })?;
    Ok(Exit::Done)
}
