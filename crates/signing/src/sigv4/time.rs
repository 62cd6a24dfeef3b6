//! The two spellings of time in SigV4: `YYYYMMDD'T'HHMMSS'Z'`, and the HTTP date that a `Date` header may carry.

use jiff::Timestamp;
use jiff::civil;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

/// The spelling that goes into the string to sign: ISO 8601 basic, UTC, whole seconds.
const BASIC: &str = "%Y%m%dT%H%M%SZ";

/// Length of the day at the start of a basic date: `YYYYMMDD`.
const DAY_BYTES: usize = 8;

/// Seconds since the Unix epoch as a basic date. Times past year 9999 are written as the last representable one.
pub(super) fn basic(epoch_s: u64) -> String {
    let second = i64::try_from(epoch_s).unwrap_or(i64::MAX);
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX).strftime(BASIC).to_string()
}

/// The day of a basic date.
pub(super) fn day(basic: &str) -> &str {
    basic.get(..DAY_BYTES).unwrap_or(basic)
}

/// Reads a basic date; nothing before the epoch.
pub(super) fn parse_basic(text: &str) -> Option<u64> {
    // strptime would also take shorter numbers; the length settles that.
    let exact = text.len() == 16 && text.bytes().filter(u8::is_ascii_digit).count() == 14;
    let time = civil::DateTime::strptime(BASIC, text).ok().filter(|_| exact)?;
    let second = time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
    u64::try_from(second).ok()
}

/// Reads the value of a `Date` header: a basic date or an HTTP date (RFC 9110 5.6.7, preferred form).
pub(super) fn parse_date_header(text: &str) -> Option<u64> {
    parse_basic(text).or_else(|| {
        let time = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        u64::try_from(time.as_second()).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_name_the_same_second() {
        assert_eq!(parse_basic("20130524T000000Z"), Some(1_369_353_600));
        assert_eq!(parse_date_header("Fri, 24 May 2013 00:00:00 GMT"), Some(1_369_353_600));
        assert_eq!(basic(1_369_353_600), "20130524T000000Z");
    }

    #[test]
    fn dates_that_are_not_dates_are_refused() {
        for text in [
            "",
            "20130524",
            "20131324T000000Z",
            "20130524T250000Z",
            "20130524T000000",
            "2013-05-24T00:00:00Z",
        ] {
            assert_eq!(parse_basic(text), None, "{text}");
        }
        assert_eq!(parse_date_header("yesterday"), None);
    }

    #[test]
    fn the_end_of_time_is_written_not_a_panic() {
        assert_eq!(day(&basic(u64::MAX)), "99991230");
    }
}
