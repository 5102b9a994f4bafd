//! `quell model train`: fits a model on labelled texts, or makes one of the shipped heads by its recipe.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::{Context, labelled};
use crate::cli;
use crate::error::{Exit, hint};
use crate::scorers;
use crate::signals::model::Model;
use crate::signals::model::fit::Settings;
use crate::signals::offtopic::{rarity, train as discussions};
use crate::signals::train;
use crate::signals::train::recipe::{self, Recipe};
use crate::ui::count;

/// How much the off-topic weights are held back.
const RIDGE: f64 = 0.2;

/// Fits, writes the file, and says how well it does on texts that the fit did not see.
pub fn run(context: &Context, args: &cli::ModelTrain) -> Result<Exit> {
    let sets = labelled::sets(&args.data)?;
    let bytes = match args.recipe.as_deref() {
        Some("offtopic") => offtopic(context, &sets)?,
        Some("rarity") => rarity(&sets)?,
        Some(name) => file(&shipped(name, args.seed, &sets)?)?,
        None => file(&own(context, args, &sets)?)?,
    };
    std::fs::write(&args.output, &bytes).with_context(|| format!("cannot write {}", args.output.display()))?;
    context.ui.say(format!("wrote {}, {}", args.output.display(), count(bytes.len() as u64, "byte")));
    Ok(Exit::Done)
}

fn file(model: &Model) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    model.save(&mut bytes)?;
    Ok(bytes)
}

fn own(context: &Context, args: &cli::ModelTrain, sets: &[(String, PathBuf)]) -> Result<Model> {
    let stem = args.output.file_stem().unwrap_or_default().to_string_lossy();
    let wanted = args.name.as_deref().unwrap_or(&stem);
    let Some(name) = scorers::name(wanted) else {
        return Err(hint(format!("{wanted:?} can't be a model's name"), "give it one: --name rude"));
    };
    let sets = sets.iter().map(|(name, path)| Ok((name.clone(), labelled::read(path)?))).collect::<Result<Vec<_>>>()?;
    let settings = Settings { seed: args.seed.unwrap_or(1), ..Settings::default() };
    let train::Own { model, held_out } = train::own(&name, &sets, &settings)?;
    let at = |value: f64| format!("{value:.3}");
    context.ui.say(format!(
        "{name}: fitted on {}; on {} that it did not see: AUC {}, F1 {} from {} on, calibration error {}",
        count(model.header().data.iter().map(|data| data.rows as u64).sum(), "text"),
        count(held_out.rows as u64, "text"),
        at(held_out.auc),
        at(held_out.f1),
        at(held_out.threshold),
        at(held_out.calibration_error),
    ));
    Ok(model)
}

/// The recipe of a shipped head.
pub fn wanted(name: &str, seed: Option<u64>) -> Result<Recipe> {
    let unknown =
        || hint(format!("there is no recipe {name}"), "the recipes are abuse, identity, spam, offtopic, rarity");
    recipe::recipe(name, seed).ok_or_else(unknown)
}

fn shipped(name: &str, seed: Option<u64>, sets: &[(String, PathBuf)]) -> Result<Model> {
    let recipe = wanted(name, seed)?;
    train::head(&recipe, &labelled::opener(sets))
}

/// What sets of the same discussions have in common: `delving` of `delving-small`.
fn family(set: &str) -> &str {
    set.split('-').next().unwrap_or(set)
}

/// How rare words are in general English.
fn rarity(sets: &[(String, PathBuf)]) -> Result<Vec<u8>> {
    let texts = sets.iter().map(|(_, path)| labelled::bytes(path)).collect::<Result<Vec<_>>>()?;
    rarity::table(texts.concat().as_slice())
}

fn offtopic(context: &Context, sets: &[(String, PathBuf)]) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    for (name, path) in sets {
        let read = discussions::read(labelled::bytes(path)?.as_slice());
        all.push((name, read.with_context(|| path.display().to_string())?));
    }
    for (name, set) in &all {
        let others = all.iter().filter(|(other, _)| family(other) != family(name));
        let others: Vec<_> = others.map(|(_, set)| set.clone()).collect();
        let said = |figures: discussions::Left| {
            format!(
                "AUC {:.3}, of 8 words or more {:.3}, recall at 5 % {:.2}",
                figures.auc, figures.long, figures.recall
            )
        };
        let inside = said(discussions::within(set, RIDGE));
        let outside = discussions::fit(&others, RIDGE).ok().map(|weights| said(discussions::measured(set, &weights)));
        let outside = outside.map(|said| format!("; fitted on the others: {said}")).unwrap_or_default();
        context.ui.say(format!("{name}: cross-validated {inside}{outside}"));
    }
    let sets: Vec<_> = all.into_iter().map(|(_, set)| set).collect();
    let mut bytes = serde_json::to_vec_pretty(&discussions::fit(&sets, RIDGE)?)?;
    bytes.push(b'\n');
    Ok(bytes)
}
