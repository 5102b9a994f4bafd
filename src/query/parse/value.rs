//! Values: what stands after a field's colon, and the quoted texts, regexes and lists that terms share with them.

use std::ops::Range;

use winnow::stream::Location;

use super::term::take;
use super::{Input, Parsed, QueryError, count, eat, rest, skip};
use crate::query::dates::{DatePoint, Span};
use crate::query::expr::Named;
use crate::query::fields::{Field, Type, nearest};
use crate::query::pattern;
use crate::query::value::{Bounds, RegexText, Value};
use crate::text::tokens;

/// The alternatives after a field's colon.
pub(super) fn values(input: &mut Input<'_>, field: Field) -> Parsed<Vec<Value>> {
    let mut out = vec![value(input, field)?];
    while eat(input, '|') {
        count(input)?;
        out.push(value(input, field)?);
    }
    Ok(out)
}

fn value(input: &mut Input<'_>, field: Field) -> Parsed<Value> {
    let start = input.current_token_start();
    let textual = matches!(field.kind(), Type::Text | Type::Exact);
    let begin = rest(input);
    if begin.starts_with('"') {
        let text = quoted(input)?;
        let span = start..input.current_token_start();
        return match field.kind() {
            Type::Text | Type::Exact if eat(input, '*') => Ok(Value::Prefix(text)),
            Type::Text | Type::Exact => Ok(Value::Text(text)),
            _ => read(field, &text, span),
        };
    }
    if begin.starts_with('/') {
        let regex = regex(input)?;
        let span = start..input.current_token_start();
        return if textual { Ok(Value::Regex(regex)) } else { Err(wrong(field, "no regex", span)) };
    }
    if begin.starts_with("list(") {
        let list = list(input)?;
        let span = list.span.clone();
        let takes = textual || field.kind() == Type::Fold;
        return if takes { Ok(Value::List(list)) } else { Err(wrong(field, "no list", span)) };
    }
    if begin.starts_with('(') {
        let fault = QueryError::new(start..start + 1, format!("`{}:` takes no parentheses", field.name()));
        return Err(fault.suggest(format!("write alternatives as {0}:a|b", field.name())));
    }
    let text = bare(input)?;
    if text.is_empty() {
        return Err(QueryError::new(start..start, format!("`{}:` lacks a value here", field.name())));
    }
    read(field, text, start..start + text.len())
}

/// Reads a bare value as the field's type asks.
fn read(field: Field, text: &str, span: Range<usize>) -> Parsed<Value> {
    if text == "*" && !matches!(field.kind(), Type::Word(_) | Type::Moment | Type::Fold) {
        return Ok(Value::Any);
    }
    match field.kind() {
        Type::Text => textual(text, span),
        Type::Exact => exact(field, text, span),
        Type::Word(words) => word(field, words, text, span),
        Type::Number => match bounds(field, text, span.clone(), number)? {
            Bounds::Between(low, high) if low > high => {
                let fault = QueryError::new(span, "this range ends before it begins");
                Err(fault.suggest(format!("did you mean {}:{high}..{low}?", field.name())))
            }
            bounds => Ok(Value::Number(bounds)),
        },
        Type::Duration => bounds(field, text, span, Span::read).map(Value::Duration),
        Type::Date => {
            let read = bounds(field, text, span.clone(), DatePoint::read)?;
            match read {
                Bounds::Equal(point) if point.is_ago() => {
                    Err(wrong(field, &format!("no stretch of time in `{text}`"), span)
                        .suggest(format!("did you mean after:{text}?")))
                }
                _ => Ok(Value::Date(read)),
            }
        }
        Type::Moment => DatePoint::read(text)
            .map(|point| Value::Date(Bounds::Equal(point)))
            .ok_or_else(|| wrong(field, &format!("no date in `{text}`"), span)),
        Type::Fold if tokens::tokens(text).next().is_none() => {
            Err(QueryError::new(span, format!("`{text}` has no letter or digit to search for")))
        }
        Type::Fold => Ok(Value::Text(text.to_owned())),
        Type::Relation(_) | Type::Saved => Err(wrong(field, "no such value", span)),
    }
}

fn textual(text: &str, span: Range<usize>) -> Parsed<Value> {
    match (text.strip_suffix('*'), text.matches('*').count()) {
        (Some(begin), 1) => Ok(Value::Prefix(begin.to_owned())),
        (_, 0) => Ok(Value::Text(text.to_owned())),
        _ => Err(QueryError::new(span, "`*` may only end a value").suggest("use a regex between slashes, or quotes")),
    }
}

fn exact(field: Field, text: &str, span: Range<usize>) -> Parsed<Value> {
    if let (Field::Id | Field::Under, Ok(id)) = (field, text.parse()) {
        return Ok(Value::Comment(id));
    }
    if let (Field::Post | Field::Under, Ok(id)) = (field, text.parse()) {
        return Ok(Value::Post(id));
    }
    textual(text, span)
}

