//! Peels containers, layer by layer and entry by entry, down to the files that hold comments.
//!
//! Not here: what the magic numbers are (`magic`), how a stream is decompressed (`layer`), how archives are walked
//! (`archive`).

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::rc::Rc;

use super::layer::{CHUNK, decompress};
use super::magic::{Codec, LOOK, Magic, recognise, zstd_window};
use super::progress::{Meter, Metered};
use super::replay::Replay;
use super::{Found, Limits, Notes, OpenError, Opened};
use crate::model::{Place, Warning};
use crate::sources::Stop;

/// Windows beyond this are worth a word: 128 MiB, what the zstd tool itself accepts unasked.
const QUIET_WINDOW: u64 = 128 << 20;

/// Takes one outermost input apart.
pub(super) struct Peeler<'p> {
    pub(super) limits: &'p Limits,
    pub(super) meter: Rc<Meter>,
    pub(super) entries: u64,
    pub(super) each: &'p mut dyn FnMut(Found<'_>) -> Result<(), Stop>,
}

impl<'p> Peeler<'p> {
    /// Takes apart what `meter` counts, and gives what it finds to `each`.
    pub(super) fn new(
        limits: &'p Limits,
        meter: &Rc<Meter>,
        each: &'p mut dyn FnMut(Found<'_>) -> Result<(), Stop>,
    ) -> Self {
        Peeler { limits, meter: Rc::clone(meter), entries: 0, each }
    }

    /// A file: a zip in it is read by its directory, everything else from front to back.
    pub(super) fn file(&mut self, name: String, mut file: File) -> Result<(), Stop> {
        let mut start = Vec::new();
        let looked = (&mut file).take(LOOK as u64).read_to_end(&mut start).and_then(|_| file.rewind());
        if let Err(error) = looked {
            return self.report(name, error.to_string());
        }
        let metered = Metered { inner: file, meter: Rc::clone(&self.meter) };
        if recognise(&start) == Some(Magic::Zip) && self.limits.max_layers > 0 {
            return self.zip_file(name, metered);
        }
        self.stream(name, BufReader::with_capacity(CHUNK, metered))
    }

    /// A stream that cannot be read twice.
    pub(super) fn stream(&mut self, name: String, reader: impl BufRead) -> Result<(), Stop> {
        self.peel(name, Box::new(reader), 0)
    }

    /// Peels what lies inside `layer` containers already. An archive's entries come back here, so that the depth of
    /// calls is bounded by the layers allowed.
    pub(super) fn peel(&mut self, name: String, reader: Box<dyn BufRead + '_>, layer: usize) -> Result<(), Stop> {
        let (mut reader, mut layer, notes) = (reader, layer, Notes::default());
        loop {
            let replay = Replay::look(reader, LOOK);
            let found = recognise(replay.seen());
            if let Some(Magic::Refused(reason)) = found {
                return self.report(name, reason.to_owned());
            }
            if found.is_some() && layer >= self.limits.max_layers {
                let most = self.limits.max_layers;
                return self.report(name, format!("more than {most} containers inside one another; unpack it first"));
            }
            layer += 1;
            match found {
                Some(Magic::Compressed(codec)) => match self.unpack(codec, replay, layer, &notes) {
                    Ok(inner) => reader = inner,
                    Err(reason) => return self.report(name, reason),
                },
                Some(Magic::Zip) => return self.zip_stream(&name, replay, layer),
                Some(Magic::Tar) => return self.tar(&name, replay, layer),
                Some(Magic::Refused(_)) | None => return (self.each)(Opened::new(name, Box::new(replay), notes)),
            }
        }
    }

    /// Tells that something could not be opened.
    pub(super) fn report(&mut self, name: String, reason: String) -> Result<(), Stop> {
        (self.each)(Err(OpenError { name, reason }))
    }

    /// Counts an entry; a reason means that there are too many.
    pub(super) fn count_entry(&mut self) -> Result<(), String> {
        self.entries += 1;
        match self.entries > self.limits.max_entries {
            true => Err(format!("more than {} entries; the rest was not read", self.limits.max_entries)),
            false => Ok(()),
        }
    }

    fn unpack<'a, R: BufRead + 'a>(
        &self,
        codec: Codec,
        replay: Replay<R>,
        layer: usize,
        notes: &Notes,
    ) -> Result<Box<dyn BufRead + 'a>, String> {
        if codec == Codec::Zstd {
            self.check_window(replay.seen(), notes)?;
        }
        let named = |error: io::Error| format!("{}: {error}", codec.name());
        decompress(codec, replay, layer, self.limits, &self.meter).map_err(named)
    }

    fn check_window(&self, start: &[u8], notes: &Notes) -> Result<(), String> {
        let Some(window) = zstd_window(start).filter(|&window| window > QUIET_WINDOW) else { return Ok(()) };
        let exponent = u64::BITS - (window - 1).leading_zeros();
        let message = format!("zstd: needs a window of {} MiB (2^{exponent} bytes) of memory", window >> 20);
        if exponent > self.limits.max_window {
            let allowed = self.limits.max_window;
            return Err(format!(
                "{message}, more than the 2^{allowed} bytes allowed; allow it with --max-window {exponent}"
            ));
        }
        notes.add(Warning { code: "zstd.window", message, place: Place::default() });
        Ok(())
    }
}
