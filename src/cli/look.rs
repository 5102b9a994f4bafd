//! The verbs that look: search, count, authors, query, fold, help.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::List;

/// Where names in queries lead.
#[derive(Debug, Clone, Args)]
pub struct Queries {
    /// A TOML file of saved queries beside those in the database; without it quell-queries.toml in the current folder
    #[arg(long, value_name = "FILE")]
    pub queries: Option<PathBuf>,
}

/// `quell search`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell search 'author:\"Doug M.\" azerbaijan'
  quell search '\"war of attrition\" date:2016-04..2016-05 -status:removed' --sort oldest
  quell search 'under:c1041 depth:>3' --context 2        hits with what they answer and what answers them
  quell search 'parent:{author:/^anon/i} has:link' --explain
  quell search 'abuse:>0.9 is:reply' --sort abuse       once quell scan has seen them
  quell search 'has:link' -f ids | quell count - --by author    ids compose with every verb
  quell search '/\\bOT\\b/' -f jsonl --fields id,author,text")]
pub struct Search {
    /// The query; several words are joined by spaces; `-` reads ids from standard input, one a line
    #[arg(required = true, value_name = "QUERY")]
    pub query: Vec<String>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub queries: Queries,

    /// The order of what is found
    #[arg(long, value_name = "ORDER", default_value = "newest")]
    pub sort: SortBy,

    /// Give at most so many; 0 for all. On a terminal 50, in a pipe all
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,

    /// Pass over so many first
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub offset: usize,

    /// Show each hit in its thread: so many comments above it and answers below it
    #[arg(long, value_name = "N")]
    pub context: Option<u32>,

    /// The fields to print, with commas
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',')]
    pub fields: Vec<HitField>,

    /// How to print
    #[arg(short = 'f', long = "format", value_name = "FORMAT")]
    pub format: Option<HitFormat>,

    /// Print how the query was read, its plan, and how many candidates that left
    #[arg(long)]
    pub explain: bool,

    /// Print the SQL that proposes the candidates, and stop
    #[arg(long)]
    pub sql: bool,
}

/// The order of what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SortBy {
    /// Latest first
    Newest,
    /// Earliest first
    Oldest,
    /// Best fit of the words first
    Relevance,
    /// Most points first
    Score,
    /// Longest first
    Length,
    /// Most likely abusive first (as scanned)
    Abuse,
    /// Most likely an attack on a group first
    Identity,
    /// Most likely spam first
    Spam,
    /// Furthest from its thread first
    Offtopic,
    /// Most often copied first
    Copies,
    /// Most likely to be taken out first, as was learned
    Learned,
}

/// The shapes of what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HitFormat {
    /// For reading: each hit with the sentence that matched
    Table,
    /// In their threads (as with --context)
    Tree,
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
    /// The ids alone, each ended by a NUL, for xargs -0
    Ids0,
}

/// What can be printed of a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum HitField {
    Id,
    Created,
    Author,
    Post,
    Title,
    Parent,
    Depth,
    Kind,
    Status,
    Score,
    Source,
    Key,
    Matched,
    Text,
}

/// `quell count`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell count '*'                          how many comments there are
  quell count '*' --by author --top 20     who writes most
  quell count 'has:link' --by month        links by month
  quell count 'status:removed' --by post -f csv")]
pub struct Counting {
    /// The query; several words are joined by spaces; `-` reads ids from standard input, one a line
    #[arg(required = true, value_name = "QUERY")]
    pub query: Vec<String>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub queries: Queries,

    /// Count by this
    #[arg(long, value_name = "WHAT")]
    pub by: Option<CountBy>,

    /// Give only so many of the largest groups
    #[arg(long, value_name = "N", requires = "by")]
    pub top: Option<usize>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// What matches are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum CountBy {
    Author,
    Post,
    Source,
    Status,
    Kind,
    Day,
    Month,
    Year,
}

/// `quell authors`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell authors '*' --top 20               who writes most, and how
  quell authors 'thread:{post:p12}'        who takes part in a thread
  quell authors 'status:removed'           whose comments were removed")]
pub struct Authors {
    /// The query; several words are joined by spaces; `-` reads ids from standard input, one a line
    #[arg(required = true, value_name = "QUERY")]
    pub query: Vec<String>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub queries: Queries,

    /// Give only so many
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// `quell query`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell query save trolls 'author:list(trolls.txt) is:reply'
  quell search 'query:trolls after:7d'     a saved query is a part of any other
  quell query list
  quell query save drops 'links:2.. is:reply' --file quell-queries.toml   into a file that can be committed")]
pub struct QueryVerb {
    /// What to do
    #[command(subcommand)]
    pub work: QueryWork,
}

/// The work on saved queries.
#[derive(Debug, Subcommand)]
pub enum QueryWork {
    /// Save a query under a name; it replaces one of that name
    Save {
        /// The name
        name: String,
        /// The query; several words are joined by spaces
        #[arg(required = true)]
        query: Vec<String>,
        /// Save it into this TOML file instead of the database
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// List the saved queries
    #[command(name = "list")]
    Saved {
        #[command(flatten)]
        #[allow(missing_docs)]
        queries: Queries,
        #[command(flatten)]
        #[allow(missing_docs)]
        list: List,
    },
    /// Remove a saved query from the database
    Remove {
        /// The name
        name: String,
    },
}

/// `quell fold`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell fold 'fr33 m0n3y'
  quell fold 'b.u.y  n o w'")]
pub struct Fold {
    /// The text; several words are joined by spaces
    #[arg(required = true, value_name = "TEXT")]
    pub text: Vec<String>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// `quell help`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell help                               the verbs
  quell help query                         the query language on a page
  quell help import                        one verb")]
pub struct Help {
    /// A verb, or: query
    #[arg(value_name = "TOPIC")]
    pub topic: Option<String>,
}
