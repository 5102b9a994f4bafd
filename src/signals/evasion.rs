//! `evasion`: how much of a comment is in disguise: how many of its words had to be seen through.

use super::{Reads, Reason, Scale, Signal, Subject};
use crate::text::fold::Kind;

/// Fewer words than this give no share.
const FEWEST: usize = 3;

/// The share of the words that folding read in another way too.
pub static SIGNAL: Signal = Signal {
    name: "evasion",
    version: 1,
    meaning: "share of the words that are spelled with signs, gaps, stretched letters or letters of another script",
    scale: Scale::Share,
    reads: Reads::Text { value, why },
};

fn value(subject: &Subject) -> Option<f64> {
    let (plain, further) = subject.reading().disguises();
    (plain >= FEWEST).then(|| (further as f64 / plain as f64).min(1.0))
}

fn why(subject: &Subject) -> Vec<Reason> {
    let further = subject.reading().words().filter(|(_, kind, _)| *kind != Kind::Plain);
    further.map(|(word, _, span)| Reason::at(format!("also read as {word}"), span, 1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_has_none_and_disguised_words_are_shown() {
        assert_eq!(value(&Subject::new("The soup is cold")), Some(0.0));
        let subject = Subject::new("the s0up is c.o.l.d today");
        assert!(value(&subject).is_some_and(|share| share > 0.1));
        let notes: Vec<String> = why(&subject).into_iter().map(|reason| reason.note).collect();
        assert!(notes.contains(&"also read as soup".to_owned()) && notes.contains(&"also read as cold".to_owned()));
    }
}
