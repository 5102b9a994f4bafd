//! Structure that a text states in so many words: `>>12` on a line of its own, and "In reply to NAME" as the first line.
//! Never guessed at: the number must be printed on the page, the name must have written one earlier comment only.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::page::{Page, Target};

/// First lines that say whom a comment answers.
const HEADS: [&str; 5] = ["in reply to ", "replying to ", "in response to ", "antwort an ", "en réponse à "];

/// The page with such parents filled in where none is known.
pub(crate) fn explicit<'p, 'a>(page: &'p Page<'a>) -> Cow<'p, Page<'a>> {
    let says = |text| referred(text).is_some() || head_name(text).is_some();
    if !page.comments.iter().any(|entry| entry.known.is_none() && says(entry.text)) {
        return Cow::Borrowed(page);
    }
    let mut page = page.clone();
    let mut numbers: HashMap<u64, usize, RandomState> = HashMap::default();
    let mut writers: HashMap<String, Option<usize>, RandomState> = HashMap::default();
    for at in 0..page.comments.len() {
        let entry = &page.comments[at];
        if entry.known.is_none() && !entry.system {
            let by_number = || referred(entry.text).and_then(|number| numbers.get(&number).copied());
            let by_name =
                || head_name(entry.text).and_then(|name| writers.get(&name.to_lowercase()).copied().flatten());
            let found = by_number().or_else(by_name).map(Target::Comment);
            page.comments[at].known = found;
        }
        let entry = &page.comments[at];
        numbers.extend(entry.number.map(|number| (number, at)));
        if let Some(author) = entry.author {
            writers.entry(author.trim().to_lowercase()).and_modify(|only| *only = None).or_insert(Some(at));
        }
    }
    Cow::Owned(page)
}

/// The number in a first line that holds `>>12` and nothing else.
fn referred(text: &str) -> Option<u64> {
    text.trim_start().strip_prefix(">>")?.lines().next()?.trim_end().parse().ok()
}

/// The name in a first line such as "In reply to Tam".
fn head_name(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let head =
        HEADS.iter().find(|head| text.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head)))?;
    let name = text[head.len()..].lines().next()?.trim().trim_matches([' ', ':', '.', '@', ',']);
    (!name.is_empty() && name.len() <= 60).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threads::Entry;

    fn parents(comments: &[(&str, &str)]) -> Vec<Option<Target>> {
        let entry = |(at, (author, text)): (usize, &(&'static str, &'static str))| Entry {
            author: Some(author),
            text,
            number: Some(at as u64 + 1),
            ..Entry::default()
        };
        let comments: Vec<(&'static str, &'static str)> =
            comments.iter().map(|(a, t)| (&*String::leak((*a).to_owned()), &*String::leak((*t).to_owned()))).collect();
        let page = Page { comments: comments.iter().enumerate().map(entry).collect(), ..Page::default() };
        explicit(&page).comments.iter().map(|c| c.known).collect()
    }

    #[test]
    fn numbers_and_names_in_a_first_line_are_followed() {
        let found = parents(&[("Ada", "x"), ("Tam", "y"), ("Ada", ">>2\nno"), ("Bo", "In reply to Tam:\nyes")]);
        assert_eq!(found, [None, None, Some(Target::Comment(1)), Some(Target::Comment(1))]);
    }

    #[test]
    fn a_name_with_two_comments_and_a_number_to_come_are_left_open() {
        assert_eq!(parents(&[("Ada", ">>2"), ("Ada", "y"), ("Bo", "in reply to ada")]), [None, None, None]);
    }
}
