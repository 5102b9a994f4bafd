//! The tokens that words and phrases match, without case and accents. The text index is fed from here and the matcher
//! reads from here, so the two can't disagree.
//!
//! A token is a run of letters, digits and their marks: what Unicode word segmentation (UAX 29) gives, split further
//! at apostrophes, full stops and underscores. So `don't` and `don’t` are the two tokens `don t`, which a query asks
//! for as a phrase, and `homme` finds `l’homme`. Scripts written without spaces (Chinese, Japanese, Thai, Lao, Khmer,
//! Myanmar) and Korean, whose particles stick to the words, give one token a character, and so do emoji: a query for
//! several becomes a phrase of them.
//!
//! Every character of a run is a word character to the regex crate too. The planner relies on that: a Unicode `\b` is
//! always the edge of a run.
//!
//! Not here: seeing through disguises (zero-width characters, look-alikes, leet). That is [`super::fold`]'s work.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The most bytes of a folded token that count; what follows in the same run is left out of index and matcher alike.
pub const MAX_TOKEN: usize = 256;

/// One token of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// The token without case and accents: ASCII letters and digits, and characters beyond ASCII.
    pub folded: Cow<'a, str>,
    /// Where it stands, in bytes of the original text.
    pub span: Range<usize>,
}

/// The tokens of a text, in order.
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    Runs { text, at: 0 }.filter_map(|run| {
        let word = &text[run.span.clone()];
        let folded = if run.ascii && word.len() <= MAX_TOKEN && !word.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Borrowed(word)
        } else {
            let mut folded = String::with_capacity(word.len());
            run.fold_into(text, &mut folded);
            Cow::Owned(folded)
        };
        (!folded.is_empty()).then_some(Token { folded, span: run.span })
    })
}

/// Appends the folded tokens of a text, joined by single spaces. What it appends holds nothing but ASCII letters and
/// digits, characters beyond ASCII and those spaces, so the `ascii` tokenizer of FTS5 splits it into the same tokens.
pub fn index_into(text: &str, out: &mut String) {
    out.reserve(text.len() + 1);
    if text.is_ascii() {
        return index_ascii(text.as_bytes(), out);
    }
    let first = out.len();
    for run in (Runs { text, at: 0 }) {
        let before = out.len();
        if before > first {
            out.push(' ');
        }
        let start = out.len();
        run.fold_into(text, out);
        if out.len() == start {
            out.truncate(before);
        }
    }
}

/// A text as the `ascii` tokenizer of FTS5 may be fed with it, so that it finds the tokens of [`index_into`]: the text
/// itself where it is ASCII, since that tokenizer lowers and splits it just so, unless a run is too long to count whole.
pub fn index_form(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !may_hold_long_run(text.as_bytes()) { Cow::Borrowed(text) } else { Cow::Owned(joined(text)) }
}

/// Whether a run of letters and digits may be longer than [`MAX_TOKEN`]: such a run fills a whole piece of half that
/// length, wherever it begins.
fn may_hold_long_run(text: &[u8]) -> bool {
    let fills = |piece: &[u8]| piece.iter().fold(true, |all, byte| all & byte.is_ascii_alphanumeric());
    text.len() > MAX_TOKEN && text.as_chunks::<{ MAX_TOKEN / 2 }>().0.iter().any(|piece| fills(piece))
}

/// [`index_into`] for ASCII, byte by byte without a branch: most comments take this way.
fn index_ascii(text: &[u8], out: &mut String) {
    let mut buffer = [0_u8; 1024];
    // How long the present run is, whether a separator waits to be written, and whether there was any token yet.
    let (mut run, mut pending, mut any) = (0_usize, false, false);
    for piece in text.chunks(buffer.len() / 2) {
        let mut used = 0;
        for &byte in piece {
            let word = byte.is_ascii_alphanumeric();
            // A separator is written before the token that follows it, so that none trails.
            buffer[used] = b' ';
            used += usize::from(word & pending & any);
            buffer[used] = byte.to_ascii_lowercase();
            run = if word { run + 1 } else { 0 };
            used += usize::from(word & (run <= MAX_TOKEN));
            pending = !word;
            any |= word;
        }
        if let Ok(piece) = std::str::from_utf8(&buffer[..used]) {
            out.push_str(piece);
        }
    }
}

