//! Reads a page from left to right and, for every comment, lays out its candidate parents with all that was found
//! about each. Each step costs the words of the comment and its few dozen candidates, however long the page is. Not
//! here: numbers for the model (`features`) or any choice.

use super::index::{Doc, Index, Node, tone};
use super::lexicon::number;
use super::likeness::{Likeness, Words};
use super::page::Target;
use super::people::{Naming, UNKNOWN};
use super::runs::{Grams, Run};

/// How widely to look for candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Reach {
    /// The comments directly before, all of which are candidates.
    pub recent: u32,
    /// Candidates of one comment at most.
    pub most: usize,
}

/// How much of a comment repeats one earlier comment; counts are words.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Quote {
    pub run: u32,
    pub original: u32,
    pub longest: u32,
    pub marked: u32,
    pub marked_original: u32,
    pub deeper: u32,
    pub level: u32,
    /// Nats.
    pub worth: f32,
    pub strong: bool,
    pub strong_original: bool,
    pub original_at_start: bool,
    /// Where the last run ends in the comment, and the first begins in the earlier one.
    pub last_end: u32,
    pub their_start: u32,
}

impl Quote {
    /// Marked as a quotation, long enough, and nobody had the words before: hardly anything else than an answer.
    pub fn sure(&self) -> bool {
        self.strong_original && self.marked_original * 10 >= self.original * 6
    }
}

/// The quotations of a comment taken together.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Quotes {
    pub run: u32,
    pub original: u32,
    pub most_original: u32,
    pub most_marked: u32,
    pub most_deeper: u32,
    pub most_run_earliest: Node,
    pub most_run_latest: Node,
    pub latest_strong: Node,
    /// How many earlier comments are strongly quoted.
    pub strong: u32,
    /// How many of these quotations are sure ones.
    pub sure: u32,
    pub last_end: u32,
}

/// The most that any earlier comment has in common with this one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Most {
    pub cosine: f32,
    pub rare: f32,
    pub unique: f32,
    pub root_cosine: f32,
    pub previous_cosine: f32,
}

/// What has been usual on the page so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Habits {
    /// Share of comments with a strong quotation.
    pub quotes: f32,
    /// Share of comments with marked lines.
    pub marks: f32,
    /// Share of comments that address somebody.
    pub mentions: f32,
    /// ln of comments an author.
    pub regulars: f32,
    /// ln of the mean length in words.
    pub length: f32,
}

/// One candidate parent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub node: Node,
    pub root: bool,
    pub previous: bool,
    pub distance: u32,
    pub ln_distance: f32,
    pub hours: Option<f32>,
    pub author: u32,
    pub same_author: bool,
    pub author_count: u32,
    pub newer_of_author: u32,
    pub first_of_author: bool,
    /// It is its author's latest comment.
    pub latest: bool,
    /// How far behind my own last comment it stands.
    pub after_mine: Option<u32>,
    pub quote: Quote,
    pub like: Likeness,
    pub numbered: bool,
    pub named: Option<Naming>,
    pub names_me: bool,
    pub addresses: bool,
    pub same_addressee: bool,
    pub tone: u16,
    pub own: f32,
    pub words: f32,
}

/// The comment at hand and what is common to its candidates.
pub(crate) struct Scene<'a> {
    pub index: &'a Index<'a>,
    pub node: Node,
    pub author: u32,
    pub poster: u32,
    pub previous: Node,
    pub my_count: u32,
    pub my_share: f32,
    pub latest_naming_me: Node,
    pub names: bool,
    pub addresses: bool,
    pub attributes: bool,
    pub quotes: Quotes,
    pub likeness: Most,
    pub habits: Habits,
    pub marked_words: u32,
    pub words: f32,
    pub own: f32,
    pub tone: u16,
    pub ln_hours_since_previous: f32,
}

pub(crate) const NONE: Node = Node::MAX;

/// What is remembered of an author.
#[derive(Clone, Copy)]
struct Author {
    latest: Node,
    count: u32,
    named_by: Node,
}

/// What is remembered of a node.
#[derive(Clone, Copy)]
struct Seen {
    previous_by_author: Node,
    nth_by_author: u32,
    addressee: u32,
    /// The comment that last had this node as candidate, or quoted it.
    candidate_of: Node,
    quoted_by: Node,
    quote: u32,
}

