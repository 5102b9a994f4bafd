//! From the text of a rule file to rules. Every key is known or a fault: a rule that silently lost its exemption would
//! be worse than none.

use std::collections::HashSet;
use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::case::Case;
use super::fault::{Fault, nearest};
use super::rule::{Limits, Rule, Status, Test};

const RULE_KEYS: &[&str] =
    &["id", "reason", "match", "fold", "status", "severity", "expiry", "limits", "note", "exempt", "test", "tests"];
const LIMIT_KEYS: &[&str] = &["max_hit_rate", "max_actions"];
const TEST_KEYS: &[&str] = &["hit", "miss"];

/// The highest severity.
const MAX_SEVERITY: i64 = 4;

/// Reads the rules of a file, with all that is wrong with it. Queries are not looked into yet: [`super::load`].
pub fn read(text: &str) -> (Vec<Rule>, Vec<Fault>) {
    let mut reader = Reader { faults: Vec::new() };
    let rules = match DeTable::parse(text) {
        Ok(table) => reader.rules(table.get_ref()),
        Err(error) => {
            let reason = error.message().lines().collect::<Vec<_>>().join(", ");
            reader.faults.push(Fault::new(error.span().unwrap_or(0..0), reason));
            Vec::new()
        }
    };
    reader.faults.sort_by_key(|fault| fault.span.start);
    (rules, reader.faults)
}

type Item<'i> = Spanned<DeValue<'i>>;

struct Reader {
    faults: Vec<Fault>,
}

impl Reader {
    fn fault(&mut self, span: Range<usize>, reason: impl Into<String>) {
        self.faults.push(Fault::new(span, reason));
    }

    fn rules(&mut self, table: &DeTable<'_>) -> Vec<Rule> {
        self.known_keys(table, &["rule"]);
        let Some(list) = table.get("rule") else { return Vec::new() };
        let Some(items) = list.get_ref().as_array() else {
            let fault = Fault::new(list.span(), "`rule` holds one rule where a list is wanted");
            self.faults.push(fault.suggest(Some("write [[rule]] with two brackets")));
            return Vec::new();
        };
        let rules: Vec<Rule> = items.iter().filter_map(|item| self.rule(item)).collect();
        let mut seen = HashSet::new();
        for rule in &rules {
            if !seen.insert(&rule.id) {
                let fault = Fault::new(rule.place.clone(), format!("there are two rules `{}`", rule.id));
                self.faults.push(fault.suggest(Some("ids are the keys of rules' histories; give each its own")));
            }
        }
        rules
    }

