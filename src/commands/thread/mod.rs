//! `quell thread`: threads that were flattened, put back together.

mod eval;
mod fit;
mod infer;
mod proposal;
mod set;
mod show;

use std::borrow::Cow;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::Context;
use crate::cli::{ThreadVerb, ThreadWork};
use crate::error::{Exit, hint};
use crate::store::Store;
use crate::threads::Profile;

/// Does what was asked of threads.
pub fn run(context: &Context, args: &ThreadVerb) -> Result<Exit> {
    match &args.work {
        ThreadWork::Infer(args) => infer::run(context, args),
        ThreadWork::Set(args) => set::run(context, args),
        ThreadWork::Fit(args) => fit::run(context, args),
        ThreadWork::Eval(args) => eval::run(context, args),
    }
}

/// The profile of this name: one of this database, one that comes with quell, or a file.
fn profile(store: Option<&Store>, name: &str) -> Result<Cow<'static, Profile>> {
    if let Some(store) = store
        && let Some(file) = store.profile(name)?
    {
        return Ok(Cow::Owned(Profile::from_json(&file)?));
    }
    if let Some(shipped) = Profile::shipped(name) {
        return Ok(Cow::Borrowed(shipped));
    }
    if Path::new(name).is_file() {
        let file = std::fs::read_to_string(name).with_context(|| format!("cannot read {name}"))?;
        return Ok(Cow::Owned(Profile::from_json(&file).with_context(|| format!("{name} is no profile"))?));
    }
    let mut names: Vec<String> = Profile::names().map(str::to_owned).collect();
    names.extend(store.map(Store::profile_names).transpose()?.unwrap_or_default());
    Err(hint(format!("there is no profile {name}"), format!("want {}, or a file", names.join(", "))))
}

/// The profile for what came in this kind of dump. Of a page copied as text nothing is known of the site; `universal` was
/// calibrated on sites that it had not seen.
fn profile_for(kind: &str) -> Result<Cow<'static, Profile>> {
    let name = match kind {
        "wxr" | "disqus" => "blog",
        "reddit" | "hn" => "forum",
        _ => "universal",
    };
    profile(None, name)
}
