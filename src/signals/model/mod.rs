//! One learner, used three ways: for the shipped heads, for anyone's own, and under what a database learns.
//!
//! ```text
//! text ─► reading (folded) ─► features (hashes) ─► Σ sharp / √n + share · Σ broad / n ─► calibrated probability
//! ```
//!
//! Not here: which data a head is made from (`train`) and what its probability is used for.

pub mod features;
pub mod file;
pub mod fit;
pub mod hash;
pub mod logistic;
pub mod measure;
pub mod reading;
pub mod shuffle;

mod context;
mod explain;

pub use explain::Heavy;

use std::borrow::Cow;
use std::io::Write;

use anyhow::Result;

use features::Features;
use file::{Calibration, Header, Parts};
use reading::Reading;

/// A fitted model, ready to score.
#[derive(Debug, Clone)]
pub struct Model {
    parts: Parts,
    sharp: [f32; 256],
    broad: [f32; 256],
}

impl Model {
    /// Reads a model file: from the program itself without a copy, or from bytes read elsewhere.
    pub fn load(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Model> {
        let parts = file::read(bytes.into())?;
        let [sharp, broad] = parts.header.scales.map(file::values);
        Ok(Model { parts, sharp, broad })
    }

    /// Makes a model of fitted weights; the header's scales are set from them.
    pub fn new(mut header: Header, fitted: &fit::Fitted) -> Result<Model> {
        let (weights, scales) = file::interleave(&fitted.sharp, &fitted.broad);
        header.scales = scales;
        let mut bytes = Vec::new();
        file::write(&header, &weights, &mut bytes)?;
        Model::load(bytes)
    }

    /// The same weights under another header.
    pub fn with_header(&self, header: &Header) -> Result<Model> {
        let mut bytes = Vec::new();
        file::write(header, &self.parts.weights, &mut bytes)?;
        Model::load(bytes)
    }

    /// Writes the model as a file.
    pub fn save(&self, out: &mut impl Write) -> Result<()> {
        file::write(&self.parts.header, &self.parts.weights, out)
    }

    /// What the model says of itself.
    pub fn header(&self) -> &Header {
        &self.parts.header
    }

    /// Sixteen hexadecimal digits that name exactly these weights and this header.
    pub fn id(&self) -> &str {
        &self.parts.id
    }

    /// The raw score of a text.
    pub fn score(&self, features: &Features) -> f64 {
        let (mut sharp, mut broad) = (0f32, 0f32);
        let hashes = features.hashes(self.parts.header.settings.blind);
        for hash in hashes {
            let [s, b] = self.weights(*hash);
            sharp += s;
            broad += b;
        }
        let n = hashes.len().max(1) as f32;
        f64::from(sharp / n.sqrt() + self.parts.header.settings.broad_share * broad / n)
    }

    /// The log-odds that a raw score stands for.
    pub fn log_odds_of(&self, score: f64) -> f64 {
        let Calibration { slope, offset } = self.parts.header.calibration;
        slope * score + offset
    }

    /// The probability that a raw score stands for.
    pub fn probability_of(&self, score: f64) -> f64 {
        1.0 / (1.0 + (-self.log_odds_of(score)).exp())
    }

    /// The probability that a text is what the model looks for.
    pub fn probability(&self, features: &Features) -> f64 {
        self.probability_of(self.score(features))
    }

    /// The words that made the score, heaviest first, with their places in the original.
    pub fn explain(&self, reading: &Reading) -> Vec<Heavy> {
        explain::explain(self, reading)
    }

    /// The sharp and the broad weight of a feature.
    #[inline]
    fn weights(&self, hash: u32) -> [f32; 2] {
        let bytes = &self.parts.weights;
        let at = (hash as usize * 2) & (bytes.len() - 2);
        [self.sharp[usize::from(bytes[at])], self.broad[usize::from(bytes[at + 1])]]
    }
}
