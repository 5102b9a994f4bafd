//! HTML to plain text, as a stream of tags and words in one pass: no tree is built, so hostile input costs no more than
//! its length. html5gum finds the tags, attributes and entities as the HTML standard says.
//!
//! Not here: repair of misnested tags (the words come out the same), and reading whole pages (`sources`).

use std::borrow::Cow;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use super::flow::{Flow, LineBreaks};

/// The readable text of an HTML fragment: blocks on lines of their own, quotes behind `> `, list items behind `• `,
/// links followed by their address where it differs, `alt` for images, nothing of scripts and styles.
pub fn html(source: &str) -> Cow<'_, str> {
    convert(source, LineBreaks::Space)
}

/// The same for WordPress text, where a single newline is a line break and a blank line parts paragraphs.
pub fn autop(source: &str) -> Cow<'_, str> {
    convert(source, LineBreaks::Count)
}

fn convert(source: &str, line_breaks: LineBreaks) -> Cow<'_, str> {
    let has_markup = memchr::memchr2(b'<', b'&', source.as_bytes()).is_some();
    if !has_markup && is_settled(source, line_breaks) {
        return Cow::Borrowed(source);
    }
    let mut flow = Flow::new(line_breaks, source.len());
    if has_markup {
        read_tags(source, &mut flow);
    } else {
        flow.text(source);
    }
    Cow::Owned(flow.finish())
}

/// Whether text without markup would come out as it went in. Errs on the side of no.
fn is_settled(source: &str, line_breaks: LineBreaks) -> bool {
    let mut before = b'\n';
    let mut breaks = 2;
    for byte in source.bytes() {
        match byte {
            b' ' if before == b' ' || before == b'\n' => return false,
            b'\n' if before == b' ' || breaks == 2 || line_breaks == LineBreaks::Space => return false,
            b'\n' => breaks += 1,
            // A no-break space is C2 A0.
            0xa0 if before == 0xc2 => return false,
            0..b' ' => return false,
            _ => breaks = 0,
        }
        before = byte;
    }
    source.is_empty() || !matches!(before, b' ' | b'\n') && !source.ends_with(char::is_whitespace)
}

fn read_tags(source: &str, flow: &mut Flow) {
    let mut walk = Walk { flow, tag: Tag::Other, wanted: false, value: String::new(), hidden: None };
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<()> {
        walk.event(&event);
        None
    });
    // Scripts and styles end at their own end tag only.
    emitter.naively_switch_states(true);
    // The iterator yields nothing, and reading from memory cannot fail: running it is the point.
    Tokenizer::new_with_emitter(source, emitter).for_each(drop);
}

/// What a tag does to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Paragraph,
    Line,
    Break,
    Cell,
    Item,
    Quote,
    Pre,
    Link,
    Image,
    Hidden,
    Other,
}

impl Tag {
    fn of(name: &[u8]) -> Tag {
        match name {
            b"p" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"ul" | b"ol" | b"dl" | b"table" | b"hr"
            | b"figure" | b"article" | b"section" | b"header" | b"footer" | b"details" => Tag::Paragraph,
            b"div" | b"tr" | b"dt" | b"dd" | b"summary" | b"figcaption" | b"address" | b"form" | b"center"
            | b"option" => Tag::Line,
            b"br" => Tag::Break,
            b"td" | b"th" => Tag::Cell,
            b"li" => Tag::Item,
            b"blockquote" => Tag::Quote,
            b"pre" => Tag::Pre,
            b"a" => Tag::Link,
            b"img" => Tag::Image,
            b"script" | b"style" => Tag::Hidden,
            _ => Tag::Other,
        }
    }
}

struct Walk<'f> {
    flow: &'f mut Flow,
    /// The start tag being read.
    tag: Tag,
    /// Whether the value of the attribute being read is wanted.
    wanted: bool,
    value: String,
    /// The name of the script or style element that hides everything up to its end.
    hidden: Option<Vec<u8>>,
}

