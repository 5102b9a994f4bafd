//! Draws comments to be judged again. Who is drawn depends on the seed and on the comment's own key alone: the same seed
//! draws the same comments in every copy of a database, and goes on where it stopped.

use std::str::FromStr;

/// How many to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Size {
    /// So many.
    Count(usize),
    /// This share of all, from 0 to 1.
    Share(f64),
}

impl FromStr for Size {
    type Err = String;

    /// Reads `200` or `5%`.
    fn from_str(text: &str) -> Result<Self, String> {
        let share = |percent: &str| percent.trim().parse::<f64>().ok().filter(|share| (0.0..=100.0).contains(share));
        let size = match text.strip_suffix('%') {
            Some(percent) => share(percent).map(|percent| Size::Share(percent / 100.0)),
            None => text.parse().ok().map(Size::Count),
        };
        size.ok_or_else(|| "want a number such as 200, or a share such as 5%".to_owned())
    }
}

/// The places of the keys that are drawn, in an order of their own that tells nothing about them.
pub fn draw(keys: &[&str], size: Size, seed: u64) -> Vec<usize> {
    let mut ranked: Vec<(u64, usize)> = keys.iter().enumerate().map(|(at, key)| (rank(key, seed), at)).collect();
    ranked.sort_unstable();
    let count = match size {
        Size::Count(count) => count,
        Size::Share(share) => (keys.len() as f64 * share).ceil() as usize,
    };
    ranked.into_iter().take(count).map(|(_, at)| at).collect()
}

/// A number that looks like chance.
fn rank(key: &str, seed: u64) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes()).update(key.as_bytes());
    let mut first = [0; 8];
    hasher.finalize_xof().fill(&mut first);
    u64::from_le_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_a_larger_sample_holds_the_smaller() {
        let keys: Vec<String> = (0..200).map(|number| number.to_string()).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let few = draw(&keys, Size::Share(0.05), 7);
        assert_eq!(few.len(), 10);
        assert_eq!(draw(&keys, Size::Count(50), 7)[..10], few);
        assert_ne!(draw(&keys, Size::Count(10), 8), few);
        assert_eq!(draw(&keys[..3], Size::Count(10), 8).len(), 3);
    }

    #[test]
    fn sizes_are_read_or_refused() {
        assert_eq!("5%".parse(), Ok(Size::Share(0.05)));
        assert_eq!("12".parse(), Ok(Size::Count(12)));
        for bad in ["", "%", "-1", "101%", "five", "1.5"] {
            assert!(bad.parse::<Size>().is_err(), "{bad}");
        }
    }
}
