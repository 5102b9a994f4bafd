//! Finds out, beside the screen and over a connection of its own, what may take longer than a key should: the author's
//! record and the copies of a text.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use anyhow::Result;

use super::load::{self, Copies};
use crate::commands::bulk;
use crate::model::CommentId;
use crate::screen::case::Aside;
use crate::store::Store;

/// How far back strikes count on the screen.
pub const WINDOW: &str = "90d";

/// The other side of the worker.
pub struct Beside {
    asks: Sender<CommentId>,
    told: Receiver<Aside>,
}

impl Beside {
    /// Starts it. Where the database cannot be opened a second time, nothing is ever told.
    pub fn start(db: PathBuf, blind: bool) -> Self {
        let (asks, asked) = channel();
        let (tell, told) = channel();
        thread::spawn(move || {
            // Whoever asked is gone, or a read failed: then the screen does without.
            let _ = work(&db, blind, &asked, &tell);
        });
        Beside { asks, told }
    }

    /// Asks about a comment.
    pub fn ask(&self, comment: CommentId) {
        let _ = self.asks.send(comment);
    }

    /// What has been found out since.
    pub fn told(&self) -> Option<Aside> {
        self.told.try_iter().last()
    }
}

fn work(db: &std::path::Path, blind: bool, asked: &Receiver<CommentId>, tell: &Sender<Aside>) -> Result<()> {
    let store = Store::open(db)?;
    let mut copies: Option<Copies> = None;
    while let Ok(first) = asked.recv() {
        // Only what is looked at now matters.
        let comment = asked.try_iter().last().unwrap_or(first);
        let card = store.author_card(comment, bulk::moment(WINDOW)?)?;
        let author = card.map(|card| load::facts(&card, blind)).unwrap_or_default();
        if copies.is_none() {
            tell.send(Aside { comment, author: author.clone(), copies: None, near: Vec::new() })?;
        }
        let known = match copies.take() {
            Some(known) => known,
            None => Copies::read(&store)?,
        };
        let text = store.comment(comment)?.map(|comment| comment.text).unwrap_or_default();
        let same = known.of(comment, &text);
        let near = load::near(&store, comment, &same)?;
        tell.send(Aside { comment, author, copies: Some(same), near })?;
        copies = Some(known);
    }
    Ok(())
}
