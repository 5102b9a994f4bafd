//! The words of one page, numbered, with how rare each is in general and what is special about it.
//!
//! Rarity comes from a small table of comment counts that ships with quell, not from the page: a page of ten comments
//! cannot tell a rare word from a common one, and the worth of a quotation in nats must mean the same on every page.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::RandomState;

use super::tokens::{Raw, hash_word};

/// A map keyed by hashes, with a seeded hasher, so that no page can be written to make it slow.
pub(crate) type HashedMap<V> = HashMap<u64, V, RandomState>;

/// Something special about a word.
pub(crate) mod special {
    /// Too common to say anything.
    pub const STOP: u16 = 1;
    /// Opens an agreement, a dissent or thanks.
    pub const AGREE: u16 = 1 << 1;
    /// Second person.
    pub const YOU: u16 = 1 << 2;
    /// Thanks.
    pub const THANKS: u16 = 1 << 3;
    /// May stand before the name of the person addressed.
    pub const GREETING: u16 = 1 << 4;
    /// Attributes words to somebody: "wrote", "said".
    pub const SAID: u16 = 1 << 5;
    /// Closes a letter, before the signature.
    pub const CLOSING: u16 = 1 << 6;
    /// First word of some name on the page.
    pub const NAME: u16 = 1 << 7;
    /// Speaks of the article itself.
    pub const ARTICLE: u16 = 1 << 8;
    /// Asks a question at the start of a sentence.
    pub const ASKS: u16 = 1 << 9;
    /// No other word of the page has its stem, and it stands there once.
    pub const ALONE: u16 = 1 << 10;
}

const STOP: &str = "a about after all also am an and any are as at be because been before being but by can could did do does \
doing don't for from get got had has have having he her here him his how i i'm if in into is isn't it it's its just like \
me more most much my no not now of on one only or other our out over same she should so some such than that that's the \
their them then there these they this those through to too up very was we were what when where which while who why will \
with would you your der die das und ist nicht ein eine ich zu den mit es von le la les de des et un une que est en el los \
una y por para con se";
const AGREE: &str = "yes yeah yep yup exactly agreed agree no nope nah lol haha hehe thanks thank thx right true indeed \
correct ok okay sure great nice good well wow awesome cool wrong nonsense absolutely totally ja nein genau danke oui non \
merci sí si gracias";
const YOU: &str =
    "you your you're you've you'll you'd yours yourself u ur du dich dir dein deine vous votre tu te tú usted";
const THANKS: &str = "thanks thank thx ty cheers danke merci gracias grazie obrigado";
const GREETING: &str = "hi hello hey dear hallo bonjour hola thanks thank you well yes no yeah sorry oh ok okay and but so \
hmm ah wow great nice awesome cheers thx ty right agreed to re dr prof mr mrs ms good morning evening welcome congratulations actually nope lol ping";
const SAID: &str = "wrote writes said says schrieb écrit escribió scrisse skrev schreef";
const CLOSING: &str = "best regards cheers thanks sincerely yours greetings grüße cordialement saludos hth";
const ARTICLE: &str = "article post blog tutorial author writeup essay piece site guide artikel beitrag";
const ASKS: &str = "how what why when where who which is are does do did can could would should anyone anybody any";

/// What the page needs of a word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    /// ln of the inverse document frequency; 0 for stop words.
    pub idf: f32,
    /// The number of its stem.
    pub stem: u32,
    /// Bits of `special`.
    pub special: u16,
    /// How often it stands on the page, names and title included.
    pub uses: u16,
}

/// The numbered words and stems of a page.
#[derive(Default)]
pub(crate) struct Lexicon {
    numbers: HashedMap<u32>,
    stems: HashedMap<u32>,
    pub words: Vec<Word>,
}

