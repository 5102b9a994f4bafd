//! A row of a generic dump as a comment: what the values of mapped columns mean, whether they come from JSON or CSV.
//!
//! Not here: rows, and which column is which field (`columns`).

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::columns::{FIELDS, Field, Map};
use super::extra::Extra;
use super::ndjson::Refused;
use super::when;
use crate::model::{
    Author, Body, BodyFormat, Item, Kind, NewComment, NewPost, Parent, ParentOrigin, Place, SourceKey, Status, Time,
    Warning,
};
use crate::sources::{Options, ReadError, Sink, Stop};

/// The values of one row by field, as text; empty text counts as absent.
#[derive(Debug, Default)]
pub struct Values<'a>([Option<Cow<'a, str>>; FIELDS]);

impl<'a> Values<'a> {
    /// Sets a value.
    pub fn set(&mut self, field: Field, value: Cow<'a, str>) {
        self.0[field as usize] = Some(value).filter(|value| !value.trim().is_empty());
    }

    fn get(&self, field: Field) -> Option<&str> {
        self.0[field as usize].as_deref()
    }

    fn trimmed(&self, field: Field) -> Option<&str> {
        self.get(field).map(str::trim)
    }
}

/// The map that the user gave, or the one that these columns suggest, which is reported so that it can be corrected.
/// An error if no column can be the body.
pub fn settle_map<'a>(
    options: &Options,
    columns: impl IntoIterator<Item = &'a str>,
    place: Place,
    sink: &mut dyn Sink,
) -> Result<Map, ReadError> {
    if let Some(given) = Map::given(&options.map).map_err(ReadError::Unreadable)? {
        return Ok(given);
    }
    let columns: Vec<&str> = columns.into_iter().collect();
    let map = Map::guess(columns.iter().copied());
    if map.column(Field::Body).is_none() {
        let named: Vec<_> = columns.iter().take(30).copied().collect();
        let problem = format!("no column looks like the text of a comment among {}", named.join(", "));
        return Err(ReadError::Unreadable(format!("{problem}; name it with --map body=COLUMN")));
    }
    sink.item(Item::Warning(Warning { code: "map.guess", message: map.arguments(), place }))?;
    Ok(map)
}

/// Turns rows into comments and reports them, with the posts that they name.
pub struct Rows<'o> {
    options: &'o Options,
    map: Map,
    scope: String,
    /// The keys of posts that have been reported.
    posts: HashSet<String>,
    /// How often a comment without an id has been seen, by a hash of what it says.
    repeats: HashMap<u64, u32>,
}

impl<'o> Rows<'o> {
    /// Announces the source.
    pub fn begin(kind: &str, map: Map, options: &'o Options, sink: &mut dyn Sink) -> Result<Self, Stop> {
        let scope = options.scope.clone().unwrap_or_else(|| options.input_name.clone());
        sink.item(Item::Source(SourceKey { kind: kind.to_owned(), scope: scope.clone() }))?;
        Ok(Rows { options, map, scope, posts: HashSet::new(), repeats: HashMap::new() })
    }

    /// The map that these rows are read by.
    pub fn map(&self) -> &Map {
        &self.map
    }

    /// Reports a row. `extra` has the columns that are not mapped.
    pub fn row(&mut self, values: &Values, mut extra: Extra, place: Place, sink: &mut dyn Sink) -> Result<(), Refused> {
        let post = self.post(values, place, sink)?;
        let key = self.key(values, &post)?;
        let body = values.get(Field::Body);
        let gone = body.and_then(tombstone);
        let status = values.trimmed(Field::Status);
        let comment = NewComment {
            parent: self.parent(values, &key, &post),
            kind: self.kind(values, &mut extra, place, sink)?,
            author: Author::named(values.get(Field::Author).unwrap_or_default(), values.get(Field::AuthorId)),
            created: self.moment(values, Field::Date, &mut extra, place, sink)?,
            edited: self.moment(values, Field::Edited, &mut extra, place, sink)?,
            body: body.filter(|_| gone.is_none()).map(|raw| Body { raw: raw.to_owned(), format: BodyFormat::Text }),
            status: status.and_then(status_named).or(gone),
            raw_status: status.map(str::to_owned),
            score: self.score(values, &mut extra, place, sink)?,
            extra: extra.finish(),
            post: Some(post),
            place,
            ..NewComment::new(key)
        };
        Ok(sink.item(Item::Comment(Box::new(comment)))?)
    }

    /// The key of the post: its id, else its address, else all comments hang on one post with the name of the dump.
    /// Reports the post when it comes first.
    fn post(&mut self, values: &Values, place: Place, sink: &mut dyn Sink) -> Result<String, Stop> {
        let (title, url) = (values.trimmed(Field::PostTitle), values.trimmed(Field::Url));
        let own = values.trimmed(Field::Post).or(url);
        let key = own.unwrap_or(&self.scope).to_owned();
        let told = own.is_none() || title.is_some() || url.is_some();
        if told && !self.posts.contains(&key) {
            self.posts.insert(key.clone());
            let title = title.map(str::to_owned).or_else(|| own.is_none().then(|| self.options.input_name.clone()));
            let post = NewPost { title, url: url.map(str::to_owned), place, ..NewPost::new(key.clone()) };
            sink.item(Item::Post(Box::new(post)))?;
        }
        Ok(key)
    }

