//! What waits for a moderator, with the facts that its order depends on (`review::queue`).
//!
//! Everything is read in a few sweeps over what waits, never a query for each comment: a backlog of 100,000 is ordered
//! anew at each `quell queue`.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use rusqlite::{Row, ToSql, params_from_iter};

use super::{Store, log, row};
use crate::model::{CommentId, PostId, Status};
use crate::review::queue::{Item, OpenFlag, Record};

/// The comments that wait but for those edited since their decision; `{}` narrows each part to one comment.
const WAITING: &str = "
    select comment_id from flags where state = 'open' and comment_id is not null {comment_id}
    union select id from comments where status = 'escalated' {id}
    union select comment_id from standing where disputed = 1 {comment_id}";

impl Store {
    /// Everything that waits: comments with open flags, escalated and disputed ones, and those whose text changed after
    /// their decision; by number. What its author took back waits for nobody.
    pub fn backlog(&self) -> Result<Vec<Item>> {
        self.waiting(None, &self.records()?)
    }

    /// One comment as it waits, or nothing if it does not. The records are those of [`Store::records`], which are the
    /// same for many comments and take a look at every flag.
    pub fn waits(&self, comment: CommentId, records: &HashMap<String, Record>) -> Result<Option<Item>> {
        Ok(self.waiting(Some(comment), records)?.pop())
    }

    fn waiting(&self, only: Option<CommentId>, records: &HashMap<String, Record>) -> Result<Vec<Item>> {
        let edited: BTreeSet<CommentId> = match only {
            Some(id) if log::is_edited_since_decision(&self.connection, id.0)? => BTreeSet::from([id]),
            Some(_) => BTreeSet::new(),
            None => self.edited_since_decision()?.into_iter().collect(),
        };
        let mut items = self.items(only, &edited)?;
        let mut flags = self.open_flags(only, records)?.into_iter().peekable();
        for item in &mut items {
            while flags.next_if(|(comment, _)| *comment < item.comment).is_some() {}
            while let Some((_, flag)) = flags.next_if(|(comment, _)| *comment == item.comment) {
                item.flags.push(flag);
            }
        }
        Ok(items)
    }

    fn items(&self, only: Option<CommentId>, edited: &BTreeSet<CommentId>) -> Result<Vec<Item>> {
        let ids: Vec<i64> = edited.iter().map(|id| id.0).collect();
        let sql = format!(
            "select c.id, c.post_id, c.status, c.created,
                (select count(*) from comments r where r.parent_id = c.id) replies,
                exists (select 1 from standing s where s.comment_id = c.id and s.disputed = 1) disputed
             from comments c
             where c.status <> 'deleted' and c.id in ({} union select value from json_each(?1)) order by c.id",
            narrowed(WAITING, only),
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let edited_ids = serde_json::to_string(&ids)?;
        let mut values: Vec<&dyn ToSql> = vec![&edited_ids];
        values.extend(only.as_ref().map(|id| &id.0 as &dyn ToSql));
        let mut rows = statement.query(params_from_iter(values))?;
        let mut threads = HashMap::new();
        let mut items = Vec::new();
        while let Some(row) = rows.next()? {
            let comment = CommentId(row.get("id")?);
            let post = PostId(row.get("post_id")?);
            items.push(Item {
                comment,
                post,
                status: row::word(row, "status", Status::from_name)?,
                created: row.get("created")?,
                replies: row.get("replies")?,
                thread: self.comments_on(post, &mut threads)?,
                disputed: row.get("disputed")?,
                edited: edited.contains(&comment),
                flags: Vec::new(),
            });
        }
        Ok(items)
    }

    fn comments_on(&self, post: PostId, known: &mut HashMap<PostId, u64>) -> Result<u64> {
        if let Some(comments) = known.get(&post) {
            return Ok(*comments);
        }
        let mut count = self.connection.prepare_cached("select count(*) from comments where post_id = ?1")?;
        let comments = count.query_row([post.0], |row| row.get(0))?;
        known.insert(post, comments);
        Ok(comments)
    }

    /// The flags that nobody has answered, by comment, oldest first.
    fn open_flags(
        &self,
        only: Option<CommentId>,
        records: &HashMap<String, Record>,
    ) -> Result<Vec<(CommentId, OpenFlag)>> {
        let sql = "
            select f.comment_id, f.reason, f.score, o.actor, o.at
            from flags f join decisions d on d.id = f.decision_id join operations o on o.id = d.operation_id
            where f.state = 'open' and f.comment_id is not null {f.comment_id} order by f.comment_id, o.uid, d.seq";
        // Here the comment is the only value, so it is the first.
        let sql = narrowed(sql, only).replace("?2", "?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let read = |row: &Row<'_>| {
            let by: String = row.get("actor")?;
            let flag = OpenFlag {
                record: records.get(&by).copied().unwrap_or_default(),
                by,
                reason: row.get("reason")?,
                score: row.get("score")?,
                at: row.get("at")?,
            };
            Ok((CommentId(row.get("comment_id")?), flag))
        };
        let flags = statement.query_map(params_from_iter(only.map(|id| id.0)), read)?;
        Ok(flags.collect::<Result<_, _>>()?)
    }

    /// How often the flags of each person, rule and signal were upheld and dismissed.
    pub fn records(&self) -> Result<HashMap<String, Record>> {
        let mut statement = self.connection.prepare_cached(
            "select o.actor, count(*) filter (where f.state = 'upheld') upheld,
                count(*) filter (where f.state = 'dismissed') dismissed
             from flags f join decisions d on d.id = f.decision_id join operations o on o.id = d.operation_id
             where f.state in ('upheld', 'dismissed') group by o.actor",
        )?;
        let read = |row: &Row<'_>| {
            Ok((row.get("actor")?, Record { upheld: row.get("upheld")?, dismissed: row.get("dismissed")? }))
        };
        Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
    }
}

/// A text of SQL with each `{column}` replaced by a condition that the column is the second value, or by nothing.
fn narrowed(sql: &str, only: Option<CommentId>) -> String {
    let mut out = String::with_capacity(sql.len());
    for part in sql.split('{') {
        match part.split_once('}') {
            Some((column, rest)) => {
                if only.is_some() {
                    out.push_str(&format!("and {column} = ?2"));
                }
                out.push_str(rest);
            }
            None => out.push_str(part),
        }
    }
    out
}
