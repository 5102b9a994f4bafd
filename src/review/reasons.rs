//! Reasons: the policy ids that flags and decisions carry, with their severity and what is most likely done about them.
//! The built-in ones are `reasons.toml` beside this file; a site adds its own or replaces some with a file of the same form.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::error::hint;
use crate::model::Action;

/// The reasons that every quell knows.
const BUILT_IN: &str = include_str!("reasons.toml");
/// A site's own reasons, in the folder of the database.
pub const FILE: &str = "quell.reasons.toml";
/// The highest severity.
pub const MAX_SEVERITY: u8 = 4;

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its id: words of small letters, digits and hyphens, joined by dots from the general to the particular.
    pub id: String,
    /// What it means, in a few words.
    pub meaning: String,
    /// From 0 (housekeeping) to 4 (danger to people).
    pub severity: u8,
    /// What is most likely done: approve, remove, spam or escalate.
    pub action: Action,
    /// Whether the text is hidden until somebody asks for it.
    pub mask: bool,
}

/// All reasons of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reasons(BTreeMap<String, Reason>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    reason: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    meaning: String,
    severity: u8,
    action: String,
    #[serde(default)]
    mask: bool,
}

impl Reasons {
    /// The built-in reasons.
    pub fn built_in() -> Result<Self> {
        let mut reasons = Reasons(BTreeMap::new());
        reasons.extend(BUILT_IN).context("the built-in reasons")?;
        Ok(reasons)
    }

    /// The built-in reasons and those of a file: the one named, else the one beside the database if there is one.
    pub fn load(file: Option<&Path>, database: &Path) -> Result<Self> {
        let mut reasons = Reasons::built_in()?;
        let beside = database.with_file_name(FILE);
        let path = file.unwrap_or(&beside);
        if file.is_none() && !path.exists() {
            return Ok(reasons);
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        reasons.extend(&text).with_context(|| format!("the reasons in {}", path.display()))?;
        Ok(reasons)
    }

    /// Adds or replaces the reasons of a TOML text.
    fn extend(&mut self, text: &str) -> Result<()> {
        let file: File = toml::from_str(text)?;
        for entry in file.reason {
            let reason = checked(entry)?;
            self.0.insert(reason.id.clone(), reason);
        }
        Ok(())
    }

    /// The reason with this id, or an error that suggests another.
    pub fn get(&self, id: &str) -> Result<&Reason> {
        self.0.get(id).ok_or_else(|| self.unknown(id))
    }

    fn unknown(&self, id: &str) -> anyhow::Error {
        let typed = id.to_lowercase().replace('_', "-");
        let last_word = self.0.keys().find(|known| known.rsplit('.').next() == Some(&typed));
        let nearest = self
            .0
            .keys()
            .map(|known| (strsim::jaro_winkler(&typed, known), known))
            .filter(|(likeness, _)| *likeness > 0.8)
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, known)| known);
        let next = match self.0.get_key_value(&typed).map(|(known, _)| known).or(last_word).or(nearest) {
            Some(known) => format!("did you mean {known}?"),
            None => "list them: quell reasons".to_owned(),
        };
        hint(format!("there is no reason {id}"), next)
    }

    /// The severity of a reason; of the nearest one above it where it is not known itself (a log may hold reasons of
    /// another site), else 1.
    pub fn severity(&self, id: &str) -> u8 {
        let mut id = id;
        loop {
            if let Some(reason) = self.0.get(id) {
                return reason.severity;
            }
            match id.rsplit_once('.') {
                Some((above, _)) => id = above,
                None => return 1,
            }
        }
    }

    /// Every reason, by id.
    pub fn all(&self) -> impl Iterator<Item = &Reason> {
        self.0.values()
    }
}

fn checked(entry: Entry) -> Result<Reason> {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if !entry.id.split('.').all(is_word) {
        bail!("{} is no id of a reason; want small letters, digits, hyphens and dots", entry.id);
    }
    if entry.severity > MAX_SEVERITY {
        bail!("{} has the severity {}; want 0 to {MAX_SEVERITY}", entry.id, entry.severity);
    }
    let action = Action::from_name(&entry.action).filter(|action| action.status().is_some());
    let Some(action) = action else {
        bail!("{} has the action {}; want approve, remove, spam or escalate", entry.id, entry.action);
    };
    Ok(Reason { id: entry.id, meaning: entry.meaning, severity: entry.severity, action, mask: entry.mask })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Hint;

    fn suggestion(id: &str) -> String {
        let error = Reasons::built_in().unwrap().get(id).unwrap_err();
        error.downcast_ref::<Hint>().unwrap().next.clone()
    }

    #[test]
    fn the_built_in_reasons_are_a_whole_tree() {
        let reasons = Reasons::built_in().unwrap();
        for reason in reasons.all() {
            if let Some((above, _)) = reason.id.rsplit_once('.') {
                assert!(reasons.get(above).is_ok(), "{} hangs on nothing", reason.id);
            }
        }
        assert!(reasons.get("violence.graphic").unwrap().mask);
        assert_eq!(reasons.get("spam.commercial").unwrap().action, Action::Spam);
    }

    #[test]
    fn an_unknown_reason_gets_a_suggestion() {
        assert_eq!(suggestion("off_topic"), "did you mean off-topic?");
        assert_eq!(suggestion("incivility"), "did you mean abuse.incivility?");
        assert_eq!(suggestion("spam.comercial"), "did you mean spam.commercial?");
        assert_eq!(suggestion("zzz"), "list them: quell reasons");
    }

    #[test]
    fn a_file_adds_and_replaces_and_its_faults_are_named() {
        let mut reasons = Reasons::built_in().unwrap();
        let own = "[[reason]]\nid='site-rule.spoiler'\nmeaning='gives the end away'\nseverity=1\naction='remove'\n\
                   [[reason]]\nid='off-topic'\nmeaning='beside the point'\nseverity=2\naction='approve'";
        reasons.extend(own).unwrap();
        assert_eq!(reasons.severity("off-topic"), 2);
        assert_eq!(reasons.severity("site-rule.spoiler"), 1);
        assert_eq!(reasons.severity("threat.of.another.site"), 4);
        for bad in [
            "[[reason]]\nid='Bad Id'\nmeaning=''\nseverity=1\naction='remove'",
            "[[reason]]\nid='a'\nmeaning=''\nseverity=5\naction='remove'",
            "[[reason]]\nid='a'\nmeaning=''\nseverity=1\naction='lock'",
            "[[reason]]\nid='a'\nmeaning=''\nseverity=1\naction='remove'\ncolour='red'",
        ] {
            assert!(reasons.extend(bad).is_err(), "{bad}");
        }
    }
}
