//! One JSON object as its members: names and untouched value texts in file order, read tolerantly because dumps change
//! the type of a member over the years. What a format does not take stays available as text, digit for digit.
//!
//! Not here: lines (`ndjson`) and nesting (`tree`); a member's value is never looked into beyond its own scalars.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use memchr::memchr;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::extra::Extra;
use super::mend::mend;
use super::when;
use crate::model::Time;

/// The text of one JSON value, known to be well-formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Json<'a>(&'a str);

impl<'a> Json<'a> {
    /// A value by its text. The caller vouches that it is one JSON value without surrounding blanks.
    pub fn new(text: &'a str) -> Self {
        Json(text)
    }

    /// The text as it came.
    pub fn text(self) -> &'a str {
        self.0
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    /// Whether it is an array.
    pub fn is_array(self) -> bool {
        self.0.starts_with('[')
    }

    /// The text of a string. Half of a surrogate pair alone becomes U+FFFD.
    pub fn string(self) -> Option<Cow<'a, str>> {
        let inner = self.0.strip_prefix('"')?.strip_suffix('"')?;
        if memchr(b'\\', inner.as_bytes()).is_none() {
            return Some(Cow::Borrowed(inner));
        }
        let decoded = serde_json::from_str(self.0).or_else(|_| serde_json::from_str::<String>(&mended(self.0)));
        decoded.ok().map(Cow::Owned)
    }

    /// The digits of a number, as they came.
    pub fn number(self) -> Option<&'a str> {
        self.0.starts_with(|first: char| first == '-' || first.is_ascii_digit()).then_some(self.0)
    }

    /// A string, or a number as text with all its digits; empty strings count as absent.
    pub fn id(self) -> Option<Cow<'a, str>> {
        self.number().map(Cow::Borrowed).or_else(|| self.string()).filter(|id| !id.is_empty())
    }

    /// A truth value, also as a number (not 0) or as the words `true` and `false`.
    pub fn flag(self) -> Option<bool> {
        match self.0.trim_matches('"') {
            "true" => Some(true),
            "false" => Some(false),
            number => number.parse::<f64>().ok().map(|number| number != 0.0),
        }
    }

    /// A whole number, also as a float (rounded towards zero) or in a string; `None` beyond 64 bits.
    pub fn integer(self) -> Option<i64> {
        let text = self.0.trim_matches('"');
        if let Ok(whole) = text.parse() {
            return Some(whole);
        }
        let float: f64 = text.parse().ok()?;
        (float.abs() < 9.2e18).then_some(float as i64)
    }

    /// A time: Unix seconds as a number or as text, or ISO 8601 text.
    pub fn time(self) -> Option<Time> {
        match self.number() {
            Some(number) => when::unix_seconds(number),
            None => self.string().and_then(|text| when::unix_seconds(&text).or_else(|| when::iso(&text, None))),
        }
    }
}

/// The members of one JSON object. Taking a member removes it from [`Fields::rest`]; of members with one name the last
/// wins and the others are dropped.
#[derive(Debug)]
pub struct Fields<'a> {
    members: Vec<Member<'a>>,
}

#[derive(Debug)]
struct Member<'a> {
    name: Cow<'a, str>,
    value: Json<'a>,
    taken: bool,
}

impl<'a> Fields<'a> {
    /// The members of the object in this text. An error if it is not one well-formed object; nesting has no limit.
    pub fn parse(text: &'a str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// The value of a member that may still be there, without taking it.
    pub fn peek(&self, name: &str) -> Option<Json<'a>> {
        self.members.iter().rev().find(|member| !member.taken && member.name == name).map(|member| member.value)
    }

