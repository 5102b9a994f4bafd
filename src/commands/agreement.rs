//! `quell agreement`: how far moderators agree, over actions and for each reason.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Context, listed, shape};
use crate::cli;
use crate::error::Exit;
use crate::model::CommentId;
use crate::output::listing::{Cell, Listing};
use crate::review::agreement::{Agreement, Estimate, Unit, measure};
use crate::store::Judgement;

const COLUMNS: &[&str] = &["on", "comments", "raw", "kappa", "kappa95", "alpha", "alpha95"];

/// Prints the figures.
pub fn run(context: &Context, args: &cli::Agreement) -> Result<Exit> {
    let judgements = context.open()?.judgements()?;
    let mut people: BTreeMap<&str, u32> = BTreeMap::new();
    for judgement in &judgements {
        let next = people.len() as u32;
        people.entry(&judgement.actor).or_insert(next);
    }
    let labelled = |label: &dyn Fn(&Judgement) -> u32| {
        let mut units: BTreeMap<CommentId, Unit> = BTreeMap::new();
        for judgement in &judgements {
            units.entry(judgement.comment).or_default().push((people[judgement.actor.as_str()], label(judgement)));
        }
        measure(&units.into_values().collect::<Vec<_>>())
    };
    let mut found: Vec<(String, Agreement)> = Vec::new();
    found.extend(labelled(&|judgement| judgement.action as u32).map(|figures| ("action".to_owned(), figures)));
    let reasons: std::collections::BTreeSet<&String> =
        judgements.iter().filter_map(|judgement| judgement.reason.as_ref()).collect();
    for reason in reasons {
        let figures = labelled(&|judgement| u32::from(judgement.reason.as_ref() == Some(reason)));
        found.extend(figures.map(|figures| (reason.clone(), figures)));
    }
    let rows = found.len() as u64;
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), COLUMNS)?;
        for (on, figures) in found {
            list.row(vec![
                on.into(),
                (figures.comments as u64).into(),
                format!("{:.3}", figures.raw).into(),
                value(figures.kappa),
                interval(figures.kappa),
                value(figures.alpha),
                interval(figures.alpha),
            ])?;
        }
        list.end()?;
        Ok(())
    })?;
    if rows == 0 {
        context.ui.say("no comment has been decided by two people");
    }
    Ok(listed(rows))
}

fn value(estimate: Option<Estimate>) -> Cell {
    estimate.map(|estimate| format!("{:.3}", estimate.value)).into()
}

fn interval(estimate: Option<Estimate>) -> Cell {
    estimate.map(|estimate| format!("{:.3}..{:.3}", estimate.interval.0, estimate.interval.1)).into()
}
