//! `quell author`: the record of one person.

use anyhow::Result;

use super::{Context, bulk, log, shape};
use crate::cli;
use crate::error::{Exit, hint};
use crate::output::listing::{Cell, Listing};
use crate::store::AuthorCard;

const COLUMNS: &[&str] = &["what", "which", "count"];

/// Prints a card for each person of that name.
pub fn run(context: &Context, args: &cli::AuthorVerb) -> Result<Exit> {
    let cards = context.open()?.author_cards(&args.name, bulk::moment(&args.window)?)?;
    if cards.is_empty() {
        return Err(hint(format!("nobody here is called {}", args.name), "list the authors: quell authors '*'"));
    }
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), COLUMNS)?;
        for card in cards {
            for row in rows(card) {
                list.row(row)?;
            }
        }
        list.end()?;
        Ok(())
    })?;
    Ok(Exit::Done)
}

fn rows(card: AuthorCard) -> Vec<Vec<Cell>> {
    let mut rows: Vec<Vec<Cell>> = vec![
        vec!["author".into(), card.name.into(), Cell::Null],
        vec!["source".into(), format!("{} {}", card.source.kind, card.source.scope).into(), Cell::Null],
        vec!["key".into(), card.key.into(), Cell::Null],
        vec!["comments".into(), Cell::Null, card.comments.into()],
        vec!["posts".into(), Cell::Null, card.posts.into()],
    ];
    if let Some((first, last)) = card.between {
        rows.push(vec!["first".into(), log::when(first).into(), Cell::Null]);
        rows.push(vec!["last".into(), log::when(last).into(), Cell::Null]);
    }
    for month in card.months {
        rows.push(row("month", &month.name, month.comments));
        if month.removed > 0 {
            rows.push(row("removed in", &month.name, month.removed));
        }
    }
    rows.extend(card.statuses.into_iter().map(|(status, count)| row("status", status.as_str(), count)));
    rows.extend(
        card.decisions.into_iter().map(|(status, reason, count)| row(&format!("{status} for"), named(&reason), count)),
    );
    rows.extend(card.flags.into_iter().map(|(reason, count)| row("flagged", &reason, count)));
    rows.push(vec!["strikes".into(), Cell::Null, card.strikes.iter().map(|(_, count)| count).sum::<u64>().into()]);
    rows.extend(card.strikes.into_iter().map(|(reason, count)| row("strike", named(&reason), count)));
    rows.extend(card.answers.into_iter().map(|(name, count)| row("answers", &name, count)));
    rows.extend(
        card.notes.into_iter().map(|(by, note)| vec!["note".into(), format!("{by}: {note}").into(), Cell::Null]),
    );
    rows
}

fn row(what: &str, which: &str, count: u64) -> Vec<Cell> {
    vec![what.into(), which.into(), count.into()]
}

fn named(reason: &str) -> &str {
    if reason.is_empty() { "(no reason given)" } else { reason }
}
