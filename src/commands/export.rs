//! `quell export`: threads as JSON, JSON lines, CSV or Markdown.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context as _, Result};

use super::{Context, Target, find};
use crate::cli::{self, ExportFormat};
use crate::error::{Exit, hint};
use crate::model::{CommentId, Gap, PostId};
use crate::output::{Extras, Format, Removed, Verdict, export_named, schema, verdicts};
use crate::query::{Field, ScorerName};
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
    if args.signals && !format.lossless {
        return Err(hint(format!("{name} has no place for signals"), "export them as json or jsonl"));
    }
    let what = What { format, posts: &posts, removed, signals: args.signals };
    match &args.output {
        Some(path) if path != Path::new("-") => to_file(&store, &what, path)?,
        _ => {
            let mut out = context.ui.stdout();
            write(&store, &what, &mut out)?;
            out.flush()?;
        }
    }
    context.ui.say(format!("exported {}", count(posts.len() as u64, "post")));
    Ok(if posts.is_empty() { Exit::Nothing } else { Exit::Done })
}

/// Writes into a file beside the target and puts it in place when it is whole, so that a failed export never leaves
/// half a file under the name that was asked for. A pipe or a device is written to as it is: it cannot be replaced.
fn to_file(store: &Store, what: &What<'_>, path: &Path) -> Result<()> {
    if path.exists() && !path.is_file() {
        let file = File::options().write(true).open(path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        let mut out = BufWriter::with_capacity(1 << 16, file);
        let written = write(store, what, &mut out).and_then(|()| Ok(out.flush()?));
        return written.with_context(|| format!("cannot write {}", path.display()));
    }
    let mut name = path.file_name().context("the output needs a file name")?.to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let file = File::create(&part).with_context(|| format!("cannot write {}", part.display()))?;
    let mut out = BufWriter::with_capacity(1 << 16, file);
    let written = write(store, what, &mut out).and_then(|()| Ok(out.flush()?));
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

/// What is written, and how.
pub struct What<'a> {
    /// The form.
    pub format: &'a Format,
    /// The posts.
    pub posts: &'a [PostId],
    /// What is left of removed comments.
    pub removed: Removed,
    /// Whether with what detectors and scorers said.
    pub signals: bool,
}

/// Writes posts with their threads.
pub fn write(store: &Store, what: &What<'_>, out: &mut dyn Write) -> Result<()> {
    let mut export = (what.format.open)(out);
    export.begin()?;
    let mut due = Vec::new().into_iter();
    store.stream(what.posts, &mut |part| {
        match part {
            Streamed::Post { post, gaps, shape } => {
                due = verdicts(shape, what.removed).into_iter();
                let gaps: Vec<Gap> = gaps.iter().map(|left| left.gap.clone()).collect();
                export.post(post, &gaps)?;
            }
            Streamed::Comment(row) => {
                let (version, revisions, duplicate_of) = (row.version, &row.revisions[..], &row.duplicate_of[..]);
                let signals = if what.signals { said(store, row.comment.id)? } else { Vec::new() };
                let extras = Extras { version, revisions, duplicate_of, hung: row.hung.as_deref(), signals: &signals };
                due.next().unwrap_or(Verdict::Whole).write(&mut *export, &row.comment, &extras)?;
            }
            Streamed::End => export.end_post()?,
        }
        Ok(())
    })?;
    Ok(export.end()?)
}

/// What detectors and scorers said of a comment as it is now, by field, what is unknown left out.
fn said(store: &Store, comment: CommentId) -> Result<Vec<(String, f64)>> {
    let mut said: Vec<(String, f64)> = Vec::new();
    if let Some(stored) = store.signals(comment)? {
        let values = Field::STORED.iter().filter_map(|field| Some((field.name().to_owned(), stored.get(*field)?)));
        said.extend(values);
    }
    let scores = store.scores(comment)?.into_iter();
    said.extend(scores.map(|(name, _, value)| match ScorerName::is_learned(&name) {
        true => (name, value),
        false => (format!("scorer.{name}"), value),
    }));
    Ok(said)
}
