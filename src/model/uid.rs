//! Ids of operations that hold across databases: the time in milliseconds and 80 random bits, written as 26 letters and
//! digits that sort like the time (the layout of <https://github.com/ulid/spec>).

use std::fmt;
use std::str::FromStr;

/// The digits: Crockford's base 32, which leaves out I, L, O and U.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of an id.
const LENGTH: usize = 26;
/// Random bits below the time.
const RANDOM_BITS: u32 = 80;

/// An id that no other operation has, in any database. Later operations of one database have greater ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(pub u128);

impl Uid {
    /// The id of an operation at this moment (milliseconds since 1970) that comes after `last`: where the clock stands
    /// still or goes back, the time goes one millisecond past the last one's. `random` gives the lower 80 bits.
    pub fn next(millis: i64, last: Option<Uid>, random: u128) -> Uid {
        let floor = last.map_or(0, |last| (last.0 >> RANDOM_BITS) + 1);
        let time = u128::try_from(millis).unwrap_or(0).max(floor);
        Uid((time << RANDOM_BITS) | (random & ((1 << RANDOM_BITS) - 1)))
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..LENGTH as u32).rev() {
            let digit = DIGITS[(self.0 >> (place * 5)) as usize & 31];
            write!(f, "{}", char::from(digit))?;
        }
        Ok(())
    }
}

impl FromStr for Uid {
    type Err = NotAUid;

    fn from_str(text: &str) -> Result<Self, NotAUid> {
        let bytes = text.as_bytes();
        // 26 digits hold 130 bits; the first one may not use the upper two.
        if bytes.len() != LENGTH || bytes[0] > b'7' {
            return Err(NotAUid);
        }
        bytes
            .iter()
            .try_fold(0_u128, |value, byte| {
                let digit = DIGITS.iter().position(|digit| digit == byte).ok_or(NotAUid)?;
                Ok((value << 5) | digit as u128)
            })
            .map(Uid)
    }
}

/// The text is not such an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAUid;

impl fmt::Display for NotAUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id of 26 letters and digits")
    }
}

impl std::error::Error for NotAUid {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_like_time_print_and_parse() {
        let first = Uid::next(1_700_000_000_000, None, 7);
        let second = Uid::next(1_600_000_000_000, Some(first), u128::MAX);
        assert!(second > first, "a clock that goes back does not matter");
        assert_eq!(first.to_string().parse(), Ok(first));
        assert!(second.to_string() > first.to_string());
        assert_eq!(Uid(u128::MAX).to_string().parse(), Ok(Uid(u128::MAX)));
        for bad in ["", "U0000000000000000000000000", "80000000000000000000000000", "0"] {
            assert_eq!(bad.parse::<Uid>(), Err(NotAUid), "{bad}");
        }
    }
}
