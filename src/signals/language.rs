//! Whether a text is in English, which is the one language that the shipped heads were fitted on.
//!
//! A guess by script and by the commonest function words of the languages that share ours; enough to abstain by, not
//! meant to name a language to a reader.

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

/// Words looked at; more don't change the answer.
const WORDS: usize = 60;

/// Common words that the other languages of the list below don't use.
const ENGLISH: &[&str] = &[
    "the", "and", "of", "to", "is", "you", "that", "it", "for", "was", "are", "with", "this", "have", "not", "be",
    "your", "they", "what", "from", "but", "or", "by", "if", "about", "would", "there", "my", "who", "get", "just",
    "like", "his", "her", "can", "how", "why", "should", "because", "don", "im", "its", "has", "been", "were",
];

/// Common words of German, French, Spanish, Portuguese, Italian, Dutch, Polish, Swedish, Turkish, Indonesian, Czech and
/// Finnish that are not English words.
const OTHER: &[&str] = &[
    "der", "und", "nicht", "ist", "ich", "das", "ein", "eine", "mit", "auf", "auch", "sie", "wir", "aber", "le", "les",
    "est", "et", "une", "des", "que", "qui", "pas", "dans", "pour", "sur", "vous", "je", "el", "los", "las", "una",
    "por", "para", "como", "pero", "muy", "esta", "eso", "os", "uma", "não", "mais", "você", "isso", "il", "di", "che",
    "è", "per", "non", "sono", "della", "questo", "het", "een", "niet", "van", "dat", "zijn", "ook", "maar", "nie",
    "się", "jest", "że", "jak", "och", "att", "det", "som", "inte", "är", "bir", "ve", "bu", "için", "çok", "yang",
    "dan", "tidak", "ini", "itu", "je", "že", "není", "ja", "ei", "että", "ovat",
];

/// Guesses the language of a text.
pub fn of(text: &str) -> Language {
    let letters = text.chars().filter(|c| c.is_alphabetic()).take(400);
    let (mut latin, mut foreign) = (0usize, 0usize);
    for letter in letters {
        if is_latin(letter) { latin += 1 } else { foreign += 1 }
    }
    if foreign > latin {
        return Language::Other;
    }
    let (mut english, mut other, mut many) = (0usize, 0usize, 0usize);
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty() && word.len() <= 12);
    for word in words.take(WORDS) {
        let word = word.to_lowercase();
        english += usize::from(ENGLISH.contains(&word.as_str()));
        other += usize::from(OTHER.contains(&word.as_str()));
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
    use super::*;

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
