//! `threat`, `sexual`, `profanity` and `insult`: how many words or phrases of a kind a comment has, from a list, seen
//! through disguises.
//!
//! Counts of words and no verdicts: what is in no list is not harmless, and profanity at nobody is no abuse. They name
//! what `abuse` was given for, and let rules spare or single out one kind. Violent words alone are no threat either: it
//! takes somebody who is to suffer and somebody who means or wishes it. There were no labels to fit kinds on.
//!
//! Not here: the list (`lexicon`).

use std::ops::Range;

use super::language::Language;
use super::{Reads, Reason, Scale, Signal, Subject};

/// Phrases that threaten somebody or wish them dead. Abstains on languages other than English, as the others do.
pub static THREAT: Signal = Signal {
    name: "threat",
    version: 1,
    meaning: "phrases that threaten somebody with violence, or wish it upon them",
    scale: Scale::Count,
    reads: Reads::Text { value: |subject| count(subject, threats), why: |subject| why(subject, threats) },
};

/// Sexual words.
pub static SEXUAL: Signal = Signal {
    name: "sexual",
    version: 1,
    meaning: "sexual words",
    scale: Scale::Count,
    reads: Reads::Text {
        value: |subject| count(subject, |s| of_kind(s, &["sexual"])),
        why: |subject| why(subject, |s| of_kind(s, &["sexual"])),
    },
};

/// Swear words.
pub static PROFANITY: Signal = Signal {
    name: "profanity",
    version: 1,
    meaning: "swear words, whoever or whatever they are said of",
    scale: Scale::Count,
    reads: Reads::Text {
        value: |subject| count(subject, |s| of_kind(s, &["profanity"])),
        why: |subject| why(subject, |s| of_kind(s, &["profanity"])),
    },
};

/// Insulting words and slurs.
pub static INSULT: Signal = Signal {
    name: "insult",
    version: 1,
    meaning: "insulting words and slurs",
    scale: Scale::Count,
    reads: Reads::Text {
        value: |subject| count(subject, |s| of_kind(s, &["insult", "slur"])),
        why: |subject| why(subject, |s| of_kind(s, &["insult", "slur"])),
    },
};

type Find = fn(&Subject) -> Vec<Range<usize>>;

fn count(subject: &Subject, find: Find) -> Option<f64> {
    (subject.language() != Language::Other).then(|| find(subject).len() as f64)
}

fn why(subject: &Subject, find: Find) -> Vec<Reason> {
    find(subject).into_iter().map(|span| Reason::at("", span, 1.0)).collect()
}

fn of_kind(subject: &Subject, kinds: &[&str]) -> Vec<Range<usize>> {
    subject.kinds().iter().filter(|(_, kind)| kinds.contains(kind)).map(|(span, _)| span.clone()).collect()
}

/// What one does to somebody.
const DEEDS: &[&str] = &["kill", "murder", "shoot", "stab", "strangle", "behead", "exterminate", "rape", "hurt"];

/// What befalls somebody.
const FATES: &[&str] = &[
    "die",
    "hang",
    "burn",
    "hanged",
    "killed",
    "murdered",
    "shot",
    "stabbed",
    "beheaded",
    "strangled",
    "exterminated",
    "raped",
    "gassed",
    "lynched",
];

/// Whom a deed is done to, right after it.
const OBJECTS: &[&str] = &["you", "u", "ya", "him", "her", "them"];

/// Somebody to whom it happens.
const PERSONS: &[&str] =
    &["you", "u", "ur", "he", "she", "they", "him", "her", "them", "these", "those", "all", "everyone", "everybody"];

/// Oneself.
const SELVES: &[&str] = &["yourself", "yourselves", "urself", "urselves"];

/// Who means it.
const MEANERS: &[&str] = &["i", "we", "somebody", "someone", "im"];

/// That it is meant.
const MEANT: &[&str] = &["will", "ll", "gonna", "gunna", "going", "wanna", "want", "shall", "should", "must", "let"];

/// That it is wished.
const WISHED: &[&str] = &["hope", "wish", "should", "must", "deserve", "deserves", "ought"];

/// What takes it back, or tells of the past.
const BUT: &[&str] =
    &["not", "never", "don", "dont", "doesn", "won", "wont", "wouldn", "have", "been", "had", "was", "if"];

