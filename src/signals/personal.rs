//! `personal`: how many pieces of personal data a comment shows: e-mail addresses, telephone numbers, bank cards, bank
//! accounts, national insurance numbers, street addresses, internet addresses.
//!
//! Cards and accounts are told from other numbers by their check digits; telephone numbers, the American and British
//! insurance numbers and street addresses only by their shape, so they are the doubtful ones. Not here: names, the
//! numbers of other countries, and hiding what was found.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::pattern::Pattern;
use super::{Reads, Reason, Scale, Signal, Subject};

/// The number of pieces of personal data.
pub static SIGNAL: Signal = Signal {
    name: "personal",
    version: 2,
    meaning: "number of e-mail, street and internet addresses, phone, card, account and insurance numbers",
    scale: Scale::Count,
    reads: Reads::Text { value, why },
};

static EMAIL: Pattern = Pattern::new(r"[\w.%+-]+@(?:[\w-]+\.)+\p{L}{2,}\b");
static NUMBER: Pattern = Pattern::new(r"(?:\+ ?|\b|\()\d(?:[-. ()/]{0,2}\d){7,22}\b");
static ACCOUNT: Pattern = Pattern::new(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b");
static ADDRESS: Pattern = Pattern::new(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){3,7}");

/// An American social security number with its hyphens, or a British national insurance number.
static INSURANCE: Pattern =
    Pattern::new(r"\b\d{3}-\d{2}-\d{4}\b|\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b");
/// A number and a name with the word for a street, or a German street with its number.
static STREET: Pattern = Pattern::new(
    r"(?x) \b \d{1,5} [a-z]? \x20 (?: [A-Z] [\p{L}'’-]+ \x20 ){1,3}
        (?: Street | St | Avenue | Ave | Road | Rd | Lane | Ln | Drive | Boulevard | Blvd | Court | Terrace | Crescent ) \b
      | \b \p{Lu} [\p{L}-]* (?: straße | strasse | str\. | gasse | weg | allee ) \x20 \d{1,3} [a-z]? \b",
);

/// Lengths of bank account numbers by country, from the IBAN registry.
const LENGTHS: &[(&str, usize)] = &[
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("SA", 24),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("TR", 26),
    ("UA", 29),
    ("AE", 23),
    ("IL", 23),
    ("BR", 29),
];

/// What sort of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Datum {
    /// An e-mail address.
    Email,
    /// A telephone number, by its shape.
    Phone,
    /// A bank card number whose check digit is right.
    Card,
    /// A bank account number (IBAN) whose check digits are right.
    Account,
    /// A public internet address.
    Address,
    /// An American or British insurance number, by its shape.
    Insurance,
    /// A street with a number, by its shape.
    Street,
}

impl Datum {
    fn note(self) -> &'static str {
        match self {
            Datum::Email => "e-mail address",
            Datum::Phone => "phone number",
            Datum::Card => "bank card",
            Datum::Account => "bank account",
            Datum::Address => "internet address",
            Datum::Insurance => "insurance number",
            Datum::Street => "street address",
        }
    }
}

/// The personal data in a text, in order, none overlapping another.
pub fn data(text: &str) -> Vec<(Datum, Range<usize>)> {
    let mut found: Vec<(Datum, Range<usize>)> = Vec::new();
    if !text.bytes().any(|b| b.is_ascii_digit() || b == b'@' || b == b':') {
        return found;
    }
    let mut add = |datum, span: Range<usize>| {
        if found.iter().all(|(_, other)| other.end <= span.start || span.end <= other.start) {
            found.push((datum, span));
        }
    };
    EMAIL.find(text).for_each(|span| add(Datum::Email, span));
    ACCOUNT.find(text).filter_map(|span| account(text, span)).for_each(|span| add(Datum::Account, span));
    ADDRESS.find(text).filter(|span| is_address(text, span)).for_each(|span| add(Datum::Address, span));
    INSURANCE.find(text).filter(|span| is_insurance(text, span)).for_each(|span| add(Datum::Insurance, span));
    STREET.find(text).for_each(|span| add(Datum::Street, span));
    NUMBER.find(text).filter_map(|span| Some((number(text, &span)?, span))).for_each(|(datum, span)| add(datum, span));
    found.sort_by_key(|(_, span)| span.start);
    found
}

