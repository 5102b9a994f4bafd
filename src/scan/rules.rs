//! Rules are asked about what they have not been asked about: a rule that is new about everything, others as far as what
//! their answers rest on has changed ([`Rests`]). So the flags of many small scans are those of one large one.

use std::ops::Range;

use anyhow::Result;

use super::Progress;
use crate::model::CommentId;
use crate::query::{Entry, Field, Needs, Rests, plan};
use crate::rules::{Ready, Remembering, RuleSet, Scanner, Worker};
use crate::signals::{Reads, Subject, signal};
use crate::store::{Over, Store, Visitor};

/// A hit with the words that caused it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The place of the rule in its set.
    pub rule: usize,
    /// Which comment.
    pub comment: CommentId,
    /// Where the words stand in its text, in bytes.
    pub spans: Vec<(u32, u32)>,
    /// The rule's note with the words put in.
    pub note: Option<String>,
    /// The value of the first signal that the rule asks for.
    pub score: Option<f64>,
}

/// What rules found.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    /// By rule, then by comment.
    pub found: Vec<Found>,
    /// For each rule, how many comments it was asked about.
    pub asked: Vec<u64>,
}

/// Asks rules. `through` says for each the last scan that it was through with, 0 for one that is new; nothing for one
/// that is not to be asked.
pub fn ask(store: &Store, set: &RuleSet, through: &[Option<i64>], progress: &mut dyn Progress) -> Result<Hits> {
    progress.stage("asking the rules", 0);
    let mut hits = Hits { found: Vec::new(), asked: vec![0; set.rules.len()] };
    let rests: Vec<Option<Rests>> = set
        .rules
        .iter()
        .zip(through)
        .map(|(ready, through)| Some(if (*through)? == 0 { Rests::Anything } else { ready.query.rests_on() }))
        .collect();
    for group in [Rests::Anything, Rests::Thread, Rests::Own] {
        let places: Vec<usize> = (0..set.rules.len()).filter(|at| rests[*at] == Some(group)).collect();
        let Some(since) = places.iter().filter_map(|at| through[*at]).min() else { continue };
        match group {
            Rests::Anything => everywhere(store, set, &places, &mut hits)?,
            Rests::Thread => sweep(store, set, &places, &Over::Ids(store.in_posts_since(since)?), &mut hits)?,
            Rests::Own => sweep(store, set, &places, &Over::Ids(store.touched_since(since)?), &mut hits)?,
        }
    }
    hits.found.sort_unstable_by_key(|found| (found.rule, found.comment));
    Ok(hits)
}

/// Asks some rules about all comments. Those that need certain words share one walk, in which most comments are passed
/// over by their text alone; of the others each goes through what its own plan leaves, or if that is everything, through
/// a second walk.
fn everywhere(store: &Store, set: &RuleSet, places: &[usize], hits: &mut Hits) -> Result<()> {
    let comments = store.comment_count()?;
    let (by_words, others): (Vec<usize>, Vec<usize>) =
        places.iter().partition(|at| set.rules[**at].query.needed().is_some());
    let mut left = Vec::new();
    for at in others {
        match store.candidates(&set.rules[at].query)? {
            Some(ids) => {
                sweep(store, set, &[at], &Over::Ids(ids), hits)?;
                hits.asked[at] = comments;
            }
            None => left.push(at),
        }
    }
    sweep(store, set, &by_words, &Over::All, hits)?;
    sweep(store, set, &left, &Over::All, hits)
}

/// Asks some rules about some comments.
fn sweep(store: &Store, whole: &RuleSet, places: &[usize], over: &Over, hits: &mut Hits) -> Result<()> {
    if places.is_empty() {
        return Ok(());
    }
    let set = &RuleSet { rules: places.iter().map(|at| whole.rules[*at].clone()).collect() };
    let scanner = Scanner::new(set);
    let signals: Vec<Vec<Field>> = set.rules.iter().map(|ready| plan(&ready.query, &|_| false).needs.signals).collect();
    let needs = Needs { text: true, ..scanner.needs() };
    let shares = store.sweep_over(&needs, over, &|world, each| {
        let world = Remembering::new(world);
        let mut asking = Asking { worker: scanner.worker(&world), set, signals: &signals, found: Vec::new(), asked: 0 };
        each(&mut asking)?;
        Ok((asking.found, asking.asked))
    })?;
    let asked = shares.iter().map(|(_, asked)| asked).sum();
    places.iter().for_each(|at| hits.asked[*at] = asked);
    let found = shares.into_iter().flat_map(|(found, _)| found);
    hits.found.extend(found.map(|found| Found { rule: places[found.rule], ..found }));
    Ok(())
}

/// One thread's part of the asking.
struct Asking<'a, 'w> {
    worker: Worker<'w>,
    set: &'a RuleSet,
    signals: &'a [Vec<Field>],
    found: Vec<Found>,
    asked: u64,
}

impl Visitor for Asking<'_, '_> {
    fn wants(&mut self, text: &str) -> bool {
        self.asked += 1;
        self.worker.may_match(text)
    }

    fn visit(&mut self, entry: &Entry<'_>) -> Result<()> {
        for hit in self.worker.scan(entry)? {
            let ready = &self.set.rules[hit.rule];
            let fields = &self.signals[hit.rule];
            let spans = evidence(ready, fields, entry.text);
            let note = ready.rule.note.as_ref().map(|note| noted(note, entry.text, &spans));
            let score = fields.iter().find_map(|field| {
                entry.facts.signals.iter().find(|(known, _)| known == field).map(|(_, value)| *value)
            });
            let spans = spans.into_iter().map(|span| (span.start as u32, span.end as u32)).collect();
            self.found.push(Found { rule: hit.rule, comment: entry.id, spans, note, score });
        }
        Ok(())
    }
}

/// Words that one signal gives as the cause of a flag; `show --why` shows all.
const HEAVIEST: usize = 3;

/// Where the words stand that a rule asks for, and those that made the values it asks for: in order, none touching.
fn evidence(ready: &Ready, fields: &[Field], text: &str) -> Vec<Range<usize>> {
    let mut spans = ready.query.spans(text);
    if !fields.is_empty() {
        let subject = Subject::new(text);
        for field in fields {
            let Some(Reads::Text { why, .. }) = signal(field.name()).map(|signal| &signal.reads) else { continue };
            spans.extend(why(&subject).into_iter().filter_map(|reason| reason.span).take(HEAVIEST));
        }
        spans.sort_unstable_by_key(|span| (span.start, span.end));
    }
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

/// The longest piece of a comment that a note repeats, in characters.
const QUOTED: usize = 80;

/// A rule's note with the words that were found put in for `{{match}}`.
fn noted(note: &str, text: &str, spans: &[Range<usize>]) -> String {
    let words: Vec<&str> = spans.iter().filter_map(|span| text.get(span.clone())).collect();
    note.replace("{{match}}", &words.join(" … ").chars().take(QUOTED).collect::<String>())
}
