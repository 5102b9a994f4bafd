//! A thread to read: Markdown with a block quote for each comment and its replies quoted inside it. What strangers wrote
//! is escaped and every one of its lines is quoted, so that it can't leave its block, make headings, links or HTML.

use std::io::{self, Write};

use super::edges::{place, proposed_author};
use super::nesting::Nesting;
use super::{Export, Extras, Format, time};
use crate::model::{Author, Comment, Gap, Post, Time};

/// Markdown threads.
pub(super) const MD: Format = Format {
    name: "md",
    title: "Markdown to read, replies quoted inside what they answer",
    lossless: false,
    open: |out| Box::new(Markdown { out, block: String::new(), nesting: Nesting::default() }),
};

/// The deepest quote; what lies deeper is quoted at this level and names what it answers. Every line repeats the marks
/// of all its levels, so without an end a deep thread would grow with the square of its depth.
const DEEPEST: usize = 8;

struct Markdown<'w> {
    out: &'w mut dyn Write,
    /// The block being made, kept for its memory.
    block: String,
    nesting: Nesting,
}

impl Export for Markdown<'_> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn post(&mut self, post: &Post, gaps: &[Gap]) -> io::Result<()> {
        self.block.clear();
        self.block.push_str("# ");
        one_line(&mut self.block, post.title.as_deref().unwrap_or(&post.key));
        self.block.push_str("\n\n");
        head(&mut self.block, &post.author, post.created);
        self.block.push_str(&post.id.to_string());
        if let Some(url) = &post.url {
            self.block.push_str(" · ");
            one_line(&mut self.block, url);
        }
        self.block.push('\n');
        if !post.text.is_empty() {
            self.block.push('\n');
            quoted(&mut self.block, &post.text, 0);
        }
        let missing: u64 = gaps.iter().fold(0, |sum, gap| sum.saturating_add(gap.count));
        if missing > 0 {
            self.block.push_str(&format!("\nnot in the dump: {missing}\n"));
        }
        self.out.write_all(self.block.as_bytes())
    }

    fn comment(&mut self, comment: &Comment, extras: &Extras) -> io::Result<()> {
        self.nesting.enter(comment);
        let level = self.nesting.depth().min(DEEPEST);
        self.block.clear();
        line(&mut self.block, level - 1);
        marks(&mut self.block, level);
        if let Some(name) = proposed_author(comment, extras.hung) {
            self.block.push_str("(perhaps ");
            one_line(&mut self.block, name);
            self.block.push_str(") · ");
        }
        head(&mut self.block, &comment.author, comment.created);
        self.block.push_str(&format!("{} · {}", comment.id, comment.status));
        if let Some(place) = place(comment, extras.hung) {
            self.block.push_str(&format!(" · {place}"));
        }
        if let Some(parent) = comment.parent.filter(|_| self.nesting.depth() > DEEPEST) {
            self.block.push_str(&format!(" · answers {parent}"));
        }
        self.block.push('\n');
        if !comment.text.is_empty() {
            line(&mut self.block, level);
            quoted(&mut self.block, &comment.text, level);
        }
        self.out.write_all(self.block.as_bytes())
    }

    fn end_post(&mut self) -> io::Result<()> {
        self.nesting.clear();
        self.out.write_all(b"\n")
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The author and the time, as far as they are known, each followed by a dot.
fn head(out: &mut String, author: &Author, created: Option<Time>) {
    if let Some(name) = &author.name {
        out.push_str("**");
        one_line(out, name);
        out.push_str("** · ");
    }
    if let Some(moment) = created.and_then(time::rfc3339) {
        out.push_str(&moment);
        out.push_str(" · ");
    }
}

/// The marks that begin a line of a quote at this level.
fn marks(out: &mut String, level: usize) {
    for _ in 0..level {
        out.push_str("> ");
    }
}

/// An empty line at this level.
fn line(out: &mut String, level: usize) {
    marks(out, level);
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

/// Text of several lines at this level; its line breaks stay.
fn quoted(out: &mut String, text: &str, level: usize) {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines = text.trim_matches('\n').split('\n').map(str::trim).peekable();
    while let Some(words) = lines.next() {
        if words.is_empty() {
            line(out, level);
            continue;
        }
        marks(out, level);
        escape(out, words);
        if lines.peek().is_some_and(|next| !next.is_empty()) {
            out.push('\\');
        }
        out.push('\n');
    }
}

/// Text that has to stay on the line it is on.
fn one_line(out: &mut String, text: &str) {
    escape(out, text.replace(['\n', '\r'], " ").trim());
}

/// One line, with a backslash before everything that Markdown could take for a mark, at the start of a line or within
/// it. Control characters become U+FFFD, as CommonMark wants it for NUL.
fn escape(out: &mut String, words: &str) {
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    for (at, c) in words.char_indices() {
        let active = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|' | '$' => true,
            '#' | '+' | '-' | '=' | ':' => at == 0,
            '.' | ')' => at == digits && digits > 0,
            _ => false,
        };
        if active {
            out.push('\\');
        }
        out.push(if c.is_control() && c != '\t' { char::REPLACEMENT_CHARACTER } else { c });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples;

    #[test]
    fn a_thread_reads_as_nested_quotes() {
        let mut thread = samples::chain(3);
        thread.push(samples::comment(4, None));
        for (comment, text) in thread.iter_mut().zip(["first\nline two", "", "third\n\nparagraph", "again"]) {
            comment.text = text.to_owned();
        }
        insta::assert_snapshot!(samples::write(&MD, &thread), @r"
        # Of bees \& \*stars\*

        **Ann** · 2016-04-05T12:00:00+02:00 · p1 · https://example.org/bees

        All about bees.

        > **Bo** · c1 · pending
        >
        > first\
        > line two
        >
        > > **Bo** · c2 · pending
        > >
        > > > **Bo** · c3 · pending
        > > >
        > > > third
        > > >
        > > > paragraph

        > **Bo** · c4 · pending
        >
        > again
        ");
    }

    #[test]
    fn hostile_text_stays_in_its_block() {
        let mut out = String::new();
        quoted(&mut out, "</blockquote>\n# h\n```\n1. x\n    code\n---\n\r![i](j)\u{1b}[2J\0&lt;\n<!--\n|a|b|", 1);
        assert_eq!(
            out,
            "> \\</blockquote\\>\\\n> \\# h\\\n> \\`\\`\\`\\\n> 1\\. x\\\n> code\\\n> \\---\n>\n> !\\[i\\](j)\u{fffd}\\[2J\u{fffd}\\&lt;\\\n\
             > \\<!--\\\n> \\|a\\|b\\|\n"
        );
    }

    #[test]
    fn a_name_stays_on_its_line() {
        let mut thread = samples::chain(1);
        thread[0].author = Author::named("Eve**\n\n# pwned\r<b>", None);
        let text = samples::write(&MD, &thread);
        assert!(text.contains("> **Eve\\*\\*  # pwned \\<b\\>** · c1"), "{text}");
    }

    #[test]
    fn a_deep_thread_does_not_grow_with_the_square_of_its_depth() {
        let text = samples::write(&MD, &samples::chain(10_000));
        assert!(text.len() < 10_000 * 120, "{}", text.len());
        assert!(text.contains("c9999 · pending · answers c9998"));
    }
}
