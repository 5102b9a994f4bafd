//! The table of signals, and what a signal is.

use std::ops::Range;

use super::{
    Subject, abuse, caps, categories, copies, evasion, heads, identity, language, links, offtopic, personal, quoting,
    spam,
};

/// All signals, in the order in which they are shown.
pub static SIGNALS: &[&Signal] = &[
    &abuse::SIGNAL,
    &identity::SIGNAL,
    &spam::SIGNAL,
    &categories::THREAT,
    &categories::SEXUAL,
    &categories::PROFANITY,
    &categories::INSULT,
    &links::SIGNAL,
    &personal::SIGNAL,
    &caps::SIGNAL,
    &quoting::SIGNAL,
    &evasion::SIGNAL,
    &offtopic::SIGNAL,
];

/// The signal of this name.
pub fn signal(name: &str) -> Option<&'static Signal> {
    SIGNALS.iter().find(|signal| signal.name == name).copied()
}

/// Every detector with its version, on one line: `abuse 1 4be3…, links 1, …`. Values that were made under the same line
/// are the same for the same text.
pub fn detectors() -> String {
    let named = |name: &str, version: u32| match heads::head(name) {
        Some(model) => format!("{name} {version} {}", model.id()),
        None => format!("{name} {version}"),
    };
    let further = [("copies", copies::VERSION), ("lang", language::VERSION)];
    let all = SIGNALS.iter().map(|signal| (signal.name, signal.version)).chain(further);
    all.map(|(name, version)| named(name, version)).collect::<Vec<_>>().join(", ")
}

/// What a line of [`detectors`] says of one of them: its version, and the model it uses.
pub fn version_of<'l>(detectors: &'l str, name: &str) -> Option<&'l str> {
    detectors.split(", ").find_map(|one| one.strip_prefix(name)?.strip_prefix(' '))
}

/// One detector: a field that queries can ask for.
#[derive(Debug)]
pub struct Signal {
    /// Its name: the field in queries.
    pub name: &'static str,
    /// Goes up when the same text can get another value; kept with each stored value.
    pub version: u32,
    /// What its value says, for `quell model list` and help.
    pub meaning: &'static str,
    /// What kind of number its value is.
    pub scale: Scale,
    /// What it looks at.
    pub reads: Reads,
}

/// What kind of number a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// A calibrated probability, 0 to 1.
    Probability,
    /// A share, 0 to 1.
    Share,
    /// A count.
    Count,
}

/// What a signal looks at.
#[derive(Debug)]
pub enum Reads {
    /// The comment's own text.
    Text {
        /// The value; nothing where the signal abstains.
        value: fn(&Subject) -> Option<f64>,
        /// What made the value, heaviest first.
        why: fn(&Subject) -> Vec<Reason>,
    },
    /// The whole post with all its comments: see `offtopic`.
    Thread,
}

/// One thing that made a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// What was found: a rule's name, a domain, a kind of data. Empty where the span says it all.
    pub note: String,
    /// The bytes of the comment's text that it was found in, if it stands in one place.
    pub span: Option<Range<usize>>,
    /// How much it added, in the signal's own measure: log-odds for models, 0 where it isn't a matter of degree.
    pub weight: f64,
}

impl Reason {
    /// Something found in one place.
    pub fn at(note: impl Into<String>, span: Range<usize>, weight: f64) -> Reason {
        Reason { note: note.into(), span: Some(span), weight }
    }

    /// Something that holds of the whole comment.
    pub fn whole(note: impl Into<String>, weight: f64) -> Reason {
        Reason { note: note.into(), span: None, weight }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for (at, signal) in SIGNALS.iter().enumerate() {
            assert!(SIGNALS[at + 1..].iter().all(|other| other.name != signal.name), "{} twice", signal.name);
        }
    }

    #[test]
    fn no_signal_fails_on_odd_text() {
        for text in ["", " ", "\0", ">", "\u{202e}x\u{200d}", "İ", "ﷺ", "a\u{301}\u{301}", "[quote]", "http://", "@"]
        {
            let subject = Subject::new(text);
            for signal in SIGNALS {
                if let Reads::Text { value, why } = signal.reads {
                    let value = value(&subject);
                    assert!(value.is_none_or(f64::is_finite), "{} on {text:?}", signal.name);
                    for reason in why(&subject) {
                        assert!(reason.span.is_none_or(|span| text.get(span).is_some()), "{} on {text:?}", signal.name);
                    }
                }
            }
        }
    }
}
