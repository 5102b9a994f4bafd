//! A thread for reading on a terminal: the post, then every comment under what it answers. Everything that strangers
//! wrote is escaped. Deep threads are folded: beyond the room of the screen the indentation stops and the depth is
//! printed instead.

use std::io::{self, Write};

use anstyle::Style;

use super::time;
use crate::model::{AuthorKind, Comment, GapLeft, Kind, ParentOrigin, Post, Precision, Status, ThreadRow, Time};
use crate::text::{terminal, width};

/// The styles of a tree's parts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Palette {
    /// Titles.
    pub title: Style,
    /// Ids.
    pub id: Style,
    /// Authors.
    pub author: Style,
    /// Dates, counts, lines.
    pub dim: Style,
    /// What needs attention.
    pub alert: Style,
}

/// A thread being written.
pub struct TreeWriter<'w> {
    out: &'w mut dyn Write,
    width: usize,
    palette: Palette,
}

/// Columns that a comment's text keeps however deep it stands.
const READABLE: usize = 44;
/// Lines of a post's text that are shown unless all are asked for.
const BEGINNING: usize = 6;

impl<'w> TreeWriter<'w> {
    /// A tree for a screen of this width.
    pub fn new(out: &'w mut dyn Write, width: usize, palette: Palette) -> Self {
        TreeWriter { out, width: width.min(110), palette }
    }

    /// Writes the post, with the beginning of its text or the whole.
    pub fn post(&mut self, post: &Post, comments: u64, whole: bool) -> io::Result<()> {
        let Palette { title, id, author, dim, .. } = self.palette;
        let name = post.title.as_deref().filter(|title| !title.trim().is_empty());
        let name = match name {
            Some(name) => terminal::escape(&one_line(name)).into_owned(),
            None => format!("(no title; {} in {})", terminal::escape(&post.key), terminal::escape(&post.source.kind)),
        };
        writeln!(self.out, "{id}{}{id:#}  {title}{name}{title:#}", post.id)?;
        let mut facts = Vec::new();
        if let Some(name) = &post.author.name {
            facts.push(format!("{author}{}{author:#}", terminal::escape(name)));
        }
        let mut small: Vec<String> = post.created.and_then(moment).into_iter().collect();
        small.push(if comments == 1 { "1 comment".to_owned() } else { format!("{comments} comments") });
        small.extend(post.url.as_deref().map(|url| terminal::escape(url).into_owned()));
        if post.placeholder {
            small.push("no file held this post, only its comments".to_owned());
        }
        facts.push(format!("{dim}{}{dim:#}", small.join(" · ")));
        writeln!(self.out, "    {}", facts.join(" · "))?;
        self.post_text(post, whole)?;
        writeln!(self.out)
    }

