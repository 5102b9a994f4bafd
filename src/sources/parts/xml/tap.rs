//! A reader between the input and quick-xml that knows the place of the next byte, keeps the raw bytes of the record
//! being read, and refuses to hand out more of it than a record may have.

use std::io::{self, BufRead, Read};

use memchr::memchr_iter;

use crate::model::Place;

/// The reader. Without an input it is at its end.
pub(super) struct Tap<'r> {
    input: Option<&'r mut (dyn BufRead + 'r)>,
    place: Place,
    /// The bytes since the mark, up to the limit.
    raw: Vec<u8>,
    /// Offset of the first of them.
    marked: u64,
    limit: usize,
    /// Bytes that may still be consumed before the limit is reached.
    room: usize,
    failure: Option<io::Error>,
}

impl<'r> Tap<'r> {
    /// A tap on an input whose next byte is at `byte`. `limit` is the most bytes between two marks.
    pub(super) fn new(input: &'r mut (dyn BufRead + 'r), byte: u64, limit: usize) -> Self {
        let limit = limit.max(1);
        let place = Place { byte, line: 1 };
        Tap { input: Some(input), place, raw: Vec::new(), marked: byte, limit, room: limit, failure: None }
    }

    /// Leaves an empty tap behind.
    pub(super) fn take(&mut self) -> Self {
        let empty =
            Tap { input: None, place: self.place, raw: Vec::new(), marked: 0, limit: 1, room: 1, failure: None };
        std::mem::replace(self, empty)
    }

    /// Where the next byte is.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// The most bytes between two marks.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// Starts a record here.
    pub(super) fn mark(&mut self) {
        self.raw.clear();
        self.raw.shrink_to(1 << 20);
        self.marked = self.place.byte;
        self.room = self.limit;
    }

    /// Starts a record at a byte since the last mark.
    pub(super) fn mark_from(&mut self, byte: u64) {
        let before = self.raw_before(byte).len();
        self.raw.drain(..before);
        self.marked = byte;
        self.room = self.limit.saturating_sub(self.raw.len());
    }

    /// Allows as many bytes again as a record may have, for the rest of a record that is being skipped; of its raw bytes
    /// only the first are kept.
    pub(super) fn allow_more(&mut self) {
        self.room = self.limit;
    }

    /// The bytes since the last mark, up to the limit.
    pub(super) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Those of them that come before the byte at this offset.
    pub(super) fn raw_before(&self, byte: u64) -> &[u8] {
        let length = usize::try_from(byte.saturating_sub(self.marked)).unwrap_or(usize::MAX);
        &self.raw[..length.min(self.raw.len())]
    }

    /// The error of the input itself that ended the last read, if there was one.
    pub(super) fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    /// Whether nothing is left. An error counts as something: the next read reports it.
    pub(super) fn at_end(&mut self) -> bool {
        self.input.as_mut().is_none_or(|input| input.fill_buf().is_ok_and(<[u8]>::is_empty))
    }
}

impl Read for Tap<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let amount = available.len().min(buffer.len());
        buffer[..amount].copy_from_slice(&available[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}

impl BufRead for Tap<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let Some(input) = &mut self.input else { return Ok(&[]) };
        match input.fill_buf() {
            Ok(available) if self.room == 0 && !available.is_empty() => Err(io::Error::other("record too long")),
            Ok(available) => Ok(&available[..available.len().min(self.room)]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.failure = Some(error);
                Err(io::Error::other("input failed"))
            }
        }
    }

    fn consume(&mut self, amount: usize) {
        let Some(input) = &mut self.input else { return };
        if amount == 0 {
            return;
        }
        if let Ok(available) = input.fill_buf() {
            let taken = &available[..amount.min(available.len())];
            self.place.line += memchr_iter(b'\n', taken).count() as u64;
            let keep = self.limit.saturating_sub(self.raw.len()).min(taken.len());
            self.raw.extend_from_slice(&taken[..keep]);
        }
        input.consume(amount);
        self.place.byte += amount as u64;
        self.room = self.room.saturating_sub(amount);
    }
}
