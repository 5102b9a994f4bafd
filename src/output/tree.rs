//! A thread for reading on a terminal: the post, then every comment under what it answers. Everything that strangers
//! wrote is escaped. Deep threads are folded: beyond the room of the screen the indentation stops and the depth is
//! printed instead.

use std::io::{self, Write};
use std::ops::Range;

use anstyle::Style;

use super::edges::{place, proposed_author};
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
    /// What a query found.
    pub mark: Style,
}

/// A thread being written.
pub struct TreeWriter<'w> {
    out: &'w mut dyn Write,
    width: usize,
    palette: Palette,
    /// Whether a comment has been written, from which the next is set apart.
    begun: bool,
    /// For each level that is open below the first, whether the comment there hangs by an inferred edge.
    guessed: Vec<bool>,
}

/// Columns that a comment's text keeps however deep it stands.
const READABLE: usize = 44;
/// Lines of a post's text that are shown unless all are asked for.
const BEGINNING: usize = 6;

impl<'w> TreeWriter<'w> {
    /// A tree for a screen of this width.
    pub fn new(out: &'w mut dyn Write, width: usize, palette: Palette) -> Self {
        TreeWriter { out, width: width.min(110), palette, begun: false, guessed: Vec::new() }
    }

    /// Writes the post, with the beginning of its text or the whole.
    pub fn post(&mut self, post: &Post, comments: u64, whole: bool) -> io::Result<()> {
        self.title(post, comments)?;
        self.post_text(post, whole)?;
        writeln!(self.out)
    }

    /// Writes the title of the post and the facts about it.
    pub fn title(&mut self, post: &Post, comments: u64) -> io::Result<()> {
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
        writeln!(self.out, "    {}", facts.join(" · "))
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
        self.entry(row, "", &[], gaps)
    }

    /// Writes a comment of a search's context: a hit with its matches marked, or one that stands around a hit.
    pub fn hit(&mut self, row: &ThreadRow, is_hit: bool, spans: &[Range<usize>]) -> io::Result<()> {
        self.entry(row, if is_hit { "► " } else { "" }, spans, &[])
    }

    fn entry(&mut self, row: &ThreadRow, sign: &str, spans: &[Range<usize>], gaps: &[GapLeft]) -> io::Result<()> {
        let comment = &row.comment;
        let Palette { dim, mark, .. } = self.palette;
        let (bars, folded) = self.indent(comment);
        let head = self.head(row, folded);
        if self.begun {
            // The guides of the space between two comments are those of the lower one: a branch that has ended stops.
            self.guide(bars.trim_end())?;
        }
        self.begun = true;
        writeln!(self.out, "{}{}{head}", painted(dim, &bars), painted(mark, sign))?;
        let room = self.width.saturating_sub(bars.chars().count()).max(READABLE / 2);
        let mut wrapped = String::new();
        if !comment.text.trim().is_empty() {
            width::wrap(marked(&comment.text, spans).trim_end(), room, "  ", &mut wrapped);
        }
        let mut open = false;
        for line in wrapped.lines() {
            match self.styled(line.trim_end(), &mut open) {
                line if line.is_empty() => self.guide(bars.trim_end())?,
                line => writeln!(self.out, "{}{line}", painted(dim, &bars))?,
            }
        }
        for gap in gaps {
            writeln!(self.out, "{dim}{bars}  ⋯ {}{dim:#}", missing(gap))?;
        }
        Ok(())
    }

    /// Writes a line that holds nothing but guides.
    fn guide(&mut self, bars: &str) -> io::Result<()> {
        writeln!(self.out, "{}", painted(self.palette.dim, bars))
    }

    /// Puts the style of matches in place of the signs that stand for it, ended and begun again with each line.
    fn styled(&self, line: &str, open: &mut bool) -> String {
        let mark = self.palette.mark;
        let (on, off) = (mark.to_string(), format!("{mark:#}"));
        let begun = if *open { on.as_str() } else { "" };
        *open = line.rfind(MARK_ON) > line.rfind(MARK_OFF) || (*open && !line.contains(MARK_OFF));
        let ended = if *open { off.as_str() } else { "" };
        format!("{begun}{}{ended}", line.replace(MARK_ON, &on).replace(MARK_OFF, &off))
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
    fn indent(&mut self, comment: &Comment) -> (String, bool) {
        let levels = comment.depth.saturating_sub(1) as usize;
        let fits = self.width.saturating_sub(READABLE) / 2;
        self.guessed.resize(levels, false);
        if let Some(last) = self.guessed.last_mut() {
            *last = comment.parent_origin == Some(ParentOrigin::Inferred);
        }
        (self.guessed.iter().take(fits).map(|guessed| if *guessed { "┆ " } else { "│ " }).collect(), levels > fits)
    }

    fn head(&self, row: &ThreadRow, folded: bool) -> String {
        let comment = &row.comment;
        let Palette { id, author, dim, alert, .. } = self.palette;
        let mut head = String::new();
        if folded {
            head.push_str(&format!("{dim}[{}]{dim:#} ", comment.depth));
        }
        let name = match proposed_author(comment, row.hung.as_deref()) {
            Some(name) => format!("(perhaps {})", terminal::escape(&one_line(name))),
            None => author_name(comment),
        };
        head.push_str(&format!("{id}{}{id:#}  {author}{name}{author:#}", comment.id));
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
        small.extend(place(comment, row.hung.as_deref()));
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

/// Stand for the beginning and the end of a match while text is wrapped. Escaped text never holds them.
const MARK_ON: char = '\u{e000}';
const MARK_OFF: char = '\u{e001}';

/// A text made safe for the terminal, with the signs of matches around each span.
fn marked(text: &str, spans: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        out.push_str(&terminal::escape_multiline(&text[at..span.start]));
        out.push(MARK_ON);
        out.push_str(&terminal::escape_multiline(&text[span.clone()]));
        out.push(MARK_OFF);
        at = span.end;
    }
    out.push_str(&terminal::escape_multiline(&text[at..]));
    out
}

/// Text in a style; nothing where there is no text.
fn painted(style: Style, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{style}{text}{style:#}") }
}

/// The author as printed, or a word for what is known.
pub fn author_name(comment: &Comment) -> String {
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
