//! WordPress exports (WXR): posts, pages and their comments. Comments are reported as soon as they are read and their
//! post at the end of its item, so a page with a hundred thousand comments costs no more memory than one.
//!
//! Two habits of WordPress's own importer are left out on purpose: a comment whose parent was skipped does not hang on
//! whatever has that number now, and two comments of one author in one second stay two.

mod comment;
mod item;

use super::parts::xml::{self, Element, Part, Shape, Walk};
use super::{Format, Guess, Head, Input, Options, ReadError, Sink, Wants};
use crate::model::{Item as Report, Place, SourceKey, Warning};
use item::{Item, Left};

/// WordPress exports.
pub const FORMAT: Format =
    Format { name: "wxr", kind: "wxr", title: "WordPress export (WXR)", wants: Wants::Utf8, sniff, read };

/// How much of the head may hold the signs of a WordPress export.
const SIGNS_WITHIN: usize = 64 << 10;

fn sniff(head: &Head) -> Option<Guess> {
    let text = head.text();
    if xml::root_name(text) != Some("rss") {
        return None;
    }
    let within = (0..=SIGNS_WITHIN.min(text.len())).rev().find(|at| text.is_char_boundary(*at))?;
    let text = &text[..within];
    ["wordpress.org/export/", "wxr_version"]
        .iter()
        .find(|sign| text.contains(**sign))
        .and_then(|sign| Guess::new(95, format!("an rss element and \"{sign}\"")))
}

fn read(input: &mut Input, options: &Options, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let is_container = |depth: usize, name: &str| depth < 2 || name == "item";
    let mut walk = Walk::new(input, options, Shape { is_container, starts: &["item", "comment"] });
    let mut export = Export { options, sink, site: Site::default(), item: None, left: Left::default(), started: false };
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
            Part::Enter { name: "item", place } => export.enter(place)?,
            Part::Enter { .. } => {}
            Part::Leaf { record, raw, place } => export.leaf(&record.root(), raw, place)?,
            Part::Leave(name) if name == "item" => export.leave()?,
            Part::Leave(_) => {}
            Part::Fault { name, mut fault, record } => {
                export.broken(&name, &record.root());
                fault.key = Some(record.root().child_text("comment_id").to_owned()).filter(|key| !key.is_empty());
                export.report(Report::Fault(fault))?;
            }
            Part::Warning(warning) => export.report(Report::Warning(warning))?,
            Part::End => return export.end(),
        }
    }
}

/// What the channel says of the site and its writers.
#[derive(Default)]
struct Site {
    base_blog_url: String,
    base_site_url: String,
    link: String,
    /// Login, id and display name of each writer.
    writers: std::collections::HashMap<String, (String, String)>,
}

impl Site {
    fn field(&mut self, field: &Element<'_>) {
        let slot = match field.name() {
            "base_blog_url" => &mut self.base_blog_url,
            "base_site_url" => &mut self.base_site_url,
            "link" => &mut self.link,
            "author" => return self.writer(field),
            _ => return,
        };
        if slot.is_empty() {
            field.text().trim_end_matches('/').clone_into(slot);
        }
    }

    fn writer(&mut self, field: &Element<'_>) {
        let login = field.child_text("author_login");
        if !login.is_empty() {
            let id = field.child_text("author_id").to_owned();
            self.writers.insert(login.to_owned(), (id, field.child_text("author_display_name").to_owned()));
        }
    }

    fn scope(&self) -> &str {
        [&self.base_blog_url, &self.base_site_url, &self.link]
            .into_iter()
            .find(|url| !url.is_empty())
            .map_or("wxr", |url| url)
    }
}

/// An export while it is read.
struct Export<'a> {
    options: &'a Options,
    sink: &'a mut dyn Sink,
    site: Site,
    item: Option<Item>,
    left: Left,
    /// Whether the source was reported.
    started: bool,
}

impl Export<'_> {
    fn report(&mut self, report: Report) -> Result<(), ReadError> {
        Ok(self.sink.item(report)?)
    }

    /// Names the source, once, before the first item.
    fn start(&mut self) -> Result<(), ReadError> {
        if std::mem::replace(&mut self.started, true) {
            return Ok(());
        }
        let scope = self.options.scope.clone().unwrap_or_else(|| self.site.scope().to_owned());
        self.report(Report::Source(SourceKey { kind: FORMAT.kind.to_owned(), scope }))
    }

    fn enter(&mut self, place: Place) -> Result<(), ReadError> {
        self.leave()?;
        self.start()?;
        self.item = Some(Item::new(place, self.options.max_record));
        Ok(())
    }

    fn leaf(&mut self, field: &Element<'_>, raw: &[u8], place: Place) -> Result<(), ReadError> {
        match &mut self.item {
            None => self.site.field(field),
            Some(item) if field.name() == "comment" => {
                let reports = item.comment(field, raw, place, self.options);
                for report in reports {
                    self.report(report)?;
                }
            }
            Some(item) => {
                if let Some(warning) = item.field(field, place) {
                    self.report(Report::Warning(warning))?;
                }
            }
        }
        Ok(())
    }

    /// Takes what can be known from a field of an item that was not closed: the fields after it were read into it.
    fn broken(&mut self, name: &str, field: &Element<'_>) {
        if let Some(item) = self.item.as_mut().filter(|_| name != "comment") {
            for child in field.children() {
                item.salvage(&child);
            }
        }
    }

    fn leave(&mut self) -> Result<(), ReadError> {
        let Some(item) = self.item.take() else { return Ok(()) };
        for report in item.finish(&self.site.writers, &mut self.left) {
            self.report(report)?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), ReadError> {
        self.start()?;
        // An item that the end of the input cut off counts for the comments that were whole.
        if self.item.as_ref().is_some_and(Item::has_comments) {
            self.leave()?;
        }
        match self.left.message() {
            Some(message) => {
                self.report(Report::Warning(Warning { code: "wxr.not-a-post", message, place: Place::default() }))
            }
            None => Ok(()),
        }
    }
}
