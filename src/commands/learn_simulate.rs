//! `quell learn --simulate`: what learning from decisions would bring, played through on labelled texts.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Result;
use rayon::prelude::*;

use super::{Context, labelled};
use crate::cli::{self, SummaryFormat};
use crate::error::{Exit, hint};
use crate::output::listing::{Listing, Shape};
use crate::signals::decided::{Progress, simulate};
use crate::signals::learner::Example;
use crate::signals::train::rows::Row;
use crate::signals::{Subject, heads};
use crate::ui::count;

/// Runs whose means are told.
const SEEDS: u64 = 3;

const COLUMNS: &[&str] = &["order", "decisions", "AUC", "moved", "average precision", "found"];

/// Plays through and tells.
pub fn run(context: &Context, file: &Path, args: &cli::Learn) -> Result<Exit> {
    let rows = labelled::read(file)?.rows;
    let head = args.head.as_str();
    if head != "none" && !heads::NAMES.contains(&head) {
        return Err(hint(
            format!("there is no head {head}"),
            format!("the heads are {}, none", heads::NAMES.join(", ")),
        ));
    }
    let read = |row: &Row| {
        let subject = Subject::new(&row.text);
        Example::new(&subject, heads::of(head, &subject), row.y == 1)
    };
    let examples: Vec<Example> = rows.par_iter().map(read).collect();
    let mut names = HashMap::new();
    let groups: Vec<usize> = rows
        .iter()
        .map(|row| {
            let next = names.len();
            *names.entry(group(row)).or_insert(next)
        })
        .collect();
    context.ui.say(format!(
        "{}, {} in {}; half of them is decided on, the other half measures; means of {SEEDS} runs",
        count(rows.len() as u64, "text"),
        rows.iter().filter(|row| row.y == 1).count(),
        count(names.len() as u64, "group"),
    ));
    let told = simulate(&examples, &groups, SEEDS);
    context.ui.page(|out| {
        let shape = if args.format == SummaryFormat::Json { Shape::Json } else { Shape::Table(context.ui.width) };
        let mut list = Listing::begin(out, shape, COLUMNS)?;
        for one in &told {
            let start =
                told.iter().find(|other| other.order == one.order).map_or(one.auc, |first: &Progress| first.auc);
            list.row(vec![
                one.order.as_str().into(),
                (one.decisions as u64).into(),
                format!("{:.3}", one.auc).into(),
                format!("{:+.3}", one.auc - start).into(),
                format!("{:.3}", one.average_precision).into(),
                format!("{:.0}", one.found).into(),
            ])?;
        }
        list.end()?;
        Ok(())
    })?;
    Ok(Exit::Done)
}

/// What rows have in common that must not stand on both sides: the video or article they stand under, else their opening
/// letters.
fn group(row: &Row) -> String {
    match (row.video.as_str(), row.title.as_str()) {
        ("", "") => row.text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(24).collect(),
        (video, title) => format!("{video}\n{title}"),
    }
}
