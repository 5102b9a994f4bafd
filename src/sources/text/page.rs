//! A page taken apart: title, article, comments, and what stands below them. Two pages in one file are two.

use std::ops::Range;

use jiff::tz::TimeZone;

use super::draft::{Draft, drafts, drop_reply_links, sign};
use super::furniture::is_form;
use super::head::{Head, byline};
use super::lines::Lines;
use super::list::Link;
use super::records::records;
use super::region::{Heading, Region, regions};

/// One page.
pub struct Page<'t> {
    /// The line of the title.
    pub title: Option<usize>,
    /// The lines of the article, title and heading left out.
    pub article: Range<usize>,
    /// Who wrote the article, and when, if a line below the title says so.
    pub byline: Option<Head<'t>>,
    /// The heading above the comments.
    pub heading: Option<Heading>,
    /// The comments; none if none could be told apart.
    pub drafts: Vec<Draft<'t>>,
    /// What stands between and below the comments and belongs to none.
    pub rest: Vec<Range<usize>>,
    /// Whether head lines or a heading say that these are comments, not only the shape.
    pub sure: bool,
}

impl Page<'_> {
    /// Whether the page shows which comment answers which.
    pub fn nested(&self) -> bool {
        self.drafts.iter().any(|draft| draft.link != Link::Top)
    }
}

/// The pages of a text: at least one, and one only unless a second article with comments of its own follows.
pub fn pages<'t>(lines: &Lines<'t>, zone: Option<&TimeZone>) -> Vec<Page<'t>> {
    let mut pages: Vec<Page<'t>> = Vec::new();
    let mut from = 0;
    for region in regions(lines) {
        let end = region.lines.end;
        match pages.last_mut() {
            Some(page) if continues(lines, page, &region, from) => {
                page.rest.push(from..region.lines.start);
                append(page, drafts(lines, &region.entries, zone));
            }
            last => {
                let start = if last.is_some() { after_form(lines, from..region.lines.start) } else { 0 };
                if let Some(before) = last {
                    before.rest.push(from..start);
                }
                let cut = region.heading.map_or(region.lines.start, |heading| heading.line.max(start));
                let mut page = article(lines, start..cut, zone);
                page.heading = region.heading;
                page.sure = region.sure;
                page.drafts = drafts(lines, &region.entries, zone);
                pages.push(page);
            }
        }
        from = end;
    }
    match pages.last_mut() {
        Some(page) => page.rest.push(from..lines.len()),
        None => pages.push(without_list(lines, zone)),
    }
    for page in &mut pages {
        page.rest.retain(|rest| lines.first_full(rest.clone()).is_some());
        drop_reply_links(&mut page.drafts);
        sign(&mut page.drafts);
    }
    pages
}

/// Whether a region goes on with the page before: its numbers do, or nothing but a form stands between.
fn continues(lines: &Lines<'_>, page: &Page<'_>, region: &Region<'_>, from: usize) -> bool {
    let last = page.drafts.iter().rfind(|draft| draft.link == Link::Top).and_then(|draft| draft.number);
    let first = region.entries.first().and_then(|entry| entry.mark.number);
    let on = last.zip(first).is_some_and(|(last, first)| first > last);
    let heading = region.heading.map_or(region.lines.start, |heading| heading.line);
    on || lines.first_full(after_form(lines, from..heading)..heading).is_none()
}

/// The first line below the form that the range begins with; forms end with the last line that looks like one.
fn after_form(lines: &Lines<'_>, range: Range<usize>) -> usize {
    let form = range.clone().rev().find(|line| is_form(lines.text(*line)) || is_field(lines.text(*line)));
    form.map_or(range.start, |line| line + 1)
}

fn is_field(line: &str) -> bool {
    let line = line.trim_end_matches([' ', '*', ':', 'Δ']).to_lowercase();
    matches!(
        line.as_str(),
        "name" | "email" | "e-mail" | "website" | "comment" | "post comment" | "kommentar" | "submit"
    )
}

/// Adds comments of a further list; what they answer is counted on.
fn append<'t>(page: &mut Page<'t>, mut more: Vec<Draft<'t>>) {
    let by = page.drafts.len();
    for draft in &mut more {
        draft.link = match draft.link {
            Link::Under { parent, skipped } => Link::Under { parent: parent + by, skipped },
            Link::Lost { under } => Link::Lost { under: under.map(|under| under + by) },
            Link::Top => Link::Top,
        };
    }
    let last = page.drafts.iter().rfind(|draft| draft.link == Link::Top).and_then(|draft| draft.number);
    if let Some(first) = more.first_mut() {
        // Between two parts of one list only the numbers in the middle are missing.
        first.hole = last.zip(first.number).map_or(0, |(last, first)| first.saturating_sub(last + 1));
    }
    page.drafts.append(&mut more);
}

/// A page whose comments are no list, or cannot be told apart.
fn without_list<'t>(lines: &Lines<'t>, zone: Option<&TimeZone>) -> Page<'t> {
    let Some(found) = records(lines, zone) else { return article(lines, 0..lines.len(), zone) };
    let cut = found.heading.map_or(found.lines.start, |heading| heading.line);
    let mut page = article(lines, 0..cut, zone);
    page.heading = found.heading;
    page.rest.push(found.lines.end..lines.len());
    page.drafts = found.drafts;
    page.sure = true;
    page
}

fn article<'t>(lines: &Lines<'t>, range: Range<usize>, zone: Option<&TimeZone>) -> Page<'t> {
    let first = lines.first_full(range.clone());
    let title = first.filter(|line| is_title(lines, *line, range.end));
    let start = title.map_or(first.unwrap_or(range.end), |line| line + 1);
    let near = (start..range.end).filter(|line| !lines.blank(*line)).take(3);
    let byline = near.filter_map(|line| byline(lines.text(line), zone)).next();
    Page { title, article: start..range.end, byline, heading: None, drafts: Vec::new(), rest: Vec::new(), sure: false }
}

/// A title is one short line in a paragraph of its own.
fn is_title(lines: &Lines<'_>, line: usize, end: usize) -> bool {
    let alone = line + 1 >= end || lines.blank(line + 1);
    alone && lines.text(line).chars().count() <= 200
}