/// The folded tokens of a text, joined by single spaces.
pub fn joined(text: &str) -> String {
    let mut out = String::new();
    index_into(text, &mut out);
    out
}

/// A short text without case and accents and with single spaces, punctuation kept: what names and titles are compared
/// by, so that `Doug M.` and `doug m` stay two people.
pub fn name_key(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        word.chars().for_each(|c| fold_char(c, &mut out));
    }
    out
}

/// What a character is to a tokenizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Part of a run: a letter or digit.
    Word,
    /// A token of its own.
    Single,
    /// A mark or joiner: belongs to the character before it.
    Mark,
    /// Neither: it ends a run.
    Other,
}

/// What this character is to a tokenizer.
pub fn class(c: char) -> Class {
    if c.is_ascii() {
        return if c.is_ascii_alphanumeric() { Class::Word } else { Class::Other };
    }
    match c {
        // The letters that most text beyond ASCII is made of, without a look into the tables.
        '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{24F}' | '\u{3A3}'..='\u{3F5}' => Class::Word,
        '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}' | '\u{5D0}'..='\u{5EA}' => Class::Word,
        '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => Class::Single,
        _ => class_by_table(c),
    }
}

fn class_by_table(c: char) -> Class {
    // The libraries' tables are of different versions of Unicode; what the regex crate does not know is in no word.
    let word = regex_syntax::try_is_word_character(c).unwrap_or(false);
    if word && (is_combining_mark(c) || matches!(c, '\u{200C}' | '\u{200D}')) {
        return Class::Mark;
    }
    if is_single(c) {
        return Class::Single;
    }
    // Connector punctuation counts as a word character in regexes, but `a‿b` is two words.
    let connector = matches!(c, '\u{203F}' | '\u{2040}' | '\u{2054}' | '\u{FE33}' | '\u{FE34}')
        || matches!(c, '\u{FE4D}'..='\u{FE4F}' | '\u{FF3F}');
    if word && !connector { Class::Word } else { Class::Other }
}

/// Appends a character without case and accents.
pub fn fold_char(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    // Letters that fold to themselves or to the one 32 below, without a look into the tables.
    match c {
        'а'..='и' | 'к'..='я' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => out.push(c),
        'А'..='И' | 'К'..='Я' => out.extend(char::from_u32(c as u32 + 32)),
        _ => fold_by_table(c, out),
    }
}

fn fold_by_table(c: char, out: &mut String) {
    for lower in c.to_lowercase() {
        match lower {
            // Decomposing Hangul would give letters instead of syllables.
            '\u{AC00}'..='\u{D7A3}' => out.push(lower),
            _ => decompose_canonical(lower, |part| fold_part(part, out)),
        }
    }
}

/// Appends one part of a decomposed lower-case letter, unless it is an accent.
fn fold_part(part: char, out: &mut String) {
    match part {
        // Letters whose stroke or ligature is no mark to Unicode, but which people type without it.
        'ß' => out.push_str("ss"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'ø' => out.push('o'),
        'ł' => out.push('l'),
        'đ' => out.push('d'),
        'ħ' => out.push('h'),
        'ı' => out.push('i'),
        'ſ' => out.push('s'),
        'ς' => out.push('σ'),
        _ if is_accent(part) || (part.is_ascii() && !part.is_ascii_alphanumeric()) => {}
        _ => out.push(part),
    }
}

/// Whether a mark is an accent, a point or a reading sign, which searching ignores. Marks of Indic and South-East Asian
/// scripts and the Japanese voicing marks make other letters or vowels, and count.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}'
        | '\u{05C2}' | '\u{05C4}' | '\u{05C5}' | '\u{05C7}' | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}'
        | '\u{0670}' | '\u{06D6}'..='\u{06DC}' | '\u{06DF}'..='\u{06E4}' | '\u{06E7}' | '\u{06E8}'
        | '\u{06EA}'..='\u{06ED}' | '\u{08D3}'..='\u{08E1}' | '\u{08E3}'..='\u{08FF}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{200C}' | '\u{200D}' | '\u{20D0}'..='\u{20FF}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FE20}'..='\u{FE2F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Whether a character beyond ASCII is a token of its own.
