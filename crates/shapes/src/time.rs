//! Moments on the wire: ISO 8601 in UTC with milliseconds and `Z`.
//!
//! A moment is a number of milliseconds since 1970; which moment it is "now" is for others to say.

use std::fmt;

use crate::{
    Element, ReadError, Writer,
    content::{Content, Kind},
    inspection::Inspection,
};

/// From the year 0001 to the day before the last of 9999: the format has four digits, and jiff keeps a day for offsets.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_207_199_999;

/// A moment, in whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp {
    unix_milliseconds: i64,
}

impl Timestamp {
    /// The moment so many milliseconds after 1970-01-01T00:00:00Z, moved into the years 0001 to 9999.
    #[must_use]
    pub fn from_unix_milliseconds(milliseconds: i64) -> Self {
        Self { unix_milliseconds: milliseconds.clamp(*RANGE.start(), *RANGE.end()) }
    }

    /// Milliseconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_milliseconds(self) -> i64 {
        self.unix_milliseconds
    }

    /// Reads ISO 8601 with an offset; digits beyond milliseconds are cut off. `None` when it is none, or out of range.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let milliseconds = text.trim().parse::<jiff::Timestamp>().ok()?.as_millisecond();
        RANGE.contains(&milliseconds).then_some(Self { unix_milliseconds: milliseconds })
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The clamp keeps the moment inside jiff's range, so the epoch is never shown for another moment.
        let moment = jiff::Timestamp::from_millisecond(self.unix_milliseconds).unwrap_or_default();
        write!(f, "{moment:.3}")
    }
}

impl Content for Timestamp {
    const KIND: Kind = Kind::Timestamp;

    fn read(element: Element<'_, '_>) -> Result<Self, ReadError> {
        let text = element.text()?;
        Self::parse(&text).ok_or_else(|| element.invalid(&text, "an ISO 8601 timestamp"))
    }

    fn write(&self, writer: &mut Writer) {
        writer.text(&self.to_string());
    }

    fn inspect(&self, _: &mut Inspection) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_with_exactly_three_digits_of_milliseconds() {
        assert_eq!(Timestamp::from_unix_milliseconds(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            Timestamp::from_unix_milliseconds(1_767_323_045_006).to_string(),
            "2026-01-02T03:04:05.006Z"
        );
        assert_eq!(Timestamp::from_unix_milliseconds(-1).to_string(), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn a_moment_outside_of_four_digit_years_is_moved_to_the_edge() {
        assert_eq!(Timestamp::from_unix_milliseconds(i64::MAX).to_string(), "9999-12-30T21:59:59.999Z");
        assert_eq!(Timestamp::from_unix_milliseconds(i64::MIN).to_string(), "0001-01-01T00:00:00.000Z");
    }

    #[test]
    fn offsets_are_converted_and_nonsense_is_refused() {
        let moment = Timestamp::parse("2026-01-02T04:04:05.0069+01:00");
        assert_eq!(moment, Some(Timestamp::from_unix_milliseconds(1_767_323_045_006)));
        assert_eq!(Timestamp::parse("yesterday"), None);
        assert_eq!(Timestamp::parse("-000001-01-01T00:00:00Z"), None);
        assert_eq!(Timestamp::parse(""), None);
    }
}
