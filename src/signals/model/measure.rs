//! How well scores agree with labels: ROC-AUC, precision, recall, F1, false-positive rate, average precision and
//! calibration error.
//!
//! Not here: where the scores and labels come from.

use serde::Serialize;

/// Bins of the calibration error.
const BINS: usize = 15;

/// The figures of one set of scores.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Scored rows.
    pub rows: usize,
    /// Rows labelled positive.
    pub positive: usize,
    /// Rows the scorer would not judge; they count nowhere else.
    pub abstained: usize,
    /// The chance that a positive row scores above a negative one.
    pub auc: f64,
    /// The area under the curve of precision over recall.
    pub average_precision: f64,
    /// The threshold that the next four figures are taken at.
    pub threshold: f64,
    /// Positive rows among those at or above the threshold.
    pub precision: f64,
    /// Rows at or above the threshold among the positive ones.
    pub recall: f64,
    /// The harmonic mean of precision and recall.
    pub f1: f64,
    /// Rows at or above the threshold among the negative ones.
    pub false_positive_rate: f64,
    /// How far the scores, read as probabilities, are from the shares of positive rows: the expected calibration
    /// error over 15 bins.
    pub calibration_error: f64,
}

/// Measures scores with their labels at a threshold.
pub fn measure(scored: &[(f64, bool)], abstained: usize, threshold: f64) -> Figures {
    let positive = scored.iter().filter(|(_, y)| *y).count();
    let negative = scored.len() - positive;
    let hit = scored.iter().filter(|(s, y)| *s >= threshold && *y).count();
    let wrong = scored.iter().filter(|(s, y)| *s >= threshold && !*y).count();
    let (precision, recall) = (share(hit, hit + wrong), share(hit, positive));
    Figures {
        rows: scored.len(),
        positive,
        abstained,
        auc: auc(scored),
        average_precision: average_precision(scored),
        threshold,
        precision,
        recall,
        f1: if hit == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) },
        false_positive_rate: share(wrong, negative),
        calibration_error: calibration_error(scored),
    }
}

/// The lowest threshold at which at most this share of negative rows is flagged.
pub fn threshold_at(scored: &[(f64, bool)], false_positive_rate: f64) -> f64 {
    let mut negative: Vec<f64> = scored.iter().filter(|(_, y)| !*y).map(|(s, _)| *s).collect();
    negative.sort_by(|a, b| b.total_cmp(a));
    let allowed = (negative.len() as f64 * false_positive_rate) as usize;
    negative.get(allowed).map_or(0.0, |highest_left| highest_left.next_up())
}

/// The area under the ROC curve; equal scores count half.
pub fn auc(scored: &[(f64, bool)]) -> f64 {
    let sorted = descending(scored);
    let (mut above, mut area, mut positive) = (0f64, 0f64, 0f64);
    for tie in sorted.chunk_by(|a, b| a.0 == b.0) {
        let hits = tie.iter().filter(|(_, y)| *y).count() as f64;
        let misses = tie.len() as f64 - hits;
        area += misses * (above + hits / 2.0);
        above += hits;
        positive += hits;
    }
    let negative = scored.len() as f64 - positive;
    if positive * negative == 0.0 { f64::NAN } else { area / (positive * negative) }
}

fn average_precision(scored: &[(f64, bool)]) -> f64 {
    let (mut hits, mut seen, mut sum) = (0usize, 0usize, 0f64);
    for tie in descending(scored).chunk_by(|a, b| a.0 == b.0) {
        let new = tie.iter().filter(|(_, y)| *y).count();
        hits += new;
        seen += tie.len();
        sum += new as f64 * share(hits, seen);
    }
    if hits == 0 { f64::NAN } else { sum / hits as f64 }
}

fn calibration_error(scored: &[(f64, bool)]) -> f64 {
    let mut bins = [(0f64, 0f64, 0f64); BINS];
    for (score, y) in scored {
        let bin = &mut bins[((score * BINS as f64) as usize).min(BINS - 1)];
        *bin = (bin.0 + score, bin.1 + f64::from(u8::from(*y)), bin.2 + 1.0);
    }
    bins.iter().map(|(scores, labels, _)| (scores - labels).abs()).sum::<f64>() / scored.len().max(1) as f64
}

fn descending(scored: &[(f64, bool)]) -> Vec<(f64, bool)> {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    sorted
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORED: [(f64, bool); 4] = [(0.9, true), (0.6, false), (0.4, true), (0.1, false)];

    #[test]
    fn figures_of_four_rows() {
        let f = measure(&SCORED, 1, 0.5);
        assert_eq!((f.auc, f.precision, f.recall, f.f1, f.false_positive_rate), (0.75, 0.5, 0.5, 0.5, 0.5));
        assert!((f.average_precision - (1.0 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
        assert_eq!(f.abstained, 1);
    }

    #[test]
    fn equal_scores_say_nothing() {
        assert_eq!(auc(&[(0.5, true), (0.5, false)]), 0.5);
    }

    #[test]
    fn a_threshold_keeps_its_rate() {
        let threshold = threshold_at(&SCORED, 0.5);
        assert_eq!(measure(&SCORED, 0, threshold).false_positive_rate, 0.5);
        assert_eq!(measure(&SCORED, 0, threshold_at(&SCORED, 0.0)).false_positive_rate, 0.0);
    }
}
