//! Moments as text: RFC 3339 with the offset of the source, so that what is printed can be read back exactly.
//!
//! Not here: "3 days ago" and other words for a screen.

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::Offset;

use crate::model::{Precision, Time};

/// Minutes east or west of UTC that RFC 3339 can write.
const OFFSETS: std::ops::RangeInclusive<i16> = -1439..=1439;

/// The moment as RFC 3339 text, with milliseconds only where there are any. A wall clock without a known zone has no
/// offset at all; a moment whose zone the source does not give ends in `-00:00`, as RFC 3339 section 4.3 has it; UTC
/// ends in `Z`. Years outside 0 to 9999 get a sign and six digits. Nothing for moments outside [`Time::RANGE`].
pub fn rfc3339(time: Time) -> Option<String> {
    let mut text = String::with_capacity(29);
    let offset = time.offset.filter(|minutes| OFFSETS.contains(minutes));
    let shift = Offset::from_seconds(i32::from(offset.unwrap_or(0)) * 60).ok()?;
    let millis = time.millis.rem_euclid(1000) as i32;
    let wall = shift.to_datetime(Timestamp::new(time.millis.div_euclid(1000), millis * 1_000_000).ok()?);
    let digits = if millis == 0 { 0 } else { 3 };
    DateTimePrinter::new().precision(Some(digits)).print_datetime(&wall, &mut text).ok()?;
    match offset {
        None if time.precision == Precision::Local => {}
        None => text.push_str("-00:00"),
        Some(0) => text.push('Z'),
        Some(minutes) => push_offset(&mut text, minutes),
    }
    Some(text)
}

fn push_offset(text: &mut String, minutes: i16) {
    text.push(if minutes < 0 { '-' } else { '+' });
    let minutes = minutes.unsigned_abs();
    let two = |number: u16| [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8].map(char::from);
    text.extend(two(minutes / 60));
    text.push(':');
    text.extend(two(minutes % 60));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64, offset: Option<i16>, precision: Precision) -> String {
        rfc3339(Time { millis, offset, precision }).unwrap_or_default()
    }

    #[test]
    fn a_moment_keeps_its_offset_and_its_milliseconds() {
        let noon = 1_459_850_400_000;
        assert_eq!(at(noon, Some(0), Precision::Exact), "2016-04-05T10:00:00Z");
        assert_eq!(at(noon, Some(120), Precision::Exact), "2016-04-05T12:00:00+02:00");
        assert_eq!(at(noon + 5, Some(-210), Precision::Exact), "2016-04-05T06:30:00.005-03:30");
        assert_eq!(at(noon, None, Precision::Local), "2016-04-05T10:00:00");
        assert_eq!(at(noon, None, Precision::Estimated), "2016-04-05T10:00:00-00:00");
        assert_eq!(at(-1, Some(0), Precision::Exact), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn the_edges_of_time_print_and_what_lies_beyond_does_not() {
        assert_eq!(at(*Time::RANGE.end(), Some(0), Precision::Exact), "9999-12-30T22:00:00.999Z");
        assert_eq!(
            at(*Time::RANGE.start(), Some(1439), Precision::Exact),
            "-009999-01-03T01:58:59Z".replace('Z', "+23:59")
        );
        assert_eq!(at(i64::MAX, Some(0), Precision::Exact), "");
        assert_eq!(at(0, Some(i16::MAX), Precision::Exact), "1970-01-01T00:00:00-00:00");
    }
}
