//! What waits for a moderator, with the facts that its order depends on (`review::queue`).

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use rusqlite::Row;

use super::Store;
use crate::model::{CommentId, FlagState, PostId, Status};
use crate::review::queue::{Item, OpenFlag, Record};

impl Store {
    /// Everything that waits: comments with open flags, escalated and disputed ones, and those whose text changed after
    /// their decision; by number. What its author took back waits for nobody.
    pub fn backlog(&self) -> Result<Vec<Item>> {
        let edited: BTreeSet<CommentId> = self.edited_since_decision()?.into_iter().collect();
        let mut ids = edited.clone();
        let mut statement = self.connection.prepare(
            "select comment_id from flags where state = 'open' and comment_id is not null
             union select id from comments where status = 'escalated'
             union select comment_id from standing where disputed = 1",
        )?;
        for id in statement.query_map([], |row| row.get(0))? {
            ids.insert(CommentId(id?));
        }
        let records = self.records()?;
        let mut threads = HashMap::new();
        let mut items = Vec::new();
        for id in ids {
            if let Some(item) = self.item(id, edited.contains(&id), &records, &mut threads)? {
                items.push(item);
            }
        }
        Ok(items)
    }

    fn item(
        &self,
        id: CommentId,
        edited: bool,
        records: &HashMap<String, Record>,
        threads: &mut HashMap<PostId, u64>,
    ) -> Result<Option<Item>> {
        let mut statement = self.connection.prepare_cached(
            "select c.post_id, c.status, c.created,
                (select count(*) from comments r where r.parent_id = c.id) replies,
                exists (select 1 from standing s where s.comment_id = c.id and s.disputed = 1) disputed
             from comments c where c.id = ?1",
        )?;
        let read = |row: &Row<'_>| {
            Ok(Item {
                comment: id,
                post: PostId(row.get("post_id")?),
                status: super::row::word(row, "status", Status::from_name)?,
                created: row.get("created")?,
                replies: row.get("replies")?,
                thread: 0,
                disputed: row.get("disputed")?,
                edited,
                flags: Vec::new(),
            })
        };
        let mut item = statement.query_row([id.0], read)?;
        if item.status == Status::Deleted {
            return Ok(None);
        }
        item.thread = match threads.get(&item.post) {
            Some(comments) => *comments,
            None => {
                let mut count = self.connection.prepare_cached("select count(*) from comments where post_id = ?1")?;
                let comments = count.query_row([item.post.0], |row| row.get(0))?;
                threads.insert(item.post, comments);
                comments
            }
        };
        for flag in self.flags(id)?.into_iter().filter(|flag| flag.state == FlagState::Open) {
            let record = records.get(&flag.actor.name).copied().unwrap_or_default();
            item.flags.push(OpenFlag {
                by: flag.actor.name,
                reason: flag.reason,
                score: flag.score,
                at: flag.at,
                record,
            });
        }
        Ok(Some(item))
    }

    /// How often the flags of each person, rule and signal were upheld and dismissed.
    fn records(&self) -> Result<HashMap<String, Record>> {
        let mut statement = self.connection.prepare(
            "select o.actor, count(*) filter (where f.state = 'upheld') upheld,
                count(*) filter (where f.state = 'dismissed') dismissed
             from flags f join decisions d on d.id = f.decision_id join operations o on o.id = d.operation_id
             group by o.actor",
        )?;
        let read = |row: &Row<'_>| {
            Ok((row.get("actor")?, Record { upheld: row.get("upheld")?, dismissed: row.get("dismissed")? }))
        };
        Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
    }
}
