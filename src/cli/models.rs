//! The verbs of models: model and learn.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{List, SummaryFormat};

/// `quell model`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell model list                                 the signals of quell and the models of this database
  quell model show abuse                           what a model was fitted on, how, and from where on it flags
  quell model eval labelled.jsonl                  how well the abuse head does on labelled comments
  quell model eval labelled.jsonl --model my.model
  quell model eval labelled.jsonl --scorer './detoxify.py' --score toxicity
  quell model train labelled.jsonl -o my.model     a model of one's own; use it: quell scan --model my.model

Labelled comments are JSON lines with text and y: 1 for what the model is to find, 0 for the rest.")]
pub struct ModelVerb {
    /// What to do
    #[command(subcommand)]
    pub work: ModelWork,
}

/// The work on models.
#[derive(Debug, Subcommand)]
pub enum ModelWork {
    /// List the signals and models, with their versions
    List(ModelList),
    /// Show what a model says of itself
    Show(ModelShow),
    /// Measure a head, a model or another program on labelled comments
    Eval(ModelEval),
    /// Fit a model on labelled comments
    Train(ModelTrain),
}

/// `quell model list`
#[derive(Debug, Args)]
pub struct ModelList {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// `quell model show`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell model show abuse
  quell model show my.model -f json")]
pub struct ModelShow {
    /// A head of quell (abuse, identity, spam) or a model file
    #[arg(value_name = "NAME")]
    pub name: String,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub list: List,
}

/// `quell model eval`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell model eval labelled.jsonl                  the abuse head
  quell model eval labelled.jsonl --head spam -f json
  quell model eval labelled.jsonl --model my.model
  quell model eval threads.jsonl --head offtopic   JSON lines with thread, post, text, pn and y
  quell model eval labelled.jsonl --scorer 'python3 peer.py' --score toxicity --threshold 0.5
  quell model eval DATA --recipe abuse             each set of the recipe, by models that saw four fifths of it

Prints precision and recall at thresholds, calibration, what each of sixteen disguises costs, false flags on harmless
mentions of groups and by the rows' own case, and abstention by language; of several files also each by itself. Files may
be compressed.")]
pub struct ModelEval {
    /// Labelled comments: JSON lines with text and y; case and lang, where rows have them, are told apart
    #[arg(required = true, value_name = "LABELLED")]
    pub files: Vec<PathBuf>,

    /// The head of quell to measure: abuse, identity, spam or offtopic
    #[arg(long, value_name = "NAME", default_value = "abuse")]
    pub head: String,

    /// A model file to measure instead
    #[arg(long, value_name = "FILE", conflicts_with = "head")]
    pub model: Option<PathBuf>,

    /// Cross-validate a recipe on its own sets instead: abuse, identity or spam; takes minutes
    #[arg(long, value_name = "NAME", conflicts_with_all = ["head", "model", "command", "threshold"])]
    pub recipe: Option<String>,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub scorer: ScorerProgram,

    /// Which of the program's scores to measure; without it the first
    #[arg(long, value_name = "NAME", requires = "command")]
    pub score: Option<String>,

    /// From which probability on to flag; without it the model's own, and 0.5 for other programs
    #[arg(long, value_name = "P")]
    pub threshold: Option<f64>,

    /// Disguise at most so many abusive and so many harmless comments for each attack; 0 for no attacks
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub attacks: usize,

    /// How to print
    #[arg(short = 'f', long, value_name = "FORMAT", default_value = "text")]
    pub format: SummaryFormat,
}

/// Another program that scores comments.
#[derive(Debug, Clone, Args)]
pub struct ScorerProgram {
    /// A program that reads comments as JSON lines and writes scores as JSON lines (see: quell help scan)
    #[arg(id = "command", long = "scorer", value_name = "COMMAND")]
    pub command: Option<String>,

    /// The name of its scores, as in scorer.NAME:>0.5; without it that of the program
    #[arg(long = "scorer-name", value_name = "NAME")]
    pub scorer_name: Option<String>,

    /// Start the program again when it gives no answer for so many seconds
    #[arg(long = "scorer-timeout", value_name = "SECONDS", default_value_t = 60.0, value_parser = seconds)]
    pub timeout: f64,

    /// How often to start it again
    #[arg(long = "scorer-restarts", value_name = "N", default_value_t = 3)]
    pub restarts: u32,
}

/// A length of time of at least a millisecond and at most a day.
fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "want a number of seconds")?;
    if (0.001..=86_400.0).contains(&seconds) { Ok(seconds) } else { Err("want 0.001 to 86400 seconds".to_owned()) }
}

/// `quell model train`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell model train labelled.jsonl -o my.model     then: quell model eval more.jsonl --model my.model
  quell model train a.jsonl b.jsonl.xz -o rude.model --name rude --seed 7
  quell model train data/ --recipe abuse -o abuse.bin   as the head that comes with quell was made

The same comments and seed give the same bytes.")]
pub struct ModelTrain {
    /// Labelled comments: JSON lines with text and y, and folders of such files; compressed ones too
    #[arg(required = true, value_name = "DATA")]
    pub data: Vec<PathBuf>,

    /// Write the model to this file
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: PathBuf,

    /// Its name, which becomes the name of its score; without it the name of the output
    #[arg(long, value_name = "NAME", conflicts_with = "recipe")]
    pub name: Option<String>,

    /// Decides the order in which comments are learned from
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Make a model that comes with quell: abuse, identity, spam, offtopic or rarity; sets are found by the names of files
    #[arg(long, value_name = "NAME")]
    pub recipe: Option<String>,
}

/// `quell learn`
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  quell learn                          learn from the decisions in this database, then score its comments
  quell learn --report                 only say what would be learned, and how well it does on later decisions
  quell search 'learned:>0.8 status:pending' --sort learned
  quell queue --mix                    what the model is sure of, what it doubts, and some at random
  quell learn --simulate labelled.jsonl   how much 25, 100 and 400 decisions would teach, in three orders

What was undone is unlearned: each time it learns from the decisions that stand, from the first to the last.")]
pub struct Learn {
    /// Change nothing; only tell what would be learned
    #[arg(long)]
    pub report: bool,

    /// Play through what learning would bring on labelled comments (JSON lines with text and y, and video or title where
    /// they stand under different ones), without a database
    #[arg(long, value_name = "LABELLED", conflicts_with = "report")]
    pub simulate: Option<PathBuf>,

    /// With --simulate: the head of quell that is learned on top of: abuse, identity, spam or none
    #[arg(long, value_name = "NAME", default_value = "abuse", requires = "simulate")]
    pub head: String,

    /// Name so many of the strongest words for each reason
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub words: usize,

    /// How to print
    #[arg(short = 'f', long, value_name = "FORMAT", default_value = "text")]
    pub format: SummaryFormat,
}
