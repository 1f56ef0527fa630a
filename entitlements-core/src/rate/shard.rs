//! A part of the keys: their buckets, and whose turn it is to give places away.
//!
//! There are few buckets at first. Where a key finds no place, there are four times as many from then on, until there are as many as there
//! may be. Records are moved at once; what was there before stays busy for ever, so that whoever still sees it waits for the turn and
//! looks again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::buckets::{Buckets, Crowded, NoPlace};
use super::spent::Spent;

/// How often there can be more buckets.
const LEVELS: usize = 8;
/// The fewest buckets that are made fewer at first.
const FEW: usize = 16;

pub(super) struct Shard {
    turn: Mutex<()>,
    /// How many levels are made; the last of them counts.
    made: AtomicUsize,
    levels: [OnceLock<Buckets>; LEVELS],
    /// The buckets of the last level that there may be.
    most: usize,
}

impl Shard {
    /// One that will hold so many keys.
    pub(super) fn new(keys: usize) -> Self {
        Self {
            turn: Mutex::new(()),
            made: AtomicUsize::new(0),
            levels: std::array::from_fn(|_| OnceLock::new()),
            most: Buckets::for_keys(keys),
        }
    }

    #[inline(always)]
    pub(super) fn buckets(&self) -> Option<&Buckets> {
        let last = self.made.load(Ordering::Acquire).checked_sub(1)?;
        self.levels.get(last)?.get()
    }

    /// Held by whoever gives places away, or writes more than one word.
    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many buckets each level has, the first one first.
    fn sizes(&self) -> impl Iterator<Item = usize> {
        let sizes = (0..LEVELS)
            .rev()
            .map(|quarters| self.most >> (2 * quarters));
        let most = self.most;
        sizes.filter(move |size| *size >= FEW || *size == most)
    }

    /// What all levels take, once they are there.
    pub(super) fn most_bytes(&self) -> usize {
        self.sizes().map(Buckets::bytes).sum()
    }

    pub(super) fn bytes(&self) -> usize {
        let made = self.levels.iter().filter_map(OnceLock::get);
        made.map(|buckets| Buckets::bytes(buckets.len())).sum()
    }
}

/// What only the holder of the turn may do.
impl Shard {
    /// Gives a key that has no place one.
    pub(super) fn claim(&self, name: u64, spent: &Spent, now: u64) {
        loop {
            let size = self.sizes().nth(self.made.load(Ordering::Relaxed));
            let crowded = match size {
                Some(_) => Crowded::Refuse,
                None => Crowded::TakeTheLeast,
            };
            let claimed = match self.buckets() {
                Some(buckets) => buckets.claim(name, spent, crowded, now),
                None => Err(NoPlace),
            };
            match (claimed, size) {
                (Err(NoPlace), Some(size)) => self.grow(size, now),
                _ => return,
            }
        }
    }

    /// Moves what is not full again to more buckets.
    fn grow(&self, size: usize, now: u64) {
        let after = Buckets::new(size);
        if let Some(before) = self.buckets() {
            let mut forgotten = before.forgotten();
            for record in before.records() {
                let was_held = record.is_held();
                record.hold();
                let spent = record.held().spent;
                let full_at = spent.nanos_full_at();
                let is_kept = record.name() != 0 && (full_at > now || was_held);
                if !is_kept || after.take_over(record.name(), &spent, was_held).is_err() {
                    forgotten = forgotten.max(full_at);
                }
            }
            after.forget_all_until(forgotten);
        }
        let made = self.made.load(Ordering::Relaxed);
        if let Some(level) = self.levels.get(made) {
            // Nobody else has the turn, so nobody else makes this one.
            let _ = level.set(after);
            self.made.store(made + 1, Ordering::Release);
        }
    }
}
