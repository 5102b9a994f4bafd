//! From what a source reports to what the store writes: the plain text and a hash of the content, made here so that the
//! writer's thread does not have to.

use crate::model::{Author, Body, Item, NewComment, NewPost, Parent, Precision, Status, Time};
use crate::store::{Prepared, PreparedComment, PreparedPost};
use crate::text;

/// Makes an item ready. Warnings are not stored; the caller keeps them.
pub fn prepare(item: Item, input: &str) -> Option<Prepared> {
    Some(match item {
        Item::Source(source) => Prepared::Source(source),
        Item::Post(post) => Prepared::Post(Box::new(prepare_post(*post))),
        Item::Comment(comment) => Prepared::Comment(Box::new(prepare_comment(*comment))),
        Item::Gap(gap) => Prepared::Gap(gap),
        Item::Duplicate { key, of } => Prepared::Duplicate { key, of },
        Item::Fault(fault) => Prepared::Fault { input: input.to_owned(), fault },
        Item::Warning(_) => return None,
    })
}

fn prepare_comment(comment: NewComment) -> PreparedComment {
    let mut hash = ContentHash::new();
    hash.text(comment.kind.as_str());
    hash.author(&comment.author);
    hash.time(comment.created);
    hash.time(comment.edited);
    hash.body(comment.body.as_ref());
    hash.status(comment.status, comment.raw_status.as_deref());
    hash.number(comment.version);
    // An edge of quell's own is no content of the dump.
    match comment.hung.as_ref().map_or(&comment.parent, |hung| &hung.given) {
        Parent::Post => hash.text("post"),
        Parent::Comment { key, .. } => hash.text(key),
        Parent::Unknown => hash.text(""),
    }
    PreparedComment { text: different_text(comment.body.as_ref()), hash: hash.finish(), comment }
}

fn prepare_post(post: NewPost) -> PreparedPost {
    let mut hash = ContentHash::new();
    hash.optional(post.title.as_deref());
    hash.optional(post.url.as_deref());
    hash.author(&post.author);
    hash.time(post.created);
    hash.body(post.body.as_ref());
    hash.status(post.status, post.raw_status.as_deref());
    PreparedPost { text: different_text(post.body.as_ref()), hash: hash.finish(), post }
}

/// The plain text, where it is not the body itself.
fn different_text(body: Option<&Body>) -> Option<String> {
    let body = body?;
    match text::plain(body) {
        text if text == body.raw => None,
        text => Some(text.into_owned()),
    }
}

/// BLAKE3 over fields that can't run into one another, cut to 64 bits. They are gathered first: hashing them in one go
/// takes half the time of feeding them piece by piece.
struct ContentHash(Vec<u8>);

impl ContentHash {
    fn new() -> Self {
        ContentHash(Vec::with_capacity(1024))
    }

    fn text(&mut self, text: &str) {
        self.0.extend_from_slice(&(text.len() as u64).to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        self.text(if text.is_some() { "+" } else { "-" });
        self.text(text.unwrap_or_default());
    }

    fn number(&mut self, number: Option<i64>) {
        self.0.push(u8::from(number.is_some()));
        self.0.extend_from_slice(&number.unwrap_or_default().to_le_bytes());
    }

    fn author(&mut self, author: &Author) {
        self.optional(author.key.as_deref());
        self.optional(author.name.as_deref());
        self.text(author.kind.as_str());
    }

    /// An estimate drifts with the day of the download and is no content.
    fn time(&mut self, time: Option<Time>) {
        let time = time.filter(|time| time.precision != Precision::Estimated);
        self.number(time.map(|time| time.millis));
        self.number(time.and_then(|time| time.offset).map(i64::from));
    }

    fn body(&mut self, body: Option<&Body>) {
        self.optional(body.map(|body| body.raw.as_str()));
        self.optional(body.map(|body| body.format.as_str()));
    }

    fn status(&mut self, status: Option<Status>, raw: Option<&str>) {
        self.optional(status.map(Status::as_str));
        self.optional(raw);
    }

    fn finish(&self) -> i64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&blake3::hash(&self.0).as_bytes()[..8]);
        i64::from_le_bytes(bytes)
    }
}
