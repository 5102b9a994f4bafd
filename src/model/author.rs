//! An author as one record prints it. Whether two such authors are one person is the store's business.

use super::{AuthorEvidence, AuthorKind};

/// An author as printed in one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The source's own key for the account, where it has one.
    pub key: Option<String>,
    /// The name as printed here.
    pub name: Option<String>,
    /// What sort of author.
    pub kind: AuthorKind,
    /// What the name rests on.
    pub evidence: AuthorEvidence,
}

impl Author {
    /// An author of whom the source says nothing.
    pub const fn unknown() -> Self {
        Author { key: None, name: None, kind: AuthorKind::Unknown, evidence: AuthorEvidence::Nothing }
    }

    /// An account that no longer exists.
    pub fn deleted() -> Self {
        Author { kind: AuthorKind::Deleted, ..Author::unknown() }
    }

    /// An author by name and key as a source field gives them. Empty text counts as absent, and placeholder names
    /// such as "Anonymous" or `[deleted]` do not become persons (reference: formats, section 3).
    pub fn named(name: &str, key: Option<&str>) -> Self {
        let name = name.trim();
        let key = key.map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned);
        let kind = match name.to_lowercase().as_str() {
            "" if key.is_none() => return Author::unknown(),
            "[deleted]" | "[removed]" => return Author::deleted(),
            "anonymous" | "anon" | "guest" | "anonym" | "anonyme" | "anónimo" => AuthorKind::Anonymous,
            _ => AuthorKind::User,
        };
        let name = (!name.is_empty()).then(|| name.to_owned());
        Author { key, name, kind, evidence: AuthorEvidence::Source }
    }

    /// The same author, known by other evidence.
    #[must_use]
    pub fn by(mut self, evidence: AuthorEvidence) -> Self {
        self.evidence = evidence;
        self
    }

    /// Whether two records of this author can be taken for the same person.
    pub fn is_person(&self) -> bool {
        matches!(self.kind, AuthorKind::User | AuthorKind::Bot | AuthorKind::Staff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholder_names_are_not_persons() {
        assert!(!Author::named("Anonymous", None).is_person());
        assert!(!Author::named("[deleted]", None).is_person());
        assert!(!Author::named("  ", None).is_person());
        assert!(Author::named("Doug M.", None).is_person());
    }
}
