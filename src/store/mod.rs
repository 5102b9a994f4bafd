//! The database: the only module that holds a connection or a word of SQL.
//!
//! `schema` has the tables, `import` the writer that a dump goes through, `resolve` what happens after it (parents,
//! depths), `words` the text index, `posts`, `threads` and `stream` the reads, `care` info, check and compact.
//!
//! Deciding: `decide` and `undo` write operations, `record` is their portable form and its hash, `project` what follows
//! from them, `edges` where comments hang by them, `log` and `flags` the reads, `exchange` dump, restore and merge,
//! `backlog` what the queue is made of, `claims` who looks at what, `near` what stands around a comment, `card` an
//! author's record.
//!
//! What was found out: `signals` what detectors said of comments, `clusters` which say nearly the
//! same, `scores` what outside scorers said; `changed` what a scan has to look at, `scans` how scans and rules went;
//! `stats` everything in numbers.
//!
//! Architecture invariant: SQL is text that could be pasted into sqlite3, and values are always bound.

mod backlog;
mod branch;
mod card;
mod care;
mod changed;
mod claims;
mod clusters;
mod decide;
mod edges;
mod exchange;
mod flags;
mod import;
mod indexes;
mod learned;
mod log;
mod near;
mod pages;
mod posts;
mod profiles;
mod project;
mod quarantine;
mod record;
mod resolve;
mod row;
mod saved;
mod scans;
mod schema;
mod scores;
mod search;
mod settings;
mod signals;
mod stats;
mod stream;
mod threads;
mod undo;
mod words;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::hint;

pub use branch::Below;
pub use card::{AuthorCard, Month};
pub use care::{Info, Problem, SourceInfo};
pub use changed::{Changed, Pending, Posted, Posting};
pub use claims::Claim;
pub use clusters::Clustered;
pub use decide::NewOperation;
pub use exchange::Restored;
pub use import::{Counts, Finished, Importer, Mode, Prepared, PreparedComment, PreparedPost};
pub use learned::{Lesson, Undecided};
pub use log::{Judgement, LogFilter, Verified};
pub use near::Decided;
pub use pages::{FlatComment, FlatPage, FlatPost};
pub use posts::PostSummary;
pub use quarantine::Quarantined;
pub use scans::RuleScan;
pub use scores::{Scored, Unscored};
pub use search::{AuthorRow, By, Found, GroupRow, Over, Prepared as PreparedQuery, Slice, Sort, Visitor};
pub use signals::{Measured, Signals, Values, place, rounded};
pub use stats::{Fate, Tally};
pub use stream::Streamed;
pub use undo::Undo;

/// An open database.
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

/// How long to wait for another process to finish its writing.
const BUSY: Duration = Duration::from_secs(10);

impl Store {
    /// Opens a database that exists.
    pub fn open(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Err(hint(
                format!("there is no database at {}", path.display()),
                "import a dump first: quell import FILE, or try: quell demo",
            ));
        }
        Store::open_or_create(path)
    }

    /// Opens a database, making it where there is none.
    pub fn open_or_create(path: &Path) -> Result<Self> {
        let flags = OpenFlags::default() & !OpenFlags::SQLITE_OPEN_URI;
        let mut connection = Connection::open_with_flags(path, flags)
            .with_context(|| format!("cannot open the database {}", path.display()))?;
        configure(&connection).with_context(|| format!("{} is not a database quell can use", path.display()))?;
        schema::migrate(&mut connection)?;
        Ok(Store { connection, path: path.to_owned() })
    }

    /// A database in memory, gone when it is closed.
    pub fn in_memory() -> Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        configure(&connection)?;
        schema::migrate(&mut connection)?;
        Ok(Store { connection, path: PathBuf::from(":memory:") })
    }

    /// Where the database lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// What every connection needs, so that statements are planned once and kept.
fn configure_statements(connection: &Connection) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(64);
    // Without this, SQLite plans a statement anew for each value that is bound, where a partial index might fit it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

fn configure(connection: &Connection) -> Result<()> {
    connection.busy_timeout(BUSY)?;
    configure_statements(connection)?;
    // Counts only for a new file: fewer, larger pages take a twentieth off an import.
    connection.execute_batch("pragma page_size = 8192")?;
    // The answer of journal_mode is a row; a file that is not a database fails here.
    connection.query_row("pragma journal_mode = wal", [], |_| Ok(()))?;
    connection.execute_batch(
        "pragma synchronous = full; pragma foreign_keys = on; pragma temp_store = memory;
         pragma cache_size = -24576; pragma trusted_schema = off;",
    )?;
    Ok(())
}
