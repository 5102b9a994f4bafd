//! Looking at the head of an input that may be JSON: its first objects if they stand one a line, and its text without
//! blanks for documents that are too large for the head.
//!
//! Not here: what any format makes of it.

use super::json::Fields;
use crate::sources::Head;

/// How many lines are looked at.
const LINES: usize = 20;
/// How much of a document is looked at.
const DOCUMENT: usize = 64 << 10;

/// The objects among the first lines; broken lines are passed over, since one bad line must not hide a format.
pub fn first_objects(head: &Head) -> Vec<Fields<'_>> {
    let bytes = without_bom(head.bytes());
    if !matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'n')) {
        return Vec::new();
    }
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"{")).take(LINES);
    lines.filter_map(|line| Fields::parse(std::str::from_utf8(line).ok()?).ok()).collect()
}

/// The beginning of an array or object without any blanks, so that `"kind":"Listing"` is found however it was printed;
/// nothing if the input is neither.
pub fn compact(head: &Head) -> Option<String> {
    let bytes = without_bom(head.bytes()).trim_ascii_start();
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(DOCUMENT)]);
    text.starts_with(['{', '[']).then(|| text.split_ascii_whitespace().collect())
}

fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}
