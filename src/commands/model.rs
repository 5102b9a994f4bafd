//! `quell model`: list and show what there is; measuring is `model_eval`'s work, fitting `model_train`'s.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::{Context, listed, model_eval, model_train, shape};
use crate::cli::{self, ModelWork};
use crate::error::{Exit, hint};
use crate::output::listing::{Cell, Listing};
use crate::signals::model::Model;
use crate::signals::{SIGNALS, heads, offtopic};

const COLUMNS: &[&str] = &["name", "version", "model", "strict", "usual", "meaning"];

/// Does the work that was asked for.
pub fn run(context: &Context, args: &cli::ModelVerb) -> Result<Exit> {
    match &args.work {
        ModelWork::List(args) => list(context, args),
        ModelWork::Show(args) => show(context, args),
        ModelWork::Eval(args) => model_eval::run(context, args),
        ModelWork::Train(args) => model_train::run(context, args),
    }
}

/// The shipped head of this name.
pub fn shipped(name: &str) -> Result<&'static Model> {
    let known = || format!("the heads are {}", heads::NAMES.join(", "));
    heads::head(name).ok_or_else(|| hint(format!("there is no head {name}"), known()))
}

/// Reads a model file.
pub fn load(path: &Path) -> Result<Model> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read the model {}", path.display()))?;
    Model::load(bytes).with_context(|| path.display().to_string())
}

fn list(context: &Context, args: &cli::ModelList) -> Result<Exit> {
    let mut rows = 0;
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), COLUMNS)?;
        for signal in SIGNALS {
            let thresholds = heads::head(signal.name).map(|model| model.header().thresholds);
            let from = |of: &dyn Fn() -> Option<f64>| of().map(|p| format!("{p:.3}"));
            let offtopic = (signal.name == offtopic::SIGNAL.name).then(offtopic::shipped).flatten();
            list.row(vec![
                signal.name.into(),
                Cell::Number(i64::from(signal.version)),
                heads::head(signal.name).map(|model| model.id().to_owned()).into(),
                from(&|| Some(thresholds?.strict)).into(),
                from(&|| thresholds.map(|t| t.usual).or(Some(offtopic?.threshold))).into(),
                signal.meaning.into(),
            ])?;
        }
        rows = list.end()?;
        Ok(())
    })?;
    Ok(listed(rows))
}

fn show(context: &Context, args: &cli::ModelShow) -> Result<Exit> {
    let path = Path::new(&args.name);
    match heads::head(&args.name) {
        Some(model) => describe(context, model, args),
        None if path.exists() => describe(context, &load(path)?, args),
        None => describe(context, shipped(&args.name)?, args),
    }
}

fn describe(context: &Context, model: &Model, args: &cli::ModelShow) -> Result<Exit> {
    let header = model.header();
    let settings = serde_json::to_string(&header.settings)?;
    let mut rows: Vec<(&str, String)> = vec![
        ("name", header.name.clone()),
        ("version", header.version.to_string()),
        ("id", model.id().to_owned()),
        ("weights", format!("2 x 2^{} of one byte", header.settings.bits)),
        ("language", if header.english { "English; abstains on others" } else { "any" }.to_owned()),
        (
            "usual threshold",
            format!(
                "{:.4} (at most 2 % of harmless comments and 8 % of mentions of groups flagged)",
                header.thresholds.usual
            ),
        ),
        ("strict threshold", format!("{:.4} (0.5 % and 2 %)", header.thresholds.strict)),
        ("calibration", format!("slope {:.4}, offset {:.4}", header.calibration.slope, header.calibration.offset)),
        ("settings", settings),
    ];
    for data in &header.data {
        rows.push((
            "fitted on",
            format!("{}: {} texts, {} positive, {}", data.name, data.rows, data.positive, data.blake3),
        ));
    }
    context.ui.page(|out| {
        let mut list = Listing::begin(out, shape(&args.list, &context.ui), &["what", "value"])?;
        for (what, value) in rows {
            list.row(vec![what.into(), value.into()])?;
        }
        list.end()?;
        Ok(())
    })?;
    Ok(Exit::Done)
}
