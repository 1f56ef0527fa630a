//! What one key has spent, in five words that threads share.
//!
//! Spending is one exchange of one word: the lower part of what is spent, and a count of changes to the other words. Whoever
//! changes more than that has its table's turn, marks the record busy, and counts the change; so an exchange that succeeds
//! has seen words that belong together. Nobody waits for a busy record here: whoever meets one waits for the turn.
//!
//! This file depends on nothing but atomics: `models/` runs it through every order of two threads.

use std::time::Duration;

use super::quota::{Quota, Speed};
use super::spent::{Spent, Step};
use super::sync::{AtomicU64, Ordering};

/// In `low`: whoever has the turn is changing this record.
const BUSY: u64 = 1 << 63;
/// In `low`: seven bits that count changes.
const CHANGE: u64 = 1 << 56;
/// In `low`: the lower part of what is spent.
const LOW: u64 = CHANGE - 1;

/// The place of one key.
///
/// INVARIANT: the words but `low` are written only while it is busy, which only the holder of the turn makes it.
#[derive(Debug)]
pub(crate) struct Record {
    /// Whose it is; 0 while it is nobody's.
    name: AtomicU64,
    low: AtomicU64,
    high: AtomicU64,
    units: AtomicU64,
    nanos: AtomicU64,
}

/// What a record said at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    low: u64,
    pub(crate) spent: Spent,
}

impl Seen {
    /// The count of changes.
    #[inline(always)]
    pub(crate) const fn changes(&self) -> u8 {
        ((self.low & !BUSY) >> 56) as u8
    }
}

/// How an exchange went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Swapped {
    Done,
    /// Somebody was faster.
    Lost,
    /// It takes the turn to write this.
    NeedsTurn,
}

/// How spending went.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Spending {
    /// It was spent.
    Admitted { seen: Seen, after: Spent },
    /// There was no room.
    Denied {
        spent: Spent,
        wait: Option<Duration>,
    },
}

impl Record {
    pub(crate) fn new() -> Self {
        Self {
            name: AtomicU64::new(0),
            low: AtomicU64::new(0),
            high: AtomicU64::new(0),
            units: AtomicU64::new(1),
            nanos: AtomicU64::new(1),
        }
    }

    /// Whose it is.
    #[inline(always)]
    pub(crate) fn name(&self) -> u64 {
        self.name.load(Ordering::Acquire)
    }

    /// Spends, where there is room; none where it takes the turn to do or to say.
    #[inline(always)]
    pub(crate) fn spend(&self, name: u64, quota: &Quota, cost: u64, now: u64) -> Option<Spending> {
        loop {
            let seen = self.seen(name)?;
            match seen.spent.step(quota, cost, now) {
                Step::Admitted(after) => match self.swap(&seen, &after) {
                    Swapped::Done => return Some(Spending::Admitted { seen, after }),
                    Swapped::Lost => {}
                    Swapped::NeedsTurn => return None,
                },
                Step::Denied(spent, wait) if self.is_still(&seen) => {
                    // Q6: else it goes on at a new speed, which is to be written.
                    let is_same = spent.speed == seen.spent.speed;
                    return is_same.then_some(Spending::Denied { spent, wait });
                }
                Step::Denied(..) => {}
            }
        }
    }

    /// What is spent; none where it takes the turn to say.
    pub(crate) fn look(&self, name: u64) -> Option<Spent> {
        let seen = self.seen(name)?;
        self.is_still(&seen).then_some(seen.spent)
    }

    /// Writes what is left when something is given back; false where it takes the turn.
    pub(crate) fn give_back(&self, name: u64, after: impl Fn(Spent, u8) -> Spent) -> bool {
        while let Some(seen) = self.seen(name) {
            let after = after(seen.spent, seen.changes());
            match self.swap_back(&seen, &after) {
                Swapped::Done => return true,
                Swapped::Lost => {}
                Swapped::NeedsTurn => return false,
            }
        }
        false
    }

