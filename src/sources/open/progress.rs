//! How far the reading has come, in compressed bytes, and how much has come out of them.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::layer::Broken;

/// Bytes read of all inputs as they lie on disk, to be watched from another thread.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    /// Nothing read, size unknown.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Compressed bytes read so far.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Compressed bytes there are, unless standard input or a pipe is among the inputs.
    pub fn total(&self) -> Option<u64> {
        Some(self.total.load(Ordering::Relaxed)).filter(|&total| total > 0)
    }

    /// Says how many bytes there are; 0 for unknown.
    pub(super) fn set_total(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }
}

/// Most layers that anything is counted for; deeper ones share the last place.
const LAYERS: usize = 8;

/// What one outermost input has taken in and given out.
pub(super) struct Meter {
    progress: Arc<Progress>,
    start: u64,
    size: Option<u64>,
    taken: Cell<u64>,
    given: [Cell<u64>; LAYERS],
}

impl Meter {
    /// A meter for an input of this size, which adds to what `progress` already shows.
    pub(super) fn new(progress: &Arc<Progress>, size: Option<u64>) -> Rc<Self> {
        let start = progress.done();
        Rc::new(Meter { progress: Arc::clone(progress), start, size, taken: Cell::new(0), given: Default::default() })
    }

    /// Notes bytes that came out of a layer; returns bytes out and in when they are further apart than allowed. Bytes
    /// in are never counted beyond the size of the file, so that entries which share their data add up.
    pub(super) fn give(&self, layer: usize, bytes: usize, from: u64, ratio: u64) -> Option<(u64, u64)> {
        let given = &self.given[layer.min(LAYERS - 1)];
        given.set(given.get().saturating_add(bytes as u64));
        let (out, taken) = (given.get(), self.bounded());
        (out > from && out / ratio.max(1) > taken).then_some((out, taken))
    }

    /// Counts the whole input as read.
    pub(super) fn finish(&self) {
        let bytes = self.size.unwrap_or_else(|| self.taken.get());
        self.progress.done.store(self.start + bytes, Ordering::Relaxed);
    }

    fn take(&self, bytes: usize) {
        self.taken.set(self.taken.get() + bytes as u64);
        self.progress.done.store(self.start + self.bounded(), Ordering::Relaxed);
    }

    fn bounded(&self) -> u64 {
        self.size.map_or(self.taken.get(), |size| size.min(self.taken.get()))
    }
}

/// A reader that tells a meter what it has read.
pub(super) struct Metered<R> {
    /// The reader below.
    pub(super) inner: R,
    /// Where the bytes are counted.
    pub(super) meter: Rc<Meter>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ => Broken::label("reading", &error).into(),
        })?;
        self.meter.take(read);
        Ok(read)
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
