//! JSON lines: a header, then one line for each post and each comment, every line complete in itself.

use std::io::{self, Write};

use super::fields::{self, HEADER, Object};
use super::{Export, Extras, Format};
use crate::model::{Comment, Gap, Post};

/// One record a line.
pub(super) const JSONL: Format = Format {
    name: "jsonl",
    title: "JSON lines: a header, then one post or comment a line",
    lossless: true,
    open: |out| Box::new(Jsonl { out, record: Vec::new(), post: String::new() }),
};

struct Jsonl<'w> {
    out: &'w mut dyn Write,
    /// The record being made, kept for its memory.
    record: Vec<u8>,
    /// The key of the open post.
    post: String,
}

impl Export for Jsonl<'_> {
    fn begin(&mut self) -> io::Result<()> {
        writeln!(self.out, "{HEADER}}}")
    }

    fn post(&mut self, post: &Post, gaps: &[Gap]) -> io::Result<()> {
        self.post.clone_from(&post.key);
        self.record.clear();
        let mut object = Object::open(&mut self.record);
        object.word("type", "post");
        object.id(b'p', post.id.0)?;
        object.source(&post.source)?;
        fields::post(&mut object, post, gaps)?;
        object.close();
        self.record.push(b'\n');
        self.out.write_all(&self.record)
    }

    fn comment(&mut self, comment: &Comment, extras: &Extras) -> io::Result<()> {
        self.record.clear();
        let mut object = Object::open(&mut self.record);
        object.word("type", "comment");
        object.id(b'c', comment.id.0)?;
        object.source(&comment.source)?;
        object.string("post", &self.post)?;
        object.string("key", &comment.key)?;
        fields::comment(&mut object, comment, extras)?;
        object.close();
        self.record.push(b'\n');
        self.out.write_all(&self.record)
    }

    fn end_post(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}
