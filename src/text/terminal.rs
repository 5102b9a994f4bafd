//! What a terminal may see. Comments are written by strangers: control characters would move the cursor, set the title
//! or the clipboard; bidirectional controls would show words in another order; invisible characters would hide some.
//! All of these are shown as visible escapes such as `\x1b` or `\u{202e}`. Emoji sequences, and the joiners that Persian
//! and Indic words need, stay as they are.
//!
//! Not here: wrapping and cutting (`width`), and colour, which only quell itself writes.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_normalization::char::is_combining_mark;

/// How many combining marks one character may carry. Vietnamese needs two, polytonic Greek three, Tibetan stacks and
/// pointed Hebrew up to six.
const MARKS: u32 = 8;

/// The text for a field of one line: nothing in it moves the cursor, line feeds and tabs included.
pub fn escape(text: &str) -> Cow<'_, str> {
    visible(text, false)
}

/// The text for a block of lines: line feeds and tabs stay, and a carriage return before a line feed is dropped.
pub fn escape_multiline(text: &str) -> Cow<'_, str> {
    visible(text, true)
}

fn visible(text: &str, multiline: bool) -> Cow<'_, str> {
    let plain = |byte: u8| (b' '..=b'~').contains(&byte) || (multiline && matches!(byte, b'\n' | b'\t'));
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut shown = Shown { before: None, marks: MARKS };
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        match c {
            '\n' | '\t' if multiline => {
                out.push(c);
                shown = Shown { before: None, marks: MARKS };
            }
            '\r' if multiline && next == Some('\n') => {}
            _ if shown.takes(c, next) => out.push(c),
            _ => {
                escaped(&mut out, c);
                // Once a character is full, all further marks are shown; after other escapes a new one begins.
                shown = Shown { before: None, marks: if is_combining_mark(c) { MARKS } else { 0 } };
            }
        }
    }
    if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) }
}

fn escaped(out: &mut String, c: char) {
    // Writing into a string cannot fail.
    let _ = match c {
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        ..='\u{ff}' => write!(out, "\\x{:02x}", u32::from(c)),
        _ => write!(out, "\\u{{{:x}}}", u32::from(c)),
    };
}

/// What the character to come may lean on.
struct Shown {
    /// The character before, whether shown as it is or escaped.
    before: Option<char>,
    /// Marks on the last base; full at the beginning of a line, where a mark would sit on what quell printed before.
    marks: u32,
}

impl Shown {
    /// Whether this character may be shown as it is, and takes note of it.
    fn takes(&mut self, c: char, next: Option<char>) -> bool {
        let before = self.before.replace(c);
        match c {
            '\u{200c}' => joins(before, next, is_joining_letter),
            '\u{200d}' => joins(before, next, is_joining_letter) || joins(before, next, is_emoji_part),
            '\u{fe0e}' | '\u{fe0f}' => before.is_some_and(|base| is_emoji(base) || is_keycap(base)),
            '\u{e0100}'..='\u{e01ef}' => before.is_some_and(is_ideograph),
            _ if is_unshowable(c) => false,
            _ if is_combining_mark(c) => {
                self.marks += 1;
                self.marks <= MARKS
            }
            _ => {
                self.marks = 0;
                true
            }
        }
    }
}

fn joins(before: Option<char>, next: Option<char>, fits: fn(char) -> bool) -> bool {
    before.is_some_and(fits) && next.is_some_and(fits)
}

