//! Conditions on what people and rules did to a comment, as subselects that lead by the tables of decisions, which are
//! small beside that of comments. The pattern itself decides, over the few distinct words that there are.
//!
//! Each says what [`super::facts`] reads of a single comment.

use anyhow::Result;
use rusqlite::Connection;

use crate::query::{Field, Pattern};
use crate::store::record;

/// Whether a label is found here.
pub fn knows(field: Field) -> bool {
    matches!(field, Field::Flag | Field::Rule | Field::By | Field::Reason | Field::Tag)
}

/// A select of comments whose label is among a list of words, which stands where `{}` is, and those words.
pub fn labelled(connection: &Connection, field: Field, pattern: &Pattern) -> Result<(&'static str, Vec<String>)> {
    let (distinct, select) = match field {
        Field::Flag => (
            "select distinct reason from flags",
            "select comment_id from flags where state <> 'withdrawn' and comment_id is not null and reason in {}",
        ),
        Field::Rule => (
            "select distinct actor from operations where origin = 'rule'",
            "select f.comment_id from operations o join decisions d on d.operation_id = o.id
                join flags f on f.decision_id = d.id
             where o.origin = 'rule' and f.state <> 'withdrawn' and f.comment_id is not null and o.actor in {}",
        ),
        Field::By => (
            "select distinct actor from operations",
            "select d.comment_id from operations o join decisions d on d.operation_id = o.id
             where d.undone = 0 and d.action in ('approve', 'remove', 'spam', 'escalate')
                and d.comment_id is not null and o.actor in {}",
        ),
        Field::Reason => (
            "select distinct d.reasons from standing s join decisions d on d.id = s.decision_id
             where d.reasons is not null",
            "select s.comment_id from standing s join decisions d on d.id = s.decision_id where d.reasons in {}",
        ),
        _ => ("select distinct tag from tags", "select comment_id from tags where tag in {}"),
    };
    let mut statement = connection.prepare_cached(distinct)?;
    let mut words: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    words.retain(|word| match field {
        // Of several reasons the first counts.
        Field::Reason => record::words(Some(word.clone())).first().is_some_and(|first| pattern.matches(first)),
        _ => pattern.matches(word),
    });
    Ok((select, words))
}

/// A select of comments with a note.
pub const NOTED: &str =
    "select comment_id from decisions where undone = 0 and note is not null and comment_id is not null";

/// How many flags are on a comment `{c}`.
pub fn flags(c: &str) -> String {
    format!("(select count(*) from flags f where f.comment_id = {c}.id and f.state <> 'withdrawn')")
}