struct Scanner<'a> {
    index: &'a Index<'a>,
    reach: Reach,
    grams: Grams,
    words: Words,
    authors: Vec<Author>,
    seen: Vec<Seen>,
    quotes: Vec<(Node, Quote)>,
    runs: Vec<Run>,
    nodes: Vec<Node>,
    previous: Node,
    comments: u32,
    quoting: u32,
    marking: u32,
    mentioning: u32,
    people: u32,
}

/// Visits every comment that is no line of the platform, with its candidates in page order and its runs.
pub(crate) fn scan<'a>(index: &'a Index<'a>, reach: Reach, mut visit: impl FnMut(&Scene<'a>, &[Candidate], &[Run])) {
    let mut scanner = Scanner::new(index, reach);
    let mut candidates = Vec::new();
    for node in (0..number(index.docs.len())).filter(|node| !index.docs[*node as usize].system) {
        if let Some(scene) = scanner.look_at(node, &mut candidates) {
            visit(&scene, &candidates, &scanner.runs);
            scanner.count(&scene);
        }
        scanner.remember(node);
    }
}

impl<'a> Scanner<'a> {
    fn new(index: &'a Index<'a>, reach: Reach) -> Self {
        let nodes = index.docs.len();
        let seen = Seen {
            previous_by_author: NONE,
            nth_by_author: 0,
            addressee: UNKNOWN,
            candidate_of: NONE,
            quoted_by: NONE,
            quote: 0,
        };
        Scanner {
            index,
            reach,
            grams: Grams::new(index),
            words: Words::new(&index.lexicon, nodes),
            authors: vec![Author { latest: NONE, count: 0, named_by: NONE }; index.authors],
            seen: vec![seen; nodes],
            quotes: Vec::new(),
            runs: Vec::new(),
            nodes: Vec::new(),
            previous: 0,
            comments: 0,
            quoting: 0,
            marking: 0,
            mentioning: 0,
            people: 0,
        }
    }

