//! The tables, and the migrations that lead to them. Migrations only grow: each is a step of `user_version`, and each
//! says which reads it serves.
//!
//! Not here: secondary indexes, which are made after a first load (`indexes`).

use anyhow::{Context, Result};
use rusqlite::Connection;

use crate::error::hint;

/// Marks the file as quell's for `file(1)` and for us: "quel" in ASCII.
pub const APPLICATION_ID: i32 = 0x7175_656c;

/// The steps from an empty file to today's tables.
const MIGRATIONS: &[&str] = &[BASE, SAVED_QUERIES, DECISIONS, SIGNALS, RIVALS, LEARNED, EDGES, CLAIMS, KINDS, HUNG];

/// Posts and comments as sources give them. `comments` is narrow, so that lists, trees and counts read little; texts
/// lie in `bodies`. Columns that nearly always hold the same word are null then: `kind` (comment), `precision` (exact),
/// `author_evidence` (source), `body` (the same as `text`), `extra` (none).
const BASE: &str = "
create table settings (name text primary key, value any) strict, without rowid;

create table sources (
    id    integer primary key,
    kind  text not null,
    scope text not null,
    unique (kind, scope)
) strict;

create table runs (
    id       integer primary key,
    started  integer not null,
    finished integer,
    inputs   text not null default '[]',
    counts   text not null default '{}'
) strict;

create table authors (
    id        integer primary key,
    source_id integer not null references sources,
    ident     text not null,
    key       text,
    name      text,
    unique (source_id, ident)
) strict;

create table posts (
    id              integer primary key,
    source_id       integer not null references sources,
    key             text not null,
    title           text,
    url             text,
    author_id       integer references authors,
    author_name     text,
    author_kind     text not null,
    author_evidence text,
    created         integer,
    created_offset  integer,
    precision       text,
    text            text not null default '',
    body            text,
    format          text,
    source_status   text,
    raw_status      text,
    placeholder     integer not null default 0,
    extra           text,
    hash            integer not null,
    run_id          integer not null references runs,
    byte            integer not null,
    line            integer not null,
    unique (source_id, key)
) strict;

create table comments (
    id              integer primary key,
    source_id       integer not null references sources,
    key             text not null,
    post_id         integer not null references posts,
    parent_id       integer references comments,
    parent_key      text,
    parent_origin   text,
    parent_refused  integer not null default 0,
    depth           integer not null,
    kind            text,
    author_id       integer references authors,
    author_name     text,
    author_kind     text not null,
    author_evidence text,
    created         integer,
    created_offset  integer,
    precision       text,
    edited          integer,
    edited_offset   integer,
    source_status   text,
    raw_status      text,
    status          text not null,
    score           integer,
    version         integer,
    revision        integer not null default 0,
    hash            integer not null,
    run_id          integer not null references runs,
    byte            integer not null,
    line            integer not null,
    unique (source_id, key)
) strict;

create table bodies (
    comment_id integer primary key references comments,
    text       text not null,
    body       text,
    format     text not null,
    extra      text
) strict;

create table revisions (
    comment_id integer not null references comments,
    number     integer not null,
    text       text not null,
    body       text,
    format     text not null,
    run_id     integer not null references runs,
    primary key (comment_id, number)
) strict, without rowid;

create table gaps (
    id         integer primary key,
    post_id    integer not null references posts,
    parent_key text not null default '',
    known      text not null default '[]',
    count      integer not null,
    reason     text not null,
    unique (post_id, parent_key, known, reason)
) strict;

create table duplicates (
    source_id integer not null references sources,
    key       text not null,
    of_key    text not null,
    primary key (source_id, key)
) strict, without rowid;

create table quarantine (
    id     integer primary key,
    run_id integer not null references runs,
    input  text not null,
    byte   integer not null,
    line   integer not null,
    code   text not null,
    reason text not null,
    key    text,
    raw    blob not null
) strict;

-- The words of each comment's text, exactly as `text::tokens` gives them; the ascii tokenizer splits at the single
-- spaces between them and nowhere else. The text itself is not kept a second time.
create virtual table comment_words using fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'ascii'
);
";

/// Queries by name: `query:NAME` in any query.
const SAVED_QUERIES: &str = "
create table saved_queries (name text primary key, query text not null) strict, without rowid;
";

/// What people and rules decided. `operations`, `decisions`, `answers` and `flags` (but for its state) are the truth and
/// only grow; their hashes make a chain. `decisions.undone`, `flags.state`, `standing`, `tags`, `locks` and
/// `comments.status` follow from them (`project`), and `db check` compares.
const DECISIONS: &str = "
create table operations (
    id      integer primary key,
    uid     text not null unique,
    at      integer not null,
    actor   text not null,
    origin  text not null,
    version text not null,
    verb    text not null,
    query   text,
    hash    text not null,
    chain   text not null
) strict;

