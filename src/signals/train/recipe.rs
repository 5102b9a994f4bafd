//! How the shipped heads are made: from which sets, which label of each, at what weight.
//!
//! The sets are named as in the model card (`weights/MODEL_CARD.md`), which has their origins and licences.

use crate::signals::lexicon::groups;
use crate::signals::model::Model;
use crate::signals::model::features::Features;
use crate::signals::model::fit::Settings;
use crate::signals::{Subject, heads, spam};

use super::mentions::Mention;
use super::plain;
use super::rows::Row;

/// How one head is made.
#[derive(Debug)]
pub struct Recipe {
    /// The signal it computes.
    pub name: &'static str,
    /// Its version.
    pub version: u32,
    /// How to fit.
    pub settings: Settings,
    /// What to fit on.
    pub fit: &'static [Pack],
    /// The label of an invented sentence about a group and how much it counts; nothing leaves it out.
    pub mentions: fn(&Mention) -> Option<(bool, f32)>,
    /// How often, in a hundred rows, one is added again with half of its words disguised: what folding can't see
    /// through (swapped and masked letters), the word shapes then learn.
    pub disguised: usize,
    /// Which features to take.
    pub features: fn(&Subject) -> Features,
    /// How a text is scored where thresholds are set: as the signal does it.
    pub score: fn(&Model, &Subject) -> f64,
    /// Rows of one group never stand on both sides of a split.
    pub group: fn(&Row) -> String,
    /// What calibrates it and sets its thresholds.
    pub check: Check,
}

/// A set of labelled texts and what to make of it.
#[derive(Debug)]
pub struct Pack {
    /// Its name.
    pub name: &'static str,
    /// The label of a row; nothing leaves the row out.
    pub label: fn(&Row) -> Option<bool>,
    /// How much each of its rows counts.
    pub weight: f32,
    /// Sets of one sort are fitted with one constant; another sort has another share of positive rows.
    pub sort: usize,
}

/// What calibrates a head and sets its thresholds.
#[derive(Debug)]
pub enum Check {
    /// A set that the fit doesn't see.
    Set(Pack),
    /// Cross-validation by group calibrates; a set that the fit doesn't see sets the thresholds.
    Folds(Pack),
    /// Cross-validation by group does both.
    FoldsAlone,
}

/// The abuse head. Templates and mentions teach it that naming people is not abuse; tweets and a forum teach it what
/// abuse looks like away from Wikipedia, and hatred that is put politely.
pub fn abuse() -> Recipe {
    const FIT: &[Pack] = &[
        Pack { name: "jig_train", label: as_it_is, weight: 1.0, sort: 0 },
        Pack { name: "templates", label: as_it_is, weight: 0.3, sort: 0 },
        Pack { name: "davidson_train", label: as_it_is, weight: 0.3, sort: 1 },
        Pack { name: "stormfront_train", label: as_it_is, weight: 2.0, sort: 2 },
        Pack { name: "fox_dev", label: as_it_is, weight: 1.0, sort: 3 },
    ];
    Recipe {
        name: "abuse",
        version: 3,
        settings: Settings { bits: 19, broad_share: 0.4, ..Settings::default() },
        fit: FIT,
        mentions: |mention| mention.is_harmless().then_some((false, 1.0)),
        disguised: 50,
        features: plain,
        score: heads::score,
        group: thread,
        check: Check::Set(Pack { name: "jig_val", label: as_it_is, weight: 1.0, sort: 0 }),
    }
}

