//! Mending JSON bytes in place before a strict reader sees them: bytes that are not UTF-8 become `?`, and escapes of half
//! a surrogate pair become `\ufffd`. Nothing changes its length, so byte offsets stay those of the file.
//!
//! Not here: faults of syntax, which stay what they are.

use memchr::memchr;

/// How far bytes were mended.
#[derive(Debug, PartialEq, Eq)]
pub struct Mended {
    /// So many bytes are final; those after it need what follows before anything can be said of them.
    pub ready: usize,
    /// The first byte that was not UTF-8.
    pub first_bad: Option<usize>,
}

/// Mends a piece of a JSON text; `last` says that nothing follows. A piece must not begin inside a character or an escape.
pub fn mend(bytes: &mut [u8], last: bool) -> Mended {
    let (valid, first_bad) = utf8(bytes, last);
    Mended { ready: surrogates(&mut bytes[..valid], last), first_bad }
}

/// Replaces what is not UTF-8. How many bytes are final, and the first that was replaced.
fn utf8(bytes: &mut [u8], last: bool) -> (usize, Option<usize>) {
    let (mut at, mut first_bad) = (0, None);
    while let Err(error) = std::str::from_utf8(&bytes[at..]) {
        let bad = at + error.valid_up_to();
        at = match error.error_len() {
            Some(length) => bad + length,
            None if last => bytes.len(),
            None => return (bad, first_bad),
        };
        bytes[bad..at].fill(b'?');
        first_bad = first_bad.or(Some(bad));
    }
    (bytes.len(), first_bad)
}

/// Replaces escapes of unpaired surrogates. How many bytes are final.
fn surrogates(bytes: &mut [u8], last: bool) -> usize {
    let mut at = 0;
    while let Some(found) = memchr(b'\\', &bytes[at..]) {
        at += found;
        let rest = &bytes[at..];
        if !last && could_go_on(rest) {
            return at;
        }
        let length = match code_unit(rest) {
            Some(0xD800..=0xDBFF) if matches!(rest.get(6..).and_then(code_unit), Some(0xDC00..=0xDFFF)) => 12,
            Some(0xD800..=0xDFFF) => {
                bytes[at..at + 6].copy_from_slice(b"\\ufffd");
                6
            }
            _ => 2,
        };
        at = (at + length).min(bytes.len());
    }
    bytes.len()
}

/// Whether the escape at the start needs more bytes than there are to be understood.
fn could_go_on(escape: &[u8]) -> bool {
    match (escape.get(1), code_unit(escape)) {
        (None, _) => true,
        (Some(b'u'), Some(0xD800..=0xDBFF)) => escape.len() < 12,
        (Some(b'u'), None) => escape.len() < 6,
        _ => false,
    }
}

/// The UTF-16 code unit of an escape such as `\ud83d` at the start.
fn code_unit(escape: &[u8]) -> Option<u16> {
    let digits = std::str::from_utf8(escape.strip_prefix(b"\\u")?.get(..4)?).ok()?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &[u8]) -> String {
        let mut bytes = text.to_vec();
        assert_eq!(mend(&mut bytes, true).ready, text.len());
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn only_lone_surrogates_and_bad_bytes_change() {
        assert_eq!(mended(br"a\ud83dz\ud83d\ude00\\ude00\ude00\u00e9"), r"a\ufffdz\ud83d\ude00\\ude00\ufffd\u00e9");
        assert_eq!(mended(b"a\xFFb\xE2\x82"), "a?b??");
        assert_eq!(mended(br"x\"), r"x\");
    }

    #[test]
    fn a_piece_ends_before_what_is_cut_off() {
        let text = "a\u{20AC}\\ud83d\\ude00\\n\\u00e9\\\\b".as_bytes();
        for cut in 0..text.len() {
            let mut bytes = text[..cut].to_vec();
            let ready = mend(&mut bytes, false).ready;
            bytes.extend_from_slice(&text[cut..]);
            mend(&mut bytes[ready..], true);
            assert_eq!(bytes, text, "cut at {cut}");
        }
    }
}
