//! Rude words by kind: names for what a comment was flagged for, and the words that masked and swapped letters are read
//! as. Not a detector: what is in no list is not harmless, and what is in it is no verdict.
//!
//! Not here: phrases, and other languages.

pub mod groups;

use std::sync::LazyLock;

/// The words with their kinds; endings stand after their stem.
const LIST: &str = include_str!("words.txt");

/// The kind of words that are only seen through disguises.
const TELLING: &str = "telling";

/// Shorter words are not guessed at: too many ordinary ones look like them.
const SHORTEST: usize = 4;

/// Shorter words are not unmasked.
const SHORTEST_MASKED: usize = 3;

/// A word with several masks may stand for so many rude ones; for more, nobody can know which.
const MOST_MEANT: usize = 3;

/// Ordinary words that differ from one of the list only in the order of their letters.
const ORDINARY: &[&str] = &[
    "brian", "brians", "brust", "carp", "carps", "clot", "cone", "demand", "doc", "eat", "frat", "frats", "ftw", "gin",
    "god", "hearts", "insect", "lair", "mad", "pines", "prev", "sprem", "stria", "tar", "tea", "tiwt", "trad", "trud",
    "tub", "tuc", "wed",
];

struct Lexicon {
    /// Each word with its kind.
    kinds: foldhash::HashMap<String, &'static str>,
    /// The words in order.
    words: Vec<String>,
    /// The words by each of their masked forms.
    masks: foldhash::HashMap<String, Vec<String>>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut kinds = foldhash::HashMap::default();
    for line in LIST.lines().filter(|line| !line.starts_with('#')) {
        let Some((kind, words)) = line.split_once(": ") else { continue };
        let mut words = words.split(' ');
        let stem = words.next().unwrap_or_default();
        for word in std::iter::once(String::new()).chain(words.map(str::to_owned)) {
            kinds.entry(format!("{stem}{word}")).or_insert(kind);
        }
    }
    let mut masks: foldhash::HashMap<String, Vec<String>> = foldhash::HashMap::default();
    let mut words: Vec<String> = kinds.keys().cloned().collect();
    words.sort_unstable();
    for word in words.iter().filter(|word| word.len() >= SHORTEST_MASKED) {
        for at in 0..word.len() {
            masks.entry(masked(word, at)).or_default().push(word.clone());
        }
    }
    Lexicon { kinds, words, masks }
});

/// The kind of a rude word, in small letters: profanity, insult, slur, sexual or threat.
pub fn kind(word: &str) -> Option<&'static str> {
    LEXICON.kinds.get(word).copied().filter(|kind| *kind != TELLING)
}

/// The words of the list that a masked word may stand for, one `*` a letter: `f*ol`, `f**l`.
pub fn unmasked(word: &str) -> Vec<&'static str> {
    if let Some(meant) = LEXICON.masks.get(word) {
        return meant.iter().map(String::as_str).collect();
    }
    let masks = word.bytes().filter(|byte| *byte == b'*').count();
    if masks < 2 || word.len() < SHORTEST || word.len() > LONGEST || word.starts_with('*') || word.len() - masks < 2 {
        return Vec::new();
    }
    let fits =
        |meant: &&str| meant.len() == word.len() && meant.bytes().zip(word.bytes()).all(|(m, w)| w == b'*' || m == w);
    let first = LEXICON.words.partition_point(|meant| meant.as_bytes()[0] < word.as_bytes()[0]);
    let begins =
        LEXICON.words[first..].iter().map(String::as_str).take_while(|meant| meant.as_bytes()[0] == word.as_bytes()[0]);
    let meant: Vec<&str> = begins.filter(fits).collect();
    if meant.len() > MOST_MEANT { Vec::new() } else { meant }
}

/// All words, in order, those of no kind among them.
pub fn words() -> impl Iterator<Item = &'static str> {
    LEXICON.words.iter().map(String::as_str)
}

/// The word of three letters that was written backwards: such words are too short for two letters to change places.
pub fn backwards(word: &str) -> Option<&'static str> {
    BACKWARDS.get(word).copied()
}

/// Words of three letters by themselves backwards, where that is no word.
static BACKWARDS: LazyLock<foldhash::HashMap<String, &'static str>> = LazyLock::new(|| {
    let short = words().filter(|word| word.len() == 3);
    let turned = short.map(|word| (word.chars().rev().collect::<String>(), word));
    turned.filter(|(turned, _)| !ORDINARY.contains(&turned.as_str()) && !is_itself(turned)).collect()
});

/// Whether a word means itself and is no disguise of another: it is in the list as it is, or ordinary.
pub fn is_itself(word: &str) -> bool {
    LEXICON.kinds.contains_key(word) || ORDINARY.contains(&word)
}

/// The rude words that stand in a row of letters that were set apart, when words ran together: `thisfooltalks`.
pub fn within(row: &str) -> impl Iterator<Item = &str> {
    let starts = (0..row.len()).filter(|at| row.is_char_boundary(*at));
    starts.filter_map(|start| {
        let ends = (start + SHORTEST..=row.len().min(start + LONGEST)).rev().filter(|end| row.is_char_boundary(*end));
        ends.map(|end| &row[start..end]).find(|part| kind(part).is_some())
    })
}

/// No rude word is longer, in bytes.
const LONGEST: usize = 14;

/// The word with one letter masked.
fn masked(word: &str, at: usize) -> String {
    word.char_indices().map(|(here, c)| if here == at { '*' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_endings_have_kinds() {
        assert_eq!((kind("idiots"), kind("whore"), kind("soup")), (Some("insult"), Some("sexual"), None));
        assert!(LEXICON.kinds.keys().all(|word| word.is_ascii() && word.len() <= LONGEST));
        let kinds = ["profanity", "insult", "slur", "sexual", "threat", TELLING];
        assert!(LEXICON.kinds.values().all(|kind| kinds.contains(kind)));
    }

    #[test]
    fn masks_and_rows_are_seen_through() {
        assert_eq!(
            (unmasked("idi*t"), unmasked("*diot"), unmasked("id*ot")),
            (vec!["idiot"], vec!["idiot"], vec!["idiot"])
        );
        assert_eq!((unmasked("s**pid"), unmasked("s***"), unmasked("soup")), (vec!["stupid"], vec![], vec![]));
        assert_eq!((backwards("ssa"), backwards("god"), backwards("soup")), (Some("ass"), None, None));
        assert!(is_itself("idiot") && is_itself("carp") && !is_itself("iidot"));
        assert_eq!(within("youstupididiot").collect::<Vec<_>>(), ["stupid", "idiot"]);
    }
}
