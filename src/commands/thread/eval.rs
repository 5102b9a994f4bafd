//! `quell thread eval`: how well parents are recovered, on threads whose true parents are known.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, stdin};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::bufread::MultiGzDecoder;

use super::super::{Context, listed, shape};
use super::profile;
use crate::cli::{Lost, ThreadEval};
use crate::error::Exit;
use crate::output::listing::{Cell, Listing};
use crate::store::Store;
use crate::threads::{Baseline, Figures, Labelled, Loss, Method, Profile, Quotes, degrade, evaluate, read_labelled};
use crate::ui::count;

/// The seed of the names that `--without names` takes; all go, so it decides nothing.
const SEED: u64 = 1;

const COLUMNS: &[&str] = &[
    "method",
    "edges",
    "accuracy",
    "non_root",
    "p_at_0.9",
    "coverage_at_0.9",
    "calibration_error",
    "exact_trees",
    "ancestor_f1",
    "b_cubed_f1",
    "link_f1",
];

/// Measures profiles beside the simple rules.
pub fn run(context: &Context, args: &ThreadEval) -> Result<Exit> {
    let threads = threads(&args.files, args.held_out)?;
    let loss = Loss {
        names: if args.without.contains(&Lost::Names) { 1.0 } else { 0.0 },
        quotes: if args.without.contains(&Lost::Quotes) { Quotes::Unmarked } else { Quotes::Kept },
    };
    let threads: Vec<Labelled> = match args.without.as_slice() {
        [] => threads,
        _ => threads.iter().map(|thread| degrade(thread, loss, SEED)).collect(),
    };
    let store = if context.db.exists() { Some(Store::open(&context.db)?) } else { None };
    let names: Vec<String> =
        if args.profile.is_empty() { Profile::names().map(str::to_owned).collect() } else { args.profile.clone() };
    let profiles = names.iter().map(|name| profile(store.as_ref(), name)).collect::<Result<Vec<_>>>()?;
    let mut rows = 0;
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), COLUMNS)?;
        for baseline in Baseline::ALL {
            list.row(cells(baseline.as_str(), &evaluate(&threads, Method::Baseline(baseline)), false))?;
        }
        for profile in &profiles {
            list.row(cells(&profile.name, &evaluate(&threads, Method::Profile(profile)), true))?;
        }
        rows = list.end()?;
        Ok(())
    })?;
    context.ui.say(format!("measured on {}", count(threads.len() as u64, "thread")));
    Ok(listed(rows))
}

/// Reads labelled threads; `held_out` keeps those that a fit with `--hold-out` leaves out.
pub fn threads(files: &[PathBuf], held_out: bool) -> Result<Vec<Labelled>> {
    let mut threads = Vec::new();
    for path in files {
        threads.extend(read(path).with_context(|| format!("cannot read {}", path.display()))?);
    }
    threads.retain(|thread| !held_out || thread.held_out());
    Ok(threads)
}

fn read(path: &Path) -> Result<Vec<Labelled>> {
    let input: Box<dyn Read> =
        if path == Path::new("-") { Box::new(stdin().lock()) } else { Box::new(File::open(path)?) };
    let mut input = BufReader::new(input);
    if input.fill_buf()?.starts_with(b"\x1f\x8b") {
        return read_labelled(BufReader::new(MultiGzDecoder::new(input)));
    }
    read_labelled(input)
}

/// A simple rule knows no confidence.
fn cells(method: &str, figures: &Figures, confident: bool) -> Vec<Cell> {
    let share = |share: f64| if share.is_finite() { Cell::Real((share * 1e3).round() / 1e3) } else { Cell::Null };
    let sure = |value: f64| if confident { share(value) } else { Cell::Null };
    vec![
        method.into(),
        (figures.edges as u64).into(),
        share(figures.accuracy),
        share(figures.non_root_accuracy),
        figures.sure_precision.map_or(Cell::Null, share),
        sure(figures.sure_coverage),
        sure(figures.calibration_error),
        share(figures.exact_trees),
        share(figures.ancestor_f1),
        share(figures.b_cubed_f1),
        figures.links.map_or(Cell::Null, |[_, _, f1]| share(f1)),
    ]
}
