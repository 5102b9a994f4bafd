//! `quell model eval`: everything that is measured of a head, a model or another program, in one run over the same texts.

use std::collections::HashMap;
use std::io::Write;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;

use super::{Context, labelled, model, model_train, scorer};
use crate::cli::{self, SummaryFormat};
use crate::error::{Exit, hint};
use crate::output::listing::{Cell, Listing, Shape};
use crate::scorers::{self, Ask};
use crate::signals::eval::{Evaluation, Plan, Scorer, Share, evaluate};
use crate::signals::model::Model;
use crate::signals::model::measure::Figures;
use crate::signals::offtopic::train as discussions;
use crate::signals::train::cross;
use crate::signals::train::rows::Row;
use crate::signals::{Subject, heads, offtopic};

/// What was measured, of what and on what.
#[derive(Debug, Serialize)]
struct Measured {
    scorer: String,
    version: Option<String>,
    data: Vec<String>,
    #[serde(flatten)]
    found: Evaluation,
}

/// Measures and prints.
pub fn run(context: &Context, args: &cli::ModelEval) -> Result<Exit> {
    if let Some(name) = &args.recipe {
        return crossed(context, args, name);
    }
    let program = args.scorer.command.is_some();
    if !program && args.model.is_none() && args.head == offtopic::SIGNAL.name {
        return strangers(context, args);
    }
    let mut rows: Vec<Row> = Vec::new();
    for path in &args.files {
        let file = path.display().to_string();
        rows.extend(labelled::read(path)?.rows.into_iter().map(|row| Row { file: file.clone(), ..row }));
    }
    if rows.is_empty() {
        context.ui.say("no labelled texts");
        return Ok(Exit::Nothing);
    }
    let file = args.model.as_deref().map(model::load).transpose()?;
    let judge = match &file {
        Some(model) => model,
        None => model::shipped(&args.head)?,
    };
    let rude = |word: &str| is_rude(judge, word);
    let limits = judge.header().thresholds;
    let mut thresholds = match program {
        true => vec![("0.5".to_owned(), 0.5)],
        false => vec![("usual".to_owned(), limits.usual), ("strict".to_owned(), limits.strict)],
    };
    if let Some(threshold) = args.threshold {
        thresholds.insert(0, ("as asked".to_owned(), threshold));
    }
    let plan = Plan { thresholds, attacked: args.attacks, rude: &rude };
    let mut ours = |texts: &[&str]| Ok(texts.iter().map(|text| score(&file, &args.head, text)).collect());
    let mut theirs = Program::new(args);
    let scorer: &mut Scorer<'_> = if program { &mut |texts: &[&str]| theirs.score(texts) } else { &mut ours };
    let found = evaluate(&rows, &plan, scorer)?;
    let (name, version) = match program {
        true => (theirs.name(), theirs.version.clone()),
        false => (judge.header().name.clone(), Some(format!("{} {}", judge.header().version, judge.id()))),
    };
    let data = args.files.iter().map(|path| path.display().to_string()).collect();
    print(context, args.format, &Measured { scorer: name, version, data, found })?;
    Ok(Exit::Done)
}

/// A shipped head is measured as its signal scores, a model file as a scan with it does.
fn score(file: &Option<Model>, head: &str, text: &str) -> Option<f64> {
    let subject = Subject::new(text);
    match file {
        Some(model) => heads::probability(Some(model), &subject),
        None => heads::of(head, &subject),
    }
}

/// How sure a model must be of a word that stands alone for an attacker to disguise it.
const RUDE: f64 = 0.95;

/// Words of which the model is sure even if they stand alone: what somebody who wants to get past it disguises.
fn is_rude(model: &Model, word: &str) -> bool {
    model.probability(Subject::new(word).features()) >= RUDE
}

/// Another program, asked about texts instead of comments.
struct Program<'a> {
    args: &'a cli::ModelEval,
    settings: scorers::Settings,
    score: Option<String>,
    version: Option<String>,
}

impl Program<'_> {
    fn new(args: &cli::ModelEval) -> Program<'_> {
        let settings = scorer::settings(&args.scorer);
        Program { args, settings, score: args.score.clone(), version: None }
    }

    fn name(&self) -> String {
        format!("{}.{}", self.settings.name(), self.score.as_deref().unwrap_or("?"))
    }

    /// Everything must be answered: figures over a part would say nothing.
    fn score(&mut self, texts: &[&str]) -> Result<Vec<Option<f64>>> {
        let mut asks = texts.iter().enumerate().map(|(at, text)| {
            let id = at.to_string();
            let json = serde_json::json!({ "id": id, "text": text }).to_string();
            Ask { id, json }
        });
        let mut found: HashMap<String, f64> = HashMap::new();
        let wanted = &mut self.score;
        let report = scorers::run(&self.settings, &mut || Ok(asks.next()), &mut |answer, _| {
            let name =
                wanted.get_or_insert_with(|| answer.scores.first().map(|(name, _)| name.clone()).unwrap_or_default());
            found.extend(answer.scores.into_iter().find(|(score, _)| score == name).map(|(_, p)| (answer.id, p)));
            Ok(())
        })?;
        if let Some(stopped) = report.stopped {
            return Err(hint(
                stopped.to_string(),
                "try it by hand: echo '{\"id\":\"1\",\"text\":\"hello\"}' | PROGRAM",
            ));
        }
        if !report.given_up.is_empty() || found.is_empty() {
            bail!(
                "{} gave no score {} for some texts",
                self.settings.command,
                self.args.score.as_deref().unwrap_or("")
            );
        }
        self.version = report.version.or(self.version.take());
        Ok((0..texts.len()).map(|at| found.get(&at.to_string()).copied()).collect())
    }
}

