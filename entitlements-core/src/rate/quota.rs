use std::num::NonZeroU32;
use std::time::Duration;

use crate::Rate;

/// The most that a bucket holds, and the latest that it is full, in units of [`Speed`]: a record has 120 bits for their sum (Q12).
pub(crate) const MOST: u128 = (1 << 119) - 1;

/// How fast a bucket refills: so many units in so many nanoseconds, in lowest terms (Q2).
///
/// INVARIANT: neither is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Speed {
    pub(crate) units: u64,
    pub(crate) nanos: u64,
}

impl Speed {
    /// None at all are one in the longest time there is.
    pub(crate) fn new(requests: u64, per: Duration) -> Self {
        if requests == 0 {
            return Self {
                units: 1,
                nanos: u64::MAX,
            };
        }
        let nanos = u64::try_from(per.as_nanos()).unwrap_or(u64::MAX).max(1);
        let common = common_divisor(nanos, requests);
        Self {
            units: requests / common,
            nanos: nanos / common,
        }
    }

    /// A time in parts of a nanosecond of which each refills one part of a unit: a whole number, whatever the speed.
    #[inline(always)]
    pub(crate) fn at(self, now: u64) -> u128 {
        (u128::from(now) * u128::from(self.units)).min(MOST)
    }

    /// The nanoseconds until so many of these parts have passed, rounded up.
    pub(crate) fn nanos_until(self, parts: u128) -> u128 {
        match u64::try_from(parts) {
            // Half the time that the wide division takes.
            Ok(parts) => parts.div_ceil(self.units).into(),
            Err(_) => parts.div_ceil(self.units.into()),
        }
    }

    /// So many units, in those parts.
    #[inline(always)]
    pub(crate) fn parts(self, units: u64) -> u128 {
        u128::from(units) * u128::from(self.nanos)
    }

    /// The seconds in which so many units are refilled, rounded up.
    fn seconds_of(self, units: u64) -> u64 {
        let of_second = self.at(1_000_000_000);
        u64::try_from(self.parts(units).div_ceil(of_second)).unwrap_or(u64::MAX)
    }

    #[inline]
    pub(crate) fn is_faster_than(self, other: Self) -> bool {
        other.parts(self.units) > self.parts(other.units)
    }

    /// The faster of both.
    pub(crate) fn or_faster(self, other: Self) -> Self {
        if other.is_faster_than(self) {
            other
        } else {
            self
        }
    }
}

/// Never 0, as `a` is not.
fn common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// A rate, ready to be asked: what a bucket of it holds, and how fast it refills.
///
/// ```
/// use std::time::Duration;
/// use entitlements_core::rate::Quota;
///
/// let quota = Quota::new(60, Duration::from_secs(60), 100);
/// assert_eq!(quota.burst(), 100);
/// assert_eq!(quota.window_seconds(), 100);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub(crate) speed: Speed,
    burst: u64,
    /// The burst in parts of `speed`.
    full: u128,
    /// Each answer says it, and it takes a wide division.
    window_seconds: u64,
}

impl Quota {
    /// `requests` per `per`, and up to `burst` at once.
    ///
    /// No requests at all are one in 584 years, and a longer `per` is these. One of no time at all counts as a nanosecond.
    #[must_use]
    pub fn new(requests: u64, per: Duration, burst: u64) -> Self {
        let speed = Speed::new(requests, per);
        Self {
            speed,
            burst,
            full: speed.parts(burst).min(MOST),
            window_seconds: speed.seconds_of(burst),
        }
    }

    /// How many units may be spent at once.
    #[must_use]
    pub const fn burst(&self) -> u64 {
        self.burst
    }

    /// How many units are refilled in each [`per`](Self::per), in lowest terms.
    #[must_use]
    pub const fn requests(&self) -> u64 {
        self.speed.units
    }

