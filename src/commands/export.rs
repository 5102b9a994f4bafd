//! `quell export`: threads as JSON, JSON lines, CSV or Markdown.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context as _, Result};

use super::{Context, Target, find};
use crate::cli::{self, ExportFormat};
use crate::error::{Exit, hint};
use crate::model::{Gap, PostId};
use crate::output::{Extras, Format, Removed, Verdict, export_named, schema, verdicts};
use crate::store::{Store, Streamed};
use crate::ui::count;

/// Writes the posts that were named, or all.
pub fn run(context: &Context, args: &cli::Export) -> Result<Exit> {
    if args.schema {
        context.ui.page(|out| Ok(writeln!(out, "{}", schema::SCHEMA.trim_end())?))?;
        return Ok(Exit::Done);
    }
    let store = context.open()?;
    let posts = if args.posts.is_empty() { store.post_ids()? } else { named(&store, &args.posts)? };
    let name = match args.format {
        ExportFormat::Json => "json",
        ExportFormat::Jsonl => "jsonl",
        ExportFormat::Csv => "csv",
        ExportFormat::Md => "md",
    };
    let removed = match args.removed {
        cli::Removed::Tombstone => Removed::Tombstone,
        cli::Removed::Omit => Removed::Omit,
        cli::Removed::Full => Removed::Full,
    };
    let format = export_named(name).context("this format is not in the table")?;
    match &args.output {
        Some(path) if path != Path::new("-") => to_file(&store, format, &posts, removed, path)?,
        _ => {
            let mut out = context.ui.stdout();
            write(&store, format, &posts, removed, &mut out)?;
            out.flush()?;
        }
    }
    context.ui.say(format!("exported {}", count(posts.len() as u64, "post")));
    Ok(if posts.is_empty() { Exit::Nothing } else { Exit::Done })
}

/// Writes into a file beside the target and puts it in place when it is whole, so that a failed export never leaves
/// half a file under the name that was asked for. A pipe or a device is written to as it is: it cannot be replaced.
fn to_file(store: &Store, format: &Format, posts: &[PostId], removed: Removed, path: &Path) -> Result<()> {
    if path.exists() && !path.is_file() {
        let file = File::options().write(true).open(path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        let mut out = BufWriter::with_capacity(1 << 16, file);
        let written = write(store, format, posts, removed, &mut out).and_then(|()| Ok(out.flush()?));
        return written.with_context(|| format!("cannot write {}", path.display()));
    }
    let mut name = path.file_name().context("the output needs a file name")?.to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let file = File::create(&part).with_context(|| format!("cannot write {}", part.display()))?;
    let mut out = BufWriter::with_capacity(1 << 16, file);
    let written = write(store, format, posts, removed, &mut out).and_then(|()| Ok(out.flush()?));
    if let Err(error) = written {
        let _ = std::fs::remove_file(&part);
        return Err(error.context(format!("cannot write {}", path.display())));
    }
    std::fs::rename(&part, path).with_context(|| format!("cannot write {}", path.display()))
}

fn named(store: &Store, ids: &[String]) -> Result<Vec<PostId>> {
    ids.iter()
        .map(|id| match find(store, id)? {
            Target::Post(post) => Ok(post),
            Target::Comment(comment) => Err(hint(
                format!("{comment} is a comment, not a post"),
                "export its post: see quell show for the number",
            )),
        })
        .collect()
}

/// Writes these posts with their threads.
pub fn write(store: &Store, format: &Format, posts: &[PostId], removed: Removed, out: &mut dyn Write) -> Result<()> {
    let mut export = (format.open)(out);
    export.begin()?;
    let mut due = Vec::new().into_iter();
    store.stream(posts, &mut |part| {
        match part {
            Streamed::Post { post, gaps, shape } => {
                due = verdicts(shape, removed).into_iter();
                let gaps: Vec<Gap> = gaps.iter().map(|left| left.gap.clone()).collect();
                export.post(post, &gaps)?;
            }
            Streamed::Comment(row) => {
                let (version, revisions, duplicate_of) = (row.version, &row.revisions[..], &row.duplicate_of[..]);
                let extras = Extras { version, revisions, duplicate_of, hung: row.hung.as_deref() };
                due.next().unwrap_or(Verdict::Whole).write(&mut *export, &row.comment, &extras)?;
            }
            Streamed::End => export.end_post()?,
        }
        Ok(())
    })?;
    Ok(export.end()?)
}