fn print(context: &Context, format: SummaryFormat, measured: &Measured) -> Result<()> {
    context.ui.page(|out| {
        match format {
            SummaryFormat::Json => {
                serde_json::to_writer_pretty(&mut *out, measured)?;
                writeln!(out)?;
            }
            SummaryFormat::Text => text(out, context.ui.width, measured)?,
        }
        Ok(())
    })
}

fn text(out: &mut dyn Write, width: usize, measured: &Measured) -> Result<()> {
    let f = &measured.found.figures;
    let version = measured.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    writeln!(out, "{}{version} on {}", measured.scorer, measured.data.join(", "))?;
    writeln!(
        out,
        "{} texts, {} positive; abstained on {}, which count as not flagged",
        f.rows, f.positive, f.abstained
    )?;
    writeln!(
        out,
        "AUC {:.3}, average precision {:.3}, calibration error {:.3}",
        f.auc, f.average_precision, f.calibration_error
    )?;
    let points = measured.found.points.iter().map(|p| {
        let rest = [p.threshold, p.precision, p.recall, p.f1, p.false_positive_rate].map(three);
        std::iter::once(p.at.as_str().into()).chain(rest).collect()
    });
    table(out, width, &["at", "threshold", "precision", "recall", "F1", "false positives"], points)?;
    table(out, width, FIGURES, measured.found.files.iter().map(|(file, f)| figures(file, f)))?;
    let attacks = measured.found.attacks.iter().map(|left| {
        let rest = [left.recall, left.cost, left.false_positive_rate].map(three);
        std::iter::once(left.attack.into()).chain(rest).collect()
    });
    table(out, width, &["disguise", "recall", "cost", "false positives"], attacks)?;
    shares(out, width, "mention of groups", &measured.found.mentions)?;
    shares(out, width, "case", &measured.found.cases)?;
    shares(out, width, "language", &measured.found.languages)
}

const FIGURES: &[&str] =
    &["set", "texts", "positive", "abstained", "AUC", "precision", "recall", "F1", "false positives"];

/// A row of [`FIGURES`].
fn figures(of: &str, f: &Figures) -> Vec<Cell> {
    let counts = [f.rows, f.positive, f.abstained].map(|count| (count as u64).into());
    let rest = [f.auc, f.precision, f.recall, f.f1, f.false_positive_rate].map(three);
    std::iter::once(of.into()).chain(counts).chain(rest).collect()
}

/// A recipe on its own sets, with the calibration and threshold of the shipped head.
fn crossed(context: &Context, args: &cli::ModelEval, name: &str) -> Result<Exit> {
    let recipe = model_train::wanted(name, None)?;
    let sets = labelled::sets(&args.files)?;
    let found = cross::validate(&recipe, model::shipped(name)?, &labelled::opener(&sets))?;
    context.ui.page(|out| {
        match args.format {
            SummaryFormat::Json => {
                serde_json::to_writer_pretty(&mut *out, &found)?;
                writeln!(out)?;
            }
            SummaryFormat::Text => {
                writeln!(out, "{name}, each fifth by a model fitted on the others")?;
                table(out, context.ui.width, FIGURES, found.iter().map(|of| figures(of.of, &of.figures)))?;
            }
        }
        Ok(())
    })?;
    Ok(Exit::Done)
}

fn shares(out: &mut dyn Write, width: usize, of: &'static str, shares: &[Share]) -> Result<()> {
    let part = |a: usize, b: usize| if b == 0 { Cell::Null } else { three(a as f64 / b as f64) };
    let rows = shares.iter().map(|share| {
        vec![
            share.of.as_str().into(),
            (share.texts as u64).into(),
            (share.positive as u64).into(),
            part(share.found, share.positive),
            part(share.wrong, share.texts - share.positive),
            (share.abstained as u64).into(),
        ]
    });
    table(out, width, &[of, "texts", "positive", "recall", "false positives", "abstained"], rows)
}

fn table(
    out: &mut dyn Write,
    width: usize,
    columns: &[&'static str],
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<()> {
    let rows: Vec<Vec<Cell>> = rows.collect();
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let mut list = Listing::begin(out, Shape::Table(width), columns)?;
    for row in rows {
        list.row(row)?;
    }
    list.end()?;
    Ok(())
}

fn three(value: f64) -> Cell {
    format!("{value:.3}").into()
}

/// The off-topic weights, on discussions into which comments of others were put.
fn strangers(context: &Context, args: &cli::ModelEval) -> Result<Exit> {
    let weights = offtopic::shipped().context("the off-topic weights are not readable")?;
    let columns = ["data", "comments", "strangers", "AUC", "AUC of 8 words", "recall at 5 %"];
    let mut rows = Vec::new();
    for path in &args.files {
        let name = path.display().to_string();
        let set = discussions::read(labelled::bytes(path)?.as_slice()).with_context(|| name.clone())?;
        rows.push((name, discussions::measured(&set, weights)));
    }
    context.ui.page(|out| {
        let shape = if args.format == SummaryFormat::Json { Shape::Json } else { Shape::Table(context.ui.width) };
        let mut list = Listing::begin(out, shape, &columns)?;
        for (name, left) in rows {
            list.row(vec![
                name.into(),
                (left.comments as u64).into(),
                (left.strangers as u64).into(),
                three(left.auc),
                three(left.long),
                three(left.recall),
            ])?;
        }
        list.end()?;
        Ok(())
    })?;
    Ok(Exit::Done)
}