/// Whether a number in the shape of an insurance number can be one: some areas, groups and prefixes were never issued.
fn is_insurance(text: &str, span: &Range<usize>) -> bool {
    let edge = |c: char| c == '-' || c == '/' || c.is_alphanumeric();
    if text[..span.start].ends_with(edge) || text[span.end..].starts_with(edge) {
        return false;
    }
    match text[span.clone()].split('-').collect::<Vec<_>>().as_slice() {
        [area, group, serial] => {
            !matches!(*area, "000" | "666") && !area.starts_with('9') && *group != "00" && *serial != "0000"
        }
        _ => !["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].iter().any(|prefix| text[span.clone()].starts_with(prefix)),
    }
}

/// The stretch that is an account number: as long as its country's are, with check digits that come to 1 modulo 97.
fn account(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let length = LENGTHS.iter().find(|(country, _)| text[span.clone()].starts_with(country))?.1;
    let (mut taken, mut end) = (String::new(), span.start);
    for (at, letter) in text[span.clone()].char_indices().filter(|(_, c)| *c != ' ').take(length) {
        taken.push(letter);
        end = span.start + at + 1;
    }
    let turned = taken[4..].chars().chain(taken[..4].chars());
    let rest = turned
        .filter_map(|c| c.to_digit(36))
        .fold(0, |rest, digit| if digit < 10 { (rest * 10 + digit) % 97 } else { (rest * 100 + digit) % 97 });
    let whole = !text[end..].starts_with(|c: char| c.is_alphanumeric());
    (taken.len() == length && rest == 1 && whole).then_some(span.start..end)
}

fn is_address(text: &str, span: &Range<usize>) -> bool {
    let edge = |c: char| c == '.' || c == ':' || c.is_alphanumeric();
    if text[..span.start].ends_with(edge) || text[span.end..].starts_with(|c: char| c == ':' || c.is_alphanumeric()) {
        return false;
    }
    let after = &text.as_bytes()[span.end..];
    if after.first() == Some(&b'.') && after.get(1).is_some_and(u8::is_ascii_digit) {
        return false;
    }
    match text[span.clone()].parse::<Ipv4Addr>() {
        Ok(v4) => !(v4.is_private() || v4.is_loopback() || v4.is_unspecified() || v4.is_broadcast()),
        Err(_) => text[span.clone()].parse::<Ipv6Addr>().is_ok_and(|v6| v6.segments()[0] & 0xe000 == 0x2000),
    }
}

/// Whether a run of digits is a card or looks like a telephone number.
fn number(text: &str, span: &Range<usize>) -> Option<Datum> {
    if text[..span.start].ends_with(['.', '/', '-', '=', '_', '#']) {
        return None;
    }
    let written = &text[span.clone()];
    let digits: Vec<u32> = written.chars().filter_map(|c| c.to_digit(10)).collect();
    if (13..=19).contains(&digits.len()) && (2..=6).contains(&digits[0]) && luhn(&digits) {
        return Some(Datum::Card);
    }
    let groups: Vec<usize> =
        written.split(|c: char| !c.is_ascii_digit()).map(str::len).filter(|length| *length > 0).collect();
    let dated = groups.starts_with(&[4, 2, 2]) || groups.starts_with(&[2, 2, 4]);
    let grouped = (2..=5).contains(&groups.len()) && groups.iter().all(|g| *g <= 8) && groups.iter().any(|g| *g >= 3);
    let local = grouped && groups[1..].iter().all(|g| *g >= 2) && (9..=12).contains(&digits.len());
    let international = written.starts_with('+') && (8..=15).contains(&digits.len());
    let decimal = groups.len() == 2 && written.contains('.');
    (international || (local && !decimal && !dated)).then_some(Datum::Phone)
}

/// Luhn's check over all digits, the last being the check digit.
fn luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits.iter().rev().enumerate().map(|(at, d)| if at % 2 == 1 { doubled(*d) } else { *d }).sum();
    sum.is_multiple_of(10) && digits.iter().any(|d| *d != digits[0])
}

fn value(subject: &Subject) -> Option<f64> {
    Some(data(subject.own()).len() as f64)
}

