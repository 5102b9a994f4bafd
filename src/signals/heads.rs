//! The shipped heads: fitted models that are part of the program, and what their signals have in common.
//!
//! Not here: what each looks for (`abuse`, `identity`, `spam`), how they were made (`train::recipe`).

use std::sync::LazyLock;

use super::language::Language;
use super::model::Model;
use super::model::features::Features;
use super::model::reading;
use super::{Reads, Reason, Subject};

/// A window must score this much more than the whole text would, to count: it has fewer words to be wrong about.
/// Measured on jig_val at 2 % false positives: F1 .817 without windows, .815 at 1.4, .821 at 4; of texts above 600 bytes
/// .694, .671 and .724. Of abusive comments put into long harmless ones it finds .13, .31 and .23.
const WINDOW_MARGIN: f64 = 3.5;

/// Reasons given for one score.
const MOST_REASONS: usize = 8;

/// Words that add less than this to the log-odds are no reasons.
const LEAST_REASON: f64 = 0.1;

/// A model in the program.
pub type Head = LazyLock<Option<Model>>;

/// The abuse head.
pub static ABUSE: Head = LazyLock::new(|| Model::load(include_bytes!("weights/abuse.bin").as_slice()).ok());

/// The identity head.
pub static IDENTITY: Head = LazyLock::new(|| Model::load(include_bytes!("weights/identity.bin").as_slice()).ok());

/// The spam head.
pub static SPAM: Head = LazyLock::new(|| Model::load(include_bytes!("weights/spam.bin").as_slice()).ok());

/// The names of the shipped heads.
pub const NAMES: &[&str] = &["abuse", "identity", "spam"];

/// The shipped head of this name; a test makes sure that all of them load.
pub fn head(name: &str) -> Option<&'static Model> {
    match name {
        "abuse" => ABUSE.as_ref(),
        "identity" => IDENTITY.as_ref(),
        "spam" => SPAM.as_ref(),
        _ => None,
    }
}

/// The raw score of a text by its words: of the whole, or of its strongest window.
pub fn score(model: &Model, subject: &Subject) -> f64 {
    let windows = subject.windows().iter().map(|window| model.score(&window.features) - WINDOW_MARGIN);
    windows.fold(model.score(subject.features()), f64::max)
}

/// The probability that a model gives to a text; nothing for a text without words or in another language than the
/// model's.
pub fn probability(model: Option<&Model>, subject: &Subject) -> Option<f64> {
    let model = model.filter(|model| is_judged(model, subject))?;
    Some(model.probability_of(score(model, subject)))
}

/// Whether a model has anything to say about a text.
pub fn is_judged(model: &Model, subject: &Subject) -> bool {
    let readable = !model.header().english || subject.language() != Language::Other;
    readable && !subject.features().hashes(false).is_empty()
}

/// The probability that the shipped head of this name gives to a text, as its signal does.
pub fn of(name: &str, subject: &Subject) -> Option<f64> {
    match super::signal(name)?.reads {
        Reads::Text { value, .. } => value(subject),
        Reads::Thread => None,
    }
}

/// The heaviest words for a score, where they stand in the original.
pub fn why(model: Option<&Model>, subject: &Subject) -> Vec<Reason> {
    let Some(model) = model.filter(|model| is_judged(model, subject)) else { return Vec::new() };
    let by_score = |features: &Features| model.score(features);
    let strongest = subject.windows().iter().max_by(|a, b| by_score(&a.features).total_cmp(&by_score(&b.features)));
    let window = strongest.filter(|window| by_score(&window.features) - WINDOW_MARGIN > by_score(subject.features()));
    let (start, heavy) = match window {
        Some(window) => (window.span.start, model.explain(&reading::read(&subject.own()[window.span.clone()]))),
        None => (0, model.explain(subject.reading())),
    };
    let kinds = subject.kinds();
    let heavy = heavy.into_iter().filter(|heavy| heavy.weight >= LEAST_REASON).take(MOST_REASONS);
    heavy
        .map(|heavy| {
            let span = heavy.span.start + start..heavy.span.end + start;
            let kind = kinds.iter().find(|(at, _)| at.start < span.end && span.start < at.end).map(|(_, kind)| *kind);
            Reason::at(kind.unwrap_or_default(), span, heavy.weight)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_part_of_the_program_is_whole_and_says_its_name() {
        let files: [&[u8]; 3] = [
            include_bytes!("weights/abuse.bin"),
            include_bytes!("weights/identity.bin"),
            include_bytes!("weights/spam.bin"),
        ];
        assert!(files.iter().map(|file| file.len()).sum::<usize>() <= 6 << 20);
        for (name, file) in NAMES.iter().zip(files) {
            let summed = Model::load(file.to_vec()).expect("its checksum holds");
            let shipped = head(name).expect("the head loads");
            assert_eq!((summed.id(), summed.header().name.as_str()), (shipped.id(), *name));
        }
    }
}
