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

/// A hash that takes a word in letter by letter, or eight bytes at once, and can be asked on the way, for the stem.
#[derive(Clone, Copy)]
struct Hash {
    hash: u64,
    /// Bytes that are not in it yet, the first lowest. No byte of a word is 0.
    block: u64,
    filled: u32,
}

impl Hash {
    const NEW: Hash = Hash { hash: 0xcbf2_9ce4_8422_2325, block: 0, filled: 0 };

    fn push(&mut self, byte: u8) {
        self.block |= u64::from(byte) << (8 * self.filled);
        self.filled += 1;
        if self.filled == 8 {
            *self = Hash { hash: mixed(self.hash, self.block), block: 0, filled: 0 };
        }
    }

    fn value(self) -> u64 {
        if self.filled == 0 { self.hash } else { mixed(self.hash, self.block) }
    }
}

fn mixed(hash: u64, block: u64) -> u64 {
    let product = u128::from(hash ^ 0x9e37_79b9_7f4a_7c15) * u128::from(block ^ 0xff51_afd7_ed55_8ccd);
    (product >> 64) as u64 ^ product as u64
}

/// The hash of a word as the tokeniser would give it; for lists of known words, which are in lower case.
pub(crate) fn hash_word(word: &str) -> u64 {
    let mut hash = Hash::NEW;
    word.bytes().for_each(|byte| hash.push(byte));
    hash.value()
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

/// Eight bytes of text, the first lowest, in lower case as far as they are letters or digits of ASCII, and how many of
/// them are before the first that is not.
fn eight(bytes: &[u8], at: usize) -> Option<(u64, u32)> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * ONES;
    let block = u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?);
    // The high bit of each byte of a sum tells whether the byte reached a bound; without it no byte spills over.
    let (low, lower) = (block & !HIGH, (block | (0x20 * ONES)) & !HIGH);
    let from = |bytes: u64, least: u8| bytes + u64::from(0x80 - least) * ONES;
    let letters = from(lower, b'a') & !from(lower, b'z' + 1);
    let digits = from(low, b'0') & !from(low, b'9' + 1);
    let others = !((letters | digits) & !block) & HIGH;
    Some((lower, others.trailing_zeros() / 8))
}

/// A word as it is read.
struct Reading {
    hash: Hash,
    stem: Option<u64>,
    letters: u32,
}

impl Reading {
    /// Takes in the letters and digits of ASCII that a word begins with, but for the last eight bytes of a text.
    fn begin(bytes: &[u8], at: &mut usize, most: usize) -> Self {
        let mut word = Reading { hash: Hash::NEW, stem: None, letters: 0 };
        while let Some((block, count)) = eight(&bytes[..most], *at) {
            let first = |count: u32| block & (1u64 << (8 * count)).wrapping_sub(1);
            if word.letters == 0 && count >= 6 {
                word.stem = Some(mixed(Hash::NEW.hash, first(6)));
            }
            word.letters += count;
            *at += count as usize;
            if count < 8 {
                word.hash = Hash { block: first(count), filled: count, ..word.hash };
                break;
            }
            word.hash.hash = mixed(word.hash.hash, block);
        }
        word
    }

    fn push(&mut self, lower: &[u8]) {
        lower.iter().for_each(|byte| self.hash.push(*byte));
        self.letters += 1;
        if self.letters == 6 {
            self.stem = Some(self.hash.value());
        }
    }
}

/// The word at a byte, or a span without letters if there is none.
fn word_at(text: &str, start: usize) -> Raw {
    let bytes = text.as_bytes();
    let most = bytes.len().min(start + usize::from(u16::MAX) - 8);
    let mut capital = bytes[start].is_ascii_uppercase();
    let mut ideograph = false;
    let mut at = start;
    let mut word = Reading::begin(bytes, &mut at, most);
    while at < most {
        let byte = bytes[at];
        if byte.is_ascii_alphanumeric() {
            word.push(&[byte.to_ascii_lowercase()]);
            at += 1;
        } else if byte == b'\'' {
            let inner = |next: &u8| next.is_ascii_alphabetic() || *next >= 0xc3;
            if word.letters == 0 || !bytes.get(at + 1).is_some_and(inner) {
                break;
            }
            word.hash.push(b'\'');
            at += 1;
        } else if byte >= 0x80 {
            let Some(letter) = text[at..].chars().next() else { break };
            let wide = letter.len_utf8();
            let mut buffer = [0; 4];
            if letter == '’' && word.letters > 0 && bytes.get(at + wide).is_some_and(u8::is_ascii_alphabetic) {
                word.hash.push(b'\'');
            } else if is_ideograph(letter) {
                if word.letters == 0 {
                    word.push(letter.encode_utf8(&mut buffer).as_bytes());
                    ideograph = true;
                    at += wide;
                }
                break;
            } else if letter.is_alphanumeric() {
                capital |= at == start && letter.is_uppercase();
                let lower = letter.to_lowercase().next().unwrap_or(letter);
                word.push(lower.encode_utf8(&mut buffer).as_bytes());
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
    let hash = word.hash.value();
    Raw {
        hash,
        stem: word.stem.unwrap_or(hash),
        start: u32::try_from(start).unwrap_or(u32::MAX),
        len: u16::try_from(at - start).unwrap_or(u16::MAX),
        letters: u8::try_from(word.letters).unwrap_or(u8::MAX),
        depth: 0,
        marked: false,
        capital,
        ideograph,
    }
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
    for (at, byte) in text.bytes().enumerate() {
        // What the marks begin with; all of these bytes begin a character.
        if !matches!(byte, b'"' | b'{' | b'}' | 0xc2 | 0xe2) {
            continue;
        }
        let Some(letter) = text[at..].chars().next() else { continue };
        let within_word = || text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        for (marks, open) in MARKS.iter().zip(&mut open) {
            let length = open.map(|start| at - start);
            if letter == marks.close && length.is_some_and(|l| l >= marks.least && l <= marks.most) {
                spans.extend(open.take().map(|start| (start, at)));
            } else if letter == marks.open && (letter != '"' || !within_word()) {
                *open = Some(at);
            } else if letter == marks.close && marks.close != '’' {
                *open = None;
            }
        }
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
    fn a_word_is_hashed_as_in_a_list_of_words() {
        for word in words("Don’t internationalisation I ÄRGER kettle's über 世 2026abcdef") {
            let (start, text) = (word.start as usize, "Don’t internationalisation I ÄRGER kettle's über 世 2026abcdef");
            let written = text[start..start + usize::from(word.len)].to_lowercase().replace('’', "'");
            let mut letters = 0;
            let six = |c: &char| {
                letters += usize::from(c.is_alphanumeric());
                letters < 6 || (letters == 6 && c.is_alphanumeric())
            };
            let stem: String = written.chars().take_while(six).collect();
            assert_eq!((word.hash, word.stem), (hash_word(&written), hash_word(&stem)), "{written}");
        }
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
