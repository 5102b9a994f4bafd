//! A moment and how far it can be trusted. Reading dates out of text is done in `sources`, printing in `output`.

use super::Precision;

/// A moment, with the zone it was written in and how far it can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// Milliseconds since 1970-01-01 UTC; for [`Precision::Local`] the wall clock read as UTC.
    pub millis: i64,
    /// Minutes east of UTC in the source, where it says.
    pub offset: Option<i16>,
    /// How far it can be trusted.
    pub precision: Precision,
}

impl Time {
    /// The earliest and latest moment quell accepts: years -9999 to 9999, what RFC 3339 and jiff can print.
    pub const RANGE: std::ops::RangeInclusive<i64> = -377_705_023_201_000..=253_402_207_200_999;

    /// A UTC moment in milliseconds, or nothing if it lies outside [`Time::RANGE`].
    pub fn utc(millis: i64) -> Option<Self> {
        Time::RANGE.contains(&millis).then_some(Time { millis, offset: Some(0), precision: Precision::Exact })
    }

    /// The same moment, trusted as said.
    #[must_use]
    pub fn with(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }
}
