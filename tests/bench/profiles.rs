//! Makes the profiles that ship with quell, and the table in README of how well they do:
//! `cargo run --release --example profiles -- FOLDER [OUTPUT]`, where the folder has a file of labelled threads for each
//! set below (see `quell thread eval --help`), plain or gzip. Profiles are written only where an output folder is given.
//!
//! Every figure is measured on threads that the weights and the calibration have not seen: each set's threads in five
//! parts, each left out once; and each set left out as a whole. The same files give the same bytes on any machine.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result};
use quell::threads::{
    Baseline, Family, Figures, FitOptions, Kind, Labelled, Left, Loss, Method, Profile, Quotes, Set, degrade, evaluate,
    evaluate_parts, fit, fit_family, read_labelled,
};

/// A set of threads, with the weight of its comments: small sets count more than their size.
type Teacher = (&'static str, f32);

/// The profiles, whether they take the hidden units, and the sets that teach each.
const KINDS: [(&str, bool, &[Teacher]); 4] = [
    ("forum", true, &[("iac", 1.0), ("delving", 2.0)]),
    ("email", true, &[("r_devel", 1.0)]),
    ("blog", false, &[("benbalter", 3.0), ("mademistakes", 3.0)]),
    ("wiki", false, &[("wikitalk", 2.0)]),
];
/// What teaches the profile `chat`, and what it is measured on.
const CHAT: (&str, &str) = ("irc_train", "irc_dev");

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().context("usage: profiles FOLDER [OUTPUT]")?;
    let (folder, output) = (Path::new(&folder), arguments.next());
    let write = |profile: &Profile| match &output {
        Some(output) => std::fs::write(Path::new(output).join(format!("{}.json", profile.name)), profile.to_json()?)
            .with_context(|| format!("cannot write to {output}")),
        None => Ok(()),
    };
    family(folder)?.iter().try_for_each(write)?;
    write(&chat(folder)?)
}

/// Fits all profiles but `chat`, and prints their rows of the table.
fn family(folder: &Path) -> Result<Vec<Profile>> {
    let sets: Vec<(&str, &str, f32)> =
        KINDS.iter().flat_map(|(kind, _, sets)| sets.iter().map(|(set, weight)| (*kind, *set, *weight))).collect();
    let threads: Vec<Vec<Labelled>> = sets.iter().map(|(_, set, _)| read(folder, set)).collect::<Result<_>>()?;
    let of_kind = |kind: &str| {
        let members = sets.iter().zip(&threads).filter(|((of, ..), _)| *of == kind);
        members.map(|((_, _, weight), threads)| Set { threads, weight: *weight }).collect()
    };
    let kinds: Vec<Kind<'_>> =
        KINDS.iter().map(|(name, hidden, _)| Kind { name, sets: of_kind(name), hidden: *hidden }).collect();
    let weights: Vec<String> = sets.iter().map(|(_, set, weight)| format!("{set} {weight}")).collect();
    let options = FitOptions {
        made: format!(
            "fitted together, seed 1, five folds, pull 30, 6 epochs, sets and weights: {}",
            weights.join(", ")
        ),
        pull: 30.0,
        ..FitOptions::new("")
    };
    let Family { profiles, sets: left } = fit_family(&kinds, &options);
    println!(
        "| set | profile | edges | previous | root | quote else previous | accuracy / without answers to the post | P at 0.9 / share | ECE | without names | without quote marks |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for (((kind, set, _), threads), left) in sets.iter().zip(&threads).zip(&left) {
        row(set, kind, threads, left);
    }
    println!(
        "\n| set never seen | accuracy / without answers to the post | P at 0.9 / share | ECE |\n|---|---|---|---|"
    );
    for (((_, set, _), threads), left) in sets.iter().zip(&threads).zip(&left) {
        if let Some(stranger) = &left.stranger {
            let figures = evaluate(threads, Method::Profile(stranger));
            println!("| {set} | {} | {} | {:.3} |", both(&figures), sure(&figures), figures.calibration_error);
        }
    }
    Ok(profiles)
}

fn row(set: &str, kind: &str, threads: &[Labelled], left: &Left<'_>) {
    let simple = |baseline| evaluate(threads, Method::Baseline(baseline)).accuracy;
    let measured = measure(left, Loss { names: 0.0, quotes: Quotes::Kept });
    println!(
        "| {set} | {kind} | {} | {:.3} | {:.3} | {:.3} | {} | {} | {:.3} | {:.3} | {:.3} |",
        measured.edges,
        simple(Baseline::Previous),
        simple(Baseline::Root),
        simple(Baseline::QuoteElsePrevious),
        both(&measured),
        sure(&measured),
        measured.calibration_error,
        measure(left, Loss { names: 1.0, quotes: Quotes::Kept }).accuracy,
        measure(left, Loss { names: 0.0, quotes: Quotes::Unmarked }).accuracy,
    );
}

/// Measures each part with the profile that has not seen it.
fn measure(left: &Left<'_>, loss: Loss) -> Figures {
    let copies: Vec<(Vec<Labelled>, &Profile)> = left
        .folds
        .iter()
        .map(|(threads, profile)| (threads.iter().map(|thread| degrade(thread, loss, 1)).collect(), profile))
        .collect();
    let parts: Vec<(&[Labelled], Method<'_>)> =
        copies.iter().map(|(threads, profile)| (threads.as_slice(), Method::Profile(profile))).collect();
    evaluate_parts(&parts)
}

/// Fits `chat`, and prints how well it does.
fn chat(folder: &Path) -> Result<Profile> {
    let (train, measured) = (read(folder, CHAT.0)?, read(folder, CHAT.1)?);
    let options = FitOptions {
        made: format!("fitted alone, seed 1, two folds, no degraded copies, pull 3, 12 epochs, set: {}", CHAT.0),
        chat: true,
        pull: 3.0,
        augment: false,
        folds: 2,
        epochs: 12,
        ..FitOptions::new("chat")
    };
    let profile = fit(&[Set { threads: &train, weight: 1.0 }], &options);
    let figures = evaluate(&measured, Method::Profile(&profile));
    let previous = evaluate(&measured, Method::Baseline(Baseline::Previous));
    let link = |figures: &Figures| figures.links.map_or(f64::NAN, |[_, _, f1]| f1);
    println!(
        "\n{}: link F {:.3} (previous message {:.3}), {}, ECE {:.3}",
        CHAT.1,
        link(&figures),
        link(&previous),
        sure(&figures),
        figures.calibration_error
    );
    Ok(profile)
}

fn both(figures: &Figures) -> String {
    format!("{:.3} / {:.3}", figures.accuracy, figures.non_root_accuracy)
}

fn sure(figures: &Figures) -> String {
    figures
        .sure_precision
        .map_or("under 20 edges".to_owned(), |precision| format!("{precision:.3} / {:.2}", figures.sure_coverage))
}

fn read(folder: &Path, set: &str) -> Result<Vec<Labelled>> {
    let plain = folder.join(format!("{set}.jsonl"));
    let path = if plain.exists() { plain } else { folder.join(format!("{set}.jsonl.gz")) };
    let file = BufReader::new(File::open(&path).with_context(|| format!("cannot read {}", path.display()))?);
    let input: Box<dyn Read> = if path.extension().is_some_and(|end| end == "gz") {
        Box::new(flate2::bufread::MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let threads = read_labelled(BufReader::new(input)).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(threads)
}
