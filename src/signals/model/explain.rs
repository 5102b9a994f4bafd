//! Why a text got its score: the weight of every feature given back to the words of the original that made it.

use std::collections::{BTreeMap, HashMap};
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

/// Shares the weight of each feature among the places where it stands, and sums it by word. A word pair counts
/// half to each of its words.
pub(super) fn explain(model: &Model, reading: &Reading) -> Vec<Heavy> {
    let mut places: HashMap<u32, u32> = HashMap::new();
    let mut starts: BTreeMap<usize, usize> = BTreeMap::new();
    each(reading, &mut |hash, span| {
        *places.entry(hash).or_default() += 1;
        if !span.is_empty() {
            let end = starts.entry(span.start).or_insert(span.end);
            *end = span.end.min(*end);
        }
    });
    let n = places.len().max(1) as f64;
    let slope = model.header().calibration.slope;
    let units = [slope / n.sqrt(), slope * f64::from(model.header().settings.broad_share) / n];
    let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
    each(reading, &mut |hash, span| {
        if span.is_empty() {
            return;
        }
        let [sharp, broad] = model.weights(hash).map(f64::from);
        let weight = (sharp * units[0] + broad * units[1]) / f64::from(places[&hash]);
        let last = last_word(&starts, &span);
        *sums.entry(span.start).or_default() += weight / 2.0;
        *sums.entry(last).or_default() += weight / 2.0;
    });
    let span = |start| start..starts.get(&start).copied().unwrap_or(start);
    let mut heavy: Vec<Heavy> = sums.into_iter().map(|(s, weight)| Heavy { span: span(s), weight }).collect();
    heavy.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.span.start.cmp(&b.span.start)));
    heavy
}

/// The start of the last word inside a span: the span's own unless it covers a pair.
fn last_word(starts: &BTreeMap<usize, usize>, span: &Range<usize>) -> usize {
    starts.range(span.clone()).next_back().map_or(span.start, |(start, _)| *start)
}
