//! Sixteen ways in which people disguise words, for measuring what each costs a scorer.
//!
//! In abusive texts the words that a list names are disguised, in harmless ones random words, so that the disguise itself
//! gives nothing away. Not here: seeing through them, which is `text::fold`'s work.

use anyhow::Result;
use serde::Serialize;

use crate::signals::model::measure::measure;
use crate::signals::model::shuffle::Chance;

use super::Scorer;

/// Shorter words are left as they are.
const SHORTEST: usize = 3;

/// One way to disguise a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attack {
    /// Digits for letters.
    LeetDigits,
    /// Signs for letters.
    LeetSigns,
    /// A space between any two letters.
    Spaced,
    /// A full stop between any two letters.
    Dotted,
    /// A hyphen between any two letters.
    Hyphened,
    /// A star for the first vowel.
    Masked,
    /// Cyrillic letters of the same look.
    LookAlike,
    /// Letters of double width.
    Fullwidth,
    /// Mathematical bold letters.
    MathBold,
    /// Letters in circles.
    Circled,
    /// Several combining marks on each letter.
    Zalgo,
    /// An accent on each letter.
    Accented,
    /// An invisible character between any two letters.
    ZeroWidth,
    /// An emoji in the middle.
    Emoji,
    /// Letters repeated.
    Stretched,
    /// Two inner letters swapped.
    Swapped,
}

/// All attacks, with their names.
pub const ATTACKS: &[(&str, Attack)] = &[
    ("leet digits", Attack::LeetDigits),
    ("leet signs", Attack::LeetSigns),
    ("spaced", Attack::Spaced),
    ("dotted", Attack::Dotted),
    ("hyphened", Attack::Hyphened),
    ("masked", Attack::Masked),
    ("look-alikes", Attack::LookAlike),
    ("fullwidth", Attack::Fullwidth),
    ("math bold", Attack::MathBold),
    ("circled", Attack::Circled),
    ("zalgo", Attack::Zalgo),
    ("accents", Attack::Accented),
    ("zero-width", Attack::ZeroWidth),
    ("emoji inside", Attack::Emoji),
    ("stretched", Attack::Stretched),
    ("swapped", Attack::Swapped),
];

impl Attack {
    /// Disguises a word.
    pub fn disguise(self, word: &str, chance: &mut Chance) -> String {
        let letters: Vec<char> = word.chars().collect();
        let between = |joint: &str| letters.iter().map(char::to_string).collect::<Vec<_>>().join(joint);
        let each = |to: &dyn Fn(char) -> String| letters.iter().map(|c| to(*c)).collect::<String>();
        match self {
            Attack::LeetDigits => swap(word, "aeiostb", "4310578"),
            Attack::LeetSigns => swap(word, "aisl", "@!$|"),
            Attack::Spaced => between(" "),
            Attack::Dotted => between("."),
            Attack::Hyphened => between("-"),
            Attack::Masked => {
                let first = letters.iter().position(|c| "aeiouAEIOU".contains(*c)).unwrap_or(letters.len() / 2);
                letters.iter().enumerate().map(|(at, c)| if at == first { '*' } else { *c }).collect()
            }
            Attack::LookAlike => swap(word, "aceopxyijsAEOPCTXHKMB", "асеорхуіјѕАЕОРСТХНКМВ"),
            Attack::Fullwidth => each(&|c| shifted(c, 0xff41, 0xff21)),
            Attack::MathBold => each(&|c| shifted(c, 0x1d41a, 0x1d400)),
            Attack::Circled => each(&|c| shifted(c, 0x24d0, 0x24b6)),
            Attack::Zalgo => each(&|c| format!("{c}\u{301}\u{317}\u{33f}")),
            Attack::Accented => each(&|c| format!("{c}\u{308}")),
            Attack::ZeroWidth => between("\u{200b}"),
            Attack::Emoji => {
                let middle = letters.len() / 2;
                let (left, right) = letters.split_at(middle);
                left.iter().chain(&['\u{1f525}']).chain(right).collect()
            }
            Attack::Stretched => {
                let at = chance.below(letters.len());
                letters.iter().enumerate().flat_map(|(n, c)| vec![*c; if n == at { 4 } else { 1 }]).collect()
            }
            Attack::Swapped if letters.len() >= 4 => {
                let at = 1 + chance.below(letters.len() - 3);
                let mut swapped = letters;
                swapped.swap(at, at + 1);
                swapped.into_iter().collect()
            }
            Attack::Swapped => letters.into_iter().rev().collect(),
        }
    }
}

