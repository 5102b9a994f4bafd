//! The records of quell's own dumps, whether nested or one a line: the exact inverse of what `output` writes. What the
//! schema does not know is refused rather than dropped, so that nothing is lost in silence.
//!
//! Not here: lines and nesting.

use std::borrow::Cow;

use super::json::{Fields, Json};
use super::ndjson::Refused;
use super::when;
use crate::model::{
    Answered, Author, AuthorEvidence, AuthorKind, Body, BodyFormat, Gap, Grounds, Hung, Item, KeptEdge, Kind,
    NewComment, NewPost, Parent, ParentOrigin, Place, Precision, SourceKey, Status, Time,
};
use crate::sources::Sink;

/// The newest version of the written form that is read.
const VERSION: i64 = 1;

/// Says what is wrong with a version, if anything is.
pub fn check_version(version: Option<i64>) -> Result<(), String> {
    match version {
        Some(1..=VERSION) => Ok(()),
        Some(newer) => Err(format!("a dump of version {newer}, where this quell reads up to {VERSION}")),
        None => Err("a dump of quell without a version".to_owned()),
    }
}

/// Reports records and announces their source whenever it changes.
#[derive(Debug, Default)]
pub struct Reporter {
    announced: Option<SourceKey>,
}

impl Reporter {
    /// Reports a post with its gaps, and says its key and source.
    pub fn post(
        &mut self,
        mut fields: Fields<'_>,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Result<(String, SourceKey), Refused> {
        let key = fields.peek("key").and_then(Json::string).map(Cow::into_owned);
        let read = post(&mut fields, place).and_then(|post| nothing_left(&fields).map(|()| post));
        let (source, post, gaps) = read.map_err(|reason| refused(reason, key))?;
        self.announce(&source, sink)?;
        let key = post.key.clone();
        sink.item(Item::Post(Box::new(post)))?;
        for gap in gaps {
            sink.item(Item::Gap(gap))?;
        }
        Ok((key, source))
    }

    /// Reports a comment and what it repeats, and says its key. `within` is what the nesting says where the record says
    /// nothing: its source, its post and the key of the comment it answers.
    pub fn comment(
        &mut self,
        mut fields: Fields<'_>,
        within: Within<'_>,
        place: Place,
        sink: &mut dyn Sink,
    ) -> Result<String, Refused> {
        let key = fields.peek("key").and_then(Json::string).map(Cow::into_owned);
        let read = comment(&mut fields, within, place).and_then(|comment| nothing_left(&fields).map(|()| comment));
        let (source, comment, duplicate_of) = read.map_err(|reason| refused(reason, key))?;
        self.announce(&source, sink)?;
        let key = comment.key.clone();
        sink.item(Item::Comment(Box::new(comment)))?;
        for of in duplicate_of {
            sink.item(Item::Duplicate { key: key.clone(), of })?;
        }
        Ok(key)
    }

    fn announce(&mut self, source: &SourceKey, sink: &mut dyn Sink) -> Result<(), Refused> {
        if self.announced.as_ref() != Some(source) {
            sink.item(Item::Source(source.clone()))?;
            self.announced = Some(source.clone());
        }
        Ok(())
    }
}

/// Where a comment stands in the nested document.
#[derive(Debug, Clone, Copy, Default)]
pub struct Within<'a> {
    /// The source of the post.
    pub source: Option<&'a SourceKey>,
    /// The key of the post.
    pub post: Option<&'a str>,
    /// The key of the comment around it.
    pub comment: Option<&'a str>,
}

fn refused(reason: String, key: Option<String>) -> Refused {
    Refused::Record { code: "quell.record", reason, key }
}

fn nothing_left(fields: &Fields) -> Result<(), String> {
    match fields.members().next() {
        Some((name, _)) => Err(format!("`{name}` is not a field of quell's dumps")),
        None => Ok(()),
    }
}

fn post(fields: &mut Fields, place: Place) -> Result<(SourceKey, NewPost, Vec<Gap>), String> {
    fields.take("type");
    let key = text(fields, "key")?.ok_or("a post without a key")?;
    let source = source(fields)?.ok_or("a post without a source")?;
    let gaps = list(fields, "gaps", |fields| gap(fields, &key))?;
    let post = NewPost {
        title: text(fields, "title")?,
        url: text(fields, "url")?,
        author: author(fields)?,
        created: moment(fields, "created", "created_precision")?,
        body: body(fields)?,
        status: word(fields, "source_status", Status::from_name)?,
        raw_status: text(fields, "raw_status")?,
        placeholder: fields.flag("placeholder").unwrap_or(false),
        extra: extra(fields)?,
        id: id(fields)?,
        place,
        key,
    };
    Ok((source, post, gaps))
}

