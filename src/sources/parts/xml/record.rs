//! One element of an XML dump with all that is in it, flat: fields in document order, each with its depth. Buffers are
//! used again from record to record, so a million small records cost few allocations.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;

use crate::sources::parts::extra::Extra;

type Span = Range<usize>;

/// An element that was read whole.
#[derive(Debug, Default)]
pub struct Record {
    text: String,
    fields: Vec<Field>,
    attributes: Vec<(Span, Span)>,
    /// The fields that are open while the record is read.
    open: Vec<usize>,
}

#[derive(Debug)]
struct Field {
    depth: usize,
    name: Span,
    value: Span,
    attributes: Span,
}

impl Record {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.text.shrink_to(1 << 20);
        self.fields.clear();
        self.attributes.clear();
        self.open.clear();
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Opens an element inside the innermost open one. Its attributes follow.
    pub(super) fn open(&mut self, name: &str) {
        let name = self.push(name);
        let attributes = self.attributes.len()..self.attributes.len();
        let value = self.text.len()..self.text.len();
        self.open.push(self.fields.len());
        self.fields.push(Field { depth: self.open.len() - 1, name, value, attributes });
    }

    /// Adds an attribute to the element opened last.
    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        let pair = (self.push(name), self.push(value));
        self.attributes.push(pair);
        let end = self.text.len();
        if let Some(field) = self.fields.last_mut() {
            field.attributes.end = self.attributes.len();
            field.value = end..end;
        }
    }

    /// Adds text to the innermost open element. Text after a child becomes a field of its own with the same name and
    /// depth, so that mixed content loses nothing.
    pub(super) fn text(&mut self, text: &str) {
        let Some(&index) = self.open.last() else { return };
        if index + 1 != self.fields.len() {
            if text.trim().is_empty() {
                return;
            }
            let (depth, name) = (self.fields[index].depth, self.fields[index].name.clone());
            if let Some(last) = self.open.last_mut() {
                *last = self.fields.len();
            }
            let (start, none) = (self.text.len(), self.attributes.len());
            self.fields.push(Field { depth, name, value: start..start, attributes: none..none });
        }
        self.text.push_str(text);
        let end = self.text.len();
        if let Some(field) = self.fields.last_mut() {
            field.value.end = end;
        }
    }

    /// Closes the innermost open element.
    pub(super) fn close(&mut self) {
        self.open.pop();
    }

    fn push(&mut self, text: &str) -> Span {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    /// The element itself.
    pub fn root(&self) -> Element<'_> {
        Element { record: self, fields: 0..self.fields.len() }
    }
}

/// An element of a [`Record`].
#[derive(Clone)]
pub struct Element<'r> {
    record: &'r Record,
    /// The element's own field and those of everything in it; empty for an element that is not there.
    fields: Span,
}

