//! The accounts' allowlists as gates read them: the last good ones, for a short time.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use papaya::{Compute, HashMap, Operation};

use crate::allowlist::{Allowlist, AllowlistStore, AllowlistStoreError};
use crate::{AccountId, Reply, Timestamp};

/// W13: how old a list may be before the store is asked again. Another process's change counts twice this later at the latest.
const FRESH: Duration = Duration::from_secs(1);

/// Of how many accounts lists are remembered. Those beyond are asked for each time.
const MOST: usize = 65_536;

type Hasher = foldhash::fast::RandomState;

/// The lists, and where they are kept.
pub(super) struct Lists {
    pub(super) store: Arc<dyn AllowlistStore>,
    known: HashMap<AccountId, Arc<Known>, Hasher>,
    /// Numbers what is learnt, so that what was asked for before a change does not take the place of what it made.
    steps: AtomicU64,
    /// When what is old was forgotten last, in seconds.
    pruned_at: AtomicI64,
}

struct Known {
    /// None where it is being changed.
    list: Option<Arc<Allowlist>>,
    as_of: Timestamp,
    step: u64,
    /// Somebody asks the store anew, and the others do not wait for that.
    is_asked_for: AtomicBool,
}

impl Known {
    fn age(&self, now: Timestamp) -> Duration {
        // A clock that was set back says as little of its age as one that was set forward.
        now.saturating_since(self.as_of)
            .max(self.as_of.saturating_since(now))
    }

    /// The list, where requests may be judged by it.
    fn at(&self, now: Timestamp) -> Option<&Arc<Allowlist>> {
        let (list, age) = (self.list.as_ref()?, self.age(now));
        let is_asked_for = || age <= FRESH * 2 && self.is_asked_for.load(Ordering::Relaxed);
        (age <= FRESH || is_asked_for()).then_some(list)
    }

    /// Whether this is the first to ask for it anew. The others go by what is here for as long as that is good.
    fn is_first_to_ask_at(&self, now: Timestamp) -> bool {
        self.age(now) > FRESH && !self.is_asked_for.swap(true, Ordering::Relaxed)
    }
}

impl Lists {
    pub(super) fn new(store: Arc<dyn AllowlistStore>) -> Self {
        Self {
            store,
            known: HashMap::with_hasher(Hasher::default()),
            steps: AtomicU64::new(1),
            pruned_at: AtomicI64::new(i64::MIN),
        }
    }

    /// Reads an account's list, where it is at hand.
    #[inline]
    pub(super) fn with<T>(
        &self,
        account: &AccountId,
        now: Timestamp,
        read: impl FnOnce(&Arc<Allowlist>) -> T,
    ) -> Option<T> {
        let known = self.known.pin();
        known.get(account)?.at(now).map(read)
    }

    /// An account's list, from the store unless it is at hand.
    pub(super) fn of(
        self: &Arc<Self>,
        account: &AccountId,
        now: Timestamp,
    ) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        let known = self.known.pin();
        let known = known
            .get(account)
            .filter(|known| !known.is_first_to_ask_at(now));
        match known.and_then(|known| known.at(now)) {
            Some(list) => Reply::Now(Ok(Arc::clone(list))),
            None => self.load(account, now),
        }
    }

    /// An account's list, from the store.
    pub(super) fn load(
        self: &Arc<Self>,
        account: &AccountId,
        now: Timestamp,
    ) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        let (lists, of) = (Arc::clone(self), account.clone());
        let step = self.steps.load(Ordering::Acquire);
        self.store.load(account).map(move |loaded| {
            if let Ok(list) = &loaded {
                lists.learn(&of, Some(Arc::clone(list)), now, step);
            }
            loaded
        })
    }

    /// What was last known of an account's list, where that is at most so old.
    pub(super) fn last_known(
        &self,
        account: &AccountId,
        now: Timestamp,
        age: Duration,
    ) -> Option<Arc<Allowlist>> {
        let known = self.known.pin();
        let known = known.get(account)?;
        (known.age(now) <= age)
            .then(|| known.list.clone())
            .flatten()
    }

    /// Lets nobody be judged by what was known of a list any more: it is about to be another.
    pub(super) fn forget(&self, account: &AccountId, now: Timestamp) {
        let step = self.next_step();
        self.learn(account, None, now, step);
    }

    /// Takes a list that was just made.
    pub(super) fn made(&self, account: &AccountId, list: &Arc<Allowlist>, now: Timestamp) {
        let step = self.next_step();
        self.learn(account, Some(Arc::clone(list)), now, step);
    }

    fn next_step(&self) -> u64 {
        self.steps.fetch_add(1, Ordering::AcqRel) + 1
    }

    fn learn(
        &self,
        account: &AccountId,
        list: Option<Arc<Allowlist>>,
        as_of: Timestamp,
        step: u64,
    ) {
        let learnt = Arc::new(Known {
            list,
            as_of,
            step,
            is_asked_for: AtomicBool::new(false),
        });
        let known = self.known.pin();
        if known.len() >= MOST && known.get(account).is_none() {
            // Once a second, for it looks at all of them.
            let second = as_of.unix_seconds();
            if self.pruned_at.swap(second, Ordering::Relaxed) != second {
                known.retain(|_, known| known.age(as_of) <= FRESH);
            }
            if known.len() >= MOST {
                return;
            }
        }
        // INVARIANT: of two the later step stays, whoever is the faster.
        let _: Compute<'_, _, _, ()> = known.compute(account.clone(), |before| match before {
            Some((_, before)) if before.step > step => Operation::Abort(()),
            _ => Operation::Insert(Arc::clone(&learnt)),
        });
    }
}

impl fmt::Debug for Lists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lists")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
