//! `quoting`: the share of a comment that it quotes from others, and where the quotes stand.
//!
//! Quoted are lines that begin with `>`, the `On … wrote:` line before them, and `[quote]…[/quote]`. Words between
//! quotation marks are not: they are too easily one's own.

use std::ops::Range;

use super::{Reads, Reason, Scale, Signal, Subject};

/// The share of a comment's bytes, blanks left out, that stand in quotes.
pub static SIGNAL: Signal = Signal {
    name: "quoting",
    version: 1,
    meaning: "share of the text that is quoted from others",
    scale: Scale::Share,
    reads: Reads::Text { value, why },
};

fn value(subject: &Subject) -> Option<f64> {
    let weight = |text: &str| text.bytes().filter(|b| !b.is_ascii_whitespace()).count() as f64;
    let whole = weight(subject.text());
    let quoted: f64 = subject.quotes().iter().map(|span| weight(&subject.text()[span.clone()])).sum();
    (whole > 0.0).then(|| quoted / whole)
}

fn why(subject: &Subject) -> Vec<Reason> {
    subject.quotes().iter().map(|span| Reason::at("quoted", span.clone(), 0.0)).collect()
}

/// Where a text quotes others: ascending, not overlapping.
pub fn quotes(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut start, mut tags) = (0, 0usize);
    let mut before: Option<Range<usize>> = None;
    for line in text.split_inclusive('\n') {
        let span = start..start + line.len();
        start = span.end;
        let (opened, closed) = tags_in(line);
        let inside = tags > 0 || opened > 0;
        tags = (tags + opened).saturating_sub(closed);
        let marked = line.trim_start().starts_with('>');
        if marked && let Some(attribution) = before.take() {
            add(&mut found, attribution);
        }
        if marked {
            add(&mut found, span);
        } else if inside {
            let end = if tags == 0 { span.start + after_last_close(line) } else { span.end };
            add(&mut found, span.start + line.to_ascii_lowercase().find("[quote").unwrap_or(0)..end);
        } else if line.trim_start().starts_with("On ") && line.trim_end().ends_with("wrote:") {
            before = Some(span);
        } else if !line.trim().is_empty() {
            before = None;
        }
    }
    found
}

fn add(found: &mut Vec<Range<usize>>, span: Range<usize>) {
    match found.last_mut() {
        Some(last) if last.end >= span.start => last.end = span.end.max(last.end),
        _ => found.push(span),
    }
}

/// How many quote tags a line opens and closes.
fn tags_in(line: &str) -> (usize, usize) {
    if !line.contains('[') {
        return (0, 0);
    }
    let line = line.to_ascii_lowercase();
    (line.matches("[quote]").count() + line.matches("[quote=").count(), line.matches("[/quote]").count())
}

fn after_last_close(line: &str) -> usize {
    const CLOSE: &str = "[/quote]";
    line.to_ascii_lowercase().rfind(CLOSE).map_or(line.len(), |at| at + CLOSE.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> Vec<&str> {
        quotes(text).into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn quoted_lines_and_who_wrote_them() {
        assert_eq!(
            quoted("Hello\nOn Monday, Ann wrote:\n> the soup\n> is cold\nNo."),
            ["On Monday, Ann wrote:\n> the soup\n> is cold\n"]
        );
        assert_eq!(quoted("On Monday Bob wrote:\nnothing"), Vec::<&str>::new());
    }

    #[test]
    fn quote_tags_over_several_lines() {
        assert_eq!(quoted("Yes [quote=\"Ann\"]cold\nsoup[/quote] no"), ["[quote=\"Ann\"]cold\nsoup[/quote]"]);
    }

    #[test]
    fn the_share_leaves_blanks_out() {
        assert_eq!(value(&Subject::new("> ab\n\n cde ")), Some(0.5));
        assert_eq!(value(&Subject::new("  ")), None);
    }
}
