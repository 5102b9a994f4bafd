//! `quell query`: queries by name, in the database or in a file that can be committed.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::ask::{File, read, saved_in_file};
use super::{Context, listed, shape};
use crate::cli::{self, QueryWork};
use crate::error::{Exit, hint};
use crate::output::listing::Listing;
use crate::query;
use crate::store::Store;

/// Does the work that was asked for.
pub fn run(context: &Context, args: &cli::QueryVerb) -> Result<Exit> {
    match &args.work {
        QueryWork::Save { name, query, file } => save(context, name, &query.join(" "), file.as_deref()),
        QueryWork::Saved { queries, list } => {
            let store = Store::open_or_create(&context.db)?;
            let shape = shape(list, &context.ui);
            let mut rows = 0;
            context.ui.page(|out| {
                let mut list = Listing::begin(out, shape, &["name", "query", "where"])?;
                for (name, query) in store.saved_queries()? {
                    list.row(vec![name.into(), query.into(), "database".into()])?;
                }
                for (name, query) in saved_in_file(queries)? {
                    list.row(vec![name.into(), query.into(), "file".into()])?;
                }
                rows = list.end()?;
                Ok(())
            })?;
            Ok(listed(rows))
        }
        QueryWork::Remove { name } => {
            if !context.open()?.remove_query(name)? {
                return Err(hint(format!("there is no saved query {name}"), "list them: quell query list"));
            }
            context.ui.say(format!("removed the query {name}"));
            Ok(Exit::Done)
        }
    }
}

fn save(context: &Context, name: &str, text: &str, file: Option<&Path>) -> Result<Exit> {
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c)) {
        return Err(hint(format!("{name:?} can't be a query's name"), "use letters, digits, and - _ ."));
    }
    query::parse(text).map_err(|fault| hint(fault.render(text), "the language on a page: quell help query"))?;
    let replaced = match file {
        None => Store::open_or_create(&context.db)?.save_query(name, text)?,
        Some(path) => {
            let mut queries = if path.exists() { read(path)? } else { Default::default() };
            let replaced = queries.insert(name.to_owned(), text.to_owned()).is_some();
            let toml = toml::to_string(&File { queries })?;
            std::fs::write(path, toml).with_context(|| format!("cannot write {}", path.display()))?;
            replaced
        }
    };
    let done = if replaced { "replaced" } else { "saved" };
    context.ui.say(format!("{done} the query {name}; use it: quell search query:{name}"));
    Ok(Exit::Done)
}
