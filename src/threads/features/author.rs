//! Who wrote the two, and how those people have written before.

use super::{Feature, Row, ln1p};
use crate::threads::people::UNKNOWN;
use crate::threads::scan::{Candidate, Scene};

/// A share of the page's comments that makes somebody a regular of it, such as its owner.
const REGULAR: f32 = 0.2;

/// Authors.
pub(super) fn fill(scene: &Scene<'_>, candidate: &Candidate, row: &mut Row) {
    let nameless = 1.0 - scene.index.named;
    if candidate.root {
        row.set(Feature::NamelessRoot, nameless);
    }
    if candidate.previous {
        row.set(Feature::NamelessPrevious, nameless);
    }
    if scene.author == UNKNOWN {
        row.flag(Feature::UnknownRoot, candidate.root);
        row.flag(Feature::UnknownPrevious, candidate.previous);
    } else {
        mine(scene, candidate, row);
    }
    whole_page(scene, candidate, row);
    if candidate.author == UNKNOWN {
        return;
    }
    row.flag(Feature::Latest, candidate.latest);
    row.set(Feature::LnAuthorCount, ln1p(candidate.author_count as f32));
    row.flag(Feature::FirstOfAuthor, candidate.first_of_author);
    row.flag(Feature::IsPoster, candidate.author == scene.poster && !candidate.root);
    row.set(Feature::NewerOfAuthor, ln1p(candidate.newer_of_author as f32));
}

/// How much the two write on the whole page, before and after: its owner is known by that from the first comment on.
fn whole_page(scene: &Scene<'_>, candidate: &Candidate, row: &mut Row) {
    let total = |author: u32| scene.index.totals.get(author as usize).copied();
    let comments = (scene.index.docs.len() as f32 - 1.0).max(1.0);
    if let Some(mine) = total(scene.author) {
        let share = mine as f32 / comments;
        if candidate.root {
            row.set(Feature::PageShareRoot, share);
            row.flag(Feature::OnlyRoot, mine == 1);
        } else if candidate.previous {
            row.set(Feature::PageSharePrevious, share);
            row.flag(Feature::OnlyPrevious, mine == 1);
        }
        if candidate.first_of_author && !candidate.root {
            row.set(Feature::PageShareFirst, share);
        }
    }
    if let Some(theirs) = total(candidate.author).filter(|_| !candidate.root) {
        row.set(Feature::TheirPageShare, theirs as f32 / comments);
        row.flag(Feature::TheirOnly, theirs == 1);
    }
}

/// What needs to know who wrote the comment.
fn mine(scene: &Scene<'_>, candidate: &Candidate, row: &mut Row) {
    let first = scene.my_count == 0;
    let poster = scene.author == scene.poster;
    let regular = scene.my_share >= REGULAR && scene.my_count >= 2;
    row.flag(Feature::SameAuthor, candidate.same_author);
    row.flag(Feature::SameAuthorPrevious, candidate.same_author && candidate.previous);
    row.flag(Feature::SameLatest, candidate.same_author && candidate.latest);
    if let Some(since) = candidate.after_mine {
        row.set(Feature::AfterMine, 1.0);
        row.set(Feature::AfterMineDistance, ln1p(since as f32));
    }
    if candidate.root {
        row.flag(Feature::MyFirstRoot, first);
        row.set(Feature::MyShareRoot, scene.my_share);
        row.flag(Feature::PosterMeRoot, poster);
    }
    if candidate.previous {
        row.flag(Feature::MyFirstPrevious, first);
        row.set(Feature::MySharePrevious, scene.my_share);
        row.flag(Feature::PosterMePrevious, poster);
    }
    if candidate.first_of_author && !candidate.root {
        row.set(Feature::MyShareFirst, scene.my_share);
        row.flag(Feature::PosterMe, poster);
        row.flag(Feature::RegularMe, regular);
    }
    row.flag(Feature::NewAuthorPoster, first && candidate.author == scene.poster && !candidate.root);
    row.flag(Feature::RegularPair, regular && candidate.author_count as f32 >= REGULAR * scene.node as f32);
}
