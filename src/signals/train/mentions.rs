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

/// The sentences of one half, each with each group.
pub fn mentions(half: Half) -> Vec<String> {
    let lines = |kind: &'static str| LIST.lines().filter_map(move |line| line.strip_prefix(kind));
    let wanted = usize::from(half == Half::Measure);
    let sentences = lines("say: ").enumerate().filter(|(at, _)| at % 2 == wanted);
    sentences.flat_map(|(_, sentence)| lines("group: ").map(|group| sentence.replace("{}", group))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_halves_share_no_sentence() {
        let (teach, measure) = (mentions(Half::Teach), mentions(Half::Measure));
        assert_eq!((teach.len(), measure.len()), (675, 675));
        assert!(teach.iter().all(|sentence| !measure.contains(sentence) && !sentence.contains("{}")));
    }
}
