//! What is no text for reading: data, markup, mail, program code. A page copy is what is left when nothing else fits, so
//! everything with a structure of its own has to be turned away here.

/// Why this text is not a copy of a page, if it is not.
pub fn refusal(text: &str) -> Option<&'static str> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let checks: [(Check, &str); 8] = [
        (|text| text.is_empty(), "nothing in it"),
        (is_binary, "control characters"),
        (is_markup, "markup"),
        (is_json, "JSON"),
        (is_headed, "header lines"),
        (is_table, "a table"),
        (is_code, "program code"),
        (is_packed, "no words"),
    ];
    checks.into_iter().find(|(check, _)| check(text)).map(|(_, name)| name)
}

/// Whether a text is something.
type Check = fn(&str) -> bool;

fn is_binary(text: &str) -> bool {
    let odd = text.chars().filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}')).count();
    let lost = text.matches('\u{fffd}').count();
    text.contains('\0') || odd * 500 > text.len() || lost * 20 > text.len()
}

fn is_markup(text: &str) -> bool {
    let mut chars = text.chars();
    let tag =
        chars.next() == Some('<') && chars.next().is_some_and(|c| c.is_alphabetic() || matches!(c, '!' | '?' | '/'));
    // Junk such as a shell prompt may stand before the first tag.
    let start = &text[..text.floor_char_boundary(1024)];
    let declared = start.contains("<?xml") || start.contains("<!DOCTYPE") || start.contains("<html");
    let lines = || text.lines().map(str::trim_start).filter(|line| !line.is_empty());
    let tagged = lines().filter(|line| line.starts_with('<')).count() * 3 > lines().count();
    tag || declared || tagged || text.starts_with("%PDF") || text.starts_with("{\\rtf") || text.starts_with("%!PS")
}

/// JSON, whole, cut off, or a value a line.
fn is_json(text: &str) -> bool {
    let rest = match text.strip_prefix('{') {
        Some(rest) => rest.trim_start().starts_with(['"', '}']),
        None => text.strip_prefix('[').is_some_and(|rest| {
            let rest = rest.trim_start();
            rest.starts_with(['{', '[', '"', ']'])
                || rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains(',')
        }),
    };
    rest || matches!(text.lines().next().map(str::trim_end), Some("null" | "true" | "false"))
}

/// Mail, mbox, HTTP answers, Movable Type, YAML: the text begins with lines such as `Subject: …`.
fn is_headed(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let mbox = first
        .strip_prefix("From ")
        .is_some_and(|rest| rest.contains(':') && rest.contains(|c: char| c.is_ascii_digit()));
    let field = |line: &str| {
        let Some((name, value)) = line.split_once(':') else { return false };
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b' '));
        plain
            && !name.is_empty()
            && name.len() <= 30
            && !name.contains("  ")
            && (value.is_empty() || value.starts_with(' '))
    };
    let known = |line: &str| {
        let name = line.split(':').next().unwrap_or_default().to_lowercase();
        field(line) && FIELDS.contains(&name.as_str())
    };
    let top: Vec<&str> = text.lines().take(6).collect();
    let known = top.iter().filter(|line| known(line)).count();
    let dashes = text.lines().take(400).any(|line| matches!(line.trim_end(), "-----" | "--------"));
    mbox || first.starts_with("HTTP/1.") || known >= 2 || (known >= 1 && dashes) || is_yaml(text)
}

fn is_yaml(text: &str) -> bool {
    let key = |line: &&str| {
        let line = line.trim_start_matches("- ");
        line.split_once(':').is_some_and(|(name, value)| {
            let lower = name.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-' | b'0'..=b'9'));
            lower && !name.is_empty() && (value.is_empty() || value.starts_with(' '))
        })
    };
    let lines = || text.lines().filter(|line| !line.is_empty() && !line.starts_with(' '));
    let begins = text.starts_with("---\n") || text.starts_with("---\r\n");
    let section = text.starts_with('[') && text.lines().next().is_some_and(|line| line.trim_end().ends_with(']'));
    let assigns = lines().skip(1).take(3).filter(|line| line.contains(" = ")).count() >= 2;
    (begins && lines().skip(1).take(1).all(|line| key(&line)))
        || lines().take(3).filter(key).count() >= 3
        || section && assigns
}

