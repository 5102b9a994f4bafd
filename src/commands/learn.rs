//! `quell learn`: fits this database's own models on its decisions, on top of the shipped scores: one for whether a comment
//! is taken out at all (`learned`), and one for each reason (`learned.spam`). What was learned is kept in the database, and
//! its scores beside those of other scorers.
//!
//! Not here: how it learns (`signals::learner`).

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::{Context as _, Result};
use rayon::prelude::*;
use serde::Serialize;

use super::{Context, learn_simulate};
use crate::cli::{self, SummaryFormat};
use crate::error::Exit;
use crate::model::{CommentId, Status};
use crate::query::{Field, ScorerName};
use crate::signals::decided::{Held, Split, held_out};
use crate::signals::learner::{Example, FEWEST, FEWEST_OF_A_KIND, Learner};
use crate::signals::{Subject, heads};
use crate::store::{Lesson, Scored, Store, rounded};
use crate::ui::count;

/// The name of the score for any reason; those of single reasons follow after a dot.
pub const NAME: &str = "learned";

/// Comments scored at a time.
const BATCH: usize = 4096;

/// One thing that was learned, and how well.
#[derive(Debug, Serialize)]
struct Told {
    name: String,
    /// The shipped signals that it stands on.
    on: Vec<&'static str>,
    decisions: usize,
    positive: usize,
    /// Why it says nothing, if it does.
    abstains: Option<String>,
    /// How well it does on decisions that it did not learn from.
    held_out: Option<Held>,
    speaks_for: Vec<(String, f64)>,
    speaks_against: Vec<(String, f64)>,
    #[serde(skip)]
    learner: Learner,
}

/// Learns, keeps, scores and tells.
pub fn run(context: &Context, args: &cli::Learn) -> Result<Exit> {
    if let Some(file) = &args.simulate {
        return learn_simulate::run(context, file, args);
    }
    let store = context.open()?;
    let lessons: Vec<Lesson> = store.lessons()?.into_iter().filter(|lesson| taken_out(lesson).is_some()).collect();
    let told = learn(&store, &lessons, args.words)?;
    let scored = if args.report { 0 } else { keep(&store, &told)? };
    context.ui.page(|out| match args.format {
        SummaryFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &serde_json::json!({ "learned": told, "scored": scored }))?;
            Ok(writeln!(out)?)
        }
        SummaryFormat::Text => told.iter().try_for_each(|told| tell(out, told)),
    })?;
    if told.first().is_none_or(|any| any.abstains.is_some()) {
        return Ok(Exit::Nothing);
    }
    if !args.report {
        context.ui.say(format!("scored {}; next: quell queue --mix", count(scored, "comment")));
    }
    Ok(Exit::Done)
}

/// Whether a decision took the comment out; nothing where it left that open.
fn taken_out(lesson: &Lesson) -> Option<bool> {
    match lesson.status {
        Status::Removed | Status::Spam => Some(true),
        Status::Approved => Some(false),
        _ => None,
    }
}

/// The shipped signals that a reason stands on.
fn signals_of(reason: &str) -> &'static [&'static str] {
    match reason {
        "abuse" | "harassment" | "threat" | "violence" => &["abuse"],
        "hate" | "extremism" => &["identity"],
        "spam" | "fraud" => &["spam"],
        "off-topic" => &["offtopic"],
        _ => &[],
    }
}

/// The general part of a reason: `abuse` of `abuse.incivility`.
fn general(reason: &str) -> &str {
    reason.split('.').next().unwrap_or(reason)
}

/// Learns from all decisions for any reason (first in the list), and for each reason that there are enough decisions of.
fn learn(store: &Store, lessons: &[Lesson], words: usize) -> Result<Vec<Told>> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for lesson in lessons.iter().filter(|lesson| taken_out(lesson) == Some(true)) {
        lesson.reasons.iter().for_each(|reason| *reasons.entry(general(reason)).or_default() += 1);
    }
    let all = |lesson: &Lesson| taken_out(lesson);
    let mut told = vec![about(store, NAME.to_owned(), ANY, lessons, &all, words)?];
    for (reason, many) in reasons {
        let name = format!("{NAME}.{reason}");
        if many < FEWEST_OF_A_KIND || ScorerName::new(&name).is_none() {
            continue;
        }
        // What was taken out without a reason may have been taken out for this one.
        let of = |lesson: &Lesson| match taken_out(lesson)? {
            true if lesson.reasons.is_empty() => None,
            out => Some(out && lesson.reasons.iter().any(|one| general(one) == reason)),
        };
        told.push(about(store, name, signals_of(reason), lessons, &of, words)?);
    }
    Ok(told)
}