fn comment(fields: &mut Fields, within: Within, place: Place) -> Result<(SourceKey, NewComment, Vec<String>), String> {
    fields.take("type");
    // What detectors said is worked out again by a scan.
    fields.take("signals");
    let source = source(fields)?.or_else(|| within.source.cloned()).ok_or("a comment without a source")?;
    let status = word(fields, "source_status", Status::from_name)?;
    let decided = word(fields, "status", Status::from_name)?;
    let duplicate_of = match fields.take("duplicate_of") {
        Some(keys) => serde_json::from_str(keys.text()).map_err(|_| "`duplicate_of` is no list of keys")?,
        None => Vec::new(),
    };
    let (parent, origin) = parent(fields, within.comment)?;
    let comment = NewComment {
        key: text(fields, "key")?.ok_or("a comment without a key")?,
        post: text(fields, "post")?.or_else(|| within.post.map(str::to_owned)),
        hung: hung(fields, &parent, origin)?,
        parent,
        kind: word(fields, "kind", Kind::from_name)?.unwrap_or(Kind::Comment),
        author: author(fields)?,
        created: moment(fields, "created", "created_precision")?,
        edited: moment(fields, "edited", "edited_precision")?,
        body: body(fields)?,
        status,
        raw_status: text(fields, "raw_status")?,
        decided: decided.filter(|decided| *decided != status.unwrap_or(Status::Pending)),
        score: integer(fields, "score")?,
        version: integer(fields, "version")?,
        extra: extra(fields)?,
        id: id(fields)?,
        revisions: list(fields, "revisions", |fields| body(fields)?.ok_or_else(|| "a revision without a body".into()))?,
        place,
    };
    Ok((source, comment, duplicate_of))
}

/// What a comment answers: the named parent, else the comment it is nested in, else the post if the link rests on
/// anything.
fn parent(fields: &mut Fields, around: Option<&str>) -> Result<(Parent, Option<ParentOrigin>), String> {
    let key = text(fields, "parent")?.or_else(|| around.map(str::to_owned));
    let origin = word(fields, "parent_origin", ParentOrigin::from_name)?;
    let parent = match (key, origin) {
        (Some(key), origin) => Parent::Comment { key, origin: origin.unwrap_or(ParentOrigin::Source) },
        (None, Some(_)) => Parent::Post,
        (None, None) => Parent::Unknown,
    };
    Ok((parent, origin))
}

/// The edge that a comment hung by, or that was left open: one that a person set, or one with its grounds.
fn hung(fields: &mut Fields, parent: &Parent, origin: Option<ParentOrigin>) -> Result<Option<Box<Hung>>, String> {
    let grounds: Option<Grounds> = match present(fields, "inferred") {
        Some(grounds) => Some(serde_json::from_str(grounds.text()).map_err(|error| format!("`inferred`: {error}"))?),
        None => None,
    };
    let given = match object(fields, "given")? {
        Some(mut given) => {
            let key = text(&mut given, "parent")?;
            let origin = word(&mut given, "origin", ParentOrigin::from_name)?.unwrap_or(ParentOrigin::Source);
            nothing_left(&given)?;
            key.map_or(Parent::Post, |key| Parent::Comment { key, origin })
        }
        None => Parent::Unknown,
    };
    let to = match parent {
        Parent::Comment { key, .. } => Answered::Comment(key.clone()),
        Parent::Post => Answered::Post,
        Parent::Unknown => Answered::Open,
    };
    let origin = match (&grounds, origin) {
        (None, Some(ParentOrigin::Human)) => ParentOrigin::Human,
        (None, _) => return Ok(None),
        (Some(_), _) => ParentOrigin::Inferred,
    };
    Ok(Some(Box::new(Hung { edge: KeptEdge { to, origin, grounds }, given })))
}

fn source(fields: &mut Fields) -> Result<Option<SourceKey>, String> {
    let Some(mut inner) = object(fields, "source")? else { return Ok(None) };
    let kind = text(&mut inner, "kind")?.ok_or("a source without a kind")?;
    let scope = text(&mut inner, "scope")?.ok_or("a source without a scope")?;
    nothing_left(&inner)?;
    Ok(Some(SourceKey { kind, scope }))
}

