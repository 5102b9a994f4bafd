//! The line that names who wrote a comment: "Ada says", "Ada sagt: 5. April 2016", "Posted by Ada on April 5, 2016",
//! "Ada — April 5, 2016", "On April 5, 2016, Ada wrote:". Conservative: what could as well be the beginning of a
//! sentence is not taken for a name.

use super::dates::{Stamp, stamp};
use super::lines::Lines;
use jiff::tz::TimeZone;

/// What a head line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head<'t> {
    /// The name; absent where only "says" is left of it.
    pub name: Option<&'t str>,
    /// An e-mail address beside the name.
    pub email: Option<&'t str>,
    /// The date on the line, as printed.
    pub date: Option<&'t str>,
    /// What the date means.
    pub stamp: Option<Stamp>,
}

/// No head line is longer than this many bytes; it bounds the work on hostile lines.
const LONGEST: usize = 240;

/// What the line says of the author, if it is a head line by its own words.
pub fn head<'t>(line: &'t str, zone: Option<&TimeZone>) -> Option<Head<'t>> {
    let line = line.trim();
    if line.is_empty() || line.len() > LONGEST {
        return None;
    }
    says(line)
        .or_else(|| on_date_wrote(line, zone))
        .or_else(|| prefixed(line, zone))
        .or_else(|| says_date(line, zone))
        .or_else(|| name_date(line, zone))
}

/// Who wrote the article, if this line below its title says so: "By Ada Brook on April 5, 2016", "Posted by Ada".
pub fn byline<'t>(line: &'t str, zone: Option<&TimeZone>) -> Option<Head<'t>> {
    if line.len() > LONGEST { None } else { prefixed(line, zone) }
}

/// Whether the line may be nothing but a name: for pages whose theme prints no verb, judged by the page as a whole.
pub fn bare_name(line: &str) -> Option<&str> {
    let name = line.trim().trim_end_matches(':');
    let letters = name.chars().any(char::is_alphabetic);
    let words = name.split_whitespace().count();
    (letters && words <= 5 && !name.contains(['“', '”', '"', '{', '}', '…']) && is_name(name)).then_some(name)
}

/// The lines after a head line that still belong to it: a date, "Website". Gives the date and the lines that are left.
pub fn below<'l, 't>(
    lines: &Lines<'t>,
    body: &'l [usize],
    zone: Option<&TimeZone>,
) -> (Option<(&'t str, Stamp)>, &'l [usize]) {
    let mut found = None;
    let mut rest = body;
    while let [line, after @ ..] = rest {
        let text = lines.text(*line);
        let date = if found.is_none() { stamp(text, zone) } else { None };
        if let Some(stamp) = date {
            found = Some((text, stamp));
        } else if !matches!(text.trim_start_matches(['•', '|', ' ']), "Website" | "says:" | "says" | "sagt:") {
            break;
        }
        rest = after;
    }
    // A date and nothing below it is what somebody wrote, not when.
    if rest.is_empty() { (None, body) } else { (found, rest) }
}

/// `NAME says`, or `says` alone, which means that the name was a link and is lost.
fn says(line: &str) -> Option<Head<'_>> {
    let line = line.strip_suffix(':').unwrap_or(line).trim_end();
    if verb(line) {
        return Some(Head { name: None, email: None, date: None, stamp: None });
    }
    let (name, _) = VERBS.iter().find_map(|verb| {
        let cut = line.len().checked_sub(verb.len()).filter(|cut| line.is_char_boundary(*cut))?;
        let (name, last) = line.split_at(cut);
        (name.ends_with(char::is_whitespace) && last.eq_ignore_ascii_case(verb)).then_some((name, last))
    })?;
    named(name, None)
}

/// `NAME says: DATE`, `NAME said on DATE`, `NAME on DATE said`.
fn says_date<'t>(line: &'t str, zone: Option<&TimeZone>) -> Option<Head<'t>> {
    let spaces = line.match_indices(char::is_whitespace).map(|(at, _)| at);
    for at in spaces {
        let (name, rest) = (&line[..at], line[at..].trim_start());
        let (word, after) = rest.split_at(rest.find([' ', ':', ',']).unwrap_or(rest.len()));
        if verb(word) {
            return dated(name, after.trim_start_matches([':', ',', ' ']), zone);
        }
        if matches!(word, "on" | "am" | "le" | "el") {
            let date = after.trim_end_matches(':').trim_end();
            let (date, last) = date.rsplit_once(' ')?;
            if verb(last) {
                return dated(name, date, zone);
            }
        }
    }
    None
}

