//! From the words of a command line to a query that can run: saved queries and lists found, faults shown with a caret.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::selection::from_stdin;
use crate::cli::Queries;
use crate::error::hint;
use crate::query::{self, Lookup, Query, Setting};
use crate::store::Store;

/// The file of saved queries that is used where none is named.
const FILE: &str = "quell-queries.toml";

/// A query as it was typed, read and made ready.
pub struct Asked {
    /// How it was read.
    pub read: String,
    /// What runs.
    pub query: Query,
}

/// Reads a query and makes it ready for this database. `-` stands for the comments whose ids standard input names.
pub fn ask(store: &Store, words: &[String], queries: &Queries) -> Result<Asked> {
    let text = words.join(" ");
    if text == "-" {
        let ids = from_stdin(store)?;
        return Ok(Asked { read: "ids from standard input".to_owned(), query: Query::of_ids(ids) });
    }
    let fault = |fault: query::QueryError| hint(fault.render(&text), "the language on a page: quell help query");
    let expr = query::parse(&text).map_err(fault)?;
    let names = names(store, queries)?;
    let now = jiff::Timestamp::now().as_millisecond();
    let query = query::compile(&expr, &Setting { now, lookup: &names }).map_err(fault)?;
    Ok(Asked { read: expr.to_string(), query })
}

/// The queries of the file that was named, or of the usual one if it is there.
pub fn saved_in_file(queries: &Queries) -> Result<BTreeMap<String, String>> {
    match &queries.queries {
        Some(path) => read(path),
        None if Path::new(FILE).exists() => read(Path::new(FILE)),
        None => Ok(BTreeMap::new()),
    }
}

/// The queries of a TOML file: `name = "query"` in a table `[queries]`.
pub fn read(path: &Path) -> Result<BTreeMap<String, String>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read the queries in {}", path.display()))?;
    let file: File = toml::from_str(&text).map_err(|error| {
        hint(format!("{}: {}", path.display(), error.to_string().trim()), "want a table [queries] of name = \"query\"")
    })?;
    Ok(file.queries)
}

/// A file of saved queries.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The queries by name.
    #[serde(default)]
    pub queries: BTreeMap<String, String>,
}

/// Where names in queries and rules lead: this database, the file of saved queries, list files.
pub fn names<'s>(store: &'s Store, queries: &Queries) -> Result<Names<'s>> {
    Ok(Names { store, file: saved_in_file(queries)? })
}

/// See [`names`].
pub struct Names<'s> {
    store: &'s Store,
    file: BTreeMap<String, String>,
}

impl Lookup for Names<'_> {
    fn saved(&self, name: &str) -> Result<String, String> {
        if let Some(query) = self.store.saved_query(name).map_err(|error| error.to_string())? {
            return Ok(query);
        }
        self.file.get(name).cloned().ok_or_else(|| format!("no saved query `{name}`; see: quell query list"))
    }

    /// A list lies in the current folder or beside the database; its lines, without empty ones and `#` comments.
    fn list(&self, file: &str) -> Result<Vec<String>, String> {
        let beside = self.store.path().parent().unwrap_or(Path::new("")).join(file);
        let path = [PathBuf::from(file), beside].into_iter().find(|path| path.is_file());
        let path = path.ok_or_else(|| format!("no list `{file}` in this folder or beside the database"))?;
        let bytes = std::fs::read(&path).map_err(|error| format!("cannot read the list `{file}`: {error}"))?;
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        Ok(lines.map(str::to_owned).collect())
    }
}
