//! Forum codes in square brackets to plain text. Only the codes that forums share are known; brackets around anything
//! else are somebody's words and stay.

use super::flow::{Flow, LineBreaks};

/// The longest code looked at, brackets excluded, in bytes: an address in `[url=…]` fits, and an open bracket without
/// an end costs no more than this.
const LONGEST_CODE: usize = 2_048;

/// The readable text of a forum post.
pub(super) fn bbcode(source: &str) -> String {
    let mut flow = Flow::new(LineBreaks::Count, source.len());
    let mut rest = source;
    while let Some(at) = memchr::memchr(b'[', rest.as_bytes()) {
        flow.text(&rest[..at]);
        let inside = &rest[at + 1..];
        let window = &inside.as_bytes()[..inside.len().min(LONGEST_CODE)];
        let end = memchr::memchr2(b'[', b']', window).filter(|end| window[*end] == b']');
        rest = match end {
            Some(end) if apply(&inside[..end], &inside[end + 1..], &mut flow) => &inside[end + 1..],
            _ => {
                flow.text("[");
                inside
            }
        };
    }
    flow.text(rest);
    flow.finish()
}

/// Does what a code says; `false` if it is none. `after` is the text that follows it.
fn apply(code: &str, after: &str, flow: &mut Flow) -> bool {
    let (closing, code) = code.strip_prefix('/').map_or((false, code), |code| (true, code));
    let (name, value) = code.split_once(['=', ' ']).unwrap_or((code, ""));
    let value = value.trim_matches(['"', '\'', ' ']);
    match (name.to_ascii_lowercase().as_str(), closing) {
        ("quote", false) => flow.open_quote(),
        ("quote", true) => flow.close_quote(),
        ("code", closing) => flow.set_pre(!closing),
        ("url" | "email", false) if value.is_empty() => flow.open_link(address_before_end(after)),
        ("url" | "email", false) => flow.open_link(value),
        ("url" | "email", true) => flow.close_link(),
        ("*", false) => flow.item(),
        ("list", _) => flow.block(2),
        ("center" | "left" | "right", _) => flow.block(1),
        ("b" | "i" | "u" | "s" | "img" | "size" | "color" | "font" | "spoiler" | "sub" | "sup", _) => {}
        _ => return false,
    }
    true
}

/// The address in `[url]address[/url]`, where the words are the address.
fn address_before_end(after: &str) -> &str {
    let window = &after.as_bytes()[..after.len().min(LONGEST_CODE)];
    memchr::memchr(b'[', window).map_or("", |end| &after[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_text_and_other_brackets_stay() {
        let source = "[quote=\"Ada\"]first\nsecond[/quote][B]No[/B] [sic], see [url=http://x.example]here[/url]\n\
                      [url]http://y.example[/url] [list][*]one[*]two[/list][code]a  [b]b[/b][/code] [1] [";
        assert_eq!(
            bbcode(source),
            "> first\n> second\n\nNo [sic], see here (http://x.example)\nhttp://y.example\n\n• one\n• two\n\na  b\n\n\
             [1] ["
        );
    }

    #[test]
    fn open_brackets_without_end_stay_cheap() {
        let source = "[url]".repeat(200_000) + &*"[".repeat(500_000);
        assert!(bbcode(&source).len() <= source.len());
    }
}