const FIELDS: &[&str] = &[
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "received",
    "return-path",
    "mime-version",
    "content-type",
    "in-reply-to",
    "references",
    "delivered-to",
    "content-length",
    "server",
    "author",
    "title",
    "status",
    "basename",
    "allow comments",
    "email",
    "path",
    "newsgroups",
    "reply-to",
    "x-mailer",
    "convert breaks",
    "category",
    "primary category",
];

/// Comma, semicolon or tab separated values: the first lines have equally many, and the first is made of plain names.
fn is_table(text: &str) -> bool {
    [',', ';', '\t', '|'].into_iter().any(|separator| {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let names: Vec<&str> = lines.next().unwrap_or_default().split(separator).collect();
        let name = |name: &&str| {
            let name = name.trim_matches('"');
            !name.is_empty()
                && name.len() <= 40
                && !name.starts_with(' ')
                && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.' | ':' | '/'))
        };
        // A body with line breaks spoils the count of the lines that follow, but seldom of the very next one.
        let next = lines.next().map_or(0, |line| line.matches(separator).count());
        names.len() >= 2 && names.iter().all(name) && next + 1 >= names.len()
    })
}

fn is_code(text: &str) -> bool {
    if text.starts_with("#!") || text.starts_with("-- MySQL") || text.starts_with("-- PostgreSQL") {
        return true;
    }
    let (mut lines, mut code) = (0, 0);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        lines += 1;
        let ends =
            line.ends_with(['{', '}', ';']) || line.ends_with(");") || line.ends_with("},") || line.ends_with("):");
        let begins = CODE.iter().any(|word| line.starts_with(word));
        code += usize::from(ends || begins);
    }
    lines >= 3 && code * 10 >= lines * 3
}

const CODE: &[&str] = &[
    "//",
    "/*",
    "#include",
    "#define",
    "import ",
    "def ",
    "fn ",
    "pub ",
    "const ",
    "var ",
    "class ",
    "public ",
    "private ",
    "return ",
    "package ",
    "INSERT INTO",
    "CREATE TABLE",
    "SELECT ",
    "elif ",
    "self.",
    "if __name__",
];

/// Base64, hexadecimal, numbers: hardly a letter, or lines without a space.
fn is_packed(text: &str) -> bool {
    let (mut full, mut letters, mut long, mut lines) = (0, 0, 0, 0);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        lines += 1;
        long += usize::from(line.len() >= 60 && line.is_ascii() && !line.contains(' '));
        full += line.chars().filter(|c| !c.is_whitespace()).count();
        letters += line.chars().filter(|c| c.is_alphabetic()).count();
    }
    letters * 2 < full || long * 2 > lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structure_is_refused() {
        for text in [
            "",
            " \n\n",
            "abc\0def",
            "\u{1b}[2J\u{1b}[H\u{7}",
            "<html><body>x</body></html>",
            "<?xml version=\"1.0\"?>",
            "{\"id\": 1}\n{\"id\": 2}",
            "[{\"id\": 1",
            "[1, 2, 3]",
            "null\n{\"id\":1}",
            "From ada@example.org Tue Apr  5 10:00:00 2016\nSubject: x\n",
            "Return-Path: <a@b.org>\nSubject: hello\n\nHello.",
            "AUTHOR: Ada\nTITLE: Bread\n-----\nBODY:\nText\n--------\n",
            "---\nname: Ada\nmessage: hello\n",
            "_id: 1\nname: Ada\nmessage: hello\n",
            "id,author,body\n1,Ada,\"hello, you\"\n",
            "id\tbody\n1\thello you\n",
            "[package]\nname = \"x\"\nversion = \"1\"\n",
            "fn main() {\n    println!(\"hello\");\n}\n",
            "import os\n\ndef main(x):\n    return os\n",
            "%PDF-1.4\n",
            "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5\n",
            "  1. \n  1. \n  1. \n",
        ] {
            assert!(refusal(text).is_some(), "{text}");
        }
    }

    #[test]
    fn prose_is_not() {
        for text in [
            "Rye bread in one evening\n\nThis is the bread we bake, when there is no time.\n",
            "[Update: this was written before.] And it goes on.",
            "From time to time we bake.\n\nAnd then we eat.",
            "Title: a story\n\nOnce upon a time, there was bread.",
            "黒パンを一晩で焼く\n\n時間がないときに焼くパンです。",
            "Bread, butter\n\nand jam",
            "A {curly} start",
        ] {
            assert_eq!(refusal(text), None, "{text}");
        }
    }
}
