//! Runs the real binary in a folder of its own, with a clean environment, and gives exit code, stdout and stderr as one
//! text for a snapshot.

use std::ffi::OsStr;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_quell");

/// A temporary folder in which the program runs; gone when it is dropped.
pub struct Place {
    folder: TempDir,
}

impl Place {
    /// An empty folder.
    pub fn new() -> Self {
        Place { folder: TempDir::new().expect("a temporary folder") }
    }

    /// The folder with a file in it.
    pub fn with(name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let place = Place::new();
        place.write(name, bytes);
        place
    }

    /// Where a file of this name lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, bytes).expect("a file");
    }

    /// The program with these words as arguments, ready to be changed or started.
    pub fn command(&self, line: &str) -> Command {
        self.program(line.split_whitespace())
    }

    /// The program with these arguments, ready to be changed or started.
    pub fn program(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(BINARY);
        clean(&mut command, self.folder.path());
        command.args(args);
        command
    }

    /// Runs the program with these words as arguments.
    pub fn run(&self, line: &str) -> Ran {
        self.finish(self.command(line), b"")
    }

    /// Runs the program with these arguments.
    pub fn run_with(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        self.finish(self.program(args), b"")
    }

    /// Runs the program with these words as arguments and these bytes on standard input.
    pub fn run_on(&self, line: &str, input: &[u8]) -> Ran {
        self.finish(self.command(line), input)
    }

    /// Runs a prepared command to its end.
    pub fn finish(&self, mut command: Command, input: &[u8]) -> Ran {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut pipe = child.stdin.take().expect("a pipe");
        let input = input.to_vec();
        // The program may stop reading before the end; that is its right.
        let feeder = std::thread::spawn(move || drop(pipe.write_all(&input)));
        let output = child.wait_with_output().expect("the program ends");
        feeder.join().expect("the input was written");
        Ran { output, folder: self.folder.path().to_owned() }
    }

    /// Runs the program, wants this exit code, and gives its stdout.
    #[track_caller]
    pub fn stdout(&self, line: &str, code: i32) -> String {
        let ran = self.run(line);
        assert_eq!(ran.code(), code, "quell {line}\n{ran}");
        ran.stdout()
    }

    /// Runs an import and gives its summary, whatever the exit code.
    #[track_caller]
    pub fn import(&self, files: &[&Path]) -> (i32, serde_json::Value) {
        let mut command = self.command("import -f json");
        command.args(files);
        let ran = self.finish(command, b"");
        let summary = serde_json::from_str(&ran.stdout());
        (ran.code(), summary.unwrap_or_else(|error| panic!("{error}\n{ran}")))
    }
}

/// What came of a run.
pub struct Ran {
    output: Output,
    folder: PathBuf,
}

impl Ran {
    /// The exit code; -1 if a signal ended it.
    pub fn code(&self) -> i32 {
        self.output.status.code().unwrap_or(-1)
    }

    /// Its stdout.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// The bytes of its stdout.
    pub fn bytes(&self) -> &[u8] {
        &self.output.stdout
    }

    /// Its stderr.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = format!("{}/", self.folder.display());
        let text = format!("exit {}\n{}--- stderr\n{}", self.code(), self.stdout(), self.stderr());
        f.write_str(text.replace(&folder, "").trim_end())
    }
}

/// Takes everything out of a command's environment that could change what the program does.
pub fn clean(command: &mut Command, folder: &Path) {
    command.current_dir(folder).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("TZ", "UTC").env("LANG", "C.UTF-8").env("COLUMNS", "80").env("HOME", folder);
}