fn why(subject: &Subject) -> Vec<Reason> {
    data(subject.own()).into_iter().map(|(datum, span)| Reason::at(datum.note(), span, 1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Datum, &str)> {
        data(text).into_iter().map(|(datum, span)| (datum, &text[span])).collect()
    }

    #[test]
    fn finds_each_kind() {
        assert!([&EMAIL, &NUMBER, &ACCOUNT, &ADDRESS, &INSURANCE, &STREET].iter().all(|pattern| pattern.is_sound()));
        assert_eq!(found("to ann.b+x@soup.example."), [(Datum::Email, "ann.b+x@soup.example")]);
        assert_eq!(found("card 4111 1111 1111 1111 ok"), [(Datum::Card, "4111 1111 1111 1111")]);
        assert_eq!(found("GB82 WEST 1234 5698 7654 32 please"), [(Datum::Account, "GB82 WEST 1234 5698 7654 32")]);
        assert_eq!(
            found("from 203.0.113.9 and 2001:db8::1:2"),
            [(Datum::Address, "203.0.113.9"), (Datum::Address, "2001:db8::1:2")]
        );
        assert_eq!(
            found("ring +49 30 901820 or (555) 010-4477"),
            [(Datum::Phone, "+49 30 901820"), (Datum::Phone, "(555) 010-4477")]
        );
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "4111 1111 1111 1112",
            "2016-04-05 10:20",
            "1 2 3 4 5 6 7 8 9 10",
            "GB83 WEST 1234 5698 7654 32",
            "10.0.0.1",
            "1.2.3.4.5",
            "3.14159265358979",
            "id=12345678901",
            "1000000 2000000 3000000 4000000",
            "::",
            "12:30:45",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    /// What is personal data, and what only looks like it: invented, numbers from the ranges kept for examples.
    #[test]
    fn a_written_set_is_told_apart() {
        let shows = [
            "write to jo.doe@mail.example.org",
            "my address: ann-marie_b@soup.example",
            "mail ME@EXAMPLE.COM!",
            "o'neil@pub.example for details",
            "ring +49 30 901820",
            "+1-555-010-4477 any time",
            "(555) 010-4477",
            "555-010-4477",
            "020 7946 0958 in London",
            "call 0171 5550 123",
            "+33 1 99 00 12 34",
            "+442079460958",
            "4111 1111 1111 1111",
            "card 5555555555554444",
            "3782 822463 10005",
            "6011-1111-1111-1117",
            "GB82 WEST 1234 5698 7654 32",
            "IBAN DE89370400440532013000",
            "FR14 2004 1010 0505 0001 3M02 606",
            "from 203.0.113.9",
            "banned 198.51.100.77 today",
            "2001:db8::1:2",
            "her number is 219-09-9999",
            "AB 12 34 56 C",
            "NINO: QQ123456C AB123456C",
            "lives at 14 Mill Lane",
            "12b Old Harbour Road, first floor",
            "he moved to 221 West Baker Street",
            "Lindenstraße 12",
            "Am Rathausweg 3a",
        ];
        let looks = [
            "order 4111 1111 1111 1112",
            "2016-04-05 10:20:33",
            "05/04/2016",
            "version 1.2.3.4.5",
            "v10.15.7 of 2020",
            "10.0.0.1 and 192.168.1.1 are private",
            "127.0.0.1",
            "3.14159265358979",
            "id=12345678901",
            "ISBN 978-3-16-148410-0",
            "GB83 WEST 1234 5698 7654 32",
            "it cost 1000000 2000000 3000000",
            "12:30:45",
            "::",
            "a ratio of 16:9",
            "@doug said so",
            "meet me @ noon",
            "C++ and a@b",
            "1 2 3 4 5 6 7 8 9 10",
            "pages 120-140, 150-160",
            "the 1990-1995 season",
            "score 21-15 21-19",
            "ticket #20231105123456",
            "http://soup.example/p/20240302123456",
            "666-12-3456 is no number",
            "000-12-3456",
            "12345-67-8901",
            "in 1848 Paris streets were full",
            "5 Minutes Later",
            "a street with 14 lanes",
            "the road to 1984",
            "commit 4be3a17c9e0d",
            "0xDEADBEEF",
            "2,000,000 people",
            "$1,234,567.89",
            "Unterwegs 3 Tage",
        ];
        let found = |text: &&&str| !data(text).is_empty();
        let (hits, false_hits) = (shows.iter().filter(found).count(), looks.iter().filter(found).count());
        let recall = hits as f64 / shows.len() as f64;
        let precision = hits as f64 / (hits + false_hits) as f64;
        let missed: Vec<_> = shows.iter().filter(|text| !found(text)).collect();
        let wrong: Vec<_> = looks.iter().filter(found).collect();
        println!("personal data: precision {precision:.3}, recall {recall:.3}; missed {missed:?}; wrong {wrong:?}");
        assert!(recall >= 0.9 && precision >= 0.9, "missed {missed:?}; wrong {wrong:?}");
    }
}
