//! How well a scorer does on labelled texts, what disguises cost it, and whom it flags wrongly.
//!
//! The scorer is any function from texts to probabilities, so that shipped heads, a person's own model and another
//! program are measured the same way. A text on which it abstains counts as not flagged: who wants to know how much of
//! the abuse is found does not care why some of it was not.
//!
//! Not here: fitting, and reading files.

pub mod attacks;

use anyhow::Result;
use serde::Serialize;

use super::Subject;
use super::model::measure::{Figures, measure, threshold_at};
use super::train::mentions::{Part, TONES, mentions};
use super::train::rows::Row;
use attacks::Left;

/// A scorer: the probability of each text, or nothing where it abstains; as many answers as texts.
pub type Scorer<'a> = dyn FnMut(&[&str]) -> Result<Vec<Option<f64>>> + 'a;

/// What is measured beside the rows themselves.
pub struct Plan<'a> {
    /// From which probabilities on to flag, each with a name; the first is what attacks and false flags are measured at.
    pub thresholds: Vec<(String, f64)>,
    /// How many abusive and how many harmless texts are disguised for each attack; 0 leaves attacks out.
    pub attacked: usize,
    /// The words that attacks disguise in abusive texts.
    pub rude: &'a dyn Fn(&str) -> bool,
}

/// Everything that is measured of a scorer.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluation {
    /// The figures at the first threshold.
    pub figures: Figures,
    /// Precision and recall at every threshold.
    pub points: Vec<Point>,
    /// The figures of each file at the first threshold, where there are several.
    pub files: Vec<(String, Figures)>,
    /// What each attack leaves of recall, no attack first.
    pub attacks: Vec<Left>,
    /// Sentences about groups, by how they speak of them.
    pub mentions: Vec<Share>,
    /// The rows by their `case`, where they have one: the flagged of each kind.
    pub cases: Vec<Share>,
    /// The rows by language: their own word on it where they have one, else a guess.
    pub languages: Vec<Share>,
}

/// How a scorer does from one threshold on.
#[derive(Debug, Clone, Serialize)]
pub struct Point {
    /// What the threshold is for.
    pub at: String,
    /// The threshold.
    pub threshold: f64,
    /// Positive rows among the flagged.
    pub precision: f64,
    /// Flagged rows among the positive.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
    /// Flagged rows among the negative.
    pub false_positive_rate: f64,
}

/// A group of texts and how many of them were flagged at the first threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Share {
    /// What they have in common.
    pub of: String,
    /// How many there are.
    pub texts: usize,
    /// How many are labelled positive.
    pub positive: usize,
    /// How many of the positive were flagged.
    pub found: usize,
    /// How many of the others were flagged.
    pub wrong: usize,
    /// On how many the scorer abstained.
    pub abstained: usize,
}

/// Shares of harmless rows at which thresholds are set on the rows themselves, to say what recall they leave.
const RATES: &[(&str, f64)] =
    &[("0.5 % false positives here", 0.005), ("1 % false positives here", 0.01), ("2 % false positives here", 0.02)];

/// Measures a scorer on labelled rows.
pub fn evaluate(rows: &[Row], plan: &Plan<'_>, scorer: &mut Scorer<'_>) -> Result<Evaluation> {
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let answers = scorer(&texts)?;
    let abstained = answers.iter().filter(|answer| answer.is_none()).count();
    let scored: Vec<(f64, bool)> = answers.iter().zip(rows).map(|(p, row)| (p.unwrap_or(0.0), row.y == 1)).collect();
    let threshold = plan.thresholds.first().map_or(0.5, |(_, threshold)| *threshold);
    let fixed = plan.thresholds.iter().map(|(name, threshold)| (name.clone(), *threshold));
    let here = RATES.iter().map(|(name, rate)| ((*name).to_owned(), threshold_at(&scored, *rate)));
    let by = |name: &dyn Fn(&Row) -> Option<String>| {
        let named = rows.iter().zip(&answers).filter_map(|(row, answer)| Some((name(row)?, row.y == 1, *answer)));
        shares(named, threshold)
    };
    Ok(Evaluation {
        figures: measure(&scored, abstained, threshold),
        points: fixed.chain(here).map(|(at, threshold)| point(at, &scored, threshold)).collect(),
        files: by_file(rows, &answers, threshold),
        cases: by(&|row| Some(row.case.clone()).filter(|case| !case.is_empty())),
        languages: by(&|row| Some(language(row))),
        attacks: attacked(&scored, &texts, plan, threshold, scorer)?,
        mentions: mentioned(threshold, scorer)?,
    })
}

/// The figures of each file, in the order of files.
fn by_file(rows: &[Row], answers: &[Option<f64>], threshold: f64) -> Vec<(String, Figures)> {
    let both: Vec<(&Row, &Option<f64>)> = rows.iter().zip(answers).collect();
    let files = both.chunk_by(|(a, _), (b, _)| a.file == b.file).map(|of| {
        let scored: Vec<(f64, bool)> = of.iter().map(|(row, p)| (p.unwrap_or(0.0), row.y == 1)).collect();
        let abstained = of.iter().filter(|(_, p)| p.is_none()).count();
        (of.first().map(|(row, _)| row.file.clone()).unwrap_or_default(), measure(&scored, abstained, threshold))
    });
    let files: Vec<(String, Figures)> = files.collect();
    if files.len() > 1 { files } else { Vec::new() }
}

