//! What is wrong with a rule file: where, why, and one suggestion.

use std::ops::Range;

/// A fault in a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, in bytes of the file.
    pub span: Range<usize>,
    /// What is wrong, lower case, no full stop.
    pub reason: String,
    /// What was perhaps meant, or what to do.
    pub suggestion: Option<String>,
}

impl Fault {
    /// A fault without a suggestion.
    pub fn new(span: Range<usize>, reason: impl Into<String>) -> Self {
        Fault { span, reason: reason.into(), suggestion: None }
    }

    /// The same fault, with a suggestion if there is one.
    #[must_use]
    pub fn suggest(mut self, suggestion: Option<impl Into<String>>) -> Self {
        self.suggestion = suggestion.map(Into::into);
        self
    }

    /// Line and column in the text of the file, from 1; columns count characters.
    pub fn place(&self, text: &str) -> (usize, usize) {
        let before = &text[..text.floor_char_boundary(self.span.start.min(text.len()))];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// The fault as one line behind the name of the file: `rules.toml:3:9: no key …; did you mean …?`
    pub fn render(&self, name: &str, text: &str) -> String {
        let (line, column) = self.place(text);
        let suggestion = self.suggestion.as_ref().map(|text| format!("; {text}")).unwrap_or_default();
        format!("{name}:{line}:{column}: {}{suggestion}", self.reason)
    }
}

/// "did you mean …?" for what is nearest to what was typed, if anything is near.
pub(super) fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let typed: String = typed.to_lowercase().replace('_', "-").chars().take(64).collect();
    known
        .into_iter()
        .map(|word| (strsim::jaro_winkler(&typed, &word.replace('_', "-")), word))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| format!("did you mean `{word}`?"))
}