/// What a decision for whatever reason stands on.
const ANY: &[&str] = &["abuse", "spam"];

fn about(
    store: &Store,
    name: String,
    on: &'static [&'static str],
    lessons: &[Lesson],
    label: &dyn Fn(&Lesson) -> Option<bool>,
    words: usize,
) -> Result<Told> {
    let mut examples = Vec::new();
    for lesson in lessons {
        let Some(y) = label(lesson) else { continue };
        let subject = Subject::new(&lesson.text);
        let stored = if lesson.current { Some(lesson.comment) } else { None };
        examples.push(Example::new(&subject, base(store, stored, &subject, on)?, y));
    }
    let learner = Learner::replay(&examples);
    let (decisions, positive) = learner.decisions();
    let abstains = (!learner.is_ready()).then(|| {
        format!(
            "{decisions} decisions, {positive} of them for it: wants {FEWEST}, and {FEWEST_OF_A_KIND} each for and against"
        )
    });
    let held_out = if abstains.is_none() { held_out(&examples) } else { None };
    let (speaks_for, speaks_against) = learner.strongest(if abstains.is_none() { words } else { 0 });
    let owned = |words: Vec<(&str, f64)>| words.into_iter().map(|(word, weight)| (word.to_owned(), weight)).collect();
    Ok(Told {
        on: on.to_vec(),
        decisions,
        positive,
        abstains,
        held_out,
        speaks_for: owned(speaks_for),
        speaks_against: owned(speaks_against),
        name,
        learner,
    })
}

/// The shipped signals that what was learned under a name stands on.
pub fn stands_on(name: &str) -> &'static [&'static str] {
    name.strip_prefix("learned.").map_or(ANY, signals_of)
}

/// The highest of the shipped scores: as it was scanned, else worked out of the text as a scan would.
pub fn base(store: &Store, stored: Option<CommentId>, subject: &Subject, on: &[&str]) -> Result<Option<f64>> {
    let scanned = stored.map(|comment| store.signals(comment)).transpose()?.flatten();
    let value = |name: &&str| {
        let field = Field::from_name(name)?;
        match &scanned {
            Some(signals) => signals.get(field),
            None => heads::of(name, subject).map(|value| rounded(field, value)),
        }
    };
    Ok(on.iter().filter_map(value).max_by(f64::total_cmp))
}

/// Keeps what was learned, forgets what is not learned any more, and scores every comment that the new models have not
/// seen. Gives how many that were.
fn keep(store: &Store, told: &[Told]) -> Result<u64> {
    let any = told.first().is_some_and(|any| any.abstains.is_none());
    let models = told
        .iter()
        .filter(|told| any && told.abstains.is_none())
        .map(|told| Ok((told.name.clone(), serde_json::to_string(&told.learner)?)))
        .collect::<Result<Vec<_>>>()?;
    store.keep_learned(&models)?;
    let kept = |name: &str| models.iter().any(|(model, _)| model == name);
    for (name, _, _) in store.scorers()? {
        if (name == NAME || name.starts_with("learned.")) && !kept(&name) {
            store.drop_scorer(&name)?;
        }
    }
    score(store)
}

