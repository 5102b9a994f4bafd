//! `links`: how many links a comment holds, to which domains, and which of them hide where they lead.
//!
//! Not here: whether a link is spam, and looking anything up.

use std::ops::Range;

use super::pattern::Pattern;
use super::{Reads, Reason, Scale, Signal, Subject};
use crate::query;

/// The number of links, as the query language counts them: those that are written as such.
pub static SIGNAL: Signal = Signal {
    name: "links",
    version: 1,
    meaning: "number of links",
    scale: Scale::Count,
    reads: Reads::Text { value, why },
};

/// With a scheme, with `www.`, or bare with one of the endings that people type without either.
static LINK: Pattern = Pattern::new(
    r#"(?ix) \b (?: [a-z][a-z0-9+.-]+:// [^\s<>"'()\[\]{}|]+
        | www\. [^\s<>"'()\[\]{}|]+ \. [^\s<>"'()\[\]{}|]+
        | (?: [\p{L}\p{N}-]+ \. )+ (?: com|net|org|info|biz|io|co|me|tv|gl|ly|gg|xyz|top|shop|site|online|club|ru|cn|de|uk|eu|be|to|at|app|dev )
          (?: \b /[^\s<>"'()\[\]{}|]* | \b ) )"#,
);

/// Services that hide an address behind a short one.
const SHORTENERS: &[&str] = &[
    "bit.ly",
    "tinyurl.com",
    "t.co",
    "goo.gl",
    "ow.ly",
    "is.gd",
    "buff.ly",
    "cutt.ly",
    "rebrand.ly",
    "rb.gy",
    "tiny.cc",
    "bit.do",
    "adf.ly",
    "t.ly",
    "shorturl.at",
    "s.id",
    "v.gd",
    "lnkd.in",
    "dlvr.it",
];

/// A link in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it stands.
    pub span: Range<usize>,
    /// The host it leads to, in lower case, without `www.`.
    pub domain: String,
}

/// What is odd about where a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// Its domain belongs to a link shortener.
    Short,
    /// Its domain is written with letters of two scripts, or in the encoded form of such letters.
    LookAlike,
    /// It leads to a bare IP address.
    Address,
}

/// The links of a text, in order. An e-mail address is none.
pub fn links(text: &str) -> Vec<Link> {
    let mut found = Vec::new();
    for span in LINK.find(text) {
        let link = text[span.clone()].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']);
        if text[..span.start].ends_with(['@', '/']) || text[span.end..].starts_with('@') {
            continue;
        }
        let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
        let host = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest);
        let host = host.rsplit('@').next().unwrap_or(host).to_lowercase();
        let host = host.split_once(':').map_or(host.as_str(), |(host, _)| host);
        let domain = host.strip_prefix("www.").unwrap_or(host).to_owned();
        if !domain.is_empty() {
            found.push(Link { span: span.start..span.start + link.len(), domain });
        }
    }
    found
}

impl Link {
    /// What is odd about it.
    pub fn oddity(&self) -> Option<Oddity> {
        let domain = self.domain.as_str();
        let foreign = domain.chars().any(|c| !c.is_ascii() && c.is_alphabetic());
        let latin = domain.rsplit_once('.').is_some_and(|(name, _)| name.chars().any(|c| c.is_ascii_alphabetic()));
        if SHORTENERS.contains(&domain) {
            Some(Oddity::Short)
        } else if domain.split('.').any(|label| label.starts_with("xn--")) || (foreign && latin) {
            Some(Oddity::LookAlike)
        } else {
            domain.parse::<std::net::Ipv4Addr>().is_ok().then_some(Oddity::Address)
        }
    }

    fn note(&self) -> String {
        match self.oddity() {
            None => self.domain.clone(),
            Some(Oddity::Short) => format!("{} (link shortener)", self.domain),
            Some(Oddity::LookAlike) => format!("{} (look-alike letters)", self.domain),
            Some(Oddity::Address) => format!("{} (bare address)", self.domain),
        }
    }
}

fn value(subject: &Subject) -> Option<f64> {
    Some(query::links(subject.text()).count() as f64)
}

fn why(subject: &Subject) -> Vec<Reason> {
    let found = links(subject.text());
    let note =
        |span: &Range<usize>| found.iter().find(|link| link.span.start <= span.start && span.start < link.span.end);
    let reason = |span: Range<usize>| Reason::at(note(&span).map(Link::note).unwrap_or_default(), span, 1.0);
    query::links(subject.text()).map(reason).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domains(text: &str) -> Vec<String> {
        links(text).into_iter().map(|link| link.domain).collect()
    }

    #[test]
    fn finds_links_with_and_without_scheme() {
        assert!(LINK.is_sound());
        let text = "see https://Example.com/a?b, (http://user@host.test:80/x) www.soup.example. and soup.com/menu!";
        assert_eq!(domains(text), ["example.com", "host.test", "soup.example", "soup.com"]);
    }

    #[test]
    fn mail_addresses_versions_and_sentences_are_no_links() {
        assert_eq!(domains("ann@soup.com, version 1.2.3, end.Begin, e.g. this"), Vec::<String>::new());
    }

    #[test]
    fn oddities_of_domains() {
        let odd = |text: &str| links(text)[0].oddity();
        assert_eq!(odd("http://bit.ly/x"), Some(Oddity::Short));
        assert_eq!(odd("http://xn--pple-43d.com"), Some(Oddity::LookAlike));
        assert_eq!(odd("http://\u{430}pple.com"), Some(Oddity::LookAlike));
        assert_eq!(odd("http://203.0.113.9/x"), Some(Oddity::Address));
        assert_eq!(odd("http://soup.example/x"), None);
    }
}
