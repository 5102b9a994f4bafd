//! Dates as dumps write them: Unix times in seconds or milliseconds, ISO 8601 with and without a zone, and wall clocks.
//! A time without a zone is marked local unless the user named the zone.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::model::{Precision, Time};

/// A Unix time in whole seconds, as a number or as text; fractions are kept to the millisecond.
pub fn unix_seconds(text: &str) -> Option<Time> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return Time::utc(seconds.checked_mul(1000)?);
    }
    let seconds: f64 = text.parse().ok()?;
    let millis = (seconds * 1000.0).round();
    (millis.is_finite() && millis.abs() < 1e15).then_some(millis as i64).and_then(Time::utc)
}

/// A Unix time of either unit: ten digits are seconds, thirteen milliseconds (any instant after 1973 read as
/// milliseconds has twelve digits or more).
pub fn unix_any(text: &str) -> Option<Time> {
    match text.trim().parse::<i64>() {
        Ok(millis) if millis.unsigned_abs() >= 100_000_000_000 => Time::utc(millis),
        _ => unix_seconds(text),
    }
}

/// ISO 8601 and its relatives: `2016-04-05T10:00:00Z`, `2016-04-05 10:00:00.5+02:00`, `2016-04-05T10:00`, `2016-04-05`.
/// Without a zone, `zone` decides; without that the time is local.
pub fn iso(text: &str, zone: Option<&TimeZone>) -> Option<Time> {
    let text = text.trim();
    let text = text.strip_suffix(" UTC").map_or_else(|| text.to_owned(), |rest| format!("{rest}Z"));
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return with_offset(timestamp.as_millisecond(), offset_of(&text));
    }
    if let Ok(zoned) = text.parse::<Zoned>() {
        return from_zoned(&zoned);
    }
    if text.contains([':', 'T']) {
        return wall(text.parse::<DateTime>().ok()?, zone);
    }
    let date = text.parse::<Date>().ok()?;
    Some(wall(date.to_datetime(jiff::civil::Time::midnight()), zone)?.with(Precision::Day))
}

/// A date by a strftime pattern. Without a zone in the pattern, `zone` decides; without that the time is local.
pub fn pattern(text: &str, pattern: &str, zone: Option<&TimeZone>) -> Option<Time> {
    let parsed = jiff::fmt::strtime::parse(pattern, text.trim()).ok()?;
    if let Ok(zoned) = parsed.to_zoned() {
        return from_zoned(&zoned);
    }
    if let Ok(timestamp) = parsed.to_timestamp() {
        return with_offset(timestamp.as_millisecond(), parsed.offset().map(|offset| (offset.seconds() / 60) as i16));
    }
    if let Ok(moment) = parsed.to_datetime() {
        return wall(moment, zone);
    }
    let date = parsed.to_date().ok()?;
    Some(wall(date.to_datetime(jiff::civil::Time::midnight()), zone)?.with(Precision::Day))
}

/// A wall-clock time, placed by `zone` if there is one, else kept as local.
pub fn wall(moment: DateTime, zone: Option<&TimeZone>) -> Option<Time> {
    match zone {
        Some(zone) => from_zoned(&moment.to_zoned(zone.clone()).ok()?),
        None => {
            let millis = moment.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
            Some(Time { millis, offset: None, precision: Precision::Local })
        }
    }
}

fn from_zoned(zoned: &Zoned) -> Option<Time> {
    with_offset(zoned.timestamp().as_millisecond(), Some((zoned.offset().seconds() / 60) as i16))
}

fn with_offset(millis: i64, offset: Option<i16>) -> Option<Time> {
    Time::utc(millis).map(|time| Time { offset: offset.or(time.offset), ..time })
}

/// The offset that the text itself gives, in minutes; `Z` is 0.
fn offset_of(text: &str) -> Option<i16> {
    let pieces = jiff::fmt::temporal::DateTimeParser::new().parse_pieces(text).ok()?;
    match pieces.offset()? {
        jiff::fmt::temporal::PiecesOffset::Numeric(offset) => Some((offset.offset().seconds() / 60) as i16),
        _ => Some(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unix_times_of_every_shape() {
        assert_eq!(unix_seconds("1460000000").unwrap().millis, 1_460_000_000_000);
        assert_eq!(unix_seconds("1460000000.25").unwrap().millis, 1_460_000_000_250);
        assert_eq!(unix_any("1460000000123").unwrap().millis, 1_460_000_000_123);
        for bad in ["", "abc", "nan", "inf", "99999999999999999999", "1e300"] {
            assert_eq!(unix_seconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn iso_keeps_the_offset_and_says_when_there_is_none() {
        let time = iso("2016-04-05T12:00:00+02:00", None).unwrap();
        assert_eq!((time.millis, time.offset), (1_459_850_400_000, Some(120)));
        assert_eq!(iso("2016-04-05T10:00:00Z", None).unwrap().offset, Some(0));
        let local = iso("2016-04-05 10:00:00", None).unwrap();
        assert_eq!((local.millis, local.offset, local.precision), (1_459_850_400_000, None, Precision::Local));
        assert_eq!(iso("2016-04-05", None).unwrap().precision, Precision::Day);
        assert_eq!(iso("2011-x09-30", None), None);
    }

    #[test]
    fn a_named_zone_places_a_wall_clock() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let time = iso("2016-04-05 12:00:00", Some(&zone)).unwrap();
        assert_eq!((time.millis, time.precision), (1_459_850_400_000, Precision::Exact));
        let time = pattern("05.04.2016 12:00", "%d.%m.%Y %H:%M", Some(&zone)).unwrap();
        assert_eq!(time.millis, 1_459_850_400_000);
    }
}
