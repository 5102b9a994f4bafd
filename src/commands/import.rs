//! `quell import`: dumps into the database, and a summary of what came of them.

use std::io::Write;

use anyhow::{Context as _, Result};

use super::Context;
use crate::cli::{self, SummaryFormat};
use crate::error::{Exit, hint};
use crate::import::{self, Catalog, Fate, Inputs, Outcome, Request};
use crate::sources::open::Limits;
use crate::sources::{FORMATS, Options, Pii};
use crate::store::{FlatPost, Mode, Store};
use crate::text::terminal;
use crate::ui::{Bar, Ui, count};

/// Imports what was named.
pub fn run(context: &Context, args: &cli::Import) -> Result<Exit> {
    if let Some(name) = &args.source {
        known_source(name)?;
    }
    let new = !context.db.exists();
    let looking_only = args.dry_run || args.detect;
    // A look at a dump makes no database.
    let mut store = if looking_only && new { Store::in_memory() } else { Store::open_or_create(&context.db) }?;
    let request = request(args, &store)?;
    let mut bar = Bar::new(&context.ui);
    let outcome = import::run(&mut store, &request, &mut bar);
    bar.clear();
    let outcome = outcome.with_context(|| format!("the import into {} failed", context.db.display()))?;
    let unplaced = !looking_only && outcome.counts.unplaced > 0;
    let flat = if unplaced { store.flat_posts(FLAT_POSTS)? } else { Vec::new() };
    if new && !looking_only {
        store.discard_if_bare()?;
    }
    if args.detect {
        return detected(&outcome);
    }
    match args.format {
        SummaryFormat::Json => json(&outcome, args.dry_run)?,
        SummaryFormat::Text => {
            tell(&outcome, args, &context.ui);
            tell_flat(&outcome, &flat, &context.ui);
        }
    }
    Ok(exit(&outcome, args.strict))
}

fn request(args: &cli::Import, store: &Store) -> Result<Request> {
    let options = Options {
        scope: args.scope.clone(),
        map: args.map.clone(),
        assume_tz: args.assume_tz.clone(),
        time_format: args.time_format.clone(),
        pii: if args.keep_pii { Pii::Keep } else { Pii::Hash(store.pii_key()?) },
        ..Options::for_input("")
    };
    let mode = match (args.dry_run || args.detect, args.strict) {
        (true, _) => Mode::DryRun,
        (false, true) => Mode::WholeOrNothing,
        (false, false) => Mode::Batches,
    };
    Ok(Request {
        inputs: Inputs::Files(args.files.clone()),
        source: args.source.clone(),
        options,
        limits: Limits { max_window: args.max_window, ..Limits::default() },
        catalog: if args.detect { Catalog::DetectOnly } else { Catalog::Whole },
        mode,
        strict: args.strict,
        max_errors: args.max_errors,
    })
}

fn known_source(name: &str) -> Result<()> {
    if FORMATS.iter().any(|format| format.name == name || format.kind == name) {
        return Ok(());
    }
    let names: Vec<&str> = FORMATS.iter().flat_map(|format| [format.kind, format.name]).collect();
    let near = names.iter().max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
    let list: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    Err(hint(
        format!("there is no source {name}; did you mean {}?", near.unwrap_or(&"")),
        format!("the sources are {}", list.join(", ")),
    ))
}

fn exit(outcome: &Outcome, strict: bool) -> Exit {
    let counts = &outcome.counts;
    let nothing_read = outcome.inputs.iter().all(|input| matches!(input.fate, Fate::Refused { .. }));
    if nothing_read || (strict && outcome.stopped.is_some()) {
        Exit::Failed
    } else if outcome.is_partial() {
        Exit::Partly
    } else if counts.added + counts.changed + counts.posts_added + counts.posts_changed + counts.parents_found == 0 {
        Exit::Nothing
    } else {
        Exit::Done
    }
}