impl<'r> Element<'r> {
    fn field(&self) -> Option<&'r Field> {
        self.record.fields.get(self.fields.start)
    }

    /// Its name without a prefix.
    pub fn name(&self) -> &'r str {
        let name = self.qualified_name();
        name.rsplit_once(':').map_or(name, |(_, local)| local)
    }

    /// Its name as written.
    pub fn qualified_name(&self) -> &'r str {
        self.field().map_or("", |field| &self.record.text[field.name.clone()])
    }

    /// Its text before any child, without white space around it.
    pub fn text(&self) -> &'r str {
        self.field().map_or("", |field| self.record.text[field.value.clone()].trim())
    }

    /// The attribute of this name, prefixes aside, if it says anything.
    pub fn attribute(&self, name: &str) -> Option<&'r str> {
        self.attributes().find(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| value)
    }

    fn attributes(&self) -> impl Iterator<Item = (&'r str, &'r str)> + use<'r> {
        let (record, span) = (self.record, self.field().map_or(0..0, |field| field.attributes.clone()));
        record.attributes[span].iter().map(|(name, value)| {
            let name = &record.text[name.clone()];
            (name.rsplit_once(':').map_or(name, |(_, local)| local), record.text[value.clone()].trim())
        })
    }

    /// The elements directly in it.
    pub fn children(&self) -> impl Iterator<Item = Element<'r>> + use<'r> {
        let (record, end) = (self.record, self.fields.end);
        let depth = self.field().map_or(0, |field| field.depth);
        let mut next = self.fields.start + 1;
        std::iter::from_fn(move || {
            let start = next;
            let child = record.fields[..end].get(start)?;
            next += 1;
            while record.fields[..end].get(next).is_some_and(|field| field.depth > depth + 1) {
                next += 1;
            }
            debug_assert!(child.depth <= depth + 1);
            Some(Element { record, fields: start..next })
        })
    }

    /// The text of the first child of this name; empty if there is none.
    pub fn child_text(&self, name: &str) -> &'r str {
        self.children().find(|child| child.name() == name).map_or("", |child| child.text())
    }

    /// The element as the text of a JSON value: a string, or an object of its attributes, its text as `text`, and
    /// everything below it by name, without further nesting. Nothing if it says nothing. `text_of` may replace texts.
    pub fn to_json(&self, text_of: &dyn Fn(&str) -> String) -> Option<String> {
        let text = self.text();
        if self.fields.len() == 1 && self.attributes().all(|(_, value)| value.is_empty()) {
            return (!text.is_empty()).then(|| Value::from(text_of(text)).to_string());
        }
        let mut grouped = Grouped::default();
        for (name, value) in self.attributes().chain([("text", text)]).filter(|(_, value)| !value.is_empty()) {
            grouped.add(name, Value::from(text_of(value)).to_string());
        }
        for start in self.fields.start + 1..self.fields.end {
            let below = Element { record: self.record, fields: start..start + 1 };
            for value in below.attributes().map(|(_, value)| value).chain([below.text()]) {
                if !value.is_empty() {
                    grouped.add(below.name(), Value::from(text_of(value)).to_string());
                }
            }
        }
        Some(grouped.finish()).filter(|json| !json.is_empty())
    }
}

/// Named JSON values in order of first appearance; a name with several values gets an array.
#[derive(Debug, Default)]
pub struct Grouped {
    index: HashMap<String, usize>,
    groups: Vec<(String, Vec<String>)>,
}

impl Grouped {
    /// Adds a value, which is JSON text.
    pub fn add(&mut self, name: &str, json: String) {
        match self.index.get(name) {
            Some(&at) => self.groups[at].1.push(json),
            None => {
                self.index.insert(name.to_owned(), self.groups.len());
                self.groups.push((name.to_owned(), vec![json]));
            }
        }
    }

    /// Adds a text value unless it is empty.
    pub fn add_text(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.add(name, Value::from(text).to_string());
        }
    }

    /// The text of the JSON object, or an empty string where nothing was added.
    pub fn finish(self) -> String {
        let mut extra = Extra::new();
        for (name, mut values) in self.groups {
            match values.len() {
                1 => extra.raw(&name, &values.swap_remove(0)),
                _ => extra.raw(&name, &format!("[{}]", values.join(","))),
            }
        }
        extra.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Record {
        let mut record = Record::default();
        record.open("wp:comment");
        record.open("wp:id");
        record.text(" 7");
        record.text(" ");
        record.close();
        record.open("category");
        record.attribute("dsq:domain", "tag");
        record.text("Bread");
        record.close();
        for value in ["1", "2"] {
            record.open("wp:meta");
            record.open("wp:key");
            record.text(value);
            record.close();
            record.close();
        }
        record.text("stray");
        record.close();
        record
    }

    #[test]
    fn children_texts_and_attributes() {
        let record = sample();
        let root = record.root();
        assert_eq!((root.name(), root.child_text("id"), root.child_text("none")), ("comment", "7", ""));
        let names: Vec<_> = root.children().map(|child| child.qualified_name()).collect();
        assert_eq!(names, ["wp:id", "category", "wp:meta", "wp:meta", "wp:comment"]);
        assert_eq!(root.children().nth(1).unwrap().attribute("domain"), Some("tag"));
    }

    #[test]
    fn leftovers_become_json() {
        let record = sample();
        let mut grouped = Grouped::default();
        for child in record.root().children() {
            if let Some(json) = child.to_json(&str::to_owned) {
                grouped.add(child.name(), json);
            }
        }
        assert_eq!(
            grouped.finish(),
            r#"{"id":"7","category":{"domain":"tag","text":"Bread"},"meta":[{"key":"1"},{"key":"2"}],"comment":"stray"}"#
        );
    }
}
