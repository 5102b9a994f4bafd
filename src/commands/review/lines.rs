//! The form of review for scripts and screen readers: a JSON object a line. An item comes out, a decision goes in; what
//! came of it is told, then the next item. A line that cannot be done is answered with an error and changes nothing.

use std::io::{BufRead, Write, stdin};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use super::beside::WINDOW;
use super::desk::Desk;
use super::fault;
use super::load::{self, Copies};
use crate::commands::Context;
use crate::commands::bulk::{self, name};
use crate::error::{Exit, hint};
use crate::model::{Action, CommentId, Outcome};
use crate::screen::case::{Case, Row, Why};
use crate::screen::{Scope, Verdict};
use crate::store::{AuthorCard, Store};
use crate::text::terminal;

/// A line of standard input.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    action: String,
    id: Option<String>,
    #[serde(default)]
    reasons: Vec<String>,
    note: Option<String>,
    query: Option<String>,
    #[serde(default)]
    subtree: bool,
    #[serde(default)]
    copies: bool,
    #[serde(default)]
    dry_run: bool,
}

/// What a line came to.
enum Came {
    /// To an answer; the next item is due.
    Next(Value),
    /// To an answer; the item stays.
    Stay(Value),
    /// To the end.
    End,
}

/// Reads orders until the end of standard input.
pub fn run(context: &Context, desk: &mut Desk) -> Result<Exit> {
    let mut out = context.ui.stdout();
    // In a pipe every byte goes through; a terminal sees what strangers wrote escaped.
    let mut put = |value: &Value| {
        let line = value.to_string();
        let line = if context.ui.terminal { terminal::escape(&line).into_owned() } else { line };
        writeln!(out, "{line}").and_then(|()| out.flush())
    };
    let copies = if desk.is_blind() { None } else { Some(Copies::read(desk.store())?) };
    let mut case = shown(desk, copies.as_ref(), &mut put)?;
    for line in stdin().lock().lines() {
        let line = line.context("cannot read standard input")?;
        if line.trim().is_empty() {
            continue;
        }
        match obey(desk, case.as_ref(), copies.as_ref(), &line) {
            Ok(Came::Next(answer)) => {
                put(&answer)?;
                case = shown(desk, copies.as_ref(), &mut put)?;
            }
            Ok(Came::Stay(answer)) => put(&answer)?,
            Ok(Came::End) => break,
            Err(error) => {
                let (what, next) = fault(&error);
                put(&json!({"type": "error", "error": what, "hint": next}))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// Writes the comment whose turn it is, or that there is none.
fn shown(
    desk: &mut Desk,
    copies: Option<&Copies>,
    put: &mut dyn FnMut(&Value) -> std::io::Result<()>,
) -> Result<Option<Case>> {
    let case = desk.case()?;
    match &case {
        Some(case) => {
            let since = bulk::moment(WINDOW)?;
            let card = desk.store().author_card(case.comment, since)?;
            put(&item(desk.store(), case, card.as_ref(), copies)?)?;
        }
        None => put(&json!({"type": "end"}))?,
    }
    Ok(case)
}

fn obey(desk: &mut Desk, case: Option<&Case>, copies: Option<&Copies>, line: &str) -> Result<Came> {
    let order: Order = serde_json::from_str(line).context("the line is no order")?;
    match order.action.as_str() {
        "quit" => return Ok(Came::End),
        "undo" => {
            let (operation, outcome) = desk.undo()?;
            return Ok(Came::Next(json!({"type": "done", "action": "undo", "undone": operation,
                "operation": outcome.operation, "changed": names(&outcome), "skipped": skipped(&outcome)})));
        }
        "search" => {
            desk.narrow(order.query.as_deref().unwrap_or_default())?;
            return Ok(Came::Next(json!({"type": "done", "action": "search"})));
        }
        _ => {}
    }
    let Some(case) = case else { bail!("nothing waits; undo, search and quit still work") };
    let on = meant(case, order.id.as_deref())?;
    match order.action.as_str() {
        "skip" => {
            desk.pass()?;
            Ok(Came::Next(json!({"type": "done", "action": "skip"})))
        }
        "note" => {
            let Some(text) = order.note.filter(|note| !note.trim().is_empty()) else { bail!("the note is missing") };
            let operation = desk.note(on, &text)?;
            Ok(Came::Next(
                json!({"type": "done", "action": "note", "operation": operation, "changed": [on.to_string()]}),
            ))
        }
        action => {
            let action = Action::from_name(action).filter(|action| action.status().is_some()).ok_or_else(|| {
                hint(
                    format!("there is no action {action}"),
                    "approve, remove, spam, escalate, note, skip, undo, search, quit",
                )
            })?;
            let text = || case.rows.iter().find(|row| row.comment == on).map_or("", |row| row.text.as_str());
            let scope = match (order.subtree, order.copies, copies) {
                (true, true, _) => bail!("subtree and copies at once are not to be had"),
                (true, false, _) => Scope::Subtree,
                (false, true, Some(copies)) => Scope::Copies(copies.of(on, text())),
                (false, true, None) => bail!("a comment of a sample is judged by itself"),
                (false, false, _) => Scope::One,
            };
            let verdict = Verdict { on, action, reasons: order.reasons, note: order.note, scope };
            let outcome = desk.decide(&verdict, order.dry_run)?;
            let mut answer = json!({"type": "done", "action": action.as_str(), "operation": outcome.operation,
                "changed": names(&outcome), "skipped": skipped(&outcome)});
            if order.dry_run {
                answer["dry_run"] = Value::from(true);
                return Ok(Came::Stay(answer));
            }
            if on == case.comment && outcome.operation.is_some() {
                desk.pass()?;
            }
            Ok(Came::Next(answer))
        }
    }
}

/// The comment that an order is about: the one that waits, or another of its thread.
fn meant(case: &Case, id: Option<&str>) -> Result<CommentId> {
    let Some(id) = id else { return Ok(case.comment) };
    let found = case.rows.iter().map(|row| row.comment).find(|comment| comment.to_string() == id);
    found.ok_or_else(|| hint(format!("{id} is not before you"), format!("{} waits", case.comment)))
}

fn names(outcome: &Outcome) -> Vec<String> {
    outcome.changed.iter().map(|on| name(*on)).collect()
}

fn skipped(outcome: &Outcome) -> Vec<Value> {
    let why = |skip| bulk::why(skip);
    outcome.skipped.iter().map(|(on, skip)| json!({"id": name(*on), "why": why(skip)})).collect()
}

fn item(store: &Store, case: &Case, card: Option<&AuthorCard>, copies: Option<&Copies>) -> Result<Value> {
    let here = &case.rows[case.here];
    let blind = copies.is_none();
    let mut item = json!({
        "type": "item",
        "id": case.comment.to_string(),
        "place": case.place,
        "of": case.of,
        "post": {"id": case.post.to_string(), "title": case.title},
        "author": here.author,
        "when": here.when,
        "text": here.text,
        "ancestors": case.rows[..case.here].iter().map(row).collect::<Vec<_>>(),
        "more_ancestors": case.more_above,
        "replies": case.rows[case.here + 1..].iter().map(row).collect::<Vec<_>>(),
        "more_replies": case.more_below,
        "card": card.map(|card| self::card(card, blind)),
    });
    if let Some(copies) = copies {
        let copies = copies.of(case.comment, &here.text);
        let near = load::near(store, case.comment, &copies)?;
        let names = |ids: &[CommentId]| ids.iter().map(CommentId::to_string).collect::<Vec<_>>();
        let notes: Vec<Value> = case.notes.iter().map(|(by, note)| json!({"by": by, "note": note})).collect();
        item["priority"] = json!((case.points * 100.0).round() / 100.0);
        item["status"] = json!(here.status.map(|status| status.as_str()));
        item["why"] = case.why.iter().map(why).collect();
        item["mask"] = json!(here.mask);
        item["notes"] = json!(notes);
        item["copies"] = json!(names(&copies));
        item["near"] = json!(names(&near));
    }
    Ok(item)
}

fn row(row: &Row) -> Value {
    let mut value = json!({"id": row.comment.to_string(), "depth": row.depth, "author": row.author, "when": row.when,
        "text": row.text});
    if let Some(status) = row.status {
        value["status"] = json!(status.as_str());
    }
    value
}

fn why(why: &Why) -> Value {
    let spans: Vec<[usize; 2]> = why.spans.iter().map(|span| [span.start, span.end]).collect();
    let kind = if why.is_reason { "reason" } else { "because" };
    json!({kind: why.what, "by": why.by, "score": why.value, "words": why.words, "spans": spans, "note": why.note})
}

fn card(card: &AuthorCard, blind: bool) -> Value {
    let mut value = json!({"name": card.name, "key": card.key, "comments": card.comments, "posts": card.posts});
    if !blind {
        let counted = |counts: &[(String, u64)]| -> Value {
            counts.iter().map(|(name, count)| (name.clone(), json!(count))).collect::<serde_json::Map<_, _>>().into()
        };
        let statuses: Vec<(String, u64)> =
            card.statuses.iter().map(|(status, count)| (status.to_string(), *count)).collect();
        value["statuses"] = counted(&statuses);
        let decided = card.decisions.iter().map(|(status, reason, many)| json!([status.as_str(), reason, many]));
        value["decided_for"] = decided.collect();
        value["flagged"] = counted(&card.flags);
        value["strikes"] = counted(&card.strikes);
        value["answers"] = counted(&card.answers);
    }
    value
}
