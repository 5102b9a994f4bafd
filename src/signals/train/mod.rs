//! Making models: reads labelled texts, fits, calibrates, sets thresholds.
//!
//! The shipped heads are made by [`recipe`]s, so that anyone with the same data gets the same bytes; other models by
//! [`own`]. Calibration and thresholds never see a row that the fit saw: they come from a set of their own, or from
//! cross-validation by group.
//!
//! Not here: files. The caller opens each set by name and writes the model.

pub mod mentions;
pub mod recipe;
pub mod rows;

use std::io::BufRead;

use anyhow::{Context, Result, ensure};

use super::eval::attacks::{ATTACKS, disguise};
use super::language::Language;
use super::model::features::{self, Features};
use super::model::file::{Calibration, Data, Header, Thresholds};
use super::model::fit::{Example, Settings, fit};
use super::model::measure::Figures;
use super::model::shuffle::Chance;
use super::model::{Model, logistic, measure};
use super::{Subject, heads};
use mentions::Mention;
use recipe::{Check, Pack, Recipe};
use rows::Rows;

/// Opens a set by its name.
pub type Open<'a> = &'a dyn Fn(&str) -> Result<Box<dyn BufRead>>;

/// Scores with their labels.
type Scored = Vec<(f64, bool)>;

/// Makes a shipped head by its recipe.
pub fn head(recipe: &Recipe, open: Open<'_>) -> Result<Model> {
    let (mut examples, mut groups, mut data) = (Vec::new(), Vec::new(), Vec::new());
    let mut chance = Chance::new(recipe.settings.seed);
    for pack in recipe.fit {
        let rows = load(pack, open)?;
        let before = examples.len();
        for row in &rows.rows {
            let Some(y) = (pack.label)(row) else { continue };
            let again = (chance.below(100) < recipe.disguised).then(|| disguised(&row.text, &mut chance));
            for text in std::iter::once(row.text.as_str()).chain(again.as_deref()) {
                let features = (recipe.features)(&Subject::new(text));
                examples.push(Example { features, y, weight: pack.weight });
                groups.push(fold_of(&(recipe.group)(row)));
            }
        }
        data.push(describe(pack.name, &rows, &examples[before..]));
    }
    let mentioned = examples.len();
    if recipe.mentions > 0.0 {
        data.push(mention(recipe, &mut examples, &mut groups));
    }
    ensure!(examples.iter().any(|e| e.y) && examples.iter().any(|e| !e.y), "the rows are all of one kind");
    let header = blank(recipe.name, recipe.version, &recipe.settings, data);
    let model = Model::new(header, &fit(&examples, &recipe.settings))?;
    let (calibrating, limits) = match &recipe.check {
        Check::Set(pack) => {
            let scored = score_pack(&model, recipe, pack, open)?;
            (scored.clone(), Limits { harmless: scored, mentions: Vec::new() })
        }
        Check::Folds(pack) => {
            let (scored, mentions) = split(cross(&examples, &groups, recipe, &model)?, mentioned);
            (scored, Limits { harmless: score_pack(&model, recipe, pack, open)?, mentions })
        }
        Check::FoldsAlone => {
            let (scored, mentions) = split(cross(&examples, &groups, recipe, &model)?, mentioned);
            (scored.clone(), Limits { harmless: scored, mentions })
        }
    };
    finish(&model, &calibrating, &limits)
}

/// What thresholds are set by: the scores of texts of which few harmless ones may be flagged, and those of mentions of
/// groups.
struct Limits {
    harmless: Scored,
    mentions: Scored,
}

/// Tells the examples before a place from the mentions after it.
fn split(crossed: Vec<(usize, f64, bool)>, mentioned: usize) -> (Scored, Scored) {
    let (before, after): (Vec<_>, Vec<_>) = crossed.into_iter().partition(|(at, _, _)| *at < mentioned);
    let bare = |of: Vec<(usize, f64, bool)>| of.into_iter().map(|(_, score, y)| (score, y)).collect();
    (bare(before), bare(after))
}

/// The text with half of its words in one disguise.
fn disguised(text: &str, chance: &mut Chance) -> String {
    let attack = ATTACKS[chance.below(ATTACKS.len())].1;
    let mut pick = chance.clone();
    disguise(text, attack, &mut |_| pick.below(2) == 0, chance)
}

/// Adds the sentences about groups of people.
fn mention(recipe: &Recipe, examples: &mut Vec<Example>, groups: &mut Vec<u8>) -> Data {
    let weight = |mention: &Mention| if mention.is_attack() { recipe.attacks } else { recipe.mentions };
    let mut mentions = mentions::mentions(mentions::Half::Teach);
    mentions.retain(|mention| weight(mention) > 0.0);
    let texts: Vec<&str> = mentions.iter().map(|mention| mention.text.as_str()).collect();
    for mention in &mentions {
        let features = (recipe.features)(&Subject::new(&mention.text));
        examples.push(Example { features, y: mention.is_attack(), weight: weight(mention) });
        groups.push(fold_of(mention.sentence));
    }
    let positive = mentions.iter().filter(|mention| mention.is_attack()).count();
    let blake3 = blake3::hash(texts.join("\n").as_bytes()).to_hex()[..16].to_owned();
    Data { name: "mentions".to_owned(), blake3, rows: mentions.len(), positive }
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
                _ => examples.push(Example { features: plain(&subject), y, weight: 1.0 }),
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
    let model = Model::new(header, &fit(&examples, settings))?;
    let scored: Scored = held.into_iter().map(|(row, y)| (heads::score(&model, &Subject::new(&row.text)), y)).collect();
    let model = finish(&model, &scored, &Limits { harmless: scored.clone(), mentions: Vec::new() })?;
    let probable: Scored = scored.iter().map(|(score, y)| (model.probability_of(*score), *y)).collect();
    let held_out = measure::measure(&probable, 0, model.header().thresholds.usual);
    Ok(Own { model, held_out })
}

/// How many parts cross-validation makes.
const FOLDS: u8 = 5;

/// The part that a group falls into.
fn fold_of(group: &str) -> u8 {
    blake3::hash(group.as_bytes()).as_bytes()[0] % FOLDS
}

/// Scores each part by a model fitted on the others, with the examples' places, leaving out rows that count little: they
/// are there to teach, not to stand for what is met.
fn cross(examples: &[Example], groups: &[u8], recipe: &Recipe, model: &Model) -> Result<Vec<(usize, f64, bool)>> {
    let mut scored = Vec::new();
    for part in 0..FOLDS {
        let others: Vec<Example> =
            examples.iter().zip(groups).filter(|(_, g)| **g != part).map(|(e, _)| e.clone()).collect();
        if others.len() == examples.len() {
            continue;
        }
        let fitted = Model::new(model.header().clone(), &fit(&others, &recipe.settings))?;
        let part = examples.iter().zip(groups).enumerate().filter(|(_, (e, g))| **g == part && e.weight >= 0.5);
        scored.extend(part.map(|(at, (e, _))| (at, fitted.score(&e.features), e.y)));
    }
    Ok(scored)
}

/// Shares of harmless texts, and of harmless mentions of groups, that are flagged from the usual threshold on.
const USUAL: (f64, f64) = (0.02, 0.05);

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
    let (harmless, mentions) = (probable(&limits.harmless), probable(&limits.mentions));
    let at = |(of_harmless, of_mentions): (f64, f64)| {
        measure::threshold_at(&harmless, of_harmless).max(measure::threshold_at(&mentions, of_mentions))
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
