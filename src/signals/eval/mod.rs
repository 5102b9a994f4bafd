//! How well a scorer does on labelled texts, and what disguises cost it.
//!
//! The scorer is any function from text to a probability, so that shipped heads, a person's own model and another
//! program are measured the same way. Not here: fitting.

pub mod attacks;

use std::io::BufRead;

use anyhow::Result;

use super::model::measure::{Figures, measure};
use super::train::rows;

/// A scorer: the probability of a text, or nothing where it abstains.
pub type Scorer<'a> = &'a dyn Fn(&str) -> Option<f64>;

/// Measures a scorer on labelled texts, as JSON lines with `text` and `y`.
pub fn evaluate(input: impl BufRead, scorer: Scorer<'_>, threshold: f64) -> Result<Figures> {
    let rows = rows::read(input)?.rows;
    let scored: Vec<(f64, bool)> = rows.iter().filter_map(|row| Some((scorer(&row.text)?, row.y == 1))).collect();
    Ok(measure(&scored, rows.len() - scored.len(), threshold))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_are_not_judged_are_counted_apart() {
        let rows = "{\"text\":\"bad\",\"y\":1}\n{\"text\":\"good\",\"y\":0}\n{\"text\":\"?\",\"y\":0}\n";
        let scorer = |text: &str| (text != "?").then_some(if text == "bad" { 0.9 } else { 0.1 });
        let figures = evaluate(rows.as_bytes(), &scorer, 0.5).expect("readable");
        assert_eq!((figures.rows, figures.abstained, figures.f1), (2, 1, 1.0));
    }
}
