//! AutoModerator: one rule a YAML document. Conditions that have no equal leave a draft that finds more than the
//! original, and the draft says so; a document of which no condition is left gives no rule.

use saphyr::{LoadableYamlNode, Yaml};

use super::pattern::Method;
use super::words::is_plain;
use super::{Converted, Draft, Note, comment, write};
use crate::query::{Bounds, Expr, Field, RegexText, Span, Value};

/// Converts all documents of a file.
pub(super) fn convert(text: &str, reason: &str) -> Converted {
    let mut done = Converted { toml: String::new(), rules: 0, notes: Vec::new() };
    for (number, (line, document)) in (1..).zip(documents(text)) {
        let mut reader = Reader { line, document, ..Reader::default() };
        reader.read();
        let out = &mut done.toml;
        comment(out, &format!("AutoModerator, line {line}:"));
        document.lines().for_each(|line| comment(out, &format!("  {line}")));
        for note in &reader.notes {
            let fate = if note.lost { "lost" } else { "different" };
            comment(out, &format!("{fate}: {}: {}", note.what, note.why));
        }
        if reader.broader {
            comment(out, "without what is lost, this finds more than the original");
        }
        if reader.refused || reader.terms.is_empty() {
            comment(out, "not converted: no condition is left");
            out.push('\n');
            if !reader.refused {
                reader.lost("rule", "no condition is left");
            }
        } else {
            let expr = Expr::and(std::mem::take(&mut reader.terms));
            let exempt = reader.exempt.unwrap_or(reader.acts).then_some("author.kind:staff");
            let id = format!("automoderator.{number}");
            write(out, &Draft { id, reason, expr, exempt, note: reader.note.take() });
            done.rules += 1;
        }
        done.notes.append(&mut reader.notes);
    }
    done
}

/// The documents that are not empty, with their first line from 1.
fn documents(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let (mut start, mut first, mut at) = (0, 1, 0);
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        if line.starts_with("---") {
            found.push((first, &text[start..at]));
            start = at + line.len();
            first = number + 1;
        }
        at += line.len();
    }
    found.push((first, &text[start.min(text.len())..]));
    let empty = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    found.retain(|(_, document)| !document.lines().all(empty));
    found
}

#[derive(Default)]
struct Reader<'t> {
    line: usize,
    document: &'t str,
    terms: Vec<Expr>,
    notes: Vec<Note>,
    note: Option<String>,
    /// What `moderators_exempt` says.
    exempt: Option<bool>,
    /// Whether the action is one from which moderators are exempt unless it is said otherwise.
    acts: bool,
    /// Whether a condition was lost.
    broader: bool,
    /// Whether the document as a whole can't be converted.
    refused: bool,
}

