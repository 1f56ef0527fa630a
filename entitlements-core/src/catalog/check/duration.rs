use std::time::Duration;

use super::fields::Field;
use super::report::{Report, quoted};
use crate::strict::duration::{DurationFault, read};

/// C5: an integer and `s`, `m`, `h` or `d`, more than nothing.
pub(super) fn duration(field: &Field<'_>, report: &mut Report<'_>) -> Option<Duration> {
    let text = field.string(report)?;
    let fault = match read(text) {
        Ok(duration) => return Some(duration),
        Err(DurationFault::Nothing) => "is no time at all",
        Err(DurationFault::TooLong) => "is too long, at most `36500d`",
        Err(DurationFault::NotADuration) => "is not a duration such as `90s`, `15m`, `24h` or `7d`",
    };
    report.add(
        &field.node.spot,
        format!("{}: {} {fault}", field.what, quoted(text)),
    );
    None
}
