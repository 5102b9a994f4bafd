//! The verbs of rules: scan and rules.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{List, Queries, ReasonFile, ScorerProgram};

/// Which rules, and where their names lead.
#[derive(Debug, Clone, Args)]
pub struct RuleFile {
    /// The rule file; without it quell-rules.toml in the current folder, else the rules that come with quell
    #[arg(long = "rules", value_name = "FILE")]
    pub rules: Option<PathBuf>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub reasons: ReasonFile,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub queries: Queries,
}

/// `quell scan`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell scan                           measure what is new or changed, and ask all rules about it
  quell scan -n                        how much each rule would find, without marking anything
  quell scan --all                     everything again, not only what is new
  quell scan --rules casino.toml       with the rules of this file
  quell scan --model my.model          with a model of one's own; then: quell search 'scorer.my:>0.8'
  quell scan --scorer './detoxify.py'  with another program; then: quell search 'scorer.detoxify.toxicity:>0.8'
  quell undo --rule spam.offers        take back what a rule did

A scorer is any program that reads lines {\"id\":\"c12\",\"text\":\"…\"} and answers each, in any order, with a line
{\"id\":\"c12\",\"scores\":{\"toxicity\":0.93}}, without waiting for the end of its input; {} for no opinion. A line
{\"version\":\"1.2\"} before the first answer names its version: scores of another one are thrown away.")]
pub struct Scan {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub file: RuleFile,

    /// Let rules whose status is enforce decide; without it they only flag
    #[arg(short, long)]
    pub yes: bool,

    /// Mark nothing, only say what each rule would mark; what the detectors find is kept
    #[arg(short = 'n', long)]
    pub dry_run: bool,

    /// Measure every comment and ask every rule again, not only about what is new or changed
    #[arg(long)]
    pub all: bool,

    /// Score comments with a model of one's own too, made by quell model train (ask for scorer.NAME:>0.5)
    #[arg(long, value_name = "FILE")]
    pub model: Vec<PathBuf>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub scorer: ScorerProgram,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// `quell rules`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell rules default > quell-rules.toml         begin with the rules that come with quell
  quell rules check quell-rules.toml             keys, reasons, queries, tests: line, column, what to do
  quell rules backtest spam.offers --since 1y    how a rule agrees with what people decided
  quell rules diff old.toml new.toml             what a change of the file gains and loses
  quell rules convert automoderator config.yaml > rules.toml")]
pub struct RulesVerb {
    /// What to do
    #[command(subcommand)]
    pub work: RulesWork,
}

/// The work on rules.
#[derive(Debug, Subcommand)]
pub enum RulesWork {
    /// Check a rule file, with its tests
    #[command(visible_alias = "test")]
    Check(RulesCheck),
    /// Measure rules against what people decided
    Backtest(Backtest),
    /// Compare what two rule files find
    Diff(RulesDiff),
    /// Make a rule file of another system's rules
    Convert(RulesConvert),
    /// Print the rules that come with quell
    Default,
}

/// `quell rules check`
#[derive(Debug, Args)]
pub struct RulesCheck {
    /// The rule file; without it as for scan
    #[arg(id = "rule_file", value_name = "FILE")]
    pub file: Option<PathBuf>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub reasons: ReasonFile,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub queries: Queries,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// `quell rules backtest`
#[derive(Debug, Args)]
pub struct Backtest {
    /// The rules to measure; without any, all that are not retired
    #[arg(value_name = "RULE")]
    pub ids: Vec<String>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub file: RuleFile,

    /// Only comments from this day or so long ago on, such as 2026-05-01 or 1y
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,

    /// Print so many hits of each rule as samples, spread over authors and time
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "20")]
    pub samples: Option<usize>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// `quell rules diff`
#[derive(Debug, Args)]
pub struct RulesDiff {
    /// The rule file as it was
    #[arg(value_name = "OLD")]
    pub old: PathBuf,

    /// The rule file as it is to be
    #[arg(value_name = "NEW")]
    pub new: PathBuf,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub reasons: ReasonFile,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub queries: Queries,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// `quell rules convert`
#[derive(Debug, Args)]
pub struct RulesConvert {
    /// The system
    #[arg(value_name = "SYSTEM")]
    pub from: RulesFrom,

    /// Its rules; - is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// The reason that the rules get
    #[arg(long, value_name = "REASON", default_value = "site-rule")]
    pub reason: String,

    /// Find keys and words within words too, where the other system does so
    #[arg(long)]
    pub exact: bool,
}

/// The systems whose rules can be converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RulesFrom {
    /// Reddit's AutoModerator, YAML
    Automoderator,
    /// WordPress's moderation or disallowed keys, one a line
    WordpressKeys,
    /// Disqus's restricted words, one a line
    DisqusWords,
    /// Discourse's watched words, one a line
    DiscourseWords,
}

/// `quell waves`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell waves                          bursts of five or more comments that say nearly the same
  quell waves --size 20 --gap 1h       twenty or more, each within an hour of the one before
  quell waves -f json | jq '.[0].ids'")]
pub struct Waves {
    /// At least so many copies
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub size: usize,

    /// Each within so long of the one before
    #[arg(long, value_name = "TIME", default_value = "1d", value_parser = span)]
    pub gap: i64,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// `quell stats`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell stats                          comments, flags and decisions, counted
  quell stats --rules                  hits of each rule, how often people agreed, and its rate so far
  quell stats -f json | jq '.[] | select(.what == \"status\")'")]
pub struct Stats {
    /// How each rule has done in the scans so far
    #[arg(long)]
    pub rules: bool,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// A length of time in milliseconds.
fn span(text: &str) -> Result<i64, String> {
    let span = crate::query::Span::read(text).ok_or("want a length of time such as 1h, 1d or 2w")?;
    Ok(span.millis())
}
