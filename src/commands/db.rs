//! `quell db`: what is in the file, whether it is whole, and giving back space.

use std::io::Write;

use anyhow::Result;

use super::{Context, shape};
use crate::cli::{self, DbWork};
use crate::error::Exit;
use crate::output::listing::Listing;
use crate::text::terminal;
use crate::ui::{count, grouped};

const COLUMNS: &[&str] = &["name", "value"];

/// Does the work that was asked for.
pub fn run(context: &Context, args: &cli::Db) -> Result<Exit> {
    match &args.work {
        DbWork::Info(list) => info(context, list),
        DbWork::Check => check(context),
        DbWork::Compact => compact(context),
    }
}

fn info(context: &Context, list: &cli::List) -> Result<Exit> {
    let store = context.open()?;
    let info = store.info()?;
    let mut out = context.ui.stdout();
    let mut listing = Listing::begin(&mut out, shape(list, &context.ui), COLUMNS)?;
    listing.row(vec!["file".into(), store.path().display().to_string().into()])?;
    let numbers = [
        ("bytes", info.bytes),
        ("layout", u64::from(info.layout)),
        ("posts", info.posts),
        ("comments", info.comments),
        ("authors", info.authors),
        ("revisions", info.revisions),
        ("quarantined", info.quarantined),
        ("imports", info.imports),
    ];
    for (name, number) in numbers {
        listing.row(vec![name.into(), number.into()])?;
    }
    listing.row(vec!["sqlite".into(), info.sqlite.into()])?;
    for source in info.sources {
        let name = format!("source {} {}", source.source.kind, source.source.scope);
        listing.row(vec![
            name.into(),
            format!("{}, {}", count(source.posts, "post"), count(source.comments, "comment")).into(),
        ])?;
    }
    listing.end()?;
    out.flush()?;
    Ok(Exit::Done)
}

fn check(context: &Context) -> Result<Exit> {
    let problems = context.open()?.check()?;
    let mut out = context.ui.stdout();
    for problem in &problems {
        writeln!(out, "{}\n  {}", terminal::escape(&problem.what), problem.next)?;
    }
    if problems.is_empty() {
        writeln!(out, "no damage found")?;
    }
    out.flush()?;
    Ok(if problems.is_empty() { Exit::Done } else { Exit::Failed })
}

fn compact(context: &Context) -> Result<Exit> {
    let mut store = context.open()?;
    let before = store.info()?.bytes;
    store.compact()?;
    let after = store.info()?.bytes;
    context.ui.say(format!("{} bytes before, {} after", grouped(before), grouped(after)));
    Ok(Exit::Done)
}
