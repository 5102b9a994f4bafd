//! A run of list entries as a forest: which markers are comments, which comment each answers by its indentation, and
//! which markers are only text that somebody typed.
//!
//! An entry's body stands two columns right of its marker, its replies' markers stand where its body does. So a stack of
//! open entries gives the parent: entries are closed while a marker stands left of their body. A marker further right
//! than the body means that the comments in between were lost.

use std::collections::HashSet;
use std::ops::Range;

use super::head::{Head, below, head};
use super::lines::{Lines, Mark};

/// Columns from a marker to its body.
const STEP: usize = 2;
/// How many numbers may be missing in a row within one list.
pub const HOLE: u64 = 50;

/// One entry of the list: a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'t> {
    /// Its marker.
    pub mark: Mark<'t>,
    /// The line of the marker.
    pub line: usize,
    /// The lines of its body after that, replies left out.
    pub own: Vec<usize>,
    /// What the marker's line says of the author, if it is a head line.
    pub head: Option<Head<'t>>,
    /// What it answers.
    pub link: Link,
    /// The numbers missing just before it in its list.
    pub hole: u64,
    /// Whether it might as well be a paragraph that somebody numbered.
    pub unsure: bool,
    resumed: bool,
}

/// What an entry answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Nothing: it stands at the top.
    Top,
    /// The entry with this position in the list, as far as the text shows.
    Under {
        /// Position of the parent.
        parent: usize,
        /// How many comments between the two are lost.
        skipped: usize,
    },
    /// A comment that is not in the text.
    Lost {
        /// The entry under which it stood; absent where that is lost too.
        under: Option<usize>,
    },
}

/// Reads the run, in two rounds: the first finds numbered paragraphs that might be replies, the second takes those for
/// text that look typed.
pub fn entries<'t>(lines: &Lines<'t>, run: Range<usize>) -> Vec<Entry<'t>> {
    let first = Reader::new(lines, run.clone(), HashSet::new()).read();
    let typed = typed(&first);
    if typed.is_empty() { first } else { Reader::new(lines, run, typed).read() }
}

/// The lines of unsure entries that are more likely text: the comment above them goes on after them, or nothing else on
/// the page is nested and they are two or more under a single comment.
fn typed(entries: &[Entry<'_>]) -> HashSet<usize> {
    let nested = entries.iter().any(|entry| entry.link != Link::Top && !entry.unsure);
    let mut parents = HashSet::new();
    let mut unsure = 0;
    for entry in entries.iter().filter(|entry| entry.unsure) {
        unsure += 1;
        parents.insert(entry.parent());
    }
    let alone = !nested && parents.len() == 1 && unsure > 1;
    let is_typed = |entry: &&Entry<'_>| {
        let resumed = entry.parent().is_some_and(|parent| entries.get(parent).is_some_and(|above| above.resumed));
        entry.unsure && (alone || resumed)
    };
    entries.iter().filter(is_typed).map(|entry| entry.line).collect()
}

impl Entry<'_> {
    /// The entry it stands under, lost parents aside.
    pub fn parent(&self) -> Option<usize> {
        match self.link {
            Link::Top => None,
            Link::Under { parent, .. } => Some(parent),
            Link::Lost { under } => under,
        }
    }
}

/// An entry whose replies may still come.
struct Open {
    entry: usize,
    body: usize,
    /// The last number among its direct replies, once there is one.
    last: Option<u64>,
    /// Whether a second list began among its direct replies.
    restarted: bool,
}

struct Reader<'l, 't> {
    lines: &'l Lines<'t>,
    run: Range<usize>,
    /// Column of the top entries.
    base: usize,
    /// Whether bullets at that column are entries even without a head line.
    bullets: bool,
    typed: HashSet<usize>,
    entries: Vec<Entry<'t>>,
    stack: Vec<Open>,
    last: Option<u64>,
}

