//! Labelled texts as JSON lines: reading them, and knowing afterwards exactly what was read.

use std::io::BufRead;

use anyhow::{Context, Result};
use serde::Deserialize;

/// One labelled text. Fields that a set doesn't have stay empty; further fields are passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// The text.
    pub text: String,
    /// 1 where it is what the set is about.
    pub y: u8,
    /// Its class, where the set has more than two.
    #[serde(default)]
    pub cls: String,
    /// The article it stands under.
    #[serde(default)]
    pub title: String,
    /// The video it stands under.
    #[serde(default)]
    pub video: String,
    /// What kind of text it is, where a set is made of cases: then false flags are told by case.
    #[serde(default, alias = "functionality")]
    pub case: String,
    /// Its language, where the set says.
    #[serde(default)]
    pub lang: String,
    /// The file it comes from, where several are measured in one run.
    #[serde(skip)]
    pub file: String,
}

/// A set of labelled texts.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Its rows in order.
    pub rows: Vec<Row>,
    /// The blake3 sum of its lines.
    pub blake3: String,
}

/// Reads a set to its end. A line that is no such row is an error that names the line, since a model fitted on half
/// of its data is worse than none.
pub fn read(mut input: impl BufRead) -> Result<Rows> {
    let mut sum = blake3::Hasher::new();
    let mut rows = Vec::new();
    let mut line = String::new();
    for number in 1.. {
        line.clear();
        if input.read_line(&mut line).with_context(|| format!("line {number}"))? == 0 {
            break;
        }
        sum.update(line.as_bytes());
        if !line.trim().is_empty() {
            rows.push(serde_json::from_str(&line).with_context(|| format!("line {number} is no labelled text"))?);
        }
    }
    Ok(Rows { rows, blake3: sum.finalize().to_hex()[..16].to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_is_named_and_not_shown() {
        let error =
            read("{\"text\":\"soup\",\"y\":1}\n{\"text\":\"secret\"}\n".as_bytes()).expect_err("line 2 has no label");
        let said = format!("{error:#}");
        assert!(said.contains("line 2") && !said.contains("secret"), "{said}");
    }

    #[test]
    fn further_fields_and_blank_lines_are_passed_over() {
        let rows = read("{\"text\":\"a\",\"y\":0,\"more\":[1]}\n\n".as_bytes()).expect("readable");
        assert_eq!((rows.rows.len(), rows.blake3.len()), (1, 16));
    }
}
