//! Sentences about groups of people, invented, harmless and hateful: three of four teach the heads that it is not the name
//! of a group that makes an attack, the fourth measures whether they learned it.
//!
//! Not the sentence templates of Dixon and others, which are one of the fitted sets; these are ours, and fewer.

const LIST: &str = include_str!("mentions.txt");

/// Which part of the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Those to fit on.
    Teach,
    /// Those to measure with.
    Measure,
}

/// In which ways the sentences speak of a group: neutrally, well, against what is done to it, hatefully; hatefully of
/// what is no such group; and about an attack that somebody else wrote.
pub const TONES: &[&str] = &["neutral", "positive", "support", ATTACK, "other", "quoted"];

/// The tone that is not harmless.
const ATTACK: &str = "attack";

/// A sentence about a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// How it speaks of the group, one of [`TONES`].
    pub tone: &'static str,
    /// The sentence.
    pub text: String,
    /// The sentence before the group was put in.
    pub sentence: &'static str,
}

impl Mention {
    /// Whether it attacks the group.
    pub fn is_attack(&self) -> bool {
        self.tone == ATTACK
    }

    /// Whether nobody is attacked in it at all.
    pub fn is_harmless(&self) -> bool {
        !self.is_attack() && self.tone != "other"
    }
}

/// The sentences of one part: each with each group, attacks also with what is no group, and as said by somebody else.
pub fn mentions(part: Part) -> Vec<Mention> {
    let own = |list: Vec<&'static str>| in_part(list.into_iter(), part).collect::<Vec<_>>();
    let (groups, others, frames) = (lines("group"), own(lines("other")), own(lines("frame")));
    let tones = LIST.lines().filter_map(|line| line.split_once(": "));
    let tones = tones.filter_map(|(tone, sentence)| Some((*TONES.iter().find(|known| **known == tone)?, sentence)));
    let sentences = in_part(tones.filter(|(tone, _)| *tone != "other"), part);
    let mut found = Vec::new();
    for (at, (tone, sentence)) in sentences.enumerate() {
        found.extend(groups.iter().map(|group| Mention { tone, text: filled(sentence, group), sentence }));
        if tone == ATTACK {
            found.extend(others.iter().map(|other| Mention { tone: "other", text: filled(sentence, other), sentence }));
            let quoted = |(n, frame): (usize, &&str)| {
                let attack = filled(sentence, groups[(at + n) % groups.len()]);
                Mention { tone: "quoted", text: frame.replace("{}", &attack), sentence }
            };
            found.extend(frames.iter().enumerate().map(quoted));
        }
    }
    found
}

/// Every fourth measures.
fn in_part<T>(list: impl Iterator<Item = T>, part: Part) -> impl Iterator<Item = T> {
    let own = move |at: usize| (at % 4 == 3) == (part == Part::Measure);
    list.enumerate().filter(move |(at, _)| own(*at)).map(|(_, one)| one)
}

/// The lines of the list that begin with this word, without it.
fn lines(of: &str) -> Vec<&'static str> {
    LIST.lines().filter_map(|line| line.strip_prefix(of)?.strip_prefix(": ")).collect()
}

/// A sentence with a group, given as the group and one of it.
fn filled(sentence: &str, group: &str) -> String {
    let (all, one) = group.split_once(" / ").unwrap_or((group, group));
    sentence.replace("{}", all).replace("{one}", one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_share_no_sentence_and_both_have_every_tone() {
        let (teach, measure) = (mentions(Part::Teach), mentions(Part::Measure));
        assert!(teach.iter().all(|mention| !measure.contains(mention) && !mention.text.contains('{')));
        for part in [&teach, &measure] {
            assert!(part.len() > 1000, "{}", part.len());
            assert!(TONES.iter().all(|tone| part.iter().any(|mention| mention.tone == *tone)));
        }
    }
}