/// Says what came of the import: trouble first, then the counts.
fn tell(outcome: &Outcome, args: &cli::Import, ui: &Ui) {
    for input in &outcome.inputs {
        let name = terminal::escape(&input.name);
        match &input.fate {
            Fate::Read(format) => ui.say(format!("{name}: read as {format}")),
            Fate::Broken { format, reason } => {
                ui.say(format!("{name}: read as {format} until it broke: {}", terminal::escape(reason)));
            }
            Fate::Refused { reason, guesses } => {
                ui.say(format!("{name}: not read: {}", terminal::escape(reason)));
                for (format, score, evidence) in guesses {
                    ui.say(format!("  {format:<15} {score:>3}  {}", terminal::escape(evidence)));
                }
                if !guesses.is_empty() {
                    ui.say("  say what it is: quell import --source NAME …");
                }
            }
        }
    }
    for warning in &outcome.warnings {
        let more = if warning.count > 1 { format!(" (and {} more like it)", warning.count - 1) } else { String::new() };
        let line = if warning.place.line > 0 { format!(", line {}", warning.place.line) } else { String::new() };
        let input = terminal::escape(&warning.input);
        ui.say(format!("note: {input}{line}: {}{more}", terminal::escape(&warning.message)));
    }
    if let Some(reason) = &outcome.stopped {
        ui.say(format!("stopped: {reason}"));
        if args.strict {
            return;
        }
    }
    if outcome.inputs.iter().all(|input| matches!(input.fate, Fate::Refused { .. })) {
        return;
    }
    let counts = &outcome.counts;
    let done = if args.dry_run { "would import" } else { "imported" };
    ui.say(format!(
        "{done} {}: {} added, {} changed, {} unchanged, {} repeated in the dump",
        count(counts.read, "comment"),
        counts.added,
        counts.changed,
        counts.unchanged,
        counts.duplicates
    ));
    let more: Vec<String> = [
        (counts.posts_added, "new post"),
        (counts.posts_changed, "changed post"),
        (counts.placeholders, "post that only its comments name"),
        (counts.orphans, "comment without its parent"),
        (counts.parents_found, "missing parent found"),
        (counts.copies, "copy under another id"),
        (counts.circles, "refused circle of parents"),
    ]
    .iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| plural(*number, what))
    .collect();
    if !more.is_empty() {
        ui.say(format!("  {}", more.join(", ")));
    }
    if counts.quarantined > 0 {
        ui.say(format!("  {} in quarantine; see them: quell quarantine", count(counts.quarantined, "record")));
    }
    if !args.dry_run && counts.added > 0 {
        ui.say("next: quell posts");
    }
}

/// Says what to do where the dump does not tell what comments answer.
fn tell_flat(outcome: &Outcome, flat: &[FlatPost], ui: &Ui) {
    let counts = &outcome.counts;
    let [first, more @ ..] = flat else { return };
    let parents = match counts.unplaced == counts.added {
        true => "no parents in the file".to_owned(),
        false => format!("{} of them without a parent in the file", counts.unplaced),
    };
    let infer: Vec<String> = flat.iter().map(|flat| flat.post.to_string()).collect();
    let try_it = if more.len() + 1 < FLAT_POSTS { infer.join(" ") } else { "all -n".to_owned() };
    let (comments, authors) = match more {
        [] if counts.unplaced == counts.added => (first.comments, first.authors),
        _ => (counts.added, flat.iter().map(|flat| flat.authors).sum()),
    };
    let named = if more.len() + 1 < FLAT_POSTS { format!("{authors} with authors, ") } else { String::new() };
    ui.say(format!("{}, {named}{parents}; try: quell thread infer {try_it}", count(comments, "comment")));
}

/// Posts that are looked for that need their replies worked out; with more, their names are no help.
const FLAT_POSTS: usize = 5;

/// "3 comments without their parent" is beyond a plain count: the noun is inside the phrase.
fn plural(number: u64, what: &str) -> String {
    let many = [
        ("new post", "new posts"),
        ("changed post", "changed posts"),
        ("post that only its comments name", "posts that only their comments name"),
        ("comment without its parent", "comments without their parent"),
        ("missing parent found", "missing parents found"),
        ("copy under another id", "copies under another id"),
        ("refused circle of parents", "refused circles of parents"),
    ];
    let word = match number {
        1 => what,
        _ => many.iter().find(|(one, _)| *one == what).map_or(what, |(_, many)| many),
    };
    format!("{} {word}", crate::ui::grouped(number))
}

fn json(outcome: &Outcome, dry_run: bool) -> Result<()> {
    let inputs: Vec<_> = outcome
        .inputs
        .iter()
        .map(|input| match &input.fate {
            Fate::Read(format) => serde_json::json!({"name": input.name, "fate": "read", "format": format}),
            Fate::Broken { format, reason } => {
                serde_json::json!({"name": input.name, "fate": "broken", "format": format, "reason": reason})
            }
            Fate::Refused { reason, .. } => {
                serde_json::json!({"name": input.name, "fate": "refused", "reason": reason})
            }
        })
        .collect();
    let warnings: Vec<_> = outcome
        .warnings
        .iter()
        .map(|warning| {
            serde_json::json!({"code": warning.code, "message": warning.message, "input": warning.input,
                "byte": warning.place.byte, "line": warning.place.line, "count": warning.count})
        })
        .collect();
    let counts: serde_json::Value = serde_json::from_str(&outcome.counts.to_json())?;
    let summary = serde_json::json!({"dry_run": dry_run, "counts": counts, "inputs": inputs, "warnings": warnings,
        "stopped": outcome.stopped});
    writeln!(std::io::stdout(), "{summary:#}")?;
    Ok(())
}

/// Prints what each input was taken for.
fn detected(outcome: &Outcome) -> Result<Exit> {
    let mut out = std::io::stdout();
    let mut all = true;
    for input in &outcome.inputs {
        let name = terminal::escape(&input.name);
        match &input.fate {
            Fate::Read(format) | Fate::Broken { format, .. } => writeln!(out, "{name}\t{format}")?,
            Fate::Refused { reason, guesses } => {
                all = false;
                writeln!(out, "{name}\t-\t{}", terminal::escape(reason))?;
                for (format, score, evidence) in guesses {
                    writeln!(out, "\t{format}\t{score}\t{}", terminal::escape(evidence))?;
                }
            }
        }
    }
    Ok(if all { Exit::Done } else { Exit::Failed })
}
