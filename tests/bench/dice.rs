//! Numbers and words that look random and are the same in every run, for the benches that make their own input. Not here:
//! the texts that each of them makes of the words.

/// What the next number is made of.
pub struct Dice(pub u64);

impl Dice {
    /// From 0 to below a number.
    pub fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((x ^ (x >> 31)) % below as u64) as usize
    }

    /// Two to four syllables.
    pub fn word(&mut self) -> String {
        const PARTS: [&str; 16] =
            ["an", "er", "to", "li", "pra", "ston", "ve", "mi", "cou", "ing", "ra", "de", "bel", "qua", "ox", "fi"];
        (0..2 + self.roll(3)).map(|_| PARTS[self.roll(PARTS.len())]).collect()
    }
}
