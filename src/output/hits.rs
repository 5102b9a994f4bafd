//! Hits for reading: who, when, where, and the sentence that matched with the match marked.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;

use anstyle::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::tree::{Palette, author_name, moment};
use crate::model::{Comment, Status};
use crate::text::terminal;

/// Hits being written.
pub struct HitWriter<'w> {
    out: &'w mut dyn Write,
    width: usize,
    palette: Palette,
}

impl<'w> HitWriter<'w> {
    /// For a screen of this width.
    pub fn new(out: &'w mut dyn Write, width: usize, palette: Palette) -> Self {
        HitWriter { out, width: width.min(110), palette }
    }

    /// Writes one hit; `spans` are the matches in its text, in bytes.
    pub fn hit(&mut self, comment: &Comment, spans: &[Range<usize>]) -> io::Result<()> {
        let Palette { id, author, dim, alert, .. } = self.palette;
        let mut head = format!("{id}{}{id:#}  {author}{}{author:#}", comment.id, author_name(comment));
        let mut small: Vec<String> = comment.created.and_then(moment).into_iter().collect();
        small.push(comment.post.to_string());
        small.extend(comment.score.map(|score| format!("{score:+}")));
        for fact in small {
            let _ = write!(head, "{dim} · {fact}{dim:#}");
        }
        if !matches!(comment.status, Status::Pending | Status::Approved) {
            let _ = write!(head, " {alert}[{}]{alert:#}", comment.status);
        }
        let room = self.width.saturating_sub(INDENT.len()).max(1);
        writeln!(self.out, "{head}")?;
        self.out.write_all(wrapped(&pieces(&comment.text, spans, room * 2), room, self.palette.mark).as_bytes())
    }
}

/// What stands before the lines of an excerpt.
const INDENT: &str = "    ";

/// Text that is a match, or is not; safe for a terminal.
struct Piece {
    text: String,
    marked: bool,
}

/// The part of a text around its first match, in at most so many characters, on one line, escaped, with every match in
/// it. It begins at the sentence's beginning where that is near.
fn pieces(text: &str, spans: &[Range<usize>], room: usize) -> Vec<Piece> {
    let first = spans.first().cloned().unwrap_or(0..0);
    let from = beginning(text, first.start, room / 3);
    let mut out = Vec::new();
    if from > 0 {
        push(&mut out, "…", false);
    }
    let end = text[from..].char_indices().nth(room).map_or(text.len(), |(at, _)| from + at);
    let mut at = from;
    for span in spans.iter().filter(|span| span.start >= from && span.start < end) {
        let stop = span.end.min(end);
        push(&mut out, &text[at..span.start], false);
        push(&mut out, &text[span.start..stop], true);
        at = stop;
    }
    push(&mut out, &text[at..end], false);
    if end < text.len() {
        push(&mut out, "…", false);
    }
    out
}

/// The part of a text around its first match, in at most so many characters, on one line and escaped, with every match in
/// it between `»` and `«`: for places where a colour may not be seen.
pub fn quoted(text: &str, spans: &[Range<usize>], room: usize) -> String {
    let piece = |piece: &Piece| if piece.marked { format!("»{}«", piece.text) } else { piece.text.clone() };
    pieces(text, spans, room).iter().map(piece).collect()
}

/// Pieces as indented lines of at most so many columns, broken at spaces where there are any.
fn wrapped(pieces: &[Piece], columns: usize, mark: Style) -> String {
    let mut out = String::new();
    // The line so far, how wide it is, and what of it stands before its last space.
    let (mut line, mut used, mut space): (Vec<(&str, bool)>, usize, Option<usize>) = (Vec::new(), 0, None);
    for piece in pieces {
        for grapheme in piece.text.graphemes(true) {
            if used + grapheme.width() > columns && grapheme != " " {
                let rest = line.split_off(space.map_or(line.len(), |space| space + 1));
                write_line(&mut out, &line, mark);
                used = rest.iter().map(|(grapheme, _)| grapheme.width()).sum();
                (line, space) = (rest, None);
            }
            if grapheme == " " {
                space = Some(line.len());
            }
            used += grapheme.width();
            line.push((grapheme, piece.marked));
        }
    }
    write_line(&mut out, &line, mark);
    out
}

