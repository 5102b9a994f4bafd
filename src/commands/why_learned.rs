//! `quell show ID --why`, the part on what was learned from decisions: from which score it starts, the words that moved it
//! and by how much, how many decisions it knows, and why it abstains where it does.

use std::collections::HashMap;
use std::io::Write;
use std::ops::Range;

use anyhow::{Context as _, Result};

use super::{learn, why_signals};
use crate::model::Comment;
use crate::signals::Subject;
use crate::signals::learner::{Cause, Example, LEAST_KNOWN, Learner};
use crate::store::Store;
use crate::text::fold::Kind;
use crate::text::terminal;

/// Words named on either side.
const MOST_WORDS: usize = 5;

/// Writes what each learned model makes of a comment, worked out again.
pub fn write(store: &Store, comment: &Comment, out: &mut dyn Write) -> Result<()> {
    let kept = store.learned()?;
    if kept.is_empty() {
        return Ok(());
    }
    let subject = Subject::new(&comment.text);
    let mut places: HashMap<&str, Range<usize>> = HashMap::new();
    for (word, _, span) in subject.reading().words().filter(|(_, kind, _)| *kind == Kind::Plain) {
        places.entry(word).or_insert(span);
    }
    let spelled = |word: &str| match places.get(word) {
        Some(span) => why_signals::quoted(&comment.text, span.clone()),
        None => terminal::escape(word).into_owned(),
    };
    for (name, json) in &kept {
        let learner: Learner =
            serde_json::from_str(json).with_context(|| format!("what was learned as {name} is not readable"))?;
        let on = learn::stands_on(name);
        let base = learn::base(store, Some(comment.id), &subject, on)?;
        one(out, (name, &learner), &Example::new(&subject, base, false), (on, base), &spelled)?;
    }
    Ok(())
}

fn one(
    out: &mut dyn Write,
    (name, learner): (&str, &Learner),
    example: &Example,
    (on, base): (&[&str], Option<f64>),
    spelled: &dyn Fn(&str) -> String,
) -> Result<()> {
    let learned = learner.judge(example);
    let (decisions, positive) = learner.decisions();
    let known = format!("knows {:.0} % of its words", 100.0 * learned.known);
    if learned.abstains {
        let wants = 100.0 * LEAST_KNOWN;
        writeln!(out, "  {name:<9} abstains from {decisions} decisions: {known}, wants {wants:.0} %")?;
        return Ok(());
    }
    writeln!(out, "  {name:<9} {:<8.4} from {decisions} decisions, {positive} for it; {known}", learned.probability)?;
    let causes = learner.explain(example);
    let of = |wanted: Cause<'_>| causes.iter().find(|(cause, _)| *cause == wanted).map_or(0.0, |(_, weight)| *weight);
    let start = match base {
        Some(base) => format!("starts from {} {base:.4}", on.join(" or ")),
        None => "starts from one half".to_owned(),
    };
    let (trust, always) = (of(Cause::Shipped), of(Cause::Always));
    writeln!(out, "    {start}; trust in that {trust:+.2}, decisions as a whole {always:+.2}")?;
    for (what, sign) in [("for", 1.0), ("against", -1.0)] {
        let words = causes.iter().filter_map(|(cause, weight)| match cause {
            Cause::Word(word) if weight * sign > 0.005 => Some(format!("{} {weight:+.2}", spelled(word))),
            _ => None,
        });
        let words: Vec<String> = words.take(MOST_WORDS).collect();
        if !words.is_empty() {
            writeln!(out, "    {what} it: {}", words.join(", "))?;
        }
    }
    Ok(())
}
