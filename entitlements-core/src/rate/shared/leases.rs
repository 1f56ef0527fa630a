//! Q30: units that are taken ahead, so that most requests need not ask the store.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use foldhash::fast::RandomState;

use super::StoreStanding;
use crate::rate::{Quota, nanos};

/// Their number is a power of two.
const SHARDS: usize = 16;

/// So many keys of a shard have leases, some 15 MB in all. Those beyond ask the store each time.
const KEYS_OF_SHARD: usize = 4096;

/// How often a full shard is searched for what has lapsed.
const SWEEP_EVERY: u64 = 1_000_000_000;

/// What was asked for and not heard of may be lost: for so many times as long as that takes to refill, nothing more is asked for ahead. Whoever
/// hangs up costs others no more than this part of their rate, beside what each asks for.
const REFILLS_AFTER_LOSS: u32 = 16;

/// Whose lease: a rate and a key of it.
pub(crate) type LeaseKey = (u64, u64);

/// What this process has taken ahead.
#[derive(Debug)]
pub(super) struct Leases {
    most: u64,
    hasher: RandomState,
    shards: Box<[Mutex<Shard>]>,
}

#[derive(Debug, Default)]
struct Shard {
    leases: HashMap<LeaseKey, Lease, RandomState>,
    next_sweep: u64,
}

#[derive(Debug)]
struct Lease {
    quota: Quota,
    left: u64,
    /// What the store had left when it was asked.
    beyond: u64,
    /// When what was taken would have been refilled: it is not used after that.
    until: u64,
    /// Until when nothing is taken ahead.
    alone_until: u64,
    is_asking: bool,
}

/// What a lease comes to.
pub(super) enum Leased {
    /// It has what is needed.
    Taken(StoreStanding),
    /// The store is to be asked, and so many are welcome.
    Ahead(u64, Asking),
    /// The store is to be asked for what is needed.
    Alone,
}

/// One that asks the store on behalf of a lease. Dropped before it was told, it may have lost what it asked for.
pub(super) struct Asking {
    leases: Arc<Leases>,
    key: LeaseKey,
    quota: Quota,
    welcome: u64,
    /// Until when nothing is taken ahead, where what was asked for is lost.
    alone_until: u64,
}

impl Leases {
    /// None where nothing is taken ahead.
    pub(super) fn new(most: u64) -> Option<Arc<Self>> {
        let shards = || std::iter::repeat_with(Mutex::default).take(SHARDS);
        (most > 1).then(|| {
            Arc::new(Self {
                most,
                hasher: RandomState::default(),
                shards: shards().collect(),
            })
        })
    }

    /// Takes the cost from what was taken ahead, or says whom to ask.
    pub(super) fn take(
        self: &Arc<Self>,
        key: LeaseKey,
        quota: &Quota,
        cost: u64,
        processes: u32,
        now: Duration,
    ) -> Leased {
        let now = nanos(now);
        let quarter = quota.burst() / (u64::from(processes) * 4).max(1);
        let most = self.most.min(quarter);
        let Some(mut shard) = self.shard(key) else {
            return Leased::Alone;
        };
        // What costs nothing uses nothing up, and is told where the store stands.
        if cost == 0 || most <= cost || !shard.has_room(key, now) {
            return Leased::Alone;
        }
        let lease = shard.leases.entry(key);
        let lease = lease.or_insert_with(|| Lease::nothing(*quota));
        if lease.until <= now || lease.quota != *quota {
            lease.left = 0;
            lease.quota = *quota;
        }
        if let Some(left) = lease.left.checked_sub(cost) {
            lease.left = left;
            return Leased::Taken(lease.standing(cost));
        }
        let welcome = most - lease.left.min(most);
        if lease.is_asking || now < lease.alone_until || welcome <= cost {
            return Leased::Alone;
        }
        lease.is_asking = true;
        let leases = Arc::clone(self);
        let refills = quota.time_of(welcome).saturating_mul(REFILLS_AFTER_LOSS);
        let asking = Asking {
            alone_until: now.saturating_add(nanos(refills)),
            leases,
            key,
            quota: *quota,
            welcome,
        };
        Leased::Ahead(welcome, asking)
    }

    fn shard(&self, key: LeaseKey) -> Option<MutexGuard<'_, Shard>> {
        let number = self.hasher.hash_one(key) as usize & (SHARDS - 1);
        let shard = self.shards.get(number)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shard {
    /// Whether this key has a lease, or may have one.
    fn has_room(&mut self, key: LeaseKey, now: u64) -> bool {
        if self.leases.len() < KEYS_OF_SHARD || self.leases.contains_key(&key) {
            return true;
        }
        if now < self.next_sweep {
            return false;
        }
        self.next_sweep = now.saturating_add(SWEEP_EVERY);
        self.leases.retain(|_, lease| lease.is_needed(now));
        self.leases.len() < KEYS_OF_SHARD
    }
}

impl Lease {
    const fn nothing(quota: Quota) -> Self {
        Self {
            quota,
            left: 0,
            beyond: 0,
            until: 0,
            alone_until: 0,
            is_asking: false,
        }
    }

    const fn is_needed(&self, now: u64) -> bool {
        self.is_asking || now < self.alone_until || (self.left > 0 && now < self.until)
    }

    fn standing(&self, granted: u64) -> StoreStanding {
        let remaining = self.left.saturating_add(self.beyond);
        StoreStanding {
            granted,
            remaining,
            wait: Some(Duration::ZERO),
            next: if remaining > 0 {
                Duration::ZERO
            } else {
                self.quota.time_of(1)
            },
        }
    }
}

impl Asking {
    /// Keeps what the store granted beyond the cost, and says how it stands with both.
    pub(super) fn keep(mut self, told: StoreStanding, cost: u64, now: Duration) -> StoreStanding {
        self.alone_until = 0;
        let granted = told.granted.min(self.welcome);
        let Some(ahead) = granted.checked_sub(cost) else {
            return told;
        };
        let Some(mut shard) = self.leases.shard(self.key) else {
            return told;
        };
        let lease = shard.leases.get_mut(&self.key);
        // Another rate, since it was asked, has no use for what was taken at this one.
        let Some(lease) = lease.filter(|lease| lease.quota == self.quota) else {
            return told;
        };
        lease.left = lease.left.saturating_add(ahead);
        lease.beyond = told.remaining;
        lease.until = nanos(now.saturating_add(lease.quota.time_of(lease.left)));
        lease.standing(cost)
    }
}

impl Asking {
    /// The store was not asked: nothing is lost.
    pub(super) fn was_not_asked(mut self) {
        self.alone_until = 0;
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if let Some(mut shard) = self.leases.shard(self.key)
            && let Some(lease) = shard.leases.get_mut(&self.key)
        {
            lease.is_asking = false;
            lease.alone_until = lease.alone_until.max(self.alone_until);
        }
    }
}

#[cfg(test)]
mod tests;
