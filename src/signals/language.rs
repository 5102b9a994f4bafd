//! Whether a text is in English, which is the one language that the shipped heads were fitted on.
//!
//! A guess by script and by the commonest function words of the languages that share ours; enough to abstain by, not
//! meant to name a language to a reader.

use super::model::reading::Reading;
use crate::text::fold::Kind;

/// Goes up when the same text can get another answer.
pub const VERSION: u32 = 1;

/// What a text seems to be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Something else.
    Other,
    /// Too short to tell, in Latin letters.
    Unclear,
}

impl Language {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Other => "other",
            Language::Unclear => "unclear",
        }
    }
}

/// Letters and words looked at; more don't change the answer.
const LETTERS: usize = 200;
const WORDS: usize = 60;

/// Common words that the other languages of the list below don't use, sorted.
const ENGLISH: &[&str] = &[
    "about", "and", "are", "be", "because", "been", "but", "by", "can", "did", "don", "for", "from", "get", "has",
    "have", "her", "his", "how", "if", "is", "it", "its", "just", "like", "my", "not", "of", "or", "should", "that",
    "the", "there", "they", "this", "to", "was", "were", "what", "who", "why", "with", "would", "you", "your",
];

/// Common words of German, French, Spanish, Portuguese, Italian, Dutch, Polish, Swedish, Turkish, Indonesian, Czech and
/// Finnish that are not English words, folded and sorted.
const OTHER: &[&str] = &[
    "aber", "att", "auch", "auf", "bir", "bu", "che", "cok", "como", "dan", "dans", "das", "dat", "della", "der",
    "des", "det", "di", "een", "ei", "ein", "eine", "el", "eso", "est", "esta", "et", "etta", "het", "ich", "icin",
    "il", "ini", "inte", "isso", "ist", "itu", "ja", "jak", "je", "jest", "las", "le", "les", "los", "maar", "mais",
    "mit", "muy", "nao", "neni", "nicht", "nie", "niet", "non", "och", "ook", "os", "ovat", "para", "pas", "per",
    "pero", "por", "pour", "que", "questo", "qui", "sie", "som", "sono", "sur", "tidak", "uma", "una", "und", "une",
    "van", "ve", "voce", "vous", "wir", "yang", "zijn",
];

/// Guesses the language of a text that was read.
pub fn of(text: &str, reading: &Reading) -> Language {
    let (mut latin, mut foreign) = (0usize, 0usize);
    for letter in text.chars().filter(|c| c.is_alphabetic()).take(LETTERS) {
        if is_latin(letter) { latin += 1 } else { foreign += 1 }
    }
    if foreign > latin {
        return Language::Other;
    }
    let (mut english, mut other, mut many) = (0usize, 0usize, 0usize);
    let plain = reading.words().filter(|(_, kind, _)| *kind == Kind::Plain);
    for (word, _, _) in plain.filter(|(word, _, _)| word.len() <= 12).take(WORDS) {
        english += usize::from(ENGLISH.binary_search(&word).is_ok());
        other += usize::from(OTHER.binary_search(&word).is_ok());
        many += 1;
    }
    match () {
        () if other >= 2 && other > english => Language::Other,
        () if english > other && (english >= 2 || many >= 4) => Language::English,
        () => Language::Unclear,
    }
}

/// Latin letters, and the mathematical, circled and wide ones that stand in for them in disguises.
fn is_latin(letter: char) -> bool {
    matches!(letter as u32, 0..=0x24f | 0x1e00..=0x1eff | 0x2100..=0x214f | 0x2460..=0x24ff | 0xfb00..=0xfb06
        | 0xff21..=0xff5a | 0x1d400..=0x1d7ff | 0x1f100..=0x1f1ff)
}

#[cfg(test)]
mod tests {
    use super::super::model::reading::read;
    use super::*;

    fn of(text: &str) -> Language {
        super::of(text, &read(text))
    }

    #[test]
    fn lists_are_sorted() {
        assert!(ENGLISH.is_sorted() && OTHER.is_sorted());
    }

    #[test]
    fn tells_english_from_others_and_admits_doubt() {
        assert_eq!(of("I think that the soup was cold and you know it"), Language::English);
        assert_eq!(of("Ich glaube nicht, dass die Suppe kalt ist und das weiß auch der Koch"), Language::Other);
        assert_eq!(of("La soupe est froide et vous le savez"), Language::Other);
        assert_eq!(of("Суп холодный, и вы это знаете"), Language::Other);
        assert_eq!(of("bravo"), Language::Unclear);
    }

    #[test]
    fn letters_in_disguise_are_not_another_language() {
        assert_ne!(of("ｙｏｕ ａｒｅ ｔｈｅ ｓｏｕｐ"), Language::Other);
    }
}