    /// The time in which [`requests`](Self::requests) are refilled, in lowest terms; never 0.
    #[must_use]
    pub const fn per(&self) -> Duration {
        Duration::from_nanos(self.speed.nanos)
    }

    /// Q27: what is a process's, of so many that share it. It holds at least as much as is needed at once, where the whole does.
    pub(crate) fn share(&self, processes: NonZeroU32, needed: u64) -> Self {
        let (units, nanos) = (self.speed.units, self.speed.nanos);
        let per = nanos.saturating_mul(processes.get().into());
        let share = self.burst / u64::from(processes.get());
        let burst = share.max(needed).max(1).min(self.burst);
        Self::new(units, Duration::from_nanos(per), burst)
    }

    /// The time in which so many units are refilled, rounded up.
    pub(crate) fn time_of(&self, units: u64) -> Duration {
        let nanos = self.speed.nanos_until(self.speed.parts(units));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// The seconds in which an empty bucket is full again, rounded up: `w` of the policy header.
    #[must_use]
    pub const fn window_seconds(&self) -> u64 {
        self.window_seconds
    }

    /// The most that may be spent already where `cost` is to fit, in parts of `speed`; none where it never does.
    #[inline(always)]
    pub(crate) fn room(&self, speed: Speed, cost: u64) -> Option<u128> {
        let room = self.full.checked_sub(self.speed.parts(cost))?;
        if speed == self.speed {
            return Some(room);
        }
        Some(speed.parts(self.burst.saturating_sub(cost)))
    }
}

impl From<&Rate> for Quota {
    fn from(rate: &Rate) -> Self {
        Self::new(rate.requests(), rate.per(), rate.burst())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_in_lowest_terms() {
        let minute = Duration::from_secs(60);
        let speed = |requests| Speed::new(requests, minute);
        assert_eq!(speed(60), Speed::new(1, Duration::from_secs(1)));
        assert_eq!((speed(7).units, speed(7).nanos), (7, 60_000_000_000));
        assert_eq!((speed(0).units, speed(0).nanos), (1, u64::MAX));
        assert!(speed(61).is_faster_than(speed(60)));
        assert!(!speed(60).is_faster_than(speed(60)));
        assert!(speed(1).is_faster_than(speed(0)));
        let most = Speed::new(u64::MAX, Duration::from_secs(1));
        assert!(most.is_faster_than(Speed::new(u64::MAX - 1, Duration::from_secs(1))));
    }

    #[test]
    fn windows_are_rounded_up() {
        let window = |requests, per, burst| {
            Quota::new(requests, Duration::from_secs(per), burst).window_seconds()
        };
        assert_eq!(window(60, 60, 100), 100);
        assert_eq!(window(7, 60, 7), 60);
        assert_eq!(window(7, 60, 1), 9);
        assert_eq!(window(1000, 1, 1), 1);
        assert_eq!(window(1, 3_153_600_000, u64::MAX), u64::MAX);
        assert_eq!(window(0, 1, 1), 18_446_744_074);
    }

    #[test]
    fn q27_shares_add_up_to_the_whole() {
        let whole = Quota::new(7, Duration::from_secs(60), 100);
        let share = |processes, needed| whole.share(NonZeroU32::new(processes).unwrap(), needed);
        assert_eq!(share(1, 1), whole);
        assert_eq!(share(3, 1), Quota::new(7, Duration::from_secs(180), 33));
        assert_eq!(share(3, 50).burst(), 50);
        assert_eq!(share(3, 101).burst(), 100);
        assert_eq!(share(1000, 1).burst(), 1);
        assert_eq!(
            Quota::new(1, Duration::from_secs(1), 0)
                .share(NonZeroU32::MIN, 1)
                .burst(),
            0
        );
        assert_eq!(whole.time_of(7), Duration::from_secs(60));
        assert_eq!(
            (whole.requests(), whole.per()),
            (7, Duration::from_secs(60))
        );
    }
}
