//! Claims: who looks at which comment just now, so that two moderators at one queue never get the same one. A claim ends
//! by itself; it forbids nothing, since a decision of somebody else is a decision all the same.
//!
//! Not part of the log: claims are neither dumped nor merged.

use anyhow::Result;
use rusqlite::Row;

use super::Store;
use crate::model::CommentId;

/// A comment that somebody looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The comment.
    pub comment: CommentId,
    /// Who looks at it.
    pub moderator: String,
    /// Until when at the longest, in milliseconds since 1970.
    pub until: i64,
}

impl Store {
    /// Claims a comment for a moderator until a moment (all times in milliseconds since 1970), or says that somebody else
    /// holds it. One's own claim is prolonged, and claims that have ended go.
    pub fn claim(&self, comment: CommentId, moderator: &str, now: i64, until: i64) -> Result<bool> {
        self.without_sync(|store| {
            let changed = store
                .connection
                .prepare_cached(
                    "insert into claims (comment_id, moderator, until) values (?1, ?2, ?4)
                     on conflict (comment_id) do update set moderator = excluded.moderator, until = excluded.until
                        where moderator = excluded.moderator or until <= ?3",
                )?
                .execute((comment.0, moderator, now, until))?;
            store.connection.prepare_cached("delete from claims where until <= ?1")?.execute([now])?;
            Ok(changed > 0)
        })
    }

    /// Gives back what a moderator claimed of these comments.
    pub fn release(&self, moderator: &str, comments: &[CommentId]) -> Result<()> {
        self.without_sync(|store| {
            let mut statement =
                store.connection.prepare_cached("delete from claims where comment_id = ?1 and moderator = ?2")?;
            for comment in comments {
                statement.execute((comment.0, moderator))?;
            }
            Ok(())
        })
    }

    /// The claims that hold at a moment, by comment.
    pub fn claims(&self, now: i64) -> Result<Vec<Claim>> {
        let mut statement = self
            .connection
            .prepare_cached("select comment_id, moderator, until from claims where until > ?1 order by comment_id")?;
        let read = |row: &Row<'_>| {
            Ok(Claim {
                comment: CommentId(row.get("comment_id")?),
                moderator: row.get("moderator")?,
                until: row.get("until")?,
            })
        };
        Ok(statement.query_map([now], read)?.collect::<Result<_, _>>()?)
    }

    /// A claim that a power cut takes away is no loss, and waiting for the disk would be felt at every comment.
    fn without_sync<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        self.connection.pragma_update(None, "synchronous", "normal")?;
        let done = work(self);
        self.connection.pragma_update(None, "synchronous", "full")?;
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_keeps_others_away_until_it_ends_or_is_released() -> Result<()> {
        let store = Store::in_memory()?;
        store.connection.execute_batch("pragma foreign_keys = off")?;
        let (one, two) = (CommentId(1), CommentId(2));
        assert!(store.claim(one, "ada", 0, 10)?);
        assert!(!store.claim(one, "bob", 9, 20)?);
        assert!(store.claim(one, "ada", 9, 30)?, "one's own claim is prolonged");
        assert!(store.claim(one, "bob", 30, 40)?, "it has ended");
        assert!(store.claim(two, "ada", 30, 35)?);
        assert_eq!(store.claims(36)?.len(), 1);
        store.release("ada", &[one, two])?;
        let held: Vec<String> = store.claims(31)?.into_iter().map(|claim| claim.moderator).collect();
        assert_eq!(held, ["bob"], "nobody releases what others hold");
        Ok(())
    }
}
