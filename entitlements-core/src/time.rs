//! Points in time as the rules see them: microseconds since 1970 in UTC.
//!
//! Expiry dates reach to the last second of the year 9999 and grace is added on top, so arithmetic here
//! saturates at [`Timestamp::MAX`] instead of wrapping or failing. Nothing in this module reads a clock; see
//! [`Clock`](crate::Clock).

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use jiff::civil::DateTime;
use jiff::{SignedDuration, Unit};

const MICROS: i64 = 1_000_000;
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A point in time in UTC, exact to the microsecond, between the years 0 and 9999.
///
/// ```
/// use entitlements_core::Timestamp;
///
/// let expiry: Timestamp = "2027-01-31T23:59:59Z".parse()?;
/// assert_eq!(expiry.unix_seconds(), 1_801_439_999);
/// assert_eq!(expiry.to_string(), "2027-01-31T23:59:59Z");
/// # Ok::<(), entitlements_core::ParseTimestampError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The first second of 1970.
    pub const UNIX_EPOCH: Self = Self(0);
    /// The last second of the year 9999, the latest time that a claim can name.
    pub const MAX: Self = Self(253_402_300_799 * MICROS);
    /// The first second of the year 0.
    pub const MIN: Self = Self(-62_167_219_200 * MICROS);

    /// The time that is `seconds` after 1970, held within [`MIN`](Self::MIN) and [`MAX`](Self::MAX).
    #[must_use]
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self::from_unix_micros(seconds.saturating_mul(MICROS))
    }

    /// The time that is `micros` microseconds after 1970, held within [`MIN`](Self::MIN) and [`MAX`](Self::MAX).
    #[must_use]
    pub const fn from_unix_micros(micros: i64) -> Self {
        if micros > Self::MAX.0 {
            Self::MAX
        } else if micros < Self::MIN.0 {
            Self::MIN
        } else {
            Self(micros)
        }
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(MICROS)
    }

    /// Microseconds since 1970.
    #[must_use]
    pub const fn unix_micros(self) -> i64 {
        self.0
    }

    /// This time and `duration` more, at most [`MAX`](Self::MAX).
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self::from_unix_micros(self.0.saturating_add(micros))
    }

    /// This time less `duration`, at least [`MIN`](Self::MIN).
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self::from_unix_micros(self.0.saturating_sub(micros))
    }

    /// This time and `days` of 86,400 seconds more, at most [`MAX`](Self::MAX).
    #[must_use]
    pub const fn saturating_add_days(self, days: u32) -> Self {
        Self::from_unix_micros(self.0.saturating_add(days as i64 * 86_400 * MICROS))
    }

    /// How long it is from `earlier` to this time; zero where `earlier` is later.
    #[must_use]
    pub fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Whether the given days after `since` are not over yet.
    ///
    /// By their length, because at the end of the year 9999 the time at which they end cannot be told (S4).
    pub(crate) fn is_within_days_of(self, days: u32, since: Self) -> bool {
        let length = Duration::from_secs(u64::from(days) * 86_400);
        self < since || self.saturating_since(since) < length
    }

    /// The last second of the given day in UTC: what a bare date means as an expiry.
    ///
    /// # Errors
    /// When `date` is not a date of the form `2027-01-31`.
    pub fn end_of_day(date: &str) -> Result<Self, ParseTimestampError> {
        if date.len() != 10 {
            return Err(ParseTimestampError(()));
        }
        format!("{date}T23:59:59Z").parse()
    }

    fn civil(self) -> DateTime {
        EPOCH.saturating_add(SignedDuration::from_micros(self.0))
    }
}

/// RFC 3339 in UTC with a capital `Z`, whole seconds unless there is a fraction.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Z", self.civil())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<SystemTime> for Timestamp {
    #[inline]
    fn from(time: SystemTime) -> Self {
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => {
                // On the path of every request: no arithmetic wider than it needs.
                let seconds = i64::try_from(after.as_secs()).unwrap_or(i64::MAX);
                let micros = seconds.saturating_mul(MICROS);
                Self::from_unix_micros(micros.saturating_add(after.subsec_micros().into()))
            }
            Err(before) => Self::UNIX_EPOCH.saturating_sub(before.duration()),
        }
    }
}

