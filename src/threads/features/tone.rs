//! How the two are said: short, asking, thanking, agreeing.

use super::{Feature, Row, ln1p};
use crate::threads::index::tone;
use crate::threads::scan::{Candidate, Scene};

/// Words below which a comment is a remark.
const SHORT: f32 = 10.0;

/// Tone.
pub(super) fn fill(scene: &Scene<'_>, candidate: &Candidate, row: &mut Row) {
    let mine = |bit: u16| scene.tone & bit != 0;
    let theirs = |bit: u16| candidate.tone & bit != 0;
    let asks = theirs(tone::ASKS) && !candidate.root;
    if candidate.root {
        row.flag(Feature::ShortRoot, scene.own < SHORT);
        row.flag(Feature::AgreesRoot, mine(tone::AGREES));
        row.flag(Feature::YouRoot, mine(tone::YOU));
        row.flag(Feature::ThanksRoot, mine(tone::THANKS));
        row.flag(Feature::IAskRoot, mine(tone::ASKS));
        row.flag(Feature::ArticleRoot, mine(tone::ARTICLE));
        row.flag(Feature::GreetsRoot, mine(tone::GREETS) && !scene.addresses);
        row.flag(Feature::SmallRoot, mine(tone::SMALL));
        row.set(Feature::MyWordsRoot, ln1p(scene.own));
    } else {
        row.set(Feature::TheirWords, ln1p(candidate.own));
        row.flag(Feature::TheyAreShort, candidate.own < SHORT);
    }
    if candidate.previous {
        row.flag(Feature::ShortPrevious, scene.own < SHORT);
        row.flag(Feature::AgreesPrevious, mine(tone::AGREES));
        row.flag(Feature::YouPrevious, mine(tone::YOU));
        row.flag(Feature::GreetsPrevious, mine(tone::GREETS) && !scene.addresses);
        row.flag(Feature::SmallPrevious, mine(tone::SMALL));
        row.flag(Feature::AsksPrevious, asks);
        row.set(Feature::MyWordsPrevious, ln1p(scene.own));
    }
    if mine(tone::AGREES) {
        row.set(Feature::AgreesNear, 1.0 / candidate.distance as f32);
    }
    row.flag(Feature::Asks, asks);
    row.flag(Feature::AsksBoth, asks && mine(tone::ASKS));
    row.flag(Feature::IAnswerAsker, asks && !mine(tone::ASKS));
    row.flag(Feature::ThanksAsks, asks && mine(tone::THANKS));
    row.flag(Feature::LinkAsks, asks && mine(tone::LINK));
    row.flag(Feature::ThanksTheirLink, mine(tone::THANKS) && theirs(tone::LINK) && !candidate.root);
    row.flag(Feature::TheyThank, theirs(tone::THANKS) && !candidate.root);
}
