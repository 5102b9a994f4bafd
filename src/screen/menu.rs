//! Reasons by letter: the policy as a tree of short menus, a letter a step, so that sixty reasons need two keys at the
//! most and a letter means the same every time.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::error::hint;
use crate::review::reasons::Reasons;

/// A line of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub letter: char,
    /// The policy id.
    pub id: String,
    /// What it means.
    pub meaning: String,
    /// Whether there are finer reasons below it.
    pub deeper: bool,
}

/// Letters that would otherwise go to a less frequent reason.
const USUAL: &[(&str, char)] = &[
    ("hate", 't'),
    ("low-quality", 'q'),
    ("misinformation", 'n'),
    ("off-topic", 'o'),
    ("self-harm", 'u'),
    ("sexual", 'x'),
    ("site-rule", 'y'),
    ("spam", 's'),
    ("threat", 'r'),
];

/// The menus, by the reason that they refine; the first has an empty name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Menu(BTreeMap<String, Vec<Entry>>);

impl Menu {
    /// Gives each reason a letter: the one that was asked for, else its usual one, else the first of its last word that is
    /// free in its menu, else any that is free. A letter asked for twice in one menu is an error, and so is an unknown reason.
    pub fn of(reasons: &Reasons, asked: &BTreeMap<String, char>) -> Result<Menu> {
        for id in asked.keys() {
            reasons.get(id)?;
        }
        let known: BTreeSet<&str> = reasons.all().map(|reason| reason.id.as_str()).collect();
        let mut menu = Menu::default();
        for reason in reasons.all() {
            let above = nearest_above(&reason.id, &known);
            menu.0.entry(above.to_owned()).or_default().push(Entry {
                letter: ' ',
                id: reason.id.clone(),
                meaning: reason.meaning.clone(),
                deeper: false,
            });
        }
        let refined: BTreeSet<String> = menu.0.keys().cloned().collect();
        for entries in menu.0.values_mut() {
            give_letters(entries, asked)?;
            for entry in entries {
                entry.deeper = refined.contains(&entry.id);
            }
        }
        Ok(menu)
    }

    /// The reasons right below one; of all where it is empty.
    pub fn below(&self, above: &str) -> &[Entry] {
        self.0.get(above).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The longest known id that a reason is a refinement of.
fn nearest_above<'i>(id: &'i str, known: &BTreeSet<&str>) -> &'i str {
    let mut at = id;
    while let Some((above, _)) = at.rsplit_once('.') {
        if known.contains(above) {
            return above;
        }
        at = above;
    }
    ""
}

fn give_letters(entries: &mut [Entry], asked: &BTreeMap<String, char>) -> Result<()> {
    let mut taken: BTreeMap<char, String> = BTreeMap::new();
    for entry in entries.iter_mut() {
        let Some(&letter) = asked.get(&entry.id) else { continue };
        if let Some(other) = taken.insert(letter, entry.id.clone()) {
            let problem = format!("the letter {letter} is given to {other} and to {}", entry.id);
            return Err(hint(problem, "give one of them another letter"));
        }
        entry.letter = letter;
    }
    for (id, letter) in USUAL {
        let entry = entries.iter_mut().find(|entry| entry.letter == ' ' && entry.id == *id);
        if let Some(entry) = entry.filter(|_| !taken.contains_key(letter)) {
            taken.insert(*letter, entry.id.clone());
            entry.letter = *letter;
        }
    }
    for entry in entries.iter_mut().filter(|entry| entry.letter == ' ') {
        let word = entry.id.rsplit('.').next().unwrap_or_default();
        let wanted = word.chars().filter(char::is_ascii_lowercase).chain('a'..='z').chain('A'..='Z');
        if let Some(letter) = wanted.into_iter().find(|letter| !taken.contains_key(letter)) {
            taken.insert(letter, entry.id.clone());
            entry.letter = letter;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_reason_can_be_reached_by_letters() {
        let reasons = Reasons::built_in().unwrap();
        let menu = Menu::of(&reasons, &BTreeMap::new()).unwrap();
        let mut reached = 0;
        let mut left = vec![String::new()];
        while let Some(above) = left.pop() {
            let letters: BTreeSet<char> = menu.below(&above).iter().map(|entry| entry.letter).collect();
            assert_eq!(letters.len(), menu.below(&above).len(), "a letter each below {above:?}");
            assert!(!letters.contains(&' '));
            reached += letters.len();
            left.extend(menu.below(&above).iter().filter(|entry| entry.deeper).map(|entry| entry.id.clone()));
        }
        assert_eq!(reached, reasons.all().count());
        assert!(menu.below("").iter().any(|entry| entry.id == "spam" && entry.letter == 's'));
    }

    #[test]
    fn letters_can_be_asked_for() {
        let reasons = Reasons::built_in().unwrap();
        let asked = BTreeMap::from([("spam".to_owned(), 'o'), ("off-topic".to_owned(), 'O')]);
        let menu = Menu::of(&reasons, &asked).unwrap();
        let letter = |id: &str| menu.below("").iter().find(|entry| entry.id == id).map(|entry| entry.letter);
        assert_eq!((letter("spam"), letter("off-topic")), (Some('o'), Some('O')));
        let twice = BTreeMap::from([("spam".to_owned(), 'o'), ("off-topic".to_owned(), 'o')]);
        assert!(Menu::of(&reasons, &twice).is_err());
        assert!(Menu::of(&reasons, &BTreeMap::from([("spma".to_owned(), 'o')])).is_err());
    }
}
