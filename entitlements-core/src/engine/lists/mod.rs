//! The accounts' allowlists as gates read them: the last good ones, for a short time.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use papaya::{Compute, HashMap, Operation};

use crate::allowlist::{Allowlist, AllowlistStore, AllowlistStoreError};
use crate::{AccountId, Reply};

/// W13: by the clock that nobody sets, how old a list may be before the store is asked again. Another process's change counts twice this later at the latest.
const FRESH: Duration = Duration::from_secs(1);

/// How old it may be for those who go by it while one asks, and for that one where the store fails it.
const STALE: Duration = Duration::from_secs(2);

/// Of how many accounts lists are remembered. Those beyond are asked for each time.
const MOST: usize = 65_536;

type Hasher = foldhash::fast::RandomState;

/// The lists, and where they are kept.
pub(super) struct Lists {
    pub(super) store: Arc<dyn AllowlistStore>,
    known: HashMap<AccountId, Arc<Known>, Hasher>,
    /// Numbers what is learnt, so that what was asked for before a change does not take the place of what it made.
    steps: AtomicU64,
    /// The last step when something was not remembered: what was known of changes until then may have gone with it.
    let_go: AtomicU64,
    /// When what is old was forgotten last, in seconds.
    pruned_at: AtomicU64,
}

struct Known {
    /// None where it is being changed, or which of several changes came last is not known.
    list: Option<Arc<Allowlist>>,
    as_of: Duration,
    /// When it was asked for.
    step: u64,
    /// When a change of it last began or ended here.
    changed: u64,
    /// Somebody asks the store anew, and the others do not wait for that.
    is_asked_for: AtomicBool,
}

impl Known {
    fn new(list: Option<Arc<Allowlist>>, as_of: Duration, step: u64, changed: u64) -> Self {
        Self {
            list,
            as_of,
            step,
            changed,
            is_asked_for: AtomicBool::new(false),
        }
    }

    fn age(&self, now: Duration) -> Duration {
        // What was read after this request had read the clock is as good as new.
        now.saturating_sub(self.as_of)
    }

    /// The list, where requests may be judged by it.
    fn at(&self, now: Duration) -> Option<&Arc<Allowlist>> {
        let (list, age) = (self.list.as_ref()?, self.age(now));
        let is_asked_for = || age <= STALE && self.is_asked_for.load(Ordering::Relaxed);
        (age <= FRESH || is_asked_for()).then_some(list)
    }

    /// Whether this is the first to ask for it anew. The others go by what is here for as long as that is good.
    fn is_first_to_ask_at(&self, now: Duration) -> bool {
        self.age(now) > FRESH && !self.is_asked_for.swap(true, Ordering::Relaxed)
    }
}

impl Lists {
    pub(super) fn new(store: Arc<dyn AllowlistStore>) -> Self {
        Self {
            store,
            known: HashMap::with_hasher(Hasher::default()),
            steps: AtomicU64::new(1),
            let_go: AtomicU64::new(0),
            pruned_at: AtomicU64::new(u64::MAX),
        }
    }

    /// Reads an account's list, where it is at hand.
    #[inline]
    pub(super) fn with<T>(
        &self,
        account: &AccountId,
        now: Duration,
        read: impl FnOnce(&Arc<Allowlist>) -> T,
    ) -> Option<T> {
        let known = self.known.pin();
        known.get(account)?.at(now).map(read)
    }

    /// An account's list, from the store unless it is at hand; where the store fails, the one that others go by meanwhile (W13).
    pub(super) fn of(
        self: &Arc<Self>,
        account: &AccountId,
        now: Duration,
    ) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        let known = self.known.pin();
        let known = known
            .get(account)
            .filter(|known| !known.is_first_to_ask_at(now));
        match known.and_then(|known| known.at(now)) {
            Some(list) => Reply::Now(Ok(Arc::clone(list))),
            None => {
                let (lists, of) = (Arc::clone(self), account.clone());
                self.load(account, now).map(move |loaded| {
                    loaded.or_else(|error| lists.last_known(&of, now, STALE).ok_or(error))
                })
            }
        }
    }

    /// An account's list, from the store.
    pub(super) fn load(
        self: &Arc<Self>,
        account: &AccountId,
        now: Duration,
    ) -> Reply<Result<Arc<Allowlist>, AllowlistStoreError>> {
        let (lists, of) = (Arc::clone(self), account.clone());
        let step = self.steps.load(Ordering::Acquire);
        self.store.load(account).map(move |loaded| {
            if let Ok(list) = &loaded {
                lists.read(&of, list, now, step);
            }
            loaded
        })
    }

    /// What was last known of an account's list, where that is at most so old.
    pub(super) fn last_known(
        &self,
        account: &AccountId,
        now: Duration,
        age: Duration,
    ) -> Option<Arc<Allowlist>> {
        let known = self.known.pin();
        let known = known.get(account)?;
        (known.age(now) <= age)
            .then(|| known.list.clone())
            .flatten()
    }

    /// Takes a list that was read, which was asked for at this step.
    fn read(&self, account: &AccountId, list: &Arc<Allowlist>, as_of: Duration, step: u64) {
        // INVARIANT: nothing that was asked for before a change ended takes the place of what was known after it.
        self.learn(account, as_of, |before| {
            let changed = match before {
                Some(before) if before.step > step || before.changed > step => return None,
                None if self.let_go.load(Ordering::Acquire) > step => return None,
                Some(before) => before.changed,
                None => 0,
            };
            Some(Known::new(Some(Arc::clone(list)), as_of, step, changed))
        });
    }

    /// Lets nobody be judged by what was known of a list any more: it is about to be another, or was made so. Answers the step of that.
    pub(super) fn forget(&self, account: &AccountId, now: Duration) -> u64 {
        let step = self.next_step();
        self.learn(account, now, |_| Some(Known::new(None, now, step, step)));
        step
    }

    /// Takes a list that was just made by a change that began at this step. Where another change began or ended since, which of them the
    /// store made last is not known here, and it is to be asked.
    pub(super) fn made(
        &self,
        account: &AccountId,
        list: &Arc<Allowlist>,
        now: Duration,
        begun: u64,
    ) {
        let step = self.next_step();
        self.learn(account, now, |before| {
            let is_alone = before.is_some_and(|before| before.changed == begun);
            let list = is_alone.then(|| Arc::clone(list));
            Some(Known::new(list, now, step, step))
        });
    }

    fn next_step(&self) -> u64 {
        self.steps.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Remembers what follows from what is known, where there is room.
    fn learn(
        &self,
        account: &AccountId,
        now: Duration,
        follows: impl Fn(Option<&Known>) -> Option<Known>,
    ) {
        let known = self.known.pin();
        if known.len() >= MOST && known.get(account).is_none() {
            // First, so that whoever finds nothing where something was sees that it was let go of.
            let step = self.steps.load(Ordering::Acquire);
            self.let_go.fetch_max(step, Ordering::AcqRel);
            // Once a second, for it looks at all of them.
            let second = now.as_secs();
            if self.pruned_at.swap(second, Ordering::Relaxed) != second {
                known.retain(|_, known| known.age(now) <= FRESH);
            }
            if known.len() >= MOST {
                return;
            }
        }
        let _: Compute<'_, _, _, ()> = known.compute(account.clone(), |before| {
            match follows(before.map(|(_, before)| &**before)) {
                Some(learnt) => Operation::Insert(Arc::new(learnt)),
                None => Operation::Abort(()),
            }
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
