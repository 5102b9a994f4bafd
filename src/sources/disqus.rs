//! Disqus exports: threads and posts, which are posts and comments here. A comment may name a thread or a parent that
//! comes later or never; it is reported as it stands.
//!
//! After a move of the site, Disqus exports hold whole threads twice. The copies are found at the end of the file and
//! reported as duplicates; nothing is merged.

mod copies;
mod record;

use super::parts::xml::{self, Element, Part, Shape, Walk};
use super::{Format, Guess, Head, Input, Options, ReadError, Sink, Wants};
use crate::model::{Fault, Item, Place, SourceKey, Warning};
use copies::Copies;

/// Disqus exports.
pub const FORMAT: Format =
    Format { name: "disqus", kind: "disqus", title: "Disqus export (XML)", wants: Wants::Utf8, sniff, read };

fn sniff(head: &Head) -> Option<Guess> {
    let text = head.text();
    if xml::root_name(text) != Some("disqus") {
        return None;
    }
    match text.contains("disqus.com") {
        true => Guess::new(95, "a disqus element of disqus.com"),
        false => Guess::new(80, "a disqus element"),
    }
}

fn read(input: &mut Input, options: &Options, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let shape = Shape { is_container: |depth, _| depth == 0, starts: &["post"] };
    let mut walk = Walk::new(input, options, shape);
    let mut export = Export { options, sink, held: Some(Vec::new()), copies: Copies::default() };
    loop {
        let part = match walk.next() {
            Ok(part) => part,
            Err(error) => {
                if matches!(error, ReadError::Io(_)) {
                    // What was whole before the input broke still counts.
                    export.end()?;
                }
                return Err(error);
            }
        };
        match part {
            Part::Leaf { record, raw, place } => export.leaf(&record.root(), raw, place)?,
            Part::Fault { mut fault, record, .. } => {
                fault.key = record::key(&record.root()).map(str::to_owned);
                export.report(Item::Fault(fault))?;
            }
            Part::Warning(warning) => export.report(Item::Warning(warning))?,
            Part::Enter { .. } | Part::Leave(_) => {}
            Part::End => return export.end(),
        }
    }
}

/// An export while it is read.
struct Export<'a> {
    options: &'a Options,
    sink: &'a mut dyn Sink,
    /// What waits for the name of the forum; none once it is known.
    held: Option<Vec<Item>>,
    copies: Copies,
}

/// The most items that wait for the name of the forum, which real exports give in their first element.
const MOST_HELD: usize = 1_000;

impl Export<'_> {
    fn report(&mut self, item: Item) -> Result<(), ReadError> {
        match &mut self.held {
            Some(held) if held.len() < MOST_HELD => held.push(item),
            Some(_) => {
                self.start(None)?;
                self.sink.item(item)?;
            }
            None => self.sink.item(item)?,
        }
        Ok(())
    }

    /// Names the source, once, and reports what waited for it.
    fn start(&mut self, forum: Option<&str>) -> Result<(), ReadError> {
        let Some(held) = self.held.take() else { return Ok(()) };
        let scope = self.options.scope.as_deref().or(forum).unwrap_or(FORMAT.kind).to_owned();
        self.sink.item(Item::Source(SourceKey { kind: FORMAT.kind.to_owned(), scope }))?;
        for item in held {
            self.sink.item(item)?;
        }
        Ok(())
    }

    fn leaf(&mut self, element: &Element<'_>, raw: &[u8], place: Place) -> Result<(), ReadError> {
        if self.held.is_some() {
            let forum = element.child_text("forum");
            if self.options.scope.is_some() || !forum.is_empty() {
                self.start(Some(forum).filter(|forum| !forum.is_empty()))?;
            }
        }
        let fault = |code, reason: &str| {
            let key = record::key(element).map(str::to_owned);
            Item::Fault(Fault { code, reason: reason.to_owned(), place, key, raw: raw.to_vec() })
        };
        let mut warnings = Vec::new();
        let item = match element.name() {
            "thread" => match record::thread(element, place, self.options, &mut warnings) {
                Some(post) => {
                    self.copies.thread(&post);
                    Item::Post(post)
                }
                None => fault("disqus.id", "thread without an id"),
            },
            "post" => match record::comment(element, place, self.options, &mut warnings) {
                Some(comment) if comment.post.is_none() && comment.parent == crate::model::Parent::Unknown => {
                    fault("disqus.thread", "comment that names neither a thread nor a parent")
                }
                Some(comment) => {
                    self.copies.comment(&comment, element.child_text("id"));
                    Item::Comment(comment)
                }
                None => fault("disqus.id", "comment without an id"),
            },
            _ => return Ok(()),
        };
        for (code, message) in warnings {
            self.report(Item::Warning(Warning { code, message, place }))?;
        }
        self.report(item)
    }

    fn end(&mut self) -> Result<(), ReadError> {
        self.start(None)?;
        for (key, of) in std::mem::take(&mut self.copies).found() {
            self.sink.item(Item::Duplicate { key, of })?;
        }
        Ok(())
    }
}
