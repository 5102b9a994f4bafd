//! A comment of a WordPress export.

use std::net::IpAddr;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::model::{
    Author, Body, BodyFormat, Item, Kind, NewComment, Parent, ParentOrigin, Place, Status, Time, Warning,
};
use crate::sources::parts::when;
use crate::sources::parts::xml::{Element, Grouped};
use crate::sources::{Options, Pii};

/// Reads a comment, all but the post it hangs on; nothing if it has no id. What is odd in it goes to `reports`.
pub(super) fn read(
    element: &Element<'_>,
    place: Place,
    options: &Options,
    reports: &mut Vec<Item>,
) -> Option<Box<NewComment>> {
    let mut fields = Fields::default();
    let mut extra = Grouped::default();
    for child in element.children() {
        match fields.slot(child.name()) {
            Some(slot) if slot.is_none() => *slot = Some(child.text()),
            _ => {
                if let Some(json) = child.to_json(&|text| guarded(text, options.pii)) {
                    extra.add(child.name(), json);
                }
            }
        }
    }
    let key = fields.id.filter(|id| !id.is_empty())?;
    let mut warn = |code, message| reports.push(Item::Warning(Warning { code, message, place }));
    let (utc, local) = (fields.date_gmt.unwrap_or_default(), fields.date.unwrap_or_default());
    let created = moment(utc, local, options.assume_tz.as_ref());
    if created.is_none() && !(utc.is_empty() && local.is_empty()) {
        warn("wxr.date", format!("comment {key:?} has no readable date"));
    }
    let raw_status = fields.approved.filter(|raw| !raw.is_empty());
    let status = raw_status.and_then(status);
    if let (Some(raw), None) = (raw_status, status) {
        warn("wxr.status", format!("comment {key:?} has the unknown state {raw:?}"));
    }
    let author = author(&fields, options.pii);
    for (name, value) in [("email", fields.author_email), ("ip", fields.author_ip)] {
        if let Some((name, value)) = options.pii.field(name, value.unwrap_or_default()) {
            extra.add_text(&name, &value);
        }
    }
    extra.add_text("author_url", fields.author_url.unwrap_or_default());
    let mut comment = Box::new(NewComment::new(key));
    comment.parent = parent(fields.parent);
    comment.kind = match fields.kind.unwrap_or_default() {
        "" | "comment" => Kind::Comment,
        "pingback" => Kind::Pingback,
        "trackback" => Kind::Trackback,
        other => {
            extra.add_text("comment_type", other);
            Kind::Comment
        }
    };
    comment.author = author;
    comment.created = created;
    comment.body = fields
        .content
        .filter(|text| !text.is_empty())
        .map(|text| Body { raw: text.to_owned(), format: BodyFormat::WpAutop });
    comment.status = status;
    comment.raw_status = raw_status.map(str::to_owned);
    comment.extra = extra.finish();
    comment.place = place;
    Some(comment)
}

/// The moment that a GMT time and a local one say together: the first if it is one, with the offset that the second
/// gives it, else the second as far as its zone is known.
pub(super) fn moment(utc: &str, local: &str, zone: Option<&TimeZone>) -> Option<Time> {
    let local = local.parse::<DateTime>().ok();
    let Some(time) = utc.parse::<DateTime>().ok().and_then(|utc| when::wall(utc, Some(&TimeZone::UTC))) else {
        return when::wall(local?, zone);
    };
    let ahead = local.and_then(|local| when::wall(local, None)).map(|local| (local.millis - time.millis) / 60_000);
    // No zone is further than 14 hours from UTC; a wider gap is a mistake, not a zone.
    let offset = ahead.filter(|minutes| minutes.abs() <= 14 * 60).and_then(|minutes| i16::try_from(minutes).ok());
    Some(Time { offset: offset.or(time.offset), ..time })
}

/// The fields of a comment as they are in the file.
#[derive(Default)]
struct Fields<'r> {
    id: Option<&'r str>,
    author: Option<&'r str>,
    author_email: Option<&'r str>,
    author_url: Option<&'r str>,
    author_ip: Option<&'r str>,
    date: Option<&'r str>,
    date_gmt: Option<&'r str>,
    content: Option<&'r str>,
    approved: Option<&'r str>,
    kind: Option<&'r str>,
    parent: Option<&'r str>,
    user_id: Option<&'r str>,
}

