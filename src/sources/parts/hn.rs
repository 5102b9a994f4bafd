//! What the two Hacker News formats share: the source, authors, states and bodies.
//!
//! Not here: the shapes of the records (`hn_items`, `hn_algolia`).

use std::borrow::Cow;

use super::json::{Fields, Json};
use crate::model::{Author, AuthorKind, Body, BodyFormat, Item, Place, SourceKey, Time, Warning};
use crate::sources::{Options, Sink, Stop};

/// The system that both formats come from.
pub const KIND: &str = "hn";

/// The source of both formats: Hacker News is one site.
pub fn source(options: &Options) -> SourceKey {
    SourceKey {
        kind: KIND.to_owned(),
        scope: options.scope.clone().unwrap_or_else(|| "news.ycombinator.com".to_owned()),
    }
}

/// The account under this member; names are unique on Hacker News, so the name is the key.
pub fn author(fields: &mut Fields<'_>, member: &str) -> Author {
    let Some(name) = fields.string(member).filter(|name| !name.is_empty()) else { return Author::unknown() };
    let author = Author::named(&name, Some(&name));
    // Words such as "anonymous" are somebody's account here.
    if author.kind == AuthorKind::Anonymous { Author { kind: AuthorKind::User, ..author } } else { author }
}

/// The text under this member, HTML with `<p>` between paragraphs; an empty one counts as absent.
pub fn body(fields: &mut Fields<'_>, member: &str) -> Option<Body> {
    let text = fields.string(member).filter(|text| !text.is_empty())?;
    Some(Body { raw: text.into_owned(), format: BodyFormat::Html })
}

/// The title, and the address that the story links to.
pub fn headline(fields: &mut Fields<'_>) -> (Option<String>, Option<String>) {
    let text = |value: Json<'_>| value.string().map(Cow::into_owned);
    let title = fields.take_as("title", text);
    (title, fields.take_as("url", text).filter(|url| !url.is_empty()))
}

/// The time under this member; one that cannot be read stays in the extra fields with a warning.
pub fn time(fields: &mut Fields<'_>, member: &str, place: Place, sink: &mut dyn Sink) -> Result<Option<Time>, Stop> {
    let time = fields.time(member);
    if time.is_none() && fields.peek(member).is_some() {
        let message = format!("{member} is not a time");
        sink.item(Item::Warning(Warning { code: "time.invalid", message, place }))?;
    }
    Ok(time)
}

/// Says how many poll options were left out: they are choices with points, nobody's words.
pub fn left_out(poll_options: u64, sink: &mut dyn Sink) -> Result<(), Stop> {
    if poll_options == 0 {
        return Ok(());
    }
    let message = format!("{poll_options} poll options are not comments and were left out");
    sink.item(Item::Warning(Warning { code: "hn.pollopt", message, place: Place::default() }))
}
