//! Cross-validation of a recipe: each part of its texts is scored by a model that was fitted on the other parts.
//!
//! What belongs together (a thread, a video, texts that begin alike, a sentence with all groups) is in one part. So figures
//! can be given for sets that the shipped weights were fitted on.

use anyhow::Result;
use serde::Serialize;

use super::Open;
use super::gather::{Gathered, gather};
use super::recipe::Recipe;
use crate::signals::model::Model;
use crate::signals::model::fit::{Example, fit};
use crate::signals::model::measure::{Figures, measure};

/// How many parts cross-validation makes.
const PARTS: u8 = 5;

/// The part that a group of texts falls into.
pub(super) fn fold_of(group: &str) -> u8 {
    blake3::hash(group.as_bytes()).as_bytes()[0] % PARTS
}

/// The place of each example that is not in disguise, and its score by a model that saw nothing of its part.
pub(super) fn cross(gathered: &Gathered, recipe: &Recipe, model: &Model) -> Result<Vec<(usize, f64)>> {
    let Gathered { examples, parts, origins, .. } = gathered;
    let mut scored = Vec::new();
    for part in 0..PARTS {
        let others: Vec<&Example> = examples.iter().zip(parts).filter(|(_, of)| **of != part).map(|(e, _)| e).collect();
        if others.len() == examples.len() || others.is_empty() {
            continue;
        }
        let fitted = Model::new(model.header().clone(), &fit(&others, &recipe.settings))?;
        let own = (0..examples.len()).filter(|at| parts[*at] == part && !origins[*at].is_empty());
        scored.extend(own.map(|at| (at, fitted.score(&examples[at].features))));
    }
    Ok(scored)
}

/// How well a recipe does on what it did not see of one set or one way to mention groups.
#[derive(Debug, Clone, Serialize)]
pub struct Crossed {
    /// The set, or how groups are mentioned.
    pub of: &'static str,
    /// The figures, at the usual threshold of the model whose calibration was taken.
    pub figures: Figures,
}

/// Cross-validates a recipe on each of its sets, with the calibration and the thresholds of a model that it made.
pub fn validate(recipe: &Recipe, model: &Model, open: Open<'_>) -> Result<Vec<Crossed>> {
    let gathered = gather(recipe, open)?;
    let scored = cross(&gathered, recipe, model)?;
    let mut of: Vec<&'static str> = Vec::new();
    gathered.origins.iter().filter(|origin| !origin.is_empty()).for_each(|origin| {
        if !of.contains(origin) {
            of.push(origin);
        }
    });
    let figures = of.into_iter().map(|of| {
        let own = scored.iter().filter(|(at, _)| gathered.origins[*at] == of);
        let own: Vec<(f64, bool)> =
            own.map(|(at, score)| (model.probability_of(*score), gathered.examples[*at].y)).collect();
        Crossed { of, figures: measure(&own, 0, model.header().thresholds.usual) }
    });
    Ok(figures.collect())
}