    /// The comment's own id; without a column for it, the path; without either, a hash of what the comment says and how
    /// many like it came before, so that a longer copy of the dump gives the same keys.
    fn key(&mut self, values: &Values, post: &str) -> Result<String, Refused> {
        if let Some(id) = values.trimmed(Field::Id).or_else(|| values.trimmed(Field::ParentPath)) {
            return Ok(id.to_owned());
        }
        if self.map.column(Field::Id).or(self.map.column(Field::ParentPath)).is_some() {
            return Err(Refused::record("generic.no_id", "a row without an id"));
        }
        let author = values.get(Field::AuthorId).or(values.get(Field::Author)).unwrap_or_default();
        let mut hasher = blake3::Hasher::new();
        for part in [post, author, values.get(Field::Body).unwrap_or_default()] {
            for word in part.split_whitespace() {
                hasher.update(word.as_bytes()).update(b" ");
            }
            hasher.update(b"\0");
        }
        let mut short = [0; 8];
        hasher.finalize_xof().fill(&mut short);
        let repeats = self.repeats.entry(u64::from_le_bytes(short)).or_default();
        *repeats += 1;
        hasher.update(&repeats.to_le_bytes());
        Ok(format!("h:{}", &hasher.finalize().to_hex()[..16]))
    }

    /// The parent as an id or by a path. An empty one, 0 and the post's own id mean the post.
    fn parent(&self, values: &Values, key: &str, post: &str) -> Parent {
        let parent = match (values.trimmed(Field::Parent), values.trimmed(Field::ParentPath)) {
            (Some(parent), _) => parent,
            (None, Some(path)) => above(path, key),
            (None, None) if self.map.column(Field::Parent).is_some() => return Parent::Post,
            (None, None) => return Parent::Unknown,
        };
        match parent {
            "" | "0" | "-1" | "null" | "NULL" | "None" | "nan" | "NaN" => Parent::Post,
            parent if parent == post => Parent::Post,
            parent => Parent::Comment { key: parent.to_owned(), origin: ParentOrigin::Source },
        }
    }

    fn kind(&self, values: &Values, extra: &mut Extra, place: Place, sink: &mut dyn Sink) -> Result<Kind, Stop> {
        let Some(word) = values.trimmed(Field::Kind) else { return Ok(Kind::Comment) };
        match Kind::from_name(&word.to_lowercase()) {
            Some(kind) => Ok(kind),
            None => {
                self.leave(values, Field::Kind, extra);
                let message = format!("`{word}` is no kind that quell knows; taken as a comment");
                sink.item(Item::Warning(Warning { code: "kind.unknown", message, place }))?;
                Ok(Kind::Comment)
            }
        }
    }

    fn score(
        &self,
        values: &Values,
        extra: &mut Extra,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Result<Option<i64>, Stop> {
        let Some(text) = values.trimmed(Field::Score) else { return Ok(None) };
        let whole = |float: f64| (float.abs() < 9e18).then_some(float.round() as i64);
        let score = text.parse().ok().or_else(|| text.parse().ok().and_then(whole));
        if score.is_none() {
            self.leave(values, Field::Score, extra);
            let message = format!("`{text}` is no score");
            sink.item(Item::Warning(Warning { code: "score.unreadable", message, place }))?;
        }
        Ok(score)
    }

    /// A time by the pattern that the user gave, else Unix time or ISO 8601. `false` and 0 are how some dumps say
    /// that nothing was edited.
    fn moment(
        &self,
        values: &Values,
        field: Field,
        extra: &mut Extra,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Result<Option<Time>, Stop> {
        let Some(text) = values.trimmed(field) else { return Ok(None) };
        let zone = self.options.assume_tz.as_ref();
        let time = match &self.options.time_format {
            Some(pattern) => when::pattern(text, pattern, zone),
            None => when::unix_any(text).or_else(|| when::iso(text, zone)),
        };
        if field == Field::Edited && matches!(text, "false" | "0") {
            return Ok(None);
        }
        if time.is_none() {
            self.leave(values, field, extra);
            let message = format!("`{text}` is no time that is understood; --time-format tells how to read it");
            sink.item(Item::Warning(Warning { code: "time.unreadable", message, place }))?;
        }
        Ok(time)
    }

    /// Keeps a value that could not be read among the further fields.
    fn leave(&self, values: &Values, field: Field, extra: &mut Extra) {
        if let (Some(column), Some(value)) = (self.map.column(field), values.get(field)) {
            extra.text(column, value);
        }
    }
}

/// The parent in a path such as `1/4/7`: the path without its last segment, or that path's last segment if the
/// comment's own id is a segment too.
fn above<'a>(path: &'a str, key: &str) -> &'a str {
    let Some(separator) = path.chars().find(|c| "/.,>|:; ".contains(*c)) else { return "" };
    let path = path.trim_matches(separator);
    let Some((above, own)) = path.rsplit_once(separator) else { return "" };
    let above = above.trim_end_matches(separator).trim();
    if own.trim() == key { above.rsplit(separator).next().unwrap_or(above).trim() } else { above }
}

/// What a body that only keeps a place says.
fn tombstone(body: &str) -> Option<Status> {
    match body.trim() {
        "[deleted]" => Some(Status::Deleted),
        "[removed]" => Some(Status::Removed),
        _ => None,
    }
}

/// A status in the words of quell and of common systems; numbers mean different things in them and are not guessed.
fn status_named(word: &str) -> Option<Status> {
    match word.to_lowercase().as_str() {
        "published" | "visible" | "accepted" | "public" => Some(Status::Approved),
        "unapproved" | "hold" | "queued" | "unmoderated" => Some(Status::Pending),
        "trash" | "trashed" | "rejected" | "hidden" | "blocked" => Some(Status::Removed),
        word => Status::from_name(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_of_a_path() {
        assert_eq!(above("1/4/7", "7"), "4");
        assert_eq!(above("1/4/7", "1/4/7"), "1/4");
        assert_eq!(above("/1/4/", "4"), "1");
        assert_eq!(above("a.b", "x"), "a");
        assert_eq!(above("1", "1"), "");
        assert_eq!(above("", ""), "");
        assert_eq!(above("///", "1"), "");
    }
}
