//! `quell rules`: check, compare and convert rule files. Measuring them is `backtest`'s work.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::ask::names;
use super::{Context, backtest, listed, shape, unscanned};
use crate::cli::{self, Queries, ReasonFile, RulesFrom, RulesWork};
use crate::error::{Exit, hint};
use crate::model::CommentId;
use crate::output::listing::{Cell, Listing};
use crate::query::Setting;
use crate::review::reasons::Reasons;
use crate::rules::{self, From, RuleSet};
use crate::store::{Slice, Sort, Store};
use crate::ui::count;

/// The rule file that is used where none is named.
const FILE: &str = "quell-rules.toml";

/// Does the work that was asked for.
pub fn run(context: &Context, args: &cli::RulesVerb) -> Result<Exit> {
    match &args.work {
        RulesWork::Check(args) => check(context, args),
        RulesWork::Backtest(args) => backtest::run(context, args),
        RulesWork::Diff(args) => diff(context, args),
        RulesWork::Convert(args) => convert(context, args),
        RulesWork::Default => {
            let mut out = context.ui.stdout();
            out.write_all(rules::DEFAULT.as_bytes())?;
            out.flush()?;
            Ok(Exit::Done)
        }
    }
}

/// Reads and checks the rules of the file that was named, of the usual one, or those that come with quell.
pub fn load(
    context: &Context,
    store: &Store,
    file: Option<&Path>,
    reasons: &ReasonFile,
    queries: &Queries,
) -> Result<RuleSet> {
    let usual = Path::new(FILE);
    let path = file.or_else(|| usual.exists().then_some(usual));
    let (name, text) = match path {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the rules in {}", path.display()))?;
            (path.display().to_string(), text)
        }
        None => ("the rules that come with quell".to_owned(), rules::DEFAULT.to_owned()),
    };
    let reasons = Reasons::load(reasons.file.as_deref(), &context.db)?;
    let known: Vec<&str> = reasons.all().map(|reason| reason.id.as_str()).collect();
    let names = names(store, queries)?;
    let now = jiff::Timestamp::now().as_millisecond();
    rules::load(&text, &Setting { now, lookup: &names }, &known).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|fault| fault.render(&name, &text)).collect();
        hint(lines.join("\n"), format!("{} in {name}", count(faults.len() as u64, "fault")))
    })
}

/// The database for names in queries; an empty one where there is none.
fn store(context: &Context) -> Result<Store> {
    if context.db.exists() { context.open() } else { Store::in_memory() }
}

fn check(context: &Context, args: &cli::RulesCheck) -> Result<Exit> {
    let store = store(context)?;
    let set = load(context, &store, args.file.as_deref(), &args.reasons, &args.queries)?;
    let scanner = rules::Scanner::new(&set);
    let dear: Vec<&str> = scanner.unnarrowed().map(|ready| ready.rule.id.as_str()).collect();
    let mut rows = 0;
    context.ui.page(|out| {
        let columns = ["rule", "version", "status", "reason", "tests", "cost"];
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), &columns)?;
        for ready in &set.rules {
            let cost = if dear.contains(&ready.rule.id.as_str()) { "asks every comment" } else { "asks few" };
            list.row(vec![
                ready.rule.id.as_str().into(),
                ready.version.as_str().into(),
                ready.rule.status.as_str().into(),
                ready.rule.reason.as_str().into(),
                Cell::Number(ready.rule.tests.len() as i64),
                cost.into(),
            ])?;
        }
        rows = list.end()?;
        Ok(())
    })?;
    let tests = set.rules.iter().map(|ready| ready.rule.tests.len() as u64).sum();
    context.ui.say(format!("{} and {}, all well", count(rows, "rule"), count(tests, "test")));
    Ok(listed(rows))
}

fn diff(context: &Context, args: &cli::RulesDiff) -> Result<Exit> {
    let store = context.open()?;
    let of = |path: &PathBuf| load(context, &store, Some(path), &args.reasons, &args.queries);
    let (old, new) = (of(&args.old)?, of(&args.new)?);
    unscanned::note(context, &store, &rules::Scanner::new(&old).needs(), None)?;
    unscanned::note(context, &store, &rules::Scanner::new(&new).needs(), None)?;
    let mut ids: Vec<&str> = old.rules.iter().chain(&new.rules).map(|ready| ready.rule.id.as_str()).collect();
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    let mut changed = 0;
    context.ui.page(|out| {
        let columns = ["rule", "before", "after", "lost", "gained", "lost comments", "gained comments"];
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), &columns)?;
        for id in ids {
            let (before, after) = (hits(&store, &old, id)?, hits(&store, &new, id)?);
            let overlap = rules::overlap(&before, &after);
            let number = |count: u64| Cell::Number(count as i64);
            changed += overlap.first_only + overlap.second_only;
            list.row(vec![
                id.into(),
                number(before.len() as u64),
                number(after.len() as u64),
                number(overlap.first_only),
                number(overlap.second_only),
                only(&before, &after).into(),
                only(&after, &before).into(),
            ])?;
        }
        list.end()?;
        Ok(())
    })?;
    Ok(if changed == 0 { Exit::Nothing } else { Exit::Done })
}

/// What a rule finds, in order; nothing where the set has no such rule.
fn hits(store: &Store, set: &RuleSet, id: &str) -> Result<Vec<CommentId>> {
    let Some(ready) = set.get(id) else { return Ok(Vec::new()) };
    let all = Slice { sort: Sort::Oldest, offset: 0, limit: None };
    let mut ids = store.find(&store.prepare(&ready.query)?, all)?.ids;
    ids.sort_unstable();
    Ok(ids)
}

/// The ids that are in the first list alone.
fn only(first: &[CommentId], second: &[CommentId]) -> String {
    let ids = first.iter().filter(|id| second.binary_search(id).is_err());
    ids.map(CommentId::to_string).collect::<Vec<_>>().join(" ")
}

fn convert(context: &Context, args: &cli::RulesConvert) -> Result<Exit> {
    let mut bytes = Vec::new();
    let read = if args.file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(&args.file).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.with_context(|| format!("cannot read {}", args.file.display()))?;
    let from = match args.from {
        RulesFrom::Automoderator => From::AutoModerator,
        RulesFrom::WordpressKeys => From::WordPressKeys,
        RulesFrom::DisqusWords => From::DisqusWords,
        RulesFrom::DiscourseWords => From::DiscourseWords,
    };
    let done = rules::convert(from, &String::from_utf8_lossy(&bytes), &args.reason, args.exact);
    let mut out = context.ui.stdout();
    out.write_all(done.toml.as_bytes())?;
    out.flush()?;
    for note in &done.notes {
        let fate = if note.lost { "lost" } else { "different" };
        let line = format!("line {}: {fate}: {}: {}", note.line, note.what, note.why);
        context.ui.say(crate::text::terminal::escape(&line));
    }
    context.ui.say(format!("{}, all drafts", count(done.rules as u64, "rule")));
    Ok(if done.notes.iter().any(|note| note.lost) { Exit::Partly } else { listed(done.rules as u64) })
}
