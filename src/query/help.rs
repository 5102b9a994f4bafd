//! `quell help query`: the language on a page, made from the table of fields. Every query on it is run by a test.

use std::fmt::Write;

use super::fields::{Field, HAS, IS, LEARNED, SCORER, Type};

/// A query and what it asks: the forms that are no fields.
pub const FORMS: &[(&str, &str)] = &[
    ("nagorno karabakh", "both words, anywhere in the text; case and accents make no difference"),
    (r#""war of attrition""#, "these words in this order"),
    ("invad*", "a word that begins so; works at the end of a phrase too: \"war of attr\"*"),
    ("/kardash?ian/i", "a regular expression (Rust syntax; flags i m s x)"),
    ("cat|dog bird", "alternatives, then another word: the cat or the dog, and the bird"),
    ("nagorno OR karabakh", "either; AND is implied between terms, and binds closer than OR"),
    ("karabakh -/\\bOT\\b/", "not: a minus before a term, or NOT"),
    ("(cat OR dog) NOT (bird OR fish)", "parentheses group"),
    ("list(words.txt)", "any line of a file stands in the text"),
    ("c33", "the comment that quell numbers 33; p12 is the post"),
    ("*", "every comment"),
];

/// Queries that show how the parts go together.
pub const EXAMPLES: &[(&str, &str)] = &[
    (r#"author:"Doug M." azerbaijan"#, "what Doug M. wrote of Azerbaijan"),
    (r#""war of attrition" date:2016-04..2016-05 -status:removed"#, "in two months, without what was removed"),
    (r"/\bOT\b/ is:root", "first comments that call themselves off-topic"),
    ("under:c1041 depth:>3", "deep in one sub-thread"),
    ("parent:{author:/^anon/i} has:link", "answers with links to somebody anonymous"),
    ("is:reply author.comments:<3 links:2..", "newcomers who drop links into a discussion"),
    ("thread:{flag:off-topic} -flag:*", "the unflagged rest of threads that have drifted"),
    ("author:list(trolls.txt) after:7d", "this week's comments of those on a list"),
];

/// The whole page, plain text.
pub fn page() -> String {
    let mut out = String::from("A query is one or more terms; a comment matches if all of them hold.\n\n");
    rows(&mut out, "Terms", FORMS);
    let fields = Field::ALL.iter().map(|field| (field.example(), field.meaning()));
    let fields: Vec<_> = fields.chain([LEARNED, SCORER]).collect();
    rows(&mut out, "Fields", &fields);
    let _ = writeln!(out, "After is: {}.\nAfter has: {}.", IS.join(", "), HAS.join(", "));
    out.push_str(VALUES);
    rows(&mut out, "Together", EXAMPLES);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

const VALUES: &str = "
Values
  A text field takes a word, a \"quoted text\", begin*, /regex/, list(file), or * for any.
  A number takes 3, >3, >=3, <3, <=3, 2..5, 2.. or ..5.
  A date is 2016, 2016-04, 2016-04-05, 2016-04-05T10:00, today, yesterday, now, or as long ago
  as 7d (min, h, d, w, mo, y); days are days of UTC. A range reaches to the end of its last date.
  Alternatives stand between bars: status:pending|escalated.
  What is not known of a comment fulfils no comparison, and so fulfils its negation;
  abuse:* asks whether it is known. What detectors say (lang, abuse to evasion) is known once
  `quell scan` has seen the comment as it is now.

";

fn rows(out: &mut String, title: &str, rows: &[(&str, &str)]) {
    let width = rows.iter().map(|(query, _)| query.chars().count()).max().unwrap_or(0).min(34);
    let _ = writeln!(out, "{title}");
    for (query, meaning) in rows {
        if query.chars().count() > width {
            let _ = writeln!(out, "  {query}\n  {:width$}  {meaning}", "");
        } else {
            let _ = writeln!(out, "  {query:width$}  {meaning}");
        }
    }
    out.push('\n');
}

/// What may be typed after a field's colon, for completion: the words of a closed set, or nothing.
pub fn completions(field: Field) -> &'static [&'static str] {
    match field.kind() {
        Type::Word(words) => words,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Expr, parse};

    #[test]
    fn every_query_on_the_page_can_be_read_and_printed() {
        let fields = Field::ALL.iter().map(|field| field.example());
        let all = fields.chain(FORMS.iter().chain(EXAMPLES).map(|(query, _)| *query));
        for query in all {
            let expr = parse(query).unwrap_or_else(|fault| panic!("{}", fault.render(query)));
            assert_eq!(parse(&expr.to_string()).as_ref(), Ok(&expr), "{query}");
        }
    }

    #[test]
    fn every_field_has_an_example_of_itself() {
        for field in Field::ALL {
            assert!(field.example().starts_with(&format!("{}:", field.name())), "{field:?}");
            assert!(!matches!(parse(field.example()), Ok(Expr::Text { .. })));
        }
    }

    #[test]
    fn the_page_names_every_field_and_stays_narrow() {
        let page = page();
        assert!(Field::ALL.iter().all(|field| page.contains(field.name())));
        assert!(page.lines().all(|line| line.chars().count() <= 125), "{page}");
    }
}
