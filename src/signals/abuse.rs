//! `abuse`: would most readers call this rude, insulting, threatening or obscene at somebody?
//!
//! The label is that of its data: any of toxic, severe toxic, obscene, threat, insult and identity hate among comments
//! on Wikipedia. Profanity alone is less than that and has a field of its own (`categories`).

use super::{Reads, Reason, Scale, Signal, Subject, heads};

/// The probability of abuse. Abstains on languages other than English.
pub static SIGNAL: Signal = Signal {
    name: "abuse",
    version: 2,
    meaning: "probability that most readers would call the comment rude, insulting, threatening or obscene",
    scale: Scale::Probability,
    reads: Reads::Text { value, why },
};

fn value(subject: &Subject) -> Option<f64> {
    heads::probability(heads::ABUSE.as_ref(), subject)
}

fn why(subject: &Subject) -> Vec<Reason> {
    heads::why(heads::ABUSE.as_ref(), subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> bool {
        let threshold = heads::ABUSE.as_ref().map_or(0.0, |model| model.header().thresholds.usual);
        value(&Subject::new(text)).is_some_and(|p| p >= threshold)
    }

    #[test]
    fn plain_and_disguised_insults_are_marked() {
        for text in ["you are a stupid idiot", "you are a s.t.u.p.i.d 1d10t", "YOU STUPID IDIOT!!", "you sтupid idiоt"]
        {
            assert!(marked(text), "{text}");
        }
    }

    #[test]
    fn disagreement_and_mentions_are_not() {
        for text in [
            "I disagree: the second edition says otherwise.",
            "Many women live in this street.",
            "My gay neighbours brought soup.",
            "Thank you, this is a great summary!",
        ] {
            assert!(!marked(text), "{text}");
        }
    }

    #[test]
    fn what_is_quoted_is_not_held_against_the_writer() {
        assert!(!marked("> you are a stupid idiot\nPlease don't write like that here, thank you."));
        assert!(marked("> you are a stupid idiot"));
    }

    #[test]
    fn reasons_point_at_the_original_spelling() {
        let text = "well, you are a s.t.u.p.i.d person";
        let reasons = why(&Subject::new(text));
        assert_eq!(reasons[0].span.clone().map(|span| &text[span]), Some("s.t.u.p.i.d"));
    }

    #[test]
    fn other_languages_are_left_alone() {
        assert_eq!(
            value(&Subject::new("Die Suppe ist kalt und das Brot nicht frisch, aber die Leute sind nett")),
            None
        );
    }

    #[test]
    fn one_rude_sentence_in_a_long_text_is_found() {
        let calm = "The second chapter describes how the bridge was built and who paid for it. ".repeat(12);
        assert!(!marked(&calm));
        assert!(marked(&format!("{calm}You are a fucking stupid idiot, shut up. {calm}")));
    }
}
