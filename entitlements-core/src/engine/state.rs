//! What the engine knows, and how it changes while others read.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::{Mutex, watch};

use crate::catalog::PlanId;
use crate::license::LicenseVerifier;
use crate::resolve::{EntitlementSet, HeldLicense, Holdings, RejectedKey, resolve};
use crate::{Catalog, Clock, Timestamp};

/// What all handles of one engine share.
pub(super) struct Shared {
    pub(super) catalog: Arc<Catalog>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) verifier: LicenseVerifier,
    base_plan: PlanId,
    state: ArcSwap<State>,
    /// Whoever changes what is held does so under this lock, one after the other.
    pub(super) keys: Mutex<Keys>,
    /// Says that the state changed, to whoever waits for its next boundary.
    changed: watch::Sender<()>,
}

/// What is held, and what follows from it for a span of time.
#[derive(Debug)]
pub(crate) struct State {
    holdings: Holdings,
    pub(crate) set: EntitlementSet,
}

/// The keys by where they come from.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    /// From variables, files and flags: read-only here.
    pub(super) managed: Vec<HeldLicense>,
    /// Handed in while running.
    pub(super) stored: Vec<HeldLicense>,
    pub(super) rejected: Vec<RejectedKey>,
    pub(super) ignored: Vec<String>,
}

impl Keys {
    /// One license for each id: of two, the one issued later, then the one that lasts longer, then the one stored.
    fn holdings(&self) -> Holdings {
        let mut holdings = Holdings::default();
        let all = self.managed.iter().map(|held| (false, held));
        let mut all: Vec<_> = all.chain(self.stored.iter().map(|held| (true, held))).collect();
        all.sort_by_key(|(stored, held)| {
            (held.license.issued_at(), held.license.expires_at(), *stored)
        });
        for (_, held) in all {
            holdings.hold(held.clone());
        }
        holdings.rejected.clone_from(&self.rejected);
        holdings.ignored.clone_from(&self.ignored);
        holdings
    }
}

impl Shared {
    pub(super) fn new(
        catalog: Arc<Catalog>,
        clock: Arc<dyn Clock>,
        verifier: LicenseVerifier,
        base_plan: PlanId,
        keys: Keys,
    ) -> Self {
        let holdings = keys.holdings();
        let set = resolve(&catalog, base_plan, &holdings, clock.now());
        Self {
            catalog,
            clock,
            verifier,
            base_plan,
            state: ArcSwap::from_pointee(State { holdings, set }),
            keys: Mutex::new(keys),
            changed: watch::Sender::new(()),
        }
    }

    /// Reads the set that is the answer at `now`, without a lock or a shared count.
    #[inline]
    pub(super) fn with_set_at<T>(&self, now: Timestamp, read: impl FnOnce(&EntitlementSet) -> T) -> T {
        let state = self.state.load();
        if state.set.holds_at(now) { read(&state.set) } else { read(&self.resolve_again(now).set) }
    }

    /// The state that is the answer at `now`, to keep.
    #[inline]
    pub(super) fn state_at(&self, now: Timestamp) -> Arc<State> {
        let state = self.state.load_full();
        if state.set.holds_at(now) { state } else { self.resolve_again(now) }
    }

    /// Resolves what is held anew: a boundary has passed, or somebody asks for it.
    #[cold]
    pub(super) fn resolve_again(&self, now: Timestamp) -> Arc<State> {
        let before = self.state.load_full();
        let set = resolve(&self.catalog, self.base_plan, &before.holdings, now);
        let after = Arc::new(State { holdings: before.holdings.clone(), set });
        // Where somebody changed what is held meanwhile, theirs stays: a resolving under way never brings back what
        // was removed. This reader's answer is then one that was right when it asked.
        let replaced = self.state.compare_and_swap(&before, Arc::clone(&after));
        if Arc::ptr_eq(&replaced, &before) {
            super::report::changes(&before.set, &after.set);
            self.changed.send_replace(());
        }
        after
    }

    /// Takes what is held now as the truth. The caller holds the lock on the keys.
    pub(super) fn publish(&self, keys: &Keys) {
        let holdings = keys.holdings();
        let set = resolve(&self.catalog, self.base_plan, &holdings, self.clock.now());
        let before = self.state.swap(Arc::new(State { holdings, set }));
        super::report::changes(&before.set, &self.state.load().set);
        self.changed.send_replace(());
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}
