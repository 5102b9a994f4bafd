//! The fields of a post and of a comment as JSON, in their fixed order: shared by the nested document and the lines.
//! Values that are absent are left out. What each field means stands in `schema.json`.

use std::io;

use memchr::memchr;
use serde::Serialize;

use super::quoted::quote;
use super::{Extras, time};
use crate::model::{Author, Body, BodyFormat, Comment, Gap, Hung, Parent, Post, SourceKey, Time};

/// The line that begins both JSON formats, without its end.
pub(super) const HEADER: &str = r#"{"format":"quell","version":1"#;

/// One JSON object being written: its members go straight into the buffer, and it is left open for the caller.
pub(super) struct Object<'b> {
    out: &'b mut Vec<u8>,
    empty: bool,
}

impl<'b> Object<'b> {
    /// Opens an object.
    pub(super) fn open(out: &'b mut Vec<u8>) -> Self {
        out.push(b'{');
        Object { out, empty: true }
    }

    /// Closes it.
    pub(super) fn close(self) {
        self.out.push(b'}');
    }

    /// Writes a member's name, which must need no escaping, and hands out the buffer for its value.
    pub(super) fn name(&mut self, name: &str) -> &mut Vec<u8> {
        self.out.extend_from_slice(if self.empty { b"\"" } else { b",\"" });
        self.empty = false;
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }

    /// Writes a member with any value that serde can write.
    pub(super) fn value(&mut self, name: &str, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
        Ok(serde_json::to_writer(self.name(name), value)?)
    }

    /// Writes a member with a text.
    pub(super) fn string(&mut self, name: &str, text: &str) -> io::Result<()> {
        quote(text, self.name(name))
    }

    /// The same, where there is one.
    fn some_string(&mut self, name: &str, text: Option<&str>) -> io::Result<()> {
        text.map_or(Ok(()), |text| self.string(name, text))
    }

    /// Writes a member with a word of ours, where there is one.
    fn some_word(&mut self, name: &str, word: Option<&'static str>) {
        if let Some(word) = word {
            self.word(name, word);
        }
    }

    /// Writes the number of a post or comment, which is its letter and digits.
    pub(super) fn id(&mut self, letter: u8, number: i64) -> io::Result<()> {
        let out = self.name("id");
        out.extend_from_slice(&[b'"', letter]);
        serde_json::to_writer(&mut *out, &number)?;
        out.push(b'"');
        Ok(())
    }

    /// Writes a member with any value, where there is one.
    fn some(&mut self, name: &str, value: Option<impl Serialize>) -> io::Result<()> {
        value.map_or(Ok(()), |value| self.value(name, &value))
    }

    /// A word of ours that needs no escaping.
    pub(super) fn word(&mut self, name: &str, word: &str) {
        let out = self.name(name);
        out.push(b'"');
        out.extend_from_slice(word.as_bytes());
        out.push(b'"');
    }

    fn list<T>(
        &mut self,
        name: &str,
        list: &[T],
        mut write: impl FnMut(&T, &mut Object) -> io::Result<()>,
    ) -> io::Result<()> {
        if list.is_empty() {
            return Ok(());
        }
        self.name(name).push(b'[');
        for (index, element) in list.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            let mut object = Object::open(self.out);
            write(element, &mut object)?;
            object.close();
        }
        self.out.push(b']');
        Ok(())
    }

    /// Writes `source`.
    pub(super) fn source(&mut self, source: &SourceKey) -> io::Result<()> {
        let mut object = Object::open(self.name("source"));
        object.string("kind", &source.kind)?;
        object.string("scope", &source.scope)?;
        object.close();
        Ok(())
    }

    fn author(&mut self, author: &Author) -> io::Result<()> {
        if *author == Author::unknown() {
            return Ok(());
        }
        let mut object = Object::open(self.name("author"));
        object.some_string("key", author.key.as_deref())?;
        object.some_string("name", author.name.as_deref())?;
        object.word("kind", author.kind.as_str());
        object.word("evidence", author.evidence.as_str());
        object.close();
        Ok(())
    }

    /// Writes a moment, and under `trust` how far it can be trusted unless it is exact.
    fn moment(&mut self, name: &str, trust: &str, moment: Option<Time>) {
        let Some(moment) = moment else { return };
        let Some(text) = time::rfc3339(moment) else { return };
        self.word(name, &text);
        if moment.precision != crate::model::Precision::Exact {
            self.word(trust, moment.precision.as_str());
        }
    }

    /// Writes the raw text with its markup, and the plain text where that differs.
    fn text(&mut self, raw: &str, format: BodyFormat, text: &str) -> io::Result<()> {
        if !raw.is_empty() {
            self.string("body", raw)?;
            self.word("format", format.as_str());
        }
        if raw == text { Ok(()) } else { self.string("text", text) }
    }

    /// Writes the further fields as they are, but for what other readers would stumble over: line breaks between
    /// tokens become spaces, since a record is a line, and unpaired surrogates U+FFFD.
    fn extra(&mut self, extra: &str) {
        if extra.is_empty() {
            return;
        }
        let out = self.name("extra");
        let start = out.len();
        out.extend_from_slice(extra.as_bytes());
        for byte in &mut out[start..] {
            if matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        mend_surrogates(&mut out[start..]);
    }
}

