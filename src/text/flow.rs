//! Lays words out as plain text: white space collapsed, paragraphs a blank line apart, quoted lines behind `> `, list
//! items behind `• `, links followed by their address. The readers of HTML and of forum codes both write through it.
//!
//! Not here: what any tag means.

/// The deepest quote that is marked; a prefix per level without a limit would make nested quotes quadratic.
const DEEPEST_QUOTE: usize = 8;

/// How line breaks of the source count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineBreaks {
    /// As a space, as in HTML.
    Space,
    /// As they are, as in WordPress text and forum posts.
    Count,
}

/// A plain text in the making. Breaks and spaces wait until a word follows, so none is left over at either end.
pub(super) struct Flow {
    out: String,
    line_breaks: LineBreaks,
    /// Line ends to write before the next word: 0, 1, or 2 for a blank line.
    breaks: u8,
    space: bool,
    bullet: bool,
    quote: usize,
    /// The quote level of the last line written.
    line_quote: usize,
    pre: bool,
    /// Line ends seen in preformatted text since its last line that was not empty.
    pre_breaks: usize,
    link: Option<Link>,
}

struct Link {
    address: String,
    /// Where its words begin; absent until there is one.
    start: Option<usize>,
}

impl Flow {
    /// An empty text; `capacity` is a guess at its length in bytes.
    pub(super) fn new(line_breaks: LineBreaks, capacity: usize) -> Self {
        Flow {
            out: String::with_capacity(capacity),
            line_breaks,
            breaks: 0,
            space: false,
            bullet: false,
            quote: 0,
            line_quote: 0,
            pre: false,
            pre_breaks: 0,
            link: None,
        }
    }

    /// The text, without white space at its end.
    pub(super) fn finish(mut self) -> String {
        self.close_link();
        self.out.truncate(self.out.trim_end().len());
        self.out
    }

    /// Adds text, collapsing its white space unless it is preformatted.
    pub(super) fn text(&mut self, text: &str) {
        if self.pre {
            return self.verbatim(text);
        }
        let mut rest = text;
        while !rest.is_empty() {
            let word = rest.trim_start_matches(is_space);
            self.white_space(&rest[..rest.len() - word.len()]);
            let end = word.find(is_space).unwrap_or(word.len());
            if end > 0 {
                self.word(&word[..end]);
            }
            rest = &word[end..];
        }
    }

    /// Ends the line; with 2, leaves a blank one.
    pub(super) fn block(&mut self, breaks: u8) {
        self.breaks = self.breaks.max(breaks);
        self.space = false;
    }

    /// A line break within a paragraph; two of them leave a blank line.
    pub(super) fn line_break(&mut self) {
        self.breaks = (self.breaks + 1).min(2);
        self.space = false;
    }

    /// A gap between words, such as between table cells.
    pub(super) fn gap(&mut self) {
        self.space = true;
    }

    /// Starts a list item.
    pub(super) fn item(&mut self) {
        self.block(1);
        self.bullet = true;
    }

    /// Starts a quotation.
    pub(super) fn open_quote(&mut self) {
        self.block(2);
        self.quote += 1;
    }

    /// Ends the innermost quotation, if there is one.
    pub(super) fn close_quote(&mut self) {
        self.block(2);
        self.quote = self.quote.saturating_sub(1);
    }

    /// Starts or ends preformatted text. There is no nesting: any end ends it.
    pub(super) fn set_pre(&mut self, pre: bool) {
        self.block(2);
        self.pre = pre;
        self.pre_breaks = 0;
    }

    /// Starts a link, ending one that is still open.
    pub(super) fn open_link(&mut self, address: &str) {
        self.close_link();
        let address = address.trim();
        let address = address.strip_prefix("mailto:").unwrap_or(address);
        let lower = address.get(..11).unwrap_or(address).to_ascii_lowercase();
        if !address.is_empty() && !["#", "javascript:", "data:"].iter().any(|useless| lower.starts_with(useless)) {
            self.link = Some(Link { address: address.to_owned(), start: None });
        }
    }

    /// Ends a link: its address follows in parentheses unless its words say the same. Words that are the address cut
    /// short with dots, as comment systems show long links, give way to the address itself.
    pub(super) fn close_link(&mut self) {
        let Some(Link { address, start }) = self.link.take() else { return };
        let Some(start) = start else { return self.word(&address) };
        let words = bare(&self.out[start..]);
        let full = bare(&address);
        if words.eq_ignore_ascii_case(full) {
            return;
        }
        let cut = words.strip_suffix("...").or_else(|| words.strip_suffix('…'));
        if cut.is_some_and(|cut| !cut.is_empty() && full.starts_with(cut)) {
            self.out.truncate(start);
            push_clean(&mut self.out, &address);
        } else {
            self.space = false;
            self.out.push_str(" (");
            push_clean(&mut self.out, &address);
            self.out.push(')');
        }
    }

    fn white_space(&mut self, run: &str) {
        if run.is_empty() {
            return;
        }
        self.space |= self.breaks == 0;
        if self.line_breaks == LineBreaks::Count {
            let newlines = run.bytes().filter(|byte| *byte == b'\n').take(2).count() as u8;
            if newlines > 0 {
                self.block(newlines);
            }
        }
    }

    fn word(&mut self, word: &str) {
        self.flush();
        push_clean(&mut self.out, word);
    }

    fn verbatim(&mut self, text: &str) {
        for (number, line) in text.split('\n').enumerate() {
            self.pre_breaks += usize::from(number > 0);
            let line = line.strip_suffix('\r').unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            if self.breaks == 0 {
                for _ in 0..self.pre_breaks {
                    self.out.push('\n');
                    self.quote_marks(self.quote);
                }
            }
            self.pre_breaks = 0;
            self.word(line);
        }
    }

    /// Writes what waits before the next word.
    fn flush(&mut self) {
        if self.out.is_empty() || self.breaks > 0 {
            if !self.out.is_empty() {
                if self.breaks > 1 {
                    self.out.push('\n');
                    self.quote_marks(self.line_quote.min(self.quote));
                    self.out.truncate(self.out.trim_end_matches(' ').len());
                }
                self.out.push('\n');
            }
            self.quote_marks(self.quote);
            self.line_quote = self.quote;
            if std::mem::take(&mut self.bullet) {
                self.out.push_str("• ");
            }
        } else if self.space {
            self.out.push(' ');
        }
        self.breaks = 0;
        self.space = false;
        if let Some(link) = &mut self.link {
            link.start.get_or_insert(self.out.len());
        }
    }

    fn quote_marks(&mut self, level: usize) {
        for _ in 0..level.min(DEEPEST_QUOTE) {
            self.out.push_str("> ");
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t' | '\r' | '\x0c')
}

/// Appends text without control characters and with plain spaces for no-break ones.
fn push_clean(out: &mut String, text: &str) {
    let clean = |c: char| c != '\u{a0}' && (c >= ' ' || c == '\t');
    if text.chars().all(clean) {
        return out.push_str(text);
    }
    for c in text.chars() {
        if clean(c) {
            out.push(c);
        } else if c == '\u{a0}' {
            out.push(' ');
        }
    }
}

/// An address without what people leave out when they type it.
fn bare(address: &str) -> &str {
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    address.strip_prefix("www.").unwrap_or(address).trim_end_matches('/')
}
