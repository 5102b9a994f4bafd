//! Hacker News as Algolia's API gives it: an item with its comments nested in `children`, arrays or lines of such items,
//! and search hits, which name their members differently.
//!
//! Not here: what the index never held, such as `[dead]` comments.

use super::parts::hn;
use super::parts::json::{Fields, Json};
use super::parts::ndjson::Refused;
use super::parts::sniff::compact;
use super::parts::tree::{Nodes, each_node};
use super::{Format, Guess, Head, Input, Options, ReadError, Sink, Wants};
use crate::model::{Item, NewComment, NewPost, Parent, ParentOrigin, Place, Status, Time};

/// The format.
pub const FORMAT: Format = Format {
    name: "hn-algolia",
    kind: hn::KIND,
    title: "Hacker News items or search hits (Algolia API)",
    wants: Wants::Bytes,
    sniff,
    read,
};

/// The members that every item of the API has, besides its comments.
const OWN: &[&str] =
    &["id", "created_at_i", "type", "author", "title", "url", "text", "points", "parent_id", "story_id"];
/// The members that hold further items.
const NESTED: &[&str] = &["children", "hits"];

fn sniff(head: &Head) -> Option<Guess> {
    let text = compact(head)?;
    let has = |name: &str| text.contains(&format!("\"{name}\":"));
    if !has("created_at_i") || !has("created_at") || !has("author") {
        return None;
    }
    if has("objectID") && (has("story_id") || has("_tags")) {
        return Guess::new(95, "search hits: objectID, created_at_i, story_id or _tags");
    }
    if has("id") && has("type") && has("points") && (has("children") || has("story_id")) {
        return Guess::new(95, "items: id, type, author, points, created_at_i, children");
    }
    None
}

fn read(input: &mut Input, options: &Options, sink: &mut dyn Sink) -> Result<(), ReadError> {
    sink.item(Item::Source(hn::source(options)))?;
    let mut items = Items::default();
    each_node(input, options, NESTED, sink, &mut items)?;
    Ok(hn::left_out(items.poll_options, sink)?)
}

/// What has to be remembered from item to item.
#[derive(Default)]
struct Items {
    poll_options: u64,
}

impl Nodes for Items {
    /// The API writes the comments last, as far as has been seen.
    fn is_complete(&self, fields: &Fields<'_>) -> bool {
        OWN.iter().all(|name| fields.peek(name).is_some())
    }

    fn node(&mut self, mut fields: Fields<'_>, place: Place, sink: &mut dyn Sink) -> Result<(), Refused> {
        let Some(key) = fields.id("id").or_else(|| fields.id("objectID")) else {
            // The object around search hits has no id of its own.
            let wrapper = fields.peek("type").is_none() && fields.peek("created_at_i").is_none();
            return if wrapper { Ok(()) } else { Err(Refused::record("record.no_id", "the item has no id")) };
        };
        if fields.peek("objectID").and_then(Json::id).as_deref() == Some(&*key) {
            fields.take("objectID");
        }
        let key = key.into_owned();
        match kind(&mut fields) {
            Kind::Comment => comment(key, fields, place, sink),
            Kind::Post => post(key, fields, place, sink),
            Kind::PollOption => {
                self.poll_options += 1;
                Ok(())
            }
            Kind::Unknown => {
                let reason = "neither a comment nor a story, job or poll".to_owned();
                Err(Refused::Record { code: "record.unknown", reason, key: Some(key) })
            }
        }
    }
}

/// What an item is.
enum Kind {
    Comment,
    Post,
    PollOption,
    Unknown,
}

/// The kind by `type`, which search hits lack: they have tags, and only comments have `comment_text`.
fn kind(fields: &mut Fields<'_>) -> Kind {
    let tagged = |fields: &Fields<'_>, tag: &str| fields.peek("_tags").is_some_and(|tags| tags.text().contains(tag));
    let known = fields.take_as("type", |kind| match kind.string().as_deref() {
        Some("comment") => Some(Kind::Comment),
        Some("story") => Some(Kind::Post),
        Some("pollopt") => Some(Kind::PollOption),
        _ => None,
    });
    match (known, fields.peek("type").and_then(Json::string).as_deref()) {
        (Some(kind), _) => kind,
        // These stay in the extra fields, because quell has one word for them all.
        (None, Some("job" | "poll")) => Kind::Post,
        (None, Some(_)) => Kind::Unknown,
        (None, None) if tagged(fields, "\"pollopt\"") => Kind::PollOption,
        (None, None) if tagged(fields, "\"comment\"") || fields.peek("comment_text").is_some_and(|t| !t.is_null()) => {
            Kind::Comment
        }
        (None, None) if fields.peek("title").is_some() => Kind::Post,
        (None, None) => Kind::Unknown,
    }
}

fn comment(key: String, mut fields: Fields<'_>, place: Place, sink: &mut dyn Sink) -> Result<(), Refused> {
    let mut comment = NewComment::new(key);
    comment.post = fields.id("story_id").map(|id| id.into_owned());
    comment.parent = match fields.id("parent_id").map(|id| id.into_owned()) {
        None => Parent::Unknown,
        parent if parent == comment.post => Parent::Post,
        Some(key) => Parent::Comment { key, origin: ParentOrigin::Source },
    };
    comment.author = hn::author(&mut fields, "author");
    comment.created = created(&mut fields, place, sink)?;
    comment.body = hn::body(&mut fields, "text").or_else(|| hn::body(&mut fields, "comment_text"));
    comment.score = fields.integer("points");
    if comment.author.name.is_none() && comment.body.is_none() {
        comment.status = Some(Status::Deleted);
        comment.raw_status = Some("author and text null".to_owned());
    }
    comment.extra = rest(fields);
    comment.place = place;
    Ok(sink.item(Item::Comment(Box::new(comment)))?)
}

fn post(key: String, mut fields: Fields<'_>, place: Place, sink: &mut dyn Sink) -> Result<(), Refused> {
    if fields.peek("story_id").and_then(Json::id).as_deref() == Some(&*key) {
        fields.take("story_id");
    }
    let mut post = NewPost::new(key);
    (post.title, post.url) = hn::headline(&mut fields);
    post.author = hn::author(&mut fields, "author");
    post.created = created(&mut fields, place, sink)?;
    post.body = hn::body(&mut fields, "text").or_else(|| hn::body(&mut fields, "story_text"));
    post.extra = rest(fields);
    post.place = place;
    Ok(sink.item(Item::Post(Box::new(post)))?)
}

/// The time, given twice: in seconds and as text.
fn created(fields: &mut Fields<'_>, place: Place, sink: &mut dyn Sink) -> Result<Option<Time>, Refused> {
    let seconds = hn::time(fields, "created_at_i", place, sink)?;
    match seconds {
        None => Ok(hn::time(fields, "created_at", place, sink)?),
        Some(_) => {
            fields.take("created_at");
            Ok(seconds)
        }
    }
}

/// What is left over; every item carries all members of all kinds, so those that are null or empty say nothing.
fn rest(mut fields: Fields<'_>) -> String {
    for name in ["text", "title", "url", "points", "parent_id", "children", "options", "comment_text", "story_text"] {
        if fields.peek(name).is_some_and(|value| matches!(value.text(), "null" | "[]" | "\"\"")) {
            fields.take(name);
        }
    }
    fields.rest()
}
