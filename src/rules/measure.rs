//! What a rule is worth, measured against what people decided. Comments that nobody decided count as hits and as
//! nothing else: they say nothing of right and wrong.

/// What people decided of a comment, as far as it counts for a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A person took it out, or escalated it.
    Bad,
    /// A person let it stand.
    Good,
    /// No person decided.
    Open,
}

/// How a rule's hits agree with what people decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Confusion {
    /// Hits that people took out.
    pub true_hits: u64,
    /// Hits that people let stand.
    pub false_hits: u64,
    /// Misses that people took out.
    pub false_misses: u64,
    /// Misses that people let stand.
    pub true_misses: u64,
    /// Hits that nobody decided.
    pub open_hits: u64,
    /// Misses that nobody decided.
    pub open_misses: u64,
}

/// A share with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The share observed.
    pub share: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl Confusion {
    /// Counts one comment.
    pub fn add(&mut self, hit: bool, verdict: Verdict) {
        let counter = match (hit, verdict) {
            (true, Verdict::Bad) => &mut self.true_hits,
            (true, Verdict::Good) => &mut self.false_hits,
            (false, Verdict::Bad) => &mut self.false_misses,
            (false, Verdict::Good) => &mut self.true_misses,
            (true, Verdict::Open) => &mut self.open_hits,
            (false, Verdict::Open) => &mut self.open_misses,
        };
        *counter += 1;
    }

    /// Counts what was counted elsewhere too.
    pub fn merge(&mut self, other: &Confusion) {
        self.true_hits += other.true_hits;
        self.false_hits += other.false_hits;
        self.false_misses += other.false_misses;
        self.true_misses += other.true_misses;
        self.open_hits += other.open_hits;
        self.open_misses += other.open_misses;
    }

    /// All hits.
    pub fn hits(&self) -> u64 {
        self.true_hits + self.false_hits + self.open_hits
    }

    /// All comments.
    pub fn comments(&self) -> u64 {
        self.hits() + self.false_misses + self.true_misses + self.open_misses
    }

    /// The share of decided hits that people took out; nothing where no hit was decided.
    pub fn precision(&self) -> Option<Interval> {
        wilson(self.true_hits, self.true_hits + self.false_hits)
    }

    /// The share of what people took out that the rule hits.
    pub fn recall(&self) -> Option<Interval> {
        wilson(self.true_hits, self.true_hits + self.false_misses)
    }

    /// The share of what people let stand that the rule hits.
    pub fn false_alarms(&self) -> Option<Interval> {
        wilson(self.false_hits, self.false_hits + self.true_misses)
    }

    /// SpamAssassin's S/O: 1 hits only what is bad, 0.5 is useless, 0 hits only what is good; nothing without hits that
    /// were decided. It does not know how common bad comments are, so it never stands without the precision.
    pub fn s_o(&self) -> Option<f64> {
        over_s(self.recall()?.share, self.false_alarms()?.share)
    }
}

/// `bad / (bad + good)` of the shares of bad and good comments that a rule hits.
pub fn over_s(bad: f64, good: f64) -> Option<f64> {
    (bad + good > 0.0).then(|| bad / (bad + good))
}

/// The 97.5 % quantile of the normal distribution, for intervals of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % score interval of a share (E. B. Wilson, 1927), which stays within 0 and 1 and honest for few trials;
/// nothing without trials.
pub fn wilson(successes: u64, trials: u64) -> Option<Interval> {
    if trials == 0 || successes > trials {
        return None;
    }
    let (n, share) = (trials as f64, successes as f64 / trials as f64);
    let z2 = Z * Z;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    // At the ends the bounds are exact, which rounding would blur.
    let low = if successes == 0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if successes == trials { 1.0 } else { (middle + half).min(1.0) };
    Some(Interval { share, low, high })
}

/// How far two rules hit the same comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overlap {
    /// Hits of both.
    pub both: u64,
    /// Hits of the first alone.
    pub first_only: u64,
    /// Hits of the second alone.
    pub second_only: u64,
}

impl Overlap {
    /// Hits of both as a share of the hits of either (Jaccard); nothing where neither hits.
    pub fn share(&self) -> Option<f64> {
        let either = self.both + self.first_only + self.second_only;
        (either > 0).then(|| self.both as f64 / either as f64)
    }
}

/// The overlap of two lists of hits, each sorted and without repeats. Also what `rules diff` counts: lost, kept, gained.
pub fn overlap<T: Ord>(first: &[T], second: &[T]) -> Overlap {
    let (mut a, mut b, mut out) = (0, 0, Overlap::default());
    while let (Some(left), Some(right)) = (first.get(a), second.get(b)) {
        match left.cmp(right) {
            std::cmp::Ordering::Equal => out.both += 1,
            std::cmp::Ordering::Less => out.first_only += 1,
            std::cmp::Ordering::Greater => out.second_only += 1,
        }
        a += usize::from(left <= right);
        b += usize::from(right <= left);
    }
    out.first_only += (first.len() - a) as u64;
    out.second_only += (second.len() - b) as u64;
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe 1998 ("Two-sided confidence intervals for the single proportion", table I, method 3).
    #[test]
    fn wilson_gives_the_published_intervals() {
        for (successes, trials, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let interval = wilson(successes, trials).unwrap();
            assert!((interval.low - low).abs() < 5e-5 && (interval.high - high).abs() < 5e-5, "{interval:?}");
        }
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(29, 29).unwrap().high, 1.0);
    }

    #[test]
    fn a_rule_is_measured_by_what_people_decided() {
        let mut confusion = Confusion::default();
        let cases = [(true, Verdict::Bad, 30), (true, Verdict::Good, 10), (false, Verdict::Bad, 70)];
        for (hit, verdict, times) in cases.into_iter().chain([(false, Verdict::Good, 890), (true, Verdict::Open, 5)]) {
            (0..times).for_each(|_| confusion.add(hit, verdict));
        }
        assert_eq!((confusion.hits(), confusion.comments()), (45, 1005));
        assert_eq!(confusion.precision().unwrap().share, 0.75);
        assert_eq!(confusion.recall().unwrap().share, 0.3);
        // 30 % of what is bad, 1.11 % of what is good.
        assert!((confusion.s_o().unwrap() - 0.3 / (0.3 + 10.0 / 900.0)).abs() < 1e-12);
        assert_eq!(Confusion::default().s_o(), None);
    }

    #[test]
    fn overlap_counts_both_sides() {
        assert_eq!(overlap(&[1, 3, 5, 7], &[2, 3, 7, 8, 9]), Overlap { both: 2, first_only: 2, second_only: 3 });
        assert_eq!(overlap::<u8>(&[], &[]).share(), None);
    }
}
