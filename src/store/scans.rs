//! How scans and the rules in them went: what `scan` goes on from, what its alarm and `stats --rules` look back on.
//!
//! Not here: what a scan found out of comments (`signals`), which of them it has to look at (`changed`).

use anyhow::{Context, Result};
use rusqlite::{OptionalExtension, Row};

use super::{Store, settings};

/// The import up to which every comment was scanned, as far as that is known.
const SCANNED_RUN: &str = "scan.run";
/// The scan that last looked for copies.
const COPIES: &str = "scan.copies";
/// How many comments the counts of words were made from.
const COUNTED: &str = "scan.counted";
/// In how many comments each word stands, as the detector that needs it packs it.
const COUNTS: &str = "scan.counts";

/// What one scan did by one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleScan {
    /// The rule.
    pub rule: String,
    /// Its version: what it meant.
    pub version: String,
    /// What became of its hits: `shadow`, `flag` or `enforce`.
    pub effect: String,
    /// Comments that it was asked about.
    pub comments: u64,
    /// Comments that it found.
    pub hits: u64,
    /// Comments that were marked or decided by it.
    pub marked: u64,
    /// Whether it was through with all of them; false where it was stopped.
    pub done: bool,
}

impl Store {
    /// Begins a scan and gives its number, and the import that it looks at.
    pub fn begin_scan(&self, at: i64) -> Result<(i64, Option<i64>)> {
        self.connection.execute("insert into scans (started) values (?1)", [at]).context("another quell is writing")?;
        Ok((self.connection.last_insert_rowid(), self.last_run()?))
    }

    /// Ends a scan that worked out the signals of so many comments. `run` is the import that it looked at.
    pub fn end_scan(&self, scan: i64, at: i64, computed: u64, run: Option<i64>) -> Result<()> {
        let sql = "update scans set finished = ?2, computed = ?3 where id = ?1";
        self.connection.execute(sql, (scan, at, computed as i64))?;
        if let Some(run) = run.filter(|run| self.last_run().is_ok_and(|last| last == Some(*run))) {
            settings::set_number(&self.connection, SCANNED_RUN, run)?;
        }
        Ok(())
    }

    /// The last import, if it came to its end.
    fn last_run(&self) -> Result<Option<i64>> {
        let sql = "select iif(finished is null, null, id) from runs order by id desc limit 1";
        Ok(self.connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?.flatten())
    }

    /// How many comments no scan has seen as they are now. Costs nothing where nothing was imported since the last scan.
    pub fn unscanned(&self) -> Result<u64> {
        let up_to = settings::number(&self.connection, SCANNED_RUN)?;
        if up_to.is_some() && up_to == self.last_run()? {
            return Ok(0);
        }
        let sql =
            format!("select (select count(*) from comments) - (select count(*) from {})", super::signals::CURRENT);
        self.connection.query_row(&sql, [], |row| row.get(0)).context("cannot count what was scanned")
    }

