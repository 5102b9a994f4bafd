//! Cuts a text into words with what inference needs of each: where it stands, how deep its line is quoted, and whether
//! it stands between quote marks. Not here: what a word means or how rare it is.

/// Characters of a comment that are looked at; a limit against hostile pages.
const MAX_CHARS: usize = 6_000;
/// Words of a comment that are looked at.
const MAX_WORDS: usize = 900;
/// The article is one a page, so it may be longer by this factor.
const ARTICLE_FACTOR: usize = 10;

/// One word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Raw {
    /// A 64-bit hash of the word in lower case.
    pub hash: u64,
    /// The same of its first six letters.
    pub stem: u64,
    /// First byte in the text.
    pub start: u32,
    /// Length in bytes.
    pub len: u16,
    /// Letters and digits in it, at most 255.
    pub letters: u8,
    /// How deep its line is quoted with `>` or `|`.
    pub depth: u8,
    /// Quoted, by its line or by quote marks around it.
    pub marked: bool,
    /// It begins with a capital.
    pub capital: bool,
    /// A character of a script without spaces, which is a word of its own.
    pub ideograph: bool,
}

/// The part of a text that is looked at.
pub(crate) fn clip(text: &str, article: bool) -> &str {
    let most = if article { MAX_CHARS * ARTICLE_FACTOR } else { MAX_CHARS };
    if text.len() <= most {
        return text;
    }
    text.char_indices().nth(most).map_or(text, |(at, _)| &text[..at])
}

/// Appends the words of a text.
pub(crate) fn tokenize(text: &str, article: bool, out: &mut Vec<Raw>) {
    let text = clip(text, article);
    let most = out.len() + if article { MAX_WORDS * ARTICLE_FACTOR } else { MAX_WORDS };
    let first = out.len();
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut quoted_lines, mut marks) = (0, 0u8, false, false);
    let mut line_start = true;
    while at < bytes.len() && out.len() < most {
        if line_start {
            (depth, at) = quote_prefix(bytes, at);
            quoted_lines |= depth > 0;
            line_start = false;
            continue;
        }
        let byte = bytes[at];
        if byte == b'\n' {
            line_start = true;
            at += 1;
        } else if byte.is_ascii_alphanumeric() || byte >= 0x80 {
            let word = word_at(text, at);
            if word.letters == 0 {
                marks |= matches!(
                    &bytes[at..at + usize::from(word.len)],
                    b"\xe2\x80\x9c" | b"\xe2\x80\x98" | b"\xe2\x80\x9e" | b"\xc2\xab" | b"\xe2\x80\x9d"
                );
            } else {
                out.push(Raw { depth, marked: depth > 0, ..word });
            }
            at += usize::from(word.len);
        } else {
            marks |= byte == b'"' || byte == b'{';
            at += 1;
        }
    }
    if marks && !quoted_lines {
        mark(&quoted_spans(text), &mut out[first..]);
    }
}

/// The hash of one byte more; FNV-1a, which needs no look ahead and so yields the stem's hash on the way.
fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

/// The hash of a word as the tokeniser would give it; for lists of known words, which are in lower case.
pub(crate) fn hash_word(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

/// The quote depth of a line and where its text begins.
fn quote_prefix(bytes: &[u8], mut at: usize) -> (u8, usize) {
    let mut depth = 0u8;
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\r') => at += 1,
            Some(b'>' | b'|') => {
                depth = depth.saturating_add(1);
                at += 1;
            }
            Some(b'&') if bytes[at..].starts_with(b"&gt;") => {
                depth = depth.saturating_add(1);
                at += 4;
            }
            _ => return (depth, at),
        }
    }
}

/// The word at a byte, or a span without letters if there is none.
fn word_at(text: &str, start: usize) -> Raw {
    let bytes = text.as_bytes();
    let mut word = Raw {
        hash: hash_word(""),
        stem: 0,
        start: u32::try_from(start).unwrap_or(u32::MAX),
        len: 0,
        letters: 0,
        depth: 0,
        marked: false,
        capital: false,
        ideograph: false,
    };
    let mut at = start;
    while at < bytes.len() && at - start < usize::from(u16::MAX) - 8 {
        let byte = bytes[at];
        if byte.is_ascii_alphanumeric() {
            word.capital |= at == start && byte.is_ascii_uppercase();
            push(&mut word, &[byte.to_ascii_lowercase()]);
            at += 1;
        } else if byte == b'\'' {
            if word.letters == 0 || !bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || *next >= 0xc3) {
                break;
            }
            push_apostrophe(&mut word);
            at += 1;
        } else if byte >= 0x80 {
            let Some(letter) = text[at..].chars().next() else { break };
            let wide = letter.len_utf8();
            if letter == '’' && word.letters > 0 && bytes.get(at + wide).is_some_and(u8::is_ascii_alphabetic) {
                push_apostrophe(&mut word);
            } else if is_ideograph(letter) {
                if word.letters > 0 {
                    break;
                }
                let mut buffer = [0; 4];
                push(&mut word, letter.encode_utf8(&mut buffer).as_bytes());
                word.ideograph = true;
                at += wide;
                break;
            } else if letter.is_alphanumeric() {
                word.capital |= at == start && letter.is_uppercase();
                let mut buffer = [0; 4];
                let lower = letter.to_lowercase().next().unwrap_or(letter);
                push(&mut word, lower.encode_utf8(&mut buffer).as_bytes());
            } else {
                if word.letters == 0 {
                    at += wide;
                }
                break;
            }
            at += wide;
        } else {
            break;
        }
    }
    if word.stem == 0 {
        word.stem = word.hash;
    }
    word.len = u16::try_from(at - start).unwrap_or(u16::MAX);
    word
}