/// Replaces the escapes of unpaired surrogates, which are no text, by that of U+FFFD, which is as long.
fn mend_surrogates(json: &mut [u8]) {
    let mut at = 0;
    while let Some(found) = memchr(b'\\', &json[at..]) {
        at += found;
        let length = match (code_unit(&json[at..]), code_unit(json.get(at + 6..).unwrap_or_default())) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                json[at + 2..at + 6].copy_from_slice(b"fffd");
                6
            }
            _ => 2,
        };
        at = (at + length).min(json.len());
    }
}

/// The UTF-16 code unit of an escape such as `\ud83d` at the start of these bytes.
fn code_unit(json: &[u8]) -> Option<u16> {
    let digits = std::str::from_utf8(json.strip_prefix(b"\\u")?.get(..4)?).ok()?;
    u16::from_str_radix(digits, 16).ok()
}

/// The fields of a post from its title to its gaps.
pub(super) fn post(object: &mut Object, post: &Post, gaps: &[Gap]) -> io::Result<()> {
    object.string("key", &post.key)?;
    object.some_string("title", post.title.as_deref())?;
    object.some_string("url", post.url.as_deref())?;
    object.author(&post.author)?;
    object.moment("created", "created_precision", post.created);
    object.some_word("source_status", post.source_status.map(|status| status.as_str()));
    object.some_string("raw_status", post.raw_status.as_deref())?;
    if post.placeholder {
        object.value("placeholder", &true)?;
    }
    match &post.body {
        Some(body) => object.text(&body.raw, body.format, &post.text)?,
        None => object.text("", BodyFormat::Text, &post.text)?,
    }
    object.extra(&post.extra);
    object.list("gaps", gaps, gap)
}

fn gap(gap: &Gap, object: &mut Object) -> io::Result<()> {
    object.some_string("parent", gap.parent.as_deref())?;
    object.value("known", &gap.known)?;
    object.value("count", &gap.count)?;
    object.string("reason", &gap.reason)
}

/// The fields of a comment from its parent to the last one.
pub(super) fn comment(object: &mut Object, comment: &Comment, extras: &Extras) -> io::Result<()> {
    object.some_string("parent", comment.parent_key.as_deref())?;
    object.some_word("parent_origin", comment.parent_origin.map(|origin| origin.as_str()));
    if let Some(hung) = extras.hung {
        edge(object, hung)?;
    }
    object.word("kind", comment.kind.as_str());
    object.author(&comment.author)?;
    object.moment("created", "created_precision", comment.created);
    object.moment("edited", "edited_precision", comment.edited);
    object.word("status", comment.status.as_str());
    object.some_word("source_status", comment.source_status.map(|status| status.as_str()));
    object.some_string("raw_status", comment.raw_status.as_deref())?;
    object.some("score", comment.score)?;
    object.some("version", extras.version)?;
    if !extras.duplicate_of.is_empty() {
        object.value("duplicate_of", extras.duplicate_of)?;
    }
    object.text(comment.raw_body(), comment.format, &comment.text)?;
    object.list("revisions", extras.revisions, revision)?;
    if !extras.signals.is_empty() {
        let mut signals = Object::open(object.name("signals"));
        extras.signals.iter().try_for_each(|(field, value)| signals.value(field, value))?;
        signals.close();
    }
    object.extra(&comment.extra);
    Ok(())
}

/// What an edge rests on, and what the dump says where the edge overrules it.
fn edge(object: &mut Object, hung: &Hung) -> io::Result<()> {
    object.some("inferred", hung.edge.grounds.as_ref())?;
    let mut given = match &hung.given {
        Parent::Unknown => return Ok(()),
        _ => Object::open(object.name("given")),
    };
    if let Parent::Comment { key, origin } = &hung.given {
        given.string("parent", key)?;
        given.word("origin", origin.as_str());
    }
    given.close();
    Ok(())
}

fn revision(body: &Body, object: &mut Object) -> io::Result<()> {
    object.string("body", &body.raw)?;
    object.word("format", body.format.as_str());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpaired_surrogates_in_further_fields_are_mended() {
        for (json, mended) in [
            (r#"{"a":"\\ud83d\ud83d\ude00\n"}"#, r#"{"a":"\\ud83d\ud83d\ude00\n"}"#),
            (r#"{"a":"\uD83dz\udc00\ud83d\ud83d\ude00"}"#, r#"{"a":"\ufffdz\ufffd\ufffd\ud83d\ude00"}"#),
            (r#"{"a":"\u00e9\ud8"#, r#"{"a":"\u00e9\ud8"#),
            (r"\", r"\"),
        ] {
            let mut bytes = json.as_bytes().to_vec();
            mend_surrogates(&mut bytes);
            assert_eq!(String::from_utf8(bytes).unwrap(), mended);
        }
    }
}
