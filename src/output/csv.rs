//! A table for spreadsheets: one comment a row, plain text, quell's own numbers as ids. It can be imported as generic
//! CSV; posts without comments, gaps, markup and earlier bodies are not in it.

use std::io::{self, Write};

use super::edges::{grounds, proposed_author};
use super::{Export, Extras, Format, time};
use crate::model::{Comment, Gap, ParentOrigin, Post};

/// One comment a row.
pub(super) const CSV: Format = Format {
    name: "csv",
    title: "a table, one comment a row",
    lossless: false,
    open: |out| Box::new(Csv { table: csv::Writer::from_writer(out), post: Default::default() }),
};

const COLUMNS: [&str; 23] = [
    "id",
    "post",
    "post_title",
    "parent",
    "depth",
    "author",
    "author_id",
    "date",
    "edited",
    "status",
    "score",
    "body",
    "kind",
    "post_url",
    "source_status",
    "source_kind",
    "source_scope",
    "key",
    "post_key",
    "parent_key",
    "parent_origin",
    "parent_confidence",
    "proposed_author",
];

struct Csv<'w> {
    table: csv::Writer<&'w mut dyn Write>,
    post: PostColumns,
}

/// What each row repeats of its post.
#[derive(Default)]
struct PostColumns {
    id: String,
    title: String,
    url: String,
    key: String,
}

impl Export for Csv<'_> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(self.table.write_record(COLUMNS)?)
    }

    fn post(&mut self, post: &Post, _gaps: &[Gap]) -> io::Result<()> {
        self.post = PostColumns {
            id: post.id.to_string(),
            title: post.title.clone().unwrap_or_default(),
            url: post.url.clone().unwrap_or_default(),
            key: post.key.clone(),
        };
        Ok(())
    }

    fn comment(&mut self, comment: &Comment, extras: &Extras) -> io::Result<()> {
        let moment = |moment| Option::and_then(moment, time::rfc3339).unwrap_or_default();
        let inferred = grounds(extras.hung).filter(|_| comment.parent_origin == Some(ParentOrigin::Inferred));
        let row: [&str; COLUMNS.len()] = [
            &comment.id.to_string(),
            &self.post.id,
            &self.post.title,
            &comment.parent.map(|parent| parent.to_string()).unwrap_or_default(),
            &comment.depth.to_string(),
            comment.author.name.as_deref().unwrap_or_default(),
            comment.author.key.as_deref().unwrap_or_default(),
            &moment(comment.created),
            &moment(comment.edited),
            comment.status.as_str(),
            &comment.score.map(|score| score.to_string()).unwrap_or_default(),
            &comment.text,
            comment.kind.as_str(),
            &self.post.url,
            comment.source_status.map(|status| status.as_str()).unwrap_or_default(),
            &comment.source.kind,
            &comment.source.scope,
            &comment.key,
            &self.post.key,
            comment.parent_key.as_deref().unwrap_or_default(),
            comment.parent_origin.map(|origin| origin.as_str()).unwrap_or_default(),
            &inferred.map(|grounds| grounds.confidence.to_string()).unwrap_or_default(),
            proposed_author(comment, extras.hung).unwrap_or_default(),
        ];
        Ok(self.table.write_record(row)?)
    }

    fn end_post(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.table.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples;

    #[test]
    fn hostile_fields_come_back_as_they_were() {
        let mut comment = samples::full_comment();
        comment.text = "a,\"b\";\r\n\r=1+1\0\u{1b}[2J\t'".into();
        comment.author.name = Some("\"\n,".into());
        let text = samples::write(&CSV, std::slice::from_ref(&comment));
        let mut table = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(table.headers().unwrap(), &COLUMNS.to_vec());
        let row = table.records().next().unwrap().unwrap();
        assert_eq!((&row[5], &row[11]), ("\"\n,", comment.text.as_str()));
        assert_eq!((&row[3], &row[7]), ("c1", "2016-04-05T10:00:00.250"));
    }
}
