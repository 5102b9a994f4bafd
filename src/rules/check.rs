//! What is wrong with rules that can be read: those that can never match, those that match whatever is not something,
//! those that another makes superfluous, and those that fail their own tests.

use std::collections::HashMap;

use super::fault::Fault;
use super::rule::Status;
use super::set::Ready;
use crate::query::{Bounds, Expr, Field, Narrow, Value, plan};

/// Looks for faults in rules that are ready.
pub(super) fn check(rules: &[Ready]) -> Vec<Fault> {
    let mut faults: Vec<Fault> = rules.iter().filter_map(inert).collect();
    faults.extend(shadowed(rules));
    faults.extend(rules.iter().flat_map(failing));
    faults
}

/// A rule that can't match, or one that asks for nothing but absences.
fn inert(ready: &Ready) -> Option<Fault> {
    let rule = &ready.rule;
    let fault = |reason: &str, suggestion: &str| {
        Some(Fault::new(rule.query_place.clone(), format!("the rule `{}` {reason}", rule.id)).suggest(Some(suggestion)))
    };
    if matches!(plan(&ready.query, &|_| true).narrow, Narrow::Nothing) || contradicts(&ready.expr) {
        return fault("can never match", "its conditions exclude one another, or hold no word");
    }
    if !asks(&ready.expr) {
        return fault("asks for nothing that a comment must have", "add a word, a regex or a field without a minus");
    }
    None
}

/// Whether the conjunction at the top excludes itself: a term and its negation, or numbers that can't be had at once.
fn contradicts(expr: &Expr) -> bool {
    let Expr::And(parts) = expr else { return false };
    let denied = |part: &Expr| parts.iter().any(|other| matches!(other, Expr::Not(inner) if **inner == *part));
    let mut ranges: HashMap<Field, (f64, f64)> = HashMap::new();
    parts.iter().any(|part| {
        if let Expr::Field(field, values) = part
            && let [Value::Number(bounds)] = values.as_slice()
        {
            let (low, high) = range(bounds);
            let known = ranges.entry(*field).or_insert((f64::NEG_INFINITY, f64::INFINITY));
            *known = (known.0.max(low), known.1.min(high));
            let open = |edge: f64| !bounds.holds(&edge);
            if known.0 > known.1 || (known.0 == known.1 && open(known.0)) {
                return true;
            }
        }
        denied(part)
    })
}

fn range(bounds: &Bounds<f64>) -> (f64, f64) {
    match *bounds {
        Bounds::Equal(a) => (a, a),
        Bounds::Less(a) | Bounds::AtMost(a) => (f64::NEG_INFINITY, a),
        Bounds::More(a) | Bounds::AtLeast(a) => (a, f64::INFINITY),
        Bounds::Between(a, b) => (a, b),
    }
}

/// Whether a query asks for something that is there. Recursion is as deep as the query, which the parser bounds.
fn asks(expr: &Expr) -> bool {
    match expr {
        Expr::All => false,
        Expr::Not(inner) => matches!(&**inner, Expr::Not(twice) if asks(twice)),
        Expr::And(parts) => parts.iter().any(asks),
        Expr::Or(parts) => parts.iter().all(asks),
        _ => true,
    }
}

/// A rule that matches just what one before it matches.
fn shadowed(rules: &[Ready]) -> Vec<Fault> {
    let mut seen: HashMap<String, &Ready> = HashMap::new();
    let mut faults = Vec::new();
    for ready in rules.iter().filter(|ready| ready.rule.status != Status::Retired) {
        if let Some(first) = seen.get(&ready.expr.to_string()) {
            let reason = format!("the rule `{}` matches just what `{}` matches", ready.rule.id, first.rule.id);
            let fault = Fault::new(ready.rule.query_place.clone(), reason);
            faults.push(fault.suggest(Some("drop one, or retire it")));
        } else {
            seen.insert(ready.expr.to_string(), ready);
        }
    }
    faults
}

/// The tests that a rule fails.
fn failing(ready: &Ready) -> Vec<Fault> {
    let failed = ready.rule.tests.iter().filter(|test| test.case.is_found_by(&ready.query) != test.hit);
    failed
        .map(|test| {
            let id = &ready.rule.id;
            if test.hit {
                let fault = Fault::new(test.place.clone(), format!("the rule `{id}` does not find this"));
                return fault.suggest(Some("it must: this stands under hit"));
            }
            let words: Vec<_> =
                ready.query.spans(&test.case.text).into_iter().map(|span| &test.case.text[span]).collect();
            let what = if words.is_empty() { String::new() } else { format!(", by {:?}", words.join(" … ")) };
            let fault = Fault::new(test.place.clone(), format!("the rule `{id}` finds this{what}"));
            fault.suggest(Some("it must not: this stands under miss"))
        })
        .collect()
}
