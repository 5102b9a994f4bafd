//! Limited-memory BFGS (Nocedal, "Updating quasi-Newton matrices with limited storage", 1980) with a backtracking line
//! search: enough for a convex loss of a few hundred weights.

use std::collections::VecDeque;

/// Pairs of steps and gradient changes that are remembered.
const MEMORY: usize = 10;
/// Sufficient decrease, Armijo's condition.
const DECREASE: f64 = 1e-4;
/// A gradient this small, relative to the point, ends the search.
const TOLERANCE: f64 = 1e-5;
/// So does a step that lowers the value by less than this share of it.
const PROGRESS: f64 = 2e-6;

/// The point where a convex function is least, as far as `steps` steps lead. `loss` fills the gradient and returns the
/// value.
pub(super) fn minimize(start: Vec<f64>, steps: usize, mut loss: impl FnMut(&[f64], &mut [f64]) -> f64) -> Vec<f64> {
    let mut point = start;
    let mut gradient = vec![0.0; point.len()];
    let mut value = loss(&point, &mut gradient);
    let mut memory: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::with_capacity(MEMORY);
    for _ in 0..steps {
        if norm(&gradient) <= TOLERANCE * norm(&point).max(1.0) {
            break;
        }
        let mut direction = direction(&gradient, &memory);
        let mut slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            memory.clear();
            direction = gradient.iter().map(|g| -g).collect();
            slope = dot(&direction, &gradient);
        }
        let mut length = if memory.is_empty() { (1.0 / norm(&gradient)).min(1.0) } else { 1.0 };
        let mut new_gradient = vec![0.0; point.len()];
        let (new_point, new_value) = loop {
            let candidate: Vec<f64> = point.iter().zip(&direction).map(|(x, d)| x + length * d).collect();
            let candidate_value = loss(&candidate, &mut new_gradient);
            if candidate_value <= value + DECREASE * length * slope {
                break (candidate, candidate_value);
            }
            length *= 0.5;
            if length < 1e-12 {
                return point;
            }
        };
        let step: Vec<f64> = new_point.iter().zip(&point).map(|(new, old)| new - old).collect();
        let change: Vec<f64> = new_gradient.iter().zip(&gradient).map(|(new, old)| new - old).collect();
        let curvature = dot(&step, &change);
        if curvature > 1e-12 {
            if memory.len() == MEMORY {
                memory.pop_front();
            }
            memory.push_back((step, change, 1.0 / curvature));
        }
        let done = value - new_value < PROGRESS * value.abs();
        (point, value, gradient) = (new_point, new_value, new_gradient);
        if done {
            break;
        }
    }
    point
}

/// The two-loop recursion: minus the inverse Hessian's estimate times the gradient.
fn direction(gradient: &[f64], memory: &VecDeque<(Vec<f64>, Vec<f64>, f64)>) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut factors = Vec::with_capacity(memory.len());
    for (step, change, rho) in memory.iter().rev() {
        let factor = rho * dot(step, &direction);
        add(&mut direction, -factor, change);
        factors.push(factor);
    }
    if let Some((_, change, rho)) = memory.back() {
        let scale = 1.0 / (rho * dot(change, change));
        direction.iter_mut().for_each(|d| *d *= scale);
    }
    for ((step, change, rho), factor) in memory.iter().zip(factors.into_iter().rev()) {
        let correction = factor - rho * dot(change, &direction);
        add(&mut direction, correction, step);
    }
    direction
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

fn add(to: &mut [f64], factor: f64, from: &[f64]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += factor * from);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badly_scaled_bowl_is_walked_to_its_bottom() {
        let found = minimize(vec![5.0, -3.0, 1.0], 200, |x, gradient| {
            let scale = [1.0, 100.0, 0.01];
            let target = [1.0, 2.0, 3.0];
            let mut value = 0.0;
            for k in 0..3 {
                gradient[k] = 2.0 * scale[k] * (x[k] - target[k]);
                value += scale[k] * (x[k] - target[k]).powi(2);
            }
            value
        });
        assert!(
            (found[0] - 1.0).abs() < 1e-2 && (found[1] - 2.0).abs() < 1e-3 && (found[2] - 3.0).abs() < 1e-1,
            "{found:?}"
        );
    }
}