    fn post_text(&mut self, post: &Post, whole: bool) -> io::Result<()> {
        if post.text.trim().is_empty() {
            return Ok(());
        }
        writeln!(self.out)?;
        let dim = self.palette.dim;
        let text = terminal::escape_multiline(&post.text);
        let mut wrapped = String::new();
        width::wrap(text.trim_end(), self.width, "    ", &mut wrapped);
        let lines: Vec<&str> = wrapped.lines().collect();
        let shown = if whole || lines.len() <= BEGINNING + 1 { lines.len() } else { BEGINNING };
        for line in &lines[..shown] {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        if shown < lines.len() {
            writeln!(self.out, "    {dim}… {} more lines (--whole){dim:#}", lines.len() - shown)?;
        }
        Ok(())
    }

    /// Writes a comment in its place; `gaps` are the replies to it that are not in any file.
    pub fn comment(&mut self, row: &ThreadRow, gaps: &[GapLeft]) -> io::Result<()> {
        let comment = &row.comment;
        let dim = self.palette.dim;
        let (bars, folded) = self.indent(comment.depth);
        let head = self.head(comment, folded);
        writeln!(self.out, "{dim}{bars}{dim:#}{head}")?;
        let room = self.width.saturating_sub(bars.chars().count()).max(READABLE / 2);
        let mut wrapped = String::new();
        width::wrap(terminal::escape_multiline(&comment.text).trim_end(), room, "  ", &mut wrapped);
        for line in wrapped.lines() {
            writeln!(self.out, "{dim}{bars}{dim:#}{}", line.trim_end())?;
        }
        for gap in gaps {
            writeln!(self.out, "{dim}{bars}  ⋯ {}{dim:#}", missing(gap))?;
        }
        let blank = format!("{bars}│");
        let line = if row.below > 0 { blank.as_str() } else { bars.trim_end() };
        writeln!(self.out, "{dim}{line}{dim:#}")
    }

    /// Writes what is missing from the top level of the thread.
    pub fn gaps(&mut self, gaps: &[&GapLeft]) -> io::Result<()> {
        let dim = self.palette.dim;
        for gap in gaps {
            writeln!(self.out, "{dim}⋯ {}{dim:#}", missing(gap))?;
        }
        Ok(())
    }

    /// The lines to the left of a comment, and whether its depth did not fit.
    fn indent(&self, depth: u32) -> (String, bool) {
        let levels = depth.saturating_sub(1) as usize;
        let fits = self.width.saturating_sub(READABLE) / 2;
        ("│ ".repeat(levels.min(fits)), levels > fits)
    }

    fn head(&self, comment: &Comment, folded: bool) -> String {
        let Palette { id, author, dim, alert, .. } = self.palette;
        let mut head = String::new();
        if folded {
            head.push_str(&format!("{dim}[{}]{dim:#} ", comment.depth));
        }
        head.push_str(&format!("{id}{}{id:#}  {author}{}{author:#}", comment.id, name(comment)));
        let mut small: Vec<String> = Vec::new();
        small.extend(comment.created.and_then(moment));
        if comment.edited.is_some() || comment.revision > 0 {
            small.push("edited".to_owned());
        }
        small.extend(comment.score.map(|score| format!("{score:+}")));
        if comment.kind != Kind::Comment {
            small.push(comment.kind.to_string());
        }
        if comment.is_orphan() {
            let key = comment.parent_key.as_deref().unwrap_or_default();
            small.push(format!("answers {}, which is in no file", terminal::escape(key)));
        }
        if comment.parent_origin == Some(ParentOrigin::Inferred) {
            small.push("place inferred".to_owned());
        }
        for fact in small {
            head.push_str(&format!("{dim} · {fact}{dim:#}"));
        }
        if !matches!(comment.status, Status::Pending | Status::Approved) {
            head.push_str(&format!(" {alert}[{}]{alert:#}", comment.status));
        } else if comment.status == Status::Pending && comment.source_status == Some(Status::Pending) {
            head.push_str(&format!(" {alert}[pending]{alert:#}"));
        }
        head
    }
}

/// The author as printed, or a word for what is known.
fn name(comment: &Comment) -> String {
    match (&comment.author.name, comment.author.kind) {
        (Some(name), _) => terminal::escape(&one_line(name)).into_owned(),
        (None, AuthorKind::Deleted) => "(author deleted)".to_owned(),
        (None, AuthorKind::Anonymous) => "(anonymous)".to_owned(),
        (None, _) => match &comment.author.key {
            Some(key) => terminal::escape(key).into_owned(),
            None => "(author unknown)".to_owned(),
        },
    }
}

/// A moment to the minute, marked where it is not exact.
pub fn moment(moment: Time) -> Option<String> {
    let text = time::rfc3339(moment)?;
    let (date, clock) = text.split_once('T')?;
    Some(match moment.precision {
        Precision::Day => date.to_owned(),
        Precision::Estimated => format!("about {date}"),
        Precision::Local => format!("{date} {} local", clock.get(..5).unwrap_or(clock)),
        Precision::Exact => format!("{date} {}", clock.get(..5).unwrap_or(clock)),
    })
}

fn missing(gap: &GapLeft) -> String {
    let count = gap.gap.count;
    let what = match count {
        0 => "replies are".to_owned(),
        1 => "1 reply is".to_owned(),
        _ => format!("{count} replies are"),
    };
    format!("{what} not in any file ({})", terminal::escape(&gap.gap.reason))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
