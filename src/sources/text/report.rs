//! A page as items: the post, its comments, what is known to be missing, and what the reader should be told.

use std::ops::Range;

use super::super::parts::extra::Extra;
use super::super::{Options, Sink, Stop};
use super::draft::Draft;
use super::key::{Keys, post_key};
use super::lines::Lines;
use super::list::Link;
use super::page::Page;
use crate::model::{Author, AuthorEvidence, Body, BodyFormat, Gap, Item, Kind, NewComment, NewPost, Parent};
use crate::model::{ParentOrigin, Place, Warning};

/// Reports one page.
pub fn report(lines: &Lines<'_>, page: &Page<'_>, options: &Options, sink: &mut dyn Sink) -> Result<(), Stop> {
    let post = post(lines, page);
    let key = post.key.clone();
    let place = post.place;
    sink.item(Item::Post(Box::new(post)))?;
    if page.drafts.is_empty() {
        return warn(
            sink,
            "text.unsegmented",
            place,
            "no comments could be told apart in this text; it is kept as one post",
        );
    }
    let mut keys = Keys::new(&key);
    let nested = page.nested();
    let known: Vec<String> = page.drafts.iter().map(|draft| keys.next(draft)).collect();
    for (draft, own) in page.drafts.iter().zip(&known) {
        sink.item(Item::Comment(Box::new(comment(lines, draft, nested, own, &key, &known, options))))?;
        for gap in gaps(draft, &known, &key) {
            sink.item(Item::Gap(gap))?;
        }
    }
    warnings(lines, page, sink)
}

fn post(lines: &Lines<'_>, page: &Page<'_>) -> NewPost {
    let title = page.title.map(|line| lines.text(line).trim().to_owned());
    let article = text(lines, page.article.clone());
    let mut post = NewPost::new(post_key(title.as_deref().unwrap_or_default(), &article, page.drafts.first()));
    // What could not be taken apart is kept whole.
    let body = match &title {
        Some(title) if page.drafts.is_empty() => format!("{title}\n\n{article}").trim().to_owned(),
        _ => article,
    };
    post.title = title;
    post.body = (!body.is_empty()).then_some(Body { raw: body, format: BodyFormat::Text });
    if let Some(byline) = &page.byline {
        post.author = author(byline.name, AuthorEvidence::HeadLine);
        post.created = byline.stamp.and_then(|stamp| stamp.time);
    }
    post.place = place(lines, page.title.or(lines.first_full(page.article.clone())).unwrap_or(page.article.start));
    let mut extra = Extra::new();
    if let (Some(heading), Some(first)) = (page.heading, page.drafts.first()) {
        extra.text("heading", &text(lines, heading.line..first.line));
    }
    for rest in &page.rest {
        extra.text(&format!("text_after_line_{}", rest.start), &text(lines, rest.clone()));
    }
    post.extra = extra.finish();
    post
}

/// All text of these lines, indentation kept.
fn text(lines: &Lines<'_>, range: Range<usize>) -> String {
    let full: Vec<usize> = range.filter(|line| !lines.blank(*line)).collect();
    lines.body(None, &full, 0)
}

fn comment(
    lines: &Lines<'_>,
    draft: &Draft<'_>,
    nested: bool,
    own: &str,
    post: &str,
    known: &[String],
    options: &Options,
) -> NewComment {
    let mut comment = NewComment::new(own);
    comment.post = Some(post.to_owned());
    comment.parent = match draft.link {
        Link::Under { parent, .. } => known
            .get(parent)
            .map_or(Parent::Unknown, |key| Parent::Comment { key: key.clone(), origin: ParentOrigin::Indent }),
        Link::Top if nested => Parent::Post,
        Link::Top | Link::Lost { .. } => Parent::Unknown,
    };
    comment.kind = match draft.body.split_once(':') {
        Some(("Pingback", _)) => Kind::Pingback,
        Some(("Trackback", _)) => Kind::Trackback,
        _ => Kind::Comment,
    };
    comment.author = author(draft.name.as_deref(), draft.evidence);
    comment.created = draft.date.and_then(|(_, stamp)| stamp.time);
    comment.body = (!draft.body.is_empty()).then(|| Body { raw: draft.body.clone(), format: BodyFormat::Text });
    comment.extra = extra(draft, options);
    comment.place = place(lines, draft.line);
    comment
}

