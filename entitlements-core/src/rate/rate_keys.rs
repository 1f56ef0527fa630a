use std::fmt;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use foldhash::fast::RandomState;

use super::key::Subject;
use super::nanos;
use super::quota::Speed;
use super::record::Record;
use super::shard::Shard;
use super::spent::{Since, Spent, Taken};

/// How many keys a shard has places for, at most.
const KEYS_OF_SHARD: usize = 4096;

/// What each key has spent of one rate.
///
/// A [`Limiter`](super::Limiter) makes it. It has places of its own, so that a flood of keys of one rate is felt by no other.
pub struct RateKeys {
    name: Arc<str>,
    /// Which of all in the process it is: they are locked in this order.
    pub(super) number: u64,
    /// A secret of its own, so that nobody can choose a key that is found where another is (Q9).
    hasher: RandomState,
    /// Their number is a power of two.
    shards: Box<[Shard]>,
    changed: Mutex<Changed>,
}

/// What is known of changes of any key to another speed.
#[derive(Debug, Default)]
struct Changed {
    /// The fastest that one was changed to; none where none ever was.
    fastest: Option<Speed>,
    /// The latest reading of the clock that one was changed by.
    at: u64,
}

impl RateKeys {
    pub(super) fn new(name: &str, places: usize) -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let count = places.div_ceil(KEYS_OF_SHARD).next_power_of_two();
        let shard = || Shard::new(places.div_ceil(count));
        Self {
            name: name.into(),
            number: MADE.fetch_add(1, Ordering::Relaxed),
            hasher: RandomState::default(),
            shards: std::iter::repeat_with(shard).take(count).collect(),
            changed: Mutex::default(),
        }
    }

    /// What the rate is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which of all in the process it is.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// How many keys have something spent. It looks at every place.
    #[must_use]
    pub fn in_use(&self, now: Duration) -> usize {
        let now = nanos(now);
        let is_in_use = |record: &&Record| record.name() != 0 && record.held().spent.debt(now) > 0;
        let buckets = self.shards.iter().filter_map(Shard::buckets);
        let records = buckets.flat_map(|buckets| buckets.records());
        records.filter(is_in_use).count()
    }

    /// How much memory its places take now, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.shards.iter().map(Shard::bytes).sum()
    }

    /// How much they will ever take.
    #[must_use]
    pub fn most_bytes(&self) -> usize {
        self.shards.iter().map(Shard::most_bytes).sum()
    }

    /// What a subject's record is found by; never 0.
    #[inline(always)]
    pub(crate) fn key(&self, subject: &Subject<'_>) -> u64 {
        self.hasher.hash_one(subject).max(1)
    }

    #[inline(always)]
    pub(super) fn shard_number(&self, key: u64) -> usize {
        // A place in a shard is told by the lower half.
        (key >> 32) as usize & (self.shards.len() - 1)
    }

    #[inline(always)]
    pub(super) fn shard(&self, key: u64) -> Option<&Shard> {
        self.shards.get(self.shard_number(key))
    }

    #[inline(always)]
    pub(super) fn find(&self, key: u64) -> Option<&Record> {
        self.shard(key)?.buckets()?.find(key)
    }

    /// What a key without a place has spent.
    pub(super) fn newcomer(&self, key: u64, speed: Speed) -> Spent {
        match self.shard(key).and_then(Shard::buckets) {
            Some(buckets) => buckets.newcomer(key, speed),
            None => Spent::full_at_nanos(speed, 0),
        }
    }

    /// Writes what a key has spent, while its record is held.
    pub(super) fn put(&self, record: &Record, spent: &Spent, now: u64) {
        if record.held().spent.speed != spent.speed {
            // INVARIANT: it is known before anybody can see it in the record.
            let mut changed = self.changed();
            let fastest = changed.fastest.unwrap_or(spent.speed);
            changed.fastest = Some(fastest.or_faster(spent.speed));
            changed.at = changed.at.max(now);
        }
        record.put(spent);
    }

    /// Q5: by which reading a key is changed to another speed: not before one by which any was. Else what was spent by the later one would be
    /// refilled at the new speed from the earlier one on, as often as somebody comes with an earlier one.
    pub(super) fn time_of_change(&self, now: u64) -> u64 {
        self.changed().at.max(now)
    }

    fn changed(&self) -> MutexGuard<'_, Changed> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Q7: gives back what was taken when a record had been changed so many times.
    pub(super) fn give_back(&self, key: u64, taken: Taken, changes: u8, now: u64) {
        let after = |spent: Spent, changes_now: u8| {
            let since = if changes == changes_now && taken.speed == spent.speed {
                Since::OnlySpent
            } else {
                let fastest = self.changed().fastest;
                let fastest = fastest.map_or(spent.speed, |it| it.or_faster(spent.speed));
                Since::Changed { fastest }
            };
            taken.returned_to(spent, since, now)
        };
        // A key that lost its place gets nothing back: what it had spent counts for all that come to that place.
        if let Some(record) = self.find(key)
            && record.give_back(key, after)
        {
            return;
        }
        let Some(shard) = self.shard(key) else { return };
        let _turn = shard.turn();
        if let Some(record) = self.find(key) {
            record.hold();
            let held = record.held();
            record.put(&after(held.spent, held.changes()));
            record.release();
        }
    }
}

/// How much, not whose: a log is no place for customers' figures.
impl fmt::Debug for RateKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateKeys")
            .field("name", &self.name)
            .field("bytes", &self.bytes())
            .finish_non_exhaustive()
    }
}
