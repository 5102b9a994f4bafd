//! The alarm for a rule that hits much more often than it used to: something changed, in the comments or in the world.
//! The thresholds are those of Coop's alarm (reference: moderation, 1.2), but for its 24 hours of history: a scan is
//! larger and rarer than an hour, so five of them are enough.

/// One scan of a rule's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Comments that it hit.
    pub hits: u64,
    /// Comments that it was asked about.
    pub comments: u64,
}

/// What the present scan says in the light of those before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Alarm {
    /// There is too little history to say.
    Insufficient,
    /// As usual.
    Usual {
        /// The rate of the scans before, the nearer ones counting more.
        before: f64,
    },
    /// Far more than usual.
    Raised {
        /// The rate of the scans before.
        before: f64,
        /// The rate now.
        now: f64,
        /// How likely at least so many hits would be at the old rate.
        chance: f64,
    },
}

/// How much less each older scan counts.
const DECAY: f64 = 0.98;
/// Scans of history needed.
const MIN_SCANS: usize = 5;
/// Comments of history needed.
const MIN_COMMENTS: u64 = 4_000;
/// Hits of history needed, unless there were many comments.
const MIN_HITS: u64 = 3;
/// Comments above which even a history without hits says something.
const MANY_COMMENTS: u64 = 125_000;
/// A rate below this multiple of the old one is usual whatever the test says.
const MIN_RATIO: f64 = 1.25;
/// The confidence of the test.
const CONFIDENCE: f64 = 0.995;

/// Compares a scan with those before it, newest first.
pub fn alarm(now: Stretch, before: &[Stretch]) -> Alarm {
    let (hits, comments) = before.iter().fold((0, 0), |(h, c), scan| (h + scan.hits, c + scan.comments));
    let enough = before.len() >= MIN_SCANS && comments >= MIN_COMMENTS;
    if !enough || (hits < MIN_HITS && comments <= MANY_COMMENTS) || now.comments == 0 {
        return Alarm::Insufficient;
    }
    let (mut weight, mut weighted_hits, mut weighted_comments) = (1.0, 0.0, 0.0);
    for scan in before {
        weighted_hits += weight * scan.hits as f64;
        weighted_comments += weight * scan.comments as f64;
        weight *= DECAY;
    }
    let old = if weighted_comments > 0.0 { weighted_hits / weighted_comments } else { 0.0 };
    let rate = now.hits as f64 / now.comments as f64;
    let chance = binomial_tail(now.hits, now.comments, old);
    if rate < MIN_RATIO * old || now.hits == 0 || chance > 1.0 - CONFIDENCE {
        return Alarm::Usual { before: old };
    }
    Alarm::Raised { before: old, now: rate, chance }
}

/// How likely at least `hits` of `trials` are at this rate: the exact upper tail of the binomial distribution.
pub fn binomial_tail(hits: u64, trials: u64, rate: f64) -> f64 {
    if hits == 0 {
        return 1.0;
    }
    if hits > trials || rate <= 0.0 {
        return 0.0;
    }
    if rate >= 1.0 {
        return 1.0;
    }
    // The terms are summed from the first one on; below the mean they grow first, and the lower tail is shorter.
    let (odds, mean) = (rate / (1.0 - rate), trials as f64 * rate);
    let lower = (hits as f64) < mean;
    let first = if lower { hits - 1 } else { hits };
    let log_choose = log_factorial(trials) - log_factorial(first) - log_factorial(trials - first);
    let mut term = (log_choose + first as f64 * rate.ln() + (trials - first) as f64 * (-rate).ln_1p()).exp();
    let (mut sum, mut at) = (0.0, first);
    loop {
        sum += term;
        let next = match lower {
            true if at > 0 => at as f64 / ((trials - at + 1) as f64 * odds),
            false if at < trials => (trials - at) as f64 * odds / (at + 1) as f64,
            _ => break,
        };
        term *= next;
        if term <= sum * 1e-17 {
            break;
        }
        at = if lower { at - 1 } else { at + 1 };
    }
    let tail = if lower { 1.0 - sum } else { sum };
    tail.clamp(0.0, 1.0)
}

/// The logarithm of a factorial: summed for small numbers, by Stirling's series (to the term in n⁻⁵) for others.
fn log_factorial(n: u64) -> f64 {
    if n < 32 {
        return (2..=n).map(|k| (k as f64).ln()).sum();
    }
    let n = n as f64;
    let series = 1.0 / (12.0 * n) - 1.0 / (360.0 * n.powi(3)) + 1.0 / (1260.0 * n.powi(5));
    n * n.ln() - n + 0.5 * (2.0 * std::f64::consts::PI * n).ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_tables() {
        // Ten throws of a fair coin: exact fractions of 1024.
        for (hits, count) in [(0, 1024), (1, 1023), (5, 638), (6, 386), (8, 56), (10, 1)] {
            assert!((binomial_tail(hits, 10, 0.5) - f64::from(count) / 1024.0).abs() < 1e-12, "{hits}");
        }
        // Fisher's lady tasting tea as a binomial: 8 of 8 at 1/2; and 51 sixes or more in 235 throws (0.02654).
        assert!((binomial_tail(8, 8, 0.5) - 1.0 / 256.0).abs() < 1e-15);
        assert!((binomial_tail(51, 235, 1.0 / 6.0) - 0.026_54).abs() < 1e-5);
        assert_eq!(binomial_tail(3, 2, 0.5), 0.0);
        assert!(binomial_tail(1_000_000, 1_000_000_000, 0.001) > 0.49);
    }

    #[test]
    fn a_jump_raises_the_alarm_and_a_quiet_scan_does_not() {
        let before = vec![Stretch { hits: 2, comments: 500 }; 48];
        assert_eq!(alarm(Stretch { hits: 9, comments: 500 }, &before[..4]), Alarm::Insufficient);
        assert!(matches!(alarm(Stretch { hits: 2, comments: 500 }, &before), Alarm::Usual { .. }));
        assert!(matches!(alarm(Stretch { hits: 4, comments: 500 }, &before), Alarm::Usual { .. }));
        assert!(matches!(alarm(Stretch { hits: 12, comments: 500 }, &before), Alarm::Raised { .. }));
        let silent = vec![Stretch { hits: 0, comments: 500 }; 48];
        assert_eq!(alarm(Stretch { hits: 9, comments: 500 }, &silent), Alarm::Insufficient);
    }

    #[test]
    fn newer_scans_count_more() {
        let mut before = vec![Stretch { hits: 0, comments: 500 }; 200];
        before[..20].fill(Stretch { hits: 10, comments: 500 });
        let Alarm::Usual { before: rate } = alarm(Stretch { hits: 3, comments: 500 }, &before) else { panic!() };
        assert!(rate > 0.002 * 1.5, "{rate}");
    }
}
