//! The command line: every clap type, and nothing that opens or reads. Each verb's help opens with examples.

mod decide;
mod look;
mod models;
mod rules;
mod thread;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use decide::{
    Agreement, Approve, AuthorVerb, Bulk, Deciding, Dump, Escalate, FlagVerb, LockVerb, Log, Merge, Moderator, Note,
    Queue, ReasonFile, ReasonsVerb, Remove, Restore, Review, Spam, Tag, UndoVerb, UnlockVerb,
};
pub use look::{
    Authors, CountBy, Counting, Fold, Help, HitField, HitFormat, Queries, QueryVerb, QueryWork, Search, SortBy,
};
pub use models::{Learn, ModelEval, ModelList, ModelShow, ModelTrain, ModelVerb, ModelWork, ScorerProgram};
pub use rules::{
    Backtest, RuleFile, RulesCheck, RulesConvert, RulesDiff, RulesFrom, RulesVerb, RulesWork, Scan, Stats, Waves,
};
pub use thread::{EdgeFormat, Lost, ThreadEval, ThreadFit, ThreadInfer, ThreadSet, ThreadVerb, ThreadWork};

/// The database that is used where nothing else is said: in the current folder.
pub const DEFAULT_DB: &str = "quell.db";

/// Moderate threaded comments, offline, over one SQLite file.
#[derive(Debug, Parser)]
#[command(name = "quell", version, propagate_version = true, disable_help_subcommand = true)]
#[command(before_help = "\
Examples:
  quell demo                          see it work on a bundled thread
  quell import wordpress.xml          import a dump, whatever its format
  quell show p1                       a post and its thread
  quell search 'author:ada rye'       find comments (quell help query)
  quell export -f json > threads.json")]
pub struct Cli {
    /// The database to work on; else $QUELL_DB, else quell.db
    #[arg(long, global = true, value_name = "FILE", env = "QUELL_DB", default_value = DEFAULT_DB)]
    #[arg(hide_env = true, hide_default_value = true)]
    pub db: PathBuf,

    /// Say nothing but results and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,

    /// When to use colour: auto, always, never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    pub color: When,

    /// Never start a pager
    #[arg(long, global = true)]
    pub no_pager: bool,

    /// What to do
    #[command(subcommand)]
    pub verb: Verb,
}

/// When to do something that depends on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Import a bundled thread into a new database and show it
    Demo(Demo),
    /// Import comment dumps: files, folders, archives, stdin
    Import(Import),
    /// List or show the records that could not be read
    Quarantine(Quarantine),
    /// List the posts: comments, authors, dates, sources
    Posts(Posts),
    /// Put flattened threads back together: infer, set, fit, eval
    Thread(ThreadVerb),
    /// Show a post and its thread, or one comment in it
    Show(Show),
    /// Find comments with the query language (see: quell help query)
    Search(Search),
    /// Count what a query finds, in all or by author, post, day…
    Count(Counting),
    /// The authors of what a query finds, and their habits
    Authors(Authors),
    /// Save, list, show and remove queries by name
    Query(QueryVerb),
    /// Show how quell sees through a disguised text, step by step
    Fold(Fold),
    /// Mark comments with a reason, for somebody to decide
    Flag(FlagVerb),
    /// What to look at next, and why
    Queue(Queue),
    /// Look at what waits, one key a decision
    Review(Review),
    /// Decide that comments are fine
    Approve(Approve),
    /// Take comments out
    Remove(Remove),
    /// Take comments out as spam
    Spam(Spam),
    /// Leave comments to somebody who may decide more
    Escalate(Escalate),
    /// Close posts to replies; unlock opens them again
    Lock(LockVerb),
    /// Open locked posts again
    #[command(hide = true)]
    Unlock(UnlockVerb),
    /// Write a remark on comments
    Note(Note),
    /// Put labels on comments and take them off
    Tag(Tag),
    /// Take back an operation, whatever it did
    Undo(UndoVerb),
    /// What was decided, by whom and why; or check the log
    Log(Log),
    /// List the reasons that flags and decisions can have
    Reasons(ReasonsVerb),
    /// Measure new comments, run all rules and flag what they find
    Scan(Scan),
    /// Check, measure, compare and convert rules
    Rules(RulesVerb),
    /// Bursts of comments that say nearly the same
    Waves(Waves),
    /// The database in numbers, and how each rule has done
    Stats(Stats),
    /// List, show, measure and fit models
    Model(ModelVerb),
    /// Learn from the decisions in this database
    Learn(Learn),
    /// An author: what they wrote and what was decided
    Author(AuthorVerb),
    /// Write the log of decisions as JSON lines
    Dump(Dump),
    /// Join a log that was dumped
    Restore(Restore),
    /// Join the log of another database
    Merge(Merge),
    /// How far moderators agree
    Agreement(Agreement),
    /// Write threads as JSON, JSON lines, CSV or Markdown
    Export(Export),
    /// Look after the database: info, check, compact
    Db(Db),
    /// Print a completion script for a shell
    Completions(Completions),
    /// Print the manual page
    Man,
    /// Explain a verb, or the query language: quell help query
    Help(Help),
}

