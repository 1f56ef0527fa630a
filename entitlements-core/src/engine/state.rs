//! What the engine knows, and how it changes while others read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use arc_swap::ArcSwap;
use tokio::sync::{Mutex, watch};

use super::denials::Denials;
use super::keys::Keys;
use super::place::Place;
use super::{latest, report};
use crate::catalog::PlanId;
use crate::license::LicenseVerifier;
use crate::resolve::{EntitlementSet, Holdings, resolve};
use crate::{Catalog, Clock, Timestamp};

/// What all handles of one engine share.
pub(super) struct Shared {
    pub(super) catalog: Arc<Catalog>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) verifier: LicenseVerifier,
    pub(super) place: Place,
    base_plan: PlanId,
    /// This value, for the states that it makes.
    engine: Weak<Self>,
    state: ArcSwap<State>,
    /// A number that no other state of any engine has; see [`latest`].
    generation: AtomicU64,
    /// Whoever changes what is held does so under this lock, one after the other.
    pub(super) keys: Mutex<Keys>,
    /// Says that the state changed, to whoever waits for its next boundary.
    changed: watch::Sender<()>,
}

/// What is held, and what follows from it for a span of time.
pub(super) struct State {
    /// The engine that this is a state of.
    pub(super) engine: Weak<Shared>,
    holdings: Holdings,
    pub(super) set: EntitlementSet,
    pub(super) denials: Denials,
}

impl State {
    fn new(engine: Weak<Shared>, holdings: Holdings, set: EntitlementSet) -> Self {
        Self {
            engine,
            holdings,
            set,
            denials: Denials::default(),
        }
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("State").field(&self.set).finish()
    }
}

impl Shared {
    pub(super) fn new(
        catalog: Arc<Catalog>,
        clock: Arc<dyn Clock>,
        verifier: LicenseVerifier,
        place: Place,
        base_plan: PlanId,
        keys: Keys,
    ) -> Arc<Self> {
        let holdings = keys.holdings(&place);
        let set = resolve(&catalog, base_plan, &holdings, clock.now());
        Arc::new_cyclic(|engine| Self {
            catalog,
            clock,
            verifier,
            place,
            base_plan,
            state: ArcSwap::from_pointee(State::new(engine.clone(), holdings, set)),
            engine: engine.clone(),
            generation: AtomicU64::new(latest::next_generation()),
            keys: Mutex::new(keys),
            changed: watch::Sender::new(()),
        })
    }

    /// Reads the set that is the answer at `now`, without a lock or a shared count.
    #[inline]
    pub(super) fn with_set_at<T>(&self, now: Timestamp, read: impl Fn(&EntitlementSet) -> T) -> T {
        let known = latest::with(self.generation(), |state| {
            state.set.holds_at(now).then(|| read(&state.set))
        });
        match known.flatten() {
            Some(answer) => answer,
            None => read(&self.fetch_at(now).set),
        }
    }

    /// The state that is the answer at `now`, to keep.
    #[inline]
    pub(super) fn state_at(&self, now: Timestamp) -> Arc<State> {
        let known = latest::with(self.generation(), |state| {
            state.set.holds_at(now).then(|| Arc::clone(state))
        });
        known.flatten().unwrap_or_else(|| self.fetch_at(now))
    }

    /// The way of the first request of a thread after each change.
    #[cold]
    fn fetch_at(&self, now: Timestamp) -> Arc<State> {
        // INVARIANT: the generation is read before the state, and written after it, so what is remembered under a
        // generation is that generation's state or a later one.
        let generation = self.generation();
        let state = self.state.load_full();
        if state.set.holds_at(now) {
            latest::remember(generation, &state);
            state
        } else {
            self.resolve_again(now)
        }
    }

    #[inline]
    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Lets readers notice that the state is another one.
    fn announce(&self) {
        // Two may announce in the other order than they took their numbers. A swap, not a store, so that whoever reads
        // the number of the one also sees the state of the other.
        self.generation
            .swap(latest::next_generation(), Ordering::AcqRel);
        self.changed.send_replace(());
    }

    /// Resolves what is held anew: a boundary has passed, or somebody asks for it.
    #[cold]
    pub(super) fn resolve_again(&self, now: Timestamp) -> Arc<State> {
        let before = self.state.load_full();
        let after = self.state_of(before.holdings.clone(), now);
        // Where somebody changed what is held meanwhile, theirs stays: a resolving under way never brings back what
        // was removed. This reader's answer is then one that was right when it asked.
        let replaced = self.state.compare_and_swap(&before, Arc::clone(&after));
        if Arc::ptr_eq(&replaced, &before) {
            report::changes(&before.set, &after.set);
            self.announce();
        }
        after
    }

    /// Takes what is held now as the truth. The caller holds the lock on the keys.
    pub(super) fn publish(&self, keys: &Keys) {
        let after = self.state_of(keys.holdings(&self.place), self.clock.now());
        let before = self.state.swap(Arc::clone(&after));
        self.announce();
        report::changes(&before.set, &after.set);
    }

    /// What follows from holding this.
    fn state_of(&self, holdings: Holdings, now: Timestamp) -> Arc<State> {
        let set = resolve(&self.catalog, self.base_plan, &holdings, now);
        Arc::new(State::new(self.engine.clone(), holdings, set))
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}
