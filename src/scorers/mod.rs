//! Other programs that score comments: they read comments as JSON lines and write scores as JSON lines.
//!
//! ```text
//! quell ─► {"id":"c12","text":"…"}              ─► the program's standard input
//! quell ◄─ {"id":"c12","scores":{"toxicity":0.9}} ◄─ its standard output, in any order
//!          {"version":"1.2"}                          before the first of them, if it likes
//! ```
//!
//! The program is trusted with nothing: it may be slow, die, write nonsense, write without end, or never read. At most
//! [`Settings::in_flight`] comments wait for it at a time, so that neither side fills its memory; when it says nothing
//! useful for [`Settings::timeout`], or ends, it is started again and given what it left, [`Settings::restarts`] times.
//!
//! Not here: where comments come from and what becomes of the scores.

mod line;
mod process;

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use anyhow::Result;

pub use line::{Answer, Fault, MOST_SCORES, name};
use process::{Event, Process};

/// How to deal with a program.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// How to start it, as for a shell.
    pub command: String,
    /// How long it may go without giving a useful answer while comments wait for it.
    pub timeout: Duration,
    /// How often it is started again.
    pub restarts: u32,
    /// How many comments it is given ahead of its answers.
    pub in_flight: usize,
}

impl Settings {
    /// The usual patience: a minute without an answer, three restarts, 64 comments ahead.
    pub fn new(command: impl Into<String>) -> Settings {
        Settings { command: command.into(), timeout: Duration::from_secs(60), restarts: 3, in_flight: 64 }
    }

    /// The name under which its scores are known where none is given: that of the program's file, without its
    /// ending; an interpreter before it and its options don't count.
    pub fn name(&self) -> String {
        let mut words = self.command.split_whitespace();
        let stem = |word: &str| {
            let file = word.rsplit(['/', '\\']).next().unwrap_or(word).trim_matches(['\'', '"']);
            file.split('.').next().unwrap_or(file).to_owned()
        };
        let first = words.next().map(stem).unwrap_or_default();
        let interpreted = INTERPRETERS.iter().any(|name| first.starts_with(name));
        let script = words.find(|word| !word.starts_with('-')).map(stem).filter(|_| interpreted);
        name(&script.unwrap_or(first)).unwrap_or_else(|| "scorer".to_owned())
    }
}

/// Programs that run the program that is meant.
const INTERPRETERS: &[&str] = &["python", "node", "ruby", "perl", "sh", "bash", "env", "uv", "deno", "bun"];

/// A comment for the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Its id, which the answer must repeat.
    pub id: String,
    /// The JSON object that holds the id and the text, on one line.
    pub json: String,
}

/// How the work went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The version that the program gave itself.
    pub version: Option<String>,
    /// Comments that were given to it.
    pub asked: u64,
    /// Comments that it answered.
    pub answered: u64,
    /// The ids of comments that it failed on twice; they were left out.
    pub given_up: Vec<String>,
    /// The first lines that were no answers, and how many there were.
    pub bad: (Vec<Fault>, u64),
    /// How often it was started again.
    pub restarts: u32,
    /// Why the work ended before every comment was answered, if it did.
    pub stopped: Option<Stopped>,
}

impl Report {
    /// Whether every comment was answered and every line was an answer.
    pub fn is_whole(&self) -> bool {
        self.stopped.is_none() && self.given_up.is_empty() && self.bad.1 == 0
    }
}

/// Why a program is not asked any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// What it did the last time.
    pub why: String,
    /// The last that it wrote to its standard error.
    pub said: String,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)?;
        if self.said.is_empty() { Ok(()) } else { write!(f, ": {}", self.said) }
    }
}

/// Bad lines that are told one by one.
const TOLD: usize = 5;

/// Bad lines after which a program is not asked any more.
const MOST_BAD: u64 = 1000;

/// Asks the program about every comment that `next` gives, and hands its answers to `each` as they come, with
/// the version that it gave itself. An error comes
/// from `next` or `each` alone, or where the program can't be started at all; what it does wrong stands in the report.
pub fn run(
    settings: &Settings,
    next: &mut dyn FnMut() -> Result<Option<Ask>>,
    each: &mut dyn FnMut(Answer, Option<&str>) -> Result<()>,
) -> Result<Report> {
    let mut work =
        Work { settings, waiting: VecDeque::new(), failed: None, report: Report::default(), lines: 0, over: false };
    loop {
        let mut process = Process::start(settings)?;
        let Some(why) = work.ask(&mut process, next, each)? else {
            process.finish();
            return Ok(work.report);
        };
        let said = process.kill();
        if work.report.bad.1 >= MOST_BAD || work.report.restarts >= settings.restarts {
            work.report.stopped = Some(Stopped { why, said });
            return Ok(work.report);
        }
        work.report.restarts += 1;
        work.give_up();
    }
}