/// `On DATE, NAME wrote:`.
fn on_date_wrote<'t>(line: &'t str, zone: Option<&TimeZone>) -> Option<Head<'t>> {
    let rest = ["On ", "Am ", "Le ", "El "].iter().find_map(|word| line.strip_prefix(word))?;
    let rest = rest.trim_end().trim_end_matches(':').trim_end();
    let (rest, last) = rest.rsplit_once(char::is_whitespace)?;
    if !verb(last) {
        return None;
    }
    let commas = rest.match_indices(',').map(|(at, _)| (&rest[..at], &rest[at + 1..]));
    commas.filter_map(|(date, name)| dated(name, date, zone)).next_back()
}

/// `Posted by NAME`, `Comment by NAME on DATE`, `By NAME on DATE`.
fn prefixed<'t>(line: &'t str, zone: Option<&TimeZone>) -> Option<Head<'t>> {
    let sure = ["Posted by ", "Comment by ", "Comment from ", "Written by ", "Kommentar von ", "Geschrieben von "];
    let (rest, sure) = match sure.iter().find_map(|word| line.strip_prefix(word)) {
        Some(rest) => (rest, true),
        None => (["By ", "by ", "Von "].iter().find_map(|word| line.strip_prefix(word))?, false),
    };
    for joint in [" on ", " am ", " at ", " — ", " – ", " - ", " | ", ", "] {
        let found = rest.find(joint).and_then(|at| dated(&rest[..at], &rest[at + joint.len()..], zone));
        if found.is_some() {
            return found;
        }
    }
    if sure { named(rest.trim_end_matches(':'), None) } else { None }
}

/// `NAME — DATE` and its like.
fn name_date<'t>(line: &'t str, zone: Option<&TimeZone>) -> Option<Head<'t>> {
    [" — ", " – ", " - ", " | ", " · ", " • "].iter().find_map(|joint| {
        let at = line.find(joint)?;
        dated(&line[..at], &line[at + joint.len()..], zone)
    })
}

fn dated<'t>(name: &'t str, date: &'t str, zone: Option<&TimeZone>) -> Option<Head<'t>> {
    let date = date.trim();
    named(name, Some((date, stamp(date, zone)?)))
}