    /// Finds the candidates of a node; nothing for the post.
    fn look_at(&mut self, node: Node, candidates: &mut Vec<Candidate>) -> Option<Scene<'a>> {
        self.find_quotes(node);
        self.words.compare(self.index, node);
        if node == 0 {
            return None;
        }
        self.choose(node);
        let scene = self.scene(node);
        candidates.clear();
        candidates.extend(self.nodes.iter().map(|earlier| self.candidate(&scene, *earlier)));
        Some(scene)
    }

    fn doc(&self, node: Node) -> &'a Doc {
        &self.index.docs[node as usize]
    }

    /// Gathers the runs by the comment they come from.
    fn find_quotes(&mut self, node: Node) {
        self.quotes.clear();
        self.runs.clear();
        self.runs.extend_from_slice(self.grams.runs(self.index, node));
        for run in &self.runs {
            let seen = &mut self.seen[run.node as usize];
            if seen.quoted_by != node {
                (seen.quoted_by, seen.quote) = (node, number(self.quotes.len()));
                self.quotes.push((run.node, Quote { their_start: u32::MAX, ..Quote::default() }));
            }
            let quote = &mut self.quotes[seen.quote as usize].1;
            let words = run.words();
            quote.run += words;
            quote.longest = quote.longest.max(words);
            quote.marked += run.marked;
            quote.deeper += run.deeper;
            quote.level += run.level;
            quote.worth += run.worth;
            quote.strong |= run.strong;
            quote.last_end = quote.last_end.max(run.end);
            quote.their_start = quote.their_start.min(run.their_start);
            if run.original {
                quote.original += words;
                quote.marked_original += run.marked;
                quote.strong_original |= run.strong;
                quote.original_at_start |= run.start < 6;
            }
        }
    }

    /// Fills `nodes` with the candidates, in page order.
    fn choose(&mut self, node: Node) {
        self.nodes.clear();
        let index = self.index;
        self.offer(node, 0);
        for to in index.references(node) {
            self.offer(node, to);
        }
        let (mut by_original, mut by_run) = (Best::<4>::new(), Best::<4>::new());
        for (from, quote) in &self.quotes {
            by_original.see(*from, quote.original as f32);
            by_run.see(*from, quote.run as f32);
        }
        by_original.nodes().chain(by_run.nodes()).for_each(|earlier| self.offer(node, earlier));
        for mention in index.mentions(node) {
            let mut earlier = self.authors[mention.author as usize].latest;
            for _ in 0..3 {
                if earlier == NONE {
                    break;
                }
                self.offer(node, earlier);
                earlier = self.seen[earlier as usize].previous_by_author;
            }
        }
        if let Some(me) = self.authors.get(self.doc(node).author as usize).copied() {
            if me.latest != NONE {
                (me.latest..node.min(me.latest + 4)).for_each(|earlier| self.offer(node, earlier));
            }
            if me.named_by != NONE {
                self.offer(node, me.named_by);
            }
        }
        (node.saturating_sub(self.reach.recent)..node).rev().for_each(|earlier| self.offer(node, earlier));
        let (mut by_cosine, mut by_unique, mut by_rare) = (Best::<4>::new(), Best::<4>::new(), Best::<2>::new());
        for earlier in self.words.touched() {
            let like = self.words.with(*earlier);
            by_cosine.see(*earlier, like.cosine);
            by_unique.see(*earlier, like.unique);
            by_rare.see(*earlier, like.rare);
        }
        let alike = by_cosine.nodes().chain(by_unique.nodes()).chain(by_rare.nodes());
        alike.for_each(|earlier| self.offer(node, earlier));
        self.nodes.sort_unstable();
    }

    fn offer(&mut self, node: Node, earlier: Node) {
        let seen = &mut self.seen[earlier as usize];
        let fits = self.nodes.len() < self.reach.most && !self.index.docs[earlier as usize].system;
        if fits && earlier < node && seen.candidate_of != node {
            seen.candidate_of = node;
            self.nodes.push(earlier);
        }
    }

    fn scene(&self, node: Node) -> Scene<'a> {
        let doc = self.doc(node);
        let me = self.authors.get(doc.author as usize);
        let mentions = self.index.mentions(node);
        let my_count = me.map_or(0, |me| me.count);
        let comments = self.comments as f32;
        let tokens = self.index.tokens(node);
        Scene {
            index: self.index,
            node,
            author: doc.author,
            poster: self.doc(0).author,
            previous: self.previous,
            my_count,
            my_share: my_count as f32 / comments.max(1.0),
            latest_naming_me: me.map_or(NONE, |me| me.named_by),
            names: !mentions.is_empty(),
            addresses: doc.tone & tone::ADDRESSES != 0,
            attributes: mentions.iter().any(|m| m.naming == Naming::Attributed),
            quotes: self.all_quotes(),
            likeness: self.most(),
            habits: Habits {
                quotes: (self.quoting as f32 + 0.3) / (comments + 1.0),
                marks: (self.marking as f32 + 0.2) / (comments + 1.0),
                mentions: (self.mentioning as f32 + 0.1) / (comments + 1.0),
                regulars: ((comments + 1.0) / (self.people as f32 + 1.0)).ln(),
                length: self.index.mean_words.ln_1p() - 4.0,
            },
            marked_words: number(tokens.iter().filter(|token| token.marked).count()),
            words: tokens.len() as f32,
            own: doc.own as f32,
            tone: doc.tone,
            ln_hours_since_previous: hours(self.doc(self.previous), doc).map_or(0.0, f32::ln_1p),
        }
    }

    fn all_quotes(&self) -> Quotes {
        let mut all =
            Quotes { most_run_earliest: NONE, most_run_latest: NONE, latest_strong: NONE, ..Quotes::default() };
        let most_run = self.quotes.iter().map(|(_, quote)| quote.run).max().unwrap_or(0);
        for (node, quote) in &self.quotes {
            all.run += quote.run;
            all.original += quote.original;
            all.most_original = all.most_original.max(quote.original);
            all.most_marked = all.most_marked.max(quote.marked);
            all.most_deeper = all.most_deeper.max(quote.deeper);
            all.last_end = all.last_end.max(quote.last_end);
            let latest = |known: Node| if known == NONE { *node } else { known.max(*node) };
            if quote.run == most_run {
                all.most_run_earliest = all.most_run_earliest.min(*node);
                all.most_run_latest = latest(all.most_run_latest);
            }
            all.sure += u32::from(quote.sure());
            if quote.strong {
                all.strong += 1;
                all.latest_strong = latest(all.latest_strong);
            }
        }
        all
    }

    fn most(&self) -> Most {
        let mut most = Most {
            root_cosine: self.words.with(0).cosine,
            previous_cosine: self.words.with(self.previous).cosine,
            ..Most::default()
        };
        for node in &self.nodes {
            let like = self.words.with(*node);
            most.cosine = most.cosine.max(like.cosine);
            most.rare = most.rare.max(like.rare);
            most.unique = most.unique.max(like.unique);
        }
        most
    }

    fn candidate(&self, scene: &Scene<'_>, node: Node) -> Candidate {
        let doc = self.doc(node);
        let seen = &self.seen[node as usize];
        let author = self.authors.get(doc.author as usize);
        let mine = self.authors.get(scene.author as usize);
        let distance = scene.node - node;
        let same_author = author.is_some() && doc.author == scene.author;
        let names = |author: u32, of: Node| {
            let named = self.index.mentions(of).iter().filter(|mention| mention.author == author);
            named.map(|mention| mention.naming).min()
        };
        let addressee = self.addressee(scene.node);
        Candidate {
            node,
            root: node == 0,
            previous: node == scene.previous,
            distance,
            ln_distance: (distance as f32).ln(),
            hours: hours(doc, self.doc(scene.node)),
            author: doc.author,
            same_author,
            author_count: author.map_or(0, |author| author.count),
            newer_of_author: author.map_or(0, |author| author.count.saturating_sub(seen.nth_by_author + 1)),
            first_of_author: author.is_some() && seen.nth_by_author == 0,
            latest: author.is_some_and(|author| author.latest == node),
            after_mine: mine.filter(|me| me.latest != NONE && node > me.latest).map(|me| node - me.latest),
            quote: if seen.quoted_by == scene.node { self.quotes[seen.quote as usize].1 } else { Quote::default() },
            like: self.words.with(node),
            numbered: self.index.references(scene.node).any(|to| to == node),
            named: author.and_then(|_| names(doc.author, scene.node)),
            names_me: mine.is_some() && names(scene.author, node).is_some_and(|naming| naming != Naming::Anywhere),
            addresses: doc.tone & tone::ADDRESSES != 0,
            same_addressee: same_author && addressee != UNKNOWN && addressee == seen.addressee,
            tone: doc.tone,
            own: doc.own as f32,
            words: doc.tokens.len() as f32,
        }
    }

    fn addressee(&self, node: Node) -> u32 {
        self.index.mentions(node).iter().find(|m| m.naming.addresses()).map_or(UNKNOWN, |m| m.author)
    }

    /// Counts what is usual on the page.
    fn count(&mut self, scene: &Scene<'_>) {
        self.comments += 1;
        self.quoting += u32::from(scene.quotes.strong > 0);
        self.marking += u32::from(self.doc(scene.node).split);
        self.mentioning += u32::from(scene.addresses);
        self.people += u32::from(scene.author == UNKNOWN || scene.my_count == 0);
    }

    fn remember(&mut self, node: Node) {
        self.words.remember(node);
        let addressee = self.addressee(node);
        let seen = &mut self.seen[node as usize];
        seen.addressee = addressee;
        if let Some(author) = self.authors.get_mut(self.index.docs[node as usize].author as usize) {
            seen.previous_by_author = author.latest;
            seen.nth_by_author = author.count;
            author.latest = node;
            author.count += 1;
        }
        for mention in self.index.mentions(node).iter().filter(|mention| mention.naming != Naming::Anywhere) {
            self.authors[mention.author as usize].named_by = node;
        }
        self.previous = node;
    }
}

