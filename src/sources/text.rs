//! The plain-text copy of a page: what is left when somebody saves a page with its comments as text. Title, article and
//! comments are told apart as a reader would do it, by the grammar of the usual HTML-to-text renderers; the submodules
//! hold one step each:
//!
//! ```text
//! text ─► lines ─► region, list, head (numbered and nested comments) ─► draft ─► page ─► key, report ─► items
//!                  records (head lines at the margin)             ─┘
//! ```
//!
//! Such a text is always incomplete: renderers drop short comments, and names that were links. What is known to be
//! missing is reported as gaps and warnings. A text that cannot be taken apart safely becomes one post; it is never cut
//! at random. Working out which comment answers which from the words is not done here but in `threads`.

mod dates;
mod draft;
mod furniture;
mod head;
mod key;
mod lines;
mod list;
mod page;
mod records;
mod refuse;
mod region;
mod report;

use lines::Lines;
use page::{Page, pages};
use refuse::refusal;
use report::{report, warn};

use super::{Format, Guess, Head, Input, Options, ReadError, Sink, Wants};
use crate::model::{Item, Place, SourceKey};

/// The format.
pub const TEXT: Format =
    Format { name: "text", kind: "text", title: "plain-text copy of a page", wants: Wants::Utf8, sniff, read };

/// The largest page in bytes. A page is read as a whole; what is larger is no page.
const LARGEST: usize = 32 << 20;

/// 75 for a page with head lines or a heading above its comments, 68 where only the shape of the list says so, 60 for
/// prose. Prose is imported as one post, so that nothing is lost; anything with a structure of its own is refused.
fn sniff(head: &Head) -> Option<Guess> {
    let text = head.text();
    // Up to three bytes of a character may be cut off at the end of the head.
    if head.bytes().len() > text.len() + 3 || refusal(text).is_some() {
        return None;
    }
    let found = pages(&Lines::new(text), None);
    let comments: usize = found.iter().map(|page| page.drafts.len()).sum();
    let sure = found.iter().any(|page| page.sure);
    match (comments, sure) {
        (0, _) => Guess::new(60, "running text without recognisable comments"),
        (_, true) => Guess::new(75, format!("text of a page with {comments} comments")),
        (_, false) => Guess::new(68, format!("text of a page with {comments} numbered paragraphs like comments")),
    }
}

fn read(input: &mut Input, options: &Options, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let limit = LARGEST.min(options.max_record);
    let (bytes, more) = input.read_all(limit)?;
    if more {
        return Err(ReadError::Unreadable(format!("the text is larger than {limit} bytes, too large for a page")));
    }
    let scope = options.scope.clone().unwrap_or_else(|| "text".to_owned());
    sink.item(Item::Source(SourceKey { kind: "text".to_owned(), scope }))?;
    let text = String::from_utf8_lossy(&bytes);
    if let Err(error) = std::str::from_utf8(&bytes) {
        let place = Place { byte: error.valid_up_to() as u64, line: 0 };
        warn(sink, "text.utf8", place, "bytes that are not UTF-8 were replaced")?;
    }
    // The mark is blanked, not cut off, so that offsets stay those of the file.
    let text = text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), |rest| format!("   {rest}").into());
    if text.trim().is_empty() {
        return Ok(warn(sink, "text.empty", Place::default(), "there is no text in this file")?);
    }
    let lines = Lines::new(&text);
    let found: Vec<Page<'_>> = pages(&lines, options.assume_tz.as_ref());
    if found.len() > 1 {
        let message = format!("{} pages in one file: each becomes a post", found.len());
        warn(sink, "text.pages", Place::default(), &message)?;
    }
    for page in &found {
        report(&lines, page, options, sink)?;
    }
    Ok(())
}
