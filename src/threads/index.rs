//! A page as numbers: every word, every author, every mention, cut once and kept flat. Node 0 is the post itself, node
//! k is the comment k−1; so "earlier" is always "smaller". Not here: anything that compares two comments.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

use super::lexicon::{Lexicon, number, special};
use super::page::{Page, Target};
use super::people::{Mention, People, UNKNOWN, is_placeholder, mentions, signature};
use super::tokens::{Raw, tokenize};

/// A post or comment of the page; 0 is the post.
pub(crate) type Node = u32;

/// The node of a target.
pub(crate) fn node_of(target: Target) -> Node {
    match target {
        Target::Root => 0,
        Target::Comment(index) => number(index + 1),
    }
}

/// The target of a node.
pub(crate) fn target_of(node: Node) -> Target {
    match node {
        0 => Target::Root,
        node => Target::Comment(node as usize - 1),
    }
}

/// One word of a comment: a `Raw` without its hashes, since a page keeps all of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub word: u32,
    pub start: u32,
    pub len: u16,
    pub depth: u8,
    pub marked: bool,
    /// It is too common to say anything.
    pub common: bool,
}

/// What a comment says at a glance; bits of `Doc::tone`.
pub(crate) mod tone {
    /// Opens with agreement, dissent or thanks.
    pub const AGREES: u16 = 1;
    /// Says "you".
    pub const YOU: u16 = 1 << 1;
    /// Thanks somebody.
    pub const THANKS: u16 = 1 << 2;
    /// Asks something.
    pub const ASKS: u16 = 1 << 3;
    /// Speaks of the article.
    pub const ARTICLE: u16 = 1 << 4;
    /// Addresses somebody by name, known or not.
    pub const ADDRESSES: u16 = 1 << 5;
    /// Opens with a greeting that no name of the page follows.
    pub const GREETS: u16 = 1 << 6;
    /// Its first letter is small, as when a sentence goes on.
    pub const SMALL: u16 = 1 << 7;
    /// Holds a link.
    pub const LINK: u16 = 1 << 8;
}

/// A post or comment as numbers.
#[derive(Debug, Clone)]
pub(crate) struct Doc {
    pub tokens: Range<usize>,
    pub mentions: Range<usize>,
    pub author: u32,
    /// Words that are not in quoted lines; all of them if there are no others.
    pub own: u32,
    /// Some line is quoted, so only words of depth 0 are its own.
    pub split: bool,
    pub tone: u16,
    pub time: Option<i64>,
    pub system: bool,
}

/// The page as numbers.
pub(crate) struct Index<'a> {
    pub page: &'a Page<'a>,
    pub docs: Vec<Doc>,
    pub tokens: Vec<Token>,
    pub mentions: Vec<Mention>,
    pub lexicon: Lexicon,
    pub authors: usize,
    /// Words of the title, which count for likeness but cannot be quoted.
    pub title: Vec<u32>,
    /// Printed numbers, sorted, with their nodes.
    numbers: Vec<(u64, Node)>,
    /// Numbers referred to, in order of node.
    references: Vec<(Node, Node)>,
    /// Comments of each author on the whole page.
    pub totals: Vec<u32>,
    /// Share of comments whose author is known.
    pub named: f32,
    /// Mean number of words.
    pub mean_words: f32,
}

