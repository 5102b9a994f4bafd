//! What a query can ask of a text beside its words: links, addresses, quotes, capitals.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A web address: a scheme or `www.`, then whatever is neither space nor a closing mark. The host is group 1.
pub(super) const LINK: &str = r#"(?i)\b(?:https?://(?:[^\s/@<>"]+@)?|www\.)([\w.-]+)[^\s<>"']*"#;
const EMAIL: &str = r"(?i)\b[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}\b";
const PHONE: &str = r"(?:\+|\b)[0-9]{1,4}(?:[ ./-]{0,2}\(?[0-9]{2,5}\)?){2,5}\b";
const QUOTE: &str = r"(?m)^\s{0,3}>";
const MENTION: &str = r"(?:^|[^\w@./])@\w[\w.-]+";
const IMAGE: &str = r"(?i)\.(?:jpe?g|png|gif|webp|avif|bmp)\b";

/// Something that a text can have, found by a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trait {
    Link,
    Email,
    Phone,
    Quote,
    Mention,
    Image,
}

impl Trait {
    pub(super) fn from_name(name: &str) -> Option<Trait> {
        Some(match name {
            "link" => Trait::Link,
            "email" => Trait::Email,
            "phone" => Trait::Phone,
            "quote" => Trait::Quote,
            "mention" => Trait::Mention,
            "image" => Trait::Image,
            _ => return None,
        })
    }

    /// The pattern that finds it.
    pub(super) const fn pattern(self) -> &'static str {
        match self {
            Trait::Link => LINK,
            Trait::Email => EMAIL,
            Trait::Phone => PHONE,
            Trait::Quote => QUOTE,
            Trait::Mention => MENTION,
            Trait::Image => IMAGE,
        }
    }

    /// The pattern, compiled once.
    pub(super) fn regex(self) -> Option<&'static Regex> {
        static COMPILED: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
            [Trait::Link, Trait::Email, Trait::Phone, Trait::Quote, Trait::Mention, Trait::Image]
                .map(|which| Regex::new(which.pattern()).ok())
                .into()
        });
        COMPILED.get(self as usize).and_then(Option::as_ref)
    }

    /// Whether the text has it.
    pub(super) fn is_in(self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }
}

/// Where a text has web addresses, as `links:` counts them.
pub fn links(text: &str) -> impl Iterator<Item = Range<usize>> {
    Trait::Link.regex().into_iter().flat_map(move |regex| regex.find_iter(text)).map(|found| found.range())
}

/// The hosts that a text links to.
pub(super) fn hosts(text: &str) -> impl Iterator<Item = &str> {
    let found = Trait::Link.regex().map(|regex| regex.captures_iter(text));
    found.into_iter().flatten().filter_map(|captures| captures.get(1)).map(|host| host.as_str().trim_end_matches('.'))
}

/// The share of a text's cased letters that are capitals, as `caps:` compares it; unknown below ten of them.
pub fn capitals(text: &str) -> Option<f64> {
    let (mut upper, mut lower) = (0_u32, 0_u32);
    for c in text.chars() {
        upper += u32::from(c.is_uppercase());
        lower += u32::from(c.is_lowercase());
    }
    (upper + lower >= 10).then(|| f64::from(upper) / f64::from(upper + lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_finds_its_like() {
        let cases = [
            (Trait::Link, "see HTTPS://example.com/a?b", "xhttp is no link, nor is example.com"),
            (Trait::Email, "write to jo.doe@mail.example.org", "a@b is none"),
            (Trait::Phone, "call +49 30 1234567 now", "in 2016-04-05 there were 12 of 30"),
            (Trait::Quote, "> he said\nno", "1 > 0"),
            (Trait::Mention, "thanks @doug", "mail doug@example.org"),
            (Trait::Image, "https://example.com/a.JPG", "a jpeg"),
        ];
        for (which, yes, no) in cases {
            assert!(which.is_in(yes), "{yes}");
            assert!(which == Trait::Phone || !which.is_in(no), "{no}");
            assert!(which.regex().is_some());
        }
    }

    #[test]
    fn hosts_leave_out_users_ports_and_paths() {
        let text = "http://me:pw@Sub.Example.com:80/x, www.example.org. <https://a.b/>";
        assert_eq!(hosts(text).collect::<Vec<_>>(), ["Sub.Example.com", "example.org", "a.b"]);
        assert_eq!(links(text).count(), 3);
    }

    #[test]
    fn capitals_are_a_share() {
        assert_eq!(capitals("THIS IS LOUD"), Some(1.0));
        assert_eq!(capitals("OK"), None);
    }
}
