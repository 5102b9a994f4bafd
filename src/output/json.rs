//! The nested document: posts, their comments, and in each comment its replies. One line an object, never indented, so
//! that two exports can be compared line by line and a thread 10,000 deep stays small.

use std::io::{self, Write};

use super::fields::{self, HEADER, Object};
use super::nesting::Nesting;
use super::{Export, Extras, Format};
use crate::model::{Comment, Gap, Post, SourceKey};

/// The nested document.
pub(super) const JSON: Format = Format {
    name: "json",
    title: "one JSON document, replies nested in what they answer",
    lossless: true,
    open: |out| Box::new(Json { out, record: Vec::new(), posts: false, nesting: Nesting::default(), source: None }),
};

struct Json<'w> {
    out: &'w mut dyn Write,
    /// The record being made, kept for its memory.
    record: Vec<u8>,
    /// Whether a post has been written.
    posts: bool,
    nesting: Nesting,
    /// The source of the open post; comments name theirs only where it is another.
    source: Option<SourceKey>,
}

impl Json<'_> {
    /// Ends this many open comments, innermost first: the innermost has no list of replies, the others have.
    fn close(&mut self, comments: usize) {
        if comments > 0 {
            self.record.push(b'}');
        }
        for _ in 1..comments {
            self.record.extend_from_slice(b"]}");
        }
    }
}

impl Export for Json<'_> {
    fn begin(&mut self) -> io::Result<()> {
        write!(self.out, "{HEADER},\"posts\":[")
    }

    fn post(&mut self, post: &Post, gaps: &[Gap]) -> io::Result<()> {
        self.record.clear();
        self.record.extend_from_slice(if self.posts { b",\n" } else { b"\n" });
        self.posts = true;
        let mut object = Object::open(&mut self.record);
        object.id(b'p', post.id.0)?;
        object.source(&post.source)?;
        fields::post(&mut object, post, gaps)?;
        object.name("comments").push(b'[');
        self.source = Some(post.source.clone());
        self.out.write_all(&self.record)
    }

    fn comment(&mut self, comment: &Comment, extras: &Extras) -> io::Result<()> {
        self.record.clear();
        let first = self.nesting.depth() == 0;
        let closed = self.nesting.enter(comment);
        self.close(closed);
        self.record.extend_from_slice(match closed {
            0 if first => b"\n",
            0 => b",\"replies\":[\n",
            _ => b",\n",
        });
        let mut object = Object::open(&mut self.record);
        object.id(b'c', comment.id.0)?;
        if self.source.as_ref() != Some(&*comment.source) {
            object.source(&comment.source)?;
        }
        object.string("key", &comment.key)?;
        fields::comment(&mut object, comment, extras)?;
        self.out.write_all(&self.record)
    }

    fn end_post(&mut self) -> io::Result<()> {
        self.record.clear();
        self.close(self.nesting.depth());
        self.nesting.clear();
        self.record.extend_from_slice(b"]}");
        self.out.write_all(&self.record)
    }

    fn end(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n]}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples;

    #[test]
    fn replies_nest_and_every_record_is_a_line() {
        let mut thread = samples::chain(2);
        thread.push(samples::comment(3, Some(1)));
        thread.push(samples::comment(4, Some(77)));
        let text = samples::write(&JSON, &thread);
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let comments = &document["posts"][0]["comments"];
        assert_eq!(comments[0]["replies"][0]["id"], "c2");
        assert_eq!(comments[0]["replies"][1]["id"], "c3");
        assert_eq!(comments[1]["parent"], "77");
        assert_eq!(text.lines().count(), 1 + 1 + 4 + 1);
        insta::assert_snapshot!(samples::write(&JSON, &samples::chain(2)), @r#"
        {"format":"quell","version":1,"posts":[
        {"id":"p1","source":{"kind":"wxr","scope":"https://example.org"},"key":"5","title":"Of bees & *stars*","url":"https://example.org/bees","author":{"name":"Ann","kind":"user","evidence":"source"},"created":"2016-04-05T12:00:00+02:00","source_status":"approved","raw_status":"publish","body":"<p>All about bees.</p>","format":"html","text":"All about bees.","extra":{"menu":0},"comments":[
        {"id":"c1","key":"1","parent_origin":"source","kind":"comment","author":{"name":"Bo","kind":"user","evidence":"source"},"status":"pending","body":"Hm.","format":"text","replies":[
        {"id":"c2","key":"2","parent":"1","parent_origin":"source","kind":"comment","author":{"name":"Bo","kind":"user","evidence":"source"},"status":"pending","body":"Hm.","format":"text"}]}]}
        ]}
        "#);
    }

    #[test]
    fn a_thread_10_000_deep_and_100_000_wide_closes_what_it_opens() {
        let deep = samples::write(&JSON, &samples::chain(10_000));
        assert_eq!(deep.matches('{').count(), deep.matches('}').count());
        assert!(deep.ends_with("}]}]}]}\n]}\n"));
        let wide: Vec<_> = (1..=100_000).map(|id| samples::comment(id, (id > 1).then_some(1))).collect();
        let document: serde_json::Value = serde_json::from_str(&samples::write(&JSON, &wide)).unwrap();
        assert_eq!(document["posts"][0]["comments"][0]["replies"].as_array().unwrap().len(), 99_999);
    }
}
