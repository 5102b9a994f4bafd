//! The numbers quell gives posts and comments. The source's own ids are plain text and stay beside them.

use std::fmt;
use std::str::FromStr;

/// Declares a newtype over a row id that prints and parses with its letter, such as `p12` or `c33`.
macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.strip_prefix($letter)
                    .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
                    .and_then(|digits| digits.parse().ok())
                    .filter(|number| *number > 0)
                    .map($name)
                    .ok_or(NotAnId)
            }
        }
    };
}

id_type!(
    /// The number quell gives a post, shown as `p12`.
    PostId, "p"
);
id_type!(
    /// The number quell gives a comment, shown as `c33`.
    CommentId, "c"
);

/// The text is not an id of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id such as p12 or c33")
    }
}

impl std::error::Error for NotAnId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_print_and_parse_with_their_letter() {
        assert_eq!(CommentId(33).to_string(), "c33");
        assert_eq!("p12".parse(), Ok(PostId(12)));
        for bad in ["c33", "p", "p-1", "p0", "p+1", "12", "p99999999999999999999"] {
            assert_eq!(bad.parse::<PostId>(), Err(NotAnId), "{bad}");
        }
    }
}
