//! The conditional logit: weights that make the true parents likely among their candidates.

use std::ops::Range;

use rayon::prelude::*;

use super::lbfgs::minimize;

const STEPS: usize = 200;
/// Near a base, a feature that hardly varies in these threads is held as if it varied this much: a handful of cases is
/// no reason to forget what wider experience says of it.
const LEAST_SCALE: f64 = 0.3;
/// Near a base, a feature that fewer comments than this, times their weight, show at all keeps the base's weight.
const LEAST_COMMENTS: f64 = 60.0;

/// The rows of a choice that can be learned from.
pub(super) type Lesson = Range<usize>;

/// The comments of a page with their candidates' features, most of which are zero and not kept.
pub(super) struct Choices {
    /// First row of each choice, and the end of the last.
    rows: Vec<usize>,
    /// First value of each row, and the end of the last.
    starts: Vec<usize>,
    features: Vec<u16>,
    values: Vec<f32>,
    right: Vec<bool>,
    /// What is added to the score of each row, whatever the weights; empty for nothing.
    offsets: Vec<f32>,
    /// How much each choice of the page counts.
    pub weight: f32,
}

impl Choices {
    /// Nothing yet.
    pub fn new(weight: f32) -> Self {
        Choices {
            rows: vec![0],
            starts: vec![0],
            features: Vec::new(),
            values: Vec::new(),
            right: Vec::new(),
            offsets: Vec::new(),
            weight,
        }
    }

    /// Appends a candidate of the choice at hand.
    pub fn push_row(&mut self, values: impl Iterator<Item = f32>, right: bool) {
        for (feature, value) in values.enumerate().filter(|(_, value)| *value != 0.0) {
            self.features.push(u16::try_from(feature).unwrap_or(u16::MAX));
            self.values.push(value);
        }
        self.starts.push(self.values.len());
        self.right.push(right);
    }

    /// Appends a candidate like one of another set, with more features after the first `count`; returns its row.
    pub fn push_longer(&mut self, other: &Choices, row: usize, count: usize, more: &[f32]) -> usize {
        let span = other.starts[row]..other.starts[row + 1];
        self.features.extend_from_slice(&other.features[span.clone()]);
        self.values.extend_from_slice(&other.values[span]);
        for (feature, value) in more.iter().enumerate().filter(|(_, value)| **value != 0.0) {
            self.features.push(u16::try_from(count + feature).unwrap_or(u16::MAX));
            self.values.push(*value);
        }
        self.starts.push(self.values.len());
        self.right.push(other.right[row]);
        self.right.len() - 1
    }

    /// Closes the choice at hand.
    pub fn close(&mut self) {
        self.rows.push(self.right.len());
    }

    /// The rows of each choice.
    pub fn each(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.rows.windows(2).map(|pair| pair[0]..pair[1])
    }

    /// The score of a row.
    pub fn score(&self, row: usize, weights: &[f32]) -> f32 {
        self.cells(row).map(|(feature, value)| weights[feature] * value).sum()
    }

    /// What is added to the score of a row.
    pub fn offset(&self, row: usize) -> f32 {
        self.offsets.get(row).copied().unwrap_or(0.0)
    }

    /// Sets what is added to the score of each row.
    pub fn set_offsets(&mut self, offset: impl Fn(&Choices, usize) -> f32) {
        self.offsets = (0..self.right.len()).map(|row| offset(self, row)).collect();
    }

    /// Whether a row is a right one.
    #[cfg(test)]
    pub fn is_right(&self, row: usize) -> bool {
        self.right[row]
    }

    /// The rows of each choice that can be learned from: more than one, and a right one among them.
    pub fn lessons(&self) -> impl Iterator<Item = Lesson> + '_ {
        self.each().filter(|rows| rows.len() > 1 && self.right[rows.clone()].contains(&true))
    }

    /// The features of a row that are set.
    pub fn cells(&self, row: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        let span = self.starts[row]..self.starts[row + 1];
        self.features[span.clone()].iter().zip(&self.values[span]).map(|(f, v)| (usize::from(*f), *v))
    }

    /// Turns the scores of a choice into shares: by how much each row is likelier than it should be. Gives the probability
    /// of the right ones.
    pub fn shares(&self, lesson: &Lesson, scores: &mut [f64]) -> f64 {
        let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (mut all, mut right) = (0.0, 0.0);
        for (score, row) in scores.iter_mut().zip(lesson.clone()) {
            *score = (*score - most).exp();
            all += *score;
            right += if self.right[row] { *score } else { 0.0 };
        }
        right = f64::max(right, 1e-300);
        for (score, row) in scores.iter_mut().zip(lesson.clone()) {
            *score = *score / all - if self.right[row] { *score / right } else { 0.0 };
        }
        right / all
    }
}

