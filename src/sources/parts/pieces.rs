//! The bytes of an input, mended and handed to a strict JSON reader in pieces, with a limit on how much one value may take.

use std::fmt;
use std::io::{self, BufRead, Read};

use super::mend::mend;
use crate::sources::Input;

/// How much is mended at once.
const PIECE: usize = 64 << 10;

/// A reader whose bytes are mended. It keeps the offsets of the input.
pub struct Pieces<'r, 'i> {
    input: &'r mut Input<'i>,
    piece: Vec<u8>,
    next: usize,
    ready: usize,
    handed: usize,
    limit: usize,
    /// The byte of the input that was the first not to be UTF-8.
    pub first_bad: Option<u64>,
}

/// One value took more bytes than it may.
#[derive(Debug)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one value is longer than a record may be")
    }
}

impl std::error::Error for TooLong {}

impl<'r, 'i> Pieces<'r, 'i> {
    /// The pieces of an input from here on. No value may take more than `limit` bytes.
    pub fn new(input: &'r mut Input<'i>, limit: usize) -> Self {
        Pieces { input, piece: Vec::new(), next: 0, ready: 0, handed: 0, limit, first_bad: None }
    }

    /// A new value begins, and so does its count of bytes.
    pub fn begin_value(&mut self) {
        self.handed = 0;
    }

    /// Gets and mends the next bytes, behind those that could not be mended yet.
    fn refill(&mut self) -> io::Result<()> {
        self.piece.drain(..self.ready);
        (self.next, self.ready) = (0, 0);
        while self.ready == 0 {
            let start = self.input.position() - self.piece.len() as u64;
            let available = self.input.fill_buf()?;
            let take = available.len().min(PIECE);
            self.piece.extend_from_slice(&available[..take]);
            self.input.consume(take);
            let mended = mend(&mut self.piece, take == 0);
            self.ready = mended.ready;
            self.first_bad = self.first_bad.or(mended.first_bad.map(|at| start + at as u64));
            if take == 0 {
                break;
            }
        }
        Ok(())
    }
}

impl Read for Pieces<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.next == self.ready {
            self.refill()?;
        }
        let take = buffer.len().min(self.ready - self.next);
        self.handed += take;
        if self.handed > self.limit.saturating_add(buffer.len()) {
            return Err(io::Error::other(TooLong));
        }
        buffer[..take].copy_from_slice(&self.piece[self.next..self.next + take]);
        self.next += take;
        Ok(take)
    }
}
