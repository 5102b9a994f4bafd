//! Features of words in their surroundings: what stands near the name of a group of people, whichever group it is, and
//! what is said to be not so.
//!
//! A sum of weights can't know that `disgusting` is about a group and not about soup. These features put both into one,
//! with no regard to the group's name, so that what is learned of one group holds of all. Likewise words of one sense
//! (`lexicon/senses.txt`) make a feature in common. Texts that name no group have none of these.
//!
//! Not here: whether it is an attack; a group that is praised gives such features too.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::LazyLock;

use super::features::itself;
use super::hash::Hash;
use crate::signals::lexicon::{self, groups};

const NEAR: u8 = 8;
const BESIDE: u8 = 9;
const DENIED: u8 = 10;
const SENSE: u8 = 11;

/// How many words before and after a group's name are near it.
const REACH: usize = 6;

/// How many words before and after it also count by their place.
const CLOSE: usize = 2;

/// How many words after a denial are denied.
const DENIALS: usize = 3;

/// Words that deny what follows; `t` is what is left of `don't`.
const DENYING: &[&str] = &["not", "no", "never", "nobody", "t", "dont", "doesnt", "isnt", "arent", "cannot", "cant"];

/// What a word is to its surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The name of a group.
    Group,
    /// A word that insults a group by naming it.
    Slur,
    /// An adjective that names a group before a word for people: `old`.
    Kind,
    /// A word for people.
    People,
    /// It denies what follows.
    Denial,
}

/// What words are, by their features.
static ROLES: LazyLock<foldhash::HashMap<u32, Role>> = LazyLock::new(|| {
    let of = |role: Role, words: &[&'static str]| words.iter().map(|word| (itself(word), role)).collect::<Vec<_>>();
    let slurs: Vec<&str> = lexicon::words().filter(|word| lexicon::kind(word) == Some("slur")).collect();
    let all = [
        of(Role::Slur, &slurs),
        of(Role::Kind, groups::KINDS),
        of(Role::People, groups::PEOPLE),
        of(Role::Denial, DENYING),
        of(Role::Group, groups::NAMES),
    ];
    all.into_iter().flatten().collect()
});

/// Whether a word, given by its feature, names a group by itself or together with the word after it. A slur says more
/// than a name.
pub(super) fn is_name(word: u32, next: Option<&str>) -> bool {
    match ROLES.get(&word) {
        Some(Role::Group) => true,
        Some(Role::Kind) => next.is_some_and(|next| ROLES.get(&itself(next)) == Some(&Role::People)),
        _ => false,
    }
}

/// The feature of its sense, for each word that has one.
static SENSES: LazyLock<foldhash::HashMap<u32, u32>> = LazyLock::new(|| {
    let lines = SENSE_LIST.lines().filter(|line| !line.starts_with('#'));
    let senses = lines.filter_map(|line| line.split_once(": "));
    let mut found = foldhash::HashMap::default();
    for (sense, words) in senses {
        let sense = Hash::of(SENSE).text(sense).finish();
        words.split_whitespace().for_each(|word| {
            found.entry(itself(word)).or_insert(sense);
        });
    }
    found
});

/// The words of each sense.
const SENSE_LIST: &str = include_str!("../lexicon/senses.txt");

/// What was read of a text so far.
#[derive(Debug, Default)]
pub(super) struct Context {
    /// The last words, the latest at the end.
    last: VecDeque<(u32, Range<usize>)>,
    /// Words since the last name of a group, if it is near.
    since: Option<usize>,
    /// How many further words are denied.
    denied: usize,
    /// Whether the last word was an adjective that may name a group.
    kind: bool,
}

impl Context {
    /// Takes in a word by its feature and hands over the features that it makes.
    pub(super) fn word(
        &mut self,
        word: u32,
        span: &Range<usize>,
        sink: &mut (impl FnMut(u32, Range<usize>, bool) + ?Sized),
    ) {
        let role = ROLES.get(&word).copied();
        if self.denied > 0 {
            self.denied -= 1;
            for meaning in std::iter::once(word).chain(SENSES.get(&word).copied()) {
                sink(Hash::of(DENIED).hash(meaning).finish(), span.clone(), false);
            }
        }
        if let Some(since) = self.since {
            near(word, true, since, span, sink);
            self.since = (since + 1 < REACH).then_some(since + 1);
        }
        let group = matches!(role, Some(Role::Group | Role::Slur)) || (role == Some(Role::People) && self.kind);
        if group {
            let own = usize::from(role == Some(Role::People));
            for (at, (before, place)) in self.last.iter().rev().skip(own).enumerate() {
                near(*before, false, at, place, sink);
            }
            self.since = Some(0);
        }
        if role == Some(Role::Denial) {
            self.denied = DENIALS;
        }
        self.kind = role == Some(Role::Kind);
        if self.last.len() == REACH {
            self.last.pop_front();
        }
        self.last.push_back((word, span.clone()));
    }
}

/// The features of a word that stands before or after a group's name, with so many words between.
fn near(
    word: u32,
    after: bool,
    between: usize,
    span: &Range<usize>,
    sink: &mut (impl FnMut(u32, Range<usize>, bool) + ?Sized),
) {
    for meaning in std::iter::once(word).chain(SENSES.get(&word).copied()) {
        sink(Hash::of(NEAR).hash(meaning).finish(), span.clone(), false);
        if between < CLOSE {
            let place = 2 * between as u32 + u32::from(after);
            sink(Hash::of(BESIDE).hash(place).hash(meaning).finish(), span.clone(), false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(text: &str) -> Vec<u32> {
        let (mut context, mut found) = (Context::default(), Vec::new());
        for word in text.split(' ') {
            context.word(itself(word), &(0..0), &mut |hash, _, _| found.push(hash));
        }
        found
    }

    #[test]
    fn the_name_of_the_group_makes_no_difference() {
        assert_eq!(features("we like all women here"), features("we like all immigrants here"));
        assert_eq!(features("we like old people here")[..2], features("we like women here")[..2]);
        assert!(!features("we like all women here").is_empty());
    }

    #[test]
    fn texts_without_groups_and_denials_have_none() {
        assert!(features("we like old soup and warm bread").is_empty());
        assert_eq!(features("the soup is not very warm today").len(), 3);
    }

    #[test]
    fn words_of_one_sense_share_features() {
        let shared = |a: &str, b: &str| {
            let b = features(b);
            features(a).into_iter().filter(|hash| b.contains(hash)).count()
        };
        let alike = shared("they despise women", "they loathe women");
        assert!(alike > shared("they despise women", "they photograph women"));
    }

    #[test]
    fn only_near_words_count() {
        let far = "one two three four five six seven eight women";
        assert_eq!(features(far).len(), REACH + CLOSE);
    }
}