/// The standard deviation of each feature over all rows; 1 where it is never set.
pub(super) fn scales(parts: &[&Choices], count: usize) -> Vec<f64> {
    let (mut sums, mut squares, mut rows) = (vec![0.0; count], vec![0.0; count], 0.0);
    for part in parts {
        let weight = f64::from(part.weight);
        for (feature, value) in part.features.iter().zip(&part.values) {
            sums[usize::from(*feature)] += weight * f64::from(*value);
            squares[usize::from(*feature)] += weight * f64::from(*value) * f64::from(*value);
        }
        rows += weight * part.right.len() as f64;
    }
    let rows = f64::max(rows, 1.0);
    let deviation = |(sum, square): (&f64, &f64)| (square / rows - (sum / rows).powi(2)).max(0.0).sqrt();
    sums.iter().zip(&squares).map(deviation).map(|d| if d > 1e-3 { d } else { 1.0 }).collect()
}

/// How many comments show a feature on some candidate.
fn shown(parts: &[&Choices], count: usize) -> Vec<f64> {
    let mut shown = vec![0.0; count];
    let mut last = vec![(usize::MAX, 0); count];
    for (at, part) in parts.iter().enumerate() {
        for rows in part.lessons() {
            let values = part.starts[rows.start]..part.starts[rows.end];
            for feature in part.features[values].iter().map(|feature| usize::from(*feature)) {
                if last[feature] != (at, rows.start) {
                    last[feature] = (at, rows.start);
                    shown[feature] += f64::from(part.weight);
                }
            }
        }
    }
    shown
}

/// Weights near `base` (or near zero) that make the right candidates likely: the log loss plus `pull` times the squared
/// distance, in units of each feature's standard deviation.
pub(super) fn fit(parts: &[&Choices], count: usize, pull: f64, base: Option<&[f32]>) -> Vec<f32> {
    let total: f64 =
        parts.iter().map(|part| f64::from(part.weight) * part.lessons().count() as f64).sum::<f64>().max(1.0);
    let mut scales = scales(parts, count);
    let mut free = vec![true; count];
    if base.is_some() {
        free = shown(parts, count).iter().map(|comments| *comments >= LEAST_COMMENTS).collect();
        scales.iter_mut().for_each(|scale| *scale = scale.max(LEAST_SCALE));
    }
    let at = |feature: usize| base.and_then(|base| base.get(feature)).map_or(0.0, |weight| f64::from(*weight));
    let center: Vec<f64> = scales.iter().enumerate().map(|(feature, scale)| at(feature) * scale).collect();
    let pull = pull / total;
    let found = minimize(center.clone(), STEPS, |point, gradient| {
        let raw: Vec<f64> = point.iter().zip(&scales).map(|(x, scale)| x / scale).collect();
        let mut value = slope(parts, &raw, gradient) / total;
        for (((gradient, x), center), scale) in gradient.iter_mut().zip(point).zip(&center).zip(&scales) {
            *gradient = *gradient / (total * scale) + 2.0 * pull * (x - center);
            value += pull * (x - center) * (x - center);
        }
        gradient.iter_mut().zip(&free).filter(|(_, free)| !**free).for_each(|(gradient, _)| *gradient = 0.0);
        value
    });
    found.iter().zip(&scales).map(|(x, scale)| (x / scale) as f32).collect()
}

/// The log loss and its gradient. The sums of pages are added in their order, so that results do not depend on the
/// number of processors.
fn slope(parts: &[&Choices], weights: &[f64], gradient: &mut [f64]) -> f64 {
    let slopes: Vec<(f64, Vec<f64>)> = parts.par_iter().map(|part| slope_of(part, weights)).collect();
    gradient.fill(0.0);
    let mut value = 0.0;
    for (loss, slope) in slopes {
        value += loss;
        gradient.iter_mut().zip(slope).for_each(|(sum, part)| *sum += part);
    }
    value
}

fn slope_of(choices: &Choices, weights: &[f64]) -> (f64, Vec<f64>) {
    let (mut value, mut gradient, mut scores) = (0.0, vec![0.0; weights.len()], Vec::new());
    let weight = f64::from(choices.weight);
    for rows in choices.lessons() {
        scores.clear();
        let linear = |row: usize| choices.cells(row).map(|(f, v)| weights[f] * f64::from(v)).sum::<f64>();
        scores.extend(rows.clone().map(|row| f64::from(choices.offset(row)) + linear(row)));
        value -= weight * choices.shares(&rows, &mut scores).ln();
        for (share, row) in scores.iter().zip(rows) {
            if share.abs() > 1e-9 {
                choices.cells(row).for_each(|(f, v)| gradient[f] += weight * share * f64::from(v));
            }
        }
    }
    (value, gradient)
}
