//! Dates and lengths of time as people type them: `2016`, `2016-04`, `2016-04-05`, `2016-04-05T10:00`, `today`,
//! `yesterday`, `now`, `7d`. Days are days of UTC, so that a query means the same on every machine.

use std::fmt;
use std::ops::Range;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A unit of a length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `min`
    Minute,
    /// `h`
    Hour,
    /// `d`
    Day,
    /// `w`
    Week,
    /// `mo`: thirty days
    Month,
    /// `y`: 365 days
    Year,
}

const UNITS: &[(&str, Unit, i64)] = &[
    ("min", Unit::Minute, 60_000),
    ("h", Unit::Hour, 3_600_000),
    ("d", Unit::Day, 86_400_000),
    ("w", Unit::Week, 604_800_000),
    ("mo", Unit::Month, 30 * 86_400_000),
    ("y", Unit::Year, 365 * 86_400_000),
];

/// A length of time, such as `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

impl Span {
    /// Reads `7d`, `2w`, `12h`, `30min`, `6mo`, `1y`.
    pub fn read(text: &str) -> Option<Span> {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let (_, unit, _) = UNITS.iter().find(|(name, ..)| *name == &text[digits..])?;
        let count = text[..digits].parse().ok().filter(|count| *count <= 1_000_000)?;
        Some(Span { count, unit: *unit })
    }

    /// Its length in milliseconds.
    pub fn millis(self) -> i64 {
        i64::from(self.count) * UNITS.iter().find(|(_, unit, _)| *unit == self.unit).map_or(0, |(.., millis)| *millis)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = UNITS.iter().find(|(_, unit, _)| *unit == self.unit).map_or("", |(name, ..)| name);
        write!(f, "{}{name}", self.count)
    }
}

/// A date as typed: a stretch of time as long as what was left out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatePoint {
    /// A whole year.
    Year(i16),
    /// A whole month.
    Month(i16, i8),
    /// A whole day.
    Day(Date),
    /// A second.
    Second(DateTime),
    /// The day that is now.
    Today,
    /// The day before.
    Yesterday,
    /// This moment.
    Now,
    /// So long before now.
    Ago(Span),
}

impl DatePoint {
    /// Reads a date.
    pub fn read(text: &str) -> Option<DatePoint> {
        match text {
            "today" => return Some(DatePoint::Today),
            "yesterday" => return Some(DatePoint::Yesterday),
            "now" => return Some(DatePoint::Now),
            _ => {}
        }
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        match (text.len(), text.split('-').collect::<Vec<_>>().as_slice()) {
            (4, [year]) if digits(year) => year.parse().ok().filter(|year| *year > 0).map(DatePoint::Year),
            (7, [year, month]) if digits(year) && digits(month) => {
                let first = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
                Some(DatePoint::Month(first.year(), first.month()))
            }
            (10, [year, month, day]) if digits(year) && digits(month) && digits(day) => {
                Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok().map(DatePoint::Day)
            }
            (16.., _) if text.is_ascii() && text.as_bytes()[0].is_ascii_digit() => second(text),
            _ => Span::read(text).map(DatePoint::Ago),
        }
    }

    /// The milliseconds it stretches over, from the first to the one after the last.
    pub fn range(self, now: i64) -> Range<i64> {
        let today = || Timestamp::from_millisecond(now).unwrap_or_default().to_zoned(TimeZone::UTC).date();
        match self {
            DatePoint::Year(year) => days(Date::new(year, 1, 1).ok(), 1.year()),
            DatePoint::Month(year, month) => days(Date::new(year, month, 1).ok(), 1.month()),
            DatePoint::Day(date) => days(Some(date), 1.day()),
            DatePoint::Today => days(Some(today()), 1.day()),
            DatePoint::Yesterday => days(today().yesterday().ok(), 1.day()),
            DatePoint::Second(moment) => {
                let start = millis(moment);
                start..start.saturating_add(1000)
            }
            DatePoint::Now => now..now.saturating_add(1),
            DatePoint::Ago(span) => {
                let start = now.saturating_sub(span.millis());
                start..start.saturating_add(1)
            }
        }
    }

    /// Whether it is a moment seen from now, and so no stretch that a comment can lie in.
    pub fn is_ago(self) -> bool {
        matches!(self, DatePoint::Ago(_) | DatePoint::Now)
    }
}

impl fmt::Display for DatePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatePoint::Year(year) => write!(f, "{year:04}"),
            DatePoint::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            DatePoint::Day(date) => write!(f, "{date}"),
            DatePoint::Second(moment) => f.write_str(&moment.strftime("%Y-%m-%dT%H:%M:%S").to_string()),
            DatePoint::Today => f.write_str("today"),
            DatePoint::Yesterday => f.write_str("yesterday"),
            DatePoint::Now => f.write_str("now"),
            DatePoint::Ago(span) => span.fmt(f),
        }
    }
}

/// A moment to the minute or second, in UTC or with an offset.
fn second(text: &str) -> Option<DatePoint> {
    let moment = match text.parse::<Timestamp>() {
        Ok(timestamp) => timestamp.to_zoned(TimeZone::UTC).datetime(),
        Err(_) => text.parse::<DateTime>().ok()?,
    };
    (moment.year() > 0).then(|| moment.with().subsec_nanosecond(0).build().ok()).flatten().map(DatePoint::Second)
}

fn days(first: Option<Date>, length: jiff::Span) -> Range<i64> {
    let Some(first) = first else { return 0..0 };
    let start = millis(first.to_datetime(jiff::civil::Time::midnight()));
    // The year 9999 has no day after its last one; it ends where time does.
    let end = first.checked_add(length).map_or(i64::MAX, |end| millis(end.to_datetime(jiff::civil::Time::midnight())));
    start..end
}

fn millis(moment: DateTime) -> i64 {
    moment.to_zoned(TimeZone::UTC).map_or(i64::MAX, |zoned| zoned.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_459_857_600_000; // 2016-04-05T12:00:00Z
    const DAY: i64 = 86_400_000;

    #[test]
    fn a_date_stretches_over_what_was_left_out() {
        let range = |text: &str| DatePoint::read(text).unwrap().range(NOON);
        assert_eq!(range("2016-04-05"), NOON - DAY / 2..NOON + DAY / 2);
        assert_eq!(range("today"), range("2016-04-05"));
        assert_eq!(range("yesterday"), range("2016-04-04"));
        assert_eq!(range("2016-04"), range("2016-04-01").start..range("2016-05-01").start);
        assert_eq!(range("2016"), range("2016-01-01").start..range("2017-01-01").start);
        assert_eq!(range("2016-04-05T12:00"), NOON..NOON + 1000);
        assert_eq!(range("2016-04-05T14:00:00+02:00"), NOON..NOON + 1000);
        assert_eq!(range("7d").start, NOON - 7 * DAY);
        assert_eq!(range("9999").end, i64::MAX);
    }

    #[test]
    fn what_is_no_date_is_not_read() {
        for bad in [
            "",
            "2016-13",
            "2016-02-30",
            "16",
            "0000",
            "7",
            "7x",
            "99999999999d",
            "tomorrow",
            "+016-04",
            "2016-04-05T25:00",
        ] {
            assert_eq!(DatePoint::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn printing_and_reading_agree() {
        for text in
            ["2016", "0016-04", "2016-04-05", "2016-04-05T10:00:00", "today", "yesterday", "now", "7d", "30min", "6mo"]
        {
            assert_eq!(DatePoint::read(text).unwrap().to_string(), text);
        }
    }
}
