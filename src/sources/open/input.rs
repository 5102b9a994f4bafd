//! One readable input: a reader that knows how far it has come, and its first bytes for detection.

use std::io::{self, BufRead, Read};

use memchr::memchr;

/// How many decoded bytes detection may look at.
pub const HEAD_BYTES: usize = 256 << 10;

/// The first bytes of an input, decompressed and decoded.
pub struct Head {
    bytes: Vec<u8>,
    whole: bool,
}

impl Head {
    /// The head of an input; `whole` says that nothing follows.
    pub fn new(mut bytes: Vec<u8>, whole: bool) -> Self {
        let whole = whole && bytes.len() <= HEAD_BYTES;
        bytes.truncate(HEAD_BYTES);
        Head { bytes, whole }
    }

    /// The bytes as they are.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The head as text, up to the first byte that is not UTF-8 or is cut off.
    pub fn text(&self) -> &str {
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&self.bytes[..error.valid_up_to()]).unwrap_or_default(),
        }
    }

    /// Whether this is all there is.
    pub fn is_whole(&self) -> bool {
        self.whole
    }
}

/// A reader that counts what has been consumed.
pub struct Input<'a> {
    reader: Box<dyn BufRead + 'a>,
    position: u64,
}

/// What [`Input::read_line`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// A line, with or without its newline at the end of the input.
    Whole,
    /// A line longer than the limit: its first bytes were kept, the rest was skipped.
    TooLong,
    /// Nothing more.
    End,
}

impl<'a> Input<'a> {
    /// An input at its first byte.
    pub fn new(reader: impl BufRead + 'a) -> Self {
        Input { reader: Box::new(reader), position: 0 }
    }

    /// An input over bytes in memory.
    pub fn from_bytes(bytes: &'a [u8]) -> Self {
        Input::new(bytes)
    }

    /// Bytes consumed so far.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Reads up to and with the next `\n` into `line`, which is cleared first. Of a line longer than `limit` bytes only
    /// the first `limit` are kept and the rest is skipped.
    pub fn read_line(&mut self, line: &mut Vec<u8>, limit: usize) -> io::Result<Line> {
        line.clear();
        let mut too_long = false;
        loop {
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                return Ok(match (line.is_empty(), too_long) {
                    (_, true) => Line::TooLong,
                    (true, false) => Line::End,
                    (false, false) => Line::Whole,
                });
            }
            let newline = memchr(b'\n', available);
            let take = newline.map_or(available.len(), |at| at + 1);
            let room = limit.saturating_sub(line.len());
            line.extend_from_slice(&available[..take.min(room)]);
            too_long |= take > room;
            self.reader.consume(take);
            self.position += take as u64;
            if newline.is_some() {
                return Ok(if too_long { Line::TooLong } else { Line::Whole });
            }
        }
    }

    /// Reads everything that is left, up to `limit` bytes; the flag says whether more would have come.
    pub fn read_all(&mut self, limit: usize) -> io::Result<(Vec<u8>, bool)> {
        let mut bytes = Vec::new();
        self.by_ref().take(limit as u64).read_to_end(&mut bytes)?;
        let more = !self.fill_buf()?.is_empty();
        Ok((bytes, more))
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.reader.consume(amount);
        self.position += amount as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_and_capped() {
        let mut input = Input::from_bytes(b"ab\nabcdef\nx");
        let mut line = Vec::new();
        assert_eq!(input.read_line(&mut line, 4).unwrap(), Line::Whole);
        assert_eq!((line.as_slice(), input.position()), (&b"ab\n"[..], 3));
        assert_eq!(input.read_line(&mut line, 4).unwrap(), Line::TooLong);
        assert_eq!((line.as_slice(), input.position()), (&b"abcd"[..], 10));
        assert_eq!(input.read_line(&mut line, 4).unwrap(), Line::Whole);
        assert_eq!(input.read_line(&mut line, 4).unwrap(), Line::End);
        assert_eq!(input.position(), 11);
    }
}
