//! Learning from decisions: what there is to learn from, what was learned, and the comments that a mixed queue draws
//! from.
//!
//! Not here: the learning itself (`signals::learner`); its scores are kept as those of any scorer (`scores`).

use anyhow::Result;
use rusqlite::Row;

use super::{Store, record, row, scores, signals};
use crate::model::{CommentId, Status};

/// A decision that stands, as something to learn from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// The comment.
    pub comment: CommentId,
    /// The text that was decided on.
    pub text: String,
    /// Whether it is what the comment has still.
    pub current: bool,
    /// Where the decision left it.
    pub status: Status,
    /// Its reasons, the one that counts first.
    pub reasons: Vec<String>,
}

/// A comment that nobody has decided yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Undecided {
    /// Which.
    pub comment: CommentId,
    /// What was learned says of it, else the highest of the shipped scores; nothing where it was not scanned.
    pub risk: Option<f64>,
}

impl Store {
    /// The decisions of people that stand and that nobody disputes, in the order in which they were made, with the texts
    /// as they were then.
    pub fn lessons(&self) -> Result<Vec<Lesson>> {
        let mut statement = self.connection.prepare(
            "select c.id, s.status, d.reasons, r.text is null current, coalesce(r.text, b.text) text
             from standing s join decisions d on d.id = s.decision_id join operations o on o.id = d.operation_id
                join comments c on c.id = s.comment_id join bodies b on b.comment_id = c.id
                left join revisions r on r.comment_id = c.id and r.number = d.revision and d.revision < c.revision
             where o.origin = 'person' and s.disputed = 0 order by o.uid, d.seq",
        )?;
        let read = |found: &Row<'_>| {
            Ok(Lesson {
                comment: CommentId(found.get("id")?),
                text: found.get("text")?,
                current: found.get("current")?,
                status: row::word(found, "status", Status::from_name)?,
                reasons: record::words(found.get("reasons")?),
            })
        };
        Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// Keeps what was learned, by name, in place of what was learned before.
    pub fn keep_learned(&self, learned: &[(String, String)]) -> Result<()> {
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute("delete from learned", [])?;
        for (name, model) in learned {
            transaction.execute("insert into learned (name, model) values (?1, ?2)", (name, model))?;
        }
        Ok(transaction.commit()?)
    }

    /// What was learned, by name.
    pub fn learned(&self) -> Result<Vec<(String, String)>> {
        let mut statement = self.connection.prepare_cached("select name, model from learned order by name")?;
        Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// Forgets a scorer with all that it said; true if there was one.
    pub fn drop_scorer(&self, name: &str) -> Result<bool> {
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute("delete from scores where scorer_id = (select id from scorers where name = ?1)", [name])?;
        let dropped = transaction.execute("delete from scorers where name = ?1", [name])? > 0;
        transaction.commit()?;
        Ok(dropped)
    }

    /// Every comment that is up and that no person has decided, by number, with its risk: what the scorer `learned` says
    /// where it does not abstain, else the highest of abuse and spam.
    pub fn undecided(&self) -> Result<Vec<Undecided>> {
        let sql = format!(
            "with learned as (select s.comment_id, s.value from {scores}
                where s.scorer_id = (select id from scorers where name = 'learned') and s.value is not null),
             shipped as (select s.comment_id, max(coalesce(s.abuse, 0), coalesce(s.spam, 0)) / 10000.0 value
                from {signals} where coalesce(s.abuse, s.spam) is not null)
             select c.id, coalesce(l.value, p.value)
             from comments c left join learned l on l.comment_id = c.id left join shipped p on p.comment_id = c.id
             where c.status in ('pending', 'approved', 'escalated') and not exists (
                select 1 from standing t join decisions d on d.id = t.decision_id join operations o on o.id = d.operation_id
                where t.comment_id = c.id and o.origin = 'person' and c.status <> 'escalated')
             order by c.id",
            scores = scores::CURRENT,
            signals = signals::CURRENT,
        );
        let mut statement = self.connection.prepare(&sql)?;
        let read = |row: &Row<'_>| Ok(Undecided { comment: CommentId(row.get(0)?), risk: row.get(1)? });
        Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
    }
}
