//! Rude words by kind: names for what a comment was flagged for, and the words that masked and swapped letters are read
//! as. Not a detector: what is in no list is not harmless, and what is in it is no verdict.
//!
//! Not here: phrases, and other languages.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The words with their kinds; endings stand after their stem.
const LIST: &str = include_str!("words.txt");

/// Shorter words are not guessed at: too many ordinary ones look like them.
const SHORTEST: usize = 4;

/// Ordinary words that differ from a rude one only in the order of their inner letters.
const ORDINARY: &[&str] = &["carp", "carps", "clot", "cone", "frat", "sprem", "trud", "tiwt", "brust", "stria"];

struct Lexicon {
    /// Each word with its kind.
    kinds: HashMap<String, &'static str>,
    /// The words in order.
    words: Vec<String>,
    /// The words by each of their masked forms.
    masks: HashMap<String, Vec<String>>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut kinds = HashMap::new();
    for line in LIST.lines().filter(|line| !line.starts_with('#')) {
        let Some((kind, words)) = line.split_once(": ") else { continue };
        let mut words = words.split(' ');
        let stem = words.next().unwrap_or_default();
        for word in std::iter::once(String::new()).chain(words.map(str::to_owned)) {
            kinds.entry(format!("{stem}{word}")).or_insert(kind);
        }
    }
    let mut masks: HashMap<String, Vec<String>> = HashMap::new();
    let mut words: Vec<String> = kinds.keys().cloned().collect();
    words.sort_unstable();
    for word in words.iter().filter(|word| word.len() >= SHORTEST) {
        for at in 1..word.len() {
            masks.entry(masked(word, at)).or_default().push(word.clone());
        }
    }
    Lexicon { kinds, words, masks }
});

/// The kind of a rude word, in small letters: profanity, insult, slur, sexual or threat.
pub fn kind(word: &str) -> Option<&'static str> {
    LEXICON.kinds.get(word).copied()
}

/// The rude words that a masked word may stand for, one `*` a letter: `f*ol`.
pub fn unmasked(word: &str) -> &'static [String] {
    LEXICON.masks.get(word).map_or(&[], Vec::as_slice)
}

/// All words, in order.
pub fn words() -> impl Iterator<Item = &'static str> {
    LEXICON.words.iter().map(String::as_str)
}

/// Whether a word means itself and is no disguise of a rude one: it is rude as it is, or ordinary.
pub fn is_itself(word: &str) -> bool {
    kind(word).is_some() || ORDINARY.contains(&word)
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
        let kinds = ["profanity", "insult", "slur", "sexual", "threat"];
        assert!(LEXICON.kinds.values().all(|kind| kinds.contains(kind)));
    }

    #[test]
    fn masks_and_rows_are_seen_through() {
        assert_eq!(unmasked("idi*t"), ["idiot"]);
        assert!(is_itself("idiot") && is_itself("carp") && !is_itself("iidot"));
        assert_eq!(within("youstupididiot").collect::<Vec<_>>(), ["stupid", "idiot"]);
    }
}
