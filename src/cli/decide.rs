//! The verbs that decide: flag, approve, remove, spam, escalate, lock, note, tag, undo, log and their kin.

use std::path::PathBuf;

use clap::Args;

use super::{List, Queries};

/// Who acts.
#[derive(Debug, Clone, Args)]
pub struct Moderator {
    /// Act as this moderator; without it, your user name
    #[arg(long = "as", value_name = "NAME", env = "QUELL_MODERATOR")]
    pub name: Option<String>,
}

/// Where reasons come from.
#[derive(Debug, Clone, Args)]
pub struct ReasonFile {
    /// A TOML file of reasons; without it quell.reasons.toml beside the database
    #[arg(long = "reasons", value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// What every change of many comments takes.
#[derive(Debug, Clone, Args)]
pub struct Bulk {
    /// Don't ask before more than one comment changes
    #[arg(short, long)]
    pub yes: bool,

    /// Show what would happen, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub moderator: Moderator,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub queries: Queries,
}

/// What every decision on comments takes.
#[derive(Debug, Clone, Args)]
pub struct Deciding {
    /// Comments: ids (c18, p12 for all of a post, the source's own), a query, or - for ids on standard input
    #[arg(required = true, value_name = "SELECTION")]
    pub selection: Vec<String>,

    /// Why: a policy id such as off-topic; the first of several counts (see: quell reasons)
    #[arg(short, long = "reason", value_name = "REASON", value_delimiter = ',')]
    pub reasons: Vec<String>,

    /// A remark that stays with the decision
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,

    /// Everything below these comments too, but for what a person has decided
    #[arg(long)]
    pub subtree: bool,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub file: ReasonFile,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub bulk: Bulk,
}

/// `quell approve`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell approve c18                   it is fine
  quell approve 'flag:off-topic by:ada' --yes")]
pub struct Approve {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub deciding: Deciding,
}

/// `quell remove`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell remove c18 --reason abuse.incivility
  quell remove 'flag:spam.* copies:>5' -n       what would happen
  quell remove --subtree c1041 --yes            with everything below it
  quell search 'author:x' -f ids | quell remove - --yes")]
pub struct Remove {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub deciding: Deciding,
}

/// `quell spam`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell spam c18 c31 --yes
  quell spam 'has:link author.comments:<3' -n")]
pub struct Spam {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub deciding: Deciding,
}

/// `quell escalate`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell escalate c18 --note \"may need a lawyer\"")]
pub struct Escalate {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub deciding: Deciding,
}

/// `quell flag`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell flag 'c18 c31' --reason off-topic --note \"link dump\" --yes
  quell flag '/^OT\\b/' --reason off-topic -n    what would be flagged")]
pub struct FlagVerb {
    /// Comments: ids (c18, p12 for all of a post, the source's own), a query, or - for ids on standard input
    #[arg(required = true, value_name = "SELECTION")]
    pub selection: Vec<String>,

    /// Why: a policy id such as off-topic (see: quell reasons)
    #[arg(short, long, value_name = "REASON")]
    pub reason: String,

    /// A remark that stays with the flag
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub file: ReasonFile,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub bulk: Bulk,
}

/// `quell lock`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell lock p12 --note \"cooling off until Monday\"")]
pub struct LockVerb {
    /// Posts: p12, or the source's own id
    #[arg(required = true, value_name = "POST")]
    pub posts: Vec<String>,

    /// A remark that stays with the decision
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,

    /// Show what would happen, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub moderator: Moderator,
}

/// `quell unlock`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell unlock p12")]
pub struct UnlockVerb {
    /// Posts: p12, or the source's own id
    #[arg(required = true, value_name = "POST")]
    pub posts: Vec<String>,

    /// A remark that stays with the decision
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,

    /// Show what would happen, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub moderator: Moderator,
}

/// `quell note`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell note c18 \"third time this week\"
  quell note 'author:x' \"see the thread of May\" --yes")]
pub struct Note {
    /// Comments: ids or a query in one word, or - for ids on standard input
    #[arg(value_name = "SELECTION")]
    pub selection: String,

    /// The remark
    #[arg(value_name = "TEXT")]
    pub text: String,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub bulk: Bulk,
}

/// `quell tag`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell tag +watch -- author:x        put a label on
  quell tag +seen -new -- c18 c31     put one on and take one off")]
pub struct Tag {
    /// +NAME puts a label on, -NAME takes it off; after --, the comments: ids or a query, or - for ids on standard input
    #[arg(required = true, value_name = "+TAG|-TAG… -- SELECTION", allow_hyphen_values = true)]
    pub words: Vec<String>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub bulk: Bulk,
}

/// `quell undo`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell undo                          your last operation
  quell undo 12                       operation 12 (see: quell log); undoing an undo does it again
  quell undo --rule spam.casino --since 7d -n")]
pub struct UndoVerb {
    /// The number of the operation; without it, your last one that still holds
    #[arg(value_name = "OPERATION", conflicts_with_all = ["rule", "any"])]
    pub operation: Option<i64>,

    /// The last operation of anybody
    #[arg(long)]
    pub any: bool,

