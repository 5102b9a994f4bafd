//! A few hidden units beside the weights: they see what features mean together, such as a likeness that only counts
//! where nothing is quoted. Not here: how they are fitted (`fit`).

use serde::{Deserialize, Serialize};

/// Hidden units of a net.
pub(crate) const UNITS: usize = 32;

/// The hidden layer: each unit is a rectified sum over the features, and adds its share to the score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Net {
    /// The weights of each feature, unit by unit.
    pub hidden: Vec<[f32; UNITS]>,
    pub bias: [f32; UNITS],
    pub out: [f32; UNITS],
}

impl Net {
    /// What the units add to the score of a candidate with these features; those that are 0 can be left out.
    pub fn score(&self, values: impl Iterator<Item = (usize, f32)>) -> f32 {
        let mut sums = self.bias;
        for (feature, value) in values {
            if let Some(weights) = self.hidden.get(feature) {
                sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
            }
        }
        sums.iter().zip(&self.out).map(|(sum, out)| sum.max(0.0) * out).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_add_their_share_only_above_zero() {
        let mut net = Net { hidden: vec![[0.0; UNITS]; 2], bias: [0.0; UNITS], out: [0.0; UNITS] };
        (net.hidden[0][3], net.hidden[1][3], net.bias[3], net.out[3]) = (1.0, 1.0, -1.0, 2.0);
        assert_eq!(net.score([(0, 1.0)].into_iter()), 0.0);
        assert_eq!(net.score([(0, 1.0), (1, 1.0)].into_iter()), 2.0);
        assert_eq!(net.score([(7, 1.0)].into_iter()), 0.0, "features that the net does not know say nothing");
    }
}
