//! The text of a body for reading and searching, whatever its markup.
//!
//! Not here: tokens and folding for search, and making text safe for a terminal.

use std::borrow::Cow;

use super::bbcode::bbcode;
use super::html::{autop, html};
use crate::model::{Body, BodyFormat};

/// The text of a body for reading and searching: no markup that gets in the way, line ends as `\n`, no control
/// characters but newline and tab, no white space at the end. Borrowed where the body is that already.
///
/// Markdown stays as people type and read it; only the entities that sites put into it are resolved, once.
pub fn plain(body: &Body) -> Cow<'_, str> {
    match body.format {
        BodyFormat::Text => clean(Cow::Borrowed(&body.raw)),
        BodyFormat::Markdown => clean(unescape(&body.raw)),
        BodyFormat::Html => html(&body.raw),
        BodyFormat::WpAutop => autop(&body.raw),
        BodyFormat::Bbcode => Cow::Owned(bbcode(&body.raw)),
    }
}

/// The entities that Reddit and its like put into Markdown. A zero-width space stands for an empty line there and says
/// nothing, so it goes.
const ENTITIES: &[(&str, &str)] = &[
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "&"),
    ("&quot;", "\""),
    ("&#x27;", "'"),
    ("&#39;", "'"),
    ("&apos;", "'"),
    ("&#x2F;", "/"),
    ("&nbsp;", " "),
    ("&#x200B;", ""),
    ("&#8203;", ""),
];

fn unescape(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while !rest.is_empty() {
        let known = ENTITIES
            .iter()
            .find(|(entity, _)| rest.get(..entity.len()).is_some_and(|start| start.eq_ignore_ascii_case(entity)));
        match known {
            Some((entity, meaning)) => {
                out.push_str(meaning);
                rest = &rest[entity.len()..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
        let next = memchr::memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Cow::Owned(out)
}

fn clean(text: Cow<'_, str>) -> Cow<'_, str> {
    let unwanted = |byte: &u8| *byte < b' ' && *byte != b'\n' && *byte != b'\t';
    // No early end within a piece: the compiler makes vector instructions of it.
    let any = |piece: &[u8]| piece.iter().fold(false, |any, byte| any | unwanted(byte));
    if text.as_bytes().chunks(64).any(any) {
        let mut out = text.replace("\r\n", "\n").replace('\r', "\n");
        out.retain(|c| c >= ' ' || c == '\n' || c == '\t');
        out.truncate(out.trim_end().len());
        return Cow::Owned(out);
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_end()),
        Cow::Owned(mut text) => {
            text.truncate(text.trim_end().len());
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn body(raw: &str, format: BodyFormat) -> Body {
        Body { raw: raw.to_owned(), format }
    }

    #[test]
    fn text_stays_but_for_control_characters() {
        let text = body("  a\r\nb\rc\u{0}\u{1b}[31m\td \n", BodyFormat::Text);
        assert_eq!(plain(&text), "  a\nb\nc[31m\td");
        assert!(matches!(plain(&body("untouched", BodyFormat::Text)), Cow::Borrowed("untouched")));
    }

    #[test]
    fn markdown_stays_and_loses_its_entities_once() {
        let text = body("&gt; quote\n\n[a](http://x.example?a&amp;b) &amp;lt; &#x200B; 5&6 é&", BodyFormat::Markdown);
        assert_eq!(plain(&text), "> quote\n\n[a](http://x.example?a&b) &lt;  5&6 é&");
        assert!(matches!(plain(&body("**bold**", BodyFormat::Markdown)), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn every_markup_comes_out_clean(raw in any::<String>(), codes in "[\\[\\]/a-c=quoterl&<>\n\r\u{0} ]{0,80}") {
            for format in BodyFormat::ALL {
                for raw in [&raw, &codes] {
                    let text = body(raw, *format);
                    let text = plain(&text);
                    prop_assert!(!text.contains(|c: char| c < ' ' && c != '\n' && c != '\t'), "{format}");
                    prop_assert_eq!(text.trim_end(), &*text);
                }
            }
        }
    }
}
