//! The program itself: started through the shell in a process group of its own, with a thread for each of its pipes, so
//! that nothing it does can block us.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Settings;

/// The longest line that is read, in bytes; the rest of a longer one is passed over.
const LONGEST: u64 = 1 << 20;

/// Lines that are read ahead of us; a program that writes more has to wait.
const AHEAD: usize = 256;

/// How much of the program's standard error is kept.
const KEPT: usize = 400;

/// How long the end of its standard error is waited for once it is gone.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How long a program that has answered everything may take to end by itself.
const FAREWELL: Duration = Duration::from_secs(5);

/// Something that came of the program.
pub enum Event {
    /// A line of its output, without its end.
    Line(Vec<u8>),
    /// A line that was too long to be read.
    TooLong,
    /// Its output ended.
    End,
    /// Nothing within the time that was given.
    Nothing,
}

/// A running program.
pub struct Process {
    child: Child,
    input: Option<Sender<String>>,
    output: Receiver<Event>,
    said: Receiver<String>,
}

impl Process {
    /// Starts it.
    pub fn start(settings: &Settings) -> Result<Process> {
        let mut command = shell(&settings.command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("cannot start the scorer {}", settings.command))?;
        let (lines, input) = channel::<String>();
        let (events, output) = sync_channel(AHEAD);
        let (last, said) = channel();
        if let Some(pipe) = child.stdin.take() {
            thread::spawn(move || write(pipe, &input));
        }
        if let Some(pipe) = child.stdout.take() {
            thread::spawn(move || read(pipe, &events));
        }
        if let Some(pipe) = child.stderr.take() {
            thread::spawn(move || listen(pipe, &last));
        }
        Ok(Process { child, input: Some(lines), output, said })
    }

    /// Gives it a line. One that can't be written is not an error here: the program has ended, and its output tells.
    pub fn send(&self, line: &str) {
        if let Some(input) = &self.input {
            let _ = input.send(line.to_owned());
        }
    }

    /// Ends its input after what was sent.
    pub fn close(&mut self) {
        self.input = None;
    }

    /// What comes next of it within this time.
    pub fn event(&self, time: Duration) -> Event {
        match self.output.recv_timeout(time) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout) => Event::Nothing,
            Err(RecvTimeoutError::Disconnected) => Event::End,
        }
    }

    /// How it ended, in words.
    pub fn ending(&mut self) -> String {
        match self.leave() {
            Some(status) => status.to_string(),
            None => "or closed its output".to_owned(),
        }
    }

    /// Waits for its end after everything was answered; ends it where that takes long.
    pub fn finish(mut self) {
        self.input = None;
        if self.leave().is_none() {
            self.kill();
        }
    }

    /// Ends it with all that it started; gives the last that it said.
    pub fn kill(mut self) -> String {
        self.input = None;
        end_group(&self.child);
        // It may be gone already, which is what was wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
        // Somebody who left the group may hold the pipe open still; nobody waits long for that.
        let said = self.said.recv_timeout(LAST_WORDS).unwrap_or_default();
        said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
    }

    /// Its status, if it ends within a few moments.
    fn leave(&mut self) -> Option<std::process::ExitStatus> {
        let until = Instant::now() + FAREWELL;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(5)),
                _ => return None,
            }
        }
    }
}

#[cfg(unix)]
fn shell(line: &str) -> Command {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new("sh");
    command.args(["-c", line]).process_group(0);
    command
}

#[cfg(not(unix))]
fn shell(line: &str) -> Command {
    let mut command = Command::new("cmd");
    command.args(["/C", line]);
    command
}

/// Ends the process group: the shell, the program and what that started.
#[cfg(unix)]
fn end_group(child: &Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

#[cfg(not(unix))]
fn end_group(_: &Child) {}

/// Writes lines until there are no more or the program stops reading.
fn write(mut pipe: ChildStdin, lines: &Receiver<String>) {
    for line in lines {
        if pipe.write_all(line.as_bytes()).and_then(|()| pipe.write_all(b"\n")).and_then(|()| pipe.flush()).is_err() {
            return;
        }
    }
}

/// Reads lines until the output ends or nobody listens.
fn read(pipe: impl Read, events: &SyncSender<Event>) {
    let mut pipe = BufReader::with_capacity(1 << 16, pipe);
    loop {
        let mut line = Vec::new();
        match pipe.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let ended = line.ends_with(b"\n");
        let event = if ended || (line.len() as u64) < LONGEST { Event::Line(line) } else { Event::TooLong };
        if matches!(event, Event::TooLong) && skip_line(&mut pipe).is_none() {
            let _ = events.send(event);
            return;
        }
        if events.send(event).is_err() {
            return;
        }
    }
}

/// Passes over the rest of a line; nothing where the output ends in it.
fn skip_line(pipe: &mut impl BufRead) -> Option<()> {
    loop {
        let bytes = pipe.fill_buf().ok().filter(|bytes| !bytes.is_empty())?;
        let end = memchr::memchr(b'\n', bytes);
        let used = end.map_or(bytes.len(), |at| at + 1);
        pipe.consume(used);
        if end.is_some() {
            return Some(());
        }
    }
}

/// Hands on the end of what the program said, when it is gone.
fn listen(mut pipe: impl Read, last: &Sender<String>) {
    let (mut bytes, mut said) = ([0; 4096], String::new());
    while let Ok(many @ 1..) = pipe.read(&mut bytes) {
        said.push_str(&String::from_utf8_lossy(&bytes[..many]));
        let cut = said.floor_char_boundary(said.len().saturating_sub(KEPT));
        said.drain(..cut);
    }
    // Nobody may want to know.
    let _ = last.send(said);
}
