//! AutoModerator's ways to compare a text, as regexes that mean the same here.

use crate::query::RegexText;

/// A way to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    IncludesWord,
    Includes,
    StartsWith,
    EndsWith,
    FullExact,
    FullText,
}

impl Method {
    pub(super) fn from_name(name: &str) -> Option<Method> {
        Some(match name {
            "includes-word" => Method::IncludesWord,
            "includes" => Method::Includes,
            "starts-with" => Method::StartsWith,
            "ends-with" => Method::EndsWith,
            "full-exact" => Method::FullExact,
            "full-text" => Method::FullText,
            _ => return None,
        })
    }

    /// The regex that finds any of the values; `$` in Python also stands before a last line break.
    pub(super) fn regex(self, values: &[String], regex: bool, case: bool) -> Result<RegexText, String> {
        let values: Vec<String> =
            values.iter().map(|v| if regex { v.clone() } else { regex_syntax::escape(v) }).collect();
        let any = format!("(?:{})", values.join("|"));
        let pattern = match self {
            Method::IncludesWord => format!(r"(?:^|\W|\b){any}(?:$|\W|\b)"),
            Method::Includes => any,
            Method::StartsWith => format!("^{any}"),
            Method::EndsWith => format!(r"{any}\n?$"),
            Method::FullExact => format!(r"^{any}\n?$"),
            Method::FullText => format!(r"^\W*{any}\W*$"),
        };
        let flags = if case { "s" } else { "is" };
        match regex::Regex::new(&format!("(?{flags}){pattern}")) {
            Ok(_) => Ok(RegexText { pattern, flags: flags.to_owned() }),
            Err(error) => {
                let text = error.to_string();
                let last = text.lines().last().unwrap_or_default();
                Err(last.strip_prefix("error: ").unwrap_or(last).to_owned())
            }
        }
    }
}
