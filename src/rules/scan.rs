//! All rules over all comments in one pass. One automaton finds the literals of all rules in a text at once; only rules
//! that need none, or one that was found, are put to the matcher, which alone decides. So a scan finds what a search
//! with each rule's query finds (a test compares them).
//!
//! Why literals first: over 200 varied patterns a `RegexSet` costs ten times as much, and a hundred times where Unicode
//! word edges meet curly quotes (reference: moderation, section 7).

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use anyhow::Result;

use super::needs;
use super::set::{Ready, RuleSet};
use crate::model::PostId;
use crate::query::{Entry, Literal, Matcher, Needs, Reading, Thread, World, is_blurred};
use crate::text::fold::Folded;
use crate::text::tokens;

/// A rule that a comment matches, by its place in the rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hit {
    /// The place.
    pub rule: usize,
}

/// Rules made ready to run together. It can be shared between threads; each makes its own [`Worker`].
pub struct Scanner<'r> {
    rules: &'r [Ready],
    automaton: Option<AhoCorasick>,
    /// For each literal of the automaton: the rules that need it.
    wants: Vec<Vec<Want>>,
    /// Rules that no literal can rule out.
    always: Vec<u32>,
    /// Rules that a text in which something can be folded may match without a literal.
    folding: Vec<u32>,
}

/// A rule that needs a literal.
#[derive(Debug, Clone, Copy)]
struct Want {
    rule: u32,
    how: How,
}

/// In what shape the literal must stand in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// In the text as it is.
    Raw,
    /// As a token.
    Token,
    /// As the beginning of a token.
    Prefix,
}

/// The most bytes of literals for which the automaton is made a table: it takes up to a hundred times as much memory.
const MAX_TABLE: usize = 1 << 18;

impl<'r> Scanner<'r> {
    /// Makes rules ready to run together.
    pub fn new(rules: &'r RuleSet) -> Scanner<'r> {
        let rules = rules.rules.as_slice();
        let mut scanner =
            Scanner { rules, automaton: None, wants: Vec::new(), always: Vec::new(), folding: Vec::new() };
        let mut literals: Vec<String> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (rule, ready) in (0..).zip(rules) {
            let Some(needed) = ready.query.needed() else {
                scanner.always.push(rule);
                continue;
            };
            for literal in needed {
                let how = match &literal {
                    Literal::Raw(_) => How::Raw,
                    Literal::Token { prefix: true, .. } => How::Prefix,
                    Literal::Token { .. } => How::Token,
                    Literal::Folded(_) => {
                        if scanner.folding.last() != Some(&rule) {
                            scanner.folding.push(rule);
                        }
                        How::Token
                    }
                };
                let place = *places.entry(literal.text().to_owned()).or_insert_with(|| {
                    literals.push(literal.text().to_owned());
                    scanner.wants.push(Vec::new());
                    literals.len() - 1
                });
                scanner.wants[place].push(Want { rule, how });
            }
        }
        let table = literals.iter().map(String::len).sum::<usize>() <= MAX_TABLE;
        scanner.automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(table.then_some(AhoCorasickKind::DFA))
            .build(&literals)
            .ok();
        scanner
    }

    /// The rules, in their places.
    pub fn rules(&self) -> &'r [Ready] {
        self.rules
    }

    /// What the rules look at; an [`Entry`] may leave out the rest.
    pub fn needs(&self) -> Needs {
        needs::of(self.rules.iter().map(|ready| &ready.query))
    }

    /// The rules that every comment is put to, because no literal can rule them out: the dear ones.
    pub fn unnarrowed(&self) -> impl Iterator<Item = &'r Ready> + '_ {
        self.always.iter().map(|rule| &self.rules[*rule as usize])
    }

    /// One that scans the comments of a world, for one thread of the program.
    pub fn worker<'w>(&'w self, world: &'w Remembering<'w>) -> Worker<'w> {
        let matchers = self.rules.iter().map(|ready| Matcher::new(&ready.query, world)).collect();
        Worker {
            scanner: self,
            matchers,
            stamps: vec![0; self.rules.len()],
            stamp: 0,
            due: Vec::new(),
            joined: String::new(),
            spent: None,
        }
    }
}

/// A world that remembers the last thread it was asked for, because every rule with a relation asks for it.
pub struct Remembering<'w> {
    inner: &'w dyn World,
    last: RefCell<Option<(PostId, Arc<Thread>)>>,
}

