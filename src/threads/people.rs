//! Who writes on a page and whom the texts name: author numbers, the names to look for, signatures, mentions.
//!
//! Names are found through the numbered words of the page: every sequence of up to four words that is somebody's name
//! is a hash, so the cost is that of the text, however many people a page has.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::lexicon::{HashedMap, Lexicon, number, special};
use super::tokens::{Raw, tokenize};

/// The number of an author of the page.
pub(crate) type AuthorNumber = u32;
/// A comment whose author is unknown. Unknown authors never match each other.
pub(crate) const UNKNOWN: AuthorNumber = u32::MAX;

/// Words of a name that are looked for together.
const NAME_WORDS: usize = 4;
/// A part of a name that more people share than this names nobody.
const MAX_SHARERS: usize = 3;

/// Names that are nobody's.
const PLACEHOLDERS: [&str; 9] =
    ["anonymous", "anonymus", "anonymos", "anon", "guest", "unknown", "[deleted]", "deleted", "none"];
/// Names that are somebody's but are not looked for, since texts use them otherwise.
const NOT_SOUGHT: [&str; 5] = ["admin", "administrator", "moderator", "editor", "guest"];

/// The people of a page.
#[derive(Default)]
pub(crate) struct People {
    numbers: HashMap<String, AuthorNumber, RandomState>,
    /// The words of each author's name.
    words: Vec<Vec<u32>>,
    /// Hash of a sequence of word numbers to those whom it names.
    sought: HashedMap<Vec<AuthorNumber>>,
}

impl People {
    /// The number of an author, given now if the name is new; `UNKNOWN` for placeholders.
    pub fn author(&mut self, name: &str, lexicon: &mut Lexicon) -> AuthorNumber {
        let key = name.trim().to_lowercase();
        if is_placeholder(&key) {
            return UNKNOWN;
        }
        if let Some(found) = self.numbers.get(&key) {
            return *found;
        }
        let author = number(self.words.len());
        let mut raws = Vec::new();
        tokenize(name, false, &mut raws);
        let words: Vec<u32> = raws.iter().map(|raw| lexicon.intern(raw)).collect();
        if !NOT_SOUGHT.contains(&key.as_str()) {
            self.seek(author, &raws, &words, lexicon);
        }
        self.numbers.insert(key, author);
        self.words.push(words);
        author
    }

    /// How many authors there are.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Looks out for the full name, its first and its last word.
    fn seek(&mut self, author: AuthorNumber, raws: &[Raw], words: &[u32], lexicon: &mut Lexicon) {
        if !words.is_empty() && words.len() <= NAME_WORDS {
            self.seek_words(author, raws, words, lexicon);
        }
        if words.len() > 1 {
            let last = words.len() - 1;
            self.seek_words(author, &raws[..1], &words[..1], lexicon);
            self.seek_words(author, &raws[last..], &words[last..], lexicon);
        }
    }

    fn seek_words(&mut self, author: AuthorNumber, raws: &[Raw], words: &[u32], lexicon: &mut Lexicon) {
        let letters: usize = raws.iter().map(|raw| usize::from(raw.letters)).sum();
        let common = words.iter().all(|word| lexicon.words[*word as usize].special & special::STOP != 0);
        if letters < 3 || common {
            return;
        }
        lexicon.words[words[0] as usize].special |= special::NAME;
        let named = self.sought.entry(sequence(words)).or_default();
        if named.len() <= MAX_SHARERS && !named.contains(&author) {
            named.push(author);
        }
    }

    /// Those whom the words from here on name, and how many words the name has; the longest name wins.
    fn named(&self, words: &[u32]) -> Option<(&[AuthorNumber], usize)> {
        (1..=words.len().min(NAME_WORDS)).rev().find_map(|length| {
            let named = self.sought.get(&sequence(&words[..length]))?;
            (named.len() <= MAX_SHARERS).then_some((named.as_slice(), length))
        })
    }
}

/// Whether a name is nobody's.
pub(crate) fn is_placeholder(name: &str) -> bool {
    let name = name.trim();
    name.is_empty() || PLACEHOLDERS.iter().any(|placeholder| name.eq_ignore_ascii_case(placeholder))
}

fn sequence(words: &[u32]) -> u64 {
    words.iter().fold(0x9e37_79b9_7f4a_7c15, |hash, word| {
        (hash.rotate_left(23) ^ u64::from(*word)).wrapping_mul(0xff51_afd7_ed55_8ccd)
    })
}

/// How a text names somebody, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Naming {
    /// `@name` at the start of the text or of a paragraph.
    AtStart,
    /// `@name` further in.
    At,
    /// As one addresses a letter, or with thanks: at the start of the text or of a paragraph, or before its end.
    Addressed,
    /// "X wrote:" above quoted words.
    Attributed,
    /// Anywhere else.
    Anywhere,
}

