//! `quell help`, `quell completions` and `quell man`: all are made from the command line's own definition, into memory first, so
//! that a closed pipe is an ordinary end.

use std::io::{Write, stdout};

use anyhow::Result;
use clap::CommandFactory;

use super::Context;
use crate::cli::{Cli, Completions, Help};
use crate::error::{Exit, hint};
use crate::query;

/// Explains a verb or the query language.
pub fn help(context: &Context, args: &Help) -> Result<Exit> {
    let mut command = Cli::command();
    command.build();
    let page = match args.topic.as_deref() {
        None => command.render_long_help().to_string(),
        Some("query") => query::help::page(),
        Some(topic) => match command.find_subcommand_mut(topic) {
            Some(verb) => verb.render_long_help().to_string(),
            None => return Err(hint(format!("there is no help on {topic}"), "the verbs: quell help")),
        },
    };
    context.ui.page(|out| Ok(writeln!(out, "{}", page.trim_end())?))?;
    Ok(Exit::Done)
}

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
