//! Sentences about groups of people, invented, most of them harmless: half of them teach the heads that it is not the
//! name of a group that makes an attack, the other half measures whether they learned it.
//!
//! Not the sentence templates of Dixon and others, which are one of the fitted sets; these are ours, and fewer.

const LIST: &str = include_str!("mentions.txt");

/// Which half of the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Those to fit on.
    Teach,
    /// Those to measure with.
    Measure,
}

/// In which ways the sentences speak of a group: neutrally, well, against what is done to it, and hatefully.
pub const TONES: &[&str] = &["neutral", "positive", "support", ATTACK];

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
}

/// The sentences of one half, each with each group.
pub fn mentions(half: Half) -> Vec<Mention> {
    let groups = || LIST.lines().filter_map(|line| line.strip_prefix("group: "));
    let tone =
        |line: &'static str| TONES.iter().find_map(|tone| Some((*tone, line.strip_prefix(tone)?.strip_prefix(": ")?)));
    let sentences = LIST.lines().filter_map(tone).enumerate();
    let wanted = usize::from(half == Half::Measure);
    let sentences = sentences.filter(|(at, _)| at % 2 == wanted).map(|(_, sentence)| sentence);
    let with_group = |(tone, sentence): (&'static str, &'static str)| {
        groups().map(move |group| Mention { tone, text: sentence.replace("{}", group), sentence })
    };
    sentences.flat_map(with_group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_halves_share_no_sentence_and_both_have_every_tone() {
        let (teach, measure) = (mentions(Half::Teach), mentions(Half::Measure));
        assert_eq!((teach.len(), measure.len()), (1050, 1050));
        assert!(teach.iter().all(|mention| !measure.contains(mention) && !mention.text.contains("{}")));
        for half in [teach, measure] {
            assert!(TONES.iter().all(|tone| half.iter().any(|mention| mention.tone == *tone)));
        }
    }
}
