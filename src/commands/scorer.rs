//! Other programs as scorers: what the command line says of them.

use std::time::Duration;

use crate::cli::ScorerProgram;
use crate::scorers::Settings;

/// How to deal with the program that was named.
pub fn settings(args: &ScorerProgram) -> Settings {
    let usual = Settings::new(args.command.clone().unwrap_or_default());
    Settings { timeout: Duration::from_secs_f64(args.timeout), restarts: args.restarts, ..usual }
}