    fn known_keys(&mut self, table: &DeTable<'_>, known: &[&'static str]) {
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let suggestion = nearest(key.get_ref(), known.iter().copied())
                .unwrap_or_else(|| format!("known are: {}", known.join(", ")));
            self.faults
                .push(Fault::new(key.span(), format!("no key `{}` here", key.get_ref())).suggest(Some(suggestion)));
        }
    }

    fn rule(&mut self, item: &Item<'_>) -> Option<Rule> {
        let Some(table) = item.get_ref().as_table() else {
            self.fault(item.span(), "a rule is a table");
            return None;
        };
        self.known_keys(table, RULE_KEYS);
        let (id, place) = self.required(table, "id", item)?;
        self.good_id(&id, &place);
        let (query, query_place) = self.required(table, "match", item)?;
        let (reason, reason_place) = self.required(table, "reason", item)?;
        let exempt = self.text(table, "exempt");
        Some(Rule {
            id,
            reason,
            query,
            fold: self.flag(table, "fold"),
            status: self.status(table),
            severity: self.severity(table),
            expiry: self.expiry(table),
            limits: self.limits(table),
            note: self.text(table, "note").map(|(note, _)| note),
            tests: self.tests(table),
            place,
            query_place,
            exempt_place: exempt.as_ref().map_or(0..0, |(_, place)| place.clone()),
            exempt: exempt.map(|(text, _)| text),
            reason_place,
        })
    }

    fn good_id(&mut self, id: &str, place: &Range<usize>) {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        if id.is_empty() || id.len() > 100 || !id.chars().all(good) {
            let fault = Fault::new(place.clone(), format!("{id:?} can't be the id of a rule"));
            self.faults.push(fault.suggest(Some("use small letters, digits, and - _ ., at most 100")));
        }
    }

    fn required(&mut self, table: &DeTable<'_>, key: &str, item: &Item<'_>) -> Option<(String, Range<usize>)> {
        if !table.contains_key(key) {
            self.fault(item.span(), format!("a rule without `{key}`"));
        }
        self.text(table, key)
    }

    fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<(String, Range<usize>)> {
        let value = table.get(key)?;
        match value.get_ref().as_str() {
            Some(text) => Some((text.to_owned(), value.span())),
            None => {
                self.fault(value.span(), format!("`{key}` is a text, not {}", article(value)));
                None
            }
        }
    }

    fn flag(&mut self, table: &DeTable<'_>, key: &str) -> bool {
        let Some(value) = table.get(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.fault(value.span(), format!("`{key}` is true or false, not {}", article(value)));
            false
        })
    }

    fn status(&mut self, table: &DeTable<'_>) -> Status {
        let Some((name, span)) = self.text(table, "status") else { return Status::Draft };
        Status::from_name(&name).unwrap_or_else(|| {
            let known = Status::ALL.map(Status::as_str);
            let suggestion = nearest(&name, known).unwrap_or_else(|| format!("known are: {}", known.join(", ")));
            self.faults.push(Fault::new(span, format!("no status `{name}`")).suggest(Some(suggestion)));
            Status::Draft
        })
    }

    fn severity(&mut self, table: &DeTable<'_>) -> Option<u8> {
        let value = table.get("severity")?;
        match number(value) {
            Some(number) if number.fract() == 0.0 && (0.0..=MAX_SEVERITY as f64).contains(&number) => {
                Some(number as u8)
            }
            _ => {
                self.fault(value.span(), format!("`severity` is a whole number from 0 to {MAX_SEVERITY}"));
                None
            }
        }
    }

    fn expiry(&mut self, table: &DeTable<'_>) -> Option<Date> {
        let value = table.get("expiry")?;
        let text = match value.get_ref() {
            DeValue::Datetime(time) if time.time.is_none() => time.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        let date = text.parse().ok();
        if date.is_none() {
            self.fault(value.span(), "`expiry` is a day such as 2027-06-30");
        }
        date
    }

    fn limits(&mut self, table: &DeTable<'_>) -> Limits {
        let Some(value) = table.get("limits") else { return Limits::default() };
        let Some(limits) = value.get_ref().as_table() else {
            self.fault(value.span(), "`limits` is a table such as { max_hit_rate = 0.02 }");
            return Limits::default();
        };
        self.known_keys(limits, LIMIT_KEYS);
        let mut of = |key: &str, good: fn(f64) -> bool, want: &str| {
            let value = limits.get(key)?;
            let number = number(value).filter(|number| good(*number));
            if number.is_none() {
                self.fault(value.span(), format!("`{key}` is {want}"));
            }
            number
        };
        Limits {
            max_hit_rate: of("max_hit_rate", |rate| rate > 0.0 && rate <= 1.0, "a share above 0 and up to 1"),
            max_actions: of("max_actions", |most| most >= 1.0 && most.fract() == 0.0, "a whole number from 1")
                .map(|most| most as u64),
        }
    }

    /// `test.hit = [text, …]` and `[[rule.tests]]` with fields.
    fn tests(&mut self, table: &DeTable<'_>) -> Vec<Test> {
        let mut tests = Vec::new();
        if let Some(value) = table.get("test") {
            match value.get_ref().as_table() {
                Some(table) => self.tests_of(table, &mut tests),
                None => self.fault(value.span(), "`test` holds test.hit and test.miss"),
            }
        }
        if let Some(value) = table.get("tests") {
            match value.get_ref().as_array() {
                Some(list) => {
                    for item in list.iter() {
                        match item.get_ref().as_table() {
                            Some(table) => self.tests_of(table, &mut tests),
                            None => self.fault(item.span(), "a test is a table with hit and miss"),
                        }
                    }
                }
                None => self.fault(value.span(), "`tests` is a list: write [[rule.tests]]"),
            }
        }
        tests
    }

    fn tests_of(&mut self, table: &DeTable<'_>, tests: &mut Vec<Test>) {
        self.known_keys(table, TEST_KEYS);
        for (key, hit) in [("hit", true), ("miss", false)] {
            let Some(value) = table.get(key) else { continue };
            let items: Vec<&Item<'_>> = match value.get_ref() {
                DeValue::Array(items) => items.iter().collect(),
                _ => vec![value],
            };
            for item in items {
                match Case::read(item) {
                    Ok(case) => tests.push(Test { hit, case, place: item.span() }),
                    Err(fault) => self.faults.push(fault),
                }
            }
        }
    }
}

/// A number, whole or not.
pub(super) fn number(value: &Item<'_>) -> Option<f64> {
    match value.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => None,
    }
}

/// What sort of value it is, with its article.
fn article(value: &Item<'_>) -> String {
    let kind = value.get_ref().type_str();
    format!("{} {kind}", if kind.starts_with(['a', 'i']) { "an" } else { "a" })
}
