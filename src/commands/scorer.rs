//! `quell scan` with scores from elsewhere: what was learned, models of one's own, other programs. They run beside the
//! detectors of quell, after them, and each is asked about comments that it has not seen as they are now.
//!
//! Not here: dealing with a program's process (`scorers`), the scan itself (`scan`).

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use rayon::prelude::*;
use serde_json::json;

use super::{Context, learn, model, scan};
use crate::cli::{self, ScorerProgram};
use crate::error::{Exit, hint};
use crate::model::CommentId;
use crate::output::time::rfc3339;
use crate::query::ScorerName;
use crate::scorers::{self, Answer, Ask, Report, Settings};
use crate::signals::{Subject, heads};
use crate::store::{Scored, Store, Unscored};
use crate::ui::count;

/// Comments read, and answers written, at a time.
const BATCH: usize = 1024;

/// Scans, then scores with what else was asked for.
pub fn scan(context: &Context, args: &cli::Scan) -> Result<Exit> {
    let exit = scan::run(context, args)?;
    if args.dry_run {
        return Ok(exit);
    }
    let store = context.open()?;
    let mut done = learn::score(&store)?;
    for file in &args.model {
        done += own(context, &store, file)?;
    }
    let exit = if done > 0 { worse(exit, Exit::Done) } else { exit };
    match args.scorer.command {
        Some(_) => Ok(worse(exit, program(context, &store, &args.scorer)?)),
        None => Ok(exit),
    }
}

/// What two pieces of work come to.
fn worse(a: Exit, b: Exit) -> Exit {
    match (a, b) {
        (Exit::Partly, _) | (_, Exit::Partly) => Exit::Partly,
        (Exit::Nothing, other) => other,
        (other, _) => other,
    }
}

/// How to deal with the program that was named.
pub fn settings(args: &ScorerProgram) -> Settings {
    let usual = Settings::new(args.command.clone().unwrap_or_default());
    Settings { timeout: Duration::from_secs_f64(args.timeout), restarts: args.restarts, ..usual }
}

/// A name that scores may be kept under.
fn checked(name: &str) -> Result<ScorerName> {
    if ScorerName::is_learned(name) {
        return Err(hint("the name learned belongs to what quell learn learned", "give another: --scorer-name NAME"));
    }
    ScorerName::new(name).ok_or_else(|| {
        let next = "letters, digits, - _ . and at most 33 of them: --scorer-name NAME, or --name of model train";
        hint(format!("{name:?} can't be the name of a score"), next)
    })
}

/// Scores with a model file.
fn own(context: &Context, store: &Store, file: &Path) -> Result<u64> {
    let model = model::load(file)?;
    let name = checked(&model.header().name)?;
    store.scorer(name, &format!("{} {}", model.header().version, model.id()))?;
    let (mut after, mut done) = (CommentId(0), 0);
    loop {
        let batch = store.unscored(name, after, BATCH)?;
        let Some(last) = batch.last() else { break };
        after = last.comment;
        done += batch.len() as u64;
        let score = |one: &Unscored| heads::probability(Some(&model), &Subject::new(&one.text));
        let values: Vec<Option<f64>> = batch.par_iter().map(score).collect();
        let scored = batch.iter().zip(values).map(|(one, value)| keep(one, value));
        store.write_scores(name, &scored.collect::<Vec<_>>())?;
    }
    context.ui.say(format!("{}: scored {}; ask for {}:>0.5", name.name(), count(done, "comment"), name.field_name()));
    Ok(done)
}

fn keep(of: &Unscored, value: Option<f64>) -> Scored {
    Scored { comment: of.comment, run: of.run, revision: of.revision, value }
}

/// Scores with another program.
fn program(context: &Context, store: &Store, args: &ScorerProgram) -> Result<Exit> {
    let settings = settings(args);
    let name = checked(&args.scorer_name.clone().unwrap_or_else(|| settings.name()))?;
    let mut work = Work::new(store, name)?;
    let mut report = work.run(&settings)?;
    if work.replaced && report.is_whole() {
        // Scores of an earlier version were thrown away on the first answer: their comments are asked about too.
        let second = Work::new(store, name)?.run(&settings)?;
        report = Report { asked: report.asked + second.asked, answered: report.answered + second.answered, ..second };
    }
    tell(context, name, &work, &report)?;
    Ok(match (report.is_whole(), report.asked) {
        (false, _) => Exit::Partly,
        (true, 0) => Exit::Nothing,
        (true, _) => Exit::Done,
    })
}

