//! `quell search`: what a query finds, for reading, in its threads, or as rows.

use std::io::Write;

use anyhow::Result;

use super::ask::{Asked, ask};
use super::context;
use super::{Context, listed, unscanned};
use crate::cli::{self, HitField, HitFormat, SortBy};
use crate::error::Exit;
use crate::model::{Comment, CommentId};
use crate::output::hits::{HitWriter, spans_json};
use crate::output::listing::{Cell, Listing, Shape};
use crate::output::time::rfc3339;
use crate::query::{Field, ScorerName, explain};
use crate::store::{Found, PreparedQuery, Slice, Sort, Store};
use crate::ui::{count, palette};

/// Hits that a terminal shows unless told otherwise.
const SCREENFUL: usize = 50;

/// Finds and shows.
pub fn run(context: &Context, args: &cli::Search) -> Result<Exit> {
    let store = context.open()?;
    let asked = ask(&store, &args.query, &args.queries)?;
    let prepared = store.prepare(&asked.query)?;
    let format = format(context, args);
    let slice = Slice { sort: sort(args.sort), offset: args.offset, limit: limit(context, args, format) };
    if args.sql {
        writeln!(context.ui.stdout(), "{}", prepared.sql(slice))?;
        return Ok(Exit::Done);
    }
    unscanned::note(context, &store, &prepared.plan().needs, Some(slice.sort))?;
    let found = store.find(&prepared, slice)?;
    if args.explain {
        context.ui.say(explanation(&asked, &prepared, slice, &found).trim_end());
    }
    show(context, &store, args, format, &asked, &found)?;
    if context.ui.terminal && slice.limit == Some(found.ids.len()) && args.limit.is_none() {
        context.ui.say(format!("the first {}; more: --limit 0", count(found.ids.len() as u64, "hit")));
    } else if found.ids.is_empty() {
        context.ui.say("nothing matches");
    }
    Ok(listed(found.ids.len() as u64))
}

fn format(context: &Context, args: &cli::Search) -> HitFormat {
    match args.format {
        Some(format) => format,
        None if args.context.is_some() => HitFormat::Tree,
        None if context.ui.terminal && args.fields.is_empty() => HitFormat::Table,
        None => HitFormat::Tsv,
    }
}

fn limit(context: &Context, args: &cli::Search, format: HitFormat) -> Option<usize> {
    match args.limit {
        Some(0) => None,
        Some(limit) => Some(limit),
        None if context.ui.terminal && matches!(format, HitFormat::Table | HitFormat::Tree) => Some(SCREENFUL),
        None => None,
    }
}

fn sort(sort: SortBy) -> Sort {
    match sort {
        SortBy::Newest => Sort::Newest,
        SortBy::Oldest => Sort::Oldest,
        SortBy::Relevance => Sort::Relevance,
        SortBy::Score => Sort::Score,
        SortBy::Length => Sort::Length,
        SortBy::Abuse => Sort::Signal(Field::Abuse),
        SortBy::Identity => Sort::Signal(Field::Identity),
        SortBy::Spam => Sort::Signal(Field::Spam),
        SortBy::Offtopic => Sort::Signal(Field::OffTopic),
        SortBy::Copies => Sort::Signal(Field::Copies),
        SortBy::Learned => ScorerName::learned().map_or(Sort::Newest, |name| Sort::Signal(Field::Scorer(name))),
    }
}

fn explanation(asked: &Asked, prepared: &PreparedQuery<'_>, slice: Slice, found: &Found) -> String {
    let mut out = explain(&asked.read, prepared.plan());
    out.push_str(&format!("sql      {}\n", prepared.sql(slice)));
    let candidates = match found.candidates {
        Some(candidates) => format!("{} for the matcher", count(candidates, "candidate")),
        None => "none needed; the plan is the meaning".to_owned(),
    };
    out.push_str(&format!("left     {candidates}\nfound    {}\n", count(found.ids.len() as u64, "comment")));
    out
}