impl Reader<'_> {
    fn read(&mut self) {
        let documents = match Yaml::load_from_str(self.document) {
            Ok(documents) => documents,
            Err(error) => return self.refuse("document", &format!("cannot be read: {error}")),
        };
        let Some(map) = documents.first().and_then(Yaml::as_mapping) else {
            return self.refuse("document", "not a mapping; AutoModerator passes over it too");
        };
        for (key, value) in map {
            let key = key.as_str().unwrap_or_default().trim().to_lowercase();
            self.top(&key, value);
        }
    }

    fn top(&mut self, key: &str, value: &Yaml<'_>) {
        match key {
            "type" => self.kind(value),
            "author" | "~author" => self.author(key, value),
            "parent_submission" => self.submission(value),
            "action" => self.action(value),
            "action_reason" | "report_reason" => self.note = scalar(value),
            "moderators_exempt" => self.exempt = truth(value),
            "reports" => match scalar(value).and_then(|text| text.parse::<f64>().ok()) {
                Some(count) if count > 0.0 => self.number(Field::Flags, Bounds::AtLeast(count)),
                _ => self.different(key, "no check in the original either"),
            },
            "body_longer_than" | "body_shorter_than" => self.length(key, value),
            "is_edited" => self.state(key, value, is("edited")),
            "is_top_level" => self.state(key, value, is("root")),
            "ignore_blockquotes" => self.different(key, "quoted lines are looked at too"),
            "priority" => self.different(key, "all rules are asked, and the gravest hit names the reason"),
            "standard" => self.refuse(key, "Reddit's presets are not published"),
            "comment" | "comment_locked" | "comment_stickied" | "message" | "message_subject" | "modmail"
            | "modmail_subject" => self.lost(key, "rules do not write to anybody"),
            "overwrite_flair"
            | "set_flair"
            | "set_sticky"
            | "set_nsfw"
            | "set_contest_mode"
            | "set_suggested_sort"
            | "set_locked"
            | "set_spoiler"
            | "set_original_content"
            | "set_post_crowd_control_level" => {
                self.lost(key, "comments in a dump have nothing like it");
            }
            "crosspost_author"
            | "crosspost_subreddit"
            | "subreddit"
            | "is_gallery"
            | "is_poll"
            | "past_archive_date" => {
                self.condition_lost(key, "dumps do not say so");
            }
            _ => self.search(key, value, false),
        }
    }

    fn kind(&mut self, value: &Yaml<'_>) {
        match scalar(value).unwrap_or_default().as_str() {
            "any" | "comment" | "" => {}
            other => self.refuse(&format!("type: {other}"), "rules look at comments, not at posts"),
        }
    }

    fn action(&mut self, value: &Yaml<'_>) {
        let action = scalar(value).unwrap_or_default();
        self.acts = matches!(action.as_str(), "remove" | "spam" | "filter" | "report");
        match action.as_str() {
            "remove" | "spam" => self.different(&format!("action: {action}"), "a draft; status = \"enforce\" acts"),
            "filter" => self.different("action: filter", "a draft; status = \"flag\" queues what it finds"),
            "report" => self.different("action: report", "a draft; status = \"flag\" does the same"),
            _ => self.lost(&format!("action: {action}"), "rules do not approve"),
        }
    }

    fn length(&mut self, key: &str, value: &Yaml<'_>) {
        let Some(count) = scalar(value).and_then(|text| text.parse().ok()) else {
            return self.condition_lost(key, "not a number");
        };
        let longer = key == "body_longer_than";
        self.number(Field::Length, if longer { Bounds::More(count) } else { Bounds::Less(count) });
        self.different(key, "counts the marks and spaces at both ends too");
    }

    fn number(&mut self, field: Field, bounds: Bounds<f64>) {
        self.terms.push(Expr::Field(field, vec![Value::Number(bounds)]));
    }

    fn state(&mut self, key: &str, value: &Yaml<'_>, expr: Expr) {
        match truth(value) {
            Some(true) => self.terms.push(expr),
            Some(false) => self.terms.push(expr.negate()),
            None => self.condition_lost(key, "neither true nor false"),
        }
    }

    fn author(&mut self, key: &str, value: &Yaml<'_>) {
        let Some(map) = value.as_mapping() else {
            let key = if key == "~author" { "~name" } else { "name" };
            return self.search(key, value, true);
        };
        let any =
            map.iter().any(|(key, value)| key.as_str() == Some("satisfy_any_threshold") && truth(value) == Some(true));
        let mut thresholds = 0;
        for (key, value) in map {
            let key = key.as_str().unwrap_or_default().trim().to_lowercase();
            match key.as_str() {
                "account_age" => {
                    thresholds += 1;
                    self.age(value);
                }
                "is_moderator" => self.state(&key, value, word(Field::AuthorKind, "staff")),
                "satisfy_any_threshold" => {}
                "comment_karma" | "link_karma" | "post_karma" | "combined_karma" | "contributor_quality" => {
                    thresholds += 1;
                    self.condition_lost(&key, "dumps have no karma of authors; try author.comments or author.removed");
                }
                "is_submitter" => {
                    self.condition_lost(&key, "queries cannot ask yet whether the post is the author's own");
                }
                "is_gold"
                | "is_contributor"
                | "has_verified_email"
                | "comment_subreddit_karma"
                | "post_subreddit_karma"
                | "combined_subreddit_karma" => {
                    self.condition_lost(&key, "dumps do not say so of authors");
                }
                _ => self.search(&key, value, true),
            }
        }
        if any && thresholds > 1 {
            self.different("satisfy_any_threshold", "only the thresholds that are left are asked, all of them");
        }
    }

    /// `< 7 days`, where a number alone is days and no operator means equal.
    fn age(&mut self, value: &Yaml<'_>) {
        let text = scalar(value).unwrap_or_default();
        let rest = text.trim_start_matches(['<', '>', '=', ' ']);
        let operator = text[..text.len() - rest.len()].trim();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let unit = match rest[digits..].trim().trim_end_matches('s') {
            "" | "day" => "d",
            "minute" => "min",
            "hour" => "h",
            "week" => "w",
            "month" => "mo",
            "year" => "y",
            _ => "?",
        };
        let Some(span) = Span::read(&format!("{}{unit}", &rest[..digits])) else {
            return self.condition_lost("account_age", &format!("cannot read {text:?}"));
        };
        let bounds = match operator {
            "<" => Bounds::Less(span),
            ">" => Bounds::More(span),
            _ => Bounds::Equal(span),
        };
        self.terms.push(Expr::Field(Field::AuthorAge, vec![Value::Duration(bounds)]));
        self.different("account_age", "counts from the author's first comment in the database, not from the account's");
    }

    fn submission(&mut self, value: &Yaml<'_>) {
        let Some(map) = value.as_mapping() else {
            return self.condition_lost("parent_submission", "not a mapping");
        };
        for (key, value) in map {
            let key = key.as_str().unwrap_or_default().trim().to_lowercase();
            match Check::read(&key) {
                Some(check) if check.fields.iter().all(|field| matches!(field.as_str(), "title" | "id")) => {
                    let fields = check.fields.iter().map(|field| if field == "id" { "post" } else { "title" });
                    let fields = fields.map(str::to_owned).collect();
                    self.check(&key, &Check { fields, ..check }, value);
                }
                _ => self
                    .condition_lost(&format!("parent_submission: {key}"), "of a post only title and id can be asked"),
            }
        }
    }

    fn search(&mut self, key: &str, value: &Yaml<'_>, of_author: bool) {
        let Some(mut check) = Check::read(key) else {
            return self.condition_lost(key, "no such check");
        };
        if of_author {
            // `name` and `id` of the author, not of the comment.
            check.fields.iter_mut().for_each(|field| *field = format!("author.{field}"));
        }
        self.check(key, &check, value);
    }

    fn check(&mut self, key: &str, check: &Check, value: &Yaml<'_>) {
        let values = values(value);
        if values.is_empty() {
            return self.different(key, "empty, which is no check in the original either");
        }
        let mut terms = Vec::new();
        for field in &check.fields {
            match check.term(field, &values) {
                Ok(Some(term)) => terms.push(term),
                Ok(None) if check.fields.len() > 1 => {
                    self.lost(&format!("{key}: {field}"), "comments have no such field");
                }
                Ok(None) => return self.condition_lost(key, "comments have no such field"),
                Err(why) => return self.condition_lost(key, &format!("this regex is not understood here: {why}")),
            }
        }
        if let Some(unknown) = &check.unknown {
            self.different(key, &format!("no such modifier: {unknown}"));
        }
        if terms.is_empty() {
            return self.condition_lost(key, "comments have no such field");
        }
        let found = Expr::or(terms);
        self.terms.push(if check.not { found.negate() } else { found });
    }

    fn different(&mut self, what: &str, why: &str) {
        self.notes.push(Note { line: self.line, what: what.to_owned(), why: why.to_owned(), lost: false });
    }

    fn lost(&mut self, what: &str, why: &str) {
        self.notes.push(Note { line: self.line, what: what.to_owned(), why: why.to_owned(), lost: true });
    }

    fn condition_lost(&mut self, what: &str, why: &str) {
        self.broader = true;
        self.lost(what, why);
    }

    fn refuse(&mut self, what: &str, why: &str) {
        self.refused = true;
        self.lost(what, why);
    }
}

