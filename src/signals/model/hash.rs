//! The hash that names a feature: FNV-1a over code points with MurmurHash3's finaliser, 32 bits.
//!
//! Not here: what is hashed. Both algorithms are public domain; the finaliser mends FNV's weak low bits, which are the
//! ones a table index is made of.

/// A hash under way.
#[derive(Debug, Clone, Copy)]
pub struct Hash(u32);

impl Hash {
    /// Starts a hash of one kind of feature; the kind keeps a word apart from the same letters inside another word.
    pub fn of(kind: u8) -> Hash {
        Hash(0x811c_9dc5).byte(kind)
    }

    /// Takes in one code point: one step for ASCII, up to three for the rest.
    #[inline]
    pub fn letter(mut self, letter: char) -> Hash {
        let mut rest = letter as u32;
        loop {
            self = self.byte(rest as u8);
            rest >>= 8;
            if rest == 0 {
                return self;
            }
        }
    }

    /// Takes in a string.
    pub fn text(self, text: &str) -> Hash {
        text.chars().fold(self, Hash::letter)
    }

    /// Takes in a finished hash.
    #[inline]
    pub fn hash(self, other: u32) -> Hash {
        other.to_le_bytes().into_iter().fold(self, Hash::byte)
    }

    /// The finished hash; never 0, so that 0 can mark an empty place.
    #[inline]
    pub fn finish(self) -> u32 {
        let mut h = self.0;
        h ^= h >> 16;
        h = h.wrapping_mul(0x85eb_ca6b);
        h ^= h >> 13;
        h = h.wrapping_mul(0xc2b2_ae35);
        (h ^ (h >> 16)).max(1)
    }

    #[inline]
    fn byte(self, byte: u8) -> Hash {
        Hash((self.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_keep_equal_letters_apart() {
        assert_ne!(Hash::of(1).text("cat").finish(), Hash::of(2).text("cat").finish());
        assert_eq!(Hash::of(1).text("cat").finish(), Hash::of(1).letter('c').letter('a').letter('t').finish());
    }

    #[test]
    fn low_bits_spread() {
        let places: std::collections::HashSet<u32> =
            (0..1000u32).map(|n| Hash::of(1).text(&n.to_string()).finish() & 0xffff).collect();
        assert!(places.len() > 985, "{} places", places.len());
    }
}
