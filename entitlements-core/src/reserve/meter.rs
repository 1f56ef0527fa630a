use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use uuid::Uuid;

use super::counters::Counters;
use super::lease::Held;
use super::work::{self, Piece, Queue};
use crate::catalog::{LimitId, LimitKind};
use crate::usage::{Ledger, Renewed, UsageError, UsageStore};
use crate::{AccountId, Catalog, Clock, Reply, Timestamp};

/// What an engine counts with.
#[derive(Debug)]
pub(crate) struct Meter {
    pub(super) catalog: Arc<Catalog>,
    clock: Arc<dyn Clock>,
    /// The wall clock and the monotonic one at the start.
    began: (Timestamp, Duration),
    pub(super) store: Arc<dyn UsageStore>,
    pub(super) ledger: Ledger,
    pub(super) counters: Counters,
    /// After which time a reservation that nobody settles is released (U3).
    pub(super) lapse_after: Duration,
    queue: Queue,
    /// Leases that guards hold, to be renewed.
    leases: Mutex<Vec<Weak<Held>>>,
    /// Limits that something asked for: only of these the store's counts mean anything.
    asked_for: RwLock<BTreeSet<LimitId>>,
    lease_taken: Notify,
}

impl Meter {
    pub(crate) fn new(
        catalog: Arc<Catalog>,
        clock: Arc<dyn Clock>,
        store: Arc<dyn UsageStore>,
        counters: Counters,
        lapse_after: Duration,
    ) -> Self {
        Self {
            began: (clock.now(), clock.monotonic()),
            catalog,
            clock,
            store,
            ledger: Ledger::new(),
            counters,
            lapse_after,
            queue: Queue::default(),
            leases: Mutex::default(),
            asked_for: RwLock::default(),
            lease_taken: Notify::new(),
        }
    }

    /// The time by which reservations and leases lapse: the wall clock's at the start, and what has passed since. A wall clock that is
    /// set, by hand or after a boot in the wrong year, neither prolongs them nor ends them (U15).
    pub(super) fn now(&self) -> Timestamp {
        let passed = self.clock.monotonic().saturating_sub(self.began.1);
        self.began.0.saturating_add(passed)
    }

    pub(crate) const fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    pub(super) fn name(&self, limit: LimitId) -> &str {
        self.catalog.limit_at(limit).name()
    }

    /// Finishes what a guard began: at once where it can be, else in the upkeep.
    pub(crate) fn finish(&self, work: Reply<Result<(), UsageError>>) {
        match work {
            Reply::Now(settled) => work::log(settled),
            Reply::Later(settling) => {
                self.leave(Box::pin(async move { work::log(settling.await) }));
            }
        }
    }

    /// Lets the store forget what has lapsed, in the upkeep.
    pub(crate) fn sweep(&self) {
        let (store, now) = (Arc::clone(&self.store), self.now());
        self.leave(Box::pin(async move {
            if let Err(error) = store.sweep(now).await {
                tracing::warn!("what has lapsed was not swept away: {error}");
            }
        }));
    }

    /// Leaves something to the upkeep.
    pub(super) fn leave(&self, piece: Piece) {
        self.queue.push(piece);
    }

    /// Gives up what is left to the upkeep: the engine is gone, and what would have been released lapses.
    pub(crate) fn close(&self) {
        self.queue.close();
    }

    /// Does what guards left to be done, and waits for more; for ever.
    pub(crate) async fn work_off(&self) {
        self.queue.work_off().await;
    }

    /// A name for whoever leases without one, which nobody else has, in another process either.
    pub(super) fn next_holder() -> String {
        format!("request-{}", Uuid::now_v7())
    }

    /// Keeps a lease that was taken, to be renewed: that which guards hold already, where it is the same.
    pub(super) fn watch(&self, lease: Held) -> Arc<Held> {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody may have leased under this name at the same time.
        if let Some(known) = like(&leases, &lease) {
            return known;
        }
        if leases.len() == leases.capacity() {
            leases.retain(|lease| lease.strong_count() > 0);
        }
        let lease = lease.taken();
        leases.push(Arc::downgrade(&lease));
        drop(leases);
        self.lease_taken.notify_one();
        lease
    }

    /// The lease that guards hold already, where this one would be the same.
    pub(super) fn held_like(&self, lease: &Held) -> Option<Arc<Held>> {
        if !lease.is_shared() {
            return None;
        }
        let leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        like(&leases, lease)
    }

    /// Resolves when a guard begins to hold a lease; what came before the call counts too.
    pub(crate) fn lease_taken(&self) -> Notified<'_> {
        self.lease_taken.notified()
    }

    /// The leases that guards hold now.
    pub(super) fn held(&self) -> Vec<Arc<Held>> {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        leases.retain(|lease| lease.strong_count() > 0);
        leases.iter().filter_map(Weak::upgrade).collect()
    }

    /// Says that something asks for this limit, or will.
    pub(crate) fn note_asked_for(&self, limit: LimitId) {
        if !self.is_asked_for(limit) {
            let asked_for = self.asked_for.write();
            asked_for
                .unwrap_or_else(PoisonError::into_inner)
                .insert(limit);
        }
    }

    fn is_asked_for(&self, limit: LimitId) -> bool {
        let asked_for = self.asked_for.read();
        asked_for
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&limit)
    }

    /// U6: sets what is used to what exists.
    pub(crate) fn sync(
        &self,
        account: &AccountId,
        limit: LimitId,
        used: u64,
    ) -> Reply<Result<(), UsageError>> {
        self.note_asked_for(limit);
        if self.counters.of(limit).is_some() {
            return Reply::Now(Ok(()));
        }
        self.store.sync(account, self.name(limit), used, self.now())
    }

    /// Renews the lease under a name.
    pub(crate) fn renew(
        &self,
        account: &AccountId,
        limit: LimitId,
        holder: &str,
    ) -> Reply<Result<Renewed, UsageError>> {
        let now = self.now();
        let until = now.saturating_add(self.time_to_live(limit));
        self.store
            .renew_lease(account, self.name(limit), holder, until, now)
    }

    /// Ends the lease under a name.
    pub(crate) fn end(
        &self,
        account: &AccountId,
        limit: LimitId,
        holder: &str,
    ) -> Reply<Result<(), UsageError>> {
        self.store
            .end_lease(account, self.name(limit), holder, self.now())
    }

    /// For how long a lease holds without being renewed.
    pub(super) fn time_to_live(&self, limit: LimitId) -> Duration {
        match self.catalog.limit_at(limit).kind() {
            LimitKind::Concurrent { lease } => *lease,
            _ => Duration::ZERO,
        }
    }

    /// How many an account has; none where nothing counts.
    pub(crate) fn used(
        &self,
        account: &AccountId,
        limit: LimitId,
    ) -> Reply<Result<Option<u64>, UsageError>> {
        if let Some(counter) = self.counters.of(limit) {
            return counter(account.clone()).map(|count| count.map(Some));
        }
        if !self.is_asked_for(limit) {
            return Reply::Now(Ok(None));
        }
        let usage = self.store.usage(account, self.name(limit), self.now());
        usage.map(|usage| usage.map(|usage| Some(usage.used)))
    }
}

fn like(leases: &[Weak<Held>], lease: &Held) -> Option<Arc<Held>> {
    if !lease.is_shared() {
        return None;
    }
    let mut held = leases.iter().filter_map(Weak::upgrade);
    held.find(|held| held.is_like(lease))
}
