//! `quell thread infer`: works out what comments answer, shows it, and puts it in place.
//!
//! Posts are worked through a few megabytes at a time, side by side, while what came of the ones before is shown or
//! written; so a database of any size takes the memory of its largest post and a little more.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::mpsc::sync_channel;

use anyhow::Result;
use rayon::prelude::*;

use super::super::bulk::{actor, left_alone, now};
use super::super::{Context, Target, find};
use super::proposal::{Proposal, Proposed, of_page};
use super::{profile, profile_for, show};
use crate::cli::ThreadInfer;
use crate::error::{Exit, hint};
use crate::model::{Act, Answered, Deed, PostId, Subject};
use crate::store::{FlatPage, NewOperation, Store};
use crate::threads::Profile;
use crate::ui::count;

/// Bytes of text that are worked on at a time: whole posts, side by side.
const BATCH: usize = 8 << 20;

/// How many comments were given a place, and how many left open.
#[derive(Default)]
struct Counts {
    placed: u64,
    open: u64,
}

impl Counts {
    fn add(&mut self, proposals: &[Proposal]) {
        let placed = proposals.iter().filter(|proposal| proposal.edge.to != Answered::Open).count() as u64;
        self.placed += placed;
        self.open += proposals.len() as u64 - placed;
    }
}

/// Infers, and shows or does it.
pub fn run(context: &Context, args: &ThreadInfer) -> Result<Exit> {
    let mut store = context.open()?;
    let reading = context.open()?;
    let chosen = args.profile.as_deref().map(|name| profile(Some(&store), name)).transpose()?;
    let posts = posts(&store, &args.posts)?;
    let mut work = Work { reading, posts: &posts, chosen: chosen.as_deref(), least: args.min_confidence };
    let mut counts = Counts::default();
    let shown = args.dry_run || args.format.is_some();
    if shown {
        show::show(context, &store, args.format, &mut |each| {
            work.each(true, &mut |page| {
                counts.add(&page.proposals);
                each(&page)
            })
        })?;
    }
    let nothing = || {
        context.ui.say("the dump says of every comment what it answers; there is nothing to work out");
        Ok(Exit::Nothing)
    };
    if shown && counts.placed + counts.open == 0 {
        return nothing();
    }
    if args.dry_run {
        let Counts { placed, open } = counts;
        context.ui.say(format!("would place {}, and leave {open} open", count(placed, "comment")));
        return Ok(Exit::Done);
    }
    let (actor, query) = (actor(&args.moderator), args.posts.join(" "));
    let new = NewOperation { actor: &actor, verb: "thread infer", query: Some(&query), at: now(), dry_run: false };
    let mut counts = Counts::default();
    let outcome = store.decide_as_it_comes(&new, |decide| {
        work.each(false, &mut |page| {
            counts.add(&page.proposals);
            page.proposals.into_iter().try_for_each(|proposal| {
                let act = Act::of_edge(proposal.edge);
                decide(&Deed { on: Subject::Comment(proposal.id), act: &act, spare_decided: true })
            })
        })
    })?;
    let Counts { placed, open } = counts;
    if placed + open == 0 {
        return nothing();
    }
    for line in left_alone(&outcome) {
        context.ui.say(line);
    }
    let Some(operation) = outcome.operation else {
        context.ui.say("nothing changed");
        return Ok(Exit::Nothing);
    };
    context.ui.say(format!(
        "placed {} and left {open} open, as operation {operation}; undo: quell undo {operation}",
        count(placed, "comment"),
    ));
    Ok(Exit::Done)
}

/// The posts that the words name.
fn posts(store: &Store, words: &[String]) -> Result<Vec<PostId>> {
    if matches!(words, [word] if word == "all") {
        return store.post_ids();
    }
    let mut seen = HashSet::new();
    let mut posts = Vec::new();
    for word in words {
        match find(store, word)? {
            Target::Post(post) => posts.extend(seen.insert(post).then_some(post)),
            Target::Comment(comment) => {
                let next = match store.author_and_post(comment)? {
                    Some((_, post)) => format!("name its post: quell thread infer {post}"),
                    None => "list the posts: quell posts".to_owned(),
                };
                return Err(hint(format!("{comment} is a comment, not a post"), next));
            }
        }
    }
    Ok(posts)
}

/// What is to be worked out.
struct Work<'a> {
    /// A connection of its own, since another writes meanwhile.
    reading: Store,
    posts: &'a [PostId],
    chosen: Option<&'a Profile>,
    least: f64,
}

impl Work<'_> {
    /// Gives what is proposed for each page, in the order of the posts, while the next are worked on; `shown` says
    /// whether anybody will read what the edges rest on.
    fn each(&mut self, shown: bool, take: &mut dyn FnMut(Proposed) -> Result<()>) -> Result<()> {
        let Work { reading, posts, chosen, least } = self;
        let proposed = |page: FlatPage| -> Result<Proposed> {
            let profile = chosen.map_or_else(|| profile_for(&page.source.kind), |own| Ok(Cow::Borrowed(own)))?;
            Ok(of_page(&page, &profile, *least, shown))
        };
        let (send, receive) = sync_channel::<Result<Vec<Proposed>>>(0);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut posts = posts.iter();
                while !posts.as_slice().is_empty() {
                    let batch = batch(reading, &mut posts);
                    let made = batch.and_then(|pages| pages.into_par_iter().map(proposed).collect());
                    let failed = made.is_err();
                    if send.send(made).is_err() || failed {
                        break;
                    }
                }
            });
            // Leaving this loop drops the receiver, which ends the worker.
            receive.into_iter().try_for_each(|made| made?.into_iter().try_for_each(&mut *take))
        })
    }
}

/// The next pages that have anything to be worked out.
fn batch(store: &Store, posts: &mut std::slice::Iter<'_, PostId>) -> Result<Vec<FlatPage>> {
    let (mut pages, mut bytes) = (Vec::new(), 0);
    while bytes < BATCH
        && let Some(post) = posts.next()
    {
        let open = |page: &FlatPage| page.comments.iter().any(|comment| !comment.settled && !comment.system);
        for page in store.flat_pages(*post)?.into_iter().filter(open) {
            bytes += page.page().bytes();
            pages.push(page);
        }
    }
    Ok(pages)
}
