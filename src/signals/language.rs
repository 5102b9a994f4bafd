//! Whether a text is in English, which is the one language that the shipped heads were fitted on.
//!
//! A guess by script and by the commonest function words of the languages that share ours; enough to abstain by, not
//! meant to name a language to a reader.

use std::sync::LazyLock;

use super::lexicon;
use super::model::reading::Reading;
use crate::text::fold::Kind;

/// Goes up when the same text can get another answer.
pub const VERSION: u32 = 2;

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

/// Common words of German, French, Spanish, Portuguese, Italian, Dutch, Polish, Swedish, Danish, Turkish, Indonesian,
/// Czech, Finnish, Hungarian, Romanian, Serbian and Vietnamese that are rare in English, folded and sorted.
const OTHER: &str = "\
    aan aber acest acuerdo acum ada adesso af agora ahora akan ale alla alle alles als ama anche apa apres atas \
    att auch auf aus aussi avant avec az bagus bedankt bei bene besok bien bij bir bisa biti bitte bom bonjour \
    bonne bu buena byc byl byla ce cette che ci ciao cok comme como cosa csak cua cuando czy daha danke dann dans \
    dari das dass dat degil dein della dem demain den dengan der des det deux devant deze dices dich diky dir dit \
    dla dobry doch domani donde du dulu duoc dziekuje een egy ei ein eine einen einfach el ela ele elle er eres es \
    eso est esta este esto estoy et etait etre ett etta ezt ezzel faire fait foarte foi fra gar gibi gli goed \
    gracias grazie gut habe haben hace hast hay heb hebt het heute hij hogy hola hvad hvor hyva ich icin idee ihr \
    ik ikke il ils immer ini inte isso ist itu ja jag jak jako jdi je jeg jen jest jouw jsem jsi juga jumpa jutro \
    juz kadar kamu kann kannst kao kasih kdyz kein keine khong kiitos koji koszonom las le les leur lo los maar \
    mais mam manana masz mehr mein merci mi mich mijn minun mit mita moet molto mon morgen moze muito mutta muy \
    naar nach nada nao ne nebo nel nem neni nicht nie niet niin nije noch nog nos notre nous nu nur nyt obrigado \
    och oder og ole olet oli ook ovaj ovat ovo para pas pela pelo pentru perche pero piu por porque pour prima \
    prosze quando que quel quelle questa questo qui quoi rien saya schon sehr sen ser seu sie simdi sind sinun \
    skulle sobre som sono sont stimmt sua sudah suis sunt sur tack tak tama tego tem tengo teraz terima \
    tesekkurler ti tidak til todo toi tout tres troppo tu tutto tylko uber uma una und une untuk usted van vediamo \
    vemos vil vill voce volt von voor votre vous warum wat weil wel wenn wer wie wir wird yang yok zijn zum zur";

/// The same to look words up in.
static OTHERS: LazyLock<foldhash::HashSet<&'static str>> = LazyLock::new(|| OTHER.split_whitespace().collect());

/// Guesses the language of a text that was read.
pub fn of(text: &str, reading: &Reading) -> Language {
    let (mut latin, mut foreign) = (0usize, 0usize);
    for letter in text.chars().filter(|c| c.is_alphabetic()).take(LETTERS) {
        if is_latin(letter) { latin += 1 } else { foreign += 1 }
    }
    if foreign > latin {
        return Language::Other;
    }
    let (mut english, mut other, mut accented, mut many, mut rude) = (0usize, 0usize, 0usize, 0usize, false);
    let plain = reading.words().filter(|(_, kind, _)| *kind == Kind::Plain);
    for (word, _, span) in plain.filter(|(word, _, _)| word.len() <= 12).take(WORDS) {
        english += usize::from(ENGLISH.binary_search(&word).is_ok());
        other += usize::from(OTHERS.contains(word));
        accented += usize::from(is_accented(text.get(span).unwrap_or_default()));
        rude |= lexicon::kind(word).is_some();
        many += 1;
    }
    match () {
        () if other >= 2 && other > english => Language::Other,
        // Nobody escapes by a foreign word or an accent beside a rude word.
        () if other + accented >= 1 && english == 0 && many >= 2 && !rude => Language::Other,
        () if accented >= 2 && other + accented > english && !rude => Language::Other,
        () if english > other && (english >= 2 || many >= 4) => Language::English,
        () => Language::Unclear,
    }
}

/// Whether a word holds Latin letters that English lacks, and more others: accents on every letter are a disguise.
fn is_accented(word: &str) -> bool {
    let accented = word.chars().filter(|c| matches!(*c as u32, 0xc0..=0x24f | 0x1e00..=0x1eff)).count();
    accented > 0 && accented * 2 <= word.chars().count()
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
        assert!(ENGLISH.is_sorted() && !OTHERS.is_empty());
        assert!(ENGLISH.iter().all(|word| !OTHERS.contains(word)));
    }

    #[test]
    fn tells_english_from_others_and_admits_doubt() {
        assert_eq!(of("I think that the soup was cold and you know it"), Language::English);
        assert_eq!(of("Ich glaube nicht, dass die Suppe kalt ist und das weiß auch der Koch"), Language::Other);
        assert_eq!(of("La soupe est froide et vous le savez"), Language::Other);
        assert_eq!(of("Суп холодный, и вы это знаете"), Language::Other);
        assert_eq!(of("bravo"), Language::Unclear);
        assert_eq!(of("Bonne idée !"), Language::Other);
        assert_eq!(of("Polévka byla studená"), Language::Other);
    }

    #[test]
    fn letters_in_disguise_are_not_another_language() {
        assert_ne!(of("ｙｏｕ ａｒｅ ｔｈｅ ｓｏｕｐ"), Language::Other);
        assert_ne!(of("stupïd clöwn"), Language::Other);
        assert_ne!(of("ïdïöt ïdïöt"), Language::Other);
    }
}