    /// Everything that this rule did
    #[arg(long, value_name = "RULE", conflicts_with = "any")]
    pub rule: Option<String>,

    /// With --rule: not before this day or so long ago, such as 2026-05-01 or 7d
    #[arg(long, value_name = "WHEN", requires = "rule")]
    pub since: Option<String>,

    /// Show what would happen, and do nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub moderator: Moderator,
}

/// `quell log`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell log                           operations, newest first
  quell log 12                        the decisions of operation 12
  quell log c18                       what was decided about a comment
  quell log 'author:x'                and about all that a query finds
  quell log --by alice --since 2w
  quell log verify                    whether the log is as it was written")]
pub struct Log {
    /// Nothing, the number of an operation, comments (ids or a query), or verify
    #[arg(value_name = "WHAT")]
    pub what: Vec<String>,

    /// Only what this person or rule did
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,

    /// Not before this day or so long ago, such as 2026-05-01 or 2w
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,

    /// Give at most so many operations
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub queries: Queries,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// `quell queue`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell queue                         what to look at next
  quell queue --why c18               every part of its priority
  quell queue --claimed               with what other moderators are looking at
  quell queue --mix                   what to decide so that quell learn learns most from it
  quell queue -f ids | head -50 | quell approve - --yes")]
pub struct Queue {
    /// Show how the priority of one comment comes about
    #[arg(long, value_name = "ID")]
    pub why: Option<String>,

    /// List what other moderators are looking at, too
    #[arg(long)]
    pub claimed: bool,

    /// Give at most so many; 0 for all
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,

    /// Of all that nobody has decided: 60 % riskiest, 30 % least certain, 10 % at random
    #[arg(long)]
    pub mix: bool,

    /// Draw the random ones anew
    #[arg(long, value_name = "N", default_value_t = 1, requires = "mix")]
    pub seed: u64,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub file: ReasonFile,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub moderator: Moderator,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// `quell review`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell review                        look at what waits, one key a decision (? shows the keys)
  quell review 'flag:spam.* post:p12' only what a query finds
  quell review --blind --sample 5%    judge again, unseen, what others decided (see: quell agreement)
  quell review --json                 for scripts and screen readers: an item out, a decision in, a line each")]
#[command(after_help = "\
With --json, each line of standard output is an object with a type: item (the comment to decide: id, text, post,
ancestors, replies, why with spans in bytes, author, copies, notes), done, error, or end (nothing waits). Each line of
standard input is an object with an action:
  {\"action\":\"remove\",\"reasons\":[\"abuse.incivility\"],\"note\":\"third time\"}   or approve, spam, escalate
  {\"action\":\"skip\"}  {\"action\":\"undo\"}  {\"action\":\"note\",\"note\":\"…\"}  {\"action\":\"search\",\"query\":\"…\"}  {\"action\":\"quit\"}
\"id\" says which comment is meant, and is an error if another one is due, unless it stands in the item's thread;
\"subtree\":true takes everything below too, \"copies\":true all that say the same, \"dry_run\":true only tells what would
change. Errors change nothing, and the item stays.")]
pub struct Review {
    /// Only what this query finds
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,

    /// A line of JSON for each item, and one for each decision
    #[arg(long)]
    pub json: bool,

    /// Judge again what others decided, without seeing what they decided
    #[arg(long, conflicts_with = "query")]
    pub blind: bool,

    /// With --blind: how many, such as 200, or which share, such as 5%
    #[arg(long, value_name = "N|N%", default_value = "5%", requires = "blind")]
    pub sample: String,

    /// With --blind: draw another sample
    #[arg(long, value_name = "N", default_value_t = 1, requires = "blind")]
    pub seed: u64,

    /// A TOML file of keys; without it quell.keys.toml beside the database
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub file: ReasonFile,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub moderator: Moderator,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub queries: Queries,
}

/// `quell reasons`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell reasons                       every reason with its severity and usual action
  quell reasons --reasons site.toml   with those of a file")]
pub struct ReasonsVerb {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub file: ReasonFile,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// `quell author`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell author 'Doug M.'              comments a month, decisions by reason, strikes, whom they answer, notes
  quell author x --window 30d         strikes of the last 30 days")]
pub struct AuthorVerb {
    /// The name as printed, or the source's key of the account
    #[arg(value_name = "NAME")]
    pub name: String,

    /// How far back strikes count: a day or so long ago
    #[arg(long, value_name = "WHEN", default_value = "90d")]
    pub window: String,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// `quell dump`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell dump > decisions.jsonl        the log, without the texts of comments")]
pub struct Dump {}

/// `quell restore`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell restore decisions.jsonl       join a log; what is here already is passed over
  quell restore decisions.jsonl -n    what it would bring")]
pub struct Restore {
    /// A file made by quell dump; - is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Count, and join nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `quell merge`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell merge bob.db                  join the decisions of another database
  quell merge bob.db -n               what it would bring")]
pub struct Merge {
    /// The other database; it stays as it is
    #[arg(value_name = "DATABASE")]
    pub other: PathBuf,

    /// Count, and join nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `quell agreement`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell agreement                     over actions, and for each reason
  quell agreement -f json")]
pub struct Agreement {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}
