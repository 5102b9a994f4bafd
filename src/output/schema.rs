//! The written form of what JSON exports hold: a JSON Schema with a version, which a test keeps equal to what is written.

/// The JSON Schema (draft 2020-12) of the `json` document and of the lines of `jsonl`.
pub const SCHEMA: &str = include_str!("schema.json");

/// The version that exports name. A key that is added or changes its meaning raises it.
pub const VERSION: u64 = 1;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use regex::Regex;
    use serde_json::Value;

    use super::*;
    use crate::output::{EXPORTS, export_named, samples};

    /// The keywords that the schema may use; the check below knows each of them.
    const KEYWORDS: [&str; 14] = [
        "$ref",
        "additionalProperties",
        "const",
        "description",
        "enum",
        "items",
        "minimum",
        "oneOf",
        "pattern",
        "properties",
        "required",
        "type",
        "$schema",
        "title",
    ];

    /// Checks a value against a schema; `seen` collects every property that was used, by definition.
    fn check(
        root: &Value,
        schema: &Value,
        place: &str,
        value: &Value,
        seen: &mut BTreeSet<String>,
    ) -> Result<(), String> {
        for (keyword, rule) in schema.as_object().ok_or("a schema is an object")? {
            let holds = match keyword.as_str() {
                "$ref" => {
                    let target = rule.as_str().unwrap_or_default().trim_start_matches('#');
                    let name = target.rsplit('/').next().unwrap_or_default();
                    check(root, root.pointer(target).ok_or("dangling $ref")?, name, value, seen)?;
                    true
                }
                "const" => rule == value,
                "enum" => rule.as_array().is_some_and(|words| words.contains(value)),
                "minimum" => value.as_i64() >= rule.as_i64(),
                "pattern" => value
                    .as_str()
                    .is_some_and(|text| Regex::new(rule.as_str().unwrap_or_default()).unwrap().is_match(text)),
                "type" => match rule.as_str() {
                    Some("object") => value.is_object(),
                    Some("array") => value.is_array(),
                    Some("string") => value.is_string(),
                    Some("integer") => value.is_i64() || value.is_u64(),
                    Some("number") => value.is_number(),
                    Some("boolean") => value.is_boolean(),
                    _ => return Err(format!("{place}: unknown type")),
                },
                "required" => rule
                    .as_array()
                    .is_some_and(|keys| keys.iter().all(|key| value.get(key.as_str().unwrap()).is_some())),
                "items" => {
                    for element in value.as_array().into_iter().flatten() {
                        check(root, rule, place, element, seen)?;
                    }
                    true
                }
                "properties" => {
                    for (key, member) in value.as_object().into_iter().flatten() {
                        let Some(rule) = rule.get(key) else { continue };
                        seen.insert(format!("{place}.{key}"));
                        check(root, rule, key, member, seen).map_err(|error| format!("{key}: {error}"))?;
                    }
                    true
                }
                "additionalProperties" => value
                    .as_object()
                    .is_none_or(|object| object.keys().all(|key| schema["properties"].get(key).is_some())),
                "oneOf" => {
                    let fitting = rule
                        .as_array()
                        .unwrap()
                        .iter()
                        .filter(|rule| check(root, rule, place, value, &mut BTreeSet::new()).is_ok());
                    fitting.count() == 1
                }
                known => known.starts_with('$') || KEYWORDS.contains(&known),
            };
            if !holds {
                return Err(format!("{place}: {keyword} does not hold for {value}"));
            }
        }
        Ok(())
    }

    fn schema() -> Value {
        serde_json::from_str(SCHEMA).unwrap()
    }

    #[test]
    fn the_document_and_the_lines_hold_exactly_the_keys_of_the_schema() {
        let schema = schema();
        let mut seen = BTreeSet::new();
        let document = samples::write_full(export_named("json").unwrap());
        check(&schema, &schema, "document", &serde_json::from_str(&document).unwrap(), &mut seen).unwrap();
        let lines = samples::write_full(export_named("jsonl").unwrap());
        for line in lines.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            check(&schema, &schema["$defs"]["line"], "line", &line, &mut BTreeSet::new()).unwrap();
            let name = line.get("type").and_then(Value::as_str).unwrap_or("header");
            check(&schema, &schema["$defs"][name], name, &line, &mut seen).unwrap();
        }
        let written: BTreeSet<String> = schema["$defs"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(name, schema)| {
                schema["properties"].as_object().into_iter().flatten().map(move |(key, _)| format!("{name}.{key}"))
            })
            .collect();
        assert_eq!(seen, written);
    }

    #[test]
    fn the_check_sees_what_the_schema_forbids() {
        let schema = schema();
        for bad in [
            r#"{"format":"quell","version":2,"posts":[]}"#,
            r#"{"format":"quell","version":1}"#,
            r#"{"format":"quell","version":1,"posts":[{"key":"a"}]}"#,
            r#"{"format":"quell","version":1,"posts":[{"source":{"kind":"a","scope":"b"},"key":"a","created":"1999"}]}"#,
            r#"{"format":"quell","version":1,"posts":[],"more":1}"#,
        ] {
            let value = serde_json::from_str(bad).unwrap();
            assert!(check(&schema, &schema, "document", &value, &mut BTreeSet::new()).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_version_and_the_formats_are_those_of_the_schema() {
        assert_eq!(schema()["$defs"]["document"]["properties"]["version"]["const"], VERSION);
        assert!(EXPORTS.iter().filter(|format| format.lossless).count() == 2);
    }

    #[test]
    fn the_words_of_the_schema_are_those_of_the_model() {
        use crate::model::{AuthorEvidence, AuthorKind, BodyFormat, EdgeClass, Kind, ParentOrigin, Precision, Status};
        fn words<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Vec<&'static str> {
            all.iter().map(|word| name(*word)).collect()
        }
        let defs = &schema()["$defs"];
        let listed = |schema: &Value| -> Vec<String> { serde_json::from_value(schema["enum"].clone()).unwrap() };
        assert_eq!(listed(&defs["status"]), words(Status::ALL, Status::as_str));
        assert_eq!(listed(&defs["markup"]), words(BodyFormat::ALL, BodyFormat::as_str));
        assert_eq!(listed(&defs["precision"]), words(&Precision::ALL[1..], Precision::as_str));
        assert_eq!(listed(&defs["author"]["properties"]["kind"]), words(AuthorKind::ALL, AuthorKind::as_str));
        let evidence = words(AuthorEvidence::ALL, AuthorEvidence::as_str);
        assert_eq!(listed(&defs["author"]["properties"]["evidence"]), evidence);
        let comment = &defs["comment"]["properties"];
        assert_eq!(listed(&comment["kind"]), words(Kind::ALL, Kind::as_str));
        assert_eq!(listed(&comment["parent_origin"]), words(ParentOrigin::ALL, ParentOrigin::as_str));
        assert_eq!(listed(&defs["given"]["properties"]["origin"]), words(ParentOrigin::ALL, ParentOrigin::as_str));
        assert_eq!(listed(&defs["inferred"]["properties"]["class"]), words(EdgeClass::ALL, EdgeClass::as_str));
        assert_eq!(
            listed(&defs["proposed"]["properties"]["evidence"]),
            listed(&defs["author"]["properties"]["evidence"])
        );
    }
}
