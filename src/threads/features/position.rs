//! Where the candidate stands, when it was written, and what the page so far is like.

use super::{Feature, Row, ln1p};
use crate::threads::scan::{Candidate, Scene};

/// Place on the page.
pub(super) fn fill(scene: &Scene<'_>, candidate: &Candidate, row: &mut Row) {
    row.flag(Feature::Root, candidate.root);
    row.flag(Feature::Previous, candidate.previous);
    row.flag(Feature::SecondBefore, candidate.distance == 2);
    row.set(Feature::LnDistance, candidate.ln_distance);
    row.set(Feature::SquareDistance, candidate.ln_distance * candidate.ln_distance / 5.0);
    row.flag(Feature::Far, candidate.distance > 10);
    if candidate.root {
        row.set(Feature::LnIndexRoot, (scene.node as f32).ln());
        row.flag(Feature::SecondRoot, scene.node == 2);
    }
}

/// Time between the two, where both times are known.
pub(super) fn fill_time(scene: &Scene<'_>, candidate: &Candidate, row: &mut Row) {
    if candidate.root || candidate.previous {
        row.set(
            if candidate.root { Feature::GapRoot } else { Feature::LnHoursPrevious },
            scene.ln_hours_since_previous,
        );
    }
    let Some(hours) = candidate.hours else { return };
    let ln = ln1p(hours);
    row.set(Feature::LnHours, ln);
    row.flag(Feature::SameMinute, hours < 1.0 / 60.0);
    if candidate.root {
        row.set(Feature::LnHoursRoot, ln);
    }
    if candidate.same_author {
        row.set(Feature::GapSameAuthor, ln);
    }
}

/// What is usual on this page, from the comments before this one.
pub(super) fn fill_page(scene: &Scene<'_>, candidate: &Candidate, row: &mut Row) {
    let habits = scene.habits;
    if candidate.root {
        row.set(Feature::PageQuotesRoot, habits.quotes);
        row.set(Feature::PageMentionsRoot, habits.mentions);
        row.set(Feature::PageRegularsRoot, habits.regulars);
        row.set(Feature::PageLengthRoot, habits.length);
        row.set(Feature::PageMarksRoot, habits.marks);
    }
    if candidate.previous {
        row.set(Feature::PageQuotesPrevious, habits.quotes);
        row.set(Feature::PageMentionsPrevious, habits.mentions);
        row.set(Feature::PageRegularsPrevious, habits.regulars);
        row.set(Feature::PageLengthPrevious, habits.length);
        row.set(Feature::PageMarksPrevious, habits.marks);
    }
    if scene.quotes.strong == 0 {
        if candidate.root {
            row.set(Feature::PageQuotesNoneRoot, habits.quotes);
        }
        if candidate.previous {
            row.set(Feature::PageQuotesNonePrevious, habits.quotes);
        }
    } else if !candidate.quote.strong {
        row.set(Feature::PageQuotesOther, habits.quotes);
    }
}
