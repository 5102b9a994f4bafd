//! How much of the comment repeats the candidate's words.

use super::{Feature, Row, ln1p};
use crate::threads::scan::{Candidate, Scene};

/// Quotation.
pub(super) fn fill(scene: &Scene<'_>, candidate: &Candidate, row: &mut Row) {
    let (quote, all) = (&candidate.quote, &scene.quotes);
    if all.strong == 0 {
        row.flag(Feature::NoStrongPrevious, candidate.previous);
        row.flag(Feature::NoStrongRoot, candidate.root);
    } else {
        row.flag(Feature::OtherStrong, !quote.strong);
    }
    row.flag(Feature::OtherSure, all.sure > 0 && !quote.sure());
    row.flag(Feature::SplitNoQuotePrevious, candidate.previous && scene.marked_words >= 8 && all.run == 0);
    if quote.run == 0 {
        return;
    }
    let words = scene.words.max(1.0);
    row.set(Feature::OriginalShare, (quote.original as f32 / words).min(1.0));
    row.set(Feature::RunShare, (quote.run as f32 / words).min(1.0));
    row.set(Feature::LnOriginal, ln1p(quote.original as f32));
    row.set(Feature::LnRun, ln1p(quote.run as f32));
    row.set(Feature::LnLongest, ln1p(quote.longest as f32));
    row.flag(Feature::MostOriginal, quote.original > 0 && quote.original == all.most_original);
    row.flag(Feature::MostRunEarliest, candidate.node == all.most_run_earliest);
    row.flag(Feature::MostRunLatest, candidate.node == all.most_run_latest);
    row.flag(Feature::QuoteFirst, quote.original_at_start);
    row.set(Feature::ShareOfOriginal, quote.original as f32 / (all.original as f32).max(1.0));
    row.set(Feature::LnMarkedOriginal, ln1p(quote.marked_original as f32));
    row.set(Feature::LnMarked, ln1p(quote.marked as f32));
    row.flag(Feature::MostMarked, quote.marked > 0 && quote.marked == all.most_marked);
    row.set(Feature::MarkedCovered, (quote.marked as f32 / (scene.marked_words as f32).max(1.0)).min(1.0));
    row.set(Feature::LnWorth, ln1p(quote.worth));
    row.set(Feature::LnDeeper, ln1p(quote.deeper as f32));
    row.flag(Feature::MostDeeper, quote.deeper > 0 && quote.deeper == all.most_deeper);
    row.set(Feature::DeeperShare, quote.deeper as f32 / quote.run as f32);
    row.set(Feature::LnLevel, ln1p(quote.level as f32));
    row.flag(Feature::LastQuoted, quote.last_end == all.last_end);
    row.set(Feature::TheirShare, (quote.run as f32 / candidate.words.max(1.0)).min(1.0));
    row.flag(Feature::TheirStart, quote.their_start < 4);
    row.flag(Feature::QuotedWholly, quote.run as f32 >= words * 0.9);
    if quote.strong {
        row.set(Feature::Strong, 1.0);
        row.flag(Feature::Sure, quote.sure() && all.sure == 1);
        row.flag(Feature::SureRoot, quote.sure() && candidate.root);
        row.flag(Feature::StrongOriginal, quote.strong_original);
        row.flag(Feature::OnlyStrong, all.strong == 1);
        row.set(Feature::DistanceStrong, candidate.ln_distance);
        row.flag(Feature::RootStrong, candidate.root);
        row.flag(Feature::LatestStrong, candidate.node == all.latest_strong);
    }
}
