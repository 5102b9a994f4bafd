//! Which charset an input is in, and its transcoding to UTF-8: a byte order mark decides, then an XML declaration or
//! `<meta charset>`, then whether it is valid UTF-8; what is left is guessed, and said to be guessed.
//!
//! A UTF-8 declaration is not believed against the bytes: it is the commonest wrong one.

use std::io::{self, BufRead, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Notes;
use crate::model::{Place, Warning};

/// Bytes in which an XML declaration may begin: junk before it is tolerated.
const XML_WITHIN: usize = 1 << 10;
/// Bytes in which a `<meta charset>` may stand.
const META_WITHIN: usize = 16 << 10;
/// Bytes that a late guess wants to see; with fewer it settles for windows-1252, the commonest.
const ENOUGH: usize = 256;
/// Decoded bytes kept at once.
const CHUNK: usize = 64 << 10;

/// The charset of an input and what it rests on.
pub(super) struct Charset {
    encoding: &'static Encoding,
    mark: usize,
    /// Offset of the first byte that is not UTF-8, where the charset is a guess because of it.
    guessed: Option<u64>,
    /// Whether only ASCII has been seen and nothing was declared: a later byte may still decide.
    open: bool,
}

impl Charset {
    /// The charset by the first bytes of an input.
    pub(super) fn of(head: &[u8]) -> Self {
        if let Some((encoding, mark)) = Encoding::for_bom(head) {
            return Charset { encoding, mark, guessed: None, open: false };
        }
        let sure = |encoding| Charset { encoding, mark: 0, guessed: None, open: false };
        if let Some(encoding) = bare_utf16(head) {
            return sure(encoding);
        }
        if let Some(encoding) = declared(head).filter(|&encoding| encoding != UTF_8) {
            return sure(encoding);
        }
        let survey = Survey::of(head);
        match survey.first_invalid {
            Some(at) if survey.invalid > survey.multibyte => {
                Charset { encoding: guess(head), mark: 0, guessed: Some(at as u64), open: false }
            }
            _ => Charset { encoding: UTF_8, mark: 0, guessed: None, open: head.is_ascii() },
        }
    }

    /// Bytes that the byte order mark takes.
    pub(super) fn mark(&self) -> usize {
        self.mark
    }

    /// Whether the bytes make no sense without transcoding.
    pub(super) fn is_utf16(&self) -> bool {
        self.encoding == UTF_16LE || self.encoding == UTF_16BE
    }

    /// The head in UTF-8.
    pub(super) fn decode_head(&self, head: &[u8]) -> Vec<u8> {
        let bytes = &head[self.mark.min(head.len())..];
        if self.encoding == UTF_8 {
            return bytes.to_vec();
        }
        self.encoding.decode_without_bom_handling(bytes).0.into_owned().into_bytes()
    }
}

/// How much of some bytes is UTF-8 beyond ASCII, and how much is not.
struct Survey {
    first_invalid: Option<usize>,
    invalid: usize,
    multibyte: usize,
}

impl Survey {
    fn of(bytes: &[u8]) -> Self {
        let mut survey = Survey { first_invalid: None, invalid: 0, multibyte: 0 };
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            let valid = chunk.valid();
            survey.multibyte += valid.bytes().filter(|&byte| byte >= 0xC0).count();
            let cut_off = at + valid.len() + chunk.invalid().len() == bytes.len() && may_go_on(chunk.invalid());
            if !chunk.invalid().is_empty() && !cut_off {
                survey.first_invalid.get_or_insert(at + valid.len());
                survey.invalid += 1;
            }
            at += valid.len() + chunk.invalid().len();
        }
        survey
    }
}

