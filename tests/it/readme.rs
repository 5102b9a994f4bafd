//! The README does what it says: every console session in it is run, in order, in one folder that holds the fixtures,
//! and must print what the README prints.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Place};

/// How the README starts the program from a checkout, before it is installed.
const FROM_SOURCE: &str = "cargo run --release --locked --";

#[test]
fn every_session_of_the_readme_prints_what_it_shows() {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let place = Place::new();
    copy(&root().join("fixtures"), &place.path("fixtures"));
    let sessions = sessions(&text);
    assert!(sessions.len() >= 5);
    for (line, expected) in sessions {
        let printed = shell(&place, &line.replace(FROM_SOURCE, "quell"));
        assert_eq!(printed.trim_end(), expected.trim_end(), "$ {line}\n{printed}");
    }
}

#[test]
fn the_readme_and_the_checks_agree_on_the_test_command() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let checks = std::fs::read_to_string(root().join(".ci/run")).unwrap();
    for text in [&readme, &checks] {
        assert!(text.contains("cargo test --locked\n"));
    }
    assert!(readme.contains(&format!("{FROM_SOURCE} demo\n")));
}

/// The commands of every console session, each with what is printed below it.
fn sessions(readme: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in readme.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match line.strip_prefix("$ ") {
                Some(command) => found.push((command.to_owned(), String::new())),
                None => {
                    let (_, printed) = found.last_mut().expect("a session opens with a command");
                    printed.push_str(line);
                    printed.push('\n');
                }
            },
        }
    }
    found
}

/// What a line prints on stdout and stderr together, with the program under test first on the path.
fn shell(place: &Place, line: &str) -> String {
    let mut command = Command::new("sh");
    run::clean(&mut command, &place.path(""));
    let folder = Path::new(run::BINARY).parent().unwrap().to_owned();
    let old = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(folder).chain(std::env::split_paths(&old));
    command.env("PATH", std::env::join_paths(paths).unwrap()).args(["-c", &format!("{{ {line}\n}} 2>&1")]);
    place.finish(command, b"").stdout()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { drop(std::fs::copy(&path, &target).unwrap()) }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
