//! Hacker News items as its Firebase API gives them, one a line.
//!
//! An item names its parent only, which may be a comment or the story itself, so comments carry no post: the store finds
//! it by walking up.

use super::parts::hn;
use super::parts::json::{Fields, Json};
use super::parts::ndjson::{Refused, each_object};
use super::parts::sniff::first_objects;
use super::{Format, Guess, Head, Input, Options, ReadError, Sink, Wants};
use crate::model::{Item, NewComment, NewPost, Parent, ParentOrigin, Place, Status};

/// The format.
pub const FORMAT: Format = Format {
    name: "hn-items",
    kind: hn::KIND,
    title: "Hacker News items, one a line (Firebase API)",
    wants: Wants::Bytes,
    sniff,
    read,
};

/// The members of which an item has at least one; other dumps with `id`, `type` and `time` have none of them.
const TELLING: &[&str] = &["by", "kids", "descendants", "parent", "poll", "deleted", "dead"];

fn sniff(head: &Head) -> Option<Guess> {
    let objects = first_objects(head);
    let items = objects.iter().filter(|object| is_item(object)).count();
    if items == 0 || items * 2 < objects.len() {
        return None;
    }
    Guess::new(
        95,
        format!("{items} of the first {} lines have a numeric id and time and an item's type", objects.len()),
    )
}

fn is_item(fields: &Fields<'_>) -> bool {
    let number = |name| fields.peek(name).and_then(Json::number).is_some();
    let kind = fields.peek("type").and_then(Json::string);
    let known = matches!(kind.as_deref(), Some("story" | "comment" | "job" | "poll" | "pollopt"));
    known && number("id") && number("time") && TELLING.iter().any(|name| fields.peek(name).is_some())
}

fn read(input: &mut Input, options: &Options, sink: &mut dyn Sink) -> Result<(), ReadError> {
    sink.item(Item::Source(hn::source(options)))?;
    let mut poll_options = 0;
    each_object(input, options, sink, |mut fields, place, sink| {
        let key = fields.id("id").ok_or_else(|| Refused::record("record.no_id", "the item has no id"))?.into_owned();
        let kind = fields.peek("type").and_then(Json::string);
        if matches!(kind.as_deref(), Some("comment" | "story")) {
            fields.take("type");
        }
        let item = match kind.as_deref() {
            Some("comment") => comment(key, fields, place, sink)?,
            // That something is a job or a poll stays in the extra fields, because quell has one word for them all.
            Some("story" | "job" | "poll") => post(key, fields, place, sink)?,
            Some("pollopt") => {
                poll_options += 1;
                return Ok(());
            }
            _ => {
                let reason = "neither a comment nor a story, job or poll".to_owned();
                return Err(Refused::Record { code: "record.unknown", reason, key: Some(key) });
            }
        };
        Ok(sink.item(item)?)
    })?;
    Ok(hn::left_out(poll_options, sink)?)
}

fn comment(key: String, mut fields: Fields<'_>, place: Place, sink: &mut dyn Sink) -> Result<Item, Refused> {
    let mut comment = NewComment::new(key);
    comment.parent = match fields.id("parent") {
        Some(parent) => Parent::Comment { key: parent.into_owned(), origin: ParentOrigin::Source },
        None => Parent::Unknown,
    };
    comment.author = hn::author(&mut fields, "by");
    comment.created = hn::time(&mut fields, "time", place, sink)?;
    comment.body = hn::body(&mut fields, "text");
    comment.score = fields.integer("score");
    (comment.status, comment.raw_status) = state(&mut fields);
    comment.extra = fields.rest();
    comment.place = place;
    Ok(Item::Comment(Box::new(comment)))
}

fn post(key: String, mut fields: Fields<'_>, place: Place, sink: &mut dyn Sink) -> Result<Item, Refused> {
    let mut post = NewPost::new(key);
    (post.title, post.url) = hn::headline(&mut fields);
    post.author = hn::author(&mut fields, "by");
    post.created = hn::time(&mut fields, "time", place, sink)?;
    post.body = hn::body(&mut fields, "text");
    (post.status, post.raw_status) = state(&mut fields);
    post.extra = fields.rest();
    post.place = place;
    Ok(Item::Post(Box::new(post)))
}

/// `deleted` is the author's doing, `dead` that of moderators, flags or filters.
fn state(fields: &mut Fields<'_>) -> (Option<Status>, Option<String>) {
    let deleted = fields.flag("deleted") == Some(true);
    let dead = fields.flag("dead") == Some(true);
    match (deleted, dead) {
        (true, true) => (Some(Status::Deleted), Some("deleted, dead".to_owned())),
        (true, false) => (Some(Status::Deleted), Some("deleted".to_owned())),
        (false, true) => (Some(Status::Removed), Some("dead".to_owned())),
        (false, false) => (None, None),
    }
}
