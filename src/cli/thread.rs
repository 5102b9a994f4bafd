//! The verb that puts flattened threads back together: thread infer, set, fit, eval.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{List, Moderator};

/// `quell thread`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell thread infer p1 -n                    the tree that the words suggest: how sure, why, what else
  quell thread infer p1 --min-confidence 0.8  put it in place, as one operation
  quell thread set c33 --parent c17           you know better; kept, and learned from
  quell thread fit --profile mine             learn the habits of this database's own threads
  quell thread eval threads.jsonl             how well it does on threads whose parents are known")]
pub struct ThreadVerb {
    /// What to do
    #[command(subcommand)]
    pub work: ThreadWork,
}

/// The work on threads.
#[derive(Debug, Subcommand)]
pub enum ThreadWork {
    /// Work out what comments answer, where the dump does not say
    Infer(ThreadInfer),
    /// Say what a comment answers
    Set(ThreadSet),
    /// Learn weights from threads whose parents are known
    Fit(ThreadFit),
    /// Measure on threads whose parents are known
    Eval(ThreadEval),
}

/// `quell thread infer`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell thread infer p1 -n                    show what would be done
  quell thread infer p1 -n -f jsonl           the same for a program
  quell thread infer p1 p2 --profile forum    with other weights than the format's own
  quell thread infer all --min-confidence 0.9")]
pub struct ThreadInfer {
    /// The posts, or: all
    #[arg(required = true, value_name = "POST")]
    pub posts: Vec<String>,

    /// Leave a comment where it is unless one candidate is at least so sure, from 0 to 1; its candidates are kept
    #[arg(long, value_name = "P", default_value_t = 0.6, value_parser = share)]
    pub min_confidence: f64,

    /// The weights: blog, forum, email, chat, wiki, universal, one that `thread fit` made, or its file; without it by
    /// the format that the post came in
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,

    /// Show what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub moderator: Moderator,

    /// How to print the edges: with -n a tree on a terminal and tab-separated rows in a pipe; else not at all
    #[arg(short = 'f', long = "format", value_name = "FORMAT")]
    pub format: Option<EdgeFormat>,
}

/// The shapes of a list of edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EdgeFormat {
    /// For reading: each comment in its proposed place
    Tree,
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

/// `quell thread set`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell thread set c33 --parent c17           c33 answers c17
  quell thread set c33 c34 --parent root      they answer the post itself")]
pub struct ThreadSet {
    /// The comments
    #[arg(required = true, value_name = "COMMENT")]
    pub comments: Vec<String>,

    /// What they answer: a comment, or root for the post
    #[arg(long, value_name = "COMMENT")]
    pub parent: String,

    /// A remark that stays with it
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,

    /// Show what would happen, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub moderator: Moderator,
}

/// `quell thread fit`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell thread fit --profile mine                     from every thread of the database with known parents
  quell thread fit --profile mine -o mine.json        into a file, for another database
  quell thread fit --profile mine --from threads.jsonl.gz
  quell thread infer p1 --profile mine")]
pub struct ThreadFit {
    /// What to call it
    #[arg(long, value_name = "NAME")]
    pub profile: String,

    /// The weights to start from, and to stay near where there is little to learn from
    #[arg(long, value_name = "NAME", default_value = "universal")]
    pub base: String,

    /// Labelled threads instead of the database (see: quell thread eval --help)
    #[arg(long, value_name = "FILE")]
    pub from: Vec<PathBuf>,

    /// Leave out two fifths of the threads, to measure on with: quell thread eval --held-out
    #[arg(long)]
    pub hold_out: bool,

    /// Decides which names the degraded copies lose, and how threads are folded
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Write to this file instead of into the database
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `quell thread eval`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell thread eval threads.jsonl                     all profiles that come with quell, beside simple rules
  quell thread eval threads.jsonl.gz --profile forum --profile mine.json
  quell thread eval threads.jsonl --without names     what it costs when a dump has lost its authors

One thread a line: {\"id\": …, \"title\"?: …, \"op_is_post\": true, \"posts\": [{\"n\": 1, \"author\": …, \"text\": …,
\"parent\": null, \"ts\": seconds}, …]}; parent is the n of the answered post. With op_is_post the first post is the
topic itself; else all answer an article that is not there.")]
pub struct ThreadEval {
    /// Labelled threads, one JSON object a line, plain or gzip; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// The weights to measure; without it all that come with quell
    #[arg(long, value_name = "NAME")]
    pub profile: Vec<String>,

    /// Only the threads that `thread fit --hold-out` leaves out
    #[arg(long)]
    pub held_out: bool,

    /// Measure on copies that have lost this
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub without: Vec<Lost>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// What a dump may have lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lost {
    /// The authors' names
    Names,
    /// The marks of quotations
    Quotes,
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "want a number from 0 to 1")?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("want a number from 0 to 1".to_owned()) }
}