/// What is left to do, over all starts of the program.
struct Work<'s> {
    settings: &'s Settings,
    /// Given to the program, or to be given again, oldest first.
    waiting: VecDeque<Ask>,
    /// The comment that was the oldest without an answer when the program failed last.
    failed: Option<String>,
    report: Report,
    /// Lines of output so far.
    lines: u64,
    /// Whether `next` has no more.
    over: bool,
}

impl Work<'_> {
    /// Works until everything is answered, or says why the program can't go on.
    fn ask(
        &mut self,
        process: &mut Process,
        next: &mut dyn FnMut() -> Result<Option<Ask>>,
        each: &mut dyn FnMut(Answer, Option<&str>) -> Result<()>,
    ) -> Result<Option<String>> {
        // What an earlier start left unanswered goes out first.
        for ask in &self.waiting {
            process.send(&ask.json);
        }
        let mut deadline = Instant::now() + self.settings.timeout;
        loop {
            self.fill(process, next)?;
            if self.waiting.is_empty() {
                return Ok(None);
            }
            let event = process.event(deadline.saturating_duration_since(Instant::now()));
            self.lines += u64::from(matches!(event, Event::Line(_) | Event::TooLong));
            match event {
                Event::Line(bytes) => match line::read(&bytes) {
                    Ok(line::Said::Answer(answer)) if self.answered(&answer.id) => {
                        each(answer, self.report.version.as_deref())?;
                        deadline = Instant::now() + self.settings.timeout;
                    }
                    Ok(line::Said::Answer(answer)) => self.bad(format!("{} was not asked for", answer.id)),
                    Ok(line::Said::Version(version)) => self.report.version = Some(version),
                    Err(why) => self.bad(why),
                },
                Event::TooLong => self.bad("the line is too long".to_owned()),
                Event::End => return Ok(Some(format!("the scorer ended, {}", process.ending()))),
                Event::Nothing => return Ok(Some(self.stuck())),
            }
            if self.report.bad.1 >= MOST_BAD {
                return Ok(Some(format!("the scorer wrote {MOST_BAD} lines that are no answers")));
            }
        }
    }

    /// Hands out comments up to the limit; closes the program's input after the last.
    fn fill(&mut self, process: &mut Process, next: &mut dyn FnMut() -> Result<Option<Ask>>) -> Result<()> {
        while !self.over && self.waiting.len() < self.settings.in_flight.max(1) {
            match next()? {
                Some(ask) => {
                    process.send(&ask.json);
                    self.waiting.push_back(ask);
                    self.report.asked += 1;
                }
                None => self.over = true,
            }
        }
        if self.over {
            process.close();
        }
        Ok(())
    }

    /// Takes a comment off the list; false if it was not on it.
    fn answered(&mut self, id: &str) -> bool {
        let at = self.waiting.iter().position(|ask| ask.id == id);
        at.and_then(|at| self.waiting.remove(at)).inspect(|_| self.report.answered += 1).is_some()
    }

    fn bad(&mut self, why: String) {
        self.report.bad.1 += 1;
        if self.report.bad.0.len() < TOLD {
            self.report.bad.0.push(Fault { number: self.lines, why });
        }
    }

    fn stuck(&self) -> String {
        let seconds = self.settings.timeout.as_secs_f64();
        let many = self.waiting.len();
        let waiting = if many == 1 { "1 comment waits".to_owned() } else { format!("{many} comments wait") };
        let hint = if self.report.answered == 0 { " (it must not wait for the end of its input)" } else { "" };
        format!("the scorer gave no answer for {seconds} s while {waiting} for it{hint}")
    }

    /// Leaves out the oldest comment without an answer if the program failed on it before: it may be what it fails on.
    fn give_up(&mut self) {
        let oldest = self.waiting.front().map(|ask| ask.id.clone());
        if oldest.is_some() && oldest == self.failed {
            self.waiting.pop_front();
            self.report.given_up.extend(oldest);
            self.failed = None;
        } else {
            self.failed = oldest;
        }
    }
}

#[cfg(test)]
mod tests;
