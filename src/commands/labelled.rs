//! Labelled texts in files, compressed or not, for measuring and fitting.

use std::io::{BufRead, Cursor};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};

use crate::error::hint;
use crate::signals::train::rows::{self, Rows};
use crate::sources::open::{Limits, Progress, open};

/// All bytes of a file, or of standard input for `-`, with every container peeled off.
pub fn bytes(path: &Path) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    let mut failed = None;
    let mut each = |found: crate::sources::open::Found<'_>| {
        match found {
            Ok(opened) => {
                let (mut input, _) = opened.into_input(crate::sources::Wants::Utf8);
                failed =
                    std::io::Read::read_to_end(&mut input, &mut all).err().map(anyhow::Error::new).or(failed.take());
            }
            Err(error) => failed = Some(anyhow!("{}", error.reason)),
        }
        Ok(())
    };
    // The callback never stops the walk.
    let _ = open(&[path.to_owned()], &Limits::default(), &Progress::new(), &mut each);
    match failed {
        Some(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        None => Ok(all),
    }
}

/// The labelled texts of a file.
pub fn read(path: &Path) -> Result<Rows> {
    rows::read(bytes(path)?.as_slice()).with_context(|| path.display().to_string())
}

/// The files that arguments stand for, with the names of their sets: folders stand for the files in them.
pub fn sets(arguments: &[PathBuf]) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for argument in arguments {
        if argument.is_dir() {
            let entries = std::fs::read_dir(argument).with_context(|| format!("cannot read {}", argument.display()))?;
            let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
            paths.retain(|path| path.is_file() && path.to_string_lossy().contains(".jsonl"));
            paths.sort();
            found.extend(paths);
        } else {
            found.push(argument.clone());
        }
    }
    if found.is_empty() {
        return Err(hint("no labelled texts there", "name files of JSON lines with text and y"));
    }
    Ok(found.into_iter().map(|path| (set_name(&path), path)).collect())
}

/// Opens the sets of a recipe by their names.
pub fn opener(sets: &[(String, PathBuf)]) -> impl Fn(&str) -> Result<Box<dyn BufRead>> {
    |wanted| {
        let found = sets.iter().find(|(set, _)| set == wanted).ok_or_else(|| {
            hint(
                format!("the recipe wants the set {wanted}"),
                format!("name its file, or the folder of {wanted}.jsonl"),
            )
        })?;
        Ok(Box::new(Cursor::new(bytes(&found.1)?)))
    }
}

/// The name of a set: that of its file up to the first dot.
fn set_name(path: &Path) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    file.split('.').next().unwrap_or_default().to_owned()
}
