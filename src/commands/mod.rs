//! One short file a verb: open, call the domain, hand rows to output.

mod agreement;
mod ask;
mod author;
mod backtest;
mod bulk;
mod context;
mod count;
mod db;
mod decide;
mod demo;
mod exchange;
mod export;
mod fold;
mod import;
mod labelled;
mod learn;
mod learn_simulate;
mod lock;
mod log;
mod manual;
mod model;
mod model_eval;
mod model_train;
mod posts;
mod quarantine;
mod query;
mod queue;
mod queue_mix;
mod reasons;
mod review;
mod rules;
mod scan;
mod scorer;
mod search;
mod selection;
mod show;
mod stats;
mod tag;
mod thread;
mod undo;
mod unscanned;
mod waves;
mod why_edge;
mod why_learned;
mod why_signals;

use std::path::PathBuf;

use anyhow::Result;

use crate::cli::{Cli, List, ListFormat, Verb};
use crate::error::{Exit, hint};
use crate::model::{Action, CommentId, PostId};
use crate::output::listing::Shape;
use crate::store::Store;
use crate::ui::Ui;

/// What every verb works with.
pub struct Context {
    /// The database.
    pub db: PathBuf,
    /// The terminal.
    pub ui: Ui,
}

impl Context {
    /// Opens the database, which must exist.
    pub fn open(&self) -> Result<Store> {
        Store::open(&self.db)
    }
}

/// Does what the command line says.
pub fn run(cli: Cli) -> Result<Exit> {
    let context = Context { db: cli.db, ui: Ui::new(cli.color, cli.quiet, cli.no_pager) };
    match cli.verb {
        Verb::Demo(args) => demo::run(&context, &args),
        Verb::Import(args) => import::run(&context, &args),
        Verb::Quarantine(args) => quarantine::run(&context, &args),
        Verb::Posts(args) => posts::run(&context, &args),
        Verb::Thread(args) => thread::run(&context, &args),
        Verb::Show(args) => show::run(&context, &args),
        Verb::Search(args) => search::run(&context, &args),
        Verb::Count(args) => count::run(&context, &args),
        Verb::Authors(args) => count::authors(&context, &args),
        Verb::Query(args) => query::run(&context, &args),
        Verb::Fold(args) => fold::run(&context, &args),
        Verb::Flag(args) => decide::flag(&context, &args),
        Verb::Queue(args) => queue::run(&context, &args),
        Verb::Review(args) => review::run(&context, &args),
        Verb::Approve(args) => decide::run(&context, Action::Approve, &args.deciding),
        Verb::Remove(args) => decide::run(&context, Action::Remove, &args.deciding),
        Verb::Spam(args) => decide::run(&context, Action::Spam, &args.deciding),
        Verb::Escalate(args) => decide::run(&context, Action::Escalate, &args.deciding),
        Verb::Lock(args) => lock::run(&context, Action::Lock, &args.posts, args.note, args.dry_run, &args.moderator),
        Verb::Unlock(args) => {
            lock::run(&context, Action::Unlock, &args.posts, args.note, args.dry_run, &args.moderator)
        }
        Verb::Note(args) => tag::note(&context, &args),
        Verb::Tag(args) => tag::run(&context, &args),
        Verb::Undo(args) => undo::run(&context, &args),
        Verb::Log(args) => log::run(&context, &args),
        Verb::Reasons(args) => reasons::run(&context, &args),
        Verb::Scan(args) => scorer::scan(&context, &args),
        Verb::Rules(args) => rules::run(&context, &args),
        Verb::Stats(args) => stats::run(&context, &args),
        Verb::Waves(args) => waves::run(&context, &args),
        Verb::Learn(args) => learn::run(&context, &args),
        Verb::Model(args) => model::run(&context, &args),
        Verb::Author(args) => author::run(&context, &args),
        Verb::Dump(_) => exchange::dump(&context),
        Verb::Restore(args) => exchange::restore(&context, &args),
        Verb::Merge(args) => exchange::merge(&context, &args),
        Verb::Agreement(args) => agreement::run(&context, &args),
        Verb::Export(args) => export::run(&context, &args),
        Verb::Db(args) => db::run(&context, &args),
        Verb::Completions(args) => manual::completions(&args),
        Verb::Man => manual::man(),
        Verb::Help(args) => manual::help(&context, &args),
    }
}

/// The shape of a list: what was asked for, else a table on a terminal and tab-separated rows in a pipe.
fn shape(list: &List, ui: &Ui) -> Shape {
    match list.format {
        Some(ListFormat::Table) => Shape::Table(ui.width),
        Some(ListFormat::Tsv) => Shape::Tsv,
        Some(ListFormat::Csv) => Shape::Csv,
        Some(ListFormat::Json) => Shape::Json,
        Some(ListFormat::Jsonl) => Shape::Jsonl,
        Some(ListFormat::Ids) => Shape::Ids,
        None if ui.terminal => Shape::Table(ui.width),
        None => Shape::Tsv,
    }
}

/// 0 for a list with rows, 1 for an empty one.
fn listed(rows: u64) -> Exit {
    if rows == 0 { Exit::Nothing } else { Exit::Done }
}

/// What an id names.
#[derive(Debug, Clone, Copy)]
enum Target {
    Post(PostId),
    Comment(CommentId),
}

/// Finds what an id names: quell's own first, then the source's.
fn find(store: &Store, id: &str) -> Result<Target> {
    if let Ok(post) = id.parse::<PostId>()
        && store.post(post)?.is_some()
    {
        return Ok(Target::Post(post));
    }
    if let Ok(comment) = id.parse::<CommentId>()
        && store.comment(comment)?.is_some()
    {
        return Ok(Target::Comment(comment));
    }
    let posts = store.posts_by_key(id)?;
    let comments = store.comments_by_key(id)?;
    match (posts.as_slice(), comments.as_slice()) {
        ([post], []) => Ok(Target::Post(*post)),
        ([], [comment]) => Ok(Target::Comment(*comment)),
        ([], []) => Err(hint(format!("there is nothing with the id {id}"), "list the posts: quell posts")),
        _ => {
            let ids: Vec<String> =
                posts.iter().map(PostId::to_string).chain(comments.iter().map(CommentId::to_string)).collect();
            Err(hint(format!("the id {id} names several things"), format!("say which: {}", ids.join(", "))))
        }
    }
}
