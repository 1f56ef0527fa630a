//! Cron expressions: minute, hour, day of month, month, day of week, in UTC.

use entitlements_axum::Timestamp;
use jiff::ToSpan;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;

/// When something happens again and again; each field is a set of bits.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// As cron has it: with both named, either of the two days will do.
    either_day: bool,
}

/// No expression that names a day at all waits longer: 29 February, across a century without one.
const FARTHEST_DAYS: u32 = 8 * 366;

impl Cron {
    /// Reads `*/5 8-18 * * 1-5` and the like; names of months and days are not known.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let fields: Vec<_> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return None;
        };
        let mut cron = Self {
            minutes: bits(minutes, 0, 59)?,
            hours: bits(hours, 0, 23)?,
            days: bits(days, 1, 31)?,
            months: bits(months, 1, 12)?,
            weekdays: bits(weekdays, 0, 7)?,
            either_day: !days.starts_with('*') && !weekdays.starts_with('*'),
        };
        // Sunday is 0 and 7.
        cron.weekdays |= cron.weekdays >> 7;
        Some(cron)
    }

    /// The first time after `now`; `None` where there is none, as on 30 February.
    pub(crate) fn after(&self, now: Timestamp) -> Option<Timestamp> {
        let now = jiff::Timestamp::from_second(now.unix_seconds()).ok()?;
        let now = now.to_zoned(TimeZone::UTC).datetime();
        let mut time = now.with().second(0).subsec_nanosecond(0).build().ok()?;
        time = time.checked_add(1.minute()).ok()?;
        let mut days = 0;
        while days < FARTHEST_DAYS {
            if !self.is_day(time) {
                time = time.date().tomorrow().ok()?.at(0, 0, 0, 0);
                days += 1;
            } else if !has(self.hours, time.hour()) {
                let day = time.date();
                time = time
                    .with()
                    .minute(0)
                    .build()
                    .ok()?
                    .checked_add(1.hour())
                    .ok()?;
                days += u32::from(time.date() != day);
            } else if !has(self.minutes, time.minute()) {
                time = time.checked_add(1.minute()).ok()?;
            } else {
                let found = TimeZone::UTC.to_timestamp(time).ok()?;
                return Some(Timestamp::from_unix_seconds(found.as_second()));
            }
        }
        None
    }

    fn is_day(&self, time: DateTime) -> bool {
        let weekday = Weekday::to_sunday_zero_offset(time.weekday());
        let (day, weekday) = (has(self.days, time.day()), has(self.weekdays, weekday));
        has(self.months, time.month())
            && if self.either_day {
                day || weekday
            } else {
                day && weekday
            }
    }
}

fn has(bits: u64, value: i8) -> bool {
    bits >> value & 1 == 1
}

/// `*`, `7`, `1-5`, each with `/2`, and lists of them.
fn bits(field: &str, least: u64, most: u64) -> Option<u64> {
    let mut bits = 0;
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((from, to)) => (from.parse().ok()?, to.parse().ok()?),
            None => (range.parse().ok()?, range.parse().ok()?),
        };
        if from < least || to > most || from > to {
            return None;
        }
        for value in (from..=to).step_by(step) {
            bits |= 1 << value;
        }
    }
    Some(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_time_is_found_across_hours_days_months_and_leap_years() {
        for (cron, now, next) in [
            ("* * * * *", "2027-03-01T10:00:00Z", "2027-03-01T10:01:00Z"),
            (
                "*/15 * * * *",
                "2027-03-01T10:46:10Z",
                "2027-03-01T11:00:00Z",
            ),
            (
                "0 9 * * 1-5",
                "2027-03-05T09:00:00Z",
                "2027-03-08T09:00:00Z",
            ),
            (
                "30 23 31 * *",
                "2027-03-31T23:30:00Z",
                "2027-05-31T23:30:00Z",
            ),
            ("0 0 * * 7", "2027-03-01T00:00:00Z", "2027-03-07T00:00:00Z"),
            ("0 0 13 * 5", "2027-03-01T00:00:00Z", "2027-03-05T00:00:00Z"),
            ("0 0 29 2 *", "2027-03-01T00:00:00Z", "2028-02-29T00:00:00Z"),
        ] {
            let found = Cron::parse(cron).unwrap().after(now.parse().unwrap());
            assert_eq!(found.unwrap().to_string(), next, "{cron} after {now}");
        }
        let never = Cron::parse("0 0 30 2 *").unwrap();
        assert_eq!(never.after(Timestamp::from_unix_seconds(0)), None);
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for text in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "5-1 * * * *",
            "*/0 * * * *",
            "a * * * *",
            "* * 0 * *",
        ] {
            assert_eq!(Cron::parse(text), None, "{text}");
        }
    }
}
