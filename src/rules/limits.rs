//! The brakes: a rule that hits far more than its file allows stops before anything is written.

use std::fmt;

use super::rule::Limits;

/// Why a rule was stopped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Brake {
    /// It hit more than this share of what was scanned.
    Rate {
        /// Comments that it hit.
        hits: u64,
        /// Comments scanned.
        scanned: u64,
        /// The largest share allowed.
        limit: f64,
    },
    /// It would make more decisions than this.
    Actions {
        /// Decisions that it would make.
        hits: u64,
        /// The most allowed.
        limit: u64,
    },
}

/// Below so many comments a share says nothing: two hits among ten are no reason to stop.
const FEW: u64 = 100;

impl Limits {
    /// Whether a rule with these limits must stop: its hits among the comments that one scan looked at. `acts` says
    /// whether its hits would be decided.
    pub fn brake(&self, hits: u64, scanned: u64, acts: bool) -> Option<Brake> {
        if let Some(limit) = self.max_actions
            && acts
            && hits > limit
        {
            return Some(Brake::Actions { hits, limit });
        }
        let limit = self.max_hit_rate?;
        let over = scanned >= FEW && hits as f64 > limit * scanned as f64;
        over.then_some(Brake::Rate { hits, scanned, limit })
    }
}

impl fmt::Display for Brake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Brake::Rate { hits, scanned, limit } => {
                write!(f, "{hits} hits among {scanned} comments are more than max_hit_rate = {limit} allows")
            }
            Brake::Actions { hits, limit } => write!(f, "{hits} decisions are more than max_actions = {limit} allows"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_stops_at_its_limits() {
        let limits = Limits { max_hit_rate: Some(0.02), max_actions: Some(30) };
        assert_eq!(limits.brake(2, 10, true), None);
        assert_eq!(limits.brake(20, 1000, true), None);
        assert_eq!(limits.brake(21, 1000, false), Some(Brake::Rate { hits: 21, scanned: 1000, limit: 0.02 }));
        assert_eq!(limits.brake(31, 10_000, true), Some(Brake::Actions { hits: 31, limit: 30 }));
        assert_eq!(limits.brake(31, 10_000, false), None);
    }
}
