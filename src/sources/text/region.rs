//! Where on a page the comments are: the runs of list entries, which of them are comments and which are lists in the
//! article, and the heading above them.

use std::ops::Range;

use super::furniture::is_form;
use super::lines::Lines;
use super::list::{Entry, HOLE, Link, entries};

/// A run of list entries that is taken for comments.
pub struct Region<'t> {
    /// Its lines.
    pub lines: Range<usize>,
    /// The comments.
    pub entries: Vec<Entry<'t>>,
    /// The heading above.
    pub heading: Option<Heading>,
    /// Whether there are head lines or a heading, not only the shape of the list.
    pub sure: bool,
}

/// A line such as "14 Comments".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heading {
    /// The line.
    pub line: usize,
    /// How many comments it promises.
    pub count: Option<u64>,
}

/// The comment regions of a page, in order.
pub fn regions<'t>(lines: &Lines<'t>) -> Vec<Region<'t>> {
    let mut found: Vec<Region<'t>> = runs(lines).into_iter().filter_map(|run| region(lines, run)).collect();
    if found.iter().any(|region| region.sure) {
        found = found.into_iter().fold(Vec::new(), |mut kept, region| {
            if region.sure || kept.last().is_some_and(|before| goes_on(before, &region)) {
                kept.push(region);
            }
            kept
        });
    } else {
        // Without head lines and heading only the last list can be comments, and only if the page ends with it.
        let last = found.pop().filter(|region| is_last(lines, region.lines.end));
        found = last.filter(|region| looks_like_comments(lines, region)).into_iter().collect();
    }
    found
}

/// Whether a list goes on where another stopped, with the next numbers at the same column.
fn goes_on(before: &Region<'_>, region: &Region<'_>) -> bool {
    let last = before.entries.iter().rfind(|entry| entry.link == Link::Top);
    let ends = last.zip(region.entries.first());
    let numbers = ends.and_then(|(last, first)| Some((last.mark.number?, first.mark.number?)));
    let close = numbers.is_some_and(|(last, first)| (last + 1..=last + 1 + HOLE).contains(&first));
    close && ends.is_some_and(|(last, first)| last.mark.column == first.mark.column)
}

/// The heading just above a line: within three lines of text, the topmost that is one.
pub fn heading_above(lines: &Lines<'_>, line: usize) -> Option<Heading> {
    let above = (0..line).rev().filter(|above| !lines.blank(*above)).take(3);
    above.filter_map(|line| heading(lines.text(line)).map(|count| Heading { line, count })).last()
}

/// Stretches without text at column 0. A numbered line at column 0 begins a stretch of its own.
fn runs(lines: &Lines<'_>) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut open: Option<Range<usize>> = None;
    for line in 0..lines.len() {
        if lines.blank(line) {
            continue;
        }
        let mark = lines.mark(line);
        if lines.column(line) == 0 {
            let continues = open.as_ref().is_some_and(|run| lines.column(run.start) == 0);
            if !(mark.is_some() && continues) {
                runs.extend(open.take());
            }
        }
        match (&mut open, mark) {
            (Some(run), _) => run.end = line + 1,
            (None, Some(_)) => open = Some(line..line + 1),
            (None, None) => {}
        }
    }
    runs.extend(open);
    runs
}

/// A run read as comments, without the article's own list that may stand directly before them.
fn region<'t>(lines: &Lines<'t>, run: Range<usize>) -> Option<Region<'t>> {
    let mut found = entries(lines, run.clone());
    let start = found.first()?.line;
    let mut run = start..run.end;
    if let Some(cut) = own_list(&found) {
        run.start = cut;
        found = entries(lines, run.clone());
    }
    let heading = heading_above(lines, run.start);
    let heads = found.iter().filter(|entry| entry.head.is_some()).count();
    let sure = (heads > 0 || heading.is_some()) && separated(lines, &found);
    Some(Region { lines: run, entries: found, heading, sure })
}

/// Where the comments begin, if a list without any head line stands before them and theirs begins with 1 again.
fn own_list(entries: &[Entry<'_>]) -> Option<usize> {
    let begins = |entry: &&Entry<'_>| entry.link == Link::Top && entry.mark.number == Some(1);
    let first_head = entries.iter().position(|entry| entry.head.is_some())?;
    let cut = entries.get(1..=first_head)?.iter().rfind(begins)?.line;
    Some(cut)
}

/// Whether most top entries stand in a paragraph of their own. Renderers put no blank lines into a short list, and none
/// after a bulleted list that ends a comment.
fn separated(lines: &Lines<'_>, entries: &[Entry<'_>]) -> bool {
    let tops = || entries.iter().filter(|entry| entry.link == Link::Top).skip(1);
    let close = tops().filter(|entry| {
        let above = entry.line.saturating_sub(1);
        !lines.blank(above) && lines.mark(above).is_none_or(|mark| mark.number.is_some())
    });
    close.count() * 4 <= tops().count()
}