/// Whether these bytes are the start of a character that the end of the head may have cut.
fn may_go_on(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// UTF-16 without a mark, by an ASCII character at the start.
fn bare_utf16(head: &[u8]) -> Option<&'static Encoding> {
    match *head {
        [a, 0, b, 0, ..] if a > 0 && b > 0 => Some(UTF_16LE),
        [0, a, 0, b, ..] if a > 0 && b > 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// What the text says of itself. `<meta>` counts only where the text starts as markup does: comments quote it too.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let start = &head[..head.len().min(META_WITHIN)];
    let is_markup = start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    label_in(&start[..start.len().min(XML_WITHIN)], b"<?xml", b"encoding")
        .or_else(|| if is_markup { label_in(start, b"<meta", b"charset") } else { None })
        // Whoever says UTF-16 in ASCII is wrong: the tag could not have been read.
        .filter(|&encoding| encoding != UTF_16LE && encoding != UTF_16BE)
}

/// The charset behind `key=` in the first tag of that name that has one.
fn label_in(text: &[u8], tag: &[u8], key: &[u8]) -> Option<&'static Encoding> {
    let mut rest = text;
    while let Some(at) = find(rest, tag) {
        rest = &rest[at + tag.len()..];
        let inside = &rest[..memchr::memchr(b'>', rest)?];
        if let Some(at) = find(inside, key) {
            let value = inside[at + key.len()..].trim_ascii_start().strip_prefix(b"=").unwrap_or_default();
            let is_label = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
            let from = value.iter().position(is_label)?;
            let label = &value[from..];
            let label = &label[..label.iter().position(|byte| !is_label(byte)).unwrap_or(label.len())];
            return Encoding::for_label_no_replacement(label);
        }
    }
    None
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window.eq_ignore_ascii_case(what))
}

/// A reader of UTF-8 over a reader of anything.
pub(super) struct Transcoder<R> {
    inner: R,
    decoder: Decoder,
    open: bool,
    /// Offset in `inner` of the next byte to decode, the byte order mark included.
    offset: u64,
    out: Vec<u8>,
    at: usize,
    end: usize,
    ended: bool,
    replaced: u64,
    first_replaced: u64,
    notes: Notes,
}

impl<R: BufRead> Transcoder<R> {
    /// Transcodes from `charset`, behind its byte order mark.
    pub(super) fn new(inner: R, charset: &Charset, notes: Notes) -> Self {
        if let Some(at) = charset.guessed {
            notes.add(guessed(charset.encoding, at));
        }
        Transcoder {
            inner,
            decoder: charset.encoding.new_decoder_without_bom_handling(),
            open: charset.open,
            offset: charset.mark as u64,
            out: vec![0; CHUNK],
            at: 0,
            end: 0,
            ended: false,
            replaced: 0,
            first_replaced: 0,
            notes,
        }
    }

    /// Decodes once more into the empty buffer; it may stay empty.
    fn decode(&mut self) -> io::Result<()> {
        (self.at, self.end) = (0, 0);
        let input = self.inner.fill_buf()?;
        let last = input.is_empty();
        // Three bytes stay free for a replacement character.
        let room = self.out.len() - 3;
        let (result, mut read, written) =
            self.decoder.decode_to_utf8_without_replacement(input, &mut self.out[..room], last);
        self.end = written;
        self.open &= self.out[..written].is_ascii();
        if let DecoderResult::Malformed(length, beyond) = result {
            let back = usize::from(length) + usize::from(beyond);
            if self.open && read >= back {
                read -= back;
                let rest = &input[read..];
                let encoding = if rest.len() < ENOUGH { WINDOWS_1252 } else { guess(rest) };
                self.decoder = encoding.new_decoder_without_bom_handling();
                self.open = false;
                self.notes.add(guessed(encoding, self.offset + read as u64));
            } else {
                self.out[self.end..self.end + 3].copy_from_slice("\u{FFFD}".as_bytes());
                self.end += 3;
                if self.replaced == 0 {
                    self.first_replaced = (self.offset + read as u64).saturating_sub(back as u64);
                }
                self.replaced += 1;
            }
        }
        self.ended = last && result == DecoderResult::InputEmpty;
        self.inner.consume(read);
        self.offset += read as u64;
        if self.ended && self.replaced > 0 {
            self.notes.add(self.replacements());
        }
        Ok(())
    }

    fn replacements(&self) -> Warning {
        let (count, name, at) = (self.replaced, self.decoder.encoding().name(), self.first_replaced);
        let message = format!("{count} byte sequences that are not {name} were replaced, the first at byte {at}");
        Warning { code: "charset.invalid", message, place: Place { byte: at, line: 0 } }
    }
}

