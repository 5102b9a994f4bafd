//! `quell demo`: a bundled thread, imported and shown, and what to type next. It goes the way of every dump: through
//! detection, the WordPress format and the store.

use anyhow::{Context as _, Result};

use super::{Context, show};
use crate::cli::{self, ShowFormat};
use crate::error::Exit;
use crate::import::{self, Catalog, Inputs, Request};
use crate::sources::open::Limits;
use crate::sources::{Options, Pii};
use crate::store::{Mode, Store};
use crate::ui::{Bar, count};

const NAME: &str = "demo.xml";
const DUMP: &[u8] = include_bytes!("../../fixtures/demo.xml");
/// The source's own id of the bundled post.
const POST: &str = "41";

/// Imports the bundled thread and shows it.
pub fn run(context: &Context, _args: &cli::Demo) -> Result<Exit> {
    let mut store = Store::open_or_create(&context.db)?;
    let request = Request {
        inputs: Inputs::Bundled { name: NAME, bytes: DUMP },
        source: None,
        options: Options { pii: Pii::Hash(store.pii_key()?), ..Options::for_input(NAME) },
        limits: Limits::default(),
        catalog: Catalog::Whole,
        mode: Mode::Batches,
        strict: true,
        max_errors: 0,
    };
    let outcome = import::run(&mut store, &request, &mut Bar::new(&context.ui))?;
    let post = *store.posts_by_key(POST)?.first().context("the bundled thread was not imported")?;
    show::run(context, &cli::Show { id: post.to_string(), whole: false, why: false, format: ShowFormat::Tree })?;
    let db = context.db.display();
    let what = match outcome.counts.added {
        0 => format!("the bundled thread was in {db} already"),
        added => format!("imported a bundled thread of {} into {db}", count(added, "comment")),
    };
    let flag = if context.db.as_os_str() == cli::DEFAULT_DB { String::new() } else { format!(" --db {db}") };
    context.ui.say(format!(
        "{what}; next:
  quell{flag} show c9                   one comment: what it answers and what answers it
  quell{flag} export -f json            the thread as JSON; removed comments leave a tombstone
  quell{flag} import YOUR-DUMP          your own comments; quell finds out what they are"
    ));
    Ok(Exit::Done)
}
