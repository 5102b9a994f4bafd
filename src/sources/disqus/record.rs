//! A thread or a post of a Disqus export.

use jiff::tz::TimeZone;

use crate::model::{Author, Body, BodyFormat, NewComment, NewPost, Parent, ParentOrigin, Place, Status, Time};
use crate::sources::parts::when;
use crate::sources::parts::xml::{Element, Grouped};
use crate::sources::{Options, Pii};

/// What is odd in a record: codes and messages.
pub(super) type Warnings = Vec<(&'static str, String)>;

/// The key of a record: Disqus's own id, else the site's.
pub(super) fn key<'r>(element: &Element<'r>) -> Option<&'r str> {
    element.attribute("id").or_else(|| Some(element.child_text("id")).filter(|id| !id.is_empty()))
}

/// The elements that have a place of their own in a post or comment; everything else is kept as extra.
const MAPPED: &[&str] =
    &["message", "createdAt", "isDeleted", "isSpam", "author", "ipAddress", "thread", "parent", "link", "title"];

/// Reads a thread; nothing if it has no id.
pub(super) fn thread(
    element: &Element<'_>,
    place: Place,
    options: &Options,
    warnings: &mut Warnings,
) -> Option<Box<NewPost>> {
    let mut post = Box::new(NewPost::new(key(element)?));
    let deleted = flag(element, "isDeleted", warnings);
    post.title = some_text(element, "title");
    post.url = some_text(element, "link");
    post.created = created(element, &post.key, warnings);
    post.body = body(element);
    (post.status, post.raw_status) = match deleted {
        Some(true) => (Some(Status::Deleted), Some("isDeleted".to_owned())),
        _ => (None, None),
    };
    let mut extra = Grouped::default();
    post.author = author(element, options.pii, &mut extra);
    post.extra = leftovers(element, options.pii, extra);
    post.place = place;
    Some(post)
}

/// Reads a post; nothing if it has no id.
pub(super) fn comment(
    element: &Element<'_>,
    place: Place,
    options: &Options,
    warnings: &mut Warnings,
) -> Option<Box<NewComment>> {
    let mut comment = Box::new(NewComment::new(key(element)?));
    let (deleted, spam) = (flag(element, "isDeleted", warnings), flag(element, "isSpam", warnings));
    comment.post = reference(element, "thread");
    comment.parent = match reference(element, "parent") {
        Some(key) => Parent::Comment { key, origin: ParentOrigin::Source },
        None if comment.post.is_some() => Parent::Post,
        None => Parent::Unknown,
    };
    comment.created = created(element, &comment.key, warnings);
    comment.body = body(element);
    // A deleted comment keeps its author and its place; who deleted it, the export does not say.
    let (status, raw) = match (deleted, spam) {
        (Some(true), Some(true)) => (Some(Status::Deleted), Some("isDeleted isSpam")),
        (Some(true), _) => (Some(Status::Deleted), Some("isDeleted")),
        (_, Some(true)) => (Some(Status::Spam), Some("isSpam")),
        (None, None) => (None, None),
        _ => (Some(Status::Approved), None),
    };
    (comment.status, comment.raw_status) = (status, raw.map(str::to_owned));
    let mut extra = Grouped::default();
    comment.author = author(element, options.pii, &mut extra);
    comment.extra = leftovers(element, options.pii, extra);
    comment.place = place;
    Some(comment)
}

fn child<'r>(element: &Element<'r>, name: &str) -> Option<Element<'r>> {
    element.children().find(|child| child.name() == name)
}

fn some_text(element: &Element<'_>, name: &str) -> Option<String> {
    Some(element.child_text(name).to_owned()).filter(|text| !text.is_empty())
}

/// The id that an empty element such as `<parent dsq:id="4"/>` names.
fn reference(element: &Element<'_>, name: &str) -> Option<String> {
    child(element, name)?.attribute("id").map(str::to_owned)
}

fn body(element: &Element<'_>) -> Option<Body> {
    some_text(element, "message").map(|raw| Body { raw, format: BodyFormat::Html })
}

fn created(element: &Element<'_>, key: &str, warnings: &mut Warnings) -> Option<Time> {
    let text = element.child_text("createdAt");
    // Times are UTC, whether they say so or not.
    let time = when::iso(text, Some(&TimeZone::UTC));
    if time.is_none() && !text.is_empty() {
        warnings.push(("disqus.date", format!("{key:?} has the unreadable date {text:?}")));
    }
    time
}

fn flag(element: &Element<'_>, name: &str, warnings: &mut Warnings) -> Option<bool> {
    match element.child_text(name) {
        "" => None,
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        other => {
            warnings.push(("disqus.flag", format!("{name} is {other:?}, neither true nor false")));
            None
        }
    }
}

/// Accounts are known by their user name, guests by their e-mail address.
fn author(element: &Element<'_>, pii: Pii, extra: &mut Grouped) -> Author {
    let Some(author) = child(element, "author") else { return Author::unknown() };
    let (mut name, mut account, mut email) = ("", "", None);
    for field in author.children() {
        match field.name() {
            "name" => name = field.text(),
            "username" => account = field.text(),
            "email" => email = pii.field("email", field.text()),
            other => extra.add_text(&format!("author_{other}"), field.text()),
        }
    }
    let guest = email.as_ref().map(|(_, value)| format!("email:{value}"));
    if let Some((field, value)) = &email {
        extra.add_text(field, value);
    }
    Author::named(name, Some(account).filter(|name| !name.is_empty()).or(guest.as_deref()))
}

fn leftovers(element: &Element<'_>, pii: Pii, mut extra: Grouped) -> String {
    if let Some((name, value)) = pii.field("ip", element.child_text("ipAddress")) {
        extra.add_text(&name, &value);
    }
    let own_key = key(element);
    for child in element.children().filter(|child| !MAPPED.contains(&child.name())) {
        if child.name() == "id" && Some(child.text()) == own_key {
            continue;
        }
        if let Some(json) = child.to_json(&str::to_owned) {
            extra.add(child.name(), json);
        }
    }
    extra.finish()
}