/// Whether a list without head lines and heading is comments all the same: three or more entries, each a paragraph or
/// more, below an article.
fn looks_like_comments(lines: &Lines<'_>, region: &Region<'_>) -> bool {
    let tops = region.entries.iter().filter(|entry| entry.link == Link::Top).count();
    let longer = region.entries.iter().filter(|entry| !entry.own.is_empty()).count();
    let numbered = region.entries.iter().all(|entry| entry.mark.number.is_some());
    let article = lines.first_full(0..region.lines.start).is_some();
    tops >= 3 && longer >= 1 && numbered && article && separated(lines, &region.entries)
}

/// Whether nothing that reads like an article follows; one long paragraph may be a note on the author.
fn is_last(lines: &Lines<'_>, end: usize) -> bool {
    let after = (end..lines.len()).take_while(|line| !is_form(lines.text(*line)));
    after.filter(|line| lines.text(*line).len() > 200).count() <= 1
}

/// The count in a heading such as "14 Comments", "Comments (14)" or "14 thoughts on …"; the outer `None` means that the
/// line is no heading.
fn heading(line: &str) -> Option<Option<u64>> {
    if line.len() > 200 || line.ends_with(['.', ',', ';']) {
        return None;
    }
    let lower = line.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let named = |word: &&str| WORDS.contains(word);
    let at = words.iter().position(named)?;
    let numbered = words.first().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let invites = lower.starts_with("leave a") || lower.starts_with("join the") || lower.starts_with("schreib");
    let short = words.len() <= 3 && !matches!(words.first(), Some(&"no" | &"keine"));
    let like = (numbered && at <= 3) || (at == 0 && words.len() <= 12) || invites || short;
    like.then(|| count(line))
}

/// The first number of a line; a comma or point between three digits groups them.
fn count(line: &str) -> Option<u64> {
    let from = line.find(|c: char| c.is_ascii_digit())?;
    let digits = line[from..].split(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.'))).next()?;
    digits.replace([',', '.'], "").parse().ok()
}

/// What comment sections call their content.
const WORDS: &[&str] = &[
    "comments",
    "comment",
    "responses",
    "response",
    "replies",
    "reply",
    "thoughts",
    "thought",
    "kommentare",
    "kommentar",
    "antworten",
    "reaktionen",
    "gedanken",
    "commentaires",
    "commentaire",
    "réponses",
    "comentarios",
    "comentários",
    "respuestas",
    "commenti",
    "reacties",
    "комментариев",
    "комментарии",
    "комментария",
    "discussion",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_their_numbers() {
        for (line, expected) in [
            ("14 Comments", Some(Some(14))),
            ("Comments (1,204)", Some(Some(1204))),
            ("2 thoughts on “Rye bread”", Some(Some(2))),
            ("6 Kommentare", Some(Some(6))),
            ("Responses to “Rye bread”", Some(None)),
            ("Leave a Reply", Some(None)),
            ("I look forward to your comments", None),
            ("No comments", None),
            ("Please comment below, it takes 2 minutes.", None),
        ] {
            assert_eq!(heading(line), expected, "{line}");
        }
    }

    #[test]
    fn the_articles_own_lists_are_no_comments() {
        let recipe = "Bread\n\nText.\n\n  1. Mix it.\n  2. Bake it.\n\nMore text.";
        assert!(regions(&Lines::new(recipe)).is_empty());
        let both = format!("{recipe}\n\n  1. Ada says\n\n    nice\n");
        let lines = Lines::new(&both);
        assert_eq!(regions(&lines).iter().map(|region| region.lines.start).collect::<Vec<_>>(), [9]);
        let close = "Bread\n\nText.\n\n  1. Mix it.\n  2. Bake it.\n\n  1. Ada says\n\n    nice\n";
        let lines = Lines::new(close);
        assert_eq!(regions(&lines).iter().map(|region| region.lines.start).collect::<Vec<_>>(), [7]);
    }
}