fn show(
    context: &Context,
    store: &Store,
    args: &cli::Search,
    format: HitFormat,
    asked: &Asked,
    found: &Found,
) -> Result<()> {
    let ids = &found.ids;
    match format {
        HitFormat::Ids | HitFormat::Ids0 => {
            let end = if format == HitFormat::Ids { "\n" } else { "\0" };
            context.ui.page(|out| Ok(ids.iter().try_for_each(|id| write!(out, "{id}{end}"))?))
        }
        HitFormat::Table => context.ui.page(|out| {
            let mut writer = HitWriter::new(out, context.ui.width, palette(context.ui.color));
            each(store, ids, &mut |comment| Ok(writer.hit(&comment, &asked.query.spans(&comment.text))?))
        }),
        HitFormat::Tree => {
            let around = args.context.unwrap_or(2);
            context.ui.page(|out| context::write(store, ids, around, &asked.query, &context.ui, out))
        }
        HitFormat::Tsv | HitFormat::Csv | HitFormat::Json | HitFormat::Jsonl => {
            let shape = match format {
                HitFormat::Csv => Shape::Csv,
                HitFormat::Json => Shape::Json,
                HitFormat::Jsonl => Shape::Jsonl,
                _ => Shape::Tsv,
            };
            context.ui.page(|out| rows(store, ids, shape, &fields(args), asked, out))
        }
    }
}

/// The fields of rows where none are named.
const USUAL: &[HitField] = &[
    HitField::Id,
    HitField::Created,
    HitField::Author,
    HitField::Post,
    HitField::Status,
    HitField::Score,
    HitField::Text,
];

fn fields(args: &cli::Search) -> Vec<HitField> {
    if args.fields.is_empty() { USUAL.to_vec() } else { args.fields.clone() }
}

fn rows(
    store: &Store,
    ids: &[CommentId],
    shape: Shape,
    fields: &[HitField],
    asked: &Asked,
    out: &mut dyn Write,
) -> Result<()> {
    let columns: Vec<&'static str> = fields.iter().map(|field| name(*field)).collect();
    let mut list = Listing::begin(out, shape, &columns)?;
    each(store, ids, &mut |comment| {
        let title = if fields.contains(&HitField::Title) { store.title(comment.post)? } else { None };
        list.row(fields.iter().map(|field| cell(*field, &comment, title.as_deref(), asked)).collect())
    })?;
    list.end()?;
    Ok(())
}

fn each(store: &Store, ids: &[CommentId], with: &mut dyn FnMut(Comment) -> Result<()>) -> Result<()> {
    for &id in ids {
        if let Some(comment) = store.comment(id)? {
            with(comment)?;
        }
    }
    Ok(())
}

fn name(field: HitField) -> &'static str {
    match field {
        HitField::Id => "id",
        HitField::Created => "created",
        HitField::Author => "author",
        HitField::Post => "post",
        HitField::Title => "title",
        HitField::Parent => "parent",
        HitField::Depth => "depth",
        HitField::Kind => "kind",
        HitField::Status => "status",
        HitField::Score => "score",
        HitField::Source => "source",
        HitField::Key => "key",
        HitField::Matched => "matched",
        HitField::Text => "text",
    }
}

fn cell(field: HitField, comment: &Comment, title: Option<&str>, asked: &Asked) -> Cell {
    match field {
        HitField::Id => comment.id.to_string().into(),
        HitField::Created => comment.created.and_then(rfc3339).into(),
        HitField::Author => comment.author.name.clone().into(),
        HitField::Post => comment.post.to_string().into(),
        HitField::Title => title.into(),
        HitField::Parent => comment.parent.map(|parent| parent.to_string()).into(),
        HitField::Depth => i64::from(comment.depth).into(),
        HitField::Kind => comment.kind.as_str().into(),
        HitField::Status => comment.status.as_str().into(),
        HitField::Score => comment.score.into(),
        HitField::Source => format!("{} {}", comment.source.kind, comment.source.scope).into(),
        HitField::Key => comment.key.clone().into(),
        HitField::Matched => spans_json(&asked.query.spans(&comment.text)).into(),
        HitField::Text => comment.text.clone().into(),
    }
}
