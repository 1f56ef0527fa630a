//! Durations as catalogs write them: an integer and `s`, `m`, `h` or `d`.

use std::time::Duration;

const DAY: u64 = 86_400;

/// The same as a catalog's.
const MOST_SECONDS: u64 = 36_500 * DAY;

/// Reads a duration of at least a second and at most `36500d`.
pub(crate) fn read(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => DAY,
        _ => return None,
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = is_number.then(|| digits.parse::<u64>().ok()?.checked_mul(unit))??;
    (1..=MOST_SECONDS)
        .contains(&seconds)
        .then(|| Duration::from_secs(seconds))
}

/// A duration in the largest unit that has no rest.
pub(crate) fn shown(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [(DAY, 'd'), (3600, 'h'), (60, 'm')];
    let fits = |(unit, _): &(u64, char)| seconds >= *unit && seconds.is_multiple_of(*unit);
    let (unit, letter) = units.into_iter().find(fits).unwrap_or((1, 's'));
    format!("{}{letter}", seconds / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_shown_in_its_shortest_form() {
        for (text, form) in [
            ("1s", "1s"),
            ("60s", "1m"),
            ("90s", "90s"),
            ("1440m", "1d"),
            ("007h", "7h"),
            ("36500d", "36500d"),
        ] {
            assert_eq!(read(text).map(shown).as_deref(), Some(form), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_not_read() {
        for text in [
            "",
            "s",
            "1",
            "0s",
            "-1s",
            "+1s",
            "1 s",
            "1.5h",
            "1M",
            "1é",
            "36501d",
            "18446744073709551616s",
            "18446744073709551615d",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
