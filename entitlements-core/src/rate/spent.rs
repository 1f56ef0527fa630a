//! The step of the generic cell rate algorithm, in whole numbers.

use std::time::Duration;

use super::quota::{MOST, Quota, Speed};

/// What a key has spent: the time at which all of it will have been refilled, in parts of its speed (Q2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spent {
    pub(crate) speed: Speed,
    pub(crate) full_at: u128,
}

/// How asking went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// What is spent when this is, too.
    Admitted(Spent),
    /// What is spent, at the new speed where that is the faster (Q6), and after how long it would be admitted; none where it never is.
    Denied(Spent, Option<Duration>),
}

impl Spent {
    /// Nothing, from `nanos` on.
    #[inline]
    pub(crate) fn full_at_nanos(speed: Speed, nanos: u64) -> Self {
        Self {
            speed,
            full_at: speed.at(nanos),
        }
    }

    /// What is not yet refilled, in parts.
    #[inline(always)]
    pub(crate) fn debt(self, now: u64) -> u128 {
        self.full_at.saturating_sub(self.speed.at(now))
    }

    /// The first nanosecond at which nothing is spent any more.
    pub(crate) fn nanos_full_at(self) -> u64 {
        u64::try_from(self.speed.nanos_until(self.full_at)).unwrap_or(u64::MAX)
    }

    /// Q3: spends `cost`, where it fits.
    #[inline(always)]
    pub(crate) fn step(self, quota: &Quota, cost: u64, now: u64) -> Step {
        if cost == 0 {
            return Step::Admitted(self);
        }
        let debt = self.debt(now);
        match quota.room(self.speed, cost) {
            Some(room) if debt <= room => {
                let carried = self.carried_to(quota.speed, now);
                let spent = carried.debt(now) + quota.speed.parts(cost);
                Step::Admitted(carried.owing(spent, now))
            }
            room => self.denied(quota, cost, room, now),
        }
    }

    #[cold]
    fn denied(self, quota: &Quota, cost: u64, room: Option<u128>, now: u64) -> Step {
        let goes_on = if quota.speed.is_faster_than(self.speed) {
            self.carried_to(quota.speed, now)
        } else {
            self
        };
        // Q4: what has to be refilled first, at the speed at which it is. None for a cost above the burst.
        let wait = room.and_then(|_| quota.room(goes_on.speed, cost));
        let wait = wait.map(|room| {
            let excess = goes_on.debt(now).saturating_sub(room);
            duration(goes_on.speed.nanos_until(excess))
        });
        Step::Denied(goes_on, wait)
    }

    /// How many whole units are left of a burst.
    pub(crate) fn remaining(self, quota: &Quota, now: u64) -> u64 {
        let room = quota.room(self.speed, 0).unwrap_or_default();
        let left = room.saturating_sub(self.debt(now));
        match u64::try_from(left) {
            Ok(left) => left / self.speed.nanos,
            Err(_) => u64::try_from(left / u128::from(self.speed.nanos)).unwrap_or(quota.burst()),
        }
    }

    /// Q6: as many units are spent, and refill at another speed from now on.
    #[inline(always)]
    pub(crate) fn carried_to(self, speed: Speed, now: u64) -> Self {
        if speed == self.speed {
            return self;
        }
        let debt = converted(self.debt(now), self.speed, speed, Round::Up);
        Self { speed, full_at: 0 }.owing(debt, now)
    }

    #[inline(always)]
    fn owing(self, debt: u128, now: u64) -> Self {
        Self {
            speed: self.speed,
            full_at: self.speed.at(now) + debt.min(MOST),
        }
    }
}

/// What was spent once, as it is remembered until it might be given back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) speed: Speed,
    /// When all before it will have been refilled, in parts of that speed; not before it was spent.
    pub(crate) start: u128,
    pub(crate) cost: u64,
    pub(crate) at: u64,
}

/// What became of a key since something was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// Others spent, and no more.
    OnlySpent,
    /// Somebody may have given something back, or asked at another speed; no faster than this, or than what was taken was asked at.
    Changed { fastest: Speed },
}

impl Taken {
    pub(crate) fn new(before: Spent, quota: &Quota, cost: u64, now: u64) -> Self {
        let carried = before.carried_to(quota.speed, now);
        Self {
            speed: quota.speed,
            start: carried.full_at.max(quota.speed.at(now)),
            cost,
            at: now,
        }
    }

    /// Q7: without what of this is not refilled by now.
    pub(crate) fn returned_to(self, spent: Spent, since: Since, now: u64) -> Spent {
        let (speed, from) = match since {
            // What was spent before it refilled first.
            Since::OnlySpent => (self.speed, self.start),
            Since::Changed { fastest } => {
                let speed = fastest.or_faster(self.speed);
                (speed, speed.at(self.at))
            }
        };
        let refilled = speed.at(now).saturating_sub(from);
        let left = speed.parts(self.cost).saturating_sub(refilled);
        let left = converted(left, speed, spent.speed, Round::Down);
        Spent {
            full_at: spent.full_at.saturating_sub(left),
            ..spent
        }
    }
}

#[derive(Clone, Copy)]
enum Round {
    Up,
    Down,
}

/// Parts of one speed as parts of another: as many units.
fn converted(parts: u128, from: Speed, to: Speed, round: Round) -> u128 {
    if from == to {
        return parts;
    }
    let (per_unit, to_unit) = (u128::from(from.nanos), u128::from(to.nanos));
    let (whole, rest) = (parts / per_unit, parts % per_unit);
    // The rest is below 2^64, so it does not overflow.
    let rest = match round {
        Round::Up => (rest * to_unit).div_ceil(per_unit),
        Round::Down => rest * to_unit / per_unit,
    };
    whole.saturating_mul(to_unit).saturating_add(rest)
}

fn duration(nanos: u128) -> Duration {
    const SECOND: u128 = 1_000_000_000;
    if let Ok(nanos) = u64::try_from(nanos) {
        return Duration::from_nanos(nanos);
    }
    match u64::try_from(nanos / SECOND) {
        Ok(seconds) => Duration::from_secs(seconds) + Duration::from_nanos((nanos % SECOND) as u64),
        Err(_) => Duration::MAX,
    }
}