/// Strict RFC 3339: a capital `T`, a capital `Z` or a numeric offset, no leap second, at most nanoseconds.
impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseTimestampError(());
        let (date_time, rest) = text.split_at_checked(19).ok_or_else(error)?;
        if !date_time
            .bytes()
            .zip(b"dddd-dd-ddTdd:dd:dd")
            .all(|(byte, shape)| match shape {
                b'd' => byte.is_ascii_digit(),
                shape => byte == *shape,
            })
            || date_time.ends_with("60")
        {
            return Err(error());
        }
        let (fraction, zone) = split_fraction(rest).ok_or_else(error)?;
        let offset_seconds = parse_offset(zone).ok_or_else(error)?;
        let civil: DateTime = format!("{date_time}{fraction}")
            .parse()
            .map_err(|_| error())?;
        let since_epoch = civil
            .since((Unit::Second, EPOCH))
            .and_then(SignedDuration::try_from)
            .map_err(|_| error())?;
        let micros = since_epoch.as_micros() - i128::from(offset_seconds) * i128::from(MICROS);
        let micros = i64::try_from(micros).map_err(|_| error())?;
        if (Self::MIN.0..=Self::MAX.0 + MICROS - 1).contains(&micros) {
            Ok(Self::from_unix_micros(micros))
        } else {
            Err(error())
        }
    }
}

/// Splits `.123Z` into `.123` and `Z`.
fn split_fraction(rest: &str) -> Option<(&str, &str)> {
    let Some(digits_and_zone) = rest.strip_prefix('.') else {
        return Some(("", rest));
    };
    let digits = digits_and_zone
        .bytes()
        .take_while(u8::is_ascii_digit)
        .count();
    if (1..=9).contains(&digits) {
        rest.split_at_checked(digits + 1)
    } else {
        None
    }
}

/// Reads `Z` or `+hh:mm` as seconds east of UTC.
fn parse_offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, hours_minutes) = zone.split_at_checked(1)?;
    let sign = match sign {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = hours_minutes.split_once(':')?;
    let two_digits = |text: &str, below: i64| {
        let both = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>()
            .ok()
            .filter(|number| both && *number < below)
    };
    Some(sign * (two_digits(hours, 24)? * 3600 + two_digits(minutes, 60)? * 60))
}

/// The text is not a strict RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 time such as `2027-01-31T23:59:59Z`")]
pub struct ParseTimestampError(());

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<i64> {
        text.parse::<Timestamp>().ok().map(Timestamp::unix_micros)
    }

    #[test]
    fn reads_and_writes_rfc_3339() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-22T10:00:00+01:00", 1_795_338_000),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            assert_eq!(parse(text), Some(seconds * MICROS), "{text}");
        }
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(Timestamp::MIN.to_string(), "0000-01-01T00:00:00Z");
        assert_eq!(parse("1970-01-01T00:00:00.5Z"), Some(500_000));
    }

    #[test]
    fn refuses_what_rfc_3339_or_the_contract_does_not_allow() {
        for text in [
            "",
            "2027-01-31",
            "2027-01-31 00:00:00Z",
            "2027-01-31t00:00:00Z",
            "2027-01-31T00:00:00z",
            "2027-01-31T00:00:00",
            "2027-02-30T00:00:00Z",
            "2027-01-31T23:59:60Z",
            "2027-01-31T24:00:00Z",
            "2027-01-31T00:00:00.Z",
            "2027-01-31T00:00:00+1:00",
            "2027-01-31T00:00:00+01:60",
            "2027-01-31T00:00:00+01",
            "2027-01-31T00:00:00ZZ",
            " 2027-01-31T00:00:00Z",
            "9999-12-31T23:59:59-01:00",
            "2027-01-31T00:00:00.1234567890Z",
            "２027-01-31T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(Timestamp::MAX.saturating_add_days(3650), Timestamp::MAX);
        assert_eq!(Timestamp::MIN.saturating_sub(Duration::MAX), Timestamp::MIN);
        assert_eq!(Timestamp::from_unix_seconds(i64::MAX), Timestamp::MAX);
        assert_eq!(
            Timestamp::UNIX_EPOCH.saturating_since(Timestamp::MAX),
            Duration::ZERO
        );
        assert_eq!(
            Timestamp::end_of_day("2027-01-31").unwrap().to_string(),
            "2027-01-31T23:59:59Z"
        );
    }
}
