//! `quell posts`: what is in the database.

use anyhow::Result;

use super::{Context, listed, shape};
use crate::cli;
use crate::error::Exit;
use crate::model::Time;
use crate::output::listing::{Cell, Listing};
use crate::output::time::rfc3339;

const COLUMNS: &[&str] = &["id", "comments", "authors", "first", "last", "source", "key", "title"];

/// Lists every post.
pub fn run(context: &Context, args: &cli::Posts) -> Result<Exit> {
    let store = context.open()?;
    let shape = shape(&args.list, &context.ui);
    let mut rows = 0;
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape, COLUMNS)?;
        store.posts(&mut |post| {
            list.row(vec![
                post.id.to_string().into(),
                post.comments.into(),
                post.authors.into(),
                day(post.first).into(),
                day(post.last).into(),
                format!("{} {}", post.source.kind, post.source.scope).into(),
                post.key.into(),
                if post.placeholder { Cell::from("(in no file)") } else { post.title.into() },
            ])
        })?;
        rows = list.end()?;
        Ok(())
    })?;
    if rows == 0 {
        context.ui.say("the database holds no posts; import a dump: quell import FILE");
    }
    Ok(listed(rows))
}

/// The day of a moment.
fn day(time: Option<Time>) -> Option<String> {
    let text = rfc3339(time?)?;
    Some(text.split('T').next().unwrap_or_default().to_owned())
}
