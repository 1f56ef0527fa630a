//! Durations as catalogs write them: an integer and `s`, `m`, `h` or `d` (C5).

use std::time::Duration;

const DAY: u64 = 86_400;

/// The units, the largest first.
const UNITS: [(u64, char); 4] = [(DAY, 'd'), (3600, 'h'), (60, 'm'), (1, 's')];

/// No rate and no lease is longer, and arithmetic with this many seconds overflows nowhere.
const MOST_SECONDS: u64 = 36_500 * DAY;

/// Why a text is no duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationFault {
    /// It is not an integer and a unit.
    NotADuration,
    /// It is no time at all.
    Nothing,
    /// It is more than `36500d`.
    TooLong,
}

/// Reads a duration of at least a second and at most `36500d`.
///
/// ```
/// use std::time::Duration;
///
/// use entitlements_core::strict::duration::{DurationFault, read, write};
///
/// assert_eq!(read("90s"), Ok(Duration::from_secs(90)));
/// assert_eq!(read("0s"), Err(DurationFault::Nothing));
/// assert_eq!(read("1.5h"), Err(DurationFault::NotADuration));
/// assert_eq!(write(Duration::from_secs(3600)), "1h");
/// ```
///
/// # Errors
/// When it is written in another way, nothing, or too long.
pub fn read(text: &str) -> Result<Duration, DurationFault> {
    match seconds(text).ok_or(DurationFault::NotADuration)? {
        0 => Err(DurationFault::Nothing),
        seconds if seconds > MOST_SECONDS => Err(DurationFault::TooLong),
        seconds => Ok(Duration::from_secs(seconds)),
    }
}

/// The whole seconds of a duration, in the largest unit that has no rest.
#[must_use]
pub fn write(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let fits = |(unit, _): &(u64, char)| seconds >= *unit && seconds.is_multiple_of(*unit);
    let (unit, letter) = UNITS.into_iter().find(fits).unwrap_or((1, 's'));
    format!("{}{letter}", seconds / unit)
}

/// The seconds; more than there can be where they cannot be counted.
fn seconds(text: &str) -> Option<u64> {
    let (digits, letter) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let (unit, _) = UNITS
        .into_iter()
        .find(|(_, known)| letter.starts_with(*known))?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| {
        let number = digits.parse::<u64>().unwrap_or(u64::MAX);
        number.saturating_mul(unit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_in_its_shortest_form() {
        for (text, form) in [
            ("1s", "1s"),
            ("60s", "1m"),
            ("90s", "90s"),
            ("5400s", "90m"),
            ("48h", "2d"),
            ("1440m", "1d"),
            ("007h", "7h"),
            ("36500d", "36500d"),
        ] {
            assert_eq!(read(text).map(write).as_deref(), Ok(form), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_not_read() {
        use DurationFault::{NotADuration, Nothing, TooLong};

        for (text, fault) in [
            ("", NotADuration),
            ("s", NotADuration),
            ("1", NotADuration),
            ("-1s", NotADuration),
            ("+1s", NotADuration),
            ("1 s", NotADuration),
            ("1.5h", NotADuration),
            ("1M", NotADuration),
            ("1é", NotADuration),
            ("0s", Nothing),
            ("36501d", TooLong),
            ("18446744073709551616s", TooLong),
            ("18446744073709551615d", TooLong),
        ] {
            assert_eq!(read(text), Err(fault), "{text}");
        }
    }
}