impl<'a> Index<'a> {
    /// Reads the whole page once.
    pub fn new(page: &'a Page<'a>) -> Self {
        let mut lexicon = Lexicon::with_capacity((page.bytes() / 24).min(1 << 16));
        let mut people = People::default();
        let authors = authors(page, &mut people, &mut lexicon);
        let mut index = Index {
            page,
            docs: Vec::with_capacity(page.comments.len() + 1),
            tokens: Vec::with_capacity(page.bytes() / 6),
            mentions: Vec::new(),
            lexicon,
            authors: people.len(),
            title: Vec::new(),
            numbers: Vec::new(),
            references: Vec::new(),
            totals: Vec::new(),
            named: 0.0,
            mean_words: 0.0,
        };
        let (mut raws, mut words) = (Vec::new(), Vec::new());
        tokenize(page.title.unwrap_or(""), false, &mut raws);
        index.title = raws.iter().map(|raw| index.lexicon.intern(raw)).collect();
        index.push(page.article.unwrap_or(""), authors[0], page.time, &people, (&mut raws, &mut words));
        for (entry, author) in page.comments.iter().zip(&authors[1..]) {
            let text = if entry.system { "" } else { entry.text };
            index.push(text, *author, entry.time, &people, (&mut raws, &mut words));
            if let Some(doc) = index.docs.last_mut() {
                doc.system = entry.system;
            }
        }
        index.lexicon.find_alone();
        index.follow_numbers();
        index.sum_up();
        index
    }

    /// The words of a node.
    pub fn tokens(&self, node: Node) -> &[Token] {
        &self.tokens[self.docs[node as usize].tokens.clone()]
    }

    /// Whom a node names.
    pub fn mentions(&self, node: Node) -> &[Mention] {
        &self.mentions[self.docs[node as usize].mentions.clone()]
    }

    /// The text of a node.
    pub fn text(&self, node: Node) -> &'a str {
        match target_of(node) {
            Target::Root => self.page.article.unwrap_or(""),
            Target::Comment(index) => self.page.comments[index].text,
        }
    }

    /// The earlier comments that a node refers to by number.
    pub fn references(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        let first = self.references.partition_point(|(from, _)| *from < node);
        self.references[first..].iter().take_while(move |(from, _)| *from == node).map(|(_, to)| *to)
    }

    fn push(
        &mut self,
        text: &str,
        author: u32,
        time: Option<i64>,
        people: &People,
        (raws, words): (&mut Vec<Raw>, &mut Vec<u32>),
    ) {
        let article = self.docs.is_empty();
        let (first, first_mention) = (self.tokens.len(), self.mentions.len());
        raws.clear();
        tokenize(text, article, raws);
        words.clear();
        words.extend(raws.iter().map(|raw| self.lexicon.intern(raw)));
        mentions(text, raws, words, author, (people, &self.lexicon), &mut self.mentions);
        self.tokens.extend(raws.iter().zip(&*words).map(|(raw, word)| Token {
            word: *word,
            start: raw.start,
            len: raw.len,
            depth: raw.depth,
            marked: raw.marked,
            common: self.lexicon.words[*word as usize].special & special::STOP != 0,
        }));
        let flat = raws.iter().filter(|raw| raw.depth == 0).count();
        let split = flat > 0 && flat < raws.len();
        let mentions = first_mention..self.mentions.len();
        let tone = self.tone(text, raws, words, split, &mentions);
        let own = number(if split { flat } else { raws.len() });
        self.docs.push(Doc {
            tokens: first..self.tokens.len(),
            mentions,
            author,
            own,
            split,
            tone,
            time,
            system: false,
        });
    }

    fn tone(&self, text: &str, raws: &[Raw], words: &[u32], split: bool, mentions: &Range<usize>) -> u16 {
        let bytes = text.as_bytes();
        let mut tone = 0;
        let mut first = true;
        for (raw, word) in raws.iter().zip(words).filter(|(raw, _)| !split || raw.depth == 0) {
            let special = self.lexicon.words[*word as usize].special;
            if first {
                tone |= if special & special::AGREE != 0 { tone::AGREES } else { 0 };
                tone |= if special & special::GREETING != 0 { tone::GREETS } else { 0 };
                tone |= if raw.capital { 0 } else { tone::SMALL };
                first = false;
            }
            if special != 0 {
                tone |= if special & special::YOU != 0 { tone::YOU } else { 0 };
                tone |= if special & special::THANKS != 0 { tone::THANKS } else { 0 };
                tone |= if special & special::ARTICLE != 0 { tone::ARTICLE } else { 0 };
            }
            let end = raw.start as usize + usize::from(raw.len);
            tone |= if bytes.get(end) == Some(&b'?') { tone::ASKS } else { 0 };
            tone |= if bytes[end..].starts_with(b"://") { tone::LINK } else { 0 };
        }
        if self.mentions[mentions.clone()].iter().any(|mention| mention.naming.addresses()) {
            tone |= tone::ADDRESSES;
        }
        tone
    }

    /// `#12`, `>>12`, `@12` and "comment 12", where the page prints numbers.
    fn follow_numbers(&mut self) {
        let printed = self.page.comments.iter().enumerate();
        self.numbers = printed.filter_map(|(at, entry)| Some((entry.number?, number(at + 1)))).collect();
        if self.numbers.is_empty() {
            return;
        }
        self.numbers.sort_unstable();
        for node in 1..number(self.docs.len()) {
            for value in numbers_in(self.text(node)) {
                let Ok(at) = self.numbers.binary_search_by_key(&value, |(printed, _)| *printed) else { continue };
                let to = self.numbers[at].1;
                if to < node {
                    self.references.push((node, to));
                }
            }
        }
    }

    fn sum_up(&mut self) {
        let comments = self.docs.len().max(2) - 1;
        let known = self.docs.iter().skip(1).filter(|doc| doc.author != UNKNOWN).count();
        let words: usize = self.docs.iter().skip(1).map(|doc| doc.own as usize).sum();
        self.totals = vec![0; self.authors];
        for doc in self.docs.iter().skip(1) {
            if let Some(total) = self.totals.get_mut(doc.author as usize) {
                *total += 1;
            }
        }
        self.named = known as f32 / comments as f32;
        self.mean_words = words as f32 / comments as f32;
    }
}

