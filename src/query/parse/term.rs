//! Terms: words, phrases, regexes, lists, ids, groups, and fields up to their colon.

use winnow::Parser;
use winnow::stream::Location;
use winnow::token::take_while;

use super::value::{bare, list, quoted, regex, values};
use super::{Input, Parsed, QueryError, count, eat, group, rest, skip};
use crate::query::expr::{Expr, Named};
use crate::query::fields::{Field, Type};
use crate::query::value::Value;
use crate::text::tokens;

/// One term.
pub(super) fn term(input: &mut Input<'_>) -> Parsed<Expr> {
    count(input)?;
    let start = input.current_token_start();
    match rest(input).chars().next() {
        Some('(') => return group(input, ')'),
        Some('"') => {
            let text = quoted(input)?;
            let prefix = eat(input, '*');
            return words(text, prefix, start..input.current_token_start());
        }
        Some('/') => return Ok(Expr::Regex(regex(input)?)),
        Some('{') => {
            let fault = QueryError::new(start..start + 1, "`{` stands after a relation only");
            return Err(fault.suggest("for example parent:{author:alice}; use ( ) for grouping"));
        }
        Some('|') => {
            let fault = QueryError::new(start..start + 1, "`|` stands between two values, without spaces");
            return Err(fault.suggest("between whole terms, use OR"));
        }
        Some(')' | '}') | None => return Err(QueryError::new(start..start, "something is missing here")),
        Some(_) => {}
    }
    if rest(input).starts_with("list(") {
        return Ok(Expr::List(list(input)?));
    }
    if let Some(name) = field_name(rest(input)) {
        return field(input, name);
    }
    let word = bare(input)?;
    let span = start..start + word.len();
    if word == "*" {
        return Ok(Expr::All);
    }
    if let Ok(id) = word.parse() {
        return Ok(Expr::Field(Field::Id, vec![Value::Comment(id)]));
    }
    if let Ok(id) = word.parse() {
        return Ok(Expr::Field(Field::Post, vec![Value::Post(id)]));
    }
    let begin = word.strip_suffix('*').unwrap_or(word);
    if begin.contains('*') {
        let within = regex::escape(word).replace("\\*", "\\w*").replace('/', "\\/");
        return Err(
            QueryError::new(span, "`*` may only end a word").suggest(format!("within a word use a regex: /{within}/i"))
        );
    }
    match word.strip_suffix('*') {
        Some(begin) => words(begin.to_owned(), true, span),
        None => words(word.to_owned(), false, span),
    }
}

/// The name before a colon, if a field stands here. A word such as `12:30` or `https://…` is none.
fn field_name(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')))?;
    let (name, after) = text.split_at(end);
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic());
    (named && after.starts_with(':') && !after.starts_with("://")).then_some(name)
}

fn field(input: &mut Input<'_>, name: &str) -> Parsed<Expr> {
    let start = input.current_token_start();
    let span = start..start + name.len();
    let Some(field) = Field::from_name(name) else {
        let fault = QueryError::new(span, format!("no field `{name}`"));
        return Err(match Field::nearest(name) {
            Some(near) => fault.suggest(format!("did you mean `{}`?", near.name())),
            None => fault.suggest("to search for the text, put it in quotes; `quell help query` lists the fields"),
        });
    };
    skip(input, name.len() + 1);
    let at = input.current_token_start();
    if rest(input).is_empty() || rest(input).starts_with(|c: char| c.is_whitespace() || matches!(c, ')' | '}' | '|')) {
        let fault = QueryError::new(start..at, format!("`{}:` has no value", field.name()));
        return Err(fault.suggest(format!("no space after the colon; for example {}", field.example())));
    }
    match field.kind() {
        Type::Relation(relation) if rest(input).starts_with('{') => {
            Ok(Expr::Relation(relation, Box::new(group(input, '}')?)))
        }
        Type::Relation(_) => {
            let fault = QueryError::new(at..at, format!("`{}:` holds a query in braces", field.name()));
            Err(fault.suggest(format!("for example {}", field.example())))
        }
        Type::Saved => {
            let name = if rest(input).starts_with('"') { quoted(input)? } else { bare(input)?.to_owned() };
            Ok(Expr::Saved(Named { name, span: at..input.current_token_start() }))
        }
        _ => Ok(Expr::Field(field, values(input, field)?)),
    }
}

/// The longest phrase, in tokens.
const MAX_PHRASE: usize = 256;

/// Words to find in the text. What has no letter or digit in it can only be found by a regex.
fn words(text: String, prefix: bool, span: std::ops::Range<usize>) -> Parsed<Expr> {
    if tokens::tokens(&text).nth(MAX_PHRASE).is_some() {
        return Err(QueryError::new(span, format!("this phrase is longer than {MAX_PHRASE} words")));
    }
    if tokens::tokens(&text).next().is_none() {
        let fault = QueryError::new(span, format!("`{text}` has no letter or digit to search for"));
        return Err(match text.trim().is_empty() {
            true => fault.suggest("`*` asks for every comment"),
            false => fault.suggest(format!("use a regex: /{}/", regex::escape(&text).replace('/', "\\/"))),
        });
    }
    Ok(Expr::Text { text, prefix })
}

/// Characters while they hold, as winnow takes them.
pub(super) fn take<'q>(input: &mut Input<'q>, holds: fn(char) -> bool) -> Parsed<&'q str> {
    take_while(0.., holds).parse_next(input)
}
