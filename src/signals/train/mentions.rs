//! Harmless sentences that mention groups of people, invented: half of them teach the heads that naming a group is no
//! attack, the other half measures whether they learned it.
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

/// In which ways the sentences speak of a group: neutrally, well, and against what is done to it.
pub const TONES: &[&str] = &["neutral", "positive", "support"];

/// A harmless sentence about a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// How it speaks of the group, one of [`TONES`].
    pub tone: &'static str,
    /// The sentence.
    pub text: String,
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
        groups().map(move |group| Mention { tone, text: sentence.replace("{}", group) })
    };
    sentences.flat_map(with_group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_halves_share_no_sentence_and_both_have_every_tone() {
        let (teach, measure) = (mentions(Half::Teach), mentions(Half::Measure));
        assert_eq!((teach.len(), measure.len()), (675, 675));
        assert!(teach.iter().all(|mention| !measure.contains(mention) && !mention.text.contains("{}")));
        for half in [teach, measure] {
            assert!(TONES.iter().all(|tone| half.iter().any(|mention| mention.tone == *tone)));
        }
    }
}