fn is_single(c: char) -> bool {
    match c {
        '\u{0E00}'..='\u{0EFF}'
        | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17FF}'
        | '\u{1950}'..='\u{19DF}'
        | '\u{1A20}'..='\u{1AAF}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{A9E0}'..='\u{A9FF}'
        | '\u{AA60}'..='\u{AA7F}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9F}'
        | '\u{20000}'..='\u{3FFFF}' => regex_syntax::try_is_word_character(c).unwrap_or(false),
        // Emoji, without the skin tones, which are to emoji what accents are to letters.
        '\u{2600}'..='\u{27BF}' | '\u{1F1E6}'..='\u{1F3FA}' | '\u{1F400}'..='\u{1FAFF}' => true,
        _ => false,
    }
}

/// A run of characters that makes one token.
struct Run {
    span: Range<usize>,
    ascii: bool,
}

impl Run {
    /// Appends the folded token; nothing if only marks are left of it.
    fn fold_into(&self, text: &str, out: &mut String) {
        let word = &text[self.span.clone()];
        let start = out.len();
        if self.ascii {
            out.push_str(&word[..word.len().min(MAX_TOKEN)]);
            out[start..].make_ascii_lowercase();
            return;
        }
        for c in word.chars() {
            let before = out.len();
            fold_char(c, out);
            if out.len() - start > MAX_TOKEN {
                out.truncate(before);
                return;
            }
        }
    }
}

/// Finds the runs of a text.
struct Runs<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Runs<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        let bytes = self.text.as_bytes();
        loop {
            while self.at < bytes.len() && bytes[self.at] < 0x80 && !bytes[self.at].is_ascii_alphanumeric() {
                self.at += 1;
            }
            let start = self.at;
            if start >= bytes.len() {
                return None;
            }
            self.at += ascii_run(&bytes[start..]);
            if self.at > start && bytes.get(self.at).is_none_or(u8::is_ascii) {
                return Some(Run { span: start..self.at, ascii: true });
            }
            if let Some(run) = self.beyond_ascii(start) {
                return Some(run);
            }
        }
    }
}

impl Runs<'_> {
    /// Ends a run that holds or begins with characters beyond ASCII; `self.at` stands on the first of them. Nothing if
    /// there is no run here, only a character to pass over.
    fn beyond_ascii(&mut self, start: usize) -> Option<Run> {
        let mut single = false;
        for (offset, c) in self.text[self.at..].char_indices() {
            let here = self.at + offset;
            let goes_on = match class(c) {
                Class::Word => !single,
                Class::Single => {
                    single = here == start;
                    single
                }
                Class::Mark => here > start,
                Class::Other => false,
            };
            if !goes_on {
                self.at = if here == start { here + c.len_utf8() } else { here };
                return (here > start).then_some(Run { span: start..here, ascii: false });
            }
        }
        self.at = self.text.len();
        Some(Run { span: start..self.at, ascii: false })
    }
}