/// A search check: `~title+body#label (modifiers)`.
struct Check {
    not: bool,
    fields: Vec<String>,
    method: Option<Method>,
    regex: bool,
    case: bool,
    unknown: Option<String>,
}

impl Check {
    fn read(key: &str) -> Option<Check> {
        let (head, modifiers) = match key.split_once('(') {
            Some((head, rest)) => (head, rest.trim_end().strip_suffix(')')?),
            None => (key, ""),
        };
        let (not, head) = head.trim().strip_prefix('~').map_or((false, head.trim()), |rest| (true, rest));
        let fields: Vec<String> =
            head.split('#').next().unwrap_or_default().split('+').map(|field| field.trim().to_owned()).collect();
        if fields.iter().any(|field| !FIELDS.contains(&field.as_str())) {
            return None;
        }
        let mut check = Check { not, fields, method: None, regex: false, case: false, unknown: None };
        for modifier in modifiers.split(',').map(str::trim).filter(|modifier| !modifier.is_empty()) {
            match (modifier, Method::from_name(modifier)) {
                ("regex", _) => check.regex = true,
                ("case-sensitive", _) => check.case = true,
                (_, Some(method)) => check.method = check.method.or(Some(method)),
                _ => check.unknown = Some(modifier.to_owned()),
            }
        }
        Some(check)
    }

