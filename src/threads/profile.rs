//! Named sets of weights: what a kind of site has taught about its habits. They are data files, written by
//! `fit` and shipped with quell; nothing about them is chosen silently.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::calibration::Calibration;
use super::features::Feature;
use super::features::structure::Structure;
use super::net::{Net, UNITS};
use super::scan::Reach;

/// Weights, calibration and reach for one kind of site.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// What it is called and asked for by.
    pub name: String,
    /// How it was made: command, sets, seed.
    pub made: String,
    pub(crate) reach: Reach,
    /// Nothing is known of the site: confidence without quotation or mention is capped lower.
    pub(crate) cautious: bool,
    pub(crate) calibration: Calibration,
    /// Weights of the features that need no tree, and of those that do.
    pub(crate) words: Vec<f32>,
    pub(crate) tree: Vec<f32>,
    /// What the features mean together.
    pub(crate) net: Option<Net>,
}

/// A profile as it is written: weights by name, so that features can come and go.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    made: String,
    reach: Reach,
    cautious: bool,
    calibration: Calibration,
    weights: BTreeMap<String, f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    net: Option<NetFile>,
}

/// The hidden units as they are written: the numbers of all units in one line for each feature.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NetFile {
    bias: String,
    out: String,
    hidden: BTreeMap<String, String>,
}

impl NetFile {
    fn new(net: &Net) -> NetFile {
        let hidden = names().zip(&net.hidden).filter(|(_, units)| units.iter().any(|unit| rounded(*unit) != 0.0));
        NetFile {
            bias: line(&net.bias),
            out: line(&net.out),
            hidden: hidden.map(|(name, units)| ((*name).to_owned(), line(units))).collect(),
        }
    }

    fn read(&self) -> anyhow::Result<Net> {
        let mut net =
            Net { hidden: vec![[0.0; UNITS]; names().count()], bias: units(&self.bias)?, out: units(&self.out)? };
        for (name, line) in &self.hidden {
            net.hidden[position(name)?] = units(line)?;
        }
        Ok(net)
    }
}

fn line(units: &[f32; UNITS]) -> String {
    units.map(|unit| rounded(unit).to_string()).join(" ")
}

fn units(line: &str) -> anyhow::Result<[f32; UNITS]> {
    let units: Vec<f32> = line.split(' ').map(str::parse).collect::<Result<_, _>>().context("a number is expected")?;
    let count = units.len();
    units.try_into().ok().with_context(|| format!("{count} hidden units where {UNITS} are expected"))
}

impl Profile {
    /// A shipped profile: `blog`, `forum`, `email`, `chat`, `wiki` or `universal`.
    pub fn shipped(name: &str) -> Option<&'static Profile> {
        SHIPPED.iter().find(|profile| profile.name == name)
    }

    /// The names of the shipped profiles.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|profile| profile.name.as_str())
    }

    /// Reads a profile that `to_json` wrote. Weights of features that this version does not know are an error, since
    /// the others would mean something else without them; missing ones count as zero.
    ///
    /// # Errors
    /// The text is no profile, or names unknown features.
    pub fn from_json(text: &str) -> anyhow::Result<Profile> {
        let file: File = serde_json::from_str(text).context("the profile cannot be read")?;
        let mut profile = Profile {
            name: file.name,
            made: file.made,
            reach: file.reach,
            cautious: file.cautious,
            calibration: file.calibration,
            words: vec![0.0; Feature::COUNT],
            tree: vec![0.0; Structure::COUNT],
            net: file.net.map(|net| net.read()).transpose()?,
        };
        for (name, weight) in file.weights {
            match position(&name)? {
                at if at < Feature::COUNT => profile.words[at] = weight,
                at => profile.tree[at - Feature::COUNT] = weight,
            }
        }
        Ok(profile)
    }

    /// The weights of all features, those that need no tree first.
    pub(crate) fn weights(&self) -> Vec<f32> {
        self.words.iter().chain(&self.tree).copied().collect()
    }

    /// The profile as a small file, one weight a line; zero weights are left out.
    ///
    /// # Errors
    /// A weight is not a number.
    pub fn to_json(&self) -> anyhow::Result<String> {
        let weights = self.weights();
        let all = names().zip(&weights);
        let set = all.map(|(name, weight)| ((*name).to_owned(), rounded(*weight))).filter(|(_, weight)| *weight != 0.0);
        let file = File {
            name: self.name.clone(),
            made: self.made.clone(),
            reach: self.reach,
            cautious: self.cautious,
            calibration: self.calibration.clone(),
            weights: set.collect(),
            net: self.net.as_ref().map(NetFile::new),
        };
        Ok(serde_json::to_string_pretty(&file)? + "\n")
    }
}

/// The names of all features, those that need no tree first.
fn names() -> impl Iterator<Item = &'static &'static str> {
    Feature::NAMES.iter().chain(Structure::NAMES)
}

fn position(name: &str) -> anyhow::Result<usize> {
    let found = names().position(|known| *known == name);
    found.with_context(|| format!("the profile has a weight for `{name}`, which this version does not know"))
}

/// Four decimals: more than the data can tell, and files that can be read.
pub(crate) fn rounded(weight: f32) -> f32 {
    (weight * 10_000.0).round() / 10_000.0
}

/// A shipped file that cannot be read is left out; a test holds that there is none.
static SHIPPED: LazyLock<Vec<Profile>> =
    LazyLock::new(|| FILES.iter().filter_map(|file| Profile::from_json(file).ok()).collect());

const FILES: [&str; 6] = [
    include_str!("profiles/blog.json"),
    include_str!("profiles/forum.json"),
    include_str!("profiles/email.json"),
    include_str!("profiles/chat.json"),
    include_str!("profiles/wiki.json"),
    include_str!("profiles/universal.json"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_profile_reads_and_writes_back() {
        assert_eq!(SHIPPED.len(), FILES.len());
        for (profile, file) in SHIPPED.iter().zip(FILES) {
            assert_eq!(profile.to_json().unwrap(), file, "{}", profile.name);
        }
    }

    #[test]
    fn an_unknown_feature_is_refused() {
        let file = FILES[0].replacen("\"author.", "\"nonsense.", 1);
        assert!(Profile::from_json(&file).unwrap_err().to_string().contains("nonsense."));
    }
}