impl Naming {
    /// Whoever is named so is spoken to.
    pub fn addresses(self) -> bool {
        matches!(self, Naming::AtStart | Naming::At | Naming::Addressed)
    }
}

/// Somebody named in a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mention {
    /// Who.
    pub author: AuthorNumber,
    /// How.
    pub naming: Naming,
    /// First byte of the name in the text.
    pub start: u32,
    /// The byte after it.
    pub end: u32,
}

/// Mentions kept of one text; a limit against hostile pages.
const MAX_MENTIONS: usize = 12;
/// Words of greeting that may stand before a name.
const MAX_GREETINGS: usize = 3;
/// Words between a name and "wrote:".
const ATTRIBUTION_WORDS: usize = 9;

/// Appends whom a text names, in order of the text. `own` is its author, who is not a mention: that is a signature.
pub(crate) fn mentions(
    text: &str,
    raws: &[Raw],
    words: &[u32],
    own: AuthorNumber,
    page: (&People, &Lexicon),
    out: &mut Vec<Mention>,
) {
    let (people, lexicon) = page;
    let first = out.len();
    let mut at = 0;
    while at < words.len() && out.len() - first < MAX_MENTIONS {
        let candidate = lexicon.words[words[at] as usize].special & special::NAME != 0 && raws[at].depth == 0;
        let Some((named, length)) = candidate.then(|| people.named(&words[at..])).flatten() else {
            at += 1;
            continue;
        };
        if let Some(naming) = naming(text, raws, words, at, length, lexicon) {
            let last = raws[at + length - 1];
            let (start, end) = (raws[at].start, last.start + u32::from(last.len));
            let others = named.iter().filter(|author| **author != own);
            out.extend(others.map(|author| Mention { author: *author, naming, start, end }));
        }
        at += length;
    }
}

fn naming(text: &str, raws: &[Raw], words: &[u32], at: usize, length: usize, lexicon: &Lexicon) -> Option<Naming> {
    let bytes = text.as_bytes();
    let word = raws[at];
    let last = raws[at + length - 1];
    let end = (last.start + u32::from(last.len)) as usize;
    let special = |at: usize| lexicon.words[words[at] as usize].special;
    // Words of greeting may stand before a name.
    let greetings = (0..at).rev().take_while(|before| special(*before) & special::GREETING != 0).count();
    let opens = opens(bytes, raws, at - greetings.min(at));
    if word.start > 0 && bytes[word.start as usize - 1] == b'@' {
        return Some(if opens { Naming::AtStart } else { Naming::At });
    }
    let after = words.len().min(at + length + ATTRIBUTION_WORDS);
    if let Some(said) = (at + length..after).find(|next| special(*next) & special::SAID != 0) {
        let said_end = raws[said].start as usize + usize::from(raws[said].len);
        if said == at + length || ends_clause(bytes, said_end) {
            return Some(Naming::Attributed);
        }
    }
    let sure = word.capital || usize::from(word.letters) >= 6 || length > 1;
    let greeted = greetings > 0 && sure && greetings <= MAX_GREETINGS;
    if opens && (ends_address(bytes, end) || greeted) {
        return Some(Naming::Addressed);
    }
    let thanked = at > 0 && special(at - 1) & (special::THANKS | special::GREETING) != 0;
    let apart = word.start >= 2 && bytes[word.start as usize - 2..].starts_with(b", ");
    if sure && (thanked || apart) && ends_sentence(bytes, end) {
        return Some(Naming::Addressed);
    }
    let rare = (at..at + length).map(|at| lexicon.words[words[at] as usize].idf).fold(0.0, f32::max);
    (rare >= 4.0 && sure && !last.marked).then_some(Naming::Anywhere)
}

/// Whether a word is the first of the text, of a paragraph or line, or of what follows quoted lines.
fn opens(bytes: &[u8], raws: &[Raw], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    let between = (raws[before].start + u32::from(raws[before].len)) as usize..raws[at].start as usize;
    bytes[between].contains(&b'\n')
}

/// A full stop or the like, or the end of the line.
fn ends_sentence(bytes: &[u8], end: usize) -> bool {
    bytes.get(end).is_none_or(|byte| matches!(byte, b'.' | b'!' | b'?' | b'\n' | b'\r'))
}

/// Punctuation or the end of the line after an address.
fn ends_address(bytes: &[u8], end: usize) -> bool {
    let rest = &bytes[end.min(bytes.len())..];
    let blank = rest.iter().take_while(|byte| **byte == b' ').count();
    match rest.get(blank) {
        None => true,
        Some(byte) => {
            matches!(byte, b',' | b':' | b';' | b'!' | b'.' | b'-' | b'\n' | b'\r')
                || rest[blank..].starts_with("–".as_bytes())
                || rest[blank..].starts_with("—".as_bytes())
        }
    }
}