    /// The check of one field; nothing where comments have no such field.
    fn term(&self, field: &str, values: &[String]) -> Result<Option<Expr>, String> {
        let usual = match field {
            "id" | "post" | "author.id" => Method::FullExact,
            "url" => Method::Includes,
            _ => Method::IncludesWord,
        };
        let usual = if self.fields.len() > 1 { Method::IncludesWord } else { usual };
        let method = self.method.unwrap_or(usual);
        let regex = || method.regex(values, self.regex, self.case);
        let of = |field: Field, regex: RegexText| Some(Expr::Field(field, vec![Value::Regex(regex)]));
        Ok(match field {
            "body"
                if method == Method::IncludesWord
                    && !self.regex
                    && !self.case
                    && values.iter().all(|v| is_plain(v)) =>
            {
                let words = values.iter().map(|text| Expr::Text { text: text.clone(), prefix: false });
                Some(Expr::or(words.collect()))
            }
            "body" | "url" => Some(Expr::Regex(regex()?)),
            "domain" if !self.regex => {
                Some(Expr::Field(Field::Domain, values.iter().cloned().map(Value::Text).collect()))
            }
            "domain" => of(Field::Domain, regex()?),
            "title" => of(Field::Title, regex()?),
            "id" => of(Field::Id, regex()?),
            "post" => of(Field::Post, regex()?),
            "author.name" | "author.id" => of(Field::Author, regex()?),
            _ => None,
        })
    }
}

/// The fields that search checks know.
const FIELDS: &[&str] = &[
    "id",
    "body",
    "title",
    "domain",
    "url",
    "name",
    "media_author",
    "media_author_url",
    "media_title",
    "media_description",
    "flair_text",
    "flair_css_class",
    "flair_template_id",
    "poll_option_text",
    "crosspost_id",
    "crosspost_title",
    "post",
];

fn is(state: &str) -> Expr {
    word(Field::Is, state)
}

fn word(field: Field, word: &str) -> Expr {
    Expr::Field(field, vec![Value::Text(word.to_owned())])
}

