//! The terminal: whether there is one, how wide, whether in colour; talk on stderr, progress, the pager.
//!
//! Data goes to stdout through [`Ui::page`] or [`Ui::stdout`]; text by strangers is escaped before it gets there
//! (`text::terminal`), and passes unchanged into a pipe.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};
use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::When;
use crate::import::Progress;
use crate::output::tree::Palette;
use crate::scan;

/// What the program knows of its surroundings.
#[derive(Debug, Clone)]
pub struct Ui {
    /// Whether stdout is a terminal.
    pub terminal: bool,
    /// Whether to write colours to stdout.
    pub color: bool,
    /// Columns of the terminal; 80 where there is none.
    pub width: usize,
    quiet: bool,
    pager: bool,
}

impl Ui {
    /// Looks at the surroundings. `NO_COLOR` wins over everything but an explicit `--color`.
    pub fn new(color: When, quiet: bool, no_pager: bool) -> Self {
        let terminal = io::stdout().is_terminal();
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let color = match color {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && !no_color && !dumb,
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)).or(columns).unwrap_or(80);
        Ui { terminal, color, width: width.max(20), quiet, pager: terminal && !no_pager }
    }

    /// Says something on stderr, unless asked to be quiet.
    pub fn say(&self, text: impl std::fmt::Display) {
        if !self.quiet {
            // A closed stderr is no reason to stop.
            let _ = writeln!(io::stderr(), "{text}");
        }
    }

    /// A buffered stdout.
    pub fn stdout(&self) -> impl Write + use<> {
        BufWriter::with_capacity(1 << 16, io::stdout())
    }

    /// Writes something that may be long: through the pager on a terminal, else straight to stdout.
    pub fn page(&self, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
        if let Some(mut pager) = self.start_pager() {
            let written = match pager.stdin.take() {
                Some(pipe) => {
                    let mut out = BufWriter::new(pipe);
                    write(&mut out).and_then(|()| Ok(out.flush()?))
                }
                None => Ok(()),
            };
            // The pager ends when its reader has had enough; what it exits with says nothing about us.
            let _ = pager.wait();
            return written;
        }
        let mut out = self.stdout();
        write(&mut out)?;
        Ok(out.flush()?)
    }

    /// `$QUELL_PAGER`, `$PAGER`, or `less`, told to leave short output on the screen and to pass colours. An empty
    /// variable or `cat` means none.
    fn start_pager(&self) -> Option<Child> {
        if !self.pager {
            return None;
        }
        let named = std::env::var("QUELL_PAGER").or_else(|_| std::env::var("PAGER"));
        let line = named.unwrap_or_else(|_| "less".to_owned());
        let mut words = line.split_whitespace();
        let program = words.next().filter(|program| *program != "cat")?;
        let mut command = Command::new(program);
        command.args(words).stdin(Stdio::piped());
        if std::env::var_os("LESS").is_none() {
            command.env("LESS", "-FRX");
        }
        command.spawn().ok()
    }
}

/// The colours of a thread on the screen, or plain text.
pub fn palette(color: bool) -> Palette {
    if !color {
        return Palette::default();
    }
    let plain = Style::new();
    Palette {
        title: plain.bold(),
        id: plain.fg_color(Some(AnsiColor::Cyan.into())),
        author: plain.fg_color(Some(AnsiColor::Green.into())),
        dim: plain.dimmed(),
        alert: plain.fg_color(Some(AnsiColor::Red.into())),
        mark: plain.bold().fg_color(Some(AnsiColor::Yellow.into())),
    }
}

/// "1 comment", "3 comments".
pub fn count(number: u64, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{} {one}s", grouped(number)),
    }
}

/// A number with its thousands apart: 12,345.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Progress of an import on stderr: bytes, rate and time left where the total is known; silent where stderr is no
/// terminal, and for the first moments of work that may be over soon.
pub struct Bar {
    bar: ProgressBar,
    began: Instant,
    shown: bool,
}

/// Work that takes less than this shows no progress.
const SOON: Duration = Duration::from_millis(400);

impl Bar {
    /// A bar that shows itself when the work turns out to be long.
    pub fn new(ui: &Ui) -> Self {
        Bar { bar: ProgressBar::hidden(), began: Instant::now(), shown: ui.quiet || !io::stderr().is_terminal() }
    }

    fn show(&mut self, total: Option<u64>) {
        if self.shown || self.began.elapsed() < SOON {
            return;
        }
        self.shown = true;
        let template = match total {
            Some(_) => "{bar:24} {percent:>3} %  {msg}  {bytes_per_sec}  {eta} left",
            None => "{spinner}  {msg}  {bytes}  {bytes_per_sec}",
        };
        self.bar = match total {
            Some(total) => ProgressBar::new(total),
            None => ProgressBar::new_spinner(),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }

    /// Takes the bar off the screen.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn at(&mut self, bytes: u64, total: Option<u64>, read: u64) {
        self.show(total);
        self.bar.set_position(bytes);
        self.bar.set_message(count(read, "comment"));
    }

    fn stage(&mut self, what: &str) {
        self.show(None);
        self.bar.set_message(format!("building {what}"));
        self.bar.tick();
    }
}

/// Progress of a scan on stderr: what is being done, how much of it, and the time left; as silent as [`Bar`].
pub struct Steps {
    bar: ProgressBar,
    began: Instant,
    silent: bool,
    stage: String,
    comments: u64,
}

impl Steps {
    /// Steps that show themselves when the work turns out to be long.
    pub fn new(ui: &Ui) -> Self {
        let silent = ui.quiet || !io::stderr().is_terminal();
        Steps { bar: ProgressBar::hidden(), began: Instant::now(), silent, stage: String::new(), comments: 0 }
    }

    /// Takes them off the screen.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl scan::Progress for Steps {
    fn stage(&mut self, what: &str, comments: u64) {
        self.bar.finish_and_clear();
        self.bar = ProgressBar::hidden();
        (self.stage, self.comments) = (what.to_owned(), comments);
        self.at(0);
    }

    fn at(&mut self, comments: u64) {
        if self.silent || self.began.elapsed() < SOON {
            return;
        }
        if self.bar.is_hidden() {
            let template = match self.comments {
                0 => "{spinner}  {msg}",
                _ => "{bar:24} {percent:>3} %  {msg}  {eta} left",
            };
            self.bar = if self.comments > 0 { ProgressBar::new(self.comments) } else { ProgressBar::new_spinner() };
            if let Ok(style) = ProgressStyle::with_template(template) {
                self.bar.set_style(style);
            }
            self.bar.set_message(self.stage.clone());
        }
        self.bar.set_position(comments);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_like_words() {
        assert_eq!(count(1, "comment"), "1 comment");
        assert_eq!(count(0, "comment"), "0 comments");
        assert_eq!(count(1_234_567, "comment"), "1,234,567 comments");
    }
}