impl<'l, 't> Reader<'l, 't> {
    fn new(lines: &'l Lines<'t>, run: Range<usize>, typed: HashSet<usize>) -> Self {
        let marks = || run.clone().filter_map(|line| lines.mark(line).map(|mark| (line, mark)));
        let named = |(line, mark): &(usize, Mark<'t>)| mark.number.is_some() || head_at(lines, *line, mark).is_some();
        let base = marks().filter(named).map(|(_, mark)| mark.column).min().unwrap_or(0);
        let tops: Vec<_> = marks().filter(|(_, mark)| mark.column == base).collect();
        let bulleted = tops.iter().filter(|top| top.1.number.is_none()).count();
        let headed = tops.iter().filter(|top| top.1.number.is_none() && named(top)).count();
        let bullets = bulleted == tops.len() && headed >= 2 && headed * 2 >= bulleted;
        Reader { lines, run, base, bullets, typed, entries: Vec::new(), stack: Vec::new(), last: None }
    }

    fn read(mut self) -> Vec<Entry<'t>> {
        for line in self.run.clone() {
            if self.lines.blank(line) {
                continue;
            }
            match self.lines.mark(line).and_then(|mark| self.entry(line, mark)) {
                Some(entry) => self.push(entry),
                None => self.text(line),
            }
        }
        self.entries
    }

