//! Reddit's own API answers: a thread as an array of two listings, single listings, answers to "load more comments", and
//! the files of the Bulk Downloader for Reddit; one in a file, or one on each line.
//!
//! Comments that an answer only names ("more" stubs) become gaps; the post they belong to is the one around them.

use super::parts::json::{Fields, Json};
use super::parts::ndjson::Refused;
use super::parts::reddit;
use super::parts::sniff::compact;
use super::parts::tree::{Nodes, each_node};
use super::{Format, Guess, Head, Input, Options, ReadError, Sink, Stop, Wants};
use crate::model::{Gap, Item, Place, Warning};

/// The format.
pub const FORMAT: Format = Format {
    name: "reddit-listing",
    kind: reddit::KIND,
    title: "Reddit threads as the API gives them (listings, more comments, BDFR)",
    wants: Wants::Bytes,
    sniff,
    read,
};

/// The members that hold further nodes.
const NESTED: &[&str] = &["json", "data", "things", "children", "replies", "comments"];

fn sniff(head: &Head) -> Option<Guess> {
    let text = compact(head)?;
    let has = |part: &str| text.contains(part);
    let things = has(r#""kind":"t1""#) || has(r#""kind":"t3""#) || has(r#""kind":"more""#);
    if has(r#""kind":"Listing""#) {
        return Guess::new(if things { 98 } else { 90 }, "an object of kind Listing");
    }
    if has(r#"{"json":{"#) && has(r#""things":["#) {
        return Guess::new(95, "json.data.things, an answer to \"more comments\"");
    }
    if things && has(r#""data":{"#) {
        return Guess::new(85, "objects with kind t1, t3 or more, and data");
    }
    let downloaded = has(r#""comments":["#) && has(r#""name":"t3_"#) && has(r#""permalink":"#);
    if downloaded { Guess::new(90, "a t3_ name and comments, as BDFR writes them") } else { None }
}

fn read(input: &mut Input, options: &Options, sink: &mut dyn Sink) -> Result<(), ReadError> {
    sink.item(Item::Source(reddit::source(options)))?;
    each_node(input, options, NESTED, sink, &mut Things::default())
}

/// What has to be remembered from thing to thing.
#[derive(Default)]
struct Things {
    /// The post of the document, as soon as a thing names it.
    post: Option<String>,
    /// The post of the document before.
    before: Option<String>,
    /// Gaps that no post is known for yet.
    waiting: Vec<Gap>,
}

impl Nodes for Things {
    fn node(&mut self, fields: Fields<'_>, place: Place, sink: &mut dyn Sink) -> Result<(), Refused> {
        let has = |name| fields.peek(name).is_some();
        if has("parent_id") && has("count") && !has("body") {
            return Ok(self.gap(fields, sink)?);
        }
        let looks_like_comment = has("body") || has("link_id") || (has("parent_id") && has("author"));
        if has("title") && has("author") && !has("parent_id") {
            let post = reddit::post(fields, place, sink)?;
            self.belongs_to(&post.key, sink)?;
            return Ok(sink.item(Item::Post(Box::new(post)))?);
        }
        if looks_like_comment {
            let comment = reddit::comment(fields, place, sink)?;
            if let Some(post) = &comment.post {
                self.belongs_to(post, sink)?;
            }
            return Ok(sink.item(Item::Comment(Box::new(comment)))?);
        }
        Ok(())
    }

    fn end(&mut self, sink: &mut dyn Sink) -> Result<(), Stop> {
        if let Some(post) = self.post.take() {
            self.before = Some(post);
        }
        let waiting = std::mem::take(&mut self.waiting);
        let Some(post) = &self.before else { return unplaced(&waiting, sink) };
        waiting.into_iter().try_for_each(|gap| sink.item(Item::Gap(Gap { post: post.clone(), ..gap })))
    }
}

impl Things {
    /// Notes the post that the things belong to now, and reports the gaps that waited for one.
    fn belongs_to(&mut self, post: &str, sink: &mut dyn Sink) -> Result<(), Stop> {
        if self.post.as_deref() != Some(post) {
            self.post = Some(post.to_owned());
        }
        let waiting = std::mem::take(&mut self.waiting);
        waiting.into_iter().try_for_each(|gap| sink.item(Item::Gap(Gap { post: post.to_owned(), ..gap })))
    }

    /// A stub for comments that are not in the file.
    fn gap(&mut self, mut fields: Fields<'_>, sink: &mut dyn Sink) -> Result<(), Stop> {
        let children = fields.take("children").filter(|children| children.is_array());
        let known: Vec<String> = children.and_then(|ids| serde_json::from_str(ids.text()).ok()).unwrap_or_default();
        let parent = fields.peek("parent_id").and_then(|parent| reddit::fullname(parent, "t1_"));
        let deep = known.is_empty() && fields.peek("id").and_then(Json::string).is_none_or(|id| id == "_");
        let post = parent.clone().filter(|parent| parent.starts_with("t3_")).or_else(|| self.post.clone());
        let gap = Gap {
            post: post.clone().unwrap_or_default(),
            parent: parent.filter(|parent| parent.starts_with("t1_")),
            known: known.iter().map(|id| format!("t1_{}", id.trim_start_matches("t1_"))).collect(),
            count: fields.integer("count").and_then(|count| u64::try_from(count).ok()).unwrap_or_default(),
            reason: if deep { "continue this thread" } else { "more" }.to_owned(),
        };
        if post.is_none() {
            self.waiting.push(gap);
            return Ok(());
        }
        sink.item(Item::Gap(gap))
    }
}

/// Says that gaps are lost because nothing in the file names their post.
fn unplaced(gaps: &[Gap], sink: &mut dyn Sink) -> Result<(), Stop> {
    if gaps.is_empty() {
        return Ok(());
    }
    let message = format!("{} of missing comments without a post", gaps.len());
    sink.item(Item::Warning(Warning { code: "gap.no_post", message, place: Place::default() }))
}
