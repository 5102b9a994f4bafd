//! Which key does what, and the file that changes it. Names of keys and of commands are words, so that the file can be
//! read aloud; whatever it does not name keeps its usual key.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::error::hint;

/// A site's own keys, in the folder of the database.
pub const FILE: &str = "quell.keys.toml";

/// A key, as far as review tells keys apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Press {
    /// A letter, digit or sign.
    Char(char),
    /// A letter with the control key.
    Ctrl(char),
    /// A key with a name; see [`NAMED`].
    Named(&'static str),
}

/// The names of the keys that have no sign of their own.
pub const NAMED: &[&str] = &[
    "tab",
    "enter",
    "esc",
    "space",
    "backspace",
    "delete",
    "up",
    "down",
    "left",
    "right",
    "pageup",
    "pagedown",
    "home",
    "end",
];

impl Press {
    /// The key of this name; `space` is the space character's.
    pub fn named(name: &str) -> Option<Press> {
        match name {
            "space" => Some(Press::Char(' ')),
            _ => NAMED.iter().find(|known| **known == name).map(|known| Press::Named(known)),
        }
    }
}

impl fmt::Display for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Press::Char(' ') => f.write_str("space"),
            Press::Char(sign) => write!(f, "{sign}"),
            Press::Ctrl(letter) => write!(f, "ctrl-{letter}"),
            Press::Named(name) => f.write_str(name),
        }
    }
}

impl FromStr for Press {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut signs = text.chars();
        match (signs.next(), signs.next()) {
            (Some(sign), None) if !sign.is_control() => return Ok(Press::Char(sign)),
            _ => {}
        }
        let ctrl = text.strip_prefix("ctrl-").filter(|letter| letter.len() == 1);
        match ctrl.and_then(|letter| letter.chars().next()).filter(char::is_ascii_lowercase) {
            Some(letter) => Ok(Press::Ctrl(letter)),
            None => Press::named(text).ok_or(()),
        }
    }
}

/// What a key can do while a comment is before the moderator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is explained in COMMANDS")]
pub enum Command {
    Approve,
    Remove,
    Spam,
    Escalate,
    Undo,
    Repeat,
    Subtree,
    Copies,
    Skip,
    Note,
    Search,
    Keys,
    Fold,
    Left,
    Down,
    Up,
    Right,
    Hide,
    PageDown,
    PageUp,
    Quit,
}

/// Every command: its name in the file, its usual keys, and what it does.
pub const COMMANDS: &[(Command, &str, &[&str], &str)] = &[
    (Command::Approve, "approve", &["a"], "it is fine"),
    (Command::Remove, "remove", &["r"], "take it out; a letter gives the reason"),
    (Command::Spam, "spam", &["p"], "take it out as spam; a letter gives the reason"),
    (Command::Escalate, "escalate", &["e"], "leave it to somebody who may decide more"),
    (Command::Undo, "undo", &["u"], "take back the last decision of this sitting, and further ones"),
    (Command::Repeat, "repeat", &["."], "decide as the last time"),
    (Command::Subtree, "subtree", &["x"], "the next decision takes everything below too"),
    (Command::Copies, "copies", &["c"], "the next decision takes all copies of the text too"),
    (Command::Skip, "skip", &["s"], "leave it for later"),
    (Command::Note, "note", &["n"], "write a remark on it"),
    (Command::Search, "search", &["/"], "narrow the queue to a query; an empty one widens it again"),
    (Command::Keys, "keys", &["?"], "show or hide these keys"),
    (Command::Fold, "fold", &["tab"], "fold or unfold the comment at the bar"),
    (Command::Left, "left", &["h", "left"], "the bar goes to what the comment answers"),
    (Command::Down, "down", &["j", "down"], "the bar goes to the next comment"),
    (Command::Up, "up", &["k", "up"], "the bar goes to the comment before"),
    (Command::Right, "right", &["l", "right"], "the bar goes to the first answer"),
    (Command::Hide, "hide", &["z"], "show or hide a hidden text"),
    (Command::PageDown, "page-down", &["space", "pagedown"], "scroll on"),
    (Command::PageUp, "page-up", &["b", "pageup"], "scroll back"),
    (Command::Quit, "quit", &["q"], "stop; ctrl-c always does"),
];

/// Keys and what they do, and letters that a site gives to reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    commands: BTreeMap<Press, Command>,
    /// Letters by the ids of reasons.
    pub reasons: BTreeMap<String, char>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    keys: BTreeMap<String, Keys>,
    #[serde(default)]
    reasons: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Keys {
    One(String),
    Many(Vec<String>),
}

