//! Making models: reads labelled texts, fits, calibrates, sets thresholds.
//!
//! The shipped heads are made by [`recipe`]s, so that anyone with the same data gets the same bytes; other models by
//! [`own`]. Calibration and thresholds never see a row that the fit saw: they come from a set of their own, or from
//! cross-validation by group.
//!
//! Not here: files. The caller opens each set by name and writes the model.

pub mod cross;
pub mod mentions;
pub mod recipe;
pub mod rows;

mod gather;

use std::io::BufRead;

use anyhow::{Context, Result, ensure};

use super::language::Language;
use super::model::features::{self, Features};
use super::model::file::{Calibration, Data, Header, Thresholds};
use super::model::fit::{Example, Settings, fit};
use super::model::measure::Figures;
use super::model::{Model, logistic, measure};
use super::{Subject, heads};
use cross::fold_of;
use gather::gather;
use recipe::{Check, Pack, Recipe};
use rows::Rows;

/// Opens a set by its name.
pub type Open<'a> = &'a dyn Fn(&str) -> Result<Box<dyn BufRead>>;

/// Scores with their labels.
type Scored = Vec<(f64, bool)>;

/// Makes a shipped head by its recipe.
pub fn head(recipe: &Recipe, open: Open<'_>) -> Result<Model> {
    let gathered = gather(recipe, open)?;
    let header = blank(recipe.name, recipe.version, &recipe.settings, gathered.data.clone());
    let all: Vec<&Example> = gathered.examples.iter().collect();
    let model = Model::new(header, &fit(&all, &recipe.settings))?;
    let left_out = |pack: &Pack| score_pack(&model, recipe, pack, open);
    let crossed = || -> Result<Limits> {
        let scored = cross::cross(&gathered, recipe, &model)?;
        let of = |wanted: &str| -> Scored {
            let wanted = scored.iter().filter(|(at, _)| gathered.origins[*at] == wanted);
            wanted.map(|(at, score)| (*score, gathered.examples[*at].y)).collect()
        };
        let mentions = LIMITING.iter().map(|tone| of(tone)).filter(|scored: &Scored| !scored.is_empty()).collect();
        let heavy = |at: usize| gathered.examples[at].weight >= HEAVY;
        let from_a_set = |at: usize| recipe.fit.iter().any(|pack| pack.name == gathered.origins[at]);
        let texts = scored.iter().filter(|(at, _)| heavy(*at) && from_a_set(*at));
        let harmless = texts.map(|(at, score)| (*score, gathered.examples[*at].y)).collect();
        Ok(Limits { harmless, mentions })
    };
    let (calibrating, limits) = match &recipe.check {
        Check::Set(pack) => {
            let scored = left_out(pack)?;
            (scored.clone(), Limits { harmless: scored, mentions: Vec::new() })
        }
        Check::Folds(pack) => {
            let Limits { harmless, mentions } = crossed()?;
            (harmless, Limits { harmless: left_out(pack)?, mentions })
        }
        Check::FoldsAlone => {
            let limits = crossed()?;
            (limits.harmless.clone(), limits)
        }
    };
    finish(&model, &calibrating, &limits)
}

/// Rows that count less than this are there to teach, not to stand for what is met: they calibrate nothing.
const HEAVY: f32 = 0.5;

/// The tones of mentions that set thresholds.
const LIMITING: &[&str] = &["neutral", "positive"];

/// What thresholds are set by: the scores of texts of which few harmless ones may be flagged, and for each way to speak
/// of a group without harm those of such sentences.
struct Limits {
    harmless: Scored,
    mentions: Vec<Scored>,
}

/// A model of somebody's own, and how well it does on the fifth of the texts that it did not see.
#[derive(Debug, Clone)]
pub struct Own {
    /// The model.
    pub model: Model,
    /// Its figures on the held-out texts, at its usual threshold.
    pub held_out: Figures,
}

/// Texts of either kind below which there is nothing to fit.
const FEWEST: usize = 10;

/// Above this share of texts in other languages, a model is taken for one that reads any language.
const FOREIGN: f64 = 0.1;

