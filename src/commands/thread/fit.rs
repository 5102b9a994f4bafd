//! `quell thread fit`: weights from threads whose parents are known, those of the database or labelled ones.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::super::Context;
use super::{eval, profile};
use crate::cli::ThreadFit;
use crate::error::{Exit, hint};
use crate::store::{FlatPage, Store};
use crate::threads::{FitOptions, Labelled, LabelledComment, Profile, Set, Target, fit};
use crate::ui::count;

/// Known parents below which there is nothing to learn.
const LEAST: u64 = 30;
/// How strongly weights are held to those of the base: this many comments say as much as it does, roughly.
const PULL: f64 = 60.0;

/// Fits a profile and keeps it.
pub fn run(context: &Context, args: &ThreadFit) -> Result<Exit> {
    if Profile::shipped(&args.profile).is_some() || !is_name(&args.profile) {
        let names: Vec<&str> = Profile::names().collect();
        let next = format!("letters, digits, - and _, but not {}", names.join(", "));
        return Err(hint(format!("{} can't be the name of a profile", args.profile), next));
    }
    let store = if args.from.is_empty() || args.output.is_none() { Some(context.open()?) } else { None };
    let base = profile(store.as_ref(), &args.base)?;
    let (mut threads, from) = match (&store, args.from.as_slice()) {
        (Some(store), []) => (of_database(store)?, "this database".to_owned()),
        (_, files) => (eval::threads(files, false)?, format!("{} files", files.len())),
    };
    threads.retain(|thread| !args.hold_out || !thread.held_out());
    let known = threads.iter().flat_map(|thread| &thread.comments).filter(|comment| comment.scored).count() as u64;
    if known < LEAST {
        return Err(hint(
            format!("{} with a known parent are too few to learn from", count(known, "comment")),
            format!("at least {LEAST} are wanted; say some: quell thread set ID --parent ID"),
        ));
    }
    let held = if args.hold_out { ", two fifths of the threads left out" } else { "" };
    let options = FitOptions {
        made: format!(
            "fit of {from}: {known} known parents in {} threads, seed {}, five folds, pull {PULL} towards {}{held}",
            threads.len(),
            args.seed,
            base.name
        ),
        seed: args.seed,
        pull: PULL,
        base: Some(base.into_owned()),
        ..FitOptions::new(&args.profile)
    };
    let fitted = fit(&[Set { threads: &threads, weight: 1.0 }], &options).to_json()?;
    let learned = format!("learned from {} in {}", count(known, "known parent"), count(threads.len() as u64, "thread"));
    match (&args.output, &store) {
        (Some(path), _) => {
            write(path, &fitted)?;
            context.ui.say(format!("{learned}; use it: quell thread infer POST --profile {}", path.display()));
        }
        (None, Some(store)) => {
            store.save_profile(&args.profile, &fitted)?;
            context.ui.say(format!("{learned}; use it: quell thread infer POST --profile {}", args.profile));
        }
        (None, None) => {}
    }
    Ok(Exit::Done)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

fn write(path: &Path, file: &str) -> Result<()> {
    if path == Path::new("-") {
        print!("{file}");
        return Ok(());
    }
    std::fs::write(path, file).with_context(|| format!("cannot write {}", path.display()))
}

/// The threads of the database in which a parent is known.
fn of_database(store: &Store) -> Result<Vec<Labelled>> {
    let mut threads = Vec::new();
    for post in store.post_ids()? {
        for page in store.flat_pages(post)? {
            let thread = labelled(&page);
            if thread.comments.iter().any(|comment| comment.scored) {
                threads.push(thread);
            }
        }
    }
    Ok(threads)
}

fn labelled(page: &FlatPage) -> Labelled {
    let of_post = page.page();
    let post = of_post.article.map(|text| LabelledComment {
        author: of_post.author.unwrap_or_default().to_owned(),
        text: text.to_owned(),
        time: of_post.time,
        ..LabelledComment::default()
    });
    let comments = page.comments.iter().enumerate().map(|(at, comment)| {
        // A parent that comes later is no candidate, and the first comment has but one.
        let known = comment.known.filter(|known| !matches!(known, Target::Comment(parent) if *parent >= at));
        LabelledComment {
            author: comment.author.clone().unwrap_or_default(),
            text: comment.text.clone(),
            time: comment.time,
            system: comment.system,
            truth: known.into_iter().collect(),
            links: 1,
            scored: known.is_some() && at > 0 && !comment.system,
        }
    });
    let id = format!("{} {}", page.source.scope, page.post);
    Labelled { id, title: of_post.title.map(str::to_owned), post, comments: comments.collect(), linked: false }
}
