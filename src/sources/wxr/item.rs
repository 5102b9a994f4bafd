//! An item of a WordPress export: its fields as they are read, and the post that they make.

use std::collections::{BTreeMap, HashMap};

use super::comment::{self, moment};
use crate::model::{Author, Body, BodyFormat, Fault, Item as Report, NewComment, NewPost, Place, Status, Warning};
use crate::sources::Options;
use crate::sources::parts::xml::{Element, Grouped};

/// An item while it is read.
pub(super) struct Item {
    place: Place,
    fields: HashMap<String, String>,
    extra: Grouped,
    /// Bytes of text that the item may still take.
    room: usize,
    /// Comments that came before the number of their post.
    held: Vec<NewComment>,
    commented: bool,
}

/// Items that are no posts, by type.
#[derive(Default)]
pub(super) struct Left(BTreeMap<String, usize>);

impl Left {
    /// How many were left out, for a warning.
    pub(super) fn message(&self) -> Option<String> {
        let total: usize = self.0.values().sum();
        let types: Vec<String> = self.0.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        (total > 0).then(|| {
            let items = if total == 1 { "item" } else { "items" };
            format!("{total} {items} without comments left out, neither post nor page: {}", types.join(", "))
        })
    }

    fn add(&mut self, kind: &str) {
        // Types are few; a file that invents them does not get to fill the memory.
        let kind = if self.0.len() < 100 || self.0.contains_key(kind) { kind } else { "other" };
        *self.0.entry(kind.chars().take(40).collect()).or_default() += 1;
    }
}

/// The fields that make a post; everything else is kept as extra.
const MAPPED: &[&str] =
    &["title", "link", "guid", "creator", "content", "post_id", "post_date", "post_date_gmt", "status", "post_type"];

impl Item {
    /// An item that has just begun; `room` is the most bytes of text that it may hold.
    pub(super) fn new(place: Place, room: usize) -> Self {
        let (fields, extra) = (HashMap::new(), Grouped::default());
        Item { place, fields, extra, room, held: Vec::new(), commented: false }
    }

    /// Whether a comment was seen.
    pub(super) fn has_comments(&self) -> bool {
        self.commented
    }

    /// Takes a field; a field that does not fit any more is reported.
    pub(super) fn field(&mut self, field: &Element<'_>, place: Place) -> Option<Warning> {
        let json = if self.maps(field) { None } else { field.to_json(&str::to_owned) };
        let size = json.as_ref().map_or(field.text().len(), String::len);
        if size > self.room {
            let message = format!("a field of an item left out: the item is longer than {} bytes", self.room);
            return Some(Warning { code: "wxr.item-too-long", message, place });
        }
        self.room -= size;
        match json {
            Some(json) => self.extra.add(field_name(field), json),
            None => self.salvage(field),
        }
        None
    }

    /// Takes a field only if it is one that makes a post.
    pub(super) fn salvage(&mut self, field: &Element<'_>) {
        if self.maps(field) && !field.text().is_empty() {
            self.fields.insert(field_name(field).to_owned(), field.text().to_owned());
        }
    }

    fn maps(&self, field: &Element<'_>) -> bool {
        let name = field_name(field);
        MAPPED.contains(&name) && !self.fields.contains_key(name)
    }

    /// Takes a comment and says what to report of it now.
    pub(super) fn comment(
        &mut self,
        element: &Element<'_>,
        raw: &[u8],
        place: Place,
        options: &Options,
    ) -> Vec<Report> {
        self.commented = true;
        let mut reports = Vec::new();
        let Some(mut comment) = comment::read(element, place, options, &mut reports) else {
            reports.push(Report::Fault(Fault {
                code: "wxr.comment-id",
                reason: "comment without an id".to_owned(),
                place,
                key: None,
                raw: raw.to_vec(),
            }));
            return reports;
        };
        match self.fields.get("post_id") {
            Some(post) => {
                comment.post = Some(post.clone());
                reports.push(Report::Comment(comment));
            }
            None if raw.len() <= self.room => {
                self.room -= raw.len();
                self.held.push(*comment);
            }
            None => reports.push(Report::Fault(Fault {
                code: "wxr.post-id",
                reason: "too many comments before the id of their post".to_owned(),
                place,
                key: Some(comment.key),
                raw: raw.to_vec(),
            })),
        }
        reports
    }

    /// Ends the item: the comments that waited and the post, if it is one. `writers` maps logins to ids and names.
    pub(super) fn finish(mut self, writers: &HashMap<String, (String, String)>, left: &mut Left) -> Vec<Report> {
        let kind = self.take("post_type").unwrap_or_default();
        if !self.commented && !matches!(kind.as_str(), "" | "post" | "page") {
            left.add(&kind);
            return Vec::new();
        }
        let key = self.take("post_id").unwrap_or_else(|| self.key_of_contents());
        let mut reports: Vec<Report> = Vec::with_capacity(self.held.len() + 1);
        for mut comment in std::mem::take(&mut self.held) {
            comment.post = Some(key.clone());
            reports.push(Report::Comment(Box::new(comment)));
        }
        reports.push(Report::Post(Box::new(self.post(key, &kind, writers))));
        reports
    }

    fn post(mut self, key: String, kind: &str, writers: &HashMap<String, (String, String)>) -> NewPost {
        let (utc, local) = (self.take("post_date_gmt"), self.take("post_date"));
        let raw_status = self.take("status");
        self.extra.add_text("post_type", kind);
        let guid = self.take("guid");
        NewPost {
            title: self.take("title"),
            url: self.take("link").or(guid),
            author: writer(self.take("creator").as_deref().unwrap_or_default(), writers),
            created: moment(utc.as_deref().unwrap_or_default(), local.as_deref().unwrap_or_default(), None),
            body: self.take("content").map(|raw| Body { raw, format: BodyFormat::WpAutop }),
            status: raw_status.as_deref().and_then(status),
            raw_status,
            extra: self.extra.finish(),
            place: self.place,
            ..NewPost::new(key)
        }
    }

    fn take(&mut self, name: &str) -> Option<String> {
        self.fields.remove(name)
    }

    /// A key for an item without a number: its address, else a hash of what it says.
    fn key_of_contents(&self) -> String {
        let field = |name: &str| self.fields.get(name).map_or("", String::as_str);
        if let Some(address) = ["guid", "link"].map(field).into_iter().find(|address| !address.is_empty()) {
            return address.to_owned();
        }
        let mut hasher = blake3::Hasher::new();
        for name in ["title", "post_date", "content"] {
            hasher.update(field(name).as_bytes()).update(b"\0");
        }
        format!("h:{}", &hasher.finalize().to_hex()[..16])
    }
}

/// A field's name. Two fields differ in their prefix alone: the text of the post and its excerpt.
fn field_name<'r>(field: &Element<'r>) -> &'r str {
    match field.name() {
        "encoded" if field.qualified_name().starts_with("excerpt") => "excerpt",
        "encoded" => "content",
        name => name,
    }
}

fn writer(login: &str, writers: &HashMap<String, (String, String)>) -> Author {
    match writers.get(login) {
        Some((id, name)) => {
            let name = if name.is_empty() { login } else { name };
            let key = if id.is_empty() { format!("login:{login}") } else { id.clone() };
            Author::named(name, Some(&key))
        }
        None if login.is_empty() => Author::unknown(),
        None => Author::named(login, Some(&format!("login:{login}"))),
    }
}

fn status(raw: &str) -> Option<Status> {
    match raw {
        "publish" => Some(Status::Approved),
        "pending" => Some(Status::Pending),
        "trash" => Some(Status::Removed),
        _ => None,
    }
}
