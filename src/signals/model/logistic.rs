//! Logistic regression over a few dense features, by Newton's method: Platt calibration and the off-topic weights.
//!
//! Not for the hashed models, which have a million weights and are fitted in `fit`.

/// Steps after which the fit is taken as it is; it usually settles in eight.
const STEPS: usize = 50;

/// Finds the weights, the constant last, that make the labels likeliest, with `ridge` times the squared weights against
/// it (not against the constant). All rows must have the same length.
pub fn fit(rows: &[Vec<f64>], labels: &[f64], ridge: f64) -> Vec<f64> {
    let size = rows.first().map_or(0, Vec::len) + 1;
    let mut weights = vec![0.0; size];
    for _ in 0..STEPS {
        let mut slope = vec![0.0; size];
        let mut bend = vec![vec![0.0; size]; size];
        for (row, y) in rows.iter().zip(labels) {
            let p = probability(&weights, row);
            let heavy = (p * (1.0 - p)).max(1e-9);
            let value = |at: usize| row.get(at).copied().unwrap_or(1.0);
            for a in 0..size {
                slope[a] += (p - y) * value(a);
                for (b, cell) in bend[a].iter_mut().enumerate().take(a + 1) {
                    *cell += heavy * value(a) * value(b);
                }
            }
        }
        for a in 0..size {
            let pull = if a + 1 == size { 1e-9 } else { ridge };
            slope[a] += pull * weights[a];
            bend[a][a] += pull;
        }
        let change = solve(bend, slope);
        weights.iter_mut().zip(&change).for_each(|(w, c)| *w -= c.clamp(-5.0, 5.0));
        if change.iter().all(|c| c.abs() < 1e-9) {
            break;
        }
    }
    weights
}

/// The probability that weights give to a row.
pub fn probability(weights: &[f64], row: &[f64]) -> f64 {
    1.0 / (1.0 + (-score(weights, row)).exp())
}

/// The weighted sum of a row, with the constant.
pub fn score(weights: &[f64], row: &[f64]) -> f64 {
    let constant = weights.last().copied().unwrap_or(0.0);
    constant + weights.iter().zip(row).map(|(w, x)| w * x).sum::<f64>()
}

/// Solves a symmetric positive system, given by its lower half, by Cholesky's method.
fn solve(mut lower: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for a in 0..size {
        for b in 0..=a {
            let sum: f64 = (0..b).map(|c| lower[a][c] * lower[b][c]).sum();
            let rest = lower[a][b] - sum;
            lower[a][b] = if a == b { rest.max(1e-12).sqrt() } else { rest / lower[b][b] };
        }
        let sum: f64 = (0..a).map(|c| lower[a][c] * right[c]).sum();
        right[a] = (right[a] - sum) / lower[a][a];
    }
    for a in (0..size).rev() {
        let sum: f64 = (a + 1..size).map(|c| lower[c][a] * right[c]).sum();
        right[a] = (right[a] - sum) / lower[a][a];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_rate_of_a_constant() {
        let rows = vec![vec![]; 4];
        let weights = fit(&rows, &[1.0, 0.0, 0.0, 0.0], 0.0);
        assert!((probability(&weights, &[]) - 0.25).abs() < 1e-6);
    }

    #[test]
    fn a_ridge_keeps_separable_data_finite() {
        let rows: Vec<Vec<f64>> = (0..10).map(|n| vec![f64::from(n)]).collect();
        let labels: Vec<f64> = (0..10).map(|n| f64::from(u8::from(n >= 5))).collect();
        let weights = fit(&rows, &labels, 0.1);
        assert!(weights.iter().all(|w| w.is_finite()));
        assert!(probability(&weights, &[9.0]) > 0.9 && probability(&weights, &[0.0]) < 0.1);
    }
}