impl Lexicon {
    /// A lexicon with room for this many different words.
    pub fn with_capacity(words: usize) -> Self {
        Lexicon {
            numbers: HashMap::with_capacity_and_hasher(words, RandomState::default()),
            stems: HashMap::with_capacity_and_hasher(words, RandomState::default()),
            words: Vec::with_capacity(words),
        }
    }

    /// The number of a word, given now if it is new.
    pub fn intern(&mut self, raw: &Raw) -> u32 {
        let next = number(self.words.len());
        let found = *self.numbers.entry(raw.hash).or_insert(next);
        if found == next {
            let stems = number(self.stems.len());
            let stem = *self.stems.entry(raw.stem).or_insert(stems);
            let Known { idf, special } = KNOWN.words.get(&raw.hash).copied().unwrap_or(KNOWN.unseen);
            // One character of a script without spaces is no rare word, and the table knows none of them.
            let idf = if raw.ideograph { idf.min(3.0) } else { idf };
            self.words.push(Word { idf, stem, special, uses: 1 });
        } else {
            let uses = &mut self.words[found as usize].uses;
            *uses = uses.saturating_add(1);
        }
        found
    }

    /// Notes which words nothing else on the page can have in common, once all are numbered.
    pub fn find_alone(&mut self) {
        let mut uses = vec![0u8; self.stems.len()];
        for word in &self.words {
            let of_stem = &mut uses[word.stem as usize];
            *of_stem = (*of_stem).saturating_add(word.uses.min(2) as u8);
        }
        for word in self.words.iter_mut().filter(|word| uses[word.stem as usize] == 1) {
            word.special |= special::ALONE;
        }
    }

    /// How many stems there are.
    pub fn stems(&self) -> usize {
        self.stems.len()
    }
}

/// A count or an index as the 32 bits that the page's tables keep; a page has far fewer words.
pub(crate) fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// What is known of a word wherever it stands.
#[derive(Clone, Copy)]
struct Known {
    idf: f32,
    special: u16,
}

/// The words that come with quell: those that are special, and how rare words are in comments at large.
struct KnownWords {
    words: HashedMap<Known>,
    unseen: Known,
}

/// Lines of `idf.txt`: a level in hundredths of a nat, then the words of that level; `*` stands for any other word.
static KNOWN: LazyLock<KnownWords> = LazyLock::new(|| {
    let mut known = KnownWords { words: HashedMap::default(), unseen: Known { idf: 9.0, special: 0 } };
    for line in include_str!("idf.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split(' ');
        let Some(level) = fields.next().and_then(|level| level.parse::<f32>().ok()) else { continue };
        let idf = level / 100.0;
        for word in fields {
            if word == "*" {
                known.unseen.idf = idf;
            } else {
                known.words.insert(hash_word(word), Known { idf, special: 0 });
            }
        }
    }
    let lists = [
        (STOP, special::STOP),
        (AGREE, special::AGREE),
        (YOU, special::YOU),
        (THANKS, special::THANKS),
        (GREETING, special::GREETING),
        (SAID, special::SAID),
        (CLOSING, special::CLOSING),
        (ARTICLE, special::ARTICLE),
        (ASKS, special::ASKS),
    ];
    for (list, bit) in lists {
        for word in list.split_whitespace() {
            let word = known.words.entry(hash_word(word)).or_insert(known.unseen);
            word.special |= bit;
            word.idf = if word.special & special::STOP != 0 { 0.0 } else { word.idf };
        }
    }
    known
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threads::tokens::tokenize;

    #[test]
    fn rare_words_weigh_more_than_common_ones() {
        let mut raws = Vec::new();
        tokenize("the people rhubarb", false, &mut raws);
        let mut lexicon = Lexicon::default();
        let numbers: Vec<u32> = raws.iter().map(|raw| lexicon.intern(raw)).collect();
        let idf: Vec<f32> = numbers.iter().map(|number| lexicon.words[*number as usize].idf).collect();
        assert!(idf[0] == 0.0 && idf[1] < idf[2], "{idf:?}");
    }
}
