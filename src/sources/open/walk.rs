//! From the arguments of a command to inputs: files, folders with all that is in them, standard input.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::container::Peeler;
use super::layer::CHUNK;
use super::progress::{Meter, Metered};
use super::{Found, Limits, OpenError, Progress};
use crate::sources::Stop;

/// Opens every argument in turn and gives what is in it to `each`, one input after the other: an input lives only as
/// long as its call. `-` is standard input. Folders are read with all below them, sorted by name; dot files, devices and
/// folders met before are passed over. What cannot be opened is given to `each` as an error, and the next one follows;
/// `Stop` comes from `each` alone.
pub fn open(
    arguments: &[PathBuf],
    limits: &Limits,
    progress: &Arc<Progress>,
    each: &mut dyn FnMut(Found<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let targets = targets(arguments);
    let sizes: Option<Vec<u64>> = targets.iter().flatten().map(|target| target.size).collect();
    progress.set_total(sizes.map_or(0, |sizes| progress.done() + sizes.iter().sum::<u64>()));
    for target in targets {
        match target {
            Ok(target) => open_target(&target, limits, progress, each)?,
            Err(error) => each(Err(error))?,
        }
    }
    Ok(())
}

/// Opens one stream under a name, as standard input is.
pub fn open_reader(
    name: &str,
    reader: impl io::Read,
    limits: &Limits,
    progress: &Arc<Progress>,
    each: &mut dyn FnMut(Found<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let meter = Meter::new(progress, None);
    let metered = Metered { inner: reader, meter: Rc::clone(&meter) };
    Peeler::new(limits, &meter, each).stream(name.to_owned(), BufReader::with_capacity(CHUNK, metered))?;
    meter.finish();
    Ok(())
}

/// A file to open, and its size if it is one that has a size.
struct Target {
    path: PathBuf,
    size: Option<u64>,
}

fn open_target(
    target: &Target,
    limits: &Limits,
    progress: &Arc<Progress>,
    each: &mut dyn FnMut(Found<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    if target.path == Path::new("-") {
        return open_reader("-", io::stdin().lock(), limits, progress, each);
    }
    let name = target.path.to_string_lossy().into_owned();
    let file = match File::open(&target.path) {
        Ok(file) => file,
        Err(error) => return each(Err(OpenError { name, reason: error.to_string() })),
    };
    if target.size.is_none() {
        return open_reader(&name, file, limits, progress, each);
    }
    let meter = Meter::new(progress, target.size);
    Peeler::new(limits, &meter, each).file(name, file)?;
    meter.finish();
    Ok(())
}

/// The files that the arguments stand for, in order.
fn targets(arguments: &[PathBuf]) -> Vec<Result<Target, OpenError>> {
    let mut found = Vec::new();
    let mut folders_seen = HashSet::new();
    for argument in arguments {
        if argument == Path::new("-") {
            found.push(Ok(Target { path: argument.clone(), size: None }));
            continue;
        }
        match fs::metadata(argument) {
            Ok(meta) if meta.is_dir() => walk_folder(argument, &mut folders_seen, &mut found),
            Ok(meta) => found.push(Ok(Target { path: argument.clone(), size: meta.is_file().then_some(meta.len()) })),
            Err(error) => found.push(Err(failed(argument, &error))),
        }
    }
    found
}

/// All files below a folder. A stack stands in for recursion; it is filled backwards so that names come in order.
fn walk_folder(folder: &Path, seen: &mut HashSet<PathBuf>, found: &mut Vec<Result<Target, OpenError>>) {
    let mut stack = vec![folder.to_owned()];
    while let Some(path) = stack.pop() {
        let meta = match fs::metadata(&path) {
            Ok(meta) => meta,
            Err(error) => {
                found.push(Err(failed(&path, &error)));
                continue;
            }
        };
        if meta.is_file() {
            found.push(Ok(Target { path, size: Some(meta.len()) }));
        } else if meta.is_dir() && fs::canonicalize(&path).is_ok_and(|real| seen.insert(real)) {
            match names_in(&path) {
                Ok(names) => stack.extend(names.into_iter().rev()),
                Err(error) => found.push(Err(failed(&path, &error))),
            }
        }
    }
}

/// What is in a folder, sorted by name, without dot files.
fn names_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !starts_with_dot(&entry.file_name()) {
            paths.push(entry.path());
        }
    }
    paths.sort_unstable();
    Ok(paths)
}

fn starts_with_dot(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.')
}

fn failed(path: &Path, error: &io::Error) -> OpenError {
    OpenError { name: path.to_string_lossy().into_owned(), reason: error.to_string() }
}
