//! A bucket as `spec/rates.md` has it, as slowly as can be: whole numbers over one denominator.

use std::time::Duration;

use entitlements_core::rate::Verdict;

use crate::SECOND;

/// `requests` per so many nanoseconds, and a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) requests: u64,
    pub(crate) nanos: u64,
    pub(crate) burst: u64,
}

impl Rate {
    pub(crate) fn quota(self) -> entitlements_core::rate::Quota {
        entitlements_core::rate::Quota::new(
            self.requests,
            Duration::from_nanos(self.nanos),
            self.burst,
        )
    }

    /// Q2: units and nanoseconds, in lowest terms.
    fn lowest(self) -> (u128, u128) {
        let (mut a, mut b) = (self.nanos, self.requests);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        (u128::from(self.requests / a), u128::from(self.nanos / a))
    }
}

/// What is spent, in parts of a unit of which `per_unit` are one.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    spent: u128,
    refills: u128,
    per_unit: u128,
    /// The latest time that it was asked at.
    at: u64,
}

impl Bucket {
    pub(crate) fn new(rate: Rate) -> Self {
        let (refills, per_unit) = rate.lowest();
        Self {
            spent: 0,
            refills,
            per_unit,
            at: 0,
        }
    }

    /// What is spent at a time, and what has yet to be refilled before that: Q5.
    fn spent_at(&self, now: u64) -> u128 {
        if now >= self.at {
            self.spent
                .saturating_sub(u128::from(now - self.at) * self.refills)
        } else if self.spent == 0 {
            // Full at a time that is not known to have begun earlier.
            0
        } else {
            self.spent + u128::from(self.at - now) * self.refills
        }
    }

    pub(crate) fn take(&mut self, rate: Rate, cost: u64, now: u64) -> Verdict {
        if cost == 0 {
            return Verdict::Admitted;
        }
        let (_, per_unit) = rate.lowest();
        let spent = self.spent_at(now);
        let Some(left) = rate.burst.checked_sub(cost) else {
            self.carry_if_faster(rate, now);
            return Verdict::Never;
        };
        if spent <= u128::from(left) * self.per_unit {
            self.carry(rate, now);
            self.spent += u128::from(cost) * per_unit;
            return Verdict::Admitted;
        }
        self.carry_if_faster(rate, now);
        let missing = self.spent_at(now) - u128::from(left) * self.per_unit;
        if self.refills == 0 {
            return Verdict::Never;
        }
        let nanos = missing.div_ceil(self.refills);
        let second = u128::from(SECOND);
        Verdict::Wait(match u64::try_from(nanos / second) {
            Ok(seconds) => Duration::new(seconds, (nanos % second) as u32),
            // Longer than can be said.
            Err(_) => Duration::MAX,
        })
    }

    fn carry_if_faster(&mut self, rate: Rate, now: u64) {
        let (refills, per_unit) = rate.lowest();
        if refills * self.per_unit > self.refills * per_unit {
            self.carry(rate, now);
        }
    }

    fn carry(&mut self, rate: Rate, now: u64) {
        let (refills, per_unit) = rate.lowest();
        let spent = self.spent_at(now);
        self.spent = if (refills, per_unit) == (self.refills, self.per_unit) {
            spent
        } else {
            // Whole units, and the rest rounded up.
            spent / self.per_unit * per_unit
                + (spent % self.per_unit * per_unit).div_ceil(self.per_unit)
        };
        self.refills = refills;
        self.per_unit = per_unit;
        self.at = now;
    }

    pub(crate) fn remaining(&self, rate: Rate, now: u64) -> u64 {
        let all = u128::from(rate.burst) * self.per_unit;
        (all.saturating_sub(self.spent_at(now)) / self.per_unit) as u64
    }
}