fn write_line(out: &mut String, line: &[(&str, bool)], mark: Style) {
    out.push_str(INDENT);
    let end = line.iter().rposition(|(grapheme, _)| *grapheme != " ").map_or(0, |last| last + 1);
    for part in line[..end].chunk_by(|(_, a), (_, b)| a == b) {
        let text: String = part.iter().map(|(grapheme, _)| *grapheme).collect();
        let _ = if part[0].1 { write!(out, "{mark}{text}{mark:#}") } else { write!(out, "{text}") };
    }
    out.push('\n');
}

/// Where an excerpt begins: at the sentence that holds the match, or so many characters before it, at a word.
fn beginning(text: &str, start: usize, before: usize) -> usize {
    let reach = text[..start].char_indices().rev().take(before).last().map_or(start, |(at, _)| at);
    if reach == 0 {
        return 0;
    }
    let window = &text[reach..start];
    let sentence = window.rfind(['.', '!', '?', '\n']).map(|at| reach + at + 1);
    let word = || window.find(' ').map(|at| reach + at);
    let from = sentence.or_else(word).unwrap_or(reach);
    from + (text[from..start].len() - text[from..start].trim_start().len())
}

/// Appends text for one line of a terminal.
fn push(out: &mut Vec<Piece>, text: &str, marked: bool) {
    let line = text.replace(['\n', '\t', '\r'], " ");
    out.push(Piece { text: terminal::escape(&line).into_owned(), marked });
}

/// Spans as the text of a JSON array of pairs.
pub fn spans_json(spans: &[Range<usize>]) -> String {
    let pairs: Vec<[usize; 2]> = spans.iter().map(|span| [span.start, span.end]).collect();
    serde_json::json!(pairs).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, spans: &[Range<usize>], room: usize, mark: Style) -> String {
        let styled = |Piece { text, marked }| if marked { format!("{mark}{text}{mark:#}") } else { text };
        pieces(text, spans, room).into_iter().map(styled).collect()
    }

    #[test]
    fn an_excerpt_is_the_sentence_around_the_match() {
        let text = "First things first. Then the war of attrition began.\nAnd so on.";
        let at = text.find("war").unwrap();
        let found = [at..at + 3, 0..0];
        assert_eq!(excerpt(text, &found[..1], 80, Style::new()), "…Then the war of attrition began. And so on.");
        assert_eq!(excerpt(text, &[], 11, Style::new()), "First thing…");
        let bold = Style::new().bold();
        assert_eq!(
            excerpt("a b\u{1b} c", &vec![2..4; 1], 80, bold),
            format!("a {bold}b\\u{{1b}}{bold:#} c").replace("\\u{1b}", &terminal::escape("\u{1b}"))
        );
    }

    #[test]
    fn lines_break_at_spaces_and_marks_never_reach_over_a_line() {
        let text = "one two three four-five-six seven";
        let marked = text.find("two three").unwrap();
        let bold = Style::new().bold();
        let lines = wrapped(&pieces(text, &vec![marked..marked + 9; 1], 80), 8, bold);
        assert_eq!(
            lines,
            format!("    one {bold}two{bold:#}\n    {bold}three{bold:#}\n    four-fiv\n    e-six\n    seven\n")
        );
    }

    #[test]
    fn an_excerpt_never_cuts_a_character() {
        let text = "ä".repeat(300);
        for start in (0..600).step_by(2) {
            assert!(!excerpt(&text, &vec![start..start + 2; 1], 40, Style::new()).is_empty());
        }
    }
}