/// The parent that a node is known to have.
pub(crate) fn known(index: &Index<'_>, node: Node) -> Option<Target> {
    index.page.known((node as usize).checked_sub(1)?)
}

fn hours(earlier: &Doc, later: &Doc) -> Option<f32> {
    let seconds = later.time?.saturating_sub(earlier.time?);
    Some(seconds.max(0) as f32 / 3600.0)
}

/// The nodes with the highest positive values, best first, the later one of equals.
struct Best<const N: usize> {
    best: [(f32, Node); N],
    found: usize,
}

impl<const N: usize> Best<N> {
    fn new() -> Self {
        Best { best: [(0.0, NONE); N], found: 0 }
    }

    /// Looks at one node more; a node may be seen again with the value that it had.
    fn see(&mut self, node: Node, value: f32) {
        // Where fewer were found, the last value is still 0.
        if value <= 0.0 || value < self.best[N - 1].0 {
            return;
        }
        let best = &self.best[..self.found];
        let at = best.iter().position(|other| (value, node) >= *other).unwrap_or(self.found);
        if at == N || best.get(at).is_some_and(|other| other.1 == node) {
            return;
        }
        self.found = (self.found + 1).min(N);
        self.best[at..self.found].rotate_right(1);
        self.best[at] = (value, node);
    }

