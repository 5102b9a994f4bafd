//! Archives, entry by entry. Names of entries are shown and never opened, so that `../` in them leads nowhere; folders,
//! links, devices and dot files are passed over.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};

use zip::result::ZipError;

use super::container::Peeler;
use super::layer::{Broken, CHUNK, Guard};
use super::progress::Metered;
use crate::sources::Stop;

/// Bytes that the headers before one tar entry may have: names are at most some thousands long, and the tar reader
/// keeps them in memory.
const TAR_HEADERS: u64 = 1 << 20;
/// Characters of an entry's name that are shown.
const NAME_CHARS: usize = 255;

impl Peeler<'_> {
    /// A zip file, by its directory. Where the directory is missing the file is cut off: then its entries are read from
    /// the front as far as they go.
    pub(super) fn zip_file(&mut self, name: String, file: Metered<File>) -> Result<(), Stop> {
        let mut reader = BufReader::with_capacity(CHUNK, file);
        let mut archive = match zip::ZipArchive::new(&mut reader) {
            Ok(archive) => archive,
            Err(_) => {
                if let Err(error) = reader.rewind() {
                    return self.report(name, error.to_string());
                }
                return self.stream(name, reader);
            }
        };
        for index in 0..archive.len() {
            if let Err(reason) = self.count_entry() {
                return self.report(name, reason);
            }
            let listed = archive.name_for_index(index).and_then(Result::ok).map(std::borrow::Cow::into_owned);
            let shown = entry_name(&name, listed.as_deref().unwrap_or_default());
            match archive.by_index(index) {
                Ok(entry) if entry.is_file() && !is_hidden(listed.as_deref().unwrap_or_default()) => {
                    let guard = Guard::new(entry, "zip", 1, self.limits, &self.meter);
                    self.peel(shown, Box::new(BufReader::with_capacity(CHUNK, guard)), 1)?;
                }
                Ok(_) => (),
                Err(error) => self.report(shown, zip_reason(&error))?,
            }
        }
        Ok(())
    }

    /// A zip that comes as a stream, from front to back.
    pub(super) fn zip_stream(&mut self, name: &str, mut reader: impl BufRead, layer: usize) -> Result<(), Stop> {
        loop {
            let entry = match zip::read::read_zipfile_from_stream(&mut reader) {
                Ok(Some(entry)) => entry,
                Ok(None) => return Ok(()),
                Err(error) => {
                    return self.report(name.to_owned(), format!("{}; the rest was not read", zip_reason(&error)));
                }
            };
            if let Err(reason) = self.count_entry() {
                return self.report(name.to_owned(), reason);
            }
            let listed = entry.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
            if entry.is_file() && !is_hidden(&listed) {
                let guard = Guard::new(entry, "zip", layer, self.limits, &self.meter);
                self.peel(entry_name(name, &listed), Box::new(BufReader::with_capacity(CHUNK, guard)), layer)?;
            }
        }
    }

    /// A tar, from front to back.
    pub(super) fn tar(&mut self, name: &str, reader: impl BufRead, layer: usize) -> Result<(), Stop> {
        let left = Cell::new(TAR_HEADERS);
        let mut archive = tar::Archive::new(Rationed { inner: reader, left: &left });
        let mut entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.report(name.to_owned(), tar_reason(&error)),
        };
        loop {
            left.set(TAR_HEADERS);
            let mut entry = match entries.next() {
                None => return Ok(()),
                Some(Ok(entry)) => entry,
                Some(Err(error)) => return self.report(name.to_owned(), tar_reason(&error)),
            };
            left.set(u64::MAX);
            if let Err(reason) = self.count_entry() {
                return self.report(name.to_owned(), reason);
            }
            let listed = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let shown = entry_name(name, &listed);
            let kind = entry.header().entry_type();
            if kind.is_gnu_sparse() {
                self.report(shown, "tar: a sparse file, which quell does not read".to_owned())?;
                continue;
            }
            if (kind.is_file() || kind.is_contiguous()) && !is_hidden(&listed) {
                let whole = Whole { left: entry.size(), inner: &mut entry };
                let guard = Guard::new(whole, "tar", layer, self.limits, &self.meter);
                self.peel(shown, Box::new(BufReader::with_capacity(CHUNK, guard)), layer)?;
            }
            // What was not read is passed over here, out of the ration for headers; an error comes again with the next.
            let _ = io::copy(&mut entry, &mut io::sink());
        }
    }
}

/// A reader that gives out no more than it is allowed to.
struct Rationed<'r, R> {
    inner: R,
    left: &'r Cell<u64>,
}

impl<R: Read> Read for Rationed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let left = self.left.get().checked_sub(read as u64);
        self.left.set(left.ok_or_else(|| Broken::new(format!("tar: headers of more than {TAR_HEADERS} bytes")))?);
        Ok(read)
    }
}

/// A reader that knows how many bytes must come, as the tar reader takes a cut for an end.
struct Whole<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if read == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("{} bytes are missing", self.left)));
        }
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

fn tar_reason(error: &io::Error) -> String {
    format!("{}; the rest was not read", Broken::label("tar", error))
}

fn zip_reason(error: &ZipError) -> String {
    match error {
        ZipError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => "zip: cut off".to_owned(),
        ZipError::Io(error) => Broken::label("zip", error).to_string(),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => "zip: encrypted; unpack it first".to_owned(),
        ZipError::UnsupportedArchive("The file length is not available in the local header") => {
            "zip: does not say how long its entries are and can only be read as a file of its own".to_owned()
        }
        ZipError::CompressionMethodNotSupported(_) => {
            "zip: a compression that quell does not read; unpack it first".to_owned()
        }
        other => format!("zip: {other}"),
    }
}

/// The name to show for an entry: without `..`, without a root, without control characters, not too long.
fn entry_name(archive: &str, entry: &str) -> String {
    let parts: Vec<&str> = entry.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let shown: String =
        parts.join("/").chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).take(NAME_CHARS).collect();
    format!("{archive}!/{shown}")
}

/// Whether a name or a folder in it starts with a dot, as the leavings of desktops do.
fn is_hidden(entry: &str) -> bool {
    entry.split('/').any(|part| part.starts_with('.') && part != "." && part != "..")
}