-- One row for each comment (or post) of an operation. `target` names it as its source does, where it has not been
-- imported yet, and for posts always: a guessed post can go.
create table decisions (
    id           integer primary key,
    operation_id integer not null references operations,
    seq          integer not null,
    comment_id   integer references comments,
    post_id      integer references posts on delete set null,
    target       text,
    action       text not null,
    reasons      text,
    note         text,
    tag          text,
    revision     integer,
    snapshot     text,
    prior        text,
    undoes_id    integer references decisions,
    undone       integer not null default 0,
    unique (operation_id, seq)
) strict;
-- Every projection, is:decided, by:, reason: and log of a comment.
create index decisions_by_comment on decisions (comment_id) where comment_id is not null;
create index decisions_by_post on decisions (post_id) where post_id is not null;
-- Decisions on comments that have not come yet: looked through after every import.
create index decisions_waiting on decisions (target) where comment_id is null and post_id is null;

-- Which decisions a later one answers: those that held when it was made.
create table answers (
    decision_id integer not null references decisions,
    answered_id integer not null references decisions,
    primary key (decision_id, answered_id)
) strict, without rowid;

create table flags (
    decision_id integer primary key references decisions,
    comment_id  integer references comments,
    reason      text not null,
    score       real,
    spans       text,
    state       text not null default 'open'
) strict;
-- flag:, is:flagged, the queue.
create index flags_by_comment on flags (comment_id, reason);
create index flags_open on flags (comment_id) where state = 'open';

-- Texts as they were flagged, by their hash, so that an edit hides nothing.
create table snapshots (hash text primary key, text text not null) strict, without rowid;

create table standing (
    comment_id  integer primary key references comments,
    decision_id integer not null references decisions,
    status      text not null,
    disputed    integer not null
) strict;
create index standing_disputed on standing (comment_id) where disputed = 1;

create table tags (
    comment_id integer not null references comments,
    tag        text not null,
    primary key (comment_id, tag)
) strict, without rowid;
create index tags_by_name on tags (tag, comment_id);

create table locks (
    post_id     integer primary key references posts on delete cascade,
    decision_id integer not null references decisions
) strict;
";

/// Who looks at which comment, until when: what `review` hands out, so that two moderators never get the same one.
const CLAIMS: &str = "
create table claims (
    comment_id integer primary key references comments,
    moderator  text not null,
    until      integer not null
) strict;
";

/// What scans found out. All of it can be worked out again, so nothing here is part of the log. One row a comment with
/// whole numbers (`signals`) takes about 30 bytes: a row a value would take five times as much.
const SIGNALS: &str = "
create table scans (
    id       integer primary key,
    started  integer not null,
    finished integer,
    computed integer not null default 0
) strict;

-- Which detectors in which versions made a value.
create table signal_editions (id integer primary key, detectors text not null unique) strict;

-- What the detectors said of a comment, in ten-thousandths where they give shares and probabilities; null where they
-- abstain. `run` and `revision` are those of the comment when it was read: where they differ from what the comment has
-- now, the row counts as absent. `scan` is the last scan that changed a value.
create table signals (
    comment_id integer primary key references comments,
    run        integer not null,
    revision   integer not null,
    edition    integer not null,
    scan       integer not null,
    lang       text,
    abuse      integer,
    identity   integer,
    spam       integer,
    offtopic   integer,
    copies     integer,
    personal   integer,
    quoting    integer,
    evasion    integer
) strict;

-- What each post's thread looked like when it was last judged as a whole, as a hash.
create table post_scans (
    post_id     integer primary key references posts on delete cascade,
    fingerprint integer not null,
    scan        integer not null
) strict;

-- Comments that say nearly the same as others, by the first of them.
create table clusters (
    comment_id integer primary key references comments,
    cluster    integer not null
) strict;
create index clusters_by_first on clusters (cluster);

-- How rules did in each scan; `done` says that the rule was through with every comment it had to be asked about.
create table rule_scans (
    scan_id  integer not null references scans,
    rule     text not null,
    version  text not null,
    effect   text not null,
    comments integer not null,
    hits     integer not null,
    marked   integer not null,
    done     integer not null,
    primary key (scan_id, rule)
) strict, without rowid;
create index rule_scans_by_rule on rule_scans (rule, scan_id);

create table scorers (
    id      integer primary key,
    name    text not null unique,
    version text not null
) strict;

-- What outside scorers said. A row without a value says that the scorer abstained.
create table scores (
    scorer_id  integer not null references scorers,
    comment_id integer not null references comments,
    run        integer not null,
    revision   integer not null,
    value      real,
    primary key (scorer_id, comment_id)
) strict, without rowid;
";