/// Controls, bidirectional controls, characters without any mark of their own, and code points without a meaning
/// (Unicode 16: general categories Cc, Cf, Zl, Zp, Co, the default-ignorable code points and the noncharacters). The
/// soft hyphen counts: terminals do not hyphenate.
fn is_unshowable(c: char) -> bool {
    c.is_control()
        || u32::from(c) & 0xfffe == 0xfffe
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Letters and marks of the scripts whose spelling uses joiners: Arabic, Syriac, N'Ko, Mongolian, Khmer, Myanmar and the
/// scripts of India and Sri Lanka.
fn is_joining_letter(c: char) -> bool {
    let script = matches!(c,
        '\u{620}'..='\u{6ff}' | '\u{710}'..='\u{74f}' | '\u{750}'..='\u{77f}' | '\u{7ca}'..='\u{7f5}'
        | '\u{8a0}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17b3}'
        | '\u{17b6}'..='\u{17d3}' | '\u{1820}'..='\u{18aa}');
    script && (c.is_alphabetic() || is_combining_mark(c))
}

/// What may stand on either side of a joiner in an emoji sequence.
fn is_emoji_part(c: char) -> bool {
    is_emoji(c) || c == '\u{fe0f}'
}

/// The blocks that hold the emoji.
fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{21aa}'
        | '\u{2300}'..='\u{23ff}' | '\u{24c2}' | '\u{25aa}'..='\u{27bf}' | '\u{2934}' | '\u{2935}' | '\u{2b05}'..='\u{2b55}'
        | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

fn is_keycap(c: char) -> bool {
    matches!(c, '0'..='9' | '#' | '*')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Text that must come out as it is.
    fn kept(text: &str) {
        assert!(matches!(escape(text), Cow::Borrowed(_)), "{text} became {}", escape(text));
    }

    #[test]
    fn osc_52_cannot_set_the_clipboard() {
        assert_eq!(escape("\x1b]52;c;cm0gLXJm\x07"), "\\x1b]52;c;cm0gLXJm\\x07");
        assert_eq!(escape("\u{9d}52;c;cm0=\u{9c}"), "\\x9d52;c;cm0=\\x9c");
    }

    #[test]
    fn osc_8_cannot_hide_a_link() {
        assert_eq!(
            escape("\x1b]8;;http://a.example\x1b\\bank\x1b]8;;\x1b\\"),
            "\\x1b]8;;http://a.example\\x1b\\bank\\x1b]8;;\\x1b\\"
        );
    }

    #[test]
    fn the_title_cannot_be_changed() {
        assert_eq!(escape("\x1b]0;root\x07"), "\\x1b]0;root\\x07");
    }

    #[test]
    fn the_cursor_cannot_be_moved() {
        assert_eq!(escape_multiline("\x1b[2J\x1b[1;1Happroved\u{9b}A"), "\\x1b[2J\\x1b[1;1Happroved\\x9bA");
        assert_eq!(escape_multiline("\u{b}\u{c}\u{85}"), "\\x0b\\x0c\\x85");
    }

    #[test]
    fn a_carriage_return_cannot_forge_a_line() {
        assert_eq!(escape("bad words\rnice words"), "bad words\\rnice words");
        assert_eq!(escape_multiline("bad\rnice"), "bad\\rnice");
        assert_eq!(escape_multiline("one\r\ntwo"), "one\ntwo");
        assert_eq!(escape("one\r\ntwo\tthree"), "one\\r\\ntwo\\tthree");
    }

    #[test]
    fn backspaces_cannot_forge_words() {
        assert_eq!(escape("bad\x08\x08\x08good\x7f"), "bad\\x08\\x08\\x08good\\x7f");
    }

    #[test]
    fn trojan_source_shows_its_controls() {
        assert_eq!(
            escape("a\u{202e}b\u{2066}c\u{2069}\u{200f}\u{61c}"),
            "a\\u{202e}b\\u{2066}c\\u{2069}\\u{200f}\\u{61c}"
        );
    }

    #[test]
    fn zalgo_is_cut_down() {
        let zalgo = format!("a{}", "\u{301}".repeat(10));
        assert_eq!(escape(&zalgo), format!("a{}\\u{{301}}\\u{{301}}", "\u{301}".repeat(8)));
        assert_eq!(escape("\u{301}x"), "\\u{301}x", "a mark cannot sit on what stood before the field");
        assert_eq!(escape_multiline("a\n\u{301}x"), "a\n\\u{301}x");
    }

    #[test]
    fn nul_is_shown() {
        assert_eq!(escape("a\0b"), "a\\x00b");
    }

    #[test]
    fn invisible_characters_are_shown() {
        assert_eq!(escape("a\u{200b}b\u{2060}\u{feff}\u{ad}"), "a\\u{200b}b\\u{2060}\\u{feff}\\xad");
        assert_eq!(escape("\u{2028}\u{2029}\u{3164}\u{e000}"), "\\u{2028}\\u{2029}\\u{3164}\\u{e000}");
        assert_eq!(escape("a\u{200d}b\u{200c}"), "a\\u{200d}b\\u{200c}");
    }

    #[test]
    fn tags_and_selectors_cannot_smuggle_text() {
        assert_eq!(escape("hi\u{e0068}\u{e0069}"), "hi\\u{e0068}\\u{e0069}");
        assert_eq!(escape("a\u{fe0f}\u{fe01}\u{e0101}"), "a\\u{fe0f}\\u{fe01}\\u{e0101}");
        assert_eq!(escape("😀\u{fe0f}\u{fe0f}"), "😀\u{fe0f}\\u{fe0f}");
    }

    #[test]
    fn ordinary_text_of_every_script_stays() {
        for text in [
            "plain",
            "Grüße, tiếng Việt, Ελληνικά",
            "👩\u{200d}👩\u{200d}👧 ❤\u{fe0f}\u{200d}🔥 👍🏽 🇩🇪 1\u{fe0f}\u{20e3} 🏳\u{fe0f}\u{200d}🌈",
            "می\u{200c}خواهم",
            "क्\u{200d}ष ශ්\u{200d}රී",
            "שָׁלוֹם",
            "葛\u{e0100}城市",
            "a\u{a0}b",
        ] {
            kept(text);
        }
    }

    fn is_bidi(c: char) -> bool {
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    }

    proptest! {
        #[test]
        fn nothing_dangerous_is_left(text in any::<String>(), controls in prop::collection::vec(0u32..0x3000, 0..40)) {
            let text: String = text.chars().chain(controls.into_iter().filter_map(char::from_u32)).collect();
            let shown = escape(&text);
            let safe = |c: char| !c.is_control() && !is_bidi(c);
            prop_assert!(shown.chars().all(safe));
            let block = escape_multiline(&text);
            prop_assert!(block.chars().all(|c| safe(c) || matches!(c, '\n' | '\t')));
            prop_assert_eq!(escape(&shown), shown.clone());
        }
    }
}
