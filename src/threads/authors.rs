//! Authors that the text itself suggests for comments without one: a signature, a first line such as "Tam says", the
//! name by which an answer addresses them. Proposals for a person to take or leave, never facts.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::edge::{AuthorGrounds, AuthorProposal, Edge};
use super::page::{Page, Target};
use super::people::{is_placeholder, signature};

/// Edges less sure than this pass no name on.
const LEAST_CONFIDENCE: f32 = 0.5;
/// Characters of a name.
const MAX_NAME: usize = 40;

/// Proposals for the comments of a page that have no author, or a placeholder; `edges` are those that `infer` gave.
pub fn propose_authors(page: &Page<'_>, edges: &[Option<Edge>]) -> Vec<AuthorProposal> {
    let nameless = |at: usize| page.comments[at].author.is_none_or(is_placeholder) && !page.comments[at].system;
    let mut signed: HashMap<&str, usize, RandomState> = HashMap::default();
    let signatures: Vec<_> = page.comments.iter().map(|entry| signature(entry.text)).collect();
    for (entry, (start, end, _)) in page.comments.iter().zip(&signatures).filter_map(|(e, s)| Some((e, (*s)?))) {
        *signed.entry(&entry.text[start..end]).or_insert(0) += 1;
    }
    let mut proposals = Vec::new();
    for (at, entry) in page.comments.iter().enumerate().filter(|(at, _)| nameless(*at)) {
        if let Some((start, end)) = head_line(entry.text) {
            proposals.push(proposal(at, &entry.text[start..end], AuthorGrounds::HeadLine(start..end)));
        } else if let Some((start, end, sure)) = signatures[at] {
            let name = &entry.text[start..end];
            if sure || signed.get(name).is_some_and(|count| *count > 1) {
                proposals.push(proposal(at, name, AuthorGrounds::Signature(start..end)));
            }
        }
    }
    for (by, edge) in edges.iter().enumerate().filter_map(|(by, edge)| Some((by, edge.as_ref()?))) {
        let (Target::Comment(parent), Some((start, end))) = (edge.parent, greeted(page.comments[by].text)) else {
            continue;
        };
        if edge.confidence >= LEAST_CONFIDENCE && nameless(parent) {
            let name = &page.comments[by].text[start..end];
            proposals.push(proposal(parent, name, AuthorGrounds::Addressed { by, at: start..end }));
        }
    }
    proposals
}

fn proposal(comment: usize, name: &str, grounds: AuthorGrounds) -> AuthorProposal {
    AuthorProposal { comment, name: name.to_owned(), grounds }
}

/// The name in a first line "NAME says" or "NAME wrote:", with more text below.
fn head_line(text: &str) -> Option<(usize, usize)> {
    let line = text.split_once('\n')?.0.trim_end();
    let bare = line.trim_end_matches(':');
    let name = [" says", " said", " wrote", " writes"].iter().find_map(|verb| bare.strip_suffix(verb))?;
    let capital = name.chars().next().is_some_and(char::is_uppercase);
    let plain = name.split(' ').count() <= 4 && !name.contains(['.', ',', '"', '>']);
    (capital && plain && name.len() <= MAX_NAME).then_some((0, name.len()))
}

/// The capitalised word or two after a greeting or an `@` that open a text, if punctuation follows.
fn greeted(text: &str) -> Option<(usize, usize)> {
    const GREETINGS: [&str; 7] = ["hi ", "hello ", "hey ", "dear ", "hallo ", "bonjour ", "@"];
    let greeting = GREETINGS
        .iter()
        .find(|greeting| text.get(..greeting.len()).is_some_and(|t| t.eq_ignore_ascii_case(greeting)))?;
    let start = greeting.len();
    let rest = &text[start..];
    let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, ' ' | '_' | '\'' | '’'))).unwrap_or(rest.len());
    let name = rest[..end].trim_end();
    let capitals = name.split(' ').all(|word| word.chars().next().is_some_and(char::is_uppercase));
    let fits = name.split(' ').count() <= 2 && name.len() <= MAX_NAME;
    (capitals && fits).then_some((start, start + name.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threads::{Entry, Profile, infer};

    #[test]
    fn the_text_suggests_authors_in_three_ways() {
        let texts = [
            "Mara says\nThe kettle was mended twice.",
            "Nobody mended that kettle.\n\nTam B.",
            "Hey Tam, “Nobody mended that kettle” is plainly untrue",
            "Kettles again.\n\nTam B.",
        ];
        let comments = texts.iter().map(|text| Entry { text, ..Entry::default() }).collect();
        let page = Page { comments, ..Page::default() };
        let mut edges = infer(&page, Profile::shipped("blog").unwrap());
        if let Some(edge) = &mut edges[2] {
            (edge.parent, edge.confidence) = (Target::Comment(1), 0.8);
        }
        let found = propose_authors(&page, &edges);
        let names: Vec<(usize, &str)> = found.iter().map(|p| (p.comment, p.name.as_str())).collect();
        assert_eq!(names, [(0, "Mara"), (1, "Tam B."), (3, "Tam B."), (1, "Tam")]);
    }
}
