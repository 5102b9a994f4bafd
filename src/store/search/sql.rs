//! From a plan's conditions to SQL. Values are bound, never pasted; what a condition says of NULL is what the matcher
//! says of the unknown: it fulfils nothing, and so fulfils every negation.

use std::fmt::Write;

use anyhow::Result;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::{facts, marks, resolve};
use crate::query::{Bounds, Field, Is, Narrow, Phrase, Relation, UnderTarget};
use crate::store::{log, scores, signals};

/// Which conditions this store can ask of its indexes, exactly as they are meant.
pub fn can(narrow: &Narrow) -> bool {
    match narrow {
        Narrow::Under(UnderTarget::Key(pattern)) | Narrow::Key(pattern) => pattern.equals().is_some(),
        Narrow::Label(field, _) => marks::knows(*field),
        Narrow::Number(field, _) | Narrow::Known(field) => {
            matches!(
                field,
                Field::Score
                    | Field::Depth
                    | Field::Replies
                    | Field::Edits
                    | Field::Flags
                    | Field::ParentConfidence
                    | Field::Scorer(_)
            ) || Field::STORED.contains(field)
        }
        Narrow::Relation(relation, _) => matches!(relation, Relation::Parent | Relation::Child | Relation::Thread),
        _ => true,
    }
}

/// A plan as the end of a select: the text index where words lead, and the conditions on comments.
pub struct Condition {
    /// What is asked of the text index, in its own language.
    words: Option<String>,
    /// The condition on `c`, empty for none.
    sql: String,
    values: Vec<Value>,
    /// Whether the text index is asked at all.
    pub uses_words: bool,
    /// Whether every condition of the plan is in it.
    pub exact: bool,
}

/// Below this many comments of the authors, posts or branches that a query names, going through them is quicker than
/// through the text index (measured: 20 ms against 90 for a common phrase at five million). In
/// tests both ways are taken.
const FEW: i64 = if cfg!(test) { 3 } else { 5_000 };