/// How many ASCII letters and digits the bytes begin with.
fn ascii_run(bytes: &[u8]) -> usize {
    bytes.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_accents_and_punctuation_make_no_difference() {
        assert_eq!(joined("Don't — DON’T, naïve Café e\u{301}t\u{e9}!"), "don t don t naive cafe ete");
        assert_eq!(joined("foo_bar a.b-c STRASSE straße Łódź İstanbul"), "foo bar a b c strasse strasse lodz istanbul");
        assert_eq!(joined("Привет, ЁЖ Ὀδυσσεύς שָׁלוֹם"), "привет еж οδυσσευσ שלום");
    }

    #[test]
    fn scripts_without_spaces_give_a_token_a_character() {
        assert_eq!(joined("日本語のテスト"), "日 本 語 の テ ス ト");
        assert_eq!(joined("ภาษาไทย"), "ภ า ษ า ไ ท ย");
        assert_eq!(joined("abc한국 x\u{1F921}\u{1F3FD}y"), "abc 한 국 x \u{1F921} y");
        // Composed and decomposed kana are the same token.
        assert_eq!(joined("が"), joined("か\u{3099}"));
    }

    #[test]
    fn spans_point_into_the_original() {
        let text = "«Ünder» 3,14";
        let found: Vec<_> = tokens(text).map(|t| (t.folded.into_owned(), &text[t.span])).collect();
        assert_eq!(found, [("under".into(), "Ünder"), ("3".into(), "3"), ("14".into(), "14")]);
    }

    #[test]
    fn marks_alone_are_no_token() {
        assert_eq!(joined("\u{301}\u{302} \u{200D} a\u{200D}\u{301}b"), "ab");
    }

    #[test]
    fn long_runs_are_cut_alike_in_index_and_tokens() {
        let text = ["x", "é", "ж"].map(|letter| letter.repeat(5000)).join(" ");
        assert!(tokens(&text).all(|t| t.folded.len() <= MAX_TOKEN));
        assert_eq!(joined(&text).split(' ').map(str::len).collect::<Vec<_>>(), [256, 256, 256]);
    }

    #[test]
    fn folding_a_folded_character_changes_nothing() {
        let fold = |text: &str| {
            let mut out = String::new();
            text.chars().for_each(|c| fold_char(c, &mut out));
            out
        };
        for c in '\u{80}'..=char::MAX {
            let once = fold(&c.to_string());
            assert_eq!(fold(&once), once, "{c:?}");
            assert!(once.chars().all(|c| c.is_ascii_alphanumeric() || !c.is_ascii()), "{c:?}");
            if class(c) == Class::Word {
                assert!(
                    !once.is_empty() && once.chars().all(|c| matches!(class(c), Class::Word | Class::Mark)),
                    "{c:?}"
                );
            }
        }
    }

    #[test]
    fn every_character_of_a_run_is_a_word_character_to_regexes() {
        for c in '\0'..=char::MAX {
            if matches!(class(c), Class::Word | Class::Mark) {
                assert!(regex_syntax::try_is_word_character(c).expect("the table is built in"), "{c:?}");
            }
        }
    }

    #[test]
    fn the_short_cuts_say_what_the_tables_say() {
        for c in '\u{80}'..=char::MAX {
            assert_eq!(class(c), class_by_table(c), "{c:?}");
            let (mut short, mut long) = (String::new(), String::new());
            fold_char(c, &mut short);
            fold_by_table(c, &mut long);
            assert_eq!(short, long, "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn the_index_holds_exactly_the_tokens(text in "\\PC{0,60}|[a-zA-Z'é\u{301}日が\u{200D}\u{1F921}_ .ß]{0,40}") {
            let whole = tokens(&text).map(|t| t.folded.into_owned()).collect::<Vec<_>>().join(" ");
            prop_assert_eq!(&whole, &joined(&text));
            prop_assert!(whole.chars().all(|c| c == ' ' || c.is_ascii_alphanumeric() || !c.is_ascii()));
            // Folding what is folded changes nothing, so a query may be typed in either form.
            prop_assert_eq!(joined(&whole), whole);
        }
    }
}
