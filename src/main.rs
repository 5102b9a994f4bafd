//! The binary: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    quell::run(std::env::args_os())
}