impl Condition {
    /// The SQL of a plan.
    pub fn of(connection: &Connection, narrow: &Narrow) -> Result<Condition> {
        let parts = match narrow {
            Narrow::All => &[],
            Narrow::And(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        let (words, rest): (Vec<&Narrow>, Vec<&Narrow>) = parts.iter().partition(|part| fts(part).is_some());
        let mut writer = Writer { connection, values: Vec::new(), aliases: 0, uses_words: false };
        let conditions = rest.iter().map(|part| writer.condition(part, "c")).collect::<Result<Vec<_>>>()?;
        let sql = conditions.join(" and ");
        let mut condition =
            Condition { words: None, sql, values: writer.values, uses_words: writer.uses_words, exact: true };
        let words: Vec<String> = words.iter().filter_map(|part| fts(part)).collect();
        if words.is_empty() {
            return Ok(condition);
        }
        if rest.iter().any(|part| is_leading(part)) && condition.count_up_to(connection, FEW)? < FEW {
            // Few enough to read: the matcher looks for the words itself.
            condition.exact = false;
            return Ok(condition);
        }
        condition.uses_words = true;
        condition.words = Some(words.join(" and ").replace(" and ", " AND "));
        Ok(condition)
    }

    /// Whether the text index leads.
    pub fn is_driven_by_words(&self) -> bool {
        self.words.is_some()
    }

    /// From the word "from" to the end of the conditions, with the values in order.
    pub fn clauses(&self) -> (String, Vec<Value>) {
        let rest = if self.sql.is_empty() { String::new() } else { format!(" and {}", self.sql) };
        match &self.words {
            Some(words) => {
                let mut values = vec![Value::from(words.clone())];
                values.extend_from_slice(&self.values);
                // A cross join keeps the text index first, which the order by its row ids rests on.
                let sql = format!(
                    "from comment_words w cross join comments c on c.id = w.rowid where comment_words match ?{rest}"
                );
                (sql, values)
            }
            None if self.sql.is_empty() => ("from comments c".to_owned(), Vec::new()),
            None => (format!("from comments c where {}", self.sql), self.values.clone()),
        }
    }

    /// Whether it leaves every comment.
    pub fn is_everything(&self) -> bool {
        self.words.is_none() && self.sql.is_empty()
    }

    fn count_up_to(&self, connection: &Connection, most: i64) -> Result<i64> {
        let (from, mut values) = self.clauses();
        values.push(Value::from(most));
        let sql = format!("select count(*) from (select 1 {from} limit ?)");
        Ok(connection.query_row(&sql, rusqlite::params_from_iter(values), |row| row.get(0))?)
    }
}

/// Conditions that an index of comments answers and that may leave few.
fn is_leading(narrow: &Narrow) -> bool {
    matches!(
        narrow,
        Narrow::Author(_)
            | Narrow::Post(_)
            | Narrow::Ids(_)
            | Narrow::Under(_)
            | Narrow::Key(_)
            | Narrow::PostKey(_)
            | Narrow::Label(..)
            | Narrow::HasNote
    )
}

/// What is asked of the text index, if the condition is nothing but words.
fn fts(narrow: &Narrow) -> Option<String> {
    match narrow {
        Narrow::Words(phrase) => Some(fts_phrase(phrase)),
        Narrow::And(parts) => join(parts, " AND "),
        Narrow::Or(parts) => join(parts, " OR "),
        _ => None,
    }
}

fn join(parts: &[Narrow], with: &str) -> Option<String> {
    let parts = parts.iter().map(fts).collect::<Option<Vec<_>>>()?;
    Some(format!("({})", parts.join(with)))
}

/// A phrase in quotes. Tokens hold neither quotes nor spaces, whatever was typed, so nothing can get out of them.
fn fts_phrase(phrase: &Phrase) -> String {
    format!("\"{}\"{}", phrase.tokens.join(" "), if phrase.prefix { "*" } else { "" })
}

struct Writer<'c> {
    connection: &'c Connection,
    values: Vec<Value>,
    aliases: usize,
    uses_words: bool,
}

impl Writer<'_> {
    /// The condition on the table with this alias.
    fn condition(&mut self, narrow: &Narrow, c: &str) -> Result<String> {
        Ok(match narrow {
            Narrow::All => "true".to_owned(),
            Narrow::Nothing => "false".to_owned(),
            Narrow::And(parts) => self.all(parts, c, " and ")?,
            Narrow::Or(parts) => self.all(parts, c, " or ")?,
            Narrow::Not(inner) => format!("({}) is not true", self.condition(inner, c)?),
            Narrow::Words(phrase) => {
                self.uses_words = true;
                let words = self.bind(fts_phrase(phrase));
                format!("{c}.id in (select rowid from comment_words where comment_words match {words})")
            }
            Narrow::Author(pattern) => {
                let found = resolve::authors(self.connection, pattern)?;
                let by_key = self.list(&found.by_key)?;
                let by_name = self.list(&found.by_name)?;
                let printed = self.list(&found.printed)?;
                format!(
                    "({c}.author_id in {by_key} or ({c}.author_name is null and {c}.author_id in {by_name})
                     or {c}.author_name in {printed})"
                )
            }
            Narrow::AuthorKind(kinds) => {
                let kinds = self.list(&names(kinds, |kind| kind.as_str()))?;
                format!("{c}.author_kind in {kinds}")
            }
            Narrow::Title(pattern) => {
                let posts = resolve::posts(self.connection, "title", pattern)?;
                format!("{c}.post_id in {}", self.list(&posts)?)
            }
            Narrow::PostKey(pattern) => {
                let posts = resolve::posts(self.connection, "key", pattern)?;
                format!("{c}.post_id in {}", self.list(&posts)?)
            }
            Narrow::Source(pattern) => {
                let sources = resolve::sources(self.connection, pattern)?;
                format!("{c}.source_id in {}", self.list(&sources)?)
            }
            Narrow::Key(pattern) => {
                let ids = resolve::keys(self.connection, pattern.equals().into_iter().flatten())?;
                format!("{c}.id in {}", self.list(&ids)?)
            }
            Narrow::Under(target) => {
                let ids = resolve::under(self.connection, target)?;
                format!("{c}.id in {}", self.list(&ids)?)
            }
            Narrow::Ids(ids) => match ids.as_slice() {
                [id] => format!("{c}.id = {}", self.bind(id.0)),
                ids => {
                    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
                    format!("{c}.id in {}", self.list(&ids)?)
                }
            },
            Narrow::Post(id) => format!("{c}.post_id = {}", self.bind(id.0)),
            Narrow::Status(set) => {
                let set = self.list(&names(set, |status| status.as_str()))?;
                format!("{c}.status in {set}")
            }
            Narrow::Kind(set) => {
                let set = self.list(&names(set, |kind| kind.as_str()))?;
                format!("coalesce({c}.kind, 'comment') in {set}")
            }
            Narrow::Is(state) => self.state(*state, c)?,
            Narrow::Created(range) => self.within(&format!("{c}.created"), range),
            Narrow::Edited(range) => self.within(&format!("{c}.edited"), range),
            Narrow::Number(field, bounds) if field.is_scanned() => self.scanned(*field, Some(*bounds), c),
            Narrow::Known(field) if field.is_scanned() => self.scanned(*field, None, c),
            Narrow::Number(field, bounds) => {
                let column = number_sql(*field, c);
                self.bounded(&column, *bounds)
            }
            Narrow::Known(field) => format!("{} is not null", number_sql(*field, c)),
            Narrow::Relation(relation, inner) => self.relation(*relation, inner, c)?,
            Narrow::HasNote => format!("{c}.id in ({})", marks::NOTED),
            Narrow::Label(field, pattern) => {
                let (select, words) = marks::labelled(self.connection, *field, pattern)?;
                format!("{c}.id in ({})", select.replace("{}", &self.list(&words)?))
            }
        })
    }

    fn all(&mut self, parts: &[Narrow], c: &str, with: &str) -> Result<String> {
        let parts = parts.iter().map(|part| self.condition(part, c)).collect::<Result<Vec<_>>>()?;
        Ok(format!("({})", parts.join(with)))
    }

    fn relation(&mut self, relation: Relation, inner: &Narrow, c: &str) -> Result<String> {
        self.aliases += 1;
        let r = format!("r{}", self.aliases);
        let inner = self.condition(inner, &r)?;
        // A comment that a newer dump moved to another post may have left its answers behind: they are no relations.
        let same_post =
            |c: &str| format!("{c}.post_id = (select p.post_id from comments p where p.id = {c}.parent_id)");
        Ok(match relation {
            Relation::Parent => {
                format!("({c}.parent_id in (select {r}.id from comments {r} where {inner}) and {})", same_post(c))
            }
            Relation::Child => format!(
                "{c}.id in (select {r}.parent_id from comments {r}
                    where {r}.parent_id is not null and {inner} and {})",
                same_post(&r)
            ),
            _ => format!("{c}.post_id in (select {r}.post_id from comments {r} where {inner})"),
        })
    }

    /// What was scanned of the comment as it is now lies within these bounds, or is known at all. One pass over a narrow
    /// table finds the comments, which is quicker than to look each one up.
    fn scanned(&mut self, field: Field, bounds: Option<Bounds<f64>>, c: &str) -> String {
        let (from, column) = match field {
            Field::Scorer(scorer) => {
                let name = self.bind(scorer.name().to_owned());
                let of = format!("s.scorer_id = (select n.id from scorers n where n.name = {name}) and");
                (format!("{} where {of}", scores::CURRENT), "s.value".to_owned())
            }
            stored => {
                let column = signals::value_sql(stored, "s").unwrap_or_else(|| "null".to_owned());
                (format!("{} where", signals::CURRENT), column)
            }
        };
        let holds = match bounds {
            Some(bounds) => self.bounded(&column, bounds),
            None => format!("{column} is not null"),
        };
        format!("{c}.id in (select s.comment_id from {from} {holds})")
    }

    fn state(&mut self, state: Is, c: &str) -> Result<String> {
        Ok(match state {
            Is::Reply => format!("({c}.parent_id is not null or {c}.parent_key is not null)"),
            Is::Root => format!("({c}.parent_id is null and {c}.parent_key is null)"),
            Is::Leaf => format!("not exists (select 1 from comments a where a.parent_id = {c}.id)"),
            Is::Edited => format!("({c}.edited is not null or {c}.revision > 0)"),
            Is::Inferred => format!("{c}.parent_origin = 'inferred'"),
            Is::Orphan => format!("({c}.parent_id is null and {c}.parent_key is not null)"),
            Is::Duplicate => {
                format!("exists (select 1 from duplicates d where d.source_id = {c}.source_id and d.key = {c}.key)")
            }
            Is::Flagged => {
                format!("exists (select 1 from flags f where f.comment_id = {c}.id and f.state <> 'withdrawn')")
            }
            Is::Decided => format!(
                "exists (select 1 from decisions d where d.comment_id = {c}.id and d.undone = 0
                    and d.action in ('approve', 'remove', 'spam', 'escalate'))"
            ),
            Is::EditedSinceDecision => {
                let ids = log::edited_since_decision(self.connection)?;
                format!("{c}.id in {}", self.list(&ids)?)
            }
        })
    }

    fn within(&mut self, column: &str, range: &std::ops::Range<i64>) -> String {
        let start = self.bind(range.start);
        let end = self.bind(range.end);
        format!("({column} >= {start} and {column} < {end})")
    }

    fn bounded(&mut self, column: &str, bounds: Bounds<f64>) -> String {
        let mut compare = |sign: &str, value: f64| format!("{column} {sign} {}", self.bind(value));
        match bounds {
            Bounds::Equal(value) => compare("=", value),
            Bounds::Less(value) => compare("<", value),
            Bounds::AtMost(value) => compare("<=", value),
            Bounds::More(value) => compare(">", value),
            Bounds::AtLeast(value) => compare(">=", value),
            Bounds::Between(low, high) => format!("({} and {})", compare(">=", low), compare("<=", high)),
        }
    }

    fn bind(&mut self, value: impl Into<Value>) -> &'static str {
        self.values.push(value.into());
        "?"
    }

    /// A list of any length as one bound value.
    fn list<T: serde::Serialize>(&mut self, items: &[T]) -> Result<String> {
        let json = serde_json::to_string(items)?;
        Ok(format!("(select value from json_each({}))", self.bind(json)))
    }
}

fn names<T: Copy>(set: &[T], name: fn(T) -> &'static str) -> Vec<&'static str> {
    set.iter().map(|item| name(*item)).collect()
}

fn number_sql(field: Field, c: &str) -> String {
    match field {
        Field::Depth => format!("{c}.depth"),
        Field::Edits => format!("{c}.revision"),
        Field::ParentConfidence => facts::confidence(c),
        Field::Flags => marks::flags(c),
        Field::Replies => format!("(select count(*) from comments a where a.parent_id = {c}.id)"),
        _ => format!("{c}.score"),
    }
}

/// SQL with its values put in, to be read or pasted; never run by quell.
pub fn readable(sql: &str, values: &[Value]) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut values = values.iter();
    for piece in sql.split_inclusive('?') {
        let Some(before) = piece.strip_suffix('?') else {
            out.push_str(piece);
            continue;
        };
        out.push_str(before);
        let _ = match values.next() {
            Some(Value::Integer(number)) => write!(out, "{number}"),
            Some(Value::Real(number)) => write!(out, "{number}"),
            Some(Value::Text(text)) => write!(out, "'{}'", text.replace('\'', "''")),
            _ => write!(out, "null"),
        };
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
