//! `caps`: how much of a comment is written in capitals.

use std::ops::Range;

use super::{Reads, Reason, Scale, Signal, Subject};
use crate::query::capitals;

/// The share of the letters with two cases that are capitals, as the query language reads it; abstains on a few letters.
pub static SIGNAL: Signal = Signal {
    name: "caps",
    version: 1,
    meaning: "share of the letters that are capitals",
    scale: Scale::Share,
    reads: Reads::Text { value, why },
};

fn value(subject: &Subject) -> Option<f64> {
    capitals(subject.text())
}

/// Capitals, and letters that have two cases.
fn count(text: &str) -> (usize, usize) {
    text.chars().fold((0, 0), |(upper, all), c| {
        (upper + usize::from(c.is_uppercase()), all + usize::from(c.is_uppercase() || c.is_lowercase()))
    })
}

fn why(subject: &Subject) -> Vec<Reason> {
    shouted(subject.text()).into_iter().map(|span| Reason::at("capitals", span, 0.0)).collect()
}

/// Runs of words of three letters and more that have no small letter.
fn shouted(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut joined = false;
    let mut start = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let span = start..start + word.trim_end().len();
        start += word.len();
        let (upper, all) = count(word);
        if all == 0 {
            continue;
        }
        let loud = upper == all && upper >= 3;
        match found.last_mut() {
            Some(last) if loud && joined => last.end = span.end,
            _ if loud => found.push(span),
            _ => {}
        }
        joined = loud;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_places() {
        let subject = Subject::new("the soup IS COLD AGAIN, cook");
        assert_eq!(value(&subject).map(|v| (v * 21.0).round()), Some(11.0));
        assert_eq!(why(&subject)[0].span.clone().map(|span| &subject.text()[span]), Some("COLD AGAIN,"));
    }

    #[test]
    fn abbreviations_and_scripts_without_case_say_nothing() {
        assert_eq!(value(&Subject::new("NATO UN")), None);
        assert_eq!(value(&Subject::new("スープがまた冷たい、料理人さん")), None);
    }
}
