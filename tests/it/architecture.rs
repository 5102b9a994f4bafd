//! The shape of the code, held by tests: who may import whom, where SQL may stand, that every file says what it is for,
//! and that every format is in its table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use regex::Regex;

/// Which modules of the crate each module may name, itself aside.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("text", &["model"]),
    ("sources", &["model", "text"]),
    ("threads", &["model", "text"]),
    ("query", &["model", "text"]),
    ("signals", &["model", "query", "text", "threads"]),
    ("rules", &["model", "query", "signals", "text"]),
    // Other programs see lines, and nothing of the crate.
    ("scorers", &[]),
    ("output", &["model", "query", "text"]),
    ("error", &[]),
    // Deciding is worked out in `review`, which sees data alone; the store keeps what comes of it.
    ("store", &["error", "model", "query", "review", "text", "threads"]),
    ("import", &["model", "sources", "store", "text"]),
    ("scan", &["model", "query", "rules", "signals", "store"]),
    ("cli", &["model", "query"]),
    ("ui", &["cli", "import", "output", "scan", "text"]),
    ("screen", &["error", "model", "review", "text"]),
    ("review", &["error", "model", "query", "signals", "text", "threads"]),
];
/// These tie everything together.
const FREE: &[&str] = &["commands", "lib", "main"];
/// Lines of a file, at most.
const LONGEST: usize = 600;
/// Lines of main.rs, at most.
const LONGEST_MAIN: usize = 30;

#[test]
fn modules_import_only_what_their_layer_may() {
    let table: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources_of("src") {
        let module = top_module(&path);
        if FREE.contains(&module.as_str()) {
            continue;
        }
        let Some(allowed) = table.get(module.as_str()) else {
            panic!("{} has no line in the table of layers", path.display());
        };
        for name in named_modules(&code(&text)) {
            if name != module && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{} names crate::{name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sql_and_connections_stand_under_store_alone() {
    let sql = Regex::new(
        r#"rusqlite|"\s*(?i:select\s.+\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|pragma\s)"#,
    )
    .unwrap();
    for (path, text) in sources_of("src") {
        if top_module(&path) != "store"
            && let Some(found) = sql.find(&code(&text))
        {
            panic!("{} holds SQL or names its library: {}", path.display(), found.as_str());
        }
    }
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    for (path, text) in sources_of("src").into_iter().chain(sources_of("tests/it")) {
        assert!(text.starts_with("//!"), "{} does not open with //!", path.display());
        let lines = text.lines().count();
        assert!(lines <= LONGEST, "{} has {lines} lines", path.display());
        if path.ends_with("main.rs") && path.starts_with("src") {
            assert!(lines < LONGEST_MAIN, "{} has {lines} lines", path.display());
        }
    }
}

#[test]
fn nothing_in_the_library_ends_the_process() {
    for (path, text) in sources_of("src") {
        assert!(!code(&text).contains("process::exit"), "{} ends the process", path.display());
    }
}

#[test]
fn every_format_is_in_the_table_of_formats() {
    let table = read("src/sources/mod.rs");
    let rows = table_rows(&table, "pub const FORMATS");
    let files = declaring("src/sources", ": Format =");
    assert!(!files.is_empty());
    for file in files {
        let row = format!("&{}::", module_of(&file));
        assert!(rows.contains(&row), "{} is not in FORMATS", file.display());
    }
    // The type of the table and its beginning have three of these signs.
    assert_eq!(rows.matches('&').count() - 3, quell::sources::FORMATS.len());
    names_differ(quell::sources::FORMATS.iter().map(|format| format.name));
}

#[test]
fn every_export_is_in_the_table_of_exports() {
    let table = read("src/output/mod.rs");
    let rows = table_rows(&table, "pub const EXPORTS");
    for file in declaring("src/output", ": Format =") {
        let row = format!("&{}::", module_of(&file));
        assert!(rows.contains(&row), "{} is not in EXPORTS", file.display());
    }
    names_differ(quell::output::EXPORTS.iter().map(|format| format.name));
}

#[test]
fn every_signal_is_in_the_table_of_signals() {
    let table = read("src/signals/registry.rs");
    let rows = table_rows(&table, "pub static SIGNALS");
    for file in declaring("src/signals", ": Signal =") {
        let row = format!("&{}::", module_of(&file));
        assert!(rows.contains(&row), "{} is not in SIGNALS", file.display());
    }
    names_differ(quell::signals::SIGNALS.iter().map(|signal| signal.name));
}

#[test]
fn every_test_file_is_declared() {
    let main = read("tests/it/main.rs");
    for (path, _) in sources_of("tests/it") {
        let top = path.strip_prefix("tests/it").unwrap();
        let name = top.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "");
        assert!(name == "main" || main.contains(&format!("mod {name};")), "{} is never run", path.display());
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Rust file below a folder of the repository, by its path from the root.
fn sources_of(folder: &str) -> Vec<(PathBuf, String)> {
    let mut left = vec![root().join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                files.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    files.sort();
    files
}

/// `src/store/care.rs` and `src/store.rs` belong to `store`.
fn top_module(path: &Path) -> String {
    let below = path.strip_prefix("src").unwrap();
    below.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "")
}

fn module_of(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// A file without its comments and without the tests at its end.
fn code(text: &str) -> String {
    let tests = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
    text[..tests].lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The modules of the crate that a text names: `crate::a::…` and `crate::{a, b::…}`.
fn named_modules(text: &str) -> BTreeSet<String> {
    let one = Regex::new(r"\bcrate::([a-z_]+)").unwrap();
    let many = Regex::new(r"\bcrate::\{").unwrap();
    let first = Regex::new(r"^\s*([a-z_]+)").unwrap();
    let mut names: BTreeSet<String> = one.captures_iter(text).map(|found| found[1].to_owned()).collect();
    for found in many.find_iter(text) {
        let mut depth = 0;
        let inside: String = text[found.end()..]
            .chars()
            .take_while(|c| {
                depth += i32::from(*c == '{') - i32::from(*c == '}');
                depth >= 0
            })
            .collect();
        let mut depth = 0;
        let flat: String = inside
            .chars()
            .filter(|c| {
                depth += i32::from(*c == '{') - i32::from(*c == '}');
                depth == 0
            })
            .collect();
        names.extend(flat.split(',').filter_map(|part| Some(first.captures(part)?[1].to_owned())));
    }
    names
}

/// The files directly in a folder that declare something.
fn declaring(folder: &str, what: &str) -> Vec<PathBuf> {
    let parent = Path::new(folder);
    let declares = |(path, text): (PathBuf, String)| {
        (path.parent() == Some(parent) && !path.ends_with("mod.rs") && code(&text).contains(what)).then_some(path)
    };
    sources_of(folder).into_iter().filter_map(declares).collect()
}

/// The text of a table, from its name to the end of the statement.
fn table_rows(text: &str, name: &str) -> String {
    let start = text.find(name).unwrap();
    let end = text[start..].find(';').unwrap();
    text[start..start + end].to_owned()
}

fn names_differ<'a>(names: impl Iterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for name in names {
        assert!(seen.insert(name), "two entries are called {name}");
    }
}
