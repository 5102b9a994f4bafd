//! `quell quarantine`: the records that could not be read.

use std::io::Write;

use anyhow::Result;

use super::{Context, listed, shape};
use crate::cli;
use crate::error::{Exit, hint};
use crate::output::listing::Listing;
use crate::store::Quarantined;
use crate::text::terminal;

const COLUMNS: &[&str] = &["id", "input", "byte", "line", "code", "key", "reason", "bytes"];

/// Lists the records, or shows one.
pub fn run(context: &Context, args: &cli::Quarantine) -> Result<Exit> {
    let store = context.open()?;
    let Some(number) = args.number else {
        let shape = shape(&args.list, &context.ui);
        let mut rows = 0;
        context.ui.page(|out| {
            let mut list = Listing::begin(out, shape, COLUMNS)?;
            store.quarantined(&mut |record| {
                list.row(vec![
                    record.id.into(),
                    record.input.into(),
                    record.byte.into(),
                    record.line.into(),
                    record.code.into(),
                    record.key.into(),
                    record.reason.into(),
                    (record.raw.len() as u64).into(),
                ])
            })?;
            rows = list.end()?;
            Ok(())
        })?;
        if rows == 0 {
            context.ui.say("nothing is in quarantine");
        }
        return Ok(listed(rows));
    };
    let Some(record) = store.quarantined_one(number)? else {
        return Err(hint(format!("there is no record {number} in quarantine"), "list them: quell quarantine"));
    };
    if args.raw {
        let mut out = context.ui.stdout();
        out.write_all(&record.raw)?;
        out.flush()?;
        return Ok(Exit::Done);
    }
    context.ui.page(|out| show(&record, out))?;
    Ok(Exit::Done)
}

fn show(record: &Quarantined, out: &mut dyn Write) -> Result<()> {
    let line = if record.line > 0 { format!(" (line {})", record.line) } else { String::new() };
    writeln!(out, "{}: byte {}{line}", terminal::escape(&record.input), record.byte)?;
    writeln!(out, "{}: {}", record.code, terminal::escape(&record.reason))?;
    if let Some(key) = &record.key {
        writeln!(out, "id in the source: {}", terminal::escape(key))?;
    }
    writeln!(out, "\n{}", terminal::escape_multiline(&String::from_utf8_lossy(&record.raw)).trim_end())?;
    Ok(())
}