/// Descriptions that lost against another of the same import, by the hash of their content: files of one dump that tell
/// differently of one post or comment. Looked up before a record that differs from what is held replaces it.
const RIVALS: &str = "
create table rival_posts (
    post_id integer not null references posts on delete cascade,
    hash    integer not null,
    primary key (post_id, hash)
) strict, without rowid;

create table rival_comments (
    comment_id integer not null references comments,
    hash       integer not null,
    primary key (comment_id, hash)
) strict, without rowid;
";

/// What was learned from decisions, by the name of its score; it can be learned again, so it is no part of the log.
const LEARNED: &str = "
create table learned (name text primary key, model text not null) strict;
";

/// What decisions say of parents. `edges` is truth and only grows; `hung` follows from it (`edges`): for each comment with an
/// edge that holds the one that counts, and what the dump says (`given_…`), which `comments.parent_…` can't hold then.
const EDGES: &str = "
create table edges (
    decision_id integer primary key references decisions,
    origin      text not null,
    place       text not null,
    parent_key  text,
    confidence  real,
    grounds     text
) strict;

-- show, export, parent.confidence:, and every rebuild of a tree.
create table hung (
    comment_id    integer primary key references comments,
    decision_id   integer not null references decisions,
    counts        integer not null default 0,
    given_key     text,
    given_origin  text,
    given_refused integer not null
) strict;
";

/// Kinds of words and phrases, as counts, and the parts of `offtopic`. Rows of earlier detectors know nothing of them until
/// the next scan.
const KINDS: &str = "
alter table signals add column threat integer;
alter table signals add column sexual integer;
alter table signals add column profanity integer;
alter table signals add column insult integer;
alter table signals add column declared integer;
alter table signals add column unrelated integer;
alter table signals add column empty integer;
";

/// `hung` without what was refused, which is asked anew whenever a tree is built. Made over and not altered, since for some
/// time new files were given the table without that column.
const HUNG: &str = "
create table hung_anew (
    comment_id   integer primary key references comments,
    decision_id  integer not null references decisions,
    counts       integer not null default 0,
    given_key    text,
    given_origin text
) strict;
insert into hung_anew select comment_id, decision_id, counts, given_key, given_origin from hung;
drop table hung;
alter table hung_anew rename to hung;
";

/// Brings the file to today's tables. Refuses files of another program and of a newer quell.
pub fn migrate(connection: &mut Connection) -> Result<()> {
    let application: i32 = connection.query_row("pragma application_id", [], |row| row.get(0))?;
    let version: usize = connection.query_row("pragma user_version", [], |row| row.get(0))?;
    let tables: i64 = connection.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && tables > 0 {
        return Err(hint("this SQLite file is not a quell database", "name another file with --db"));
    }
    if version > MIGRATIONS.len() {
        return Err(hint(
            format!(
                "the database was written by a newer quell (layout {version}, this one knows {})",
                MIGRATIONS.len()
            ),
            "install the newer quell",
        ));
    }
    if version == MIGRATIONS.len() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    // Another process may have migrated while this one waited for the lock.
    let version: usize = transaction.query_row("pragma user_version", [], |row| row.get(0))?;
    for (step, sql) in MIGRATIONS.iter().enumerate().skip(version) {
        transaction.execute_batch(sql).with_context(|| format!("migration {} failed", step + 1))?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len())?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For some time new files were given `hung` as it is today, while older ones kept a further column.
    #[test]
    fn hung_comes_out_the_same_of_every_earlier_file() -> Result<()> {
        let before = MIGRATIONS.iter().position(|step| *step == HUNG).context("it is a step")?;
        for without in ["", "alter table hung drop column given_refused;"] {
            let mut connection = Connection::open_in_memory()?;
            MIGRATIONS[..before].iter().try_for_each(|step| connection.execute_batch(step))?;
            connection.execute_batch("pragma foreign_keys = off")?;
            let (column, value) = if without.is_empty() { (", given_refused", ", 0") } else { ("", "") };
            connection.execute_batch(&format!(
                "{without} insert into hung (comment_id, decision_id, counts, given_key{column}) values (1, 2, 1, 'k'{value})"
            ))?;
            connection.pragma_update(None, "application_id", APPLICATION_ID)?;
            connection.pragma_update(None, "user_version", before)?;
            migrate(&mut connection)?;
            let kept: (i64, i64, i64, String) = connection
                .query_row("select * from hung", [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
            assert_eq!(kept, (1, 2, 1, "k".to_owned()));
            connection.execute("insert into hung (comment_id, decision_id) values (3, 4)", [])?;
        }
        Ok(())
    }
}