impl Walk<'_> {
    fn event(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::String { value } if self.hidden.is_none() => self.flow.text(&String::from_utf8_lossy(value)),
            CallbackEvent::OpenStartTag { name } => {
                self.tag = Tag::of(name);
                self.value.clear();
                if self.tag == Tag::Hidden {
                    self.hidden = Some(name.to_vec());
                }
            }
            CallbackEvent::AttributeName { name } => {
                self.wanted = matches!((self.tag, *name), (Tag::Link, b"href") | (Tag::Image, b"alt"));
            }
            CallbackEvent::AttributeValue { value } if self.wanted => {
                self.value.clear();
                self.value.push_str(&String::from_utf8_lossy(value));
                self.wanted = false;
            }
            CallbackEvent::CloseStartTag { .. } => self.start(),
            CallbackEvent::EndTag { name } => self.end(name),
            _ => {}
        }
    }

    fn start(&mut self) {
        match std::mem::replace(&mut self.tag, Tag::Other) {
            Tag::Paragraph => self.flow.block(2),
            Tag::Line => self.flow.block(1),
            Tag::Break => self.flow.line_break(),
            Tag::Cell => self.flow.gap(),
            Tag::Item => self.flow.item(),
            Tag::Quote => self.flow.open_quote(),
            Tag::Pre => self.flow.set_pre(true),
            Tag::Link => self.flow.open_link(&self.value),
            Tag::Image => self.flow.text(&self.value),
            Tag::Hidden | Tag::Other => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        if let Some(hidden) = &self.hidden {
            if hidden == name {
                self.hidden = None;
            }
            return;
        }
        match Tag::of(name) {
            Tag::Paragraph => self.flow.block(2),
            Tag::Line | Tag::Item => self.flow.block(1),
            Tag::Break => self.flow.line_break(),
            Tag::Cell => self.flow.gap(),
            Tag::Quote => self.flow.close_quote(),
            Tag::Pre => self.flow.set_pre(false),
            Tag::Link => self.flow.close_link(),
            Tag::Image | Tag::Hidden | Tag::Other => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blocks_quotes_lists_and_links() {
        let source = "<p>One &amp; two<br>three</p><blockquote><p>first</p><p>second</p></blockquote>\n\
                      <ul><li>a</li><li><b>b</b> c</li></ul><p>See <a href='http://x.example/y'>this</a>.";
        assert_eq!(
            html(source),
            "One & two\nthree\n\n> first\n>\n> second\n\n• a\n• b c\n\nSee this (http://x.example/y)."
        );
    }

    #[test]
    fn a_link_that_shows_its_address_shows_it_once_and_whole() {
        assert_eq!(html("<a href='https://www.x.example/'>x.example</a>!"), "x.example!");
        assert_eq!(html("<a href='http://x.example/long/way'>http://x.example/lo...</a>"), "http://x.example/long/way");
        assert_eq!(html("<a href='javascript:x()'>x</a> <a href='#top'>y</a> <a>z</a>"), "x y z");
        assert_eq!(html("<a href='http://x.example'><img src=a></a>"), "http://x.example");
        assert_eq!(html("<a href='mailto:a@x.example'>write</a>"), "write (a@x.example)");
    }

    #[test]
    fn preformatted_text_keeps_its_shape() {
        assert_eq!(html("a<pre>\n  x\n\n    y\n</pre>b"), "a\n\n  x\n\n    y\n\nb");
        assert_eq!(html("<blockquote><pre>x\ny</pre></blockquote>"), "> x\n> y");
    }

    #[test]
    fn scripts_styles_and_comments_vanish_and_alt_stays() {
        let source = "a<script>if (1 < 2) '</b>'</script><style>p{}</style><!-- no -->b<img alt='a cat' src=x>";
        assert_eq!(html(source), "aba cat");
    }

    #[test]
    fn newlines_count_in_wordpress_text_only() {
        assert_eq!(html("a\nb\n\nc"), "a b c");
        assert_eq!(autop("a\r\nb\n\n\n  c <i>d</i><br />\ne"), "a\nb\n\nc d\ne");
    }

    #[test]
    fn plain_sentences_are_borrowed() {
        assert!(matches!(html("Nothing to do here."), Cow::Borrowed(_)));
        assert!(matches!(autop("One line.\nAnother.\n\nA paragraph."), Cow::Borrowed(_)));
        assert_eq!(html("  two  spaces\u{0}\u{1b} "), "two spaces");
        assert_eq!(html("1 &lt; 2&nbsp;&#x27;a&#39; &unknown; & b <3"), "1 < 2 'a' &unknown; & b <3");
    }

    #[test]
    fn hostile_input_costs_no_more_than_its_length() {
        let attributes: String = (0..300_000).map(|number| format!("a{number}=1 ")).collect();
        for source in [
            "<b>".repeat(1_000_000),
            "<b>".repeat(500_000) + &*"</i>".repeat(500_000),
            "<blockquote>x".repeat(200_000),
            "<a href=x>".repeat(200_000),
            format!("<a {attributes}>x</a>"),
            "<".repeat(2_000_000),
            "&".repeat(2_000_000),
            "<pre>\n\n".repeat(300_000),
        ] {
            assert!(html(&source).len() <= source.len() * 3);
        }
    }

    proptest! {
        #[test]
        fn text_is_clean_and_trimmed(source in "[<>/a-c&;#x0-9 \n\r\t\u{0}\u{1b}\u{a0}pre=\"'!-]{0,200}") {
            for text in [html(&source), autop(&source)] {
                prop_assert!(!text.contains(|c: char| c < ' ' && c != '\n' && c != '\t'));
                prop_assert_eq!(text.trim_end(), &*text);
            }
        }

        #[test]
        fn the_short_way_and_the_long_way_agree(source in "[ab\u{a0}\u{2003} \n\t]{0,40}") {
            for line_breaks in [LineBreaks::Space, LineBreaks::Count] {
                let mut flow = Flow::new(line_breaks, 0);
                flow.text(&source);
                prop_assert_eq!(convert(&source, line_breaks), flow.finish());
            }
        }
    }
}