/// Makes a model of anyone's own labelled texts. A fifth of them, by a hash of the opening letters, is held out: it
/// calibrates, sets the thresholds and gives the figures.
pub fn own(name: &str, sets: &[(String, Rows)], settings: &Settings) -> Result<Own> {
    let (mut examples, mut held, mut data, mut foreign) = (Vec::new(), Vec::new(), Vec::new(), 0usize);
    for (set, rows) in sets {
        let before = examples.len();
        for row in &rows.rows {
            let (subject, y) = (Subject::new(&row.text), row.y == 1);
            foreign += usize::from(subject.language() == Language::Other);
            match fold_of(&recipe::opening(row)) {
                0 => held.push((row, y)),
                _ => examples.push(Example { features: plain(&subject), y, weight: 1.0, sort: 0 }),
            }
        }
        data.push(describe(set, rows, &examples[before..]));
    }
    let both = |count: &dyn Fn(bool) -> usize| [true, false].into_iter().all(|y| count(y) >= FEWEST);
    let enough = both(&|wanted| examples.iter().filter(|example| example.y == wanted).count());
    ensure!(enough, "want {FEWEST} texts with y 1 and {FEWEST} with y 0 at the least, four fifths of them to fit on");
    let calibrates = both(&|wanted| held.iter().filter(|(_, y)| *y == wanted).count() * FEWEST);
    ensure!(calibrates, "the fifth of the texts that is held out is all of one kind; more texts are needed");
    let rows = examples.len() + held.len();
    let english = (foreign as f64) < rows as f64 * FOREIGN;
    let header = Header { english, ..blank(name, 1, settings, data) };
    let model = Model::new(header, &fit(&examples.iter().collect::<Vec<_>>(), settings))?;
    let scored: Scored = held.into_iter().map(|(row, y)| (heads::score(&model, &Subject::new(&row.text)), y)).collect();
    let model = finish(&model, &scored, &Limits { harmless: scored.clone(), mentions: Vec::new() })?;
    let probable: Scored = scored.iter().map(|(score, y)| (model.probability_of(*score), *y)).collect();
    let held_out = measure::measure(&probable, 0, model.header().thresholds.usual);
    Ok(Own { model, held_out })
}

/// Shares of harmless texts, and of neutral and of approving mentions of groups, that are flagged from the usual threshold
/// on.
const USUAL: (f64, f64) = (0.02, 0.08);

/// The same for the strict threshold.
const STRICT: (f64, f64) = (0.005, 0.02);

/// Calibrates on scores (Platt), and sets the thresholds where the stated shares of harmless rows are flagged.
fn finish(model: &Model, calibrating: &Scored, limits: &Limits) -> Result<Model> {
    let rows: Vec<Vec<f64>> = calibrating.iter().map(|(score, _)| vec![*score]).collect();
    let labels: Vec<f64> = calibrating.iter().map(|(_, y)| f64::from(u8::from(*y))).collect();
    let line = logistic::fit(&rows, &labels, 1e-6);
    let mut header = model.header().clone();
    if let [slope, offset] = line[..] {
        header.calibration = Calibration { slope, offset };
    }
    let probable =
        |of: &Scored| -> Scored { of.iter().map(|(score, y)| (logistic::probability(&line, &[*score]), *y)).collect() };
    let harmless = probable(&limits.harmless);
    let mentions: Vec<Scored> = limits.mentions.iter().map(probable).collect();
    let at = |(of_harmless, of_mentions): (f64, f64)| {
        let least = measure::threshold_at(&harmless, of_harmless);
        mentions.iter().map(|scored| measure::threshold_at(scored, of_mentions)).fold(least, f64::max)
    };
    header.thresholds = Thresholds { usual: at(USUAL), strict: at(STRICT) };
    model.with_header(&header)
}

fn load(pack: &Pack, open: Open<'_>) -> Result<Rows> {
    rows::read(open(pack.name)?).with_context(|| format!("the labelled texts {}", pack.name))
}

fn score_pack(model: &Model, recipe: &Recipe, pack: &Pack, open: Open<'_>) -> Result<Scored> {
    let labelled = load(pack, open)?;
    let rows = labelled.rows.iter().filter_map(|row| Some((row, (pack.label)(row)?)));
    Ok(rows.map(|(row, y)| ((recipe.score)(model, &Subject::new(&row.text)), y)).collect())
}

fn describe(name: &str, rows: &Rows, used: &[Example]) -> Data {
    let positive = used.iter().filter(|e| e.y).count();
    Data { name: name.to_owned(), blake3: rows.blake3.clone(), rows: used.len(), positive }
}

fn blank(name: &str, version: u32, settings: &Settings, data: Vec<Data>) -> Header {
    Header {
        name: name.to_owned(),
        version,
        features: features::VERSION,
        english: true,
        scales: [0.0; 2],
        calibration: Calibration { slope: 1.0, offset: 0.0 },
        thresholds: Thresholds { usual: 0.5, strict: 0.5 },
        settings: settings.clone(),
        data,
    }
}

/// The features that most heads use: those of the comment's own words.
pub fn plain(subject: &Subject) -> Features {
    subject.features().clone()
}
