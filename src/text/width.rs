//! Wrapping and cutting by what a terminal shows: columns, not bytes, and never inside a character that is made of
//! several. The text must have been made safe by `terminal` before.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns that the text takes on one line.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// The text in at most `columns` columns; what is cut off is replaced by `…`.
pub fn truncate(text: &str, columns: usize) -> Cow<'_, str> {
    let mut used = 0;
    let mut room_for_dots = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > columns {
            let dots = if columns == 0 { "" } else { "…" };
            return Cow::Owned(format!("{}{dots}", &text[..room_for_dots]));
        }
        if used < columns {
            room_for_dots = at + grapheme.len();
        }
    }
    Cow::Borrowed(text)
}

/// Writes the text into `out` in lines of at most `columns` columns, `indent` included, each begun with `indent` and ended
/// by a newline. Lines break at spaces, words longer than a line between characters; line breaks, blank lines and spaces
/// within a line are kept, and a tab counts as four spaces. A line always holds at least one character, however narrow.
pub fn wrap(text: &str, columns: usize, indent: &str, out: &mut String) {
    let room = columns.saturating_sub(width(indent)).max(1);
    for line in text.split('\n') {
        let line = line.replace('\t', "    ");
        Wrapped { room, indent, used: 0, out }.line(line.trim_end());
    }
}

/// One line of text on its way into lines of the terminal.
struct Wrapped<'a> {
    room: usize,
    indent: &'a str,
    used: usize,
    out: &'a mut String,
}

impl Wrapped<'_> {
    fn line(mut self, text: &str) {
        let mut spaces = 0;
        let mut begun = false;
        for word in text.split(' ') {
            if word.is_empty() {
                spaces += 1;
                continue;
            }
            if !begun {
                self.begin();
                // Leading spaces stay as long as they leave room for words.
                spaces = if spaces * 2 <= self.room { spaces } else { 0 };
            }
            self.word(word, spaces);
            (begun, spaces) = (true, 1);
        }
        if !begun {
            self.out.push_str(self.indent.trim_end());
        }
        self.out.push('\n');
    }

    fn begin(&mut self) {
        self.out.push_str(self.indent);
        self.used = 0;
    }

    fn next(&mut self) {
        self.out.push('\n');
        self.begin();
    }

    fn word(&mut self, word: &str, spaces: usize) {
        let wide = width(word);
        if self.used + spaces + wide <= self.room {
            self.out.extend(std::iter::repeat_n(' ', spaces));
            self.out.push_str(word);
            self.used += spaces + wide;
            return;
        }
        if self.used > 0 {
            self.next();
        }
        for grapheme in word.graphemes(true) {
            let wide = grapheme.width();
            if self.used > 0 && self.used + wide > self.room {
                self.next();
            }
            self.out.push_str(grapheme);
            self.used += wide;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wrapped(text: &str, columns: usize, indent: &str) -> String {
        let mut out = String::new();
        wrap(text, columns, indent, &mut out);
        out
    }

    #[test]
    fn cutting_counts_columns() {
        assert_eq!(truncate("bread", 5), "bread");
        assert_eq!(truncate("breads", 5), "brea…");
        assert_eq!(truncate("パンです", 5), "パン…");
        assert_eq!(truncate("パンです", 4), "パ…");
        assert_eq!(truncate("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(truncate("👩\u{200d}👩\u{200d}👧 x", 4), "👩\u{200d}👩\u{200d}👧 x");
        assert_eq!(truncate("x", 0), "");
        assert_eq!(truncate("", 0), "");
    }

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrapped("one two three", 7, ""), "one two\nthree\n");
        assert_eq!(wrapped("one two three", 8, "| "), "| one\n| two\n| three\n");
        assert_eq!(wrapped("a\n\nb", 10, "> "), "> a\n>\n> b\n");
        assert_eq!(wrapped("  a  b", 10, ""), "  a  b\n");
        assert_eq!(wrapped("", 10, "  "), "\n");
    }

    #[test]
    fn long_words_break_between_characters() {
        assert_eq!(wrapped("x abcdefgh", 4, ""), "x\nabcd\nefgh\n");
        assert_eq!(wrapped("パンです", 3, ""), "パ\nン\nで\nす\n");
        assert_eq!(wrapped("パ", 1, ""), "パ\n");
        assert_eq!(wrapped("ab", 1, "          "), "          a\n          b\n");
    }

    #[test]
    fn ten_megabytes_are_quick() {
        for text in ["x".repeat(10 << 20), "x ".repeat(5 << 20), "\n".repeat(10 << 20), " ".repeat(10 << 20)] {
            assert!(wrapped(&text, 80, "  ").ends_with('\n'));
            assert!(truncate(&text, 80).chars().count() <= 80 || text.starts_with('\n'));
        }
    }

    proptest! {
        #[test]
        fn lines_fit_and_words_stay(text in "[a-zé漢 \n]{0,200}", columns in 2usize..40) {
            let out = wrapped(&text, columns, "");
            prop_assert!(out.lines().all(|line| width(line) <= columns));
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(bare(&out), bare(&text));
            prop_assert!(width(&truncate(&text.replace('\n', ""), columns)) <= columns);
        }
    }
}
