use std::time::Duration;

use super::key::Subject;
use super::quota::Quota;
use super::rate_keys::RateKeys;
use super::shared::StoreStanding;
use super::spent::{Spent, Step, Taken};

/// One rate that is asked for, and what came of it.
///
/// It is made anew for each request; [`Limiter::take`](super::Limiter::take) and [`look`](super::Limiter::look) write into it.
#[derive(Debug)]
pub struct Ask<'a> {
    pub(super) rate: &'a RateKeys,
    pub(super) quota: &'a Quota,
    pub(super) key: u64,
    pub(super) cost: u64,
    came: Option<Came>,
}

/// What came of an [`Ask`].
#[derive(Clone, Copy, Debug)]
struct Came {
    now: u64,
    before: Spent,
    spent: Spent,
    wait: Option<Duration>,
    /// How often the record had been changed when it was taken from.
    changes: Option<u8>,
}

impl<'a> Ask<'a> {
    /// Asks for one unit of a rate, which is this subject's quota.
    #[inline(always)]
    #[must_use]
    pub fn new(rate: &'a RateKeys, subject: &Subject<'_>, quota: &'a Quota) -> Self {
        Self::of_key(rate, rate.key(subject), quota)
    }

    /// As [`new`](Self::new), for a subject whose key is known.
    #[inline(always)]
    pub(crate) const fn of_key(rate: &'a RateKeys, key: u64, quota: &'a Quota) -> Self {
        Self {
            rate,
            key,
            quota,
            cost: 1,
            came: None,
        }
    }

    /// Asks for so many units in place of one. None at all are always admitted; more than the burst never are.
    #[inline]
    #[must_use]
    pub const fn cost(mut self, units: u64) -> Self {
        self.cost = units;
        self
    }

    /// Where the key stands now; none as long as nobody was asked.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        let came = self.came?;
        let next = match came.spent.step(self.quota, 1, came.now) {
            Step::Admitted(_) => Some(Duration::ZERO),
            Step::Denied(_, wait) => wait,
        };
        Some(Standing {
            burst: self.quota.burst(),
            window_seconds: self.quota.window_seconds(),
            remaining: came.spent.remaining(self.quota, came.now),
            wait: came.wait,
            next,
        })
    }

    #[inline(always)]
    pub(super) fn admitted(&mut self, before: Spent, after: Spent, changes: u8, now: u64) {
        self.came = Some(Came {
            now,
            before,
            spent: after,
            wait: Some(Duration::ZERO),
            changes: Some(changes),
        });
    }

    /// Or looked at.
    #[inline]
    pub(super) fn denied(&mut self, spent: Spent, wait: Option<Duration>, now: u64) -> Verdict {
        self.came = Some(Came {
            now,
            before: spent,
            spent,
            wait,
            changes: None,
        });
        wait.map_or(Verdict::Never, Verdict::Wait)
    }

    /// What is spent now, as far as it is known here.
    pub(super) fn spent(&self) -> Option<Spent> {
        self.came.map(|came| came.spent)
    }

    /// What it took; none from then on.
    pub(super) fn untake(&mut self) -> Option<(Taken, u8)> {
        let came = self.came.as_mut()?;
        let changes = came.changes.take()?;
        let taken = Taken::new(came.before, self.quota, self.cost, came.now);
        (self.cost > 0).then_some((taken, changes))
    }
}

/// Where a key stands with one rate: what the rate-limit headers say (Q8).
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    burst: u64,
    window_seconds: u64,
    remaining: u64,
    wait: Option<Duration>,
    next: Option<Duration>,
}

impl Standing {
    /// As a store that processes share tells it.
    pub(crate) fn told(quota: &Quota, told: &StoreStanding) -> Self {
        Self {
            burst: quota.burst(),
            window_seconds: quota.window_seconds(),
            remaining: told.remaining,
            wait: told.wait,
            next: Some(told.next),
        }
    }

    /// The same, of the rate that this is a process's share of.
    pub(crate) fn of_whole(self, quota: &Quota) -> Self {
        Self {
            burst: quota.burst(),
            window_seconds: quota.window_seconds(),
            ..self
        }
    }

    /// `q`: how many units may be spent at once.
    #[must_use]
    pub const fn burst(&self) -> u64 {
        self.burst
    }

    /// `w`: the seconds in which an empty bucket is full again, rounded up.
    #[must_use]
    pub const fn window_seconds(&self) -> u64 {
        self.window_seconds
    }

    /// `r`: how many whole units are left.
    #[must_use]
    pub const fn remaining(&self) -> u64 {
        self.remaining
    }

    /// `Retry-After` of this rate alone: whole seconds, rounded up, and at least one; the window's where it never admits what was asked for.
    #[must_use]
    pub fn retry_after_seconds(&self) -> u64 {
        self.wait.map_or(self.window_seconds.max(1), whole_seconds)
    }

    /// After how long this rate alone would admit what was asked for; none where it never does.
    #[must_use]
    pub const fn wait(&self) -> Option<Duration> {
        self.wait
    }

    /// `t`: the window's seconds while units are left; else the seconds until what was asked for, or one unit, is admitted, as `Retry-After`
    /// says it.
    #[must_use]
    pub fn reset_seconds(&self) -> u64 {
        let until = match (self.wait, self.next) {
            (Some(wait), Some(next)) => wait.max(next),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => return self.window_seconds,
        };
        if self.remaining > 0 {
            self.window_seconds
        } else {
            whole_seconds(until)
        }
    }
}

/// Whether all that was asked for was admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All of it was.
    Admitted,
    /// None of it was; all of it would be after this time, and not before.
    Wait(Duration),
    /// None of it was, and it never will be: more is asked for at once than a burst has.
    Never,
}

impl Verdict {
    /// `Retry-After`: whole seconds, rounded up, and at least one. None where there is nothing to wait for.
    ///
    /// ```
    /// use std::time::Duration;
    /// use entitlements_core::rate::Verdict;
    ///
    /// assert_eq!(Verdict::Wait(Duration::from_nanos(1)).retry_after_seconds(), Some(1));
    /// assert_eq!(Verdict::Wait(Duration::from_millis(1001)).retry_after_seconds(), Some(2));
    /// assert_eq!(Verdict::Admitted.retry_after_seconds(), None);
    /// assert_eq!(Verdict::Never.retry_after_seconds(), None);
    /// ```
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::Wait(wait) => Some(whole_seconds(*wait)),
            Self::Admitted | Self::Never => None,
        }
    }
}

fn whole_seconds(wait: Duration) -> u64 {
    let rest = u64::from(wait.subsec_nanos() != 0);
    wait.as_secs().saturating_add(rest).max(1)
}
