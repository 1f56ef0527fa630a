//! Times on the command line.

use entitlements_core::Timestamp;

/// A point in time. A bare date is refused: it does not say whether its beginning or its end is meant.
pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    let form = "not a time such as `2027-01-31T12:00:00Z`";
    checked(text.parse().map_err(|_| form.to_owned())?)
}

/// When something ends: a point in time, or a date for the end of that day in UTC.
pub(crate) fn expiry(text: &str) -> Result<Timestamp, String> {
    let form = "not a date such as `2027-01-31` or a time such as `2027-01-31T23:59:59Z`";
    let time = Timestamp::end_of_day(text).or_else(|_| text.parse());
    checked(time.map_err(|_| form.to_owned())?)
}

/// `start` and `days` days of 86,400 seconds, unless that is past the year 9999.
pub(crate) fn days_after(start: Timestamp, days: u32) -> Option<Timestamp> {
    let seconds = start
        .unix_seconds()
        .checked_add(i64::from(days).checked_mul(86_400)?)?;
    (seconds <= Timestamp::MAX.unix_seconds()).then(|| Timestamp::from_unix_seconds(seconds))
}

/// What a license says: whole seconds.
pub(crate) const fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_unix_seconds(time.unix_seconds())
}

fn checked(time: Timestamp) -> Result<Timestamp, String> {
    if time < Timestamp::UNIX_EPOCH {
        return Err("before 1970, which a license cannot say".to_owned());
    }
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::{days_after, expiry, time};
    use entitlements_core::Timestamp;

    fn shown(time: Result<Timestamp, String>) -> Option<String> {
        time.ok().map(|time| time.to_string())
    }

    #[test]
    fn a_bare_date_is_the_end_of_its_day_where_something_ends() {
        assert_eq!(
            shown(expiry("2028-02-29")).as_deref(),
            Some("2028-02-29T23:59:59Z")
        );
        assert_eq!(
            shown(expiry("2027-01-31T10:00:00+01:00")).as_deref(),
            Some("2027-01-31T09:00:00Z")
        );
        assert_eq!(shown(time("2027-01-31")), None);
        for text in [
            "",
            "2027-02-29",
            "2027-1-31",
            "31.01.2027",
            "1969-12-31",
            "2027-01-31 ",
            "tomorrow",
            "1801439999",
        ] {
            assert_eq!(shown(expiry(text)), None, "{text}");
            assert_eq!(shown(time(text)), None, "{text}");
        }
    }

    #[test]
    fn days_end_with_the_year_9999() {
        let last = Timestamp::MAX.unix_seconds();
        let day_before = Timestamp::from_unix_seconds(last - 86_400);
        assert_eq!(days_after(day_before, 1), Some(Timestamp::MAX));
        assert_eq!(
            days_after(Timestamp::from_unix_seconds(last - 86_399), 1),
            None
        );
        assert_eq!(days_after(Timestamp::UNIX_EPOCH, u32::MAX), None);
    }
}
