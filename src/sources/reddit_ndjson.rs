//! Reddit comments and submissions, one a line: Pushshift, Arctic Shift and dumps of single subreddits.
//!
//! Not here: answers of the API, in which comments nest (`reddit_listing`).

use super::parts::json::{Fields, Json};
use super::parts::ndjson::{Refused, each_object};
use super::parts::reddit;
use super::parts::sniff::first_objects;
use super::{Format, Guess, Head, Input, Options, ReadError, Sink, Wants};
use crate::model::Item;

/// The format.
pub const FORMAT: Format = Format {
    name: "reddit-ndjson",
    kind: reddit::KIND,
    title: "Reddit comments or submissions, one a line (Pushshift, Arctic Shift)",
    wants: Wants::Bytes,
    sniff,
    read,
};

/// What an object of such a dump is.
enum Record {
    Comment,
    Post,
}

fn sniff(head: &Head) -> Option<Guess> {
    let objects = first_objects(head);
    let known: Vec<Record> = objects.iter().filter_map(|object| record(object)).collect();
    if known.is_empty() || known.len() * 2 < objects.len() {
        return None;
    }
    let members = match known[0] {
        Record::Comment => "id, subreddit, body, link_id",
        Record::Post => "id, subreddit, title, selftext or url",
    };
    Guess::new(95, format!("{} of the first {} lines have {members}", known.len(), objects.len()))
}

/// Which kind of record the members make, if any. An object with `comments` is a whole thread.
fn record(fields: &Fields<'_>) -> Option<Record> {
    let has = |name| fields.peek(name).is_some();
    if !has("id") || !has("subreddit") || fields.peek("comments").is_some_and(Json::is_array) {
        return None;
    }
    if has("body") && has("link_id") {
        return Some(Record::Comment);
    }
    (has("title") && (has("selftext") || has("url"))).then_some(Record::Post)
}

fn read(input: &mut Input, options: &Options, sink: &mut dyn Sink) -> Result<(), ReadError> {
    sink.item(Item::Source(reddit::source(options)))?;
    each_object(input, options, sink, |fields, place, sink| {
        let item = if fields.peek("title").is_some() && fields.peek("parent_id").is_none() {
            Item::Post(Box::new(reddit::post(fields, place, sink)?))
        } else if fields.peek("body").is_some() || fields.peek("parent_id").is_some() {
            Item::Comment(Box::new(reddit::comment(fields, place, sink)?))
        } else {
            return Err(Refused::record("record.unknown", "neither a comment nor a submission"));
        };
        Ok(sink.item(item)?)
    })
}