fn extra(draft: &Draft<'_>, options: &Options) -> String {
    let mut extra = Extra::new();
    if let Some(number) = draft.number {
        extra.raw("number", &number.to_string());
    }
    if matches!(draft.link, Link::Under { skipped: 1.., .. }) {
        extra.raw("level_skipped", "true");
    }
    if draft.unsure {
        extra.raw("unsure_reply", "true");
    }
    if let Some((date, _)) = draft.date {
        extra.text("date", date);
    }
    if let Some((name, value)) = draft.email.and_then(|email| options.pii.field("email", email)) {
        extra.text(&name, &value);
    }
    extra.finish()
}

fn author(name: Option<&str>, evidence: AuthorEvidence) -> Author {
    name.map_or_else(Author::unknown, |name| Author::named(name, None).by(evidence))
}

/// What is missing just before or above a comment.
fn gaps(draft: &Draft<'_>, known: &[String], post: &str) -> Vec<Gap> {
    let gap = |parent: Option<usize>, count: u64, reason: &str| Gap {
        post: post.to_owned(),
        parent: parent.and_then(|parent| known.get(parent)).cloned(),
        known: Vec::new(),
        count,
        reason: reason.to_owned(),
    };
    let mut gaps = Vec::new();
    let above = match draft.link {
        Link::Under { parent, skipped } => {
            if skipped > 0 {
                gaps.push(gap(Some(parent), skipped as u64, "skipped level"));
            }
            Some(parent)
        }
        Link::Lost { under } => {
            gaps.push(gap(under, 1, "lost parent"));
            under
        }
        Link::Top => None,
    };
    if draft.hole > 0 {
        gaps.push(gap(above, draft.hole, "missing numbers"));
    }
    gaps
}

fn warnings(lines: &Lines<'_>, page: &Page<'_>, sink: &mut dyn Sink) -> Result<(), Stop> {
    let drafts = &page.drafts;
    let at = place(lines, drafts.first().map_or(0, |draft| draft.line));
    let by = |evidence| drafts.iter().filter(|draft| draft.evidence == evidence).count();
    let (heads, signed) = (by(AuthorEvidence::HeadLine), by(AuthorEvidence::Signature));
    let found = drafts.len();
    let authors = heads + signed;
    warn(
        sink,
        "text.comments",
        at,
        &format!("{found} comments, {authors} with an author ({heads} from a head line, {signed} from a signature)"),
    )?;
    if authors < found {
        let message = "page copies lose the names that were links: an author that is missing here was not anonymous";
        warn(sink, "text.authors", at, message)?;
    }
    if !page.nested() {
        let message = "nothing in the text says which comment answers which; no parents are set";
        warn(sink, "text.flat", at, message)?;
    }
    let lost = drafts.iter().filter(|draft| matches!(draft.link, Link::Lost { .. } | Link::Under { skipped: 1.., .. }));
    let lost = lost.count();
    if lost > 0 {
        let message = format!("the comment that was answered is not in the text for {lost} of the replies");
        warn(sink, "text.lost-parents", at, &message)?;
    }
    if let Some((line, count)) = page.heading.and_then(|heading| Some((heading.line, heading.count?)))
        && count != found as u64
    {
        warn(sink, "text.heading", place(lines, line), &format!("the heading says {count} comments, {found} found"))?;
    }
    for rest in &page.rest {
        let message = "text outside the comments is kept with the post's further fields";
        warn(sink, "text.rest", place(lines, lines.first_full(rest.clone()).unwrap_or(rest.start)), message)?;
    }
    Ok(())
}

/// Reports a warning.
pub fn warn(sink: &mut dyn Sink, code: &'static str, place: Place, message: &str) -> Result<(), Stop> {
    sink.item(Item::Warning(Warning { code, message: message.to_owned(), place }))
}

fn place(lines: &Lines<'_>, line: usize) -> Place {
    Place { byte: lines.byte(line), line: line as u64 + 1 }
}