/// `quell demo`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell demo                          import the bundled thread and show it
  quell --db /tmp/try.db demo         the same, into another file")]
pub struct Demo {}

/// `quell import`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell import wordpress.xml                        the format is found from the content
  quell import RC_2019-06.zst --source reddit       say the system, where you know it
  zcat disqus.xml.gz | quell import -               from standard input
  quell import backups/ extra.csv                   folders and several files in one call
  quell import talk.csv --map id=nr,body=text,author=who,parent=re,date=when
  quell import big.xml -n                           what would be imported, without doing it")]
pub struct Import {
    /// Files and folders; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// The format or system, where the content does not decide (see --detect)
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,

    /// Name the site or forum, so that dumps of one source meet
    #[arg(long, value_name = "NAME")]
    pub scope: Option<String>,

    /// Fields of quell and columns of the dump, for CSV and JSON lines: id=…,parent=…,author=…,body=…,post=…,date=…
    #[arg(long, value_name = "FIELD=COLUMN,…", value_delimiter = ',', value_parser = field_and_column)]
    pub map: Vec<(String, String)>,

    /// The zone of times that have none, such as Europe/Berlin; without it they are kept as local
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    pub assume_tz: Option<jiff::tz::TimeZone>,

    /// A strftime pattern for the times of CSV and JSON lines, such as "%d.%m.%Y %H:%M"
    #[arg(long, value_name = "PATTERN")]
    pub time_format: Option<String>,

    /// Keep e-mail and IP addresses instead of hashing them
    #[arg(long)]
    pub keep_pii: bool,

    /// Stop at the first record that can't be read, and leave nothing behind
    #[arg(long)]
    pub strict: bool,

    /// Read and count, but import nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,

    /// Stop when more records than this could not be read
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub max_errors: u64,

    /// The largest zstd window to accept, as a power of two of bytes; 31 takes up to 2 GiB of memory
    #[arg(long, value_name = "LOG", default_value_t = 31, value_parser = clap::value_parser!(u32).range(10..=31))]
    pub max_window: u32,

    /// Print what each format makes of the files, and import nothing
    #[arg(long)]
    pub detect: bool,

    /// How to print the summary
    #[arg(short = 'f', long, value_name = "FORMAT", default_value = "text")]
    pub format: SummaryFormat,
}

/// How a summary is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SummaryFormat {
    /// Lines for people
    Text,
    /// One JSON object
    Json,
}

/// `quell quarantine`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell quarantine                    what could not be read, where and why
  quell quarantine 3                  one record, with its bytes
  quell quarantine 3 --raw > bad.xml  the bytes as they came")]
pub struct Quarantine {
    /// The number of one record, to show it whole
    #[arg(value_name = "NUMBER")]
    pub number: Option<i64>,

    /// Write the record's bytes, unescaped, and nothing else
    #[arg(long, requires = "number")]
    pub raw: bool,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// How lists are printed.
#[derive(Debug, Clone, Args)]
pub struct List {
    /// How to print: a table on a terminal, tab-separated rows in a pipe
    #[arg(short = 'f', long = "format", value_name = "FORMAT")]
    pub format: Option<ListFormat>,
}

/// The shapes of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A table, cut to the width of the terminal
    Table,
    /// Tab-separated rows with a header, nothing cut
    Tsv,
    /// Comma-separated rows with a header (RFC 4180)
    Csv,
    /// One JSON array of objects
    Json,
    /// One JSON object a line
    Jsonl,
    /// The ids alone, one a line
    Ids,
}