impl<'r> Fields<'r> {
    fn slot(&mut self, name: &str) -> Option<&mut Option<&'r str>> {
        Some(match name.strip_prefix("comment_")? {
            "id" => &mut self.id,
            "author" => &mut self.author,
            "author_email" => &mut self.author_email,
            "author_url" => &mut self.author_url,
            "author_IP" => &mut self.author_ip,
            "date" => &mut self.date,
            "date_gmt" => &mut self.date_gmt,
            "content" => &mut self.content,
            "approved" => &mut self.approved,
            "type" => &mut self.kind,
            "parent" => &mut self.parent,
            "user_id" => &mut self.user_id,
            _ => return None,
        })
    }
}

/// Accounts are known by their number, guests by their e-mail address.
fn author(fields: &Fields<'_>, pii: Pii) -> Author {
    let account = fields.user_id.filter(|id| !matches!(*id, "" | "0")).map(str::to_owned);
    let email = || pii.field("email", fields.author_email.unwrap_or_default());
    let key = account.or_else(|| email().map(|(_, value)| format!("email:{value}")));
    Author::named(fields.author.unwrap_or_default(), key.as_deref())
}

fn parent(key: Option<&str>) -> Parent {
    match key {
        None => Parent::Unknown,
        Some("" | "0") => Parent::Post,
        Some(key) => Parent::Comment { key: key.to_owned(), origin: ParentOrigin::Source },
    }
}

fn status(raw: &str) -> Option<Status> {
    match raw {
        "1" | "approved" => Some(Status::Approved),
        "0" | "hold" => Some(Status::Pending),
        "spam" => Some(Status::Spam),
        "trash" | "post-trashed" => Some(Status::Removed),
        _ => None,
    }
}

/// A text that plugins stored with a comment. Some store the address of the writer again (Akismet keeps the whole
/// form), so unless such data is wanted, a text that holds an e-mail or IP address is replaced by its hash.
fn guarded(text: &str, pii: Pii) -> String {
    if pii == Pii::Keep || !holds_address(text) {
        return text.to_owned();
    }
    pii.field("private", text).map_or_else(String::new, |(name, hash)| format!("{name}:{hash}"))
}

fn holds_address(text: &str) -> bool {
    text.contains('@')
        || text
            .split(|c: char| !(c.is_ascii_hexdigit() || c == '.' || c == ':'))
            .filter(|word| word.len() >= 7 && (word.contains('.') || word.matches(':').count() > 2))
            .any(|word| word.trim_matches(['.', ':']).parse::<IpAddr>().is_ok() || word.parse::<IpAddr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Precision;

    #[test]
    fn gmt_counts_and_the_local_time_gives_its_offset() {
        let time = moment("2016-04-08 11:13:00", "2016-04-08 13:13:00", None).unwrap();
        assert_eq!((time.millis, time.offset, time.precision), (1_460_113_980_000, Some(120), Precision::Exact));
        let time = moment("0000-00-00 00:00:00", "2016-04-10 10:00:00", None).unwrap();
        assert_eq!((time.offset, time.precision), (None, Precision::Local));
        let time = moment("2016-04-08 11:13:00", "0000-00-00 00:00:00", None).unwrap();
        assert_eq!((time.offset, time.precision), (Some(0), Precision::Exact));
        assert_eq!(moment("", "yesterday", None), None);
    }

    #[test]
    fn addresses_of_people_do_not_slip_through_plugins() {
        for text in ["a:1:{s:7:\"user_ip\";s:9:\"192.0.2.7\";}", "x <a@b.example>", "ip 2001:db8::1!"] {
            assert!(guarded(text, Pii::Hash([0; 32])).starts_with("private_hash:"), "{text}");
            assert_eq!(guarded(text, Pii::Keep), text);
        }
        for text in ["a:1:{s:3:\"key\";s:2:\"on\";}", "12:30:05", "1.5", "Foo::Bar"] {
            assert_eq!(guarded(text, Pii::Hash([0; 32])), text);
        }
    }
}
