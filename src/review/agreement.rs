//! How far moderators agree, beyond chance. Cohen's kappa for two of them, Krippendorff's alpha (nominal) for any number and
//! with gaps: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011). Intervals are percentile bootstraps over
//! comments with a fixed seed, so that the same log gives the same figures.

use std::collections::BTreeMap;

use crate::signals::model::shuffle::Chance;

/// The labels that one comment got, one from each person who judged it: person and label, as small numbers.
pub type Unit = Vec<(u32, u32)>;

/// A figure with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Lower and upper end.
    pub interval: (f64, f64),
}

/// How far people agree on some comments.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Comments that at least two people judged.
    pub comments: usize,
    /// The share of pairs of judgements that are the same.
    pub raw: f64,
    /// Cohen's kappa; only where there are exactly two people, and they used more than one label.
    pub kappa: Option<Estimate>,
    /// Krippendorff's alpha; only where more than one label was used.
    pub alpha: Option<Estimate>,
}

/// Draws of the bootstrap.
const DRAWS: usize = 1000;
/// Any number; it only has to stay the same.
const SEED: u64 = 0x7175_656c;

/// Measures agreement. Comments with fewer than two judgements say nothing and are left out.
pub fn measure(units: &[Unit]) -> Option<Agreement> {
    let units: Vec<&Unit> = units.iter().filter(|unit| unit.len() >= 2).collect();
    if units.is_empty() {
        return None;
    }
    let mut people: Vec<u32> = units.iter().flat_map(|unit| unit.iter().map(|(person, _)| *person)).collect();
    people.sort_unstable();
    people.dedup();
    let kappa = if people.len() == 2 { estimate(&units, &cohen) } else { None };
    Some(Agreement { comments: units.len(), raw: raw(&units), kappa, alpha: estimate(&units, &krippendorff) })
}

/// The share of agreeing pairs, each comment weighing the same.
fn raw(units: &[&Unit]) -> f64 {
    let share = |unit: &Unit| {
        let judged = unit.len() as f64;
        let agreeing: f64 = counts(unit).values().map(|n| n * (n - 1.0)).sum();
        agreeing / (judged * (judged - 1.0))
    };
    units.iter().map(|unit| share(unit)).sum::<f64>() / units.len() as f64
}

fn counts(unit: &Unit) -> BTreeMap<u32, f64> {
    let mut counts = BTreeMap::new();
    for (_, label) in unit {
        *counts.entry(*label).or_insert(0.0) += 1.0;
    }
    counts
}

/// Nothing where chance alone would agree always.
fn cohen(units: &[&Unit]) -> Option<f64> {
    let total = units.len() as f64;
    let first = units.iter().flat_map(|unit| unit.iter().map(|(person, _)| *person)).min()?;
    let mut sides: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for (person, label) in units.iter().flat_map(|unit| unit.iter()) {
        let side = sides.entry(*label).or_default();
        if *person == first { side.0 += 1.0 } else { side.1 += 1.0 }
    }
    let chance: f64 = sides.values().map(|(a, b)| a * b).sum::<f64>() / (total * total);
    (chance < 1.0).then(|| (raw(units) - chance) / (1.0 - chance))
}

fn krippendorff(units: &[&Unit]) -> Option<f64> {
    let mut totals: BTreeMap<u32, f64> = BTreeMap::new();
    let mut observed = 0.0;
    for unit in units {
        let judged = unit.len() as f64;
        for (label, count) in counts(unit) {
            *totals.entry(label).or_insert(0.0) += count;
            observed += count * (judged - count) / (judged - 1.0);
        }
    }
    let all: f64 = totals.values().sum();
    let expected: f64 = totals.values().map(|count| count * (all - count)).sum::<f64>() / (all - 1.0);
    (expected > 0.0).then(|| 1.0 - observed / expected)
}

/// A statistic with its percentile interval over comments drawn with replacement.
fn estimate(units: &[&Unit], statistic: &dyn Fn(&[&Unit]) -> Option<f64>) -> Option<Estimate> {
    let value = statistic(units)?;
    let mut chance = Chance::new(SEED);
    let mut drawn = Vec::with_capacity(units.len());
    let mut values: Vec<f64> = (0..DRAWS)
        .filter_map(|_| {
            drawn.clear();
            drawn.extend((0..units.len()).map(|_| units[chance.below(units.len())]));
            statistic(&drawn)
        })
        .collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    let interval = if values.is_empty() { (value, value) } else { (at(0.025), at(0.975)) };
    Some(Estimate { value, interval })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Krippendorff's own example (2011, part C): four observers, twelve units, gaps; alpha nominal = 0.743.
    #[test]
    fn alpha_is_that_of_the_worked_example() {
        let rows: [&[u32]; 4] = [
            &[1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
            &[1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
            &[0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
            &[1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
        ];
        let units: Vec<Unit> = (0..12)
            .map(|unit| {
                let labels = rows.iter().enumerate().filter(|(_, row)| row[unit] > 0);
                labels.map(|(person, row)| (person as u32, row[unit])).collect()
            })
            .collect();
        let measured = measure(&units).unwrap();
        let alpha = measured.alpha.unwrap();
        assert!((alpha.value - 0.743).abs() < 0.0005, "{alpha:?}");
        assert!(alpha.interval.0 < alpha.value && alpha.value < alpha.interval.1);
        assert_eq!(measured.comments, 11);
        assert_eq!(measured.kappa, None);
    }

    /// The usual textbook table: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no give kappa 0.4.
    #[test]
    fn kappa_is_that_of_a_worked_table() {
        let cell = |a: u32, b: u32, times: usize| std::iter::repeat_n(vec![(0, a), (1, b)], times);
        let units: Vec<Unit> =
            cell(1, 1, 20).chain(cell(1, 0, 5)).chain(cell(0, 1, 10)).chain(cell(0, 0, 15)).collect();
        let measured = measure(&units).unwrap();
        assert!((measured.raw - 0.7).abs() < 1e-9);
        assert!((measured.kappa.unwrap().value - 0.4).abs() < 1e-9);
    }

    #[test]
    fn one_label_says_nothing_about_chance() {
        let units = vec![vec![(0, 1), (1, 1)]; 3];
        let measured = measure(&units).unwrap();
        assert_eq!((measured.raw, measured.kappa, measured.alpha), (1.0, None, None));
        assert_eq!(measure(&[vec![(0, 1)]]), None);
    }
}