    /// Takes a member whatever its value is.
    pub fn take(&mut self, name: &str) -> Option<Json<'a>> {
        let mut found = None;
        for member in self.members.iter_mut().rev().filter(|member| !member.taken && member.name == name) {
            member.taken = true;
            found = found.or(Some(member.value));
        }
        found
    }

    /// Takes a member if `read` can read it. `null` is taken as absent; anything else unreadable stays in the rest.
    pub fn take_as<T>(&mut self, name: &str, read: impl FnOnce(Json<'a>) -> Option<T>) -> Option<T> {
        let value = self.peek(name)?;
        let read = if value.is_null() { None } else { Some(read(value)?) };
        self.take(name);
        read
    }

    /// Takes a text.
    pub fn string(&mut self, name: &str) -> Option<Cow<'a, str>> {
        self.take_as(name, Json::string)
    }

    /// Takes an id: a text or a number with all its digits.
    pub fn id(&mut self, name: &str) -> Option<Cow<'a, str>> {
        self.take_as(name, Json::id)
    }

    /// Takes a truth value.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        self.take_as(name, Json::flag)
    }

    /// Takes a whole number.
    pub fn integer(&mut self, name: &str) -> Option<i64> {
        self.take_as(name, Json::integer)
    }

    /// Takes a time.
    pub fn time(&mut self, name: &str) -> Option<Time> {
        self.take_as(name, Json::time)
    }

    /// Every member that is still there, in file order; of equal names only the last.
    pub fn members(&self) -> impl Iterator<Item = (&str, Json<'a>)> {
        let mut left: Vec<_> = self.members.iter().filter(|member| !member.taken).collect();
        if left.len() > 1 && may_repeat(left.iter().map(|member| &*member.name)) {
            let mut seen = HashSet::new();
            left.reverse();
            left.retain(|member| seen.insert(&*member.name));
            left.reverse();
        }
        left.into_iter().map(|member| (&*member.name, member.value))
    }

    /// What was not taken, as the text of a JSON object; empty if nothing is left. Values stay as they came, except that
    /// halves of surrogate pairs become U+FFFD, since strict readers refuse a whole object for one of them.
    pub fn rest(&self) -> String {
        let bytes = |member: &Member<'_>| member.name.len() + member.value.text().len() + 4;
        let left: usize = self.members.iter().filter(|member| !member.taken).map(bytes).sum();
        if left == 0 {
            return String::new();
        }
        let mut extra = Extra::with_capacity(left + 2);
        for (name, value) in self.members() {
            extra.raw(name, value.text());
        }
        let text = extra.finish();
        if text.contains("\\u") { mended(&text) } else { text }
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Fields<'a> {
    /// Members by name and value text, which must be well-formed JSON.
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(members: I) -> Self {
        let member = |(name, value)| Member { name: Cow::Borrowed(name), value: Json::new(value), taken: false };
        Fields { members: members.into_iter().map(member).collect() }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                // Beyond a kilobyte, allocators leave their quick path; longer records grow.
                let mut members = Vec::with_capacity(16);
                while let Some(Name(name)) = map.next_key()? {
                    let value: &'de RawValue = map.next_value()?;
                    members.push(Member { name, value: Json::new(value.get()), taken: false });
                }
                Ok(Fields { members })
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// A member's name, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Whether two names could be equal: if no fingerprints are, no names are. A set of the names themselves would cost a
/// third of the time for records with sixty members.
fn may_repeat<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    let mix = |sum: u64, piece: u64| (sum.rotate_left(5) ^ piece).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let fingerprint = |name: &str| {
        let (words, rest) = name.as_bytes().as_chunks::<8>();
        let sum = words.iter().fold(name.len() as u64, |sum, word| mix(sum, u64::from_le_bytes(*word)));
        rest.iter().fold(sum, |sum, byte| mix(sum, u64::from(*byte)))
    };
    let mut fingerprints: Vec<u64> = names.map(fingerprint).collect();
    fingerprints.sort_unstable();
    fingerprints.windows(2).any(|pair| pair[0] == pair[1])
}

/// The same JSON text with U+FFFD for each surrogate without its other half.
fn mended(json: &str) -> String {
    let mut bytes = json.as_bytes().to_vec();
    mend(&mut bytes, true);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_tolerantly() {
        let text =
            r#"{"id":923456789012345678,"t":"1460000000","f":1460000000.5,"b":1,"n":null,"s":"a\nb","score":2.0}"#;
        let mut fields = Fields::parse(text).unwrap();
        assert_eq!(fields.id("id").unwrap(), "923456789012345678");
        assert_eq!(fields.time("t").unwrap().millis, 1_460_000_000_000);
        assert_eq!(fields.time("f").unwrap().millis, 1_460_000_000_500);
        assert_eq!(fields.flag("b"), Some(true));
        assert_eq!(fields.string("n"), None);
        assert_eq!(fields.string("s").unwrap(), "a\nb");
        assert_eq!(fields.integer("score"), Some(2));
        assert_eq!(fields.rest(), "");
    }

    #[test]
    fn what_is_not_taken_stays_as_it_came() {
        let mut fields =
            Fields::parse(r#"{"a":1, "b":{"x":[1.50, 2e3]} ,"t":"soon","a":12345678901234567890.10}"#).unwrap();
        assert_eq!(fields.time("t"), None);
        assert_eq!(fields.rest(), r#"{"b":{"x":[1.50, 2e3]},"t":"soon","a":12345678901234567890.10}"#);
        assert_eq!(fields.take("a").unwrap().text(), "12345678901234567890.10");
        assert_eq!(fields.take("a"), None);
        assert_eq!(fields.rest(), r#"{"b":{"x":[1.50, 2e3]},"t":"soon"}"#);
    }

    #[test]
    fn huge_numbers_are_not_times_and_not_integers() {
        for number in ["1e400", "99999999999999999999", "-1e999", "1e300"] {
            let json = Json::new(number);
            assert_eq!((json.time(), json.integer()), (None, None), "{number}");
            assert_eq!(json.id().unwrap(), number);
        }
    }

    #[test]
    fn strings_with_lone_surrogates_and_nul() {
        let read = |json| Json::new(json).string().map(Cow::into_owned);
        assert_eq!(read(r#""a\ud83dz\ud83d\ude00\\\ude00""#).unwrap(), "a\u{FFFD}z\u{1F600}\\\u{FFFD}");
        assert_eq!(read(r#""\ud83d\n""#).unwrap(), "\u{FFFD}\n");
        assert_eq!(read(r#""\u0000""#).unwrap(), "\0");
        assert_eq!(read("7"), None);
    }

    #[test]
    fn nesting_has_no_limit() {
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(Fields::parse(&deep).unwrap().peek("a").map(|value| value.text().len()), Some(200_000));
    }

    #[test]
    fn a_million_equal_names_are_not_quadratic() {
        let text = format!("{{{}\"a\":2}}", r#""a":1,"#.repeat(1_000_000));
        assert_eq!(Fields::parse(&text).unwrap().rest(), r#"{"a":2}"#);
    }
}