/// The author number of every node. A comment without an author takes the one that it is signed with, if the
/// signature stands after a closing or is used twice on the page.
fn authors(page: &Page<'_>, people: &mut People, lexicon: &mut Lexicon) -> Vec<u32> {
    let mut used: HashMap<&str, usize, RandomState> = HashMap::default();
    let signed: Vec<Option<(&str, bool)>> =
        page.comments.iter().map(|entry| signed(entry.author, entry.text)).collect();
    for (name, _) in signed.iter().flatten() {
        *used.entry(name).or_insert(0) += 1;
    }
    // Most comments are by somebody who was met before under the very same name.
    let mut met: HashMap<&str, u32, RandomState> = HashMap::default();
    let mut author = |name| *met.entry(name).or_insert_with(|| people.author(name, lexicon));
    let mut authors = vec![page.author.map_or(UNKNOWN, &mut author)];
    authors.extend(page.comments.iter().zip(&signed).map(|(entry, signed)| {
        let given = if entry.system { UNKNOWN } else { entry.author.map_or(UNKNOWN, &mut author) };
        match signed {
            Some((name, sure)) if given == UNKNOWN && (*sure || used.get(name).is_some_and(|count| *count > 1)) => {
                author(name)
            }
            _ => given,
        }
    }));
    authors
}

/// The signature of a comment whose author is not given, and whether a closing stands before it.
fn signed<'a>(author: Option<&str>, text: &'a str) -> Option<(&'a str, bool)> {
    if !author.is_none_or(is_placeholder) {
        return None;
    }
    signature(text).map(|(start, end, sure)| (&text[start..end], sure))
}

/// Numbers written as references to comments, at most eight of a text.
fn numbers_in(text: &str) -> Vec<u64> {
    const WORDS: [&str; 4] = ["comment ", "comment #", "post #", "no. "];
    let text = super::tokens::clip(text, false);
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() && found.len() < 8 {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = at + bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let before = &bytes[..at];
        let after_word = WORDS.iter().any(|word| {
            before.len() >= word.len() && before[before.len() - word.len()..].eq_ignore_ascii_case(word.as_bytes())
        });
        if before.last().is_some_and(|b| matches!(b, b'#' | b'@')) || before.ends_with(b">>") || after_word {
            found.extend(text[at..end].parse::<u64>());
        }
        at = end;
    }
    found
}