impl<'w> Remembering<'w> {
    /// Remembers what this world says.
    pub fn new(inner: &'w dyn World) -> Self {
        Remembering { inner, last: RefCell::new(None) }
    }
}

impl World for Remembering<'_> {
    fn thread(&self, post: PostId) -> Result<Arc<Thread>> {
        if let Some((last, thread)) = &*self.last.borrow()
            && *last == post
        {
            return Ok(Arc::clone(thread));
        }
        let thread = self.inner.thread(post)?;
        *self.last.borrow_mut() = Some((post, Arc::clone(&thread)));
        Ok(thread)
    }
}

/// Scans comments one after another.
pub struct Worker<'w> {
    scanner: &'w Scanner<'w>,
    matchers: Vec<Matcher<'w>>,
    /// For each rule, the comment for which it was last found due.
    stamps: Vec<u32>,
    stamp: u32,
    due: Vec<u32>,
    joined: String,
    /// How long the matcher took for each rule, where that is wanted.
    spent: Option<Vec<Duration>>,
}

impl Worker<'_> {
    /// From now on, measures how long each rule takes; that costs some time itself.
    pub fn measure(&mut self) {
        self.spent = Some(vec![Duration::ZERO; self.matchers.len()]);
    }

    /// How long the matcher took for each rule so far; empty where it was not measured.
    pub fn spent(&self) -> &[Duration] {
        self.spent.as_deref().unwrap_or_default()
    }

    /// Whether a comment with this text may match any rule.
    pub fn may_match(&mut self, text: &str) -> bool {
        self.find_due(text);
        !self.due.is_empty()
    }

    /// The rules that a comment matches, in their order. Fails only where the world does.
    pub fn scan(&mut self, entry: &Entry<'_>) -> Result<Vec<Hit>> {
        self.find_due(entry.text);
        if self.due.is_empty() {
            return Ok(Vec::new());
        }
        let reading = Reading::new(entry.text);
        let mut hits = Vec::new();
        for &rule in &self.due {
            let rule = rule as usize;
            let began = self.spent.is_some().then(Instant::now);
            if self.matchers[rule].matches_read(entry, &reading)? {
                hits.push(Hit { rule });
            }
            if let (Some(began), Some(spent)) = (began, &mut self.spent) {
                spent[rule] += began.elapsed();
            }
        }
        hits.sort_unstable();
        Ok(hits)
    }

    /// Collects the rules that the matcher is to be asked about.
    fn find_due(&mut self, text: &str) {
        self.due.clear();
        if self.stamp == u32::MAX {
            self.stamps.fill(0);
            self.stamp = 0;
        }
        self.stamp += 1;
        let scanner = self.scanner;
        let Some(automaton) = &scanner.automaton else { return self.all() };
        if !text.is_ascii() && is_blurred(text) {
            return self.all();
        }
        for &rule in &scanner.always {
            self.mark(rule);
        }
        if !scanner.folding.is_empty() && !Folded::is_trivial(text) {
            for &rule in &scanner.folding {
                self.mark(rule);
            }
        }
        if text.is_ascii() {
            return self.look(automaton, text, true, true);
        }
        self.look(automaton, text, true, false);
        let mut joined = std::mem::take(&mut self.joined);
        joined.clear();
        tokens::index_into(text, &mut joined);
        self.look(automaton, &joined, false, true);
        self.joined = joined;
    }

    fn all(&mut self) {
        self.due = (0..self.scanner.rules.len() as u32).collect();
    }

    fn mark(&mut self, rule: u32) {
        let stamp = &mut self.stamps[rule as usize];
        if *stamp != self.stamp {
            *stamp = self.stamp;
            self.due.push(rule);
        }
    }

    /// Marks the rules whose literals stand in a text: raw ones, tokens, or both.
    fn look(&mut self, automaton: &AhoCorasick, text: &str, raw: bool, words: bool) {
        let bytes = text.as_bytes();
        for found in automaton.find_overlapping_iter(text) {
            let open = |at: Option<usize>| {
                at.and_then(|at| bytes.get(at)).is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte < 0x80)
            };
            let left = open(found.start().checked_sub(1));
            let right = open(Some(found.end()));
            for want in &self.scanner.wants[found.pattern().as_usize()] {
                let stands = match want.how {
                    How::Raw => raw,
                    How::Token => words && left && right,
                    How::Prefix => words && left,
                };
                if stands {
                    self.mark(want.rule);
                }
            }
        }
    }
}