fn point(at: String, scored: &[(f64, bool)], threshold: f64) -> Point {
    let Figures { precision, recall, f1, false_positive_rate, .. } = measure(scored, 0, threshold);
    Point { at, threshold, precision, recall, f1, false_positive_rate }
}

fn language(row: &Row) -> String {
    if row.lang.is_empty() {
        format!("{} (guessed)", Subject::new(&row.text).language().as_str())
    } else {
        row.lang.clone()
    }
}

/// The first texts of each kind, disguised in every way.
fn attacked(
    scored: &[(f64, bool)],
    texts: &[&str],
    plan: &Plan<'_>,
    threshold: f64,
    scorer: &mut Scorer<'_>,
) -> Result<Vec<Left>> {
    let of = |wanted: bool| texts.iter().zip(scored).filter(move |(_, (_, y))| *y == wanted).map(|(text, _)| *text);
    let rude = |text: &&str| attacks::words(text).any(|word| (plan.rude)(word));
    let abusive: Vec<&str> = of(true).filter(rude).take(plan.attacked).collect();
    let harmless: Vec<&str> = of(false).take(plan.attacked).collect();
    if abusive.is_empty() {
        return Ok(Vec::new());
    }
    attacks::measure_all(&abusive, &harmless, plan.rude, scorer, threshold)
}

fn mentioned(threshold: f64, scorer: &mut Scorer<'_>) -> Result<Vec<Share>> {
    let sentences = mentions(Part::Measure);
    let texts: Vec<&str> = sentences.iter().map(|mention| mention.text.as_str()).collect();
    let answers = scorer(&texts)?;
    let tones = |tone: &&str| TONES.iter().position(|known| known == tone);
    let mut found =
        shares(sentences.iter().zip(answers).map(|(m, answer)| (m.tone.to_owned(), m.is_attack(), answer)), threshold);
    found.sort_by_key(|share| tones(&share.of.as_str()));
    Ok(found)
}

/// Counts the flagged by name, in the order of names.
fn shares(texts: impl Iterator<Item = (String, bool, Option<f64>)>, threshold: f64) -> Vec<Share> {
    let mut all = std::collections::BTreeMap::new();
    for (of, y, answer) in texts {
        let share =
            all.entry(of.clone()).or_insert(Share { of, texts: 0, positive: 0, found: 0, wrong: 0, abstained: 0 });
        let flagged = answer.is_some_and(|p| p >= threshold);
        share.texts += 1;
        share.positive += usize::from(y);
        share.found += usize::from(y && flagged);
        share.wrong += usize::from(!y && flagged);
        share.abstained += usize::from(answer.is_none());
    }
    all.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str, y: u8, lang: &str) -> Row {
        Row { text: text.to_owned(), y, lang: lang.to_owned(), ..Row::default() }
    }

    #[test]
    fn every_part_is_measured_and_abstaining_finds_nothing() {
        let rows =
            [row("you turnip", 1, "en"), row("a fine soup", 0, "en"), row("?", 1, "xx"), row("more soup", 0, "xx")];
        let plan = Plan { thresholds: vec![("half".into(), 0.5)], attacked: 10, rude: &|word| word == "turnip" };
        let mut scorer = |texts: &[&str]| {
            let one = |text: &&str| (*text != "?").then_some(if text.contains("turnip") { 0.9 } else { 0.1 });
            Ok(texts.iter().map(one).collect())
        };
        let found = evaluate(&rows, &plan, &mut scorer).expect("the scorer answers");
        assert_eq!((found.figures.rows, found.figures.abstained, found.figures.recall), (4, 1, 0.5));
        assert_eq!((found.attacks[0].recall, found.attacks[1].recall), (1.0, 0.0), "digits hide the turnip from it");
        assert_eq!(found.mentions.len(), TONES.len());
        let xx = found.languages.iter().find(|share| share.of == "xx").expect("two rows say xx");
        assert_eq!((xx.texts, xx.positive, xx.found, xx.wrong, xx.abstained), (2, 1, 0, 0, 1));
        assert!(found.cases.is_empty() && found.files.is_empty());
    }

    #[test]
    fn several_files_have_figures_of_their_own() {
        let of = |file: &str, text: &str, y| Row { file: file.to_owned(), ..row(text, y, "") };
        let rows = [of("a", "you turnip", 1), of("a", "soup", 0), of("b", "you radish", 1), of("b", "bread", 0)];
        let plan = Plan { thresholds: vec![("half".into(), 0.5)], attacked: 0, rude: &|_| false };
        let mut scorer =
            |texts: &[&str]| Ok(texts.iter().map(|text| Some(f64::from(u8::from(text.contains("turnip"))))).collect());
        let found = evaluate(&rows, &plan, &mut scorer).expect("the scorer answers").files;
        let figures: Vec<(&str, f64, f64)> = found.iter().map(|(file, f)| (file.as_str(), f.auc, f.recall)).collect();
        assert_eq!(figures, [("a", 1.0, 1.0), ("b", 0.5, 0.0)]);
    }
}