    /// Does several writes as one transaction, under the looser synchronisation that is enough for what can be worked
    /// out again.
    pub fn in_one_write<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.connection.execute_batch("pragma synchronous = normal")?;
        let transaction = self.connection.unchecked_transaction()?;
        let done = work();
        if done.is_ok() {
            transaction.commit()?;
        }
        self.connection.execute_batch("pragma synchronous = full")?;
        done
    }

    /// The last scan in which this rule, in this version and with this effect, was through with all it had to be asked
    /// about; 0 if there was none.
    pub fn rule_through(&self, rule: &str, version: &str, effect: &str) -> Result<i64> {
        let sql = "select coalesce(max(scan_id), 0) from rule_scans
             where rule = ?1 and version = ?2 and effect = ?3 and done = 1";
        Ok(self.connection.prepare_cached(sql)?.query_row((rule, version, effect), |row| row.get(0))?)
    }

    /// The last scan that asked this rule, in this version and with this effect, and what it did, where that stopped it
    /// and no scan since has found any comment or thread to be other than it was.
    pub fn rule_stopped(&self, rule: &str, version: &str, effect: &str) -> Result<Option<RuleScan>> {
        let sql = "select rule, version, effect, comments, hits, marked, done, scan_id from rule_scans
             where rule = ?1 and version = ?2 and effect = ?3 order by scan_id desc limit 1";
        let last = |row: &Row<'_>| Ok((rule_scan(row)?, row.get::<_, i64>(7)?));
        let last = self.connection.prepare_cached(sql)?.query_row((rule, version, effect), last).optional()?;
        let Some((stopped, scan)) = last.filter(|(last, _)| !last.done) else { return Ok(None) };
        let sql = "select exists (select 1 from signals where scan > ?1)
             or exists (select 1 from post_scans where scan > ?1)";
        let changed: bool = self.connection.prepare_cached(sql)?.query_row([scan], |row| row.get(0))?;
        Ok(Some(stopped).filter(|_| !changed))
    }

    /// Keeps what a scan did by a rule.
    pub fn write_rule_scan(&self, scan: i64, of: &RuleScan) -> Result<()> {
        let sql = "insert into rule_scans (scan_id, rule, version, effect, comments, hits, marked, done)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        self.connection.prepare_cached(sql)?.execute((
            scan,
            &of.rule,
            &of.version,
            &of.effect,
            of.comments as i64,
            of.hits as i64,
            of.marked as i64,
            of.done,
        ))?;
        Ok(())
    }

    /// What scans before this one did by a rule in this version, newest first, at most so many.
    pub fn rule_history(&self, rule: &str, version: &str, before: i64, most: usize) -> Result<Vec<RuleScan>> {
        let sql = "select rule, version, effect, comments, hits, marked, done from rule_scans
             where rule = ?1 and version = ?2 and scan_id < ?3 and comments > 0 order by scan_id desc limit ?4";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map((rule, version, before, most as i64), rule_scan)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every scan's work by every rule, with the scan and when it began, oldest first.
    pub fn rule_scans(&self) -> Result<Vec<(i64, i64, RuleScan)>> {
        let sql = "select r.rule, r.version, r.effect, r.comments, r.hits, r.marked, r.done, s.id, s.started
             from rule_scans r join scans s on s.id = r.scan_id order by s.id, r.rule";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(7)?, row.get(8)?, rule_scan(row)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a scan that was killed left comments behind among which nobody looked for copies.
    pub fn owes_copies(&self) -> Result<bool> {
        let looked = settings::number(&self.connection, COPIES)?.unwrap_or(0);
        let last: i64 =
            self.connection.query_row("select coalesce(max(scan), 0) from signals", [], |row| row.get(0))?;
        Ok(last > looked)
    }

    /// Notes that this scan looked for copies, or had no need to.
    pub fn looked_for_copies(&self, scan: i64) -> Result<()> {
        settings::set_number(&self.connection, COPIES, scan)
    }

    /// The counts of words that were kept, and from how many comments they were made.
    pub fn word_counts(&self) -> Result<Option<(u64, Vec<u8>)>> {
        let Some(counted) = settings::number(&self.connection, COUNTED)? else { return Ok(None) };
        let sql = "select value from settings where name = ?1";
        let packed: Option<Vec<u8>> = self.connection.query_row(sql, [COUNTS], |row| row.get(0)).optional()?;
        Ok(packed.map(|packed| (counted.max(0) as u64, packed)))
    }

    /// Keeps counts of words.
    pub fn keep_word_counts(&self, counted: u64, packed: &[u8]) -> Result<()> {
        let sql = "insert into settings (name, value) values (?1, ?2)
             on conflict (name) do update set value = excluded.value";
        self.connection.execute(sql, (COUNTS, packed))?;
        settings::set_number(&self.connection, COUNTED, counted as i64)
    }
}

fn rule_scan(row: &Row<'_>) -> rusqlite::Result<RuleScan> {
    Ok(RuleScan {
        rule: row.get(0)?,
        version: row.get(1)?,
        effect: row.get(2)?,
        comments: row.get(3)?,
        hits: row.get(4)?,
        marked: row.get(5)?,
        done: row.get(6)?,
    })
}