/// Scores every comment that what was learned has not seen as it is now: after learning, and after a scan of new comments.
/// Gives how many that were.
pub fn score(store: &Store) -> Result<u64> {
    let mut models: Vec<(ScorerName, &'static [&'static str], Learner)> = Vec::new();
    let kept = store.learned()?;
    let version = version(&kept);
    for (name, json) in &kept {
        let learner =
            serde_json::from_str(json).with_context(|| format!("what was learned as {name} is not readable"))?;
        let on = stands_on(name);
        if let Some(name) = ScorerName::new(name) {
            store.scorer(name, &version)?;
            models.push((name, on, learner));
        }
    }
    let Some(first) = ScorerName::learned().filter(|_| !models.is_empty()) else { return Ok(0) };
    let (mut after, mut done) = (CommentId(0), 0);
    loop {
        let batch = store.unscored(first, after, BATCH)?;
        let Some(last) = batch.last() else { return Ok(done) };
        after = last.comment;
        done += batch.len() as u64;
        let mut examples: Vec<Example> =
            batch.par_iter().map(|one| Example::new(&Subject::new(&one.text), None, false)).collect();
        for (name, on, learner) in &models {
            let mut scored = Vec::with_capacity(batch.len());
            for (one, example) in batch.iter().zip(&mut examples) {
                example.set_base(base(store, Some(one.comment), &Subject::new(&one.text), on)?);
                let learned = learner.judge(example);
                let value = (!learned.abstains).then_some(learned.probability);
                scored.push(Scored { comment: one.comment, run: one.run, revision: one.revision, value });
            }
            store.write_scores(*name, &scored)?;
        }
    }
}

/// Names exactly what was learned.
fn version(kept: &[(String, String)]) -> String {
    let mut sum = blake3::Hasher::new();
    for (name, json) in kept {
        sum.update(name.as_bytes()).update(&[0]).update(json.as_bytes()).update(&[0]);
    }
    sum.finalize().to_hex()[..16].to_owned()
}

fn tell(out: &mut dyn Write, told: &Told) -> Result<()> {
    let on = if told.on.is_empty() { String::new() } else { format!(" on top of {}", told.on.join(" and ")) };
    writeln!(out, "{}{on}: {}, {} for it", told.name, count(told.decisions as u64, "decision"), told.positive)?;
    if let Some(why) = &told.abstains {
        return Ok(writeln!(out, "  abstains: {why}")?);
    }
    if let Some(held) = &told.held_out {
        measured(out, held)?;
    }
    let words = |words: &[(String, f64)]| {
        let words = words.iter().map(|(word, weight)| format!("{word} {weight:+.2}"));
        words.collect::<Vec<_>>().join(", ")
    };
    for (what, list) in [("for", &told.speaks_for), ("against", &told.speaks_against)] {
        let line = crate::text::terminal::escape(&words(list)).into_owned();
        writeln!(out, "  speak {what} it: {line}")?;
    }
    Ok(())
}

/// How well it does on decisions that were held out.
fn measured(out: &mut dyn Write, held: &Held) -> Result<()> {
    let (learned, shipped) = (&held.learned, &held.shipped);
    let decisions = count(learned.rows as u64, "decision");
    match held.split {
        Split::Time => writeln!(out, "  on the later {decisions}, learned from the ones before:")?,
        Split::Drawn => writeln!(
            out,
            "  on {decisions}, a fifth at a time, drawn, learned from the others (too few of both kinds to split by time):"
        )?,
    }
    let n = |value: f64| if value.is_nan() { "unknown".to_owned() } else { format!("{value:.3}") };
    writeln!(out, "    AUC {}, without learning {}", n(learned.auc), n(shipped.auc))?;
    writeln!(out, "    F1 at 0.5 {}, without learning {}", n(learned.f1), n(shipped.f1))?;
    writeln!(
        out,
        "    calibration error {}, without learning {}",
        n(learned.calibration_error),
        n(shipped.calibration_error)
    )?;
    writeln!(
        out,
        "    put {} on the right side of 0.5 that had been on the wrong one, and {} the other way; abstained on {}",
        held.righted, held.wronged, learned.abstained
    )?;
    for bin in &held.calibration {
        writeln!(
            out,
            "    said {:.1} to {:.1}: {}, {:.2} in the mean; found so {:.2}",
            bin.from,
            bin.from + 0.2,
            count(bin.decisions as u64, "decision"),
            bin.said,
            bin.happened
        )?;
    }
    Ok(())
}
