//! A page copy as numbered lines with columns. Spaces, no-break spaces and tabs all count as indentation.

use std::ops::Range;

/// How far apart tab stops are where tabs stand for eight spaces.
const TAB: usize = 8;

/// A text cut into lines. Offsets are kept as 32-bit numbers: a page is never as large as that.
pub struct Lines<'t> {
    text: &'t str,
    spans: Vec<Span>,
}

#[derive(Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
    column: u32,
}

/// A list marker at the start of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark<'t> {
    /// Column of the marker.
    pub column: usize,
    /// The printed number; absent for a bullet.
    pub number: Option<u64>,
    /// What follows the marker on its line.
    pub head: &'t str,
    /// Column at which that starts.
    pub head_column: usize,
}

impl<'t> Lines<'t> {
    /// Cuts a text at its line feeds; a carriage return before one belongs to it.
    pub fn new(text: &'t str) -> Self {
        let tab = tab_stops(text);
        let mut spans = Vec::new();
        let mut start = 0;
        for line in text.split('\n') {
            let bare = line.trim_start();
            let end = start + line.trim_end().len();
            let indent = start + line.len() - bare.len();
            let span = Span {
                start: indent.min(end) as u32,
                end: end as u32,
                column: if bare.is_empty() { 0 } else { width(&text[start..indent], tab) as u32 },
            };
            spans.push(span);
            start += line.len() + 1;
        }
        Lines { text, spans }
    }

    /// How many lines there are; a final newline starts one more, empty line.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// The line without its indentation and trailing white space; empty past the end.
    pub fn text(&self, line: usize) -> &'t str {
        self.spans.get(line).map_or("", |span| &self.text[span.start as usize..span.end as usize])
    }

    /// Whether the line holds nothing; so does every line past the end.
    pub fn blank(&self, line: usize) -> bool {
        self.text(line).is_empty()
    }

    /// Columns of indentation.
    pub fn column(&self, line: usize) -> usize {
        self.spans.get(line).map_or(0, |span| span.column as usize)
    }

    /// Offset of the first character that is not indentation.
    pub fn byte(&self, line: usize) -> u64 {
        self.spans.get(line).map_or(self.text.len() as u64, |span| u64::from(span.start))
    }

    /// The first line of the range that is not blank.
    pub fn first_full(&self, range: Range<usize>) -> Option<usize> {
        range.into_iter().find(|line| !self.blank(*line))
    }

    /// These lines as one text: `columns` of indentation taken off each, deeper indentation and blank lines kept. Where
    /// something between two of the lines was left out, a blank line stands in its place.
    pub fn body(&self, first: Option<&str>, lines: &[usize], columns: usize) -> String {
        let mut body = first.unwrap_or_default().to_owned();
        for (at, &line) in lines.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| lines.get(before)).copied();
            if !body.is_empty() {
                body.push('\n');
                for _ in 0..self.blanks_before(line, before) {
                    body.push('\n');
                }
            }
            for _ in columns..self.column(line) {
                body.push(' ');
            }
            body.push_str(self.text(line));
        }
        body.trim().to_owned()
    }

    fn blanks_before(&self, line: usize, before: Option<usize>) -> usize {
        let blanks = (0..line).rev().take_while(|above| self.blank(*above)).count();
        let left_out = before.is_some_and(|before| line - before > blanks + 1);
        if left_out { blanks.max(1) } else { blanks }
    }

    /// The list marker that the line starts with.
    pub fn mark(&self, line: usize) -> Option<Mark<'t>> {
        let (column, text) = (self.column(line), self.text(line));
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = match digits {
            0 => (None, text.strip_prefix(BULLETS)?),
            1..=7 => (Some(text[..digits].parse().ok()?), text[digits..].strip_prefix('.')?),
            _ => return None,
        };
        let head = rest.trim_start();
        if !head.is_empty() && head.len() == rest.len() {
            return None;
        }
        let head_column = column + text.chars().count() - head.chars().count();
        Some(Mark { column, number, head, head_column })
    }
}

/// What text renderers print before the entries of an unnumbered list.
const BULLETS: [char; 7] = ['•', '◦', '▪', '‣', '*', '-', '+'];

/// Page copies come without tabs. Where somebody's tools put some in, they either stand for eight spaces each, and
/// then some lines have spaces beside them, or for one level of two columns.
fn tab_stops(text: &str) -> usize {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let mixed =
        text.split('\n').map(|line| &line[..indent(line)]).any(|indent| indent.contains('\t') && indent.contains(' '));
    if mixed { TAB } else { 2 }
}

fn width(indent: &str, tab: usize) -> usize {
    indent.chars().fold(0, |column, c| if c == '\t' { (column / tab + 1) * tab } else { column + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_spaces_tabs_and_no_break_spaces() {
        let lines = Lines::new("a\r\n\tb\r\n\u{a0}\u{a0}c\n    d  \n\n");
        let found: Vec<_> = (0..lines.len()).map(|at| (lines.column(at), lines.text(at))).collect();
        assert_eq!(found, [(0, "a"), (2, "b"), (2, "c"), (4, "d"), (0, ""), (0, "")]);
        assert_eq!(lines.byte(1), 4);
        let lines = Lines::new("\tb\n  \tc\n\t  d");
        assert_eq!([lines.column(0), lines.column(1), lines.column(2)], [8, 8, 10]);
    }

    #[test]
    fn markers_need_a_space() {
        let lines = Lines::new("  12. Ada says\n  1.5 litres\n    • Jo says\n-5 degrees\n  3.\n 123456789. x");
        assert_eq!(lines.mark(0), Some(Mark { column: 2, number: Some(12), head: "Ada says", head_column: 6 }));
        assert_eq!(lines.mark(1), None);
        assert_eq!(lines.mark(2), Some(Mark { column: 4, number: None, head: "Jo says", head_column: 6 }));
        assert_eq!(lines.mark(3), None);
        assert_eq!(lines.mark(4).map(|mark| (mark.number, mark.head)), Some((Some(3), "")));
        assert_eq!(lines.mark(5), None);
    }

    #[test]
    fn bodies_keep_paragraphs_and_deeper_indentation() {
        let lines = Lines::new("x\n\n    one\n      two\n\n\n    three");
        assert_eq!(lines.body(Some("x"), &[2, 3, 6], 4), "x\n\none\n  two\n\n\nthree");
        assert_eq!(lines.body(None, &[2, 6], 4), "one\n\n\nthree");
    }
}
