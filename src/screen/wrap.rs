//! Breaks a text into lines of a width, keeping which parts of it are marked. The text is escaped first, so that nothing
//! in it can move the cursor, and then wrapped by the same function as everywhere.

use std::ops::Range;

use crate::text::{terminal, width};

/// The most bytes of a text that are laid out; the rest is counted.
pub const MOST: usize = 64 << 10;

/// A piece of a line, and whether it is marked.
pub type Piece = (String, bool);

/// The lines of a text, with its marks (in order, apart from each other, on characters).
pub fn lines(text: &str, marks: &[Range<usize>], columns: usize) -> Vec<Vec<Piece>> {
    let cut = (0..=MOST.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (safe, flags) = escaped(&text[..cut], marks);
    let mut wrapped = String::new();
    width::wrap(safe.trim_end(), columns, "", &mut wrapped);
    // Wrapping changes nothing but white space, so that the other characters keep their order.
    let mut marked = safe.chars().zip(flags).filter(|(sign, _)| !sign.is_whitespace()).map(|(_, marked)| marked);
    let mut out: Vec<Vec<Piece>> = Vec::new();
    for line in wrapped.lines() {
        let mut pieces: Vec<Piece> = Vec::new();
        for sign in line.chars() {
            let is_marked = if sign.is_whitespace() { None } else { marked.next() };
            match pieces.last_mut() {
                Some((piece, of)) if is_marked.is_none_or(|is_marked| is_marked == *of) => piece.push(sign),
                _ => pieces.push((sign.to_string(), is_marked.unwrap_or(false))),
            }
        }
        // A space between a marked word and an unmarked one belongs to neither.
        let mut split: Vec<Piece> = Vec::with_capacity(pieces.len());
        for (piece, of) in pieces {
            let words = piece.trim_end().len();
            if of && words < piece.len() {
                split.push((piece[..words].to_owned(), true));
                split.push((piece[words..].to_owned(), false));
            } else {
                split.push((piece, of));
            }
        }
        out.push(split);
    }
    if cut < text.len() {
        out.push(vec![(format!("… {} more bytes", text.len() - cut), false)]);
    }
    out
}

/// The text as a terminal may see it, and for each of its characters whether it is marked.
fn escaped(text: &str, marks: &[Range<usize>]) -> (String, Vec<bool>) {
    let mut safe = String::with_capacity(text.len());
    let mut flags = Vec::with_capacity(text.len());
    let mut push = |part: &str, marked: bool| {
        let part = terminal::escape_multiline(part);
        flags.extend(part.chars().map(|_| marked));
        safe.push_str(&part);
    };
    let mut at = 0;
    for mark in marks {
        let (start, end) = (mark.start.min(text.len()), mark.end.min(text.len()));
        if start >= at && text.is_char_boundary(start) && text.is_char_boundary(end) {
            push(&text[at..start], false);
            push(&text[start..end], true);
            at = end;
        }
    }
    push(&text[at..], false);
    (safe, flags)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(lines: &[Vec<Piece>]) -> String {
        let piece = |(text, marked): &Piece| if *marked { format!("[{text}]") } else { text.clone() };
        lines.iter().map(|line| line.iter().map(piece).collect::<String>()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn marks_survive_wrapping_and_escaping() {
        let text = "Only an idiot keeps\na starter\u{1b} in the fridge";
        let at = text.find("idiot keeps").unwrap();
        let second = text.find('\u{1b}').unwrap();
        let marks = [at..at + "idiot keeps\na".len(), second..second + 1];
        assert_eq!(shown(&lines(text, &marks, 13)), "Only an [idiot]\n[keeps]\n[a] starter[\\x1b]\nin the fridge");
        assert_eq!(shown(&lines("", &[], 10)), "");
    }

    #[test]
    fn a_text_of_megabytes_is_cut_and_the_rest_counted() {
        let text = "ä ".repeat(MOST);
        let lines = lines(&text, &[], 40);
        assert!(lines.len() < MOST / 20);
        assert!(shown(&lines[lines.len() - 1..]).starts_with("… "));
    }

    proptest! {
        #[test]
        fn no_text_and_no_marks_break_it(text in any::<String>(), from in 0usize..40, long in 0usize..40, columns in 1usize..30) {
            let two = vec![from..from + long, from + 20..from + 21];
            let lines = lines(&text, &crate::screen::case::tidy(&text, two), columns);
            let whole: String = shown(&lines);
            prop_assert!(whole.chars().all(|sign| sign == '\n' || !sign.is_control()));
        }
    }
}
