//! Trees from parent ids, and parents worked out from the words where a dump lost them: pure functions over one post's
//! comments.
//!
//! Architecture invariant: nothing here sees the store; data comes in, data goes out. No recursion: threads 10,000 deep
//! exist.

mod authors;
mod baselines;
mod calibration;
mod degrade;
mod edge;
mod eval;
mod evidence;
mod explicit;
mod features;
mod fit;
mod index;
mod infer;
mod labelled;
mod lexicon;
mod likeness;
mod net;
mod page;
mod people;
mod profile;
mod runs;
mod scan;
mod score;
mod tokens;
pub mod tree;

pub use authors::propose_authors;
pub use baselines::Baseline;
pub use degrade::{Loss, Quotes, degrade};
pub use edge::{Alternative, AuthorGrounds, AuthorProposal, Class, Edge, Evidence};
pub use eval::{Figures, Method, evaluate, evaluate_parts};
pub use fit::{Family, FitOptions, Kind, Left, Set, fit, fit_family, word_table};
pub use infer::{infer, infer_all};
pub use labelled::{Labelled, LabelledComment, read_labelled};
pub use page::{Entry, Page, Target};
pub use profile::Profile;