/// Says how it went. Where nothing was answered at all, that is an error.
fn tell(context: &Context, name: ScorerName, work: &Work<'_>, report: &Report) -> Result<()> {
    let who = name.name();
    for fault in &report.bad.0 {
        context.ui.say(format!("{who}: line {}: {}", fault.number, crate::text::terminal::escape(&fault.why)));
    }
    let more = report.bad.1 - report.bad.0.len() as u64;
    if more > 0 {
        context.ui.say(format!("{who}: and {} that no answers are", count(more, "more line")));
    }
    if !report.given_up.is_empty() {
        let ids = report.given_up.join(" ");
        context.ui.say(format!("{who}: failed twice on {ids}; left out"));
    }
    if let Some(stopped) = report.stopped.as_ref().filter(|_| report.answered == 0) {
        return Err(hint(stopped.to_string(), "how a scorer talks with quell: quell help scan"));
    }
    if let Some(stopped) = &report.stopped {
        context
            .ui
            .say(format!("{who}: {}; run it again to go on", crate::text::terminal::escape(&stopped.to_string())));
    }
    let version = report.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let names = work.named.borrow();
    let mut fields: Vec<&str> = names.values().map(ScorerName::field_name).collect();
    fields.sort_unstable();
    let fields = if fields.is_empty() { String::new() } else { format!("; ask for {}", fields.join(", ")) };
    let done = format!("{who}{version}: scored {}{fields}", count(report.answered, "comment"));
    context.ui.say(crate::text::terminal::escape(&done));
    Ok(())
}

/// One run of a program over the comments that it has not seen.
struct Work<'s> {
    store: &'s Store,
    /// The program's name; a row under it says that the program has seen the comment.
    name: ScorerName,
    /// The version whose scores are kept.
    held: Option<String>,
    /// Whether scores of another version were thrown away.
    replaced: bool,
    /// Comments that were read and not answered yet, by their ids.
    asked: RefCell<HashMap<String, Unscored>>,
    /// The names of its scores.
    named: RefCell<HashMap<String, ScorerName>>,
}

/// The version of programs that say none.
const NO_VERSION: &str = "unknown";

impl<'s> Work<'s> {
    fn new(store: &'s Store, name: ScorerName) -> Result<Work<'s>> {
        let held =
            store.scorers()?.into_iter().find(|(known, _, _)| known == name.name()).map(|(_, version, _)| version);
        Ok(Work { store, name, held, replaced: false, asked: RefCell::default(), named: RefCell::default() })
    }

    fn run(&mut self, settings: &Settings) -> Result<Report> {
        let (store, name, asked, named, held) = (self.store, self.name, &self.asked, &self.named, &self.held);
        let mut after = CommentId(0);
        let mut read: VecDeque<Unscored> = VecDeque::new();
        let mut next = || -> Result<Option<Ask>> {
            if read.is_empty() {
                read.extend(store.unscored(name, after, BATCH)?);
            }
            let Some(one) = read.pop_front() else { return Ok(None) };
            after = one.comment;
            let ask = ask(store, &one)?;
            asked.borrow_mut().insert(ask.id.clone(), one);
            Ok(Some(ask))
        };
        let (mut version, mut replaced) = (None, false);
        let mut written: HashMap<ScorerName, Vec<Scored>> = HashMap::new();
        let mut each = |answer: Answer, said: Option<&str>| -> Result<()> {
            if version.is_none() {
                let said = said.unwrap_or(NO_VERSION).to_owned();
                store.scorer(name, &said)?;
                replaced = held.as_ref().is_some_and(|held| *held != said);
                version = Some(said);
            }
            let Some(one) = asked.borrow_mut().remove(&answer.id) else { return Ok(()) };
            let mut own = None;
            for (score, value) in answer.scores {
                let full = full_name(name, &score)?;
                if full == name {
                    own = Some(value);
                } else {
                    if named.borrow_mut().insert(score, full).is_none() {
                        store.scorer(full, version.as_deref().unwrap_or(NO_VERSION))?;
                    }
                    written.entry(full).or_default().push(keep(&one, Some(value)));
                }
            }
            if own.is_some() {
                named.borrow_mut().insert(name.name().to_owned(), name);
            }
            written.entry(name).or_default().push(keep(&one, own));
            if written[&name].len() >= BATCH { flush(store, name, &mut written) } else { Ok(()) }
        };
        let report = scorers::run(settings, &mut next, &mut each)?;
        flush(store, name, &mut written)?;
        self.replaced = replaced;
        Ok(report)
    }
}

/// Writes answers; the rows that say that comments were seen come last, so that a cut never loses a score.
fn flush(store: &Store, name: ScorerName, written: &mut HashMap<ScorerName, Vec<Scored>>) -> Result<()> {
    let seen = written.remove(&name).unwrap_or_default();
    for (name, scored) in written.drain() {
        store.write_scores(name, &scored)?;
    }
    store.write_scores(name, &seen)
}

/// The name under which a score is kept: that of the program, with the score's own behind a dot unless it has none.
fn full_name(program: ScorerName, score: &str) -> Result<ScorerName> {
    if score == "score" || score == program.name() {
        return Ok(program);
    }
    checked(&format!("{}.{score}", program.name()))
}

/// A comment as programs get it.
fn ask(store: &Store, one: &Unscored) -> Result<Ask> {
    let id = one.comment.to_string();
    let comment = store.comment(one.comment)?;
    let of = comment.as_ref();
    let json = json!({
        "id": id,
        "text": one.text,
        "post": of.map(|c| c.post.to_string()),
        "parent": of.and_then(|c| c.parent).map(|parent| parent.to_string()),
        "author": of.and_then(|c| c.author.name.clone()),
        "created": of.and_then(|c| c.created).and_then(rfc3339),
    });
    Ok(Ask { id, json: json.to_string() })
}
