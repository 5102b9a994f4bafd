//! Comments and submissions as Reddit's own systems write them, in dumps of lines and in answers of the API alike. Types
//! drifted over twenty years (reference: formats, 4.3), so every member is read tolerantly.
//!
//! Not here: how the objects are packed (`reddit_ndjson`, `reddit_listing`).

use std::borrow::Cow;

use super::json::{Fields, Json};
use super::ndjson::Refused;
use crate::model::{
    Author, AuthorKind, Body, BodyFormat, Item, NewComment, NewPost, Parent, ParentOrigin, Place, SourceKey, Status,
    Time, Warning,
};
use crate::sources::{Options, Sink, Stop};

/// The system that both formats come from.
pub const KIND: &str = "reddit";

/// The source of both formats: Reddit is one site.
pub fn source(options: &Options) -> SourceKey {
    SourceKey { kind: KIND.to_owned(), scope: options.scope.clone().unwrap_or_else(|| "reddit.com".to_owned()) }
}

/// A comment from its members.
pub fn comment(mut fields: Fields<'_>, place: Place, sink: &mut dyn Sink) -> Result<NewComment, Refused> {
    let mut comment = NewComment::new(key(&mut fields, "t1_")?);
    let parent = fields.take_as("parent_id", |parent| fullname(parent, "t1_"));
    let post = fields.take_as("link_id", |link| fullname(link, "t3_"));
    let post = post.or_else(|| fields.take_as("submission", |link| fullname(link, "t3_")));
    comment.post = post.or_else(|| parent.clone().filter(|parent| parent.starts_with("t3_")));
    comment.parent = match parent {
        None => Parent::Unknown,
        Some(post) if post.starts_with("t3_") => Parent::Post,
        Some(key) => Parent::Comment { key, origin: ParentOrigin::Source },
    };
    comment.author = author(&mut fields);
    comment.created = created(&mut fields, place, sink)?;
    comment.edited = edited(&mut fields);
    comment.score = fields.integer("score");
    let text = fields.string("body");
    let marked = text.as_deref().and_then(marker);
    (comment.status, comment.raw_status) = state(&fields, marked);
    comment.body = body(text);
    comment.extra = fields.rest();
    comment.place = place;
    Ok(comment)
}

/// A submission from its members.
pub fn post(mut fields: Fields<'_>, place: Place, sink: &mut dyn Sink) -> Result<NewPost, Refused> {
    let mut post = NewPost::new(key(&mut fields, "t3_")?);
    post.title = fields.string("title").map(Cow::into_owned);
    let permalink = fields.take_as("permalink", |link| link.string().filter(|link| !link.is_empty()));
    post.url =
        permalink.map(|link| if link.starts_with('/') { format!("https://www.reddit.com{link}") } else { link.into() });
    let target = fields.peek("url").and_then(Json::string);
    if post.url.is_none() || post.url.as_deref() == target.as_deref() {
        fields.take("url");
        post.url = target.map(Cow::into_owned);
    }
    post.author = author(&mut fields);
    post.created = created(&mut fields, place, sink)?;
    let text = fields.string("selftext").filter(|text| !text.is_empty());
    let marked = text.as_deref().and_then(marker);
    (post.status, post.raw_status) = state(&fields, marked);
    post.body = body(text);
    post.extra = fields.rest();
    post.place = place;
    Ok(post)
}

/// A full name such as `t1_kxmhmer` from a value: as it is, with the prefix it lacks, or from a base-10 number, which
/// means the same id in base 36.
pub fn fullname(value: Json<'_>, prefix: &str) -> Option<String> {
    if let Some(digits) = value.number() {
        return digits.parse().ok().map(|number| format!("{prefix}{}", base36(number)));
    }
    let id = value.string().filter(|id| !id.is_empty())?;
    let has_prefix = matches!(id.as_bytes(), [b't', b'0'..=b'9', b'_', _, ..]);
    Some(if has_prefix { id.into_owned() } else { format!("{prefix}{id}") })
}

/// The record's own full name, from `id` or else `name`.
fn key(fields: &mut Fields<'_>, prefix: &str) -> Result<String, Refused> {
    let name = fields.peek("name").and_then(|name| fullname(name, prefix));
    let key = fields.take_as("id", |id| fullname(id, prefix)).or_else(|| name.clone());
    let key = key.ok_or_else(|| Refused::record("record.no_id", "the record has no id"))?;
    if name.as_ref() == Some(&key) {
        fields.take("name");
    }
    Ok(key)
}

/// The author. The name is the account's key, because it is unique on Reddit while `author_fullname` is often missing.
fn author(fields: &mut Fields<'_>) -> Author {
    let Some(name) = fields.string("author") else { return Author::unknown() };
    // "DELETED" is what the Bulk Downloader for Reddit writes for an account that is gone.
    let mut author = if name == "DELETED" { Author::deleted() } else { Author::named(&name, Some(&name)) };
    match author.kind {
        AuthorKind::User if name == "AutoModerator" => author.kind = AuthorKind::Bot,
        // Words such as "anonymous" are somebody's account here.
        AuthorKind::Anonymous => author.kind = AuthorKind::User,
        _ => {}
    }
    author
}