    /// What it says, if it is this key's and not busy. An exchange or [`is_still`](Self::is_still) tells whether the words belong together.
    #[inline(always)]
    fn seen(&self, name: u64) -> Option<Seen> {
        let low = self.low.load(Ordering::Acquire);
        if low & BUSY != 0 || self.name() != name {
            return None;
        }
        Some(Seen {
            low,
            spent: self.read(low),
        })
    }

    #[inline(always)]
    fn read(&self, low: u64) -> Spent {
        // Acquire: who reads what a change wrote reads a `low` that is busy or counts it.
        let high = self.high.load(Ordering::Acquire);
        Spent {
            speed: Speed {
                units: self.units.load(Ordering::Acquire),
                nanos: self.nanos.load(Ordering::Acquire),
            },
            full_at: u128::from(high) << 56 | u128::from(low & LOW),
        }
    }

    /// Whether nothing was written since.
    #[inline]
    fn is_still(&self, seen: &Seen) -> bool {
        self.low.load(Ordering::Relaxed) == seen.low
    }

    /// Writes what is spent, where it is as it was seen.
    #[inline(always)]
    fn swap(&self, seen: &Seen, after: &Spent) -> Swapped {
        if after.speed != seen.spent.speed || after.full_at >> 56 != seen.spent.full_at >> 56 {
            return Swapped::NeedsTurn;
        }
        self.exchange(seen.low, seen.low & !LOW | low_of(after))
    }

    /// As `swap`, and counts as a change.
    fn swap_back(&self, seen: &Seen, after: &Spent) -> Swapped {
        if after.speed != seen.spent.speed || after.full_at >> 56 != seen.spent.full_at >> 56 {
            return Swapped::NeedsTurn;
        }
        self.exchange(seen.low, next(seen.low) & !LOW | low_of(after))
    }

    #[inline(always)]
    fn exchange(&self, from: u64, to: u64) -> Swapped {
        let swapped = self
            .low
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed);
        match swapped {
            Ok(_) => Swapped::Done,
            Err(_) => Swapped::Lost,
        }
    }
}

/// What only the holder of the turn may do.
impl Record {
    /// Whether it is busy, which is the holder's own doing.
    pub(crate) fn is_held(&self) -> bool {
        self.low.load(Ordering::Acquire) & BUSY != 0
    }

    /// Makes it busy: from here on nobody else writes.
    pub(crate) fn hold(&self) {
        self.low.fetch_or(BUSY, Ordering::AcqRel);
    }

    /// What it says while it is held.
    pub(crate) fn held(&self) -> Seen {
        let low = self.low.load(Ordering::Acquire);
        Seen {
            low,
            spent: self.read(low),
        }
    }

    /// How many changes it will have counted once it is not held.
    pub(crate) fn changes_after(&self) -> u8 {
        let held = self.held();
        if held.low & BUSY == 0 {
            return held.changes();
        }
        let released = Seen {
            low: next(held.low),
            ..held
        };
        released.changes()
    }

    /// Gives it to a key, while it is held.
    pub(crate) fn give_to(&self, name: u64) {
        self.name.store(name, Ordering::Release);
    }

    /// Writes what is spent, while it is held.
    pub(crate) fn put(&self, spent: &Spent) {
        self.high
            .store((spent.full_at >> 56) as u64, Ordering::Release);
        self.units.store(spent.speed.units, Ordering::Release);
        self.nanos.store(spent.speed.nanos, Ordering::Release);
        let low = self.low.load(Ordering::Relaxed);
        self.low
            .store(low & !LOW | low_of(spent), Ordering::Release);
    }

    /// Lets others write again, and counts that something may have changed.
    pub(crate) fn release(&self) {
        let low = self.low.load(Ordering::Relaxed);
        self.low.store(next(low), Ordering::Release);
    }
}

#[inline(always)]
const fn low_of(spent: &Spent) -> u64 {
    spent.full_at as u64 & LOW
}

/// One change more, and not busy.
#[inline(always)]
const fn next(low: u64) -> u64 {
    low.wrapping_add(CHANGE) & !BUSY
}
