//! The real program on a terminal of its own: keys are typed, and the screen is read as a person would see it.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{self, Pty};

/// How long to wait for something to be seen.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the terminal shows, and whether the program has let go of it.
struct Seen {
    parser: vt100::Parser,
    closed: bool,
}

/// A terminal with a program on it.
pub struct Tty {
    pty: Arc<Pty>,
    child: Child,
    seen: Arc<(Mutex<Seen>, Condvar)>,
}

fn size(lines: u16, columns: u16) -> (NonZeroU16, NonZeroU16) {
    (NonZeroU16::new(lines).expect("lines"), NonZeroU16::new(columns).expect("columns"))
}

impl Tty {
    /// Starts a command, whose environment is as it was prepared, on a terminal of this size.
    pub fn start(command: std::process::Command, lines: u16, columns: u16) -> Tty {
        let (pty, pts) = blocking::open().expect("a terminal");
        pty.resize(Size::new(lines, columns)).expect("a size");
        let child = blocking::Command::from(command).env("TERM", "xterm-256color").spawn(pts).expect("it starts");
        let (rows, columns) = size(lines, columns);
        let seen = Seen { parser: vt100::Parser::new(rows, columns, 0), closed: false };
        let tty = Tty { pty: Arc::new(pty), child, seen: Arc::new((Mutex::new(seen), Condvar::new())) };
        let (pty, seen) = (Arc::clone(&tty.pty), Arc::clone(&tty.seen));
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            loop {
                // The end of the program is an error here, not an end of input.
                let read = (&*pty).read(&mut bytes).unwrap_or(0);
                let mut now = seen.0.lock().expect("a lock");
                now.parser.process(&bytes[..read]);
                now.closed = read == 0;
                seen.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        tty
    }

    /// Types.
    pub fn keys(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// Gives the terminal another size.
    pub fn resize(&self, lines: u16, columns: u16) {
        let (rows, cols) = size(lines, columns);
        self.seen.0.lock().expect("a lock").parser.screen_mut().set_size(rows, cols);
        self.pty.resize(Size::new(lines, columns)).expect("a size");
    }

    /// Waits until the screen is as wanted, and gives its text.
    #[track_caller]
    pub fn until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let until = Instant::now() + PATIENCE;
        let (lock, changed) = &*self.seen;
        let mut seen = lock.lock().expect("a lock");
        loop {
            let text = seen.parser.screen().contents();
            if wanted(&text) {
                return text;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !seen.closed, "no {what} on the screen:\n{text}");
            seen = changed.wait_timeout(seen, left).expect("a lock").0;
        }
    }

    /// Waits until the screen holds a text.
    #[track_caller]
    pub fn see(&self, text: &str) -> String {
        self.until(text, |screen| screen.contains(text))
    }

    /// The words on the screen that are underlined.
    pub fn underlined(&self) -> Vec<String> {
        let seen = self.seen.0.lock().expect("a lock");
        let screen = seen.parser.screen();
        let (rows, columns) = screen.size();
        let (rows, columns) = (u16::from(rows), u16::from(columns));
        let mut words: Vec<String> = Vec::new();
        for row in 0..rows {
            let mut inside = false;
            for cell in (0..columns).filter_map(|column| screen.cell(row, column)) {
                match (cell.underline(), inside) {
                    (true, false) => words.push(cell.contents().to_owned()),
                    (true, true) => words.last_mut().expect("a word").push_str(cell.contents()),
                    _ => {}
                }
                inside = cell.underline();
            }
        }
        words
    }

    /// Whether the program has the whole screen, or has given it back.
    pub fn has_whole_screen(&self) -> bool {
        self.seen.0.lock().expect("a lock").parser.screen().alternate_screen()
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the end of the program and of what it wrote.
    pub fn end(mut self) -> (ExitStatus, bool, String) {
        let status = self.child.wait().expect("an end");
        let (lock, changed) = &*self.seen;
        let mut seen = lock.lock().expect("a lock");
        while !seen.closed {
            let (now, waited) = changed.wait_timeout(seen, PATIENCE).expect("a lock");
            assert!(!waited.timed_out(), "the terminal stays open");
            seen = now;
        }
        (status, seen.parser.screen().alternate_screen(), seen.parser.screen().contents())
    }
}
