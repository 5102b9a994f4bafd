//! An input that remembers: readers of JSON and CSV hand out values but not the bytes that they were made of, which
//! quarantine and leftover fields need as they came.

use std::io::{self, Read};

use crate::sources::Input;

/// How many forgotten bytes are moved out at once.
const MOVED: usize = 64 << 10;

/// Hands an input on and keeps what was read since [`Tap::forget`]. Offsets count from where it began.
pub struct Tap<'w, 'i> {
    input: &'w mut Input<'i>,
    /// Where it began in the input.
    base: u64,
    bytes: Vec<u8>,
    /// Where `bytes` begins.
    start: u64,
    /// How many bytes at the start of `bytes` are forgotten.
    forgotten: usize,
    limit: usize,
}

impl<'w, 'i> Tap<'w, 'i> {
    /// A tap that keeps little more than `limit` bytes: reading on beyond that is an error of kind `FileTooLarge`.
    pub fn new(input: &'w mut Input<'i>, limit: usize) -> Self {
        Tap { base: input.position(), input, bytes: Vec::new(), start: 0, forgotten: 0, limit }
    }

    /// Where it began in the input.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// The most bytes that it keeps.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Lets go what lies before this offset. It is moved out only once there is much of it: moving costs as much as
    /// what stays.
    pub fn forget(&mut self, before: u64) {
        let count = before.saturating_sub(self.start).min(self.bytes.len() as u64);
        self.forgotten = count as usize;
        if self.forgotten >= MOVED {
            self.bytes.drain(..self.forgotten);
            self.start += count;
            self.forgotten = 0;
        }
    }

    /// The bytes between two offsets that were not forgotten.
    pub fn kept(&self, from: u64, to: u64) -> &[u8] {
        let at = |offset: u64| offset.saturating_sub(self.start) as usize;
        self.bytes.get(at(from)..at(to)).unwrap_or_default()
    }
}

impl Read for Tap<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.bytes.len() - self.forgotten > self.limit {
            let problem = format!("longer than {} bytes", self.limit);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
        }
        let read = self.input.read(buffer)?;
        self.bytes.extend_from_slice(&buffer[..read]);
        Ok(read)
    }
}
