//! `quell completions` and `quell man`: both are made from the command line's own definition, into memory first, so
//! that a closed pipe is an ordinary end.

use std::io::{Write, stdout};

use anyhow::Result;
use clap::CommandFactory;

use crate::cli::{Cli, Completions};
use crate::error::Exit;

/// Prints the completion script of a shell.
pub fn completions(args: &Completions) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "quell", &mut script);
    stdout().write_all(&script)?;
    Ok(Exit::Done)
}

/// Prints the manual page: the program, then every verb.
pub fn man() -> Result<Exit> {
    let mut page = Vec::new();
    let mut command = Cli::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for verb in command.get_subcommands() {
        let verb = verb.clone().disable_help_flag(true);
        let name = format!("quell {}", verb.get_name());
        writeln!(page, ".SH \"{}\"", name.to_uppercase())?;
        let man = clap_mangen::Man::new(verb.display_name(name));
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    stdout().write_all(&page)?;
    Ok(Exit::Done)
}
