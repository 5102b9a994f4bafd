//! Fits a linear model over hashed features: logistic regression by AdaGrad, each feature scaled by its naive-Bayes
//! log-ratio (Wang and Manning, *Baselines and Bigrams*, ACL 2012).
//!
//! Not here: reading data, and rounding the weights to eight bits. The same rows, settings and seed give the same
//! weights, bit for bit.

use serde::{Deserialize, Serialize};

use super::features::Features;
use super::shuffle::Chance;

/// One labelled text.
#[derive(Debug, Clone)]
pub struct Example {
    /// Its features.
    pub features: Features,
    /// Whether it is what the model looks for.
    pub y: bool,
    /// How much it counts; 1 is usual.
    pub weight: f32,
}

/// How to fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The table holds 2 to this power weights.
    pub bits: u32,
    /// How often the rows are gone through.
    pub epochs: u32,
    /// AdaGrad's rate.
    pub rate: f32,
    /// What is added to a feature's counts before their ratio is taken.
    pub smoothing: f32,
    /// Log-ratios are cut at this many times their root mean square.
    pub clamp: f32,
    /// Decides the order of the rows.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { bits: 20, epochs: 4, rate: 0.5, smoothing: 1.0, clamp: 4.0, seed: 1 }
    }
}

/// What was fitted: the score of a text with features f1 … fn is `bias + Σ weights / √n`.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// One weight a place of the table.
    pub weights: Vec<f32>,
    /// Added to each score.
    pub bias: f32,
}

/// Fits the examples.
pub fn fit(examples: &[Example], settings: &Settings) -> Fitted {
    let mask = (1u32 << settings.bits) - 1;
    let ratios = log_ratios(examples, settings, mask);
    let mut learned = vec![[0f32; 2]; ratios.len()];
    let mut bias = [0f32; 2];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut chance = Chance::new(settings.seed);
    for _ in 0..settings.epochs {
        chance.shuffle(&mut order);
        for example in order.iter().map(|at| &examples[*at]) {
            let size = 1.0 / (example.features.hashes.len().max(1) as f32).sqrt();
            let places = || example.features.hashes.iter().map(|hash| (hash & mask) as usize);
            let sum: f32 = places().map(|at| learned[at][0] * ratios[at]).sum();
            let error = (sigmoid(sum * size + bias[0]) - f32::from(example.y)) * example.weight;
            for at in places() {
                step(&mut learned[at], error * ratios[at] * size, settings.rate);
            }
            step(&mut bias, error, settings.rate);
        }
    }
    Fitted { weights: learned.iter().zip(&ratios).map(|(u, r)| u[0] * r).collect(), bias: bias[0] }
}

/// One step of AdaGrad: the value, and the sum of squared gradients that slows it.
fn step(state: &mut [f32; 2], gradient: f32, rate: f32) {
    state[1] += gradient * gradient;
    state[0] -= rate * gradient / (state[1].sqrt() + 1e-6);
}

/// The logarithm of how much more often each feature stands in positive examples, cut at a few times its usual size.
fn log_ratios(examples: &[Example], settings: &Settings, mask: u32) -> Vec<f32> {
    let mut counts = vec![[settings.smoothing; 2]; mask as usize + 1];
    for example in examples {
        for hash in &example.features.hashes {
            counts[(hash & mask) as usize][usize::from(example.y)] += example.weight;
        }
    }
    let total = counts.iter().fold([0f64; 2], |sum, c| [sum[0] + f64::from(c[0]), sum[1] + f64::from(c[1])]);
    let shift = (total[0] / total[1]).ln() as f32;
    let mut ratios: Vec<f32> = counts.iter().map(|c| (c[1] / c[0]).ln() + shift).collect();
    let seen = counts.iter().zip(&ratios).filter(|(c, _)| c[0] + c[1] > 2.0 * settings.smoothing);
    let (sum, many) = seen.fold((0f64, 0usize), |(sum, many), (_, r)| (sum + f64::from(r * r), many + 1));
    let rms = (sum / many.max(1) as f64).sqrt().max(1e-6) as f32;
    let most = settings.clamp * rms;
    ratios.iter_mut().for_each(|r| *r = r.clamp(-most, most) / rms);
    ratios
}

/// From a score to a probability.
pub fn sigmoid(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}
