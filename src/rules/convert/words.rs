//! Word lists: one word or key a line. All words of a list become one rule, or several where they are many.

use super::pattern::Method;
use super::{Converted, Draft, Note, comment, write};
use crate::query::{Expr, Field, Value};
use crate::text::tokens;

/// What a system makes of its list.
#[derive(Clone, Copy)]
pub(super) struct List {
    /// The id of the rule.
    id: &'static str,
    /// Whether `*` stands for any characters but space.
    wildcards: bool,
    /// Whether the author's name is looked at too.
    author: bool,
    /// What is said at the head of the file.
    says: &'static str,
}

pub(super) const WORDPRESS: List = List {
    id: "wordpress-keys",
    wildcards: false,
    author: true,
    says: "WordPress finds its keys within words too (press hits WordPress), here only whole words count; --exact keeps \
           the old way. It also looks at e-mail, web and IP addresses of the author, which are not kept.",
};

pub(super) const DISQUS: List = List {
    id: "disqus-words",
    wildcards: true,
    author: false,
    says: "What * means to Disqus is not documented; here it stands for any characters but spaces.",
};

pub(super) const DISCOURSE: List = List {
    id: "discourse-words",
    wildcards: true,
    author: false,
    says: "A list of Discourse does not say what it is for: block, censor, flag, link, replace, tag, silence. What is \
           found here is a draft; give it the status it needs.",
};

/// Words in a rule: queries have at most a thousand terms.
const IN_A_RULE: usize = 400;

/// Regexes of one rule's words are joined to one; this many fit its size.
const IN_A_REGEX: usize = 100;

/// Converts a list.
pub(super) fn convert(list: List, text: &str, reason: &str, exact: bool) -> Converted {
    let mut notes = Vec::new();
    let mut words = Vec::new();
    for (line, word) in (1..).zip(text.lines()) {
        let word = word.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
        match refused(&list, word) {
            Some(why) => notes.push(Note { line, what: word.to_owned(), why: why.to_owned(), lost: true }),
            None if word.is_empty() => {}
            None => words.push(word.to_owned()),
        }
    }
    let mut seen = std::collections::HashSet::new();
    words.retain(|word| seen.insert(word.to_lowercase()));
    let mut out = String::new();
    comment(&mut out, list.says);
    for note in &notes {
        comment(&mut out, &format!("lost: line {}: {}: {}", note.line, note.what, note.why));
    }
    out.push('\n');
    let pieces: Vec<&[String]> = words.chunks(IN_A_RULE).collect();
    for (number, piece) in (1..).zip(&pieces) {
        let id = if pieces.len() == 1 { list.id.to_owned() } else { format!("{}.{number}", list.id) };
        let expr = Expr::or(terms(&list, piece, exact));
        write(&mut out, &Draft { id, reason, expr, exempt: None, note: Some("{{match}}".to_owned()) });
    }
    Converted { toml: out, rules: pieces.len(), notes }
}

/// Why a line can't be converted.
fn refused(list: &List, word: &str) -> Option<&'static str> {
    let digits = word.chars().all(|c| c.is_ascii_digit() || c == '.') && word.contains('.');
    if list.author && digits {
        return Some("looks like an IP address, and those are not kept");
    }
    if !word.is_empty() && word.chars().all(|c| c == '*' || c.is_whitespace()) {
        return Some("matches everything");
    }
    let replaces = list.id == DISCOURSE.id && word.contains(',');
    replaces.then_some("has a comma: a replacement, a link or a tag, which rules do not make")
}

fn terms(list: &List, words: &[String], exact: bool) -> Vec<Expr> {
    let mut terms = Vec::new();
    let mut inside = Vec::new();
    let mut wild = Vec::new();
    for word in words {
        let stem = word.strip_suffix('*').filter(|stem| list.wildcards && !stem.contains('*'));
        if exact {
            inside.push(word.clone());
        } else if let Some(stem) = stem.filter(|stem| is_plain(stem)) {
            terms.push(Expr::Text { text: stem.to_owned(), prefix: true });
        } else if list.wildcards && word.contains('*') {
            wild.push(regex_syntax::escape(word).replace(r"\*", r"\S*"));
        } else if is_plain(word) {
            terms.push(Expr::Text { text: word.clone(), prefix: false });
        } else {
            wild.push(regex_syntax::escape(word));
        }
    }
    let regexes = |values: &[String], method: Method, regex: bool| -> Vec<Expr> {
        let chunks = values.chunks(IN_A_REGEX);
        chunks.filter_map(|chunk| method.regex(chunk, regex, false).ok()).map(Expr::Regex).collect()
    };
    terms.extend(regexes(&inside, Method::Includes, false));
    terms.extend(regexes(&wild, Method::IncludesWord, true));
    if list.author {
        let method = if exact { Method::Includes } else { Method::IncludesWord };
        let names = words.chunks(IN_A_REGEX).filter_map(|chunk| method.regex(chunk, false, false).ok());
        let names: Vec<_> = names.map(Value::Regex).collect();
        if !names.is_empty() {
            terms.push(Expr::Field(Field::Author, names));
        }
    }
    terms
}

/// Whether a text is nothing but words and spaces, so that comparing words loses nothing.
pub(super) fn is_plain(text: &str) -> bool {
    let spaced = text.chars().all(|c| c == ' ' || matches!(tokens::class(c), tokens::Class::Word));
    spaced && tokens::tokens(text).next().is_some()
}

#[cfg(test)]
mod tests {
    use super::super::{From, convert};
    use crate::query::{NoLookup, Setting};
    use crate::rules::load;

    fn matches(from: From, list: &str, exact: bool, text: &str) -> bool {
        let file = convert(from, list, "spam", exact).toml;
        let set = load(&file, &Setting { now: 0, lookup: &NoLookup }, &["spam"]).unwrap();
        set.rules.iter().any(|ready| ready.query.matches(&crate::rules::tests::entry(text)))
    }

    #[test]
    fn lists_find_their_words() {
        let list = "press\r\ncasino royale\n\n$$$\ncasino royale\n10.0.0.1\n";
        assert!(matches(From::WordPressKeys, list, false, "the Casino-Royale"));
        assert!(matches(From::WordPressKeys, list, false, "make $$$ now"));
        assert!(!matches(From::WordPressKeys, list, false, "WordPress"));
        assert!(matches(From::WordPressKeys, list, true, "WordPress"));
        let lost = convert(From::WordPressKeys, list, "spam", false).notes;
        assert_eq!(lost.len(), 1);
        assert_eq!((lost[0].line, lost[0].what.as_str()), (6, "10.0.0.1"));
        assert!(matches(From::DisqusWords, "fr*ak\nsoup*", false, "what a freak"));
        assert!(matches(From::DisqusWords, "fr*ak\nsoup*", false, "soups"));
        assert!(!matches(From::DiscourseWords, "fr*ak\na,b", false, "a b"));
    }

    #[test]
    fn long_lists_become_several_rules() {
        let list: String = (0..1000).map(|n| format!("word{n}\n")).collect();
        let converted = convert(From::DiscourseWords, &list, "spam", false);
        assert_eq!(converted.rules, 3);
        assert!(load(&converted.toml, &Setting { now: 0, lookup: &NoLookup }, &["spam"]).is_ok());
    }
}
