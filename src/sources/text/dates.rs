//! Dates as comment pages print them, in the languages that blog themes mostly speak: whether a line is a date and
//! nothing else, and what moment it means. "05/04/2016" is a date without a certain moment: nobody knows which number
//! is the month.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::model::{Precision, Time};
use crate::sources::parts::when;

/// A text that is a date; the moment is absent where the text alone does not decide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The moment.
    pub time: Option<Time>,
}

/// The date that this text is, if it is one and nothing else. Without a zone in the text, `zone` places it; without that
/// it stays local.
pub fn stamp(text: &str, zone: Option<&TimeZone>) -> Option<Stamp> {
    let text =
        text.trim().trim_end_matches([':', ',', '.']).trim_start_matches(['(', '[']).trim_end_matches([')', ']']);
    if text.len() < 6 || text.len() > 80 || !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if text.starts_with(|c: char| c.is_ascii_digit())
        && let Some(time) = when::iso(text, zone)
    {
        return Some(Stamp { time: Some(time) });
    }
    let mut parts = Parts::default();
    for token in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '@' | '(' | ')' | '|' | '·' | '•')) {
        parts.take(token.trim_matches(|c| matches!(c, '–' | '—' | '-')))?;
    }
    parts.finish(zone)
}

/// What has been seen of a date, token by token.
#[derive(Default)]
struct Parts {
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
    /// Day, month and year in numbers whose order is unknown.
    ambiguous: bool,
    clock: Option<(i8, i8, i8)>,
    half: Option<Half>,
    utc: bool,
    ago: bool,
    unit: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Am,
    Pm,
}

impl Parts {
    /// Takes one token; nothing means that this is no date.
    fn take(&mut self, token: &str) -> Option<()> {
        let token = token.trim_end_matches('.').to_lowercase();
        if token.is_empty() || FILLERS.contains(&token.as_str()) || weekday(&token) {
            return Some(());
        }
        match token.as_str() {
            // German dates begin with "am", English ones end with it.
            "am" if self.clock.is_none() => return Some(()),
            "am" | "a.m" => return set(&mut self.half, Half::Am),
            "pm" | "p.m" => return set(&mut self.half, Half::Pm),
            "utc" | "gmt" => {
                self.utc = true;
                return Some(());
            }
            "ago" | "vor" | "hace" => {
                self.ago = true;
                return Some(());
            }
            _ => {}
        }
        if let Some(month) = month(&token) {
            return set(&mut self.month, month);
        }
        if UNITS.iter().any(|unit| token.starts_with(unit)) {
            self.unit = true;
            return Some(());
        }
        if token.starts_with(|c: char| c.is_ascii_digit()) { self.number(&token) } else { None }
    }

    fn number(&mut self, token: &str) -> Option<()> {
        if token.contains(':') {
            return self.clock(token);
        }
        if let Some(separator) = ['/', '-', '.'].into_iter().find(|separator| token.contains(*separator)) {
            return self.numbers(token, separator);
        }
        for (suffix, half) in [("am", Half::Am), ("pm", Half::Pm)] {
            if let Some(hour) = token.strip_suffix(suffix) {
                set(&mut self.half, half)?;
                return set(&mut self.clock, (hour.parse().ok()?, 0, 0));
            }
        }
        let digits = ["st", "nd", "rd", "th", "er", "º", "ª"].iter().find_map(|end| token.strip_suffix(end));
        let value: i16 = digits.unwrap_or(token).parse().ok()?;
        match value {
            1..=31 if self.day.is_none() => set(&mut self.day, value as i8),
            1970..=2199 => set(&mut self.year, value),
            _ => None,
        }
    }

    fn clock(&mut self, token: &str) -> Option<()> {
        let token = token.trim_end_matches('h');
        let (digits, half) = match (token.strip_suffix("am"), token.strip_suffix("pm")) {
            (Some(digits), _) => (digits, Some(Half::Am)),
            (_, Some(digits)) => (digits, Some(Half::Pm)),
            _ => (token, None),
        };
        if let Some(half) = half {
            set(&mut self.half, half)?;
        }
        let mut pieces = digits.split(':').map(|piece| piece.parse::<i8>().ok().filter(|number| *number >= 0));
        let (hour, minute) = (pieces.next()??, pieces.next()??);
        let second = pieces.next().unwrap_or(Some(0))?;
        pieces.next().is_none().then(|| set(&mut self.clock, (hour, minute, second)))?
    }

    /// A date in numbers: year first, or day first where the dots or the sizes say so.
    fn numbers(&mut self, token: &str, separator: char) -> Option<()> {
        let mut pieces = token.split(separator).map(|piece| piece.parse::<i16>().ok().filter(|number| *number > 0));
        let (first, second, third) = (pieces.next()??, pieces.next()??, pieces.next()??);
        if pieces.next().is_some() || self.day.is_some() || self.month.is_some() || self.year.is_some() {
            return None;
        }
        let (year, month, day) = match (first, second, third) {
            (1970.., _, _) => (first, second, third),
            (_, _, 1970..) if separator == '.' || first > 12 => (third, second, first),
            (_, _, 1970..) if second > 12 => (third, first, second),
            (1..=31, 1..=31, _) => {
                self.ambiguous = true;
                return Some(());
            }
            _ => return None,
        };
        self.year = Some(year);
        self.month = Some(i8::try_from(month).ok()?);
        self.day = Some(i8::try_from(day).ok()?);
        Some(())
    }