impl Keymap {
    /// The usual keys, changed by a file: the one named, else the one beside the database if there is one.
    pub fn load(file: Option<&Path>, database: &Path) -> Result<Self> {
        let beside = database.with_file_name(FILE);
        let path = file.unwrap_or(&beside);
        if file.is_none() && !path.exists() {
            return Keymap::read("");
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Keymap::read(&text).with_context(|| format!("the keys in {}", path.display()))
    }

    /// The usual keys, changed by a TOML text. Unknown words and a key with two meanings are errors.
    pub fn read(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text)?;
        for name in file.keys.keys() {
            if !COMMANDS.iter().any(|(_, known, ..)| known == name) {
                return Err(unknown(name));
            }
        }
        let mut map = Keymap { commands: BTreeMap::new(), reasons: BTreeMap::new() };
        for (command, name, usual, _) in COMMANDS {
            let keys: Vec<&str> = match file.keys.get(*name) {
                Some(Keys::One(key)) => vec![key],
                Some(Keys::Many(keys)) => keys.iter().map(String::as_str).collect(),
                None => usual.to_vec(),
            };
            for key in keys {
                map.bind(key, *command, name)?;
            }
        }
        for (reason, letter) in file.reasons {
            match letter.parse() {
                Ok(Press::Char(letter)) if letter.is_alphabetic() => map.reasons.insert(reason, letter),
                _ => return Err(hint(format!("{letter} is no letter for {reason}"), "want one letter, such as \"o\"")),
            };
        }
        Ok(map)
    }

    fn bind(&mut self, key: &str, command: Command, name: &str) -> Result<()> {
        let next = format!("want a sign such as \"a\", ctrl- and a letter, or one of {}", NAMED.join(", "));
        let press: Press = key.parse().map_err(|()| hint(format!("{key} is no key for {name}"), next))?;
        if press == Press::Ctrl('c') {
            return Err(hint(format!("ctrl-c stops quell and cannot be the key for {name}"), "take another key"));
        }
        match self.commands.insert(press, command) {
            Some(other) if other != command => {
                let other = name_of(other);
                Err(hint(format!("the key {press} is given to {other} and to {name}"), "give one of them another key"))
            }
            _ => Ok(()),
        }
    }

    /// What a key does.
    pub fn command(&self, press: Press) -> Option<Command> {
        self.commands.get(&press).copied()
    }

    /// The keys of a command, the shortest name first.
    pub fn keys(&self, command: Command) -> Vec<String> {
        let of = |(press, bound): (&Press, &Command)| (*bound == command).then(|| press.to_string());
        let mut keys: Vec<String> = self.commands.iter().filter_map(of).collect();
        keys.sort_by_key(|key| (key.chars().count(), key.clone()));
        keys
    }
}

fn name_of(command: Command) -> &'static str {
    COMMANDS.iter().find(|(known, ..)| *known == command).map_or("", |(_, name, ..)| name)
}

fn unknown(name: &str) -> anyhow::Error {
    let near = COMMANDS.iter().map(|(_, known, ..)| (strsim::jaro_winkler(name, known), *known));
    let next = match near.filter(|(likeness, _)| *likeness > 0.8).max_by(|(a, _), (b, _)| a.total_cmp(b)) {
        Some((_, known)) => format!("did you mean {known}?"),
        None => {
            let names: Vec<&str> = COMMANDS.iter().map(|(_, name, ..)| *name).collect();
            format!("the commands are {}", names.join(", "))
        }
    };
    hint(format!("there is no command {name}"), next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Hint;

    fn fault(text: &str) -> String {
        let error = Keymap::read(text).unwrap_err();
        match error.downcast_ref::<Hint>() {
            Some(hint) => format!("{}; {}", hint.problem, hint.next),
            None => error.to_string(),
        }
    }

    #[test]
    fn the_usual_keys_do_not_clash_and_each_has_a_name() {
        let map = Keymap::read("").unwrap();
        for (command, _, usual, _) in COMMANDS {
            assert_eq!(map.keys(*command).len(), usual.len());
        }
        assert_eq!(map.command(Press::Char('a')), Some(Command::Approve));
        assert_eq!(map.command(Press::Ctrl('c')), None);
        assert_eq!(map.keys(Command::PageDown), ["space", "pagedown"]);
    }

    #[test]
    fn a_file_moves_keys() {
        let map =
            Keymap::read("[keys]\nremove = \"d\"\nquit = [\"q\", \"ctrl-q\", \"esc\"]\n[reasons]\nspam='x'").unwrap();
        assert_eq!(map.command(Press::Char('d')), Some(Command::Remove));
        assert_eq!(map.command(Press::Char('r')), None);
        assert_eq!(map.command(Press::Named("esc")), Some(Command::Quit));
        assert_eq!(map.reasons["spam"], 'x');
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(fault("[keys]\naprove = 'y'"), "there is no command aprove; did you mean approve?");
        assert_eq!(
            fault("[keys]\napprove = 'x'"),
            "the key x is given to approve and to subtree; give one of them another key"
        );
        assert!(fault("[keys]\napprove = 'yes'").starts_with("yes is no key for approve; want a sign"));
        assert!(fault("[keys]\nquit = 'ctrl-c'").starts_with("ctrl-c stops quell"));
        assert!(fault("[reasons]\nspam = '12'").starts_with("12 is no letter for spam"));
        assert!(Keymap::read("colour = 'red'").is_err());
        assert!(Keymap::read("[keys]\napprove = 3").is_err());
    }
}