fn guessed(encoding: &'static Encoding, at: u64) -> Warning {
    let message = format!("not utf-8 from byte {at} on; read as {}, which is a guess", encoding.name());
    Warning { code: "charset.guess", message, place: Place { byte: at, line: 0 } }
}

impl<R: BufRead> Read for Transcoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Transcoder<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.end && !self.ended {
            self.decode()?;
        }
        Ok(&self.out[self.at..self.end])
    }

    fn consume(&mut self, amount: usize) {
        self.at = (self.at + amount).min(self.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, Vec<Warning>) {
        let charset = Charset::of(&bytes[..bytes.len().min(crate::sources::open::HEAD_BYTES)]);
        let notes = Notes::default();
        let mut text = String::new();
        let rest = io::BufReader::with_capacity(7, &bytes[charset.mark()..]);
        Transcoder::new(rest, &charset, notes.clone()).read_to_string(&mut text).unwrap();
        (text, notes.take())
    }

    #[test]
    fn marks_and_declarations_decide() {
        assert_eq!(read(b"\xEF\xBB\xBFab").0, "ab");
        assert_eq!(read(b"\xFF\xFEa\0\xAC\x20").0, "a€");
        assert_eq!(read(b"\xFE\xFF\0a\x20\xAC").0, "a€");
        assert_eq!(read(b"{\0\"\0a\0").0, "{\"a");
        let (text, warnings) = read(b"junk <?xml version='1.0' encoding='windows-1252'?><a>\x93x\x94 \x96</a>");
        assert!(text.ends_with("<a>“x” –</a>"));
        assert_eq!(warnings, []);
        assert_eq!(
            read(b"<html><META http-equiv=x><meta content='text/html; charset=koi8-r'>\xC1").0.chars().last(),
            Some('а')
        );
        assert_eq!(read(b"<?xml version='1.0' encoding='UTF-16'?>\xC3\xA9").0.chars().last(), Some('é'));
    }

    #[test]
    fn a_quoted_meta_tag_declares_nothing() {
        assert_eq!(read("he wrote <meta charset=koi8-r> é".as_bytes()).0.chars().last(), Some('é'));
    }

    #[test]
    fn a_guess_names_the_first_byte_that_is_not_utf8() {
        let (text, warnings) = read(b"She said \x93it\x92s over\x94 \x96 na\xEFve, caf\xE9");
        assert_eq!(text, "She said “it’s over” – naïve, café");
        assert_eq!((warnings[0].code, warnings[0].place.byte), ("charset.guess", 9));
        assert_eq!(
            read(b"<?xml version='1.0' encoding='UTF-8'?><a>\x93x\x94</a>").0.chars().filter(|&c| c == '“').count(),
            1
        );
    }

    #[test]
    fn a_guess_can_come_late() {
        let mut bytes = vec![b'a'; 300 << 10];
        bytes.extend_from_slice(b" na\xEFve caf\xE9s");
        let (text, warnings) = read(&bytes);
        assert!(text.ends_with("a naïve cafés"), "{:?}", &text[text.len() - 20..]);
        assert_eq!((warnings[0].code, warnings[0].place.byte), ("charset.guess", (300 << 10) + 3));
    }

    #[test]
    fn a_fault_in_utf8_is_replaced_and_counted() {
        let (text, warnings) =
            read("é é é \u{1F600}".as_bytes().iter().copied().chain([0xFF, b'x']).collect::<Vec<_>>().as_slice());
        assert_eq!(text, "é é é \u{1F600}\u{FFFD}x");
        assert_eq!((warnings[0].code, warnings[0].place.byte), ("charset.invalid", 13));
        assert_eq!(read(b"\xC3\xA9 \xC3").0, "é \u{FFFD}");
    }

    proptest::proptest! {
        #[test]
        fn anything_comes_out_as_utf8(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            read(&bytes);
        }

        #[test]
        fn utf8_comes_out_unchanged(text in "\\PC{0,100}") {
            proptest::prop_assume!(!text.starts_with('\u{FEFF}') && !text.contains('\0'));
            proptest::prop_assert_eq!(read(text.as_bytes()).0, text);
        }
    }
}