    fn finish(self, zone: Option<&TimeZone>) -> Option<Stamp> {
        if self.ago {
            return (self.unit && self.day.is_some()).then_some(Stamp { time: None });
        }
        if self.unit {
            return None;
        }
        if self.ambiguous {
            return Some(Stamp { time: None });
        }
        let (day, month) = (self.day?, self.month?);
        let Some(year) = self.year else {
            // "April 5 at 3:14 pm" is surely a date, "May 5" might be half a sentence.
            return self.clock.map(|_| Stamp { time: None });
        };
        let date = Date::new(year, month, day).ok()?;
        let zone = if self.utc { Some(&TimeZone::UTC) } else { zone };
        let Some(clock) = self.clock else {
            let midnight = date.to_datetime(jiff::civil::Time::midnight());
            return Some(Stamp { time: when::wall(midnight, zone).map(|time| time.with(Precision::Day)) });
        };
        let moment = moment(date, clock, self.half)?;
        Some(Stamp { time: when::wall(moment, zone) })
    }
}

fn moment(date: Date, (hour, minute, second): (i8, i8, i8), half: Option<Half>) -> Option<DateTime> {
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(Half::Am) => hour % 12,
        Some(Half::Pm) => hour % 12 + 12,
        None => hour,
    };
    Some(date.to_datetime(jiff::civil::Time::new(hour, minute, second, 0).ok()?))
}

/// Sets what was not set yet; a second value means that this is no date.
fn set<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.is_none().then(|| *place = Some(value))
}

/// Words that stand in dates and say nothing.
const FILLERS: &[&str] = &[
    "on", "at", "um", "uhr", "den", "the", "of", "de", "del", "el", "a", "à", "le", "las", "alle", "il", "om", "op",
    "kl", "posted", "date", "dated", "from", "in",
];

/// Beginnings of units of time, for dates such as "3 days ago".
const UNITS: &[&str] = &[
    "sec", "min", "hour", "day", "week", "year", "sekund", "stunde", "tag", "woche", "monat", "jahr", "hora", "día",
    "semana", "año", "months", "month",
];

/// Beginnings of month names. Three letters are enough in most languages; where they are not, more are given.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "jän"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "maa", "mrz"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mei", "mag"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aoû", "ago", "aou"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "dez", "déc", "dic"],
];

fn month(token: &str) -> Option<i8> {
    let long_enough = token.chars().count() <= 10 && token.chars().all(char::is_alphabetic);
    let at = MONTHS.iter().position(|names| names.iter().any(|name| token.starts_with(name)))?;
    long_enough.then_some(at as i8 + 1)
}

const WEEKDAYS: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonnabend",
    "sonntag",
    "mo",
    "di",
    "mi",
    "do",
    "fr",
    "sa",
    "so",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "lunes",
    "martes",
    "miércoles",
    "jueves",
    "viernes",
    "sábado",
    "domingo",
];

fn weekday(token: &str) -> bool {
    WEEKDAYS.contains(&token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(text: &str) -> Option<i64> {
        stamp(text, None).unwrap_or_else(|| panic!("{text} is a date")).time.map(|time| time.millis)
    }

    #[test]
    fn one_moment_in_many_spellings() {
        let expected = Some(1_459_869_240_000);
        for text in [
            "April 5, 2016 at 3:14 pm",
            "Apr 5th, 2016, 3:14pm",
            "5 April 2016 at 15:14",
            "5. April 2016 um 15:14 Uhr",
            "5. April 2016 @ 15:14",
            "Tuesday, April 5, 2016 at 3:14 PM",
            "2016-04-05 15:14",
            "05.04.2016 15:14",
            "2016/04/05 15:14",
            "am 5. April 2016 um 15:14",
            "5 avril 2016 à 15:14",
            "5 de abril de 2016 a las 15:14",
            "(April 5, 2016 - 15:14)",
        ] {
            assert_eq!(millis(text), expected, "{text}");
        }
    }

    #[test]
    fn precision_says_how_much_is_known() {
        let precision = |text| stamp(text, None).unwrap().time.unwrap().precision;
        assert_eq!(precision("April 5, 2016 at 3:14 pm"), Precision::Local);
        assert_eq!(precision("April 5, 2016"), Precision::Day);
        assert_eq!(precision("April 5, 2016 at 3:14 pm GMT"), Precision::Exact);
        assert_eq!(millis("04/05/2016 3:14 pm"), None);
        assert_eq!(millis("3 days ago"), None);
        assert_eq!(millis("April 5 at 3:14 pm"), None);
        assert_eq!(millis("13/05/2016"), millis("05/13/2016"));
    }

    #[test]
    fn what_only_looks_like_a_date_is_none() {
        for text in [
            "May 1,000s",
            "2016",
            "in 2016 we went",
            "5 apples",
            "1. Weigh the flour",
            "April is the cruellest month",
            "31 February 2016",
            "3:14 pm",
            "May 5",
            "12:99 on 5 April 2016",
            "day 5",
        ] {
            assert_eq!(stamp(text, None), None, "{text}");
        }
    }
}
