//! Fields of a dump that have no column: kept as the text of one JSON object, in the order in which they came.

use serde_json::Value;

/// Collects leftover fields into the text of a JSON object.
#[derive(Debug, Default)]
pub struct Extra {
    json: String,
}

impl Extra {
    /// No fields yet.
    pub fn new() -> Self {
        Extra::default()
    }

    /// No fields yet, and room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Extra { json: String::with_capacity(bytes) }
    }

    /// Adds a field whose value is JSON text already. The caller vouches that `json` is one valid JSON value.
    pub fn raw(&mut self, name: &str, json: &str) {
        self.json.push(if self.json.is_empty() { '{' } else { ',' });
        if name.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
            self.json.push('"');
            self.json.push_str(name);
            self.json.push('"');
        } else {
            self.json.push_str(&Value::from(name).to_string());
        }
        self.json.push(':');
        self.json.push_str(json);
    }

    /// Adds a field with a text value.
    pub fn text(&mut self, name: &str, value: &str) {
        self.raw(name, &Value::from(value).to_string());
    }

    /// Adds a field with a text value unless it is empty.
    pub fn text_if_any(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.text(name, value);
        }
    }

    /// The object's text, or an empty string where there were no fields.
    pub fn finish(mut self) -> String {
        if !self.json.is_empty() {
            self.json.push('}');
        }
        self.json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_become_one_object() {
        let mut extra = Extra::new();
        extra.raw("gilded", "0");
        extra.text("flair \"x\"", "a\nb");
        assert_eq!(extra.finish(), r#"{"gilded":0,"flair \"x\"":"a\nb"}"#);
        assert_eq!(Extra::new().finish(), "");
    }
}
