//! Rules ready to run: queries read and compiled, everything checked, and each given the version that its meaning has.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;

use super::check;
use super::fault::{Fault, nearest};
use super::file;
use super::rule::Rule;
use crate::query::{self, Expr, Field, Lookup, Query, Setting, Value};

/// A rule that can run.
#[derive(Debug, Clone)]
pub struct Ready {
    /// The rule as its file has it.
    pub rule: Rule,
    /// What it asks, with its exemption and its folding put in.
    pub expr: Expr,
    /// The same, ready.
    pub query: Query,
    /// What it means, as eight hexadecimal digits: changes with the query, the exemption, the folding, the reason, and
    /// the saved queries and lists that it names; not with status, limits, notes and tests.
    pub version: String,
}

impl Ready {
    /// The rule and its version, as flags and decisions name it: `spam.links@1f00c4d2`.
    pub fn origin(&self) -> String {
        format!("{}@{}", self.rule.id, self.version)
    }

    /// Whether scans of this day run it.
    pub fn runs_on(&self, day: Date) -> bool {
        self.rule.status.runs() && self.rule.expiry.is_none_or(|last| day <= last)
    }
}

/// The rules of a file, ready and checked.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    /// In the order of the file.
    pub rules: Vec<Ready>,
}

impl RuleSet {
    /// The rule of this id.
    pub fn get(&self, id: &str) -> Option<&Ready> {
        self.rules.iter().find(|ready| ready.rule.id == id)
    }

    /// Only the rules that scans of this day run.
    #[must_use]
    pub fn running(self, day: Date) -> RuleSet {
        RuleSet { rules: self.rules.into_iter().filter(|ready| ready.runs_on(day)).collect() }
    }

    /// The rules that are not among those that ran before, by their [`Ready::origin`]: what old comments are to be
    /// scanned with. New and changed comments are scanned with all.
    pub fn fresh(&self, before: &BTreeSet<String>) -> RuleSet {
        RuleSet { rules: self.rules.iter().filter(|ready| !before.contains(&ready.origin())).cloned().collect() }
    }
}

/// Reads the rules of a file and checks them: keys, ids, reasons (any of `reasons`, or one below it), queries, rules that
/// can't match or repeat another, and their own tests. Gives all that is wrong with them, in the order of the file.
pub fn load(text: &str, setting: &Setting<'_>, reasons: &[&str]) -> Result<RuleSet, Vec<Fault>> {
    let (rules, mut faults) = file::read(text);
    let mut ready = Vec::with_capacity(rules.len());
    for rule in rules {
        faults.extend(reason(&rule, reasons));
        match compile(rule, text, setting) {
            Ok(rule) => ready.push(rule),
            Err(fault) => faults.push(fault),
        }
    }
    faults.extend(check::check(&ready));
    if faults.is_empty() {
        return Ok(RuleSet { rules: ready });
    }
    faults.sort_by_key(|fault| fault.span.start);
    Err(faults)
}

fn reason(rule: &Rule, known: &[&str]) -> Option<Fault> {
    if known.contains(&rule.reason.as_str()) {
        return None;
    }
    let fault = Fault::new(rule.reason_place.clone(), format!("no reason `{}`", rule.reason));
    Some(fault.suggest(nearest(&rule.reason, known.iter().copied())))
}

fn compile(rule: Rule, text: &str, setting: &Setting<'_>) -> Result<Ready, Fault> {
    let names = Recording { inner: setting.lookup, seen: RefCell::default() };
    let asked = expr(&rule.query, &rule.query_place, rule.fold, text)?;
    let exempt = rule.exempt.as_ref().map(|exempt| expr(exempt, &rule.exempt_place, rule.fold, text)).transpose()?;
    let mut parts = vec![asked];
    parts.extend(exempt.map(Expr::negate));
    let expr = Expr::and(parts);
    let query = query::compile(&expr, &Setting { now: setting.now, lookup: &names })
        .map_err(|fault| in_file(&fault, &rule.query_place, text))?;
    let version = version(&expr, &rule.reason, &names.seen.into_inner());
    Ok(Ready { rule, expr, query, version })
}

fn expr(source: &str, place: &Range<usize>, fold: bool, text: &str) -> Result<Expr, Fault> {
    let expr = query::parse(source).map_err(|fault| in_file(&fault, place, text))?;
    Ok(if fold { folded(expr) } else { expr })
}

/// The same query with its words found through disguises too. Recursion is as deep as the query, which the parser
/// bounds.
fn folded(expr: Expr) -> Expr {
    let all = |parts: Vec<Expr>| parts.into_iter().map(folded).collect();
    match expr {
        Expr::Text { text, prefix: false } => Expr::Field(Field::Fold, vec![Value::Text(text)]),
        Expr::List(list) => Expr::Field(Field::Fold, vec![Value::List(list)]),
        Expr::Not(inner) => folded(*inner).negate(),
        Expr::And(parts) => Expr::And(all(parts)),
        Expr::Or(parts) => Expr::Or(all(parts)),
        Expr::Relation(relation, inner) => Expr::Relation(relation, Box::new(folded(*inner))),
        other => other,
    }
}

/// A fault of a query at its place in the file; at the query's beginning where escapes hide the place.
fn in_file(fault: &query::QueryError, place: &Range<usize>, text: &str) -> Fault {
    let raw = text.get(place.clone()).unwrap_or_default();
    let opening = match raw {
        _ if raw.starts_with("'''\n") || raw.starts_with("\"\"\"\n") => 4,
        _ if raw.starts_with("'''") || raw.starts_with("\"\"\"") => 3,
        _ => 1,
    };
    let start = match raw.starts_with('"') && raw.contains('\\') {
        true => place.start,
        false => (place.start + opening + fault.span.start).min(place.end),
    };
    Fault::new(start..start, fault.reason.clone()).suggest(fault.suggestion.clone())
}

/// The names a query looks up, with what they lead to: part of its meaning.
struct Recording<'a> {
    inner: &'a dyn Lookup,
    seen: RefCell<BTreeMap<String, String>>,
}

impl Lookup for Recording<'_> {
    fn saved(&self, name: &str) -> Result<String, String> {
        let text = self.inner.saved(name)?;
        self.seen.borrow_mut().insert(format!("query {name}"), text.clone());
        Ok(text)
    }

    fn list(&self, file: &str) -> Result<Vec<String>, String> {
        let lines = self.inner.list(file)?;
        self.seen.borrow_mut().insert(format!("list {file}"), lines.join("\n"));
        Ok(lines)
    }
}

fn version(expr: &Expr, reason: &str, names: &BTreeMap<String, String>) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |part: &str| {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    };
    add(&expr.to_string());
    add(reason);
    names.iter().for_each(|(name, meaning)| {
        add(name);
        add(meaning);
    });
    hasher.finalize().to_hex()[..8].to_owned()
}