/// The identity head: hate against a group, or a person as its member. It is blind to which group is named. Besides what
/// is labelled as hate, it learns from abusive comments which name a group, and from others which don't.
pub fn identity() -> Recipe {
    const FIT: &[Pack] = &[
        Pack { name: "davidson_train", label: davidson, weight: 1.0, sort: 0 },
        Pack { name: "davidson_train", label: davidson_offensive, weight: 0.02, sort: 0 },
        Pack { name: "hatemojibuild_train", label: as_it_is, weight: 0.4, sort: 0 },
        Pack { name: "stormfront_train", label: as_it_is, weight: 1.0, sort: 0 },
        Pack { name: "fox_dev", label: as_it_is, weight: 1.0, sort: 0 },
        Pack { name: "templates", label: as_it_is, weight: 0.1, sort: 0 },
        Pack { name: "jig_train", label: only_harmless, weight: 0.15, sort: 0 },
        Pack { name: "jig_train", label: harmless_of_a_group, weight: 0.3, sort: 0 },
        Pack { name: "jig_train", label: of_a_group, weight: 0.3, sort: 0 },
    ];
    Recipe {
        name: "identity",
        version: 3,
        settings: Settings { blind: true, ..Settings::default() },
        fit: FIT,
        mentions: |mention| Some((mention.is_attack(), 0.5)),
        disguised: 20,
        features: plain,
        score: heads::score,
        group: thread,
        check: Check::Folds(Pack { name: "jig_val", label: only_harmless, weight: 1.0, sort: 0 }),
    }
}

/// The spam head. Ordinary comments teach it what talk without advertising is.
pub fn spam() -> Recipe {
    const FIT: &[Pack] = &[
        Pack { name: "ytspam_dev", label: as_it_is, weight: 1.0, sort: 0 },
        Pack { name: "jig_train", label: few_harmless, weight: 0.05, sort: 0 },
    ];
    Recipe {
        name: "spam",
        version: 3,
        settings: Settings { bits: 16, sharp_epochs: 40, broad_epochs: 20, ..Settings::default() },
        fit: FIT,
        mentions: |_| None,
        disguised: 0,
        features: spam::features,
        score: |model, subject| model.score(&spam::features(subject)),
        group: |row| if row.video.is_empty() { opening(row) } else { row.video.clone() },
        check: Check::FoldsAlone,
    }
}

/// The recipe of this name, for another seed where one is given.
pub fn recipe(name: &str, seed: Option<u64>) -> Option<Recipe> {
    let mut recipe = [abuse(), identity(), spam()].into_iter().find(|recipe| recipe.name == name)?;
    recipe.settings.seed = seed.unwrap_or(recipe.settings.seed);
    Some(recipe)
}

fn as_it_is(row: &Row) -> Option<bool> {
    Some(row.y == 1)
}

fn only_harmless(row: &Row) -> Option<bool> {
    (row.y == 0).then_some(false)
}

/// One harmless comment in about forty: enough to teach what ordinary talk is; all of them would outweigh the rest.
fn few_harmless(row: &Row) -> Option<bool> {
    (row.y == 0 && blake3::hash(row.text.as_bytes()).as_bytes()[0] < 6).then_some(false)
}

/// Abusive comments, by whether they name a group of people.
fn of_a_group(row: &Row) -> Option<bool> {
    (row.y == 1).then(|| groups::are_named(&row.text))
}

/// Harmless comments that name a group of people, which count once more.
fn harmless_of_a_group(row: &Row) -> Option<bool> {
    (row.y == 0 && groups::are_named(&row.text)).then_some(false)
}

/// Hate is positive, neither is negative.
fn davidson(row: &Row) -> Option<bool> {
    match row.cls.as_str() {
        "0" => Some(true),
        "2" => Some(false),
        _ => None,
    }
}

/// What is offensive and no hate is negative, at a small weight: there is fourteen times as much of it.
fn davidson_offensive(row: &Row) -> Option<bool> {
    (row.cls == "1").then_some(false)
}

/// The article that a row stands under, else its first letters.
fn thread(row: &Row) -> String {
    if row.title.is_empty() { opening(row) } else { row.title.clone() }
}

/// The first letters, so that texts which differ in a sign or an emoji stay together.
pub(super) fn opening(row: &Row) -> String {
    row.text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(24).collect()
}