fn word(field: Field, words: &[&'static str], text: &str, span: Range<usize>) -> Parsed<Value> {
    let typed = text.to_ascii_lowercase();
    if words.contains(&typed.as_str()) {
        return Ok(Value::Text(typed));
    }
    let fault = QueryError::new(span, format!("`{}:` knows no `{text}`", field.name()));
    Err(match nearest(text, words) {
        Some(near) => fault.suggest(format!("did you mean `{near}`?")),
        None => fault.suggest(format!("it knows {}", words.join(", "))),
    })
}

/// Reads `3`, `>3`, `>=3`, `<3`, `<=3`, `2..5`, `2..` or `..5` of whatever `read` reads.
fn bounds<T: PartialEq + std::fmt::Display + Copy>(
    field: Field,
    text: &str,
    span: Range<usize>,
    read: fn(&str) -> Option<T>,
) -> Parsed<Bounds<T>> {
    let one = |part: &str| {
        read(part).ok_or_else(|| {
            let what = match field.kind() {
                Type::Number => "number",
                Type::Duration => "length of time",
                _ => "date",
            };
            wrong(field, &format!("no {what} in `{part}`"), span.clone())
        })
    };
    if let Some((low, high)) = text.split_once("..") {
        return match (low.is_empty(), high.is_empty()) {
            (true, true) => Err(wrong(field, "no end to this range", span)),
            (true, false) => one(high).map(Bounds::AtMost),
            (false, true) => one(low).map(Bounds::AtLeast),
            (false, false) => Ok(Bounds::Between(one(low)?, one(high)?)),
        };
    }
    let sign = text.find(|c| !matches!(c, '<' | '>' | '=')).unwrap_or(text.len());
    let value = &text[sign..];
    match &text[..sign] {
        "" | "=" => one(value).map(Bounds::Equal),
        ">=" => one(value).map(Bounds::AtLeast),
        "<=" => one(value).map(Bounds::AtMost),
        ">" => one(value).map(Bounds::More),
        "<" => one(value).map(Bounds::Less),
        other => Err(wrong(field, &format!("no comparison in `{other}`"), span.clone())),
    }
}

/// A decimal number without exponent, as large as a count can be.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain =
        digits.starts_with(|c: char| c.is_ascii_digit()) && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    text.parse()
        .ok()
        .filter(|value: &f64| plain && value.abs() <= 1e15)
        .map(|value| if value == 0.0 { 0.0 } else { value })
}

fn wrong(field: Field, what: &str, span: Range<usize>) -> QueryError {
    QueryError::new(span, format!("`{}:` found {what}", field.name()))
        .suggest(format!("for example {}", field.example()))
}

/// A text in quotes; `\"` and `\\` stand for the characters themselves.
pub(super) fn quoted(input: &mut Input<'_>) -> Parsed<String> {
    let start = input.current_token_start();
    let mut out = String::new();
    let mut chars = rest(input).char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                skip(input, at + 1);
                return Ok(out);
            }
            '\\' => match chars.next() {
                Some((_, escaped @ ('"' | '\\'))) => out.push(escaped),
                Some((_, other)) => out.extend(['\\', other]),
                None => break,
            },
            _ => out.push(c),
        }
    }
    Err(QueryError::new(start..start + 1, "this quote is not closed"))
}

/// A regex between slashes with its flags; `\/` stands for a slash. It is compiled once to see that it can be.
pub(super) fn regex(input: &mut Input<'_>) -> Parsed<RegexText> {
    let start = input.current_token_start();
    let mut pattern = String::new();
    let mut chars = rest(input).char_indices().skip(1);
    let end = loop {
        match chars.next() {
            Some((at, '/')) => break at + 1,
            Some((_, '\\')) => match chars.next() {
                Some((_, '/')) => pattern.push('/'),
                Some((_, other)) => pattern.extend(['\\', other]),
                None => {}
            },
            Some((_, c)) => pattern.push(c),
            None => {
                let fault = QueryError::new(start..start + 1, "this regex is not closed: `/` is missing");
                return Err(fault.suggest("to search for a slash, put the text in quotes"));
            }
        }
    };
    skip(input, end);
    let flags_at = input.current_token_start();
    let typed = take(input, char::is_alphanumeric)?;
    if let Some(bad) = typed.chars().find(|flag| !"imsx".contains(*flag)) {
        let fault = QueryError::new(flags_at..flags_at + typed.len(), format!("no regex flag `{bad}`"));
        return Err(fault.suggest("the flags are i, m, s and x; a text with slashes goes in quotes"));
    }
    let flags = "imsx".chars().filter(|flag| typed.contains(*flag)).collect();
    let regex = RegexText { pattern, flags };
    let span = start..input.current_token_start();
    if regex.pattern.is_empty() {
        return Err(QueryError::new(span, "this regex is empty").suggest("`*` asks for every comment"));
    }
    input.state.regexes += 1;
    if input.state.regexes > pattern::MAX_REGEXES {
        let fault = QueryError::new(span, format!("the query holds more than {} regexes", pattern::MAX_REGEXES));
        return Err(fault.suggest("join them with | within one"));
    }
    pattern::compile_regex(&regex).map_err(|reason| QueryError::new(span, reason))?;
    Ok(regex)
}

/// `list(file)` or `list("file")`.
pub(super) fn list(input: &mut Input<'_>) -> Parsed<Named> {
    let start = input.current_token_start();
    skip(input, "list(".len());
    let name = if rest(input).starts_with('"') {
        quoted(input)?
    } else {
        take(input, |c| !matches!(c, ')' | '"' | '(' | '{' | '}'))?.trim().to_owned()
    };
    if !eat(input, ')') {
        return Err(QueryError::new(start..start + 5, "this is not closed: `)` is missing"));
    }
    if name.is_empty() {
        return Err(QueryError::new(start..start + 5, "list() names no file").suggest("for example list(trolls.txt)"));
    }
    Ok(Named { name, span: start..input.current_token_start() })
}

/// What stands without quotes: up to a space, a bracket, a quote or `|`.
pub(super) fn bare<'q>(input: &mut Input<'q>) -> Parsed<&'q str> {
    take(input, |c| !c.is_whitespace() && !matches!(c, '(' | ')' | '{' | '}' | '"' | '|'))
}
