//! How like the candidate's words are to the comment's.

use super::{Feature, Row, ln1p};
use crate::threads::scan::{Candidate, Scene};

/// A stem rarer than this and used by hardly anybody is nearly a quotation.
const VERY_UNIQUE: f32 = 6.5;

/// Wording.
pub(super) fn fill(scene: &Scene<'_>, candidate: &Candidate, row: &mut Row) {
    let (like, most) = (candidate.like, &scene.likeness);
    row.set(Feature::CosineOverRoot, like.cosine - most.root_cosine);
    row.flag(Feature::NoUniqueRoot, candidate.root && most.unique == 0.0);
    if most.cosine == 0.0 {
        row.flag(Feature::NothingSharedPrevious, candidate.previous);
        row.flag(Feature::NothingSharedRoot, candidate.root);
        return;
    }
    row.set(Feature::Cosine, like.cosine);
    row.set(Feature::CosineRelative, like.cosine / most.cosine);
    row.flag(Feature::CosineMost, like.cosine > 0.0 && like.cosine >= most.cosine);
    row.set(Feature::CosineDistance, like.cosine * candidate.ln_distance);
    row.set(Feature::LnRare, ln1p(like.rare));
    row.flag(Feature::MostRare, like.rare > 0.0 && like.rare >= most.rare);
    if candidate.previous {
        row.set(Feature::CosinePrevious, like.cosine);
    } else {
        row.set(Feature::PreviousCosine, most.previous_cosine);
    }
    if like.unique > 0.0 {
        let ln = ln1p(like.unique);
        row.set(Feature::LnUnique, ln);
        row.set(Feature::UniqueRelative, like.unique / most.unique);
        row.flag(Feature::MostUnique, like.unique >= most.unique);
        row.set(Feature::UniqueDistance, ln * candidate.ln_distance);
        row.set(Feature::BestUnique, like.best_unique / 10.0);
        row.flag(Feature::VeryUnique, like.best_unique >= VERY_UNIQUE);
    }
}
