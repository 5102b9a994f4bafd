//! Finding words in a folded text: a phrase may go over any mixture of plain and additional tokens.

use std::ops::Range;

use super::{Edge, Folded, Kind, side};

/// Words to find, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    words: Vec<String>,
    /// The same with each run of a letter cut to one.
    squeezed: Vec<String>,
    /// For each word, where it ends in all of them written as one.
    ends: Vec<usize>,
    whole: String,
}

impl Wanted {
    /// The words of a text; nothing if it has none.
    pub fn new(text: &str) -> Option<Wanted> {
        let folded = Folded::new(text);
        let words: Vec<String> =
            folded.tokens().filter(|token| token.kind == Kind::Plain).map(|token| token.text.to_owned()).collect();
        let squeezed = words.iter().map(|word| side::squeezed(word)).collect();
        let whole = words.concat();
        let ends = words.iter().scan(0, |end, word| {
            *end += word.len();
            Some(*end)
        });
        let ends = ends.collect();
        (!words.is_empty()).then_some(Wanted { words, squeezed, ends, whole })
    }

    /// The first of the words.
    pub fn first(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// How many words from this one on a token stands for; 0 if it does not.
    fn taken(&self, from: usize, text: &str, kind: Kind) -> usize {
        let begin = from.checked_sub(1).map_or(0, |before| self.ends[before]);
        let many = || {
            let fits = self.whole[begin..].starts_with(text);
            let word = self.ends[from..].binary_search(&(begin + text.len()));
            word.ok().filter(|_| fits).map_or(0, |word| word + 1)
        };
        match kind {
            Kind::Plain | Kind::Leet | Kind::Lookalike => usize::from(self.words[from] == text),
            Kind::Stretched => usize::from(self.squeezed[from] == text),
            Kind::Masked => usize::from(is_masked(text, &self.words[from])),
            Kind::Glued => many(),
            // `a f r e e` is joined to one token although the `a` is a word.
            Kind::Joined if from == 0 && self.whole.len() >= 3 && text.contains(&self.whole) => self.words.len(),
            Kind::Joined => many(),
        }
    }
}

/// Whether a word is what the masks hide: each `*` is one character, and there are letters in plain sight.
fn is_masked(text: &str, word: &str) -> bool {
    text.chars().count() == word.chars().count() && text.chars().zip(word.chars()).all(|(a, b)| a == '*' || a == b)
}

/// Where words stand, each place once.
pub(super) fn find<'a>(folded: &'a Folded, wanted: &'a Wanted) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut last = None;
    folded.edges.iter().filter_map(move |first| {
        let taken = wanted.taken(0, folded.text_of(first), first.kind);
        let end = if taken == 0 { None } else { follow(folded, wanted, first, taken) }?;
        let found = first.span.start as usize..end as usize;
        (last.replace(found.clone()) != Some(found.clone())).then_some(found)
    })
}

/// The end of the rest of the words behind a token, if they are there.
fn follow(folded: &Folded, wanted: &Wanted, first: &Edge, taken: usize) -> Option<u32> {
    let mut open = vec![(first.to, taken, first.span.end)];
    let mut seen = Vec::new();
    while let Some((at, word, end)) = open.pop() {
        if word == wanted.words.len() {
            return Some(end);
        }
        if seen.contains(&(at, word)) {
            continue;
        }
        seen.push((at, word));
        let start = folded.edges.partition_point(|edge| edge.from < at);
        for edge in folded.edges[start..].iter().take_while(|edge| edge.from == at) {
            let taken = wanted.taken(word, folded.text_of(edge), edge.kind);
            if taken > 0 {
                open.push((edge.to, word + taken, edge.span.end));
            }
        }
    }
    None
}
