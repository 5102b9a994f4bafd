//! What is in the database and what was done, in numbers.

use std::collections::BTreeMap;

use anyhow::Result;
use rusqlite::Row;

use super::Store;

/// A number and what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What is counted, such as `status` or `flags open`.
    pub what: String,
    /// Of what sort, such as `pending` or a reason; empty for all of them.
    pub of: String,
    /// How many.
    pub count: u64,
}

/// What became of a rule's flags.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fate {
    /// Nobody has answered them.
    pub open: u64,
    /// The comment was taken out after it.
    pub upheld: u64,
    /// The comment was let stand after it.
    pub dismissed: u64,
    /// They were taken back.
    pub withdrawn: u64,
}

/// Each select gives what is counted, of what sort, and how many.
const TALLIES: &[&str] = &[
    "select 'comments', '', count(*) from comments",
    "select 'posts', '', count(*) from posts",
    "select 'authors', '', count(*) from authors",
    "select 'scanned', '', count(*) from signals s join comments x
        on x.id = s.comment_id and x.run_id = s.run and x.revision = s.revision",
    "select 'status', status, count(*) from comments group by 2 order by 2",
    "select 'flags ' || f.state, f.reason, count(*) from flags f where f.comment_id is not null group by 1, 2 order by 1, 2",
    "select 'flags by ' || o.origin, o.actor, count(*) from flags f join decisions d on d.id = f.decision_id
        join operations o on o.id = d.operation_id where f.state <> 'withdrawn' group by 1, 2 order by 1, 2",
    "select 'decisions ' || d.action, o.actor, count(*) from decisions d join operations o on o.id = d.operation_id
        where d.undone = 0 and d.action in ('approve', 'remove', 'spam', 'escalate') group by 1, 2 order by 1, 2",
    "select 'decisions ' || strftime('%G-W%V', o.at / 1000, 'unixepoch'), o.actor, count(*) from decisions d
        join operations o on o.id = d.operation_id
        where d.undone = 0 and d.action in ('approve', 'remove', 'spam', 'escalate') group by 1, 2 order by 1, 2",
    "select 'reason', substr(d.reasons, 1, instr(d.reasons || ' ', ' ') - 1), count(*) from standing s
        join decisions d on d.id = s.decision_id where d.reasons is not null group by 2 order by 3 desc, 2",
];

impl Store {
    /// Everything that is counted, in order.
    pub fn tallies(&self) -> Result<Vec<Tally>> {
        let mut all = Vec::new();
        for sql in TALLIES {
            let mut statement = self.connection.prepare_cached(sql)?;
            let tally = |row: &Row<'_>| {
                let of: Option<String> = row.get(1)?;
                Ok(Tally { what: row.get(0)?, of: of.unwrap_or_default(), count: row.get(2)? })
            };
            for tally in statement.query_map([], tally)? {
                all.push(tally?);
            }
        }
        Ok(all)
    }

    /// What became of the flags of each rule, by its id and version.
    pub fn fates(&self) -> Result<BTreeMap<(String, String), Fate>> {
        let mut statement = self.connection.prepare_cached(
            "select o.actor, o.version, f.state, count(*) from flags f join decisions d on d.id = f.decision_id
                join operations o on o.id = d.operation_id where o.origin = 'rule' group by 1, 2, 3",
        )?;
        let mut rows = statement.query([])?;
        let mut fates: BTreeMap<(String, String), Fate> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let fate = fates.entry((row.get(0)?, row.get(1)?)).or_default();
            let count: u64 = row.get(3)?;
            match row.get_ref(2)?.as_str()? {
                "open" => fate.open += count,
                "upheld" => fate.upheld += count,
                "dismissed" => fate.dismissed += count,
                _ => fate.withdrawn += count,
            }
        }
        Ok(fates)
    }
}
