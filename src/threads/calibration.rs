//! From the score's own probability to a confidence that means what it says: per class of evidence a line in log odds,
//! fitted on threads that the weights have not seen, and caps where only likeness or position speaks.

use serde::{Deserialize, Serialize};

use super::edge::Class;

/// Only position or likeness: never surer than this.
const CAP_WITHOUT_NAMES: f32 = 0.90;
/// The same when nothing is known of the site.
const CAP_CAUTIOUS: f32 = 0.80;
/// Quotations and names.
const CAP: f32 = 0.99;
/// How strongly a line is held to that of wider experience, in outcomes, while there is little to learn from.
const PRIOR: f64 = 16.0;

/// A line in log odds for each inferred class.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Calibration {
    quote: Line,
    mention: Line,
    wording: Line,
    position: Line,
}

/// Confidence = σ(slope · logit(p) + shift).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    slope: f32,
    shift: f32,
}

impl Default for Line {
    fn default() -> Self {
        Line { slope: 1.0, shift: 0.0 }
    }
}

/// One chosen edge of a thread whose truth is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    /// What it rests on.
    pub class: Class,
    /// The score's probability.
    pub probability: f32,
    /// Whether it is true.
    pub right: bool,
}

impl Calibration {
    /// The confidence to show.
    pub fn confidence(&self, class: Class, probability: f32, cautious: bool) -> f32 {
        let (line, cap) = match class {
            Class::Explicit => return 1.0,
            Class::Quote => (self.quote, CAP),
            Class::Mention => (self.mention, CAP),
            Class::Wording => (self.wording, if cautious { CAP_CAUTIOUS } else { CAP_WITHOUT_NAMES }),
            Class::Position => (self.position, if cautious { CAP_CAUTIOUS } else { CAP_WITHOUT_NAMES }),
        };
        sigmoid(f64::from(line.slope) * logit(probability) + f64::from(line.shift)).min(f64::from(cap)) as f32
    }

    /// Fits a line for each class, near those of wider experience.
    pub fn fit(outcomes: &[Outcome], wider: &Calibration) -> Calibration {
        let line = |class: Class, wider: Line| {
            wider.fit(
                outcomes
                    .iter()
                    .filter(|outcome| outcome.class == class)
                    .map(|outcome| (logit(outcome.probability), outcome.right)),
            )
        };
        Calibration {
            quote: line(Class::Quote, wider.quote),
            mention: line(Class::Mention, wider.mention),
            wording: line(Class::Wording, wider.wording),
            position: line(Class::Position, wider.position),
        }
    }
}

impl Line {
    /// Newton's method on the log likelihood, which is concave, with a prior around this line.
    fn fit(self, points: impl Iterator<Item = (f64, bool)>) -> Line {
        let points: Vec<(f64, f64)> = points.map(|(x, right)| (x, f64::from(u8::from(right)))).collect();
        let center = (f64::from(self.slope), f64::from(self.shift));
        let (mut slope, mut shift) = center;
        for _ in 0..50 {
            let (mut gs, mut gb) = (PRIOR * (slope - center.0), PRIOR * (shift - center.1));
            let (mut ss, mut sb, mut bb) = (PRIOR, 0.0, PRIOR);
            for (x, y) in &points {
                let p = sigmoid(slope * x + shift);
                let weight = p * (1.0 - p);
                gs += (p - y) * x;
                gb += p - y;
                ss += weight * x * x;
                sb += weight * x;
                bb += weight;
            }
            let determinant = ss * bb - sb * sb;
            let step = ((bb * gs - sb * gb) / determinant, (ss * gb - sb * gs) / determinant);
            // Half steps where a full one would leave the region that the curve is known for.
            let scale = if step.0.abs() > 0.5 || step.1.abs() > 0.5 { 0.5 } else { 1.0 };
            slope = (slope - scale * step.0).clamp(0.05, 5.0);
            shift = (shift - scale * step.1).clamp(-5.0, 5.0);
        }
        let rounded = |value: f64| super::profile::rounded(value as f32);
        Line { slope: rounded(slope), shift: rounded(shift) }
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn logit(probability: f32) -> f64 {
    let p = f64::from(probability).clamp(1e-6, 1.0 - 1e-6);
    (p / (1.0 - p)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overconfident_score_is_taken_back() {
        let outcomes: Vec<Outcome> =
            (0..1000).map(|k| Outcome { class: Class::Quote, probability: 0.95, right: k % 10 < 7 }).collect();
        let confidence = Calibration::fit(&outcomes, &Calibration::default()).confidence(Class::Quote, 0.95, false);
        assert!((confidence - 0.7).abs() < 0.03, "{confidence}");
    }

    #[test]
    fn caps_hold() {
        let plain = Calibration::default();
        assert_eq!(plain.confidence(Class::Position, 0.999, true), CAP_CAUTIOUS);
        assert_eq!(plain.confidence(Class::Wording, 0.999, false), CAP_WITHOUT_NAMES);
        assert_eq!(plain.confidence(Class::Quote, 0.9999, true), CAP);
    }
}