/// Words before a violent one that are looked at.
const BEFORE: usize = 5;

/// Where a text threatens somebody or wishes them harm.
fn threats(subject: &Subject) -> Vec<Range<usize>> {
    // Most comments have no violent word at all.
    if !subject.reading().words().any(|(word, _, _)| is_violent(word)) {
        return Vec::new();
    }
    let words = words(subject);
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in (0..words.len()).filter(|at| is_violent(words[*at].0)) {
        let near: Vec<&str> = words[at.saturating_sub(BEFORE)..at].iter().map(|(word, _)| *word).collect();
        let next = |by: usize| words.get(at + by).map_or("", |(word, _)| *word);
        if threatens(&near, words[at].0, next(1), next(2)) {
            found.push(words[at].1.clone());
        }
    }
    found
}

fn is_violent(word: &str) -> bool {
    word == "kys" || DEEDS.contains(&word) || FATES.contains(&word)
}

/// The words in order, one for each place: where letters can be read as a violent word, that one.
fn words<'s>(subject: &'s Subject) -> Vec<(&'s str, Range<usize>)> {
    let mut words: Vec<(&str, Range<usize>)> = Vec::new();
    for (word, _, span) in subject.reading().words() {
        match words.last_mut() {
            Some(last) if span.start < last.1.end => {
                if is_violent(word) {
                    *last = (word, last.1.start..span.end.max(last.1.end));
                }
            }
            _ => words.push((word, span)),
        }
    }
    words
}

/// Whether a violent word with the words before it and the two after it threatens somebody.
fn threatens(before: &[&str], word: &str, next: &str, after: &str) -> bool {
    let has = |list: &[&str]| before.iter().any(|word| list.contains(word));
    if word == "kys" {
        return true;
    }
    if has(BUT) {
        return false;
    }
    let told = SELVES.contains(&next) || (word == "die" && matches!(before.last(), Some(&("go" | "just" | "please"))));
    // “I'll shoot you a message”, “this will kill your battery”.
    let object = OBJECTS.contains(&next) && !matches!(after, "a" | "an" | "the" | "some");
    let meant = DEEDS.contains(&word) && object && has(MEANT) && has(MEANERS);
    let wished = FATES.contains(&word) && has(WISHED) && has(PERSONS);
    told || meant || wished
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(text: &str) -> [Option<f64>; 4] {
        let subject = Subject::new(text);
        [&THREAT, &SEXUAL, &PROFANITY, &INSULT].map(|signal| match signal.reads {
            Reads::Text { value, .. } => value(&subject),
            Reads::Thread => None,
        })
    }

    #[test]
    fn threats_and_wishes_are_found_through_disguises() {
        for text in [
            "I will kill you",
            "we'll f1nd and k1ll you",
            "someone should shoot him",
            "Go hang yourself, please.",
            "I hope you die",
            "they should all be hanged",
            "you deserve to be shot",
            "kys",
            "just die already",
        ] {
            assert_eq!(counts(text)[0], Some(1.0), "{text}");
        }
    }

    #[test]
    fn violent_words_alone_are_no_threat() {
        for text in [
            "This will kill your battery",
            "The suspense will kill you",
            "I'll shoot you an e-mail about the bread",
            "Don't kill yourself over it",
            "I would never hurt you",
            "He must have been killed in 1971",
            "The soldiers shot them and they died",
            "I hope the plants don't die",
            "Kill the process and start it again",
        ] {
            assert_eq!(counts(text)[0], Some(0.0), "{text}");
        }
    }

    #[test]
    fn kinds_are_counted_apart() {
        assert_eq!(counts("what a d4mn good soup, damn it"), [Some(0.0), Some(0.0), Some(2.0), Some(0.0)]);
        assert_eq!(counts("you id1ot, you stupid fool"), [Some(0.0), Some(0.0), Some(0.0), Some(3.0)]);
        assert_eq!(counts("the porn was found"), [Some(0.0), Some(1.0), Some(0.0), Some(0.0)]);
        assert_eq!(counts("Die Suppe ist kalt und das Brot nicht frisch, aber die Leute sind nett"), [None; 4]);
    }
}
