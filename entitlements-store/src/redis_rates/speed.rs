//! A rate in the numbers that the script reckons with.

use entitlements_core::rate::Quota;

/// The largest number that the script is given: what it has of it, of two together or of their products it can still hold.
pub(super) const LARGEST: u64 = 1 << 52;

/// How fast a bucket refills: so many parts in each microsecond, and so many parts are a unit, without a common divisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Speed {
    pub(super) parts: u64,
    pub(super) unit: u64,
}

impl Speed {
    /// Where a number is too large it is made smaller so that less is admitted, never more; but a unit in 142 years is the slowest.
    pub(super) fn of(quota: &Quota) -> Self {
        // Of a nanosecond, in lowest terms; and there are a thousand in each microsecond.
        let parts = u128::from(quota.requests()) * 1000;
        let (mut parts, mut unit) = lowest(parts, quota.per().as_nanos().max(1));
        while parts.max(unit) > LARGEST.into() {
            (parts, unit) = lowest(parts / 2, unit.div_ceil(2));
        }
        let word = |number| u64::try_from(number).unwrap_or(LARGEST);
        match word(parts) {
            0 => Self {
                parts: 1,
                unit: LARGEST,
            },
            parts => Self {
                parts,
                unit: word(unit),
            },
        }
    }
}

fn lowest(parts: u128, unit: u128) -> (u128, u128) {
    let (mut a, mut b) = (unit, parts);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    // INVARIANT: `a` is not 0, as `unit` is not.
    (parts / a, unit / a)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

    fn speed(requests: u64, per: Duration) -> (u64, u64) {
        let speed = Speed::of(&Quota::new(requests, per, 1));
        (speed.parts, speed.unit)
    }

    #[test]
    fn a_speed_is_in_lowest_terms_of_microseconds() {
        assert_eq!(speed(600, Duration::from_secs(60)), (1, 100_000));
        assert_eq!(speed(7, Duration::from_secs(60)), (7, 60_000_000));
        assert_eq!(speed(1, YEAR), (1, 31_536_000_000_000));
        assert_eq!(speed(3, Duration::from_nanos(7)), (3000, 7));
    }

    #[test]
    fn what_is_too_large_is_slower_never_faster() {
        let most = u64::MAX;
        // The last is by how much at most.
        for (requests, per, less) in [
            (most, Duration::from_nanos(1), 1 << 23),
            (LARGEST / 1000 + 1, Duration::from_nanos(1), 2),
            (most, YEAR, 2),
            (most, Duration::from_nanos(most - 1), 2),
            (999_983, Duration::from_nanos((1 << 62) + 1), 2),
            (3, Duration::from_nanos(most / 2 + 2), 2),
        ] {
            let (parts, unit) = speed(requests, per);
            assert!((1..=LARGEST).contains(&parts) && (1..=LARGEST).contains(&unit));
            let quota = Quota::new(requests, per, 1);
            let said = u128::from(quota.requests()) * 1000 * u128::from(unit);
            let made = u128::from(parts) * quota.per().as_nanos();
            assert!(made <= said, "{requests} in {per:?}");
            assert!(made >= said / less, "{requests} in {per:?}");
        }
        assert_eq!(speed(0, YEAR), (1, LARGEST));
    }
}
