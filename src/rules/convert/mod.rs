//! Rules of other systems as rule files of quell: AutoModerator's YAML, and the word lists of WordPress, Disqus and
//! Discourse. Everything becomes a draft; what has no equal is listed with the reason why, and nothing is dropped in
//! silence. How the other systems read their rules: reference, moderation, section 5.

mod automoderator;
mod pattern;
mod words;

use std::fmt::Write;

use crate::query::Expr;

/// The system whose rules are converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// Reddit's AutoModerator: YAML.
    AutoModerator,
    /// WordPress's moderation keys and disallowed keys: a key a line.
    WordPressKeys,
    /// Disqus's restricted words: a word a line.
    DisqusWords,
    /// Discourse's watched words: a word a line.
    DiscourseWords,
}

/// What came of a conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// The rule file, with the originals and the notes as comments.
    pub toml: String,
    /// How many rules are in it.
    pub rules: usize,
    /// What is not the same as before, in the order of the original.
    pub notes: Vec<Note>,
}

/// Something that is not the same as before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The line of the original, from 1.
    pub line: usize,
    /// What stands there.
    pub what: String,
    /// Why it is different, or gone.
    pub why: String,
    /// Whether it is gone, and not only different.
    pub lost: bool,
}

/// Converts the rules of another system. They get `reason`; with `exact`, keys and words are found within words too,
/// where the other system does so.
pub fn convert(from: From, text: &str, reason: &str, exact: bool) -> Converted {
    match from {
        From::AutoModerator => automoderator::convert(text, reason),
        From::WordPressKeys => words::convert(words::WORDPRESS, text, reason, exact),
        From::DisqusWords => words::convert(words::DISQUS, text, reason, exact),
        From::DiscourseWords => words::convert(words::DISCOURSE, text, reason, exact),
    }
}

/// A rule as it is written.
struct Draft<'a> {
    id: String,
    reason: &'a str,
    expr: Expr,
    exempt: Option<&'static str>,
    note: Option<String>,
}

/// Writes a rule; texts are quoted in whatever way TOML needs.
fn write(out: &mut String, draft: &Draft<'_>) {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let _ = writeln!(out, "[[rule]]\nid = {}\nreason = {}", quoted(&draft.id), quoted(draft.reason));
    let _ = writeln!(out, "match = {}", quoted(&draft.expr.to_string()));
    if let Some(exempt) = draft.exempt {
        let _ = writeln!(out, "exempt = {}", quoted(exempt));
    }
    let _ = writeln!(out, "status = \"draft\"");
    if let Some(note) = &draft.note {
        let _ = writeln!(out, "note = {}", quoted(note));
    }
    out.push('\n');
}

/// Writes a line as a comment; TOML allows no control characters in one.
fn comment(out: &mut String, line: &str) {
    let line: String = line.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect();
    let _ = writeln!(out, "{}", format!("# {line}").trim_end());
}