fn push(word: &mut Raw, lower: &[u8]) {
    for byte in lower {
        word.hash = step(word.hash, *byte);
    }
    word.letters = word.letters.saturating_add(1);
    if word.letters == 6 {
        word.stem = word.hash;
    }
}

fn push_apostrophe(word: &mut Raw) {
    word.hash = step(word.hash, b'\'');
}

/// Scripts that write no spaces: each character counts as a word, else a sentence would be one word.
fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// A kind of quote marks: what opens, what closes, and the bytes between that are believed.
struct Marks {
    open: char,
    close: char,
    least: usize,
    most: usize,
}

const MARKS: [Marks; 6] = [
    Marks { open: '“', close: '”', least: 12, most: 800 },
    Marks { open: '"', close: '"', least: 12, most: 800 },
    Marks { open: '«', close: '»', least: 12, most: 800 },
    Marks { open: '„', close: '“', least: 12, most: 800 },
    Marks { open: '{', close: '}', least: 8, most: 800 },
    Marks { open: '‘', close: '’', least: 25, most: 600 },
];

/// The byte spans between quote marks, in order of their ends.
fn quoted_spans(text: &str) -> Vec<(usize, usize)> {
    let mut open: [Option<usize>; MARKS.len()] = [None; MARKS.len()];
    let mut spans = Vec::new();
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        if !matches!(letter, '“' | '”' | '"' | '«' | '»' | '„' | '{' | '}' | '‘' | '’') {
            before = letter;
            continue;
        }
        for (marks, open) in MARKS.iter().zip(&mut open) {
            let length = open.map(|start| at - start);
            if letter == marks.close && length.is_some_and(|l| l >= marks.least && l <= marks.most) {
                spans.extend(open.take().map(|start| (start, at)));
            } else if letter == marks.open && (letter != '"' || !before.is_alphanumeric()) {
                *open = Some(at);
            } else if letter == marks.close && marks.close != '’' {
                *open = None;
            }
        }
        before = letter;
    }
    spans
}

/// Marks the words within spans. Spans may overlap; a sweep over sorted ones sees each word once.
fn mark(spans: &[(usize, usize)], words: &mut [Raw]) {
    let mut spans = spans.to_vec();
    spans.sort_unstable();
    let (mut next, mut end) = (0, 0);
    for word in words {
        let at = word.start as usize;
        while next < spans.len() && spans[next].0 <= at {
            end = end.max(spans[next].1);
            next += 1;
        }
        word.marked |= at < end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Raw> {
        let mut out = Vec::new();
        tokenize(text, false, &mut out);
        out
    }

    #[test]
    fn apostrophes_of_both_kinds_are_one_word() {
        let found = words("Don’t don't DON'T");
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|w| w.hash == hash_word("don't")));
    }

    #[test]
    fn quoted_lines_have_a_depth_and_silence_quote_marks() {
        let found = words("> > deep\n&gt; one\n\"not a quotation mark here\"");
        assert_eq!(found.iter().map(|w| w.depth).collect::<Vec<_>>(), [2, 1, 0, 0, 0, 0, 0]);
        assert!(!found[3].marked);
    }

    #[test]
    fn four_notations_of_quotes_are_seen() {
        for text in ["{All in all, so far}", "@“All in all, so far”", "\"All in all, so far\"", "«All in all, so far»"]
        {
            let found = words(&format!("{text} I agree"));
            assert_eq!(
                found.iter().map(|w| w.marked).collect::<Vec<_>>(),
                [true, true, true, true, true, false, false],
                "{text}"
            );
        }
    }

    #[test]
    fn scripts_without_spaces_give_a_word_a_character() {
        assert_eq!(words("世界 hello").len(), 3);
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(words(&"a ".repeat(10_000)).len(), MAX_WORDS);
        assert_eq!(clip(&"ä".repeat(7_000), false).chars().count(), MAX_CHARS);
    }

    proptest::proptest! {
        #[test]
        fn spans_lie_in_the_text(text in "\\PC{0,200}") {
            for word in words(&text) {
                let start = word.start as usize;
                proptest::prop_assert!(text.get(start..start + usize::from(word.len)).is_some());
            }
        }
    }
}
