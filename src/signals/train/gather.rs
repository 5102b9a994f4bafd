//! What a recipe fits on: the rows of its sets, some of them in disguise beside, and invented sentences about groups.
//!
//! Not here: fitting.

use anyhow::{Result, ensure};

use super::cross::fold_of;
use super::mentions::{self, Part};
use super::recipe::Recipe;
use super::{Open, describe, load};
use crate::signals::Subject;
use crate::signals::eval::attacks::{ATTACKS, disguise};
use crate::signals::model::file::Data;
use crate::signals::model::fit::Example;
use crate::signals::model::shuffle::Chance;

/// The examples of a recipe.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// The examples.
    pub(super) examples: Vec<Example>,
    /// For each the part that it falls into; what belongs together falls into one.
    pub(super) parts: Vec<u8>,
    /// For each the name of its set, or for a mention its tone; nothing for a text in disguise.
    pub(super) origins: Vec<&'static str>,
    /// What was read.
    pub(super) data: Vec<Data>,
}

/// Reads all that a recipe fits on.
pub(super) fn gather(recipe: &Recipe, open: Open<'_>) -> Result<Gathered> {
    let mut found = Gathered::default();
    let mut chance = Chance::new(recipe.settings.seed);
    for pack in recipe.fit {
        let rows = load(pack, open)?;
        let before = found.examples.len();
        for row in &rows.rows {
            let Some(y) = (pack.label)(row) else { continue };
            let again = (chance.below(100) < recipe.disguised).then(|| disguised(&row.text, &mut chance));
            let part = fold_of(&(recipe.group)(row));
            for (text, origin) in [(Some(row.text.as_str()), pack.name), (again.as_deref(), "")] {
                let Some(text) = text else { continue };
                let features = (recipe.features)(&Subject::new(text));
                found.examples.push(Example { features, y, weight: pack.weight, sort: pack.sort });
                found.parts.push(part);
                found.origins.push(origin);
            }
        }
        found.data.push(describe(pack.name, &rows, &found.examples[before..]));
    }
    mention(recipe, &mut found);
    let both = [true, false].into_iter().all(|y| found.examples.iter().any(|example| example.y == y));
    ensure!(both, "the rows are all of one kind");
    Ok(found)
}

/// The text with half of its words in one disguise.
fn disguised(text: &str, chance: &mut Chance) -> String {
    let attack = ATTACKS[chance.below(ATTACKS.len())].1;
    let mut pick = chance.clone();
    disguise(text, attack, &mut |_| pick.below(2) == 0, chance)
}

/// Adds the sentences about groups of people.
fn mention(recipe: &Recipe, found: &mut Gathered) {
    let before = found.examples.len();
    let mut sum = blake3::Hasher::new();
    for mention in mentions::mentions(Part::Teach) {
        let Some((y, weight)) = (recipe.mentions)(&mention) else { continue };
        sum.update(mention.text.as_bytes()).update(b"\n");
        found.examples.push(Example { features: (recipe.features)(&Subject::new(&mention.text)), y, weight, sort: 0 });
        found.parts.push(fold_of(mention.sentence));
        found.origins.push(mention.tone);
    }
    let new = &found.examples[before..];
    if !new.is_empty() {
        let positive = new.iter().filter(|example| example.y).count();
        let blake3 = sum.finalize().to_hex()[..16].to_owned();
        found.data.push(Data { name: "mentions".to_owned(), blake3, rows: new.len(), positive });
    }
}