fn author(fields: &mut Fields) -> Result<Author, String> {
    let Some(mut inner) = object(fields, "author")? else { return Ok(Author::unknown()) };
    let author = Author {
        key: text(&mut inner, "key")?,
        name: text(&mut inner, "name")?,
        kind: word(&mut inner, "kind", AuthorKind::from_name)?.unwrap_or(AuthorKind::User),
        evidence: word(&mut inner, "evidence", AuthorEvidence::from_name)?.unwrap_or(AuthorEvidence::Source),
    };
    nothing_left(&inner)?;
    Ok(author)
}

fn gap(fields: &mut Fields, post: &str) -> Result<Gap, String> {
    let known = fields.take("known").and_then(|known| serde_json::from_str(known.text()).ok());
    let count = fields.take("count").and_then(Json::number).and_then(|count| count.parse().ok());
    Ok(Gap {
        post: post.to_owned(),
        parent: text(fields, "parent")?,
        known: known.ok_or("a gap whose `known` is no list of keys")?,
        count: count.ok_or("a gap whose `count` is no number")?,
        reason: text(fields, "reason")?.ok_or("a gap without a reason")?,
    })
}

/// The body with its markup. The plain text beside it follows from it and is not read.
fn body(fields: &mut Fields) -> Result<Option<Body>, String> {
    fields.take("text");
    let format = word(fields, "format", BodyFormat::from_name)?.unwrap_or(BodyFormat::Text);
    Ok(text(fields, "body")?.map(|raw| Body { raw, format }))
}

/// A moment as RFC 3339 text. Without a zone it is local; `-00:00` says that the source gives none.
fn moment(fields: &mut Fields, name: &str, trust: &str) -> Result<Option<Time>, String> {
    let precision = word(fields, trust, Precision::from_name)?;
    let Some(text) = text(fields, name)? else { return Ok(None) };
    let time = match text.strip_suffix("-00:00") {
        Some(wall) => when::iso(&format!("{wall}Z"), None).map(|time| Time { offset: None, ..time }),
        None => when::iso(&text, None),
    };
    let time = time.ok_or_else(|| format!("`{name}` is no time"))?;
    Ok(Some(precision.map_or(time, |precision| time.with(precision))))
}

fn extra(fields: &mut Fields) -> Result<String, String> {
    match present(fields, "extra") {
        Some(extra) if extra.is_object() => Ok(extra.text().to_owned()),
        Some(_) => Err("`extra` is no object".to_owned()),
        None => Ok(String::new()),
    }
}

fn id<T: std::str::FromStr>(fields: &mut Fields) -> Result<Option<T>, String> {
    let Some(id) = text(fields, "id")? else { return Ok(None) };
    id.parse().map(Some).map_err(|_| "`id` is no id of this kind".to_owned())
}

/// Takes a member unless it is `null`.
fn present<'a>(fields: &mut Fields<'a>, name: &str) -> Option<Json<'a>> {
    fields.take(name).filter(|value| !value.is_null())
}

fn text(fields: &mut Fields, name: &str) -> Result<Option<String>, String> {
    let Some(value) = present(fields, name) else { return Ok(None) };
    value.string().map(|text| Some(text.into_owned())).ok_or_else(|| format!("`{name}` is no text"))
}

fn word<T>(fields: &mut Fields, name: &str, from_name: fn(&str) -> Option<T>) -> Result<Option<T>, String> {
    let Some(value) = present(fields, name) else { return Ok(None) };
    let word = value.string().and_then(|word| from_name(&word));
    word.map(Some).ok_or_else(|| format!("`{name}` is none of the words it can be"))
}

fn integer(fields: &mut Fields, name: &str) -> Result<Option<i64>, String> {
    let Some(value) = present(fields, name) else { return Ok(None) };
    let number = value.number().and_then(|number| number.parse().ok());
    number.map(Some).ok_or_else(|| format!("`{name}` is no whole number"))
}

fn object<'a>(fields: &mut Fields<'a>, name: &str) -> Result<Option<Fields<'a>>, String> {
    let Some(value) = present(fields, name) else { return Ok(None) };
    Fields::parse(value.text()).map(Some).map_err(|_| format!("`{name}` is no object"))
}

fn list<T>(
    fields: &mut Fields,
    name: &str,
    mut read: impl FnMut(&mut Fields) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let Some(value) = present(fields, name) else { return Ok(Vec::new()) };
    let elements: Vec<Fields> =
        serde_json::from_str(value.text()).map_err(|_| format!("`{name}` is no list of objects"))?;
    let each = |mut element: Fields| {
        let read = read(&mut element)?;
        nothing_left(&element).map(|()| read)
    };
    elements.into_iter().map(each).collect()
}
