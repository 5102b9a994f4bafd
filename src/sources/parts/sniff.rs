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
pub fn first_objects<'h>(head: &'h Head) -> Vec<Fields<'h>> {
    let text = head.text().trim_start_matches('\u{FEFF}').trim_start();
    if !text.starts_with(['{', 'n']) {
        return Vec::new();
    }
    text.lines().filter(|line| line.starts_with('{')).take(LINES).filter_map(|line| Fields::parse(line).ok()).collect()
}

/// The beginning of an array or object without any blanks, so that `"kind":"Listing"` is found however it was printed;
/// nothing if the input is neither.
pub fn compact(head: &Head) -> Option<String> {
    let text = head.text().trim_start_matches('\u{FEFF}').trim_start();
    let text = &text[..text.floor_char_boundary(DOCUMENT)];
    text.starts_with(['{', '[']).then(|| text.split_ascii_whitespace().collect())
}