    fn nodes(self) -> impl Iterator<Item = Node> {
        self.best.into_iter().take(self.found).map(|(_, node)| node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threads::page::{Entry, Page};

    /// The author and text of a comment.
    type Say<'a> = &'a dyn Fn(usize) -> (String, String);

    /// All that is looked at on a page, a comment: words, candidates, runs, names, comments with a word in common.
    fn work(comments: usize, say: Say<'_>) -> f64 {
        let said: Vec<(String, String)> = (0..comments).map(say).collect();
        let entries = said.iter().map(|(author, text)| Entry { author: Some(author), text, ..Entry::default() });
        let page = Page { article: Some("What is to be done?"), comments: entries.collect(), ..Page::default() };
        let index = Index::new(&page);
        let mut scanner = Scanner::new(&index, Reach { recent: 15, most: 40 });
        let (mut seen, mut candidates) = (0, Vec::new());
        for node in 0..number(index.docs.len()) {
            if let Some(scene) = scanner.look_at(node, &mut candidates) {
                scanner.count(&scene);
            }
            let named = index.mentions(node).len() + index.references(node).count();
            seen += index.tokens(node).len() + named + candidates.len();
            seen += scanner.runs.len() + scanner.words.touched().len();
            scanner.remember(node);
        }
        seen as f64 / comments as f64
    }

    /// Once every limit is reached, a comment costs no more on a longer page.
    #[test]
    fn a_comment_of_a_hostile_page_costs_the_same_however_long_the_page_is() {
        let first = "The old kettle leaks badly, and nobody in the village wants to mend it. What shall we do?";
        let names: String = (0..12).map(|at| format!("@mender{at} ")).collect();
        let pages: [(&str, Say<'_>); 5] = [
            ("one author", &|at| ("Tam".to_owned(), format!("remark {at} about kettle {} and tea", at / 3))),
            ("all the same", &|at| (format!("person{at}"), first.to_owned())),
            ("all quote the first", &|at| (format!("person{}", at % 99), format!("> {first}\nAnswer {at}"))),
            ("all name all", &|at| (format!("mender{}", at % 12), format!("{names} remark {at}"))),
            ("names in common", &|at| (format!("kettle{at} mender"), format!("@kettle{} mender mender", at / 2))),
        ];
        for (name, say) in pages {
            let (small, large) = (work(500, say), work(4_000, say));
            assert!(large < small * 1.2, "{name}: {small:.1} a comment of 500, {large:.1} of 4,000");
        }
    }

    #[test]
    fn the_best_are_found_whatever_the_order() {
        let values = [(3, 1.0), (1, 2.0), (4, 2.0), (9, 0.0), (5, 0.5), (4, 2.0), (8, 1.0)];
        let (mut best, mut backwards) = (Best::<3>::new(), Best::<3>::new());
        values.iter().for_each(|(node, value)| best.see(*node, *value));
        values.iter().rev().for_each(|(node, value)| backwards.see(*node, *value));
        assert_eq!(best.nodes().collect::<Vec<_>>(), [4, 1, 8]);
        assert_eq!(backwards.nodes().collect::<Vec<_>>(), [4, 1, 8]);
    }
}
