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

/// So many keys of a shard have leases, some 6 MB in all. Those beyond ask the store each time.
const KEYS_OF_SHARD: usize = 4096;

/// How often a full shard is searched for what has lapsed.
const SWEEP_EVERY: u64 = 1_000_000_000;

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

/// One that asks the store on behalf of a lease. Dropped, another may.
pub(super) struct Asking {
    leases: Arc<Leases>,
    key: LeaseKey,
    quota: Quota,
    welcome: u64,
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
        if lease.is_asking || welcome <= cost {
            return Leased::Alone;
        }
        lease.is_asking = true;
        let leases = Arc::clone(self);
        let asking = Asking {
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
        self.leases
            .retain(|_, lease| lease.is_asking || (lease.left > 0 && now < lease.until));
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
            is_asking: false,
        }
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
    pub(super) fn keep(self, told: StoreStanding, cost: u64, now: Duration) -> StoreStanding {
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

impl Drop for Asking {
    fn drop(&mut self) {
        if let Some(mut shard) = self.leases.shard(self.key)
            && let Some(lease) = shard.leases.get_mut(&self.key)
        {
            lease.is_asking = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1000);

    fn told(granted: u64, remaining: u64) -> StoreStanding {
        StoreStanding {
            granted,
            remaining,
            wait: Some(Duration::ZERO),
            next: Duration::ZERO,
        }
    }

    fn quota() -> Quota {
        Quota::new(100, Duration::from_secs(1), 400)
    }

    #[test]
    fn q30_what_was_taken_ahead_is_used_up_then_asked_for_again() {
        let leases = Leases::new(10).unwrap();
        let take = |now| leases.take((1, 1), &quota(), 1, 1, now);
        let Leased::Ahead(10, asking) = take(NOW) else {
            panic!("nothing is there yet");
        };
        // Nobody else takes ahead meanwhile.
        assert!(matches!(take(NOW), Leased::Alone));
        assert_eq!(asking.keep(told(10, 390), 1, NOW), told(1, 399));
        for left in (0..9).rev() {
            let Leased::Taken(standing) = take(NOW) else {
                panic!("{left} are left after this one");
            };
            assert_eq!(standing, told(1, 390 + left));
        }
        assert!(matches!(take(NOW), Leased::Ahead(10, _)));
        // That one was dropped: the next may ask.
        assert!(matches!(take(NOW), Leased::Ahead(10, _)));
    }

    #[test]
    fn q30_what_would_be_refilled_by_now_is_not_used() {
        let leases = Leases::new(10).unwrap();
        let take = |now| leases.take((1, 1), &quota(), 1, 1, now);
        let Leased::Ahead(10, asking) = take(NOW) else {
            panic!("nothing is there yet");
        };
        asking.keep(told(10, 390), 1, NOW);
        let lapses = NOW + Duration::from_millis(90);
        assert!(matches!(
            take(lapses - Duration::from_nanos(1)),
            Leased::Taken(_)
        ));
        assert!(matches!(take(lapses), Leased::Ahead(10, _)));
    }

    #[test]
    fn q30_no_more_is_taken_ahead_than_a_quarter_of_the_share() {
        let leases = Leases::new(1000).unwrap();
        let take = |cost, processes| leases.take((1, 1), &quota(), cost, processes, NOW);
        assert!(matches!(take(1, 1), Leased::Ahead(100, _)));
        assert!(matches!(take(1, 4), Leased::Ahead(25, _)));
        assert!(matches!(take(25, 4), Leased::Alone));
        assert!(matches!(take(1, u32::MAX), Leased::Alone));
        assert!(Leases::new(1).is_none());
    }

    #[test]
    fn q30_another_rate_finds_nothing_taken_ahead() {
        let leases = Leases::new(10).unwrap();
        let faster = Quota::new(200, Duration::from_secs(1), 400);
        let Leased::Ahead(10, asking) = leases.take((1, 1), &quota(), 1, 1, NOW) else {
            panic!("nothing is there yet");
        };
        asking.keep(told(10, 390), 1, NOW);
        assert!(matches!(
            leases.take((1, 1), &faster, 1, 1, NOW),
            Leased::Ahead(10, _)
        ));
    }

    #[test]
    fn q30_what_was_asked_for_at_another_rate_is_not_kept() {
        let leases = Leases::new(100).unwrap();
        let slower = Quota::new(1, Duration::from_secs(1), 40);
        let Leased::Ahead(100, asking) = leases.take((1, 1), &quota(), 1, 1, NOW) else {
            panic!("nothing is there yet");
        };
        // The plan changes while the store is asked.
        assert!(matches!(
            leases.take((1, 1), &slower, 1, 1, NOW),
            Leased::Alone
        ));
        asking.keep(told(100, 300), 1, NOW);
        assert!(matches!(
            leases.take((1, 1), &slower, 1, 1, NOW),
            Leased::Ahead(10, _)
        ));
    }

    #[test]
    fn q30_more_than_was_welcome_is_not_kept() {
        let leases = Leases::new(10).unwrap();
        let take = || leases.take((1, 1), &quota(), 1, 1, NOW);
        let Leased::Ahead(10, asking) = take() else {
            panic!("nothing is there yet");
        };
        asking.keep(told(u64::MAX, 390), 1, NOW);
        for left in 0..9 {
            assert!(matches!(take(), Leased::Taken(_)), "{left}");
        }
        assert!(matches!(take(), Leased::Ahead(10, _)));
    }

    #[test]
    fn q30_what_costs_nothing_asks_the_store_where_it_stands() {
        let leases = Leases::new(10).unwrap();
        let take = |cost| leases.take((1, 1), &quota(), cost, 1, NOW);
        assert!(matches!(take(0), Leased::Alone));
        let Leased::Ahead(10, asking) = take(1) else {
            panic!("nothing is there yet");
        };
        asking.keep(told(10, 390), 1, NOW);
        assert!(matches!(take(0), Leased::Alone));
    }

    #[test]
    fn q30_keys_without_end_take_no_memory_without_end() {
        let leases = Leases::new(10).unwrap();
        let keep = |key: u64, now| match leases.take((1, key), &quota(), 1, 1, now) {
            Leased::Ahead(_, asking) => asking.keep(told(10, 390), 1, now),
            Leased::Alone => told(1, 0),
            Leased::Taken(_) => panic!("each key is new"),
        };
        for key in 0..200_000 {
            keep(key, NOW);
        }
        let kept = || -> usize {
            let shards = leases.shards.iter();
            shards.map(|shard| shard.lock().unwrap().leases.len()).sum()
        };
        assert_eq!(kept(), SHARDS * KEYS_OF_SHARD);
        // What has lapsed makes room.
        let later = NOW + Duration::from_secs(2);
        for key in 200_000..300_000 {
            keep(key, later);
        }
        assert_eq!(kept(), SHARDS * KEYS_OF_SHARD);
        assert!(matches!(
            leases.take((1, 200_000), &quota(), 1, 1, later),
            Leased::Taken(_)
        ));
    }
}