/// `quell posts`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell posts                         every post with its counts
  quell posts -f ids                  the numbers alone, for a pipe
  quell posts -f json | jq '.[] | select(.comments > 100)'")]
pub struct Posts {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// `quell show`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell show p12                      a post and its thread
  quell show c33                      a comment in its thread: what it answers, and what answers it
  quell show c33 --why                why it stands there; its flags and scores, and the words that made them
  quell show t3_abc                   a post by the source's own id
  quell show p12 -f json              the same as JSON")]
pub struct Show {
    /// p12, c33, or an id of the source; `-` reads ids from standard input, one a line
    #[arg(value_name = "ID")]
    pub id: String,

    /// Show the whole text of the post, not its beginning
    #[arg(long)]
    pub whole: bool,

    /// Say of a comment why it stands where it does, why it was flagged, and what the detectors make of it
    #[arg(long)]
    pub why: bool,

    /// How to print
    #[arg(short = 'f', long = "format", value_name = "FORMAT", default_value = "tree")]
    pub format: ShowFormat,
}

/// The shapes of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ShowFormat {
    /// A tree for reading
    Tree,
    /// Nested JSON
    Json,
    /// One comment a line
    Jsonl,
    /// One comment a row
    Csv,
    /// Markdown
    Md,
}

/// `quell export`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell export -f json > threads.json      every thread, nested
  quell export p1 p7 -f md -o talk.md      two threads as Markdown
  quell export -f json --removed full      with the text of removed comments
  quell export --schema                    the JSON Schema of -f json")]
pub struct Export {
    /// The posts to export; without any, all
    #[arg(value_name = "POST")]
    pub posts: Vec<String>,

    /// The form to write
    #[arg(short = 'f', long = "format", value_name = "FORMAT", default_value = "json")]
    pub format: ExportFormat,

    /// Write to this file instead of standard output
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// What is left of comments that were removed, deleted or marked as spam
    #[arg(long, value_name = "HOW", default_value = "tombstone")]
    pub removed: Removed,

    /// With json and jsonl: also what detectors and scorers said of each comment, as scanned
    #[arg(long)]
    pub signals: bool,

    /// Print the JSON Schema of the json form and stop
    #[arg(long)]
    pub schema: bool,
}

/// The forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// One document, replies nested in what they answer
    Json,
    /// One post or comment a line
    Jsonl,
    /// One comment a row
    Csv,
    /// Markdown, for reading
    Md,
}

/// What is left of removed comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Removed {
    /// Their place, without text and author
    Tombstone,
    /// Nothing, unless replies hang on them
    Omit,
    /// Everything
    Full,
}

/// `quell db`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell db info                       what is in the file
  quell db check                      look for damage
  quell db compact                    rebuild the text index and give back space")]
pub struct Db {
    /// What to do
    #[command(subcommand)]
    pub work: DbWork,
}

/// The work on the database.
#[derive(Debug, Subcommand)]
pub enum DbWork {
    /// Count what is in it
    Info(List),
    /// Look for damage; exit code 2 if there is any
    Check,
    /// Rebuild the text index and give back space
    Compact,
}

/// `quell completions`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell completions bash > ~/.local/share/bash-completion/completions/quell
  quell completions zsh > ~/.zfunc/_quell")]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}

fn field_and_column(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, column)) if !field.is_empty() && !column.is_empty() => {
            Ok((field.trim().to_owned(), column.trim().to_owned()))
        }
        _ => Err("want FIELD=COLUMN, such as body=text".to_owned()),
    }
}

fn zone(name: &str) -> Result<jiff::tz::TimeZone, String> {
    if name.eq_ignore_ascii_case("utc") || name == "Z" {
        return Ok(jiff::tz::TimeZone::UTC);
    }
    let offset = jiff::fmt::strtime::parse("%:z", name).or_else(|_| jiff::fmt::strtime::parse("%z", name));
    if let Some(offset) = offset.ok().and_then(|parsed| parsed.offset()) {
        return Ok(jiff::tz::TimeZone::fixed(offset));
    }
    jiff::tz::TimeZone::get(name).map_err(|_| "no such zone; want a name such as Europe/Berlin, or +02:00".to_owned())
}
