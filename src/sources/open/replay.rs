//! A reader whose first bytes have been looked at: they come again, then a fault met while looking, then the rest.

use std::io::{self, BufRead, Read};

/// Bytes seen, the error that ended the look if there was one, and the reader they came from.
pub(super) struct Replay<R> {
    seen: Vec<u8>,
    at: usize,
    error: Option<io::Error>,
    rest: R,
}

impl<R: BufRead> Replay<R> {
    /// Looks at up to `limit` bytes.
    pub(super) fn look(mut rest: R, limit: usize) -> Self {
        let mut seen = Vec::new();
        let error = rest.by_ref().take(limit as u64).read_to_end(&mut seen).err();
        Replay { seen, at: 0, error, rest }
    }

    /// The bytes looked at.
    pub(super) fn seen(&self) -> &[u8] {
        &self.seen
    }

    /// The error that ended the look.
    pub(super) fn error(&self) -> Option<&io::Error> {
        self.error.as_ref()
    }
}

impl<R: BufRead> Read for Replay<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.seen.len() && self.error.is_none() {
            return self.rest.read(buffer);
        }
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Replay<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at < self.seen.len() {
            return Ok(&self.seen[self.at..]);
        }
        if !self.seen.is_empty() {
            self.seen = Vec::new();
            self.at = 0;
        }
        match self.error.take() {
            Some(error) => Err(error),
            None => self.rest.fill_buf(),
        }
    }

    fn consume(&mut self, amount: usize) {
        if self.at < self.seen.len() {
            self.at += amount;
        } else {
            self.rest.consume(amount);
        }
    }
}
