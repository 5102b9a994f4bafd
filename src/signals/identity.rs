//! `identity`: is this hate against a group of people, or against a person as its member?
//!
//! Kept apart from `abuse`, with a lower place in queues: it is less sure, and fitted on other data. Naming a group is
//! no attack, and the fit is taught so.

use super::{Reads, Reason, Scale, Signal, Subject, heads};

/// The probability of an identity attack. Abstains on languages other than English.
pub static SIGNAL: Signal = Signal {
    name: "identity",
    version: 2,
    meaning: "probability that the comment attacks a group of people, or a person as its member",
    scale: Scale::Probability,
    reads: Reads::Text { value, why },
};

fn value(subject: &Subject) -> Option<f64> {
    heads::probability(heads::IDENTITY.as_ref(), subject)
}

fn why(subject: &Subject) -> Vec<Reason> {
    heads::why(heads::IDENTITY.as_ref(), subject)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::train::mentions::{Mention, Part, mentions};

    #[test]
    fn ordinary_talk_is_not_marked() {
        let strict = heads::IDENTITY.as_ref().map_or(0.0, |model| model.header().thresholds.strict);
        for text in ["The soup was cold again.", "Which edition do you mean?", "I moved the section on bridges."] {
            assert!(value(&Subject::new(text)).is_some_and(|p| p < strict), "{text}");
        }
    }

    #[test]
    fn harmless_mentions_are_rarely_marked_by_either_head() {
        let kindly = |mention: &Mention| ["neutral", "positive"].contains(&mention.tone);
        let sentences: Vec<_> = mentions(Part::Measure).into_iter().filter(kindly).collect();
        for (head, most) in [("abuse", 0.02), ("identity", 0.05)] {
            let model = heads::head(head).expect("the head is part of the program");
            let strict = model.header().thresholds.strict;
            let marked =
                sentences.iter().filter(|s| heads::probability(Some(model), &Subject::new(&s.text)) >= Some(strict));
            let share = marked.count() as f64 / sentences.len() as f64;
            assert!(share <= most, "{head} marks {share} of harmless mentions");
        }
    }
}
