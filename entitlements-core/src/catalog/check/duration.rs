use std::time::Duration;

use super::fields::Field;
use super::report::{Report, quoted};

/// No rate and no lease is longer, and arithmetic with this many seconds overflows nowhere.
const MOST_DAYS: u64 = 36_500;

/// C5: an integer and `s`, `m`, `h` or `d`, more than nothing.
pub(super) fn duration(field: &Field<'_>, report: &mut Report<'_>) -> Option<Duration> {
    let text = field.string(report)?;
    let fault = match parse(text) {
        Some(0) => "is no time at all",
        Some(seconds) if seconds > MOST_DAYS * 86_400 => "is too long, at most `36500d`",
        Some(seconds) => return Some(Duration::from_secs(seconds)),
        None => "is not a duration such as `90s`, `15m`, `24h` or `7d`",
    };
    report.add(
        &field.node.spot,
        format!("{}: {} {fault}", field.what, quoted(text)),
    );
    None
}

/// The seconds; more than there can be where they cannot be counted.
fn parse(text: &str) -> Option<u64> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(
        digits
            .parse::<u64>()
            .unwrap_or(u64::MAX)
            .saturating_mul(unit),
    )
}
