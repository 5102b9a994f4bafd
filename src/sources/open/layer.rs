//! One layer of compression: a decoder, held to the limits, whose errors say which layer broke.

use std::error::Error;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use super::Limits;
use super::magic::Codec;
use super::progress::Meter;

/// Bytes that are read from a decoder at once.
pub(super) const CHUNK: usize = 64 << 10;

/// A layer that broke, and how. It passes unchanged through the layers around it.
#[derive(Debug, Clone)]
pub(super) struct Broken {
    kind: io::ErrorKind,
    message: String,
}

impl Broken {
    /// Names the layer of an error, unless one further down is named already.
    pub(super) fn label(layer: &str, error: &io::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(inner) = cause {
            if let Some(broken) = inner.downcast_ref::<Broken>() {
                return broken.clone();
            }
            cause = match inner.downcast_ref::<io::Error>() {
                Some(wrapper) => wrapper.get_ref().map(|inner| inner as &(dyn Error + 'static)),
                None => inner.source(),
            };
        }
        Broken { kind: error.kind(), message: format!("{layer}: {error}") }
    }

    /// A layer that broke in a way of our own finding.
    pub(super) fn new(message: String) -> Self {
        Broken { kind: io::ErrorKind::InvalidData, message }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Broken {}

impl From<Broken> for io::Error {
    fn from(broken: Broken) -> Self {
        io::Error::new(broken.kind, broken)
    }
}

/// What comes out of one compressed stream.
pub(super) fn decompress<'a>(
    codec: Codec,
    reader: impl BufRead + 'a,
    layer: usize,
    limits: &Limits,
    meter: &Rc<Meter>,
) -> io::Result<Box<dyn BufRead + 'a>> {
    let decoder: Box<dyn Read + 'a> = match codec {
        Codec::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(reader)),
        Codec::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(reader)),
        Codec::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(reader)?;
            decoder.window_log_max(limits.max_window)?;
            Box::new(decoder)
        }
        Codec::Xz => {
            let stream = liblzma::stream::Stream::new_stream_decoder(limits.xz_memory, liblzma::stream::CONCATENATED)?;
            Box::new(liblzma::bufread::XzDecoder::new_stream(reader, stream))
        }
    };
    Ok(Box::new(BufReader::with_capacity(CHUNK, Guard::new(decoder, codec.name(), layer, limits, meter))))
}

/// Watches what a decoder gives out: names its errors, repeats them for ever, and stops bombs.
pub(super) struct Guard<R> {
    inner: R,
    name: &'static str,
    layer: usize,
    limits: Limits,
    meter: Rc<Meter>,
    begun: bool,
    broken: Option<Broken>,
}

impl<R: Read> Guard<R> {
    /// Watches one decoder of this layer.
    pub(super) fn new(inner: R, name: &'static str, layer: usize, limits: &Limits, meter: &Rc<Meter>) -> Self {
        Guard { inner, name, layer, limits: limits.clone(), meter: Rc::clone(meter), begun: false, broken: None }
    }

    fn explain(&self, error: &io::Error) -> Broken {
        let broken = Broken::label(self.name, error);
        let said = error.to_string();
        if self.begun && self.name == "gzip" && said.contains("invalid gzip header") {
            return Broken::new("gzip: what follows the compressed data is not gzip".to_owned());
        }
        if self.name == "zstd" && said.contains("requires too much memory") {
            let allowed = self.limits.max_window;
            return Broken::new(format!("zstd: a frame needs a larger window than the 2^{allowed} bytes allowed"));
        }
        broken
    }

    fn bomb(&self, read: usize) -> Option<Broken> {
        let (ratio, from) = (self.limits.max_ratio, self.limits.ratio_from);
        let (out, taken) = self.meter.give(self.layer, read, from, ratio)?;
        let name = self.name;
        Some(Broken::new(format!("{name}: {out} bytes came out of {taken}, more than {ratio} to 1: refused as a bomb")))
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone().into());
        }
        let fault = match self.inner.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => self.explain(&error),
            Ok(read) => match self.bomb(read) {
                Some(broken) => broken,
                None => {
                    self.begun |= read > 0;
                    return Ok(read);
                }
            },
        };
        self.broken = Some(fault.clone());
        Err(fault.into())
    }
}