/// A scalar as text.
fn scalar(value: &Yaml<'_>) -> Option<String> {
    let number = || value.as_integer().map(|number| number.to_string());
    let other = || value.as_floating_point().map(|number| number.to_string());
    let truth = || value.as_bool().map(|truth| truth.to_string());
    value.as_str().map(str::to_owned).or_else(number).or_else(other).or_else(truth)
}

/// YAML 1.1 knew more words for true and false, and AutoModerator knows them still.
fn truth(value: &Yaml<'_>) -> Option<bool> {
    match scalar(value)?.to_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// The values of a check: one, or those of a list.
fn values(value: &Yaml<'_>) -> Vec<String> {
    let items = match value.as_sequence() {
        Some(items) => items.iter().filter_map(scalar).collect(),
        None => scalar(value).into_iter().collect::<Vec<_>>(),
    };
    items.into_iter().filter(|value| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{From, convert};
    use crate::query::{NoLookup, Setting};
    use crate::rules::load;

    const CONFIG: &str = r#"
# A first comment
type: comment
body (includes-word): ["free spins", "c++"]
~body (regex, includes): 'vote(s|d)?'
author:
    account_age: "< 7 days"
    comment_karma: "< 10"
action: filter
action_reason: "spam: {{match}}"
---
title+body (regex): "(?<!not )casino"
action: remove
---
type: link submission
domain: example.com
action: spam
---
standard: direct image links
---
author: ["Ann", "Bob"]
is_top_level: false
moderators_exempt: false
body_shorter_than: 20
comment: "Hello {{author}}"
set_flair: ["x", "y"]
frobnicate: 3
---
body: [broken
---
parent_submission:
    title (starts-with): "Open thread"
    flair_text: news
body (full-exact, case-sensitive): OT
action: report
"#;

    #[test]
    fn every_construct_is_converted_or_listed() {
        let done = convert(From::AutoModerator, CONFIG, "site-rule", false);
        let set = load(&done.toml, &Setting { now: 0, lookup: &NoLookup }, &["site-rule"]);
        let set = set.unwrap_or_else(|faults| panic!("{}\n{:?}", done.toml, faults));
        assert_eq!(set.rules.len(), done.rules);
        let queries: Vec<_> = set.rules.iter().map(|ready| ready.rule.query.as_str()).collect();
        assert_eq!(
            queries,
            [
                r"/(?:^|\W|\b)(?:free spins|c\+\+)(?:$|\W|\b)/is -/(?:vote(s|d)?)/is author.age:<7d",
                r"author:/(?:^|\W|\b)(?:Ann|Bob)(?:$|\W|\b)/is -is:root length:<20",
                r"title:/^(?:Open thread)/is /^(?:OT)\n?$/s",
            ]
        );
        let notes: Vec<_> = done.notes.iter().map(|note| (note.what.as_str(), note.lost)).collect();
        assert_eq!(
            notes,
            [
                ("account_age", false),
                ("comment_karma", true),
                ("action: filter", false),
                ("title+body (regex)", true),
                ("action: remove", false),
                ("rule", true),
                ("type: link submission", true),
                ("action: spam", false),
                ("standard", true),
                ("body_shorter_than", false),
                ("comment", true),
                ("set_flair", true),
                ("frobnicate", true),
                ("document", true),
                ("parent_submission: flair_text", true),
                ("action: report", false),
            ]
        );
        assert!(set.rules.iter().all(|ready| ready.rule.status == crate::rules::Status::Draft));
    }

    proptest::proptest! {
        #[test]
        fn no_file_breaks_the_converter(text in "(---\n|type: |body|title|\\+|~| \\(regex\\)|: |\\[|'|\"|author:\n|    |account_age: |< 7|\\{\\{match\\}\\}|\n|\\PC|&a|\\*a){0,24}") {
            let done = convert(From::AutoModerator, &text, "site-rule", false);
            let (rules, faults) = crate::rules::read(&done.toml);
            proptest::prop_assert_eq!(rules.len(), done.rules);
            proptest::prop_assert!(faults.is_empty(), "{:?}\n{}", faults, done.toml);
        }
    }
}
