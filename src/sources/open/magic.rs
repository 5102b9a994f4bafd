//! What a file is by its first bytes, never by its name. The numbers are those of the formats' own specifications.

/// How many bytes are looked at: up to the end of the first tar header.
pub(super) const LOOK: usize = 512;

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Magic {
    /// One compressed stream.
    Compressed(Codec),
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// Something that quell knows but does not read, and what to do about it.
    Refused(&'static str),
}

/// How a stream is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    /// Gzip, members one after another.
    Gzip,
    /// Zstandard, frames one after another.
    Zstd,
    /// Bzip2, streams one after another.
    Bzip2,
    /// Xz, streams one after another.
    Xz,
}

impl Codec {
    /// The name that messages use.
    pub(super) fn name(self) -> &'static str {
        match self {
            Codec::Gzip => "gzip",
            Codec::Zstd => "zstd",
            Codec::Bzip2 => "bzip2",
            Codec::Xz => "xz",
        }
    }
}

const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Recognises a container; `None` means that these bytes are content.
pub(super) fn recognise(bytes: &[u8]) -> Option<Magic> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    if starts(&[0x1F, 0x8B]) {
        return Some(Magic::Compressed(Codec::Gzip));
    }
    if starts(&ZSTD) || is_skippable(bytes) {
        return Some(Magic::Compressed(Codec::Zstd));
    }
    if is_bzip2(bytes) {
        return Some(Magic::Compressed(Codec::Bzip2));
    }
    if starts(b"\xFD7zXZ\0") {
        return Some(Magic::Compressed(Codec::Xz));
    }
    if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        return Some(Magic::Zip);
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Some(Magic::Tar);
    }
    refused(bytes).map(Magic::Refused)
}

fn refused(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: &[(&[u8], &str)] = &[
        (b"7z\xBC\xAF\x27\x1C", "a 7z archive, which quell does not read; unpack it and import what is inside"),
        (b"Rar!\x1A\x07", "a RAR archive, which quell does not read; unpack it and import what is inside"),
        (b"PK\x07\x08", "one part of a split zip archive; join the parts and import the whole"),
        (b"\x04\x22\x4D\x18", "lz4, which quell does not read; unpack it with `lz4 -d`"),
        (b"\x1F\x9D", "a file of the old `compress`, which quell does not read; unpack it with `uncompress`"),
        (b"PAR1", "a Parquet file, which quell does not read; export it as NDJSON or CSV"),
        (b"SQLite format 3\0", "an SQLite database, which quell does not import; export its comments as NDJSON or CSV"),
    ];
    if bytes.get(4..8) == Some(&ZSTD) {
        return Some("a .zst_blocks file, which quell does not read; turn it into NDJSON with the tool that made it");
    }
    KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|&(_, reason)| reason)
}

/// `BZh`, a level, and the magic of a block or of the end: text may well start with the first three letters.
fn is_bzip2(bytes: &[u8]) -> bool {
    matches!(bytes, [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..]
        if rest.starts_with(b"\x31\x41\x59\x26\x53\x59") || rest.starts_with(b"\x17\x72\x45\x38\x50\x90"))
}

fn is_skippable(bytes: &[u8]) -> bool {
    matches!(bytes, [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..])
}

/// The window that the first zstd frame asks for, in bytes, if its header lies within these bytes (RFC 8878, 3.1.1.1).
pub(super) fn zstd_window(mut bytes: &[u8]) -> Option<u64> {
    while is_skippable(bytes) {
        let length = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?);
        bytes = bytes.get(8..)?.get(usize::try_from(length).ok()?..)?;
    }
    let [descriptor, rest @ ..] = bytes.strip_prefix(&ZSTD)? else { return None };
    let single_segment = descriptor & 0x20 != 0;
    if single_segment {
        return content_size(*descriptor, rest);
    }
    let window = *rest.first()?;
    let base = 1u64 << (10 + (window >> 3));
    Some(base + base / 8 * u64::from(window & 7))
}

/// The content size of a frame without a window descriptor, where it stands for the window.
fn content_size(descriptor: u8, bytes: &[u8]) -> Option<u64> {
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let bytes = bytes.get(dictionary..)?;
    Some(match descriptor >> 6 {
        0 => u64::from(*bytes.first()?),
        1 => u64::from(u16::from_le_bytes(bytes.get(..2)?.try_into().ok()?)) + 256,
        2 => u64::from(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?)),
        _ => u64::from_le_bytes(bytes.get(..8)?.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_looks_like_a_magic_number_is_content() {
        for text in ["BZhello", "PK", "", "7zip", "PAR0", "Rar!"] {
            assert_eq!(recognise(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_read_is_refused_with_a_way_out() {
        for bytes in [
            &b"7z\xBC\xAF\x27\x1C\0"[..],
            b"Rar!\x1A\x07\x01",
            b"PAR1\0",
            b"SQLite format 3\0",
            b"9\0\0\0\x28\xB5\x2F\xFD",
        ] {
            assert!(matches!(recognise(bytes), Some(Magic::Refused(_))), "{bytes:?}");
        }
    }

    #[test]
    fn the_window_is_read_behind_skippable_frames() {
        let long = [&ZSTD[..], &[0x00, 21 << 3]].concat();
        assert_eq!(zstd_window(&long), Some(1 << 31));
        let skipped = [&[0x5A, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 9, 9][..], &long].concat();
        assert_eq!(zstd_window(&skipped), Some(1 << 31));
        assert_eq!(zstd_window(&[&ZSTD[..], &[0x20, 7]].concat()), Some(7));
        assert_eq!(zstd_window(&skipped[..9]), None);
    }
}
