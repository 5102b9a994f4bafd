//! A text as a JSON string. Most of a text needs no escape, which is found out for many bytes at once; the few that do
//! are written by serde_json, so that what is escaped and how stays its business.

use std::io;

/// How many bytes are looked at together: wide enough for vector instructions, short enough that a quotation mark
/// sends little of a text the long way.
const CHUNK: usize = 32;

/// Appends the text in quotes, escaped.
pub(super) fn quote(text: &str, out: &mut Vec<u8>) -> io::Result<()> {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text;
    while !rest.is_empty() {
        let plain = plain_prefix(rest);
        out.extend_from_slice(&rest.as_bytes()[..plain]);
        let end = (plain + CHUNK..rest.len()).find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
        if plain < end {
            let start = out.len();
            serde_json::to_writer(&mut *out, &rest[plain..end])?;
            // The quotes of the part.
            out.pop();
            out.remove(start);
        }
        rest = &rest[end..];
    }
    out.push(b'"');
    Ok(())
}

/// How many bytes at the start of a text need no escape: whole chunks of them, up to the edge of a character.
fn plain_prefix(text: &str) -> usize {
    let escaped = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    // No early end within a chunk: the compiler makes vector instructions of it.
    let is_plain = |chunk: &[u8]| !chunk.iter().fold(false, |any, byte| any | escaped(byte));
    let mut plain: usize = text.as_bytes().chunks(CHUNK).take_while(|chunk| is_plain(chunk)).map(<[u8]>::len).sum();
    while !text.is_char_boundary(plain) {
        plain -= 1;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_what_serde_json_writes(text in "[a-zä本\"\\\\\n\u{0}\u{1f}🐌]{0,200}", long in "[a-zé]{0,200}") {
            for text in [text.clone(), long.clone(), format!("{long}\"{long}{text}")] {
                let mut out = Vec::new();
                quote(&text, &mut out).expect("memory");
                prop_assert_eq!(String::from_utf8(out).expect("text"), serde_json::to_string(&text).expect("text"));
            }
        }
    }
}