    /// The entry that this marker begins, unless it is text.
    fn entry(&mut self, line: usize, mark: Mark<'t>) -> Option<Entry<'t>> {
        let head = head_at(self.lines, line, &mark);
        let depth = self.stack.partition_point(|open| open.body <= mark.column);
        let above = depth.checked_sub(1).and_then(|at| self.stack.get(at));
        let unsure = match (above, mark.number) {
            _ if head.is_some() => false,
            (None, None) => {
                if !self.bullets || mark.column != self.base {
                    return None;
                }
                false
            }
            (Some(_), None) => return None,
            (None, Some(_)) => false,
            (Some(_), Some(_)) if self.typed.contains(&line) => return None,
            (Some(above), Some(_)) => match self.nested(line, &mark, above) {
                Nested::Sure => false,
                Nested::Unsure => true,
                Nested::Not => return None,
            },
        };
        let direct = above.map_or(mark.column <= self.base, |above| mark.column == above.body);
        let last = above.map_or(self.last, |above| above.last);
        let restarted = above.is_some_and(|above| above.restarted);
        let (hole, restart) = match (direct, last, mark.number) {
            (true, Some(last), Some(1)) if last > 0 => (0, true),
            (true, Some(last), Some(number)) => match number.checked_sub(last + 1) {
                Some(hole) if hole <= HOLE => (hole, false),
                _ if head.is_some() => (0, false),
                _ => return None,
            },
            // A page of comments may start with any number; a list of replies starts with 1 or soon after.
            (true, None, Some(number)) => match number.checked_sub(1) {
                Some(hole) if hole <= HOLE => (hole, false),
                _ if head.is_some() || above.is_none() => (0, false),
                _ => return None,
            },
            _ => (0, false),
        };
        let link = match above {
            None if mark.column > self.base => Link::Lost { under: None },
            None => Link::Top,
            Some(above) if direct && (restart || restarted) => Link::Lost { under: Some(above.entry) },
            Some(above) => Link::Under { parent: above.entry, skipped: (mark.column - above.body).div_ceil(STEP) },
        };
        self.note(depth, &mark, direct, restart);
        Some(Entry { mark, line, own: Vec::new(), head, link, hole, unsure, resumed: false })
    }

    /// Closes what the marker closes and remembers its number in its list.
    fn note(&mut self, depth: usize, mark: &Mark<'t>, direct: bool, restart: bool) {
        self.stack.truncate(depth);
        match self.stack.last_mut() {
            Some(above) if direct => {
                above.last = mark.number.or(above.last);
                above.restarted |= restart;
            }
            None if direct => self.last = mark.number.or(self.last),
            _ => {}
        }
    }

    fn push(&mut self, entry: Entry<'t>) {
        self.stack.push(Open {
            entry: self.entries.len(),
            body: entry.mark.column + STEP,
            last: None,
            restarted: false,
        });
        self.entries.push(entry);
    }

    /// A line of text belongs to the innermost open entry whose body it can stand in, at least to the outermost.
    fn text(&mut self, line: usize) {
        let column = self.lines.column(line);
        let depth = self.stack.partition_point(|open| open.body <= column).max(1);
        let closed = self.stack.len() > depth;
        self.stack.truncate(depth);
        if let Some(entry) = self.stack.last().and_then(|open| self.entries.get_mut(open.entry)) {
            entry.resumed |= closed;
            entry.own.push(line);
        }
    }

    /// Whether a numbered line inside a comment, without a head line of its own, is a reply.
    fn nested(&self, line: usize, mark: &Mark<'t>, above: &Open) -> Nested {
        let (lines, end) = (self.lines, self.run.end);
        let next = if lines.blank(line + 1) { line + 2 } else { line + 1 };
        if next < end && !lines.blank(next) && lines.column(next) == mark.column + STEP {
            return Nested::Sure;
        }
        let previous = line.checked_sub(1);
        let after_bullet = previous.is_some_and(|above| lines.mark(above).is_some_and(|mark| mark.number.is_none()));
        let before = previous.is_none_or(|above| lines.blank(above)) || after_bullet;
        let after = line + 1 >= end || lines.blank(line + 1);
        let has_body = self.entries.get(above.entry).is_some_and(|entry| entry.head.is_none() || !entry.own.is_empty());
        if before && after && has_body && !mark.head.is_empty() { Nested::Unsure } else { Nested::Not }
    }
}

enum Nested {
    Sure,
    Unsure,
    Not,
}

/// The head line that this marker's line is: its words fit and nothing or only a date stands directly below it.
pub fn head_at<'t>(lines: &Lines<'t>, line: usize, mark: &Mark<'t>) -> Option<Head<'t>> {
    let head = head(mark.head, None)?;
    if lines.blank(line + 1) {
        return Some(head);
    }
    // `below` leaves a lone date alone, so it is shown the line after it as well.
    let next = [line + 1, line];
    (below(lines, &next, None).1.len() == 1).then_some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Vec<(usize, Option<u64>, Link)> {
        let lines = Lines::new(text);
        entries(&lines, 0..lines.len()).iter().map(|entry| (entry.line, entry.mark.number, entry.link)).collect()
    }

    fn under(parent: usize, skipped: usize) -> Link {
        Link::Under { parent, skipped }
    }

    #[test]
    fn indentation_gives_the_parent() {
        let text = "  1. a\n\n    1. b says\n\n      text\n\n      1. c says\n\n        text\n\n    2. d says\n\n      text\n\n  2. e";
        let links: Vec<_> = tree(text).into_iter().map(|entry| entry.2).collect();
        assert_eq!(links, [Link::Top, under(0, 0), under(1, 0), under(0, 0), Link::Top]);
    }

    #[test]
    fn a_skipped_level_and_a_second_list_are_seen() {
        let text =
            "  1. a\n\n      1. b says\n\n        text\n\n    1. c says\n\n      text\n\n    1. d says\n\n      text";
        let links: Vec<_> = tree(text).into_iter().map(|entry| entry.2).collect();
        assert_eq!(links, [Link::Top, under(0, 1), under(0, 0), Link::Lost { under: Some(0) }]);
    }

    #[test]
    fn typed_lists_stay_text() {
        assert_eq!(tree("  1. Two things:\n\n    1. one\n    2. two\n\n  2. b").len(), 2);
        assert_eq!(tree("  1. Two things:\n\n    1. one\n\n    2. two\n\n  2. b").len(), 2);
        assert_eq!(tree("  1. a\n\n    1. one\n\n    and so on\n\n  2. b").len(), 2);
        assert_eq!(tree("  1. a\n\n    8. April 2019 @ 11:38\n\n    and so on\n\n  2. b").len(), 2);
        assert_eq!(tree("  1. a\n\n    1. one long reply in a single paragraph\n\n  2. b").len(), 3);
    }

    #[test]
    fn numbers_that_do_not_fit_are_text() {
        let numbers: Vec<_> =
            tree("  998. a\n\n  1001. b\n\n  1984. was a year\n\n  1002. c").into_iter().map(|e| e.1).collect();
        assert_eq!(numbers, [Some(998), Some(1001), Some(1002)]);
    }

    #[test]
    fn a_reply_before_its_lost_first_comment_has_no_parent() {
        let links: Vec<_> =
            tree("    1. x says\n\n      text\n\n  2. b says\n\n    text").into_iter().map(|e| e.2).collect();
        assert_eq!(links, [Link::Lost { under: None }, Link::Top]);
    }

    #[test]
    fn deep_and_wide_lists_take_linear_time() {
        let wide = "  1. \n".repeat(200_000);
        assert_eq!(tree(&wide).len(), 200_000);
        let deep: String = (0..2_000).map(|level| format!("{}1. a says\n\n", " ".repeat(level * 2))).collect();
        assert_eq!(tree(&deep).len(), 2_000);
    }
}
