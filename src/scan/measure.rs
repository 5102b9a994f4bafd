//! The signals of what has changed, post by post in several threads: the text's own for comments that are new or changed,
//! the thread's for every comment of the post.

use std::collections::HashMap;

use anyhow::Result;

use super::Progress;
use crate::model::CommentId;
use crate::query::{Entry, Field, Needs};
use crate::signals::language::Language;
use crate::signals::offtopic::rarity::Rarity;
use crate::signals::offtopic::{self, Discussion, Judgement, Remark};
use crate::signals::{Reads, Subject, signal};
use crate::store::{Measured, Pending, Posting, Store, Values, place, rounded};

/// What is the same for all posts of a scan.
pub struct Work<'a> {
    /// The scan's number.
    pub scan: i64,
    /// The detectors at work.
    pub edition: i64,
    /// Whether what is stored is made anew.
    pub all: bool,
    /// How rare words are.
    pub rarity: &'a Rarity,
}

/// The words of all comments are counted anew once so much has come since, as a share: until then what was known of
/// their rarity is good enough, and values of threads that did not change stay as they are.
const GROWTH: f64 = 0.1;

/// How many comments are written at a time. Threads lie strewn over the table, so a batch touches much of it.
const BATCH: usize = 50_000;

/// Above so many comments a thread is judged in pieces, so that it can be held.
const HELD: usize = 50_000;

/// How rare words are here, and whether that was counted anew.
pub fn rarity(store: &Store, all: bool, progress: &mut dyn Progress) -> Result<(Rarity, bool)> {
    let comments = store.comment_count()?;
    let kept = store.word_counts()?.filter(|_| !all);
    if let Some((counted, packed)) = kept
        && (comments as f64 - counted as f64).abs() <= GROWTH * counted as f64
        && let Some(rarity) = Rarity::unpack(&packed)
    {
        return Ok((rarity, false));
    }
    progress.stage("counting words", 0);
    let needs = Needs { text: true, ..Needs::default() };
    let shares = store.sweep(&needs, &|_, each| {
        let mut rarity = Rarity::default();
        each(&mut |entry: &Entry<'_>| {
            rarity.add(Subject::new(entry.text).own());
            Ok(())
        })?;
        Ok(rarity)
    })?;
    let mut rarity = Rarity::default();
    shares.iter().for_each(|share| rarity.merge(share));
    store.keep_word_counts(comments, &rarity.pack())?;
    Ok((rarity, true))
}

/// What other comments of the thread can change.
const OF_THREAD: [Field; 2] = [Field::OffTopic, Field::Unrelated];

/// What came of one post.
struct Done {
    pending: Pending,
    /// New rows.
    rows: Vec<Measured>,
    /// Changes of what depends on the thread alone, by [`OF_THREAD`].
    moved: [Vec<(CommentId, Option<f64>)>; 2],
}

/// Measures these posts and writes what comes of it in batches.
pub fn posts(store: &Store, work: &Work<'_>, pending: &[Pending], progress: &mut dyn Progress) -> Result<()> {
    progress.stage("reading", pending.iter().map(|pending| pending.comments).sum());
    let (mut batch, mut held, mut seen) = (Vec::new(), 0, 0);
    store.postings(pending, work.edition, &|posting| measured(posting, work), &mut |done| {
        held += done.rows.len() + done.moved.iter().map(Vec::len).sum::<usize>() + 1;
        seen += done.pending.comments;
        batch.push(done);
        if held >= BATCH {
            held = 0;
            write(store, work, &std::mem::take(&mut batch))?;
        }
        progress.at(seen);
        Ok(())
    })?;
    write(store, work, &batch)
}

/// A post's thread is noted as judged together with its comments, so that a scan that is killed leaves nothing half done.
fn write(store: &Store, work: &Work<'_>, batch: &[Done]) -> Result<()> {
    store.in_one_write(|| {
        for done in batch {
            store.write_signals(work.scan, work.edition, &done.rows)?;
            for (field, moved) in OF_THREAD.iter().zip(&done.moved) {
                store.write_signal(work.scan, *field, moved)?;
            }
        }
        let pending: Vec<Pending> = batch.iter().map(|done| done.pending).collect();
        store.write_posts(work.scan, &pending)
    })
}

fn measured(posting: Posting, work: &Work<'_>) -> Done {
    let mut done = Done { pending: posting.pending, rows: Vec::new(), moved: Default::default() };
    let judged = offtopic(&posting, work.rarity);
    for (posted, judged) in posting.comments.into_iter().zip(judged) {
        if let Some(held) = posted.held.filter(|_| !work.all) {
            for (field, moved) in OF_THREAD.iter().zip(&mut done.moved) {
                let value = of_thread(*field, judged.as_ref()).map(|value| rounded(*field, value));
                if place(*field).is_some_and(|at| held[at] != value) {
                    moved.push((posted.id, value));
                }
            }
            continue;
        }
        let (lang, values) = of_text(&posted.text, judged.as_ref());
        done.rows.push(Measured { comment: posted.id, run: posted.run, revision: posted.revision, lang, values });
    }
    done
}

/// What a judgement says for one of the fields of `offtopic`.
fn of_thread(field: Field, judged: Option<&Judgement>) -> Option<f64> {
    let judged = judged?;
    let known = |holds: bool| Some(f64::from(u8::from(holds)));
    match field {
        Field::OffTopic => judged.value(),
        Field::Unrelated => judged.unrelated,
        Field::Declared => known(judged.declared.is_some()),
        Field::Empty => known(judged.empty.is_some()),
        _ => None,
    }
}

/// The language and all signals of a text. Copies are found later: until then each text stands alone.
fn of_text(text: &str, judged: Option<&Judgement>) -> (Option<String>, Values) {
    let subject = Subject::new(text);
    let mut values = Values::default();
    for (field, value) in Field::STORED.iter().zip(&mut values) {
        *value = match field {
            Field::OffTopic | Field::Unrelated | Field::Declared | Field::Empty => {
                of_thread(*field, judged).map(|value| rounded(*field, value))
            }
            Field::Copies => Some(1.0),
            field => signal(field.name()).and_then(|signal| match signal.reads {
                Reads::Text { value, .. } => value(&subject),
                Reads::Thread => None,
            }),
        };
    }
    let lang = match subject.language() {
        Language::English => Some("en".to_owned()),
        Language::Other => Some("other".to_owned()),
        Language::Unclear => None,
    };
    (lang, values)
}

/// How far each comment of a post is from its thread. A thread that is too large to hold is judged piece by piece.
fn offtopic(posting: &Posting, rarity: &Rarity) -> Vec<Option<Judgement>> {
    let Some(weights) = offtopic::shipped() else { return vec![None; posting.comments.len()] };
    let mut values = Vec::with_capacity(posting.comments.len());
    for piece in posting.comments.chunks(HELD) {
        let places: HashMap<CommentId, usize> = piece.iter().enumerate().map(|(at, posted)| (posted.id, at)).collect();
        let remarks: Vec<Remark<'_>> = piece
            .iter()
            .map(|posted| Remark {
                text: &posted.text,
                parent: posted.parent.and_then(|parent| places.get(&parent).copied()),
            })
            .collect();
        let judged = offtopic::judge(&Discussion { post: &posting.text, comments: &remarks }, rarity, weights);
        values.extend(judged.into_iter().map(Some));
    }
    values
}
