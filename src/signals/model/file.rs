//! The form of a model file, and reading and writing it.
//!
//! ```text
//! "quell\0m1"   8 bytes
//! length        u32, little-endian: bytes of the header
//! header        JSON: what the model is, from what data, with which settings, and how to read its scores
//! weights       two bytes a place, sharp and broad: sign and square root of each over the half's largest
//! checksum      blake3 of all the above, 32 bytes
//! ```
//!
//! Not here: what the weights mean.

use std::borrow::Cow;
use std::io::Write;

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use super::features;
use super::fit::Settings;

const MAGIC: &[u8; 8] = b"quell\0m1";
const CHECKSUM: usize = 32;

/// What a model file says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The signal it computes.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// The version of the features it was fitted on.
    pub features: u32,
    /// Whether it was fitted on English alone, and so has nothing to say of other languages.
    pub english: bool,
    /// What a byte at its largest stands for, in the sharp and in the broad half.
    pub scales: [f32; 2],
    /// From score to probability.
    pub calibration: Calibration,
    /// From which probability on to flag.
    pub thresholds: Thresholds,
    /// How it was fitted.
    pub settings: Settings,
    /// What it was fitted on.
    pub data: Vec<Data>,
}

/// Platt's calibration: the probability is the logistic function of `slope · score + offset`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Times the score.
    pub slope: f64,
    /// Added after that.
    pub offset: f64,
}

/// Probabilities from which on to flag, by the share of harmless comments flagged in validation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// At 2 in 100.
    pub usual: f64,
    /// At 5 in 1,000.
    pub strict: f64,
}

/// One set of labelled texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// Its name.
    pub name: String,
    /// The blake3 sum of its lines as they were read.
    pub blake3: String,
    /// Rows used.
    pub rows: usize,
    /// Rows of them that were positive.
    pub positive: usize,
}

/// A model file taken apart.
#[derive(Debug, Clone)]
pub struct Parts {
    /// What it says of itself.
    pub header: Header,
    /// The weights, two bytes a place.
    pub weights: Cow<'static, [u8]>,
    /// The first half of the checksum in hexadecimal: the model's id.
    pub id: String,
}

/// Takes a model file apart. A file that was changed, cut off or made for other features is an error. What is part of the
/// program is not summed up again each time it starts: a test does that.
pub fn read(bytes: Cow<'static, [u8]>) -> Result<Parts> {
    ensure!(bytes.starts_with(MAGIC), "not a model file of quell");
    ensure!(bytes.len() >= MAGIC.len() + 4 + CHECKSUM, "the model file is cut off");
    let end = bytes.len() - CHECKSUM;
    let sum = blake3::Hash::from_slice(&bytes[end..])?;
    let good = matches!(bytes, Cow::Borrowed(_)) || blake3::hash(&bytes[..end]) == sum;
    ensure!(good, "the model file is cut off or changed: its checksum differs");
    let mut length = [0; 4];
    length.copy_from_slice(&bytes[MAGIC.len()..MAGIC.len() + 4]);
    let start = MAGIC.len() + 4;
    let Some(middle) = start.checked_add(u32::from_le_bytes(length) as usize).filter(|middle| *middle <= end) else {
        bail!("the model file says that its header is longer than the file");
    };
    let header: Header = serde_json::from_slice(&bytes[start..middle]).context("the model file's header")?;
    let ours = features::VERSION;
    ensure!(header.features == ours, "the model was made for features {}, this quell has {ours}", header.features);
    ensure!(header.settings.bits <= 26 && end - middle == 2 << header.settings.bits, "wrong number of weights");
    let weights = match bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[middle..end]),
        Cow::Owned(bytes) => Cow::Owned(bytes[middle..end].to_vec()),
    };
    Ok(Parts { header, weights, id: sum.to_hex()[..16].to_owned() })
}

/// Writes a model file.
pub fn write(header: &Header, weights: &[u8], out: &mut impl Write) -> Result<()> {
    let json = serde_json::to_vec(header)?;
    let mut bytes = Vec::with_capacity(json.len() + weights.len() + 64);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&u32::try_from(json.len())?.to_le_bytes());
    bytes.extend_from_slice(&json);
    bytes.extend_from_slice(weights);
    bytes.extend_from_slice(blake3::hash(&bytes).as_bytes());
    out.write_all(&bytes).context("writing the model file")
}

/// Rounds both halves and puts them together, two bytes a place; gives the bytes and the halves' scales.
pub fn interleave(sharp: &[f32], broad: &[f32]) -> (Vec<u8>, [f32; 2]) {
    let ((sharp, sharp_scale), (broad, broad_scale)) = (round(sharp), round(broad));
    let bytes = sharp.into_iter().zip(broad).flat_map(<[u8; 2]>::from).collect();
    (bytes, [sharp_scale, broad_scale])
}

/// Rounds weights to a byte each, square roots evenly spaced, so that small weights keep their sign and size.
/// Gives the bytes and what the largest stands for.
fn round(weights: &[f32]) -> (Vec<u8>, f32) {
    let scale = weights.iter().fold(0f32, |most, w| most.max(w.abs()));
    let byte = |w: &f32| (((w.abs() / scale.max(f32::MIN_POSITIVE)).sqrt() * 127.0).round() * w.signum()) as i8 as u8;
    (weights.iter().map(byte).collect(), scale)
}

/// What each byte stands for.
pub fn values(scale: f32) -> [f32; 256] {
    std::array::from_fn(|byte| {
        let root = f32::from(byte as u8 as i8) / 127.0;
        root * root.abs() * scale
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        let header = Header {
            name: "test".into(),
            version: 1,
            features: features::VERSION,
            english: true,
            scales: [1.0; 2],
            calibration: Calibration { slope: 1.0, offset: 0.5 },
            thresholds: Thresholds { usual: 0.5, strict: 0.9 },
            settings: Settings { bits: 4, ..Settings::default() },
            data: Vec::new(),
        };
        let mut out = Vec::new();
        write(&header, &[7; 32], &mut out).expect("a vector takes everything");
        out
    }

    #[test]
    fn comes_back_as_it_went() {
        let parts = read(file().into()).expect("readable");
        assert_eq!((parts.header.calibration.offset, parts.weights.len(), parts.id.len()), (0.5, 32, 16));
    }

    #[test]
    fn every_cut_and_every_flipped_byte_is_refused() {
        let good = file();
        for at in 0..good.len() {
            assert!(read(good[..at].to_vec().into()).is_err(), "cut at {at}");
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(read(bad.into()).is_err(), "flipped at {at}");
        }
    }

    #[test]
    fn rounding_keeps_small_weights_apart_from_nothing() {
        let (bytes, scale) = round(&[1.0, -0.001, 0.0, 0.25]);
        let values = values(scale);
        let back: Vec<f32> = bytes.iter().map(|b| values[usize::from(*b)]).collect();
        assert!((back[0] - 1.0).abs() < 1e-6 && back[1] < 0.0 && back[2] == 0.0);
        assert!((back[3] - 0.25).abs() < 0.01);
    }
}
