//! The name of an outside scorer as a field of the query language: `scorer.NAME:>0.5` asks for what the program that was
//! run under NAME said of a comment.
//!
//! Not here: running such programs, and keeping what they say.

/// The field `scorer.NAME`. It is as small as a number, so that fields stay plain data.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScorerName([u8; WHOLE]);

/// What stands before the name.
const PREFIX: &str = "scorer.";
/// What was learned from decisions.
const LEARNED: &str = "learned";
/// The longest name, in bytes.
pub const MAX_NAME: usize = 33;
const WHOLE: usize = PREFIX.len() + MAX_NAME;

impl ScorerName {
    /// The scorer of this name: letters, digits, `_`, `-` and `.`, ASCII, at most [`MAX_NAME`] of them; case is not kept.
    pub fn new(name: &str) -> Option<ScorerName> {
        let fits = (1..=MAX_NAME).contains(&name.len());
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        (fits && plain).then(|| {
            let mut bytes = [0; WHOLE];
            bytes[..PREFIX.len()].copy_from_slice(PREFIX.as_bytes());
            bytes[PREFIX.len()..PREFIX.len() + name.len()].copy_from_slice(name.to_ascii_lowercase().as_bytes());
            ScorerName(bytes)
        })
    }

    /// The scorer that a field's name means: `scorer.NAME`, or a bare `learned`, also with a reason: `learned.spam`.
    pub(super) fn of_field(name: &str) -> Option<ScorerName> {
        if ScorerName::is_learned(name) {
            return ScorerName::new(name);
        }
        let (prefix, name) = name.split_at_checked(PREFIX.len())?;
        ScorerName::new(name).filter(|_| prefix.eq_ignore_ascii_case(PREFIX))
    }

    /// Whether this is the name of what was learned from decisions, which no other scorer may take.
    pub fn is_learned(name: &str) -> bool {
        let (head, rest) = name.split_at_checked(LEARNED.len()).unwrap_or((name, ""));
        head.eq_ignore_ascii_case(LEARNED) && (rest.is_empty() || rest.starts_with('.'))
    }

    /// The score that what was learned gives, for whatever reason.
    pub fn learned() -> Option<ScorerName> {
        ScorerName::new(LEARNED)
    }

    /// The name of the field: `scorer.NAME`.
    pub fn field_name(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(WHOLE);
        // Only ASCII was let in.
        std::str::from_utf8(&self.0[..end]).unwrap_or(PREFIX)
    }

    /// The name of the scorer.
    pub fn name(&self) -> &str {
        &self.field_name()[PREFIX.len()..]
    }
}

impl std::fmt::Debug for ScorerName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.field_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        let name = ScorerName::of_field("Scorer.Detox-2").unwrap();
        assert_eq!((name.field_name(), name.name()), ("scorer.detox-2", "detox-2"));
        assert_eq!(ScorerName::of_field("learned.spam"), ScorerName::new("learned.spam"));
        for bad in [
            "learnedly",
            "scorer.",
            "scorer.a b",
            "scorer.é",
            "scorer",
            "other.x",
            &format!("scorer.{}", "x".repeat(34)),
        ] {
            assert_eq!(ScorerName::of_field(bad), None, "{bad}");
        }
    }
}
