//! `quell dump`, `restore` and `merge`: the log of decisions between databases.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write, stdin};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::Context;
use crate::cli;
use crate::error::Exit;
use crate::store::{Restored, Store};
use crate::ui::count;

/// A line of a log is never longer; what is, is something else.
const LONGEST: u64 = 64 << 20;

/// Writes the log.
pub fn dump(context: &Context) -> Result<Exit> {
    let store = context.open()?;
    let mut out = context.ui.stdout();
    let mut lines = 0_u64;
    store.dump(&mut |line| {
        lines += 1;
        Ok(writeln!(out, "{line}")?)
    })?;
    out.flush()?;
    // The first line is the head.
    Ok(if lines > 1 { Exit::Done } else { Exit::Nothing })
}

/// Joins a log from a file.
pub fn restore(context: &Context, args: &cli::Restore) -> Result<Exit> {
    let mut store = context.open()?;
    let mut input: Box<dyn BufRead> = if args.file == Path::new("-") {
        Box::new(stdin().lock())
    } else {
        let file = File::open(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
        Box::new(BufReader::new(file))
    };
    let restored = store
        .restore(args.dry_run, &mut |take| {
            let mut line = String::new();
            while input.by_ref().take(LONGEST).read_line(&mut line)? > 0 {
                if line.len() as u64 == LONGEST {
                    bail!("a line is longer than {LONGEST} bytes");
                }
                take(line.trim_end_matches(['\n', '\r']))?;
                line.clear();
            }
            Ok(())
        })
        .with_context(|| format!("nothing was restored from {}", args.file.display()))?;
    Ok(told(context, restored, args.dry_run))
}

/// Joins the log of another database.
pub fn merge(context: &Context, args: &cli::Merge) -> Result<Exit> {
    let mut store = context.open()?;
    let other = Store::open(&args.other)?;
    let restored = store
        .merge(&other, args.dry_run)
        .with_context(|| format!("nothing was merged from {}", args.other.display()))?;
    Ok(told(context, restored, args.dry_run))
}

fn told(context: &Context, restored: Restored, dry_run: bool) -> Exit {
    let verb = if dry_run { "would join" } else { "joined" };
    context.ui.say(format!(
        "{verb} {} with {}; {} here already",
        count(restored.added, "operation"),
        count(restored.decisions, "decision"),
        count(restored.known, "operation"),
    ));
    if restored.waiting > 0 {
        let waiting = count(restored.waiting, "decision");
        context.ui.say(format!("{waiting} wait for comments that have not been imported here"));
    }
    if restored.disputed > 0 {
        let disputed = count(restored.disputed, "comment");
        context.ui.say(format!("people disagree on {disputed}; see: quell queue"));
    }
    if restored.added > 0 { Exit::Done } else { Exit::Nothing }
}
