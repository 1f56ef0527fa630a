use std::sync::PoisonError;

use loom::sync::Mutex;

use super::quota::Quota;
use super::record::{Record, Spending};
use super::spent::{Since, Spent, Step, Taken};
use super::sync::{AtomicU64, Ordering};

/// A table with one place: spending, claiming and giving back as the real one does them, which looks for a place among twelve.
#[derive(Debug)]
pub(crate) struct Place {
    record: Record,
    /// Q10: when the last key was full again that lost its place.
    forgotten: AtomicU64,
    turn: Mutex<()>,
}

/// What was taken, and how often the record had been changed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Took(Taken, u8);

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            record: Record::new(),
            forgotten: AtomicU64::new(0),
            turn: Mutex::new(()),
        }
    }

    /// Spends one unit; none where there is no room.
    pub(crate) fn take(&self, name: u64, quota: &Quota, now: u64) -> Option<Took> {
        let took = |before: Spent, changes| Some(Took(Taken::new(before, quota, 1, now), changes));
        if self.record.name() == name {
            match self.record.spend(name, quota, 1, now) {
                Some(Spending::Admitted { seen, .. }) => return took(seen.spent, seen.changes()),
                Some(Spending::Denied { .. }) => return None,
                None => {}
            }
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = self.record.name() == name;
        let before = if is_known {
            self.record.hold();
            self.record.held().spent
        } else {
            let forgotten = self.forgotten.load(Ordering::Acquire);
            Spent::full_at_nanos(quota.speed, forgotten)
        };
        let step = before.step(quota, 1, now);
        if !is_known && matches!(step, Step::Denied(..)) {
            return None;
        }
        if !is_known {
            self.record.hold();
            if self.record.name() != 0 {
                let full_at = self.record.held().spent.nanos_full_at();
                let forgotten = self.forgotten.load(Ordering::Relaxed);
                self.forgotten
                    .store(forgotten.max(full_at), Ordering::Release);
            }
            self.record.give_to(name);
        }
        let (Step::Admitted(after) | Step::Denied(after, _)) = step;
        self.record.put(&after);
        self.record.release();
        match step {
            Step::Admitted(_) => took(before, self.record.held().changes()),
            Step::Denied(..) => None,
        }
    }

    pub(crate) fn give_back(&self, name: u64, Took(taken, changes): Took, now: u64) {
        let after = |spent: Spent, changes_now: u8| {
            let since = if changes == changes_now && taken.speed == spent.speed {
                Since::OnlySpent
            } else {
                // Nothing here is changed twice.
                let fastest = spent.speed;
                Since::Changed { fastest }
            };
            taken.returned_to(spent, since, now)
        };
        if self.record.name() == name && self.record.give_back(name, after) {
            return;
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if self.record.name() == name {
            self.record.hold();
            let held = self.record.held();
            self.record.put(&after(held.spent, held.changes()));
            self.record.release();
        }
    }

    /// How many units of a burst are left.
    pub(crate) fn remaining(&self, name: u64, quota: &Quota, now: u64) -> u64 {
        let spent = match self.record.name() == name {
            true => self.record.look(name).unwrap(),
            false => Spent::full_at_nanos(quota.speed, self.forgotten.load(Ordering::Acquire)),
        };
        spent.remaining(quota, now)
    }
}