fn swap(word: &str, from: &str, to: &str) -> String {
    let other = |c: char| from.chars().zip(to.chars()).find(|(f, _)| *f == c || f.to_ascii_uppercase() == c);
    word.chars().map(|c| other(c).map_or(c, |(_, t)| t)).collect()
}

fn shifted(c: char, small: u32, large: u32) -> String {
    let to = match c {
        'a'..='z' => char::from_u32(small + c as u32 - 'a' as u32),
        'A'..='Z' => char::from_u32(large + c as u32 - 'A' as u32),
        _ => None,
    };
    to.unwrap_or(c).to_string()
}

/// Disguises the words of a text for which `chosen` holds.
pub fn disguise(text: &str, attack: Attack, chosen: &mut dyn FnMut(&str) -> bool, chance: &mut Chance) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let letters = |c: char| c.is_ascii_alphabetic();
    for part in text.as_bytes().chunk_by(|a, b| a.is_ascii_alphabetic() == b.is_ascii_alphabetic()) {
        let part = String::from_utf8_lossy(part);
        if part.starts_with(letters) && part.len() >= SHORTEST && chosen(&part) {
            out.push_str(&attack.disguise(&part, chance));
        } else {
            out.push_str(&part);
        }
    }
    out
}

/// The words of a text that attacks can disguise.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() >= SHORTEST)
}

/// What one attack leaves of a scorer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Left {
    /// The attack's name.
    pub attack: &'static str,
    /// Recall on the abusive texts.
    pub recall: f64,
    /// How much less that is than without an attack.
    pub cost: f64,
    /// The share of harmless texts that is flagged.
    pub false_positive_rate: f64,
}

/// Measures a scorer under no attack and under each: `abusive` texts with the words that `rude` names disguised,
/// `harmless` ones with one word in ten.
pub fn measure_all(
    abusive: &[&str],
    harmless: &[&str],
    rude: &dyn Fn(&str) -> bool,
    scorer: &mut Scorer<'_>,
    threshold: f64,
) -> Result<Vec<Left>> {
    let attacks = ATTACKS.iter().map(|(name, attack)| (*name, Some(*attack)));
    let mut all: Vec<Left> = Vec::with_capacity(ATTACKS.len() + 1);
    for (name, attack) in std::iter::once(("none", None)).chain(attacks) {
        let (mut chance, mut pick) = (Chance::new(1), Chance::new(2));
        let mut hide = |text: &str, chosen: &mut dyn FnMut(&str) -> bool| match attack {
            Some(attack) => disguise(text, attack, chosen, &mut chance),
            None => text.to_owned(),
        };
        let mut texts: Vec<String> = abusive.iter().map(|text| hide(text, &mut |word| rude(word))).collect();
        texts.extend(harmless.iter().map(|text| hide(text, &mut |_| pick.below(10) == 0)));
        let answers = scorer(&texts.iter().map(String::as_str).collect::<Vec<_>>())?;
        let labelled = answers.into_iter().enumerate().map(|(at, p)| (p.unwrap_or(0.0), at < abusive.len()));
        let figures = measure(&labelled.collect::<Vec<_>>(), 0, threshold);
        let cost = all.first().map_or(0.0, |plain| plain.recall - figures.recall);
        let false_positive_rate = figures.false_positive_rate;
        all.push(Left { attack: name, recall: figures.recall, cost, false_positive_rate });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::Folded;

    #[test]
    fn every_attack_changes_a_word_and_most_are_seen_through() {
        let mut seen = 0;
        for (name, attack) in ATTACKS {
            let disguised = attack.disguise("turnips", &mut Chance::new(1));
            assert_ne!(disguised, "turnips", "{name}");
            seen += usize::from(Folded::new(&format!("the {disguised} here")).tokens().any(|t| t.text == "turnips"));
        }
        assert!(seen >= 13, "folding sees through {seen} of {}", ATTACKS.len());
    }

    #[test]
    fn only_chosen_words_change() {
        let text = disguise("boil turnips slowly", Attack::Dotted, &mut |word| word == "turnips", &mut Chance::new(1));
        assert_eq!(text, "boil t.u.r.n.i.p.s slowly");
    }
}
