//! Operations and decisions in the form that holds in every database: comments named as their source names them, other
//! decisions by the universal id of their operation and their place in it. This form is what `dump` writes, and what the
//! hash of an operation covers.

use anyhow::Result;
use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};

use super::edges;
use crate::model::{Action, KeptEdge};

/// An operation, without its decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationRecord {
    pub uid: String,
    pub at: i64,
    pub actor: String,
    pub origin: String,
    pub version: String,
    pub verb: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
}

/// What a decision is about: `comment` or `post`, the kind and scope of its source, and the source's id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Target(pub String, pub String, pub String, pub String);

/// A decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionRecord {
    pub on: Target,
    pub action: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    /// The hash of the text that it was made on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<(u32, u32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<Box<KeptEdge>>,
}

/// Hashes an operation and its decisions, one after another.
pub struct Sealer(blake3::Hasher);

impl Sealer {
    pub fn new(operation: &OperationRecord) -> Result<Self> {
        let mut sealer = Sealer(blake3::Hasher::new());
        sealer.line(&serde_json::to_string(operation)?);
        Ok(sealer)
    }

    pub fn add(&mut self, decision: &DecisionRecord) -> Result<()> {
        self.line(&serde_json::to_string(decision)?);
        Ok(())
    }

    fn line(&mut self, json: &str) {
        self.0.update(json.as_bytes());
        self.0.update(b"\n");
    }

    pub fn hash(&self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}

/// The next link of the chain of this database: the last link and the operation's own hash.
pub fn link(last: &str, hash: &str) -> String {
    blake3::hash(format!("{last}\n{hash}\n").as_bytes()).to_hex().to_string()
}

/// The hash under which a text is known: 128 bits are enough to tell texts apart, and keep rows small.
pub fn snapshot(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}

/// Gives the decisions of an operation in their order, in portable form.
pub fn each_decision(
    connection: &Connection,
    operation: i64,
    each: &mut dyn FnMut(DecisionRecord) -> Result<()>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "select d.id, d.target, s.kind, s.scope, c.key, d.action, d.reasons, d.note, d.tag, d.revision, d.snapshot, d.prior,
            (select json_group_array(r) from (
                select o.uid || '.' || x.seq r from answers a join decisions x on x.id = a.answered_id
                    join operations o on o.id = x.operation_id
                where a.decision_id = d.id order by o.uid, x.seq)) answers,
            (select o.uid || '.' || x.seq from decisions x join operations o on o.id = x.operation_id
                where x.id = d.undoes_id) undoes,
            f.score, f.spans
         from decisions d
            left join comments c on c.id = d.comment_id
            left join sources s on s.id = c.source_id
            left join flags f on f.decision_id = d.id
         where d.operation_id = ?1 order by d.seq",
    )?;
    let mut rows = statement.query([operation])?;
    while let Some(row) = rows.next()? {
        let edge = match row.get_ref("action")?.as_str()? {
            action if action == Action::Edge.as_str() => edges::of_decision(connection, row.get("id")?)?.map(Box::new),
            _ => None,
        };
        each(DecisionRecord { edge, ..read(row)? })?;
    }
    Ok(())
}

fn read(row: &Row<'_>) -> Result<DecisionRecord> {
    let on = match row.get::<_, Option<String>>("key")? {
        Some(key) => Target("comment".to_owned(), row.get("kind")?, row.get("scope")?, key),
        None => serde_json::from_str(row.get_ref("target")?.as_str()?)?,
    };
    let spans: Option<String> = row.get("spans")?;
    Ok(DecisionRecord {
        on,
        action: row.get("action")?,
        reasons: words(row.get("reasons")?),
        note: row.get("note")?,
        tag: row.get("tag")?,
        revision: row.get("revision")?,
        snapshot: row.get("snapshot")?,
        prior: row.get("prior")?,
        answers: serde_json::from_str(row.get_ref("answers")?.as_str()?)?,
        undoes: row.get("undoes")?,
        score: row.get("score")?,
        spans: spans.map(|spans| serde_json::from_str(&spans)).transpose()?.unwrap_or_default(),
        edge: None,
    })
}

/// The words of a column that holds several.
pub fn words(text: Option<String>) -> Vec<String> {
    text.map_or_else(Vec::new, |text| text.split(' ').map(str::to_owned).collect())
}

/// Several words as one column, or nothing.
pub fn joined(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(" "))
}

/// An operation by its number, with its hash and its link of the chain.
pub fn operation(row: &Row<'_>) -> rusqlite::Result<(OperationRecord, String, String)> {
    let record = OperationRecord {
        uid: row.get("uid")?,
        at: row.get("at")?,
        actor: row.get("actor")?,
        origin: row.get("origin")?,
        version: row.get("version")?,
        verb: row.get("verb")?,
        query: row.get("query")?,
    };
    Ok((record, row.get("hash")?, row.get("chain")?))
}
