//! Why a text got its score: the weight of every feature given back to the words of the original that made it.

use std::collections::HashMap;
use std::ops::Range;

use super::Model;
use super::features::each;
use super::reading::Reading;

/// A stretch of the original text and what it added to the score.
#[derive(Debug, Clone, PartialEq)]
pub struct Heavy {
    /// The bytes of the original.
    pub span: Range<usize>,
    /// What it added to the calibrated log-odds; below 0 where it spoke against.
    pub weight: f64,
}

/// Shares the weight of each feature among the places where it stands, and sums it by word. A word pair counts half to
/// each of its words. The weights of all words come to the log-odds without their constant, but for what holds of
/// the whole text.
pub(super) fn explain(model: &Model, reading: &Reading) -> Vec<Heavy> {
    let mut places: HashMap<u32, u32> = HashMap::new();
    let blind = model.header().settings.blind;
    each(reading, &mut |hash, _, named| *places.entry(hash).or_default() += u32::from(!(named && blind)));
    places.retain(|_, places| *places > 0);
    let n = places.len().max(1) as f64;
    let slope = model.header().calibration.slope;
    let units = [slope / n.sqrt(), slope * f64::from(model.header().settings.broad_share) / n];
    let mut heavy: Vec<Heavy> = stretches(reading).into_iter().map(|span| Heavy { span, weight: 0.0 }).collect();
    each(reading, &mut |hash, span, named| {
        if named && blind {
            return;
        }
        let [sharp, broad] = model.weights(hash).map(f64::from);
        let weight = (sharp * units[0] + broad * units[1]) / f64::from(places[&hash]);
        let first = heavy.partition_point(|word| word.span.end <= span.start);
        let last = heavy.partition_point(|word| word.span.start < span.end);
        if first < last {
            heavy[first].weight += weight / 2.0;
            heavy[last - 1].weight += weight / 2.0;
        }
    });
    heavy.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.span.start.cmp(&b.span.start)));
    heavy
}

/// The words of the original, in order; those that one disguised word covers are one stretch.
fn stretches(reading: &Reading) -> Vec<Range<usize>> {
    let marks = [&reading.exclaimed, &reading.asked].into_iter().filter_map(Option::clone);
    let mut spans: Vec<Range<usize>> = reading.words().map(|(_, _, span)| span).chain(marks).collect();
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start < last.end => last.end = span.end.max(last.end),
            _ => merged.push(span),
        }
    }
    merged
}