fn created(fields: &mut Fields<'_>, place: Place, sink: &mut dyn Sink) -> Result<Option<Time>, Stop> {
    let created = fields.time("created_utc");
    if created.is_none() && fields.peek("created_utc").is_some() {
        let message = "created_utc is not a time".to_owned();
        sink.item(Item::Warning(Warning { code: "time.invalid", message, place }))?;
    }
    Ok(created)
}

/// The time of the last edit. `false` means never; `true`, of an edit at an unknown time, stays in the extra fields.
fn edited(fields: &mut Fields<'_>) -> Option<Time> {
    if fields.peek("edited").is_some_and(|edited| edited.text() == "false") {
        fields.take("edited");
        return None;
    }
    fields.take_as("edited", Json::time)
}

/// The status that a body stands for when it stands in for the text.
fn marker(body: &str) -> Option<Status> {
    match body.trim() {
        "[deleted]" | "[deleted by user]" => Some(Status::Deleted),
        "[removed]" | "[ Removed by Reddit ]" | "[ Removed by reddit in response to a copyright notice. ]" => {
            Some(Status::Removed)
        }
        _ => None,
    }
}

fn body(text: Option<Cow<'_, str>>) -> Option<Body> {
    let text = text.filter(|text| marker(text).is_none())?;
    Some(Body { raw: text.into_owned(), format: BodyFormat::Markdown })
}

/// What the record says of its state, the plainest word first: why it was taken out, what moderators see, and then the
/// words in place of the body.
fn state(fields: &Fields<'_>, marked: Option<Status>) -> (Option<Status>, Option<String>) {
    let meta = fields.peek("_meta").filter(|meta| meta.is_object());
    let meta = meta.and_then(|meta| Fields::parse(meta.text()).ok());
    let removal = meta.as_ref().and_then(|meta| meta.peek("removal_type")?.string());
    let category = fields.peek("removed_by_category").and_then(Json::string);
    let collapsed = fields.peek("collapsed_reason_code").and_then(Json::string);
    let is_true = |name| fields.peek(name).is_some_and(|value| value.text() == "true");
    let said = |status, words: String| (Some(status), Some(words));
    if let Some(removal) = removal.filter(|removal| !removal.is_empty()) {
        return said(by_whom(&removal), format!("removal_type {removal}"));
    }
    if let Some(category) = category.filter(|category| !category.is_empty()) {
        return said(by_whom(&category), format!("removed_by_category {category}"));
    }
    match marked {
        _ if is_true("spam") => said(Status::Spam, "spam".to_owned()),
        _ if is_true("removed") => said(Status::Removed, "removed".to_owned()),
        Some(Status::Deleted) => said(Status::Deleted, "[deleted]".to_owned()),
        Some(status) => said(status, "[removed]".to_owned()),
        None if collapsed.as_deref() == Some("DELETED") => {
            said(Status::Deleted, "collapsed_reason_code DELETED".to_owned())
        }
        None if is_true("approved") => said(Status::Approved, "approved".to_owned()),
        None if meta.is_some_and(|meta| meta.peek("was_deleted_later").and_then(Json::flag) == Some(true)) => {
            (None, Some("was_deleted_later".to_owned()))
        }
        None => (None, None),
    }
}

/// Whether a removal was the author's doing; `deleted` and `author` are Reddit's words for that.
fn by_whom(removal: &str) -> Status {
    if matches!(removal, "deleted" | "author") { Status::Deleted } else { Status::Removed }
}

/// A number in base 36, as Reddit writes ids.
fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(b"0123456789abcdefghijklmnopqrstuvwxyz"[(number % 36) as usize]));
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> NewComment {
        let mut sink = |_: Item| -> Result<(), Stop> { Ok(()) };
        comment(Fields::parse(json).unwrap(), Place::default(), &mut sink).unwrap()
    }

    #[test]
    fn names_are_full_whatever_the_type() {
        let name = |json| fullname(Json::new(json), "t1_");
        assert_eq!(name("45568804275").unwrap(), "t1_kxmhmer");
        assert_eq!(name("\"t3_abc\"").unwrap(), "t3_abc");
        assert_eq!(name("\"abc\"").unwrap(), "t1_abc");
        assert_eq!((name("null"), name("1e300"), name("\"\"")), (None, None, None));
    }

    #[test]
    fn a_restored_body_keeps_its_text_and_its_state() {
        let c = read(r#"{"id":"a","body":"Words","_meta":{"was_deleted_later":true,"removal_type":"deleted"}}"#);
        assert_eq!((c.status, c.body.is_some()), (Some(Status::Deleted), true));
        let c = read(r#"{"id":"a","body":"[removed]","author":"[deleted]"}"#);
        assert_eq!((c.status, c.body, c.author.is_person()), (Some(Status::Removed), None, false));
    }

    #[test]
    fn an_edit_at_an_unknown_time_is_not_lost() {
        assert_eq!(read(r#"{"id":"a","edited":true}"#).extra, r#"{"edited":true}"#);
        assert_eq!(read(r#"{"id":"a","edited":false}"#).extra, "");
        assert!(read(r#"{"id":"a","edited":1460000000.0}"#).edited.is_some());
    }

    #[test]
    fn anonymous_is_an_account_on_reddit() {
        assert!(read(r#"{"id":"a","author":"anonymous"}"#).author.is_person());
        assert_eq!(read(r#"{"id":"a","author":"AutoModerator"}"#).author.kind, AuthorKind::Bot);
    }
}
