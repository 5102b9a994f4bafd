//! Pages whose comments are not a list: a head line, perhaps a date, then text at the margin until the next head line.
//! Only heads of the page's most frequent form begin a comment, so that the article's byline does not.

use std::ops::Range;

use jiff::tz::TimeZone;

use super::dates::stamp;
use super::draft::Draft;
use super::furniture::is_form;
use super::head::{Head, bare_name, below, head};
use super::lines::Lines;
use super::region::{Heading, heading_above};

/// Comments told apart by their head lines.
pub struct Records<'t> {
    /// From the first head line to the end of the last comment.
    pub lines: Range<usize>,
    /// The heading above.
    pub heading: Option<Heading>,
    /// The comments.
    pub drafts: Vec<Draft<'t>>,
}

/// A line that begins a comment.
struct Start<'t> {
    line: usize,
    number: Option<u64>,
    head: Head<'t>,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// "Ada says".
    Says,
    /// A name and a date on one line.
    Dated,
    /// "Posted by Ada".
    Byline,
    /// A name, and a date on the next line.
    NameThenDate,
}

/// The comments of a page in this style: three heads of one form, or two with dates or below a heading.
pub fn records<'t>(lines: &Lines<'t>, zone: Option<&TimeZone>) -> Option<Records<'t>> {
    let mut starts: Vec<Start<'t>> = (0..lines.len()).filter_map(|line| start(lines, line, zone)).collect();
    let form = most_frequent(&starts)?;
    starts.retain(|start| start.form == form);
    if form == Form::Byline && starts.first().is_some_and(|start| is_top(lines, start.line)) {
        starts.remove(0);
    }
    let first = starts.first()?.line;
    let heading = heading_above(lines, first);
    let dated = form != Form::Says || starts.iter().all(|start| stamp(lines.text(start.line + 1), zone).is_some());
    let enough = if dated || heading.is_some() { 2 } else { 3 };
    if starts.len() < enough {
        return None;
    }
    let last = starts.last()?.line;
    let end = (last..lines.len()).find(|line| is_form(lines.text(*line))).unwrap_or(lines.len());
    let ends = starts.iter().skip(1).map(|start| start.line).chain([end]);
    let drafts = starts.iter().zip(ends).map(|(start, end)| draft(lines, start, end, zone)).collect();
    Some(Records { lines: first..end, heading, drafts })
}

/// The head that this line is, if it begins a block of its own.
fn start<'t>(lines: &Lines<'t>, line: usize, zone: Option<&TimeZone>) -> Option<Start<'t>> {
    let above = line.checked_sub(1);
    let mark = lines.mark(line).filter(|mark| mark.number.is_some());
    // "Ada wrote:" above a quotation belongs to the comment that quotes her.
    let quotes =
        lines.first_full(line + 1..(line + 3).min(lines.len())).is_some_and(|l| lines.text(l).starts_with('>'));
    if quotes || lines.blank(line) || !(mark.is_some() || above.is_none_or(|above| lines.blank(above))) {
        return None;
    }
    let (text, number) = mark.map_or((lines.text(line), None), |mark| (mark.head, mark.number));
    if let Some(head) = head(text, zone) {
        let byline = ["posted", "comment", "by ", "written", "kommentar", "von ", "geschrieben"];
        let lower = text.get(..12).unwrap_or(text).to_lowercase();
        let form = match () {
            () if byline.iter().any(|word| lower.starts_with(word)) => Form::Byline,
            () if head.stamp.is_some() => Form::Dated,
            () => Form::Says,
        };
        return Some(Start { line, number, head, form });
    }
    let dated = stamp(lines.text(line + 1), zone).is_some() && stamp(text, zone).is_none();
    let name = bare_name(text).filter(|_| dated)?;
    let head = Head { name: Some(name), email: None, date: None, stamp: None };
    Some(Start { line, number, head, form: Form::NameThenDate })
}

fn most_frequent(starts: &[Start<'_>]) -> Option<Form> {
    let count = |form: Form| starts.iter().filter(|start| start.form == form).count();
    let forms = [Form::NameThenDate, Form::Byline, Form::Dated, Form::Says];
    forms.into_iter().max_by_key(|form| count(*form)).filter(|form| count(*form) > 0)
}

/// Whether at most a title stands above.
fn is_top(lines: &Lines<'_>, line: usize) -> bool {
    (0..line).filter(|above| !lines.blank(*above)).take(2).count() <= 1
}

fn draft<'t>(lines: &Lines<'t>, start: &Start<'t>, end: usize, zone: Option<&TimeZone>) -> Draft<'t> {
    let own: Vec<usize> = (start.line + 1..end).filter(|line| !lines.blank(*line)).collect();
    let columns = own.iter().map(|line| lines.column(*line)).min().unwrap_or(0);
    let (date, rest) = below(lines, &own, zone);
    Draft::flat(start.line, start.number, &start.head, date, lines.body(None, rest, columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(String, String)> {
        let found = records(&Lines::new(text), None);
        let drafts = found.map(|found| found.drafts).unwrap_or_default();
        drafts.into_iter().map(|draft| (draft.name.unwrap_or_default(), draft.body)).collect()
    }

    fn pair(name: &str, body: &str) -> (String, String) {
        (name.to_owned(), body.to_owned())
    }

    #[test]
    fn a_head_line_begins_a_comment() {
        let text = "Bread\n\nBy Olaf on April 1, 2016\n\nText.\n\n2 Comments\n\nAda says:\nApril 5, 2016 at 3:14 pm\n\nNice.\n\n\
                    Again.\n\nDora says:\nApril 6, 2016 at 3:14 pm\n\nYes.\n\nLeave a Reply\n\nName *";
        assert_eq!(names(text), [pair("Ada", "Nice.\n\nAgain."), pair("Dora", "Yes.")]);
    }

    #[test]
    fn a_name_above_a_date_begins_a_comment() {
        let text = "Bread\n\nText.\n\nAda\nApril 5, 2016 at 3:14 pm\n\nNice.\n\nDora\n6 April 2016\n\nYes.";
        assert_eq!(names(text), [pair("Ada", "Nice."), pair("Dora", "Yes.")]);
    }

    #[test]
    fn a_few_head_lines_in_prose_are_not_enough() {
        assert!(names("Bread\n\nAda says:\n\nText.\n\nMore text, said Dora.").is_empty());
        assert!(names("Bread\n\nText without any comments.\n\nMore text.").is_empty());
    }
}