fn named<'t>(name: &'t str, date: Option<(&'t str, Stamp)>) -> Option<Head<'t>> {
    let name = name.trim();
    let (name, email) = match name.strip_suffix('>').and_then(|open| open.split_once('<')) {
        Some((name, email)) if email.contains('@') => (name.trim().trim_matches('"'), Some(email)),
        _ => (name, None),
    };
    let (date, stamp) = date.unzip();
    is_name(name).then_some(Head { name: Some(name), email, date, stamp })
}

/// Whether this can be a name: short, no end of a sentence, no second verb, and not "As my mother".
fn is_name(name: &str) -> bool {
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default().to_lowercase();
    let ends_sentence = name.ends_with(['.', '!', '?', ',', ';', ':', '”', '"']) && !ends_abbreviated(name);
    let alone = words.next().is_none();
    (1..=60).contains(&name.chars().count())
        && name.chars().any(char::is_alphanumeric)
        && !ends_sentence
        && !name.contains([',', ';', '\t'])
        && !name.split_whitespace().any(verb)
        && (alone && first.chars().count() > 3 || !NEVER_FIRST.contains(&first.as_str()))
}

/// "Doug M." and "John Smith Jr." end in a full stop and are names all the same.
fn ends_abbreviated(name: &str) -> bool {
    let Some(last) = name.strip_suffix('.').and_then(|name| name.split_whitespace().next_back()) else { return false };
    last.contains('.')
        || (last.chars().count() == 1 && last.chars().all(char::is_uppercase))
        || matches!(last, "Jr" | "Sr" | "Dr" | "Esq" | "PhD")
}

fn verb(word: &str) -> bool {
    let word = word.trim_end_matches(':');
    VERBS.iter().any(|verb| verb.eq_ignore_ascii_case(word))
}

/// What themes print after a name. Order matters only where one ends with another.
const VERBS: &[&str] = &[
    "says",
    "said",
    "wrote",
    "writes",
    "commented",
    "replied",
    "sagte",
    "sagt",
    "meinte",
    "meint",
    "schrieb",
    "schreibt",
    "kommentierte",
    "ha dicho",
    "dice",
    "dijo",
    "escribió",
    "escribe",
    "a écrit",
    "écrit",
    "a dit",
    "dit",
    "disse",
    "diz",
    "escreveu",
    "ha detto",
    "ha scritto",
    "scrive",
    "schreef",
    "zegt",
    "pisze",
    "napisał",
    "skriver",
    "säger",
    "skrev",
    "sier",
    "пишет",
    "говорит",
    "сказал",
    "написал",
];

/// Words that begin sentences about what somebody says, and no names.
const NEVER_FIRST: &[&str] = &[
    "my", "your", "his", "her", "its", "our", "their", "as", "he", "she", "it", "they", "we", "you", "i", "who",
    "what", "this", "that", "these", "if", "when", "so", "and", "but", "or", "because", "like", "one", "which",
    "where", "there", "mein", "meine", "dein", "sein", "ihr", "unser", "wie", "er", "sie", "es", "wer", "was", "wenn",
    "dass", "und", "aber", "mi", "su", "como", "él", "ella", "lo", "mon", "ma", "il", "elle", "comme", "qui", "on",
    "je", "by", "from",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn name(line: &str) -> Option<&str> {
        head(line, None).and_then(|head| head.name)
    }

    #[test]
    fn themes_of_many_kinds() {
        for (line, expected) in [
            ("Erik Sieven says", "Erik Sieven"),
            ("Doug M. says:", "Doug M."),
            ("Jost sagt:", "Jost"),
            ("Ana escribió:", "Ana"),
            ("Luc a dit :", "Luc"),
            ("Иван пишет:", "Иван"),
            ("Ada says: April 5, 2016 at 3:14 pm", "Ada"),
            ("Ida sagt am 5. April 2016 um 15:14 Uhr:", "Ida"),
            ("Ada said on April 5, 2016", "Ada"),
            ("Ada on April 5, 2016 said:", "Ada"),
            ("Ada Brook — 5 April 2016", "Ada Brook"),
            ("ada_b | 2016-04-05 15:14", "ada_b"),
            ("Posted by Ada Brook on April 5, 2016 at 3:14 pm", "Ada Brook"),
            ("Comment by Ada — April 5, 2016", "Ada"),
            ("By Ada on 5 April 2016", "Ada"),
            ("Posted by Ada", "Ada"),
            ("On April 5, 2016, Ada wrote:", "Ada"),
            ("On Tue, Apr 5, 2016 at 3:14 PM, Ada Brook <ada@example.org> wrote:", "Ada Brook"),
            ("The Miller says", "The Miller"),
        ] {
            assert_eq!(name(line), Some(expected), "{line}");
        }
        assert_eq!(head("says", None).map(|head| head.name), Some(None));
        assert_eq!(head("On Tue, Apr 5, 2016 at 3:14 PM, Ada <a@b.org> wrote:", None).unwrap().email, Some("a@b.org"));
    }

    #[test]
    fn sentences_are_no_heads() {
        for line in [
            "A Turkish friend writes, “Back in 1945”",
            "My doctor says",
            "As the proverb says:",
            "I agree with what Ada says.",
            "He said, she said",
            "By the way",
            "On the whole, nobody wrote",
            "Ada says hello",
            "Thanks!",
            "8. April 2019 @ 11:38",
            "Hey Homer",
        ] {
            assert_eq!(head(line, None), None, "{line}");
        }
    }

    #[test]
    fn a_long_line_costs_nothing() {
        assert_eq!(head(&"a ".repeat(5_000_000), None), None);
    }
}
