//! How much a dump may ask of the machine before it is refused.

/// Limits that a container is held to. The defaults read every real dump we know of and stop every bomb we know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Base-2 logarithm of the largest zstd window in bytes, 10 to 31. Reddit dumps need 31, which is 2 GiB of memory;
    /// ordinary files need 27 or less.
    pub max_window: u32,
    /// Memory that xz may use, in bytes. `xz -9` needs 65 MiB.
    pub xz_memory: u64,
    /// Containers inside one another: `.zip` holding `.tar.gz` is three.
    pub max_layers: usize,
    /// Entries of one input, those of nested archives included.
    pub max_entries: u64,
    /// Bytes out for each byte in beyond which an input is a bomb. Reddit dumps come to 10 to 30, logs to a few hundred;
    /// deflate cannot exceed 1,032, so that this is reached by runs of one byte only.
    pub max_ratio: u64,
    /// Bytes out before the ratio is looked at.
    pub ratio_from: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_window: 31,
            xz_memory: 256 << 20,
            max_layers: 3,
            max_entries: 1_000_000,
            max_ratio: 1_000,
            ratio_from: 100 << 20,
        }
    }
}
