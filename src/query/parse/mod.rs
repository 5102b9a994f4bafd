//! The parser: any text gives an expression or one fault with its place. Operators are here, terms in `term`, values
//! in `value`. Recursion is bounded by [`MAX_DEPTH`], the work by [`MAX_LENGTH`] and [`MAX_TERMS`].
//!
//! ```text
//! query   = or
//! or      = and ("OR" and)*
//! and     = unary ("AND"? unary)*
//! unary   = ("NOT" | "-") unary | term ("|" term)*
//! term    = "(" or ")" | field ":" values | relation ":" "{" or "}" | quoted "*"? | regex | list | id | word "*"? | "*"
//! ```

mod term;
mod value;

use winnow::stream::{Location, Stateful, Stream};
use winnow::{LocatingSlice, Parser};

use super::error::QueryError;
use super::expr::Expr;
use term::term;

/// The longest query that is read, in bytes. Longer word lists belong in a file: `list(file)`.
pub const MAX_LENGTH: usize = 64 * 1024;

/// How deep parentheses, braces and negations may nest.
pub const MAX_DEPTH: usize = 64;

/// How many terms and values a query may have.
pub const MAX_TERMS: usize = 4096;

/// The rest of the query, with its place, and what was used up of the limits.
type Input<'q> = Stateful<LocatingSlice<&'q str>, Used>;

type Parsed<T> = Result<T, QueryError>;

#[derive(Debug, Clone, Copy, Default)]
struct Used {
    depth: usize,
    terms: usize,
    regexes: usize,
}

/// Reads a query.
pub fn parse(query: &str) -> Result<Expr, QueryError> {
    if query.len() > MAX_LENGTH {
        let reason = format!("the query is longer than {} KiB", MAX_LENGTH / 1024);
        return Err(
            QueryError::new(MAX_LENGTH..MAX_LENGTH, reason).suggest("put the words in a file and use list(file)")
        );
    }
    let mut input = Input { input: LocatingSlice::new(query), state: Used::default() };
    spaces(&mut input);
    if rest(&input).is_empty() {
        return Err(QueryError::new(0..query.len(), "the query is empty").suggest("`*` asks for every comment"));
    }
    let expr = or(&mut input)?;
    let at = input.current_token_start();
    match rest(&input).chars().next() {
        None => Ok(expr),
        Some(close @ (')' | '}')) => {
            let open = if close == ')' { '(' } else { '{' };
            Err(QueryError::new(at..at + 1, format!("no `{open}` for this `{close}`")))
        }
        Some(c) => Err(QueryError::new(at..at + c.len_utf8(), format!("`{c}` has no meaning here"))),
    }
}

fn or(input: &mut Input<'_>) -> Parsed<Expr> {
    let mut parts = vec![and(input)?];
    while operator(input, "OR") {
        parts.push(and(input)?);
    }
    Ok(Expr::or(parts))
}

fn and(input: &mut Input<'_>) -> Parsed<Expr> {
    let mut parts = vec![unary(input)?];
    loop {
        let asked = operator(input, "AND");
        if !asked && (at_end(input) || sees_operator(input, "OR")) {
            return Ok(Expr::and(parts));
        }
        parts.push(unary(input)?);
    }
}

fn unary(input: &mut Input<'_>) -> Parsed<Expr> {
    spaces(input);
    let text = rest(input);
    if at_end(input) || sees_operator(input, "OR") || sees_operator(input, "AND") {
        return Err(missing(input));
    }
    if operator(input, "NOT") {
        return deeper(input, unary).map(Expr::negate);
    }
    if text.starts_with('-') {
        skip(input, 1);
        if rest(input).starts_with(char::is_whitespace) || at_end(input) {
            let at = input.current_token_start();
            return Err(QueryError::new(at - 1..at, "`-` stands before what it negates, without a space"));
        }
        return deeper(input, unary).map(Expr::negate);
    }
    let mut parts = vec![term(input)?];
    while eat(input, '|') {
        parts.push(term(input)?);
    }
    Ok(Expr::or(parts))
}

/// Runs a parser one level further down, within [`MAX_DEPTH`].
fn deeper<'q, T>(input: &mut Input<'q>, parser: fn(&mut Input<'q>) -> Parsed<T>) -> Parsed<T> {
    let at = input.current_token_start();
    input.state.depth += 1;
    if input.state.depth > MAX_DEPTH {
        return Err(QueryError::new(at..at, format!("the query nests deeper than {MAX_DEPTH} levels")));
    }
    let out = parser(input)?;
    input.state.depth -= 1;
    Ok(out)
}

/// Counts one more term or value, within [`MAX_TERMS`].
fn count(input: &mut Input<'_>) -> Parsed<()> {
    input.state.terms += 1;
    if input.state.terms <= MAX_TERMS {
        return Ok(());
    }
    let at = input.current_token_start();
    let reason = format!("the query has more than {MAX_TERMS} terms");
    Err(QueryError::new(at..at, reason).suggest("put the words in a file and use list(file)"))
}

/// A group in brackets, whose opening one is the next character.
fn group(input: &mut Input<'_>, close: char) -> Parsed<Expr> {
    let open = input.current_token_start();
    skip(input, 1);
    let inner = deeper(input, or)?;
    if eat(input, close) {
        return Ok(inner);
    }
    Err(QueryError::new(open..open + 1, format!("this is not closed: `{close}` is missing")))
}

/// Takes an operator, if it is the next word.
fn operator(input: &mut Input<'_>, name: &str) -> bool {
    spaces(input);
    let sees = sees_operator(input, name);
    if sees {
        skip(input, name.len());
        spaces(input);
    }
    sees
}

fn sees_operator(input: &Input<'_>, name: &str) -> bool {
    let after = rest(input).strip_prefix(name);
    after
        .is_some_and(|after| after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || "()\"{}".contains(c)))
}

/// Whether a group or the query ends here.
fn at_end(input: &Input<'_>) -> bool {
    rest(input).is_empty() || rest(input).starts_with([')', '}'])
}

fn missing(input: &Input<'_>) -> QueryError {
    let at = input.current_token_start();
    let word = rest(input).split(char::is_whitespace).next().unwrap_or_default();
    match word {
        "OR" | "AND" => QueryError::new(at..at + word.len(), format!("something is missing before {word}"))
            .suggest(format!("to search for the word itself, type \"{word}\" in quotes")),
        _ => QueryError::new(at..at, "something is missing here"),
    }
}

fn spaces(input: &mut Input<'_>) {
    let count = rest(input).len() - rest(input).trim_start().len();
    skip(input, count);
}

fn eat(input: &mut Input<'_>, mut wanted: char) -> bool {
    let parsed: Result<char, QueryError> = wanted.parse_next(input);
    parsed.is_ok()
}

fn skip(input: &mut Input<'_>, bytes: usize) {
    input.next_slice(bytes);
}

fn rest<'q>(input: &Input<'q>) -> &'q str {
    input.peek_finish()
}

#[cfg(test)]
mod tests;
