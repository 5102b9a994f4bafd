//! `spam`: is this advertising, a link drop, or begging for followers?
//!
//! Rules and words together: a link or a call to action is a feature of the model beside the words, so that neither
//! decides alone. Not here: copies of the same text, which only the database can see.

use super::links::links;
use super::model::features::Features;
use super::pattern::Pattern;
use super::{Reads, Reason, Scale, Signal, Subject, heads};

/// The probability of spam. Abstains on languages other than English.
pub static SIGNAL: Signal = Signal {
    name: "spam",
    version: 2,
    meaning: "probability that the comment advertises, drops links or begs for followers",
    scale: Scale::Probability,
    reads: Reads::Text { value, why },
};

/// Asking the reader to go somewhere, follow, buy or write.
pub(super) static CALL: Pattern = Pattern::new(
    r"(?ix-u) \b (?: (?:please|pls|plz|kindly)? \s* (?: subscribe | sub \s+ (?:to|back|4) )
        | (?: check | checkout | watch | visit | see ) \s+ (?: it \s+ | this \s+ )? (?: out \s+ )? (?: my | our | mine )
        | check \s+ (?: me | us | this | it ) \s+ out | (?: follow | add ) \s+ (?: me | us )
        | my \s+ (?: \w+ \s+ )? (?: channel | page | profile | website | site | blog | videos? | covers? | mixtape )
        | click \s+ (?: here | this | the \s link | on ) | (?: link | url ) \s+ in \s+ (?: my | the | bio )
        | (?: dm | message | contact | text | email | inbox ) \s+ (?: me | us ) | whatsapp | telegram
        | (?: promo | coupon | discount | referral ) \s* codes? | free \s+ (?: gift | iphone | money | trial | cash | download | shipping )
        | (?: earn | make | made ) \s+ (?: \w+ \s+ ){0,3}? (?: money | cash | \$ \s* \d+ | dollars ) | work \s+ from \s+ home
        | buy \s+ now | order \s+ now | sign \s* up | giveaway | limited \s+ (?: time | offer ) | guaranteed | casino | crypto \s+ (?:wallet|expert) )",
);

/// What the head looks at: the words, and which rules hold.
pub fn features(subject: &Subject) -> Features {
    let mut features = subject.features().clone();
    let found = links(subject.own());
    if !found.is_empty() {
        features.mark("rule link");
    }
    if found.len() > 1 {
        features.mark("rule links");
    }
    if found.iter().any(|link| link.oddity().is_some()) {
        features.mark("rule odd link");
    }
    if CALL.find(subject.own()).next().is_some() {
        features.mark("rule call");
    }
    features
}

fn value(subject: &Subject) -> Option<f64> {
    let model = heads::SPAM.as_ref().filter(|model| heads::is_judged(model, subject))?;
    Some(model.probability(&features(subject)))
}

fn why(subject: &Subject) -> Vec<Reason> {
    let calls = CALL.find(subject.own()).map(|span| Reason::at("call to action", span, 0.0));
    let links = links(subject.own()).into_iter().map(|link| Reason::at("link", link.span, 0.0));
    let rules: Vec<Reason> = calls.chain(links).collect();
    rules.into_iter().chain(heads::why(heads::SPAM.as_ref(), subject)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(text: &str) -> f64 {
        value(&Subject::new(text)).unwrap_or(0.0)
    }

    #[test]
    fn begging_is_spam_and_praise_is_not() {
        assert!(CALL.is_sound());
        assert!(score("Please subscribe to my channel, free gift for everyone: http://soup.example/x") > 0.9);
        assert!(score("I love this song, it reminds me of my grandmother's kitchen") < 0.5);
        assert!(score("The second edition gives 1971 as the year, see the chapter on bridges.") < 0.5);
    }

    #[test]
    fn reasons_name_the_rules() {
        let reasons = why(&Subject::new("check out my channel"));
        assert!(reasons.iter().any(|reason| reason.note == "call to action"));
    }
}