/// A colon or the end of the line after "wrote".
fn ends_clause(bytes: &[u8], end: usize) -> bool {
    let rest = &bytes[end.min(bytes.len())..];
    rest.iter().find(|byte| **byte != b' ').is_none_or(|byte| matches!(byte, b':' | b'\n' | b'\r'))
}

/// The signature that closes a text, as a byte span: a last line of one to four capitalised words, after a blank line,
/// a dash or a closing such as "Regards,". Says too whether a dash or a closing stands before it.
pub(crate) fn signature(text: &str) -> Option<(usize, usize, bool)> {
    let trimmed = text.trim_end();
    let line_start = trimmed.rfind('\n').map_or(0, |at| at + 1);
    let line = &trimmed[line_start..];
    let name = line.trim_start_matches([' ', '\t', '-', '–', '—', '~']);
    let start = trimmed.len() - name.len();
    let dashed = line.trim_start().len() != name.len();
    if line_start == 0 || name.is_empty() || name.len() > 40 || !looks_like_a_name(name) {
        return None;
    }
    let above = &trimmed[..line_start];
    let blank = above.ends_with("\n\n") || above.ends_with("\n\r\n");
    let closing = above.trim_end().rsplit('\n').next().is_some_and(is_closing);
    (dashed || blank || closing).then_some((start, start + name.len(), dashed || closing))
}

fn looks_like_a_name(line: &str) -> bool {
    let mut words = 0;
    for word in line.split_whitespace() {
        words += 1;
        let bare = word.trim_end_matches('.');
        let capital = bare.chars().next().is_some_and(char::is_uppercase);
        if !capital || !bare.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '\'' | '’' | '_')) {
            return false;
        }
    }
    (1..=4).contains(&words)
}

fn is_closing(line: &str) -> bool {
    let lower = line.trim().trim_end_matches([',', '.', '!']).to_lowercase();
    matches!(lower.as_str(), "--" | "-- ")
        || (lower.len() < 40 && lower.split_whitespace().count() <= 4 && {
            const CLOSINGS: [&str; 11] = [
                "regards",
                "cheers",
                "thanks",
                "best",
                "sincerely",
                "greetings",
                "grüße",
                "cordialement",
                "saludos",
                "yours",
                "thank",
            ];
            lower.split(|c: char| !c.is_alphabetic()).any(|word| CLOSINGS.contains(&word))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(authors: &[&str], text: &str) -> Vec<(u32, Naming)> {
        let (mut people, mut lexicon, mut raws, mut out) =
            (People::default(), Lexicon::default(), Vec::new(), Vec::new());
        for author in authors {
            people.author(author, &mut lexicon);
        }
        tokenize(text, false, &mut raws);
        let words: Vec<u32> = raws.iter().map(|raw| lexicon.intern(raw)).collect();
        mentions(text, &raws, &words, UNKNOWN, (&people, &lexicon), &mut out);
        out.iter().map(|m| (m.author, m.naming)).collect()
    }

    #[test]
    fn names_are_found_however_they_are_used() {
        let people = ["Doreen Quill", "tam_o_shanter"];
        assert_eq!(found(&people, "@Doreen no"), [(0, Naming::AtStart)]);
        assert_eq!(found(&people, "> as you say\n\n@Doreen no"), [(0, Naming::AtStart)]);
        assert_eq!(found(&people, "as @Doreen says"), [(0, Naming::At)]);
        assert_eq!(found(&people, "That is a fine kettle, Doreen!"), [(0, Naming::Addressed)]);
        assert_eq!(found(&people, "Hi Doreen – what"), [(0, Naming::Addressed)]);
        assert_eq!(found(&people, "tam_o_shanter: try it"), [(1, Naming::Addressed)]);
        assert_eq!(found(&people, "On Monday, Doreen Quill <a@b> wrote:\n> x"), [(0, Naming::Attributed)]);
        assert_eq!(found(&people, "I think that what Quill means is this"), [(0, Naming::Anywhere)]);
        assert_eq!(found(&people, "a quill is a feather"), []);
    }

    #[test]
    fn placeholders_are_nobody() {
        let (mut people, mut lexicon) = (People::default(), Lexicon::default());
        assert_eq!(people.author("Anonymous", &mut lexicon), UNKNOWN);
        assert_eq!(people.author(" Ada ", &mut lexicon), people.author("ada", &mut lexicon));
    }

    #[test]
    fn signatures_need_a_gap_above() {
        let text = "Some words.\n\nTam B.";
        assert_eq!(signature(text).map(|(a, b, sure)| (&text[a..b], sure)), Some(("Tam B.", false)));
        assert!(signature("Words.\nBest regards,\nTam").is_some_and(|s| s.2));
        assert!(signature("Tam").is_none() && signature("Words\nMore words").is_none());
    }
}
