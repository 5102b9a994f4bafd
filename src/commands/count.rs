//! `quell count` and `quell authors`: what a query finds, in numbers.

use std::io::Write;

use anyhow::Result;

use super::ask::ask;
use super::{Context, listed, shape, unscanned};
use crate::cli::{self, CountBy};
use crate::error::Exit;
use crate::model::Time;
use crate::output::listing::{Cell, Listing, Shape};
use crate::output::time::rfc3339;
use crate::store::By;

/// Counts what a query finds.
pub fn run(context: &Context, args: &cli::Counting) -> Result<Exit> {
    let store = context.open()?;
    let asked = ask(&store, &args.query, &args.queries)?;
    let prepared = store.prepare(&asked.query)?;
    unscanned::note(context, &store, &prepared.plan().needs, None)?;
    let Some(by) = args.by else {
        let count = store.count(&prepared)?;
        writeln!(context.ui.stdout(), "{count}")?;
        return Ok(listed(count));
    };
    let (by, name) = match by {
        CountBy::Author => (By::Author, "author"),
        CountBy::Post => (By::Post, "post"),
        CountBy::Source => (By::Source, "source"),
        CountBy::Status => (By::Status, "status"),
        CountBy::Kind => (By::Kind, "kind"),
        CountBy::Day => (By::Day, "day"),
        CountBy::Month => (By::Month, "month"),
        CountBy::Year => (By::Year, "year"),
    };
    let rows = store.count_by(&prepared, by, args.top)?;
    let shape = shape(&args.list, &context.ui);
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape, &[name, "comments"])?;
        for row in &rows {
            list.row(vec![named(row.name.as_deref(), shape), row.count.into()])?;
        }
        list.end()?;
        Ok(())
    })?;
    Ok(listed(rows.len() as u64))
}

/// A name that is not known is said to be so where people read, and is empty where programs do.
fn named(name: Option<&str>, shape: Shape) -> Cell {
    match (name, shape) {
        (None, Shape::Table(_)) => "(unknown)".into(),
        (name, _) => name.into(),
    }
}

/// In a table the day is enough, and fits.
fn time(time: Option<Time>, shape: Shape) -> Cell {
    let text = time.and_then(rfc3339);
    match shape {
        Shape::Table(_) => text.as_deref().and_then(|text| text.split('T').next()).into(),
        _ => text.into(),
    }
}

const AUTHOR_COLUMNS: &[&str] = &["author", "comments", "threads", "first", "last", "removed", "replies"];

/// Lists the authors of what a query finds.
pub fn authors(context: &Context, args: &cli::Authors) -> Result<Exit> {
    let store = context.open()?;
    let asked = ask(&store, &args.query, &args.queries)?;
    let rows = store.authors(&store.prepare(&asked.query)?, args.top)?;
    let shape = shape(&args.list, &context.ui);
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape, AUTHOR_COLUMNS)?;
        for row in &rows {
            list.row(vec![
                named(row.name.as_deref(), shape),
                row.comments.into(),
                row.threads.into(),
                time(row.first, shape),
                time(row.last, shape),
                row.removed.into(),
                Cell::Text(format!("{} %", (100 * row.replies + row.comments / 2) / row.comments.max(1))),
            ])?;
        }
        list.end()?;
        Ok(())
    })?;
    Ok(listed(rows.len() as u64))
}
