//! One line of a program: an answer, or its version.

use serde::Deserialize;
use serde_json::{Map, Value};

/// Most scores of one answer; more are a mistake.
pub const MOST_SCORES: usize = 64;

/// The longest name of a program and of a score, in characters.
const LONGEST: usize = 40;

/// The scores of one comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The comment's id, as it was given.
    pub id: String,
    /// The scores by name, in the order of names; none where the program would not judge.
    pub scores: Vec<(String, f64)>,
}

/// A line that is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which line of the program's output it is, from 1.
    pub number: u64,
    /// What is wrong with it.
    pub why: String,
}

/// What a line says.
#[derive(Debug, PartialEq)]
pub enum Said {
    /// The scores of a comment.
    Answer(Answer),
    /// Which version of the program it is.
    Version(String),
}

#[derive(Deserialize)]
struct Line {
    version: Option<String>,
    id: Option<String>,
    scores: Option<Map<String, Value>>,
}

/// Reads a line; an error says what is wrong with it, and repeats nothing of it but names.
pub fn read(bytes: &[u8]) -> Result<Said, String> {
    let line: Line =
        serde_json::from_slice(bytes).map_err(|error| format!("no JSON object as it is wanted ({error})"))?;
    match line {
        Line { version: Some(version), id: None, scores: None } => Ok(Said::Version(version)),
        Line { id: Some(id), scores: Some(scores), .. } => Ok(Said::Answer(Answer { id, scores: numbers(scores)? })),
        _ => Err("neither id and scores nor version in it".to_owned()),
    }
}

fn numbers(scores: Map<String, Value>) -> Result<Vec<(String, f64)>, String> {
    if scores.len() > MOST_SCORES {
        return Err(format!("{} scores in it; {MOST_SCORES} are the most", scores.len()));
    }
    let mut all = Vec::with_capacity(scores.len());
    for (key, value) in scores {
        let key = name(&key).ok_or("a score's name holds no letter or digit")?;
        match value {
            // A score of null is one that the program does not give.
            Value::Null => {}
            _ => {
                let number = value.as_f64().filter(|number| number.is_finite());
                all.push((key.clone(), number.ok_or_else(|| format!("the score {key} is no number"))?));
            }
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    match all.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(format!("the score {} twice", pair[0].0)),
        None => Ok(all),
    }
}

/// A name that queries can use: small letters, digits, `-` and `_`; other signs become `_`. Nothing where no letter or
/// digit is left.
pub fn name(text: &str) -> Option<String> {
    let sign = |c: char| match c.to_ascii_lowercase() {
        c if c.is_ascii_alphanumeric() || c == '-' || c == '_' => c,
        _ => '_',
    };
    let name: String = text.chars().take(LONGEST).map(sign).collect();
    name.contains(|c: char| c.is_ascii_alphanumeric()).then_some(name)
}
