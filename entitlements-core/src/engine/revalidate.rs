//! What is held is read again (S14).

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::MutexGuard;
use tracing::Instrument;

use super::Entitlements;
use super::keys::Keys;
use super::shared::Shared;
use super::sources::take_stored;
use super::spans;
use crate::Timestamp;
use crate::license::Collection;

impl Entitlements {
    /// Reads everything again that licenses and revocation lists come from, judges it anew, and lets it count from the next request on.
    ///
    /// The upkeep does so every six hours, and when a file changes. What cannot be read keeps what was held of it, and the status says so.
    /// Changes under way are waited for, and what was removed does not come back.
    ///
    /// # Cancel safety
    /// Dropped before it is done, all of what was read counts, or nothing.
    pub async fn revalidate(&self) {
        let shared = &self.shared;
        let before = shared.readings.load(Ordering::Acquire);
        let keys = shared.keys.lock().await;
        // A reading that began after this was asked for will do: many that ask at once must not keep changes waiting.
        if keys.last_reading > before && !keys.in_doubt {
            return;
        }
        let mut keys = Changing { keys, shared };
        shared.read_again(&mut keys).await;
    }

    /// When what is held was last read.
    #[must_use]
    pub fn revalidated_at(&self) -> Timestamp {
        let read_at = self.shared.holdings().read_at;
        read_at.unwrap_or_else(|| self.now())
    }
}

/// The lock on what is held, for whoever is about to change it. Where the change is given up half-way, the upkeep is told.
pub(super) struct Changing<'a> {
    keys: MutexGuard<'a, Keys>,
    shared: &'a Shared,
}

impl Deref for Changing<'_> {
    type Target = Keys;

    fn deref(&self) -> &Keys {
        &self.keys
    }
}

impl DerefMut for Changing<'_> {
    fn deref_mut(&mut self) -> &mut Keys {
        &mut self.keys
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        if self.keys.in_doubt {
            self.shared.doubt.notify_one();
        }
    }
}

impl Shared {
    /// Takes the lock, and finds out first what became of a change that was given up half-way.
    pub(super) async fn change_keys(&self) -> Changing<'_> {
        let mut keys = self.keys.lock().await;
        if keys.in_doubt {
            self.read_again(&mut keys).await;
        }
        Changing { keys, shared: self }
    }

    /// Reads again what is kept and what is configured, and publishes it.
    pub(super) async fn read_again(&self, keys: &mut Keys) {
        let span = spans::revalidate();
        self.read_all(keys).instrument(span.clone()).await;
        self.with_state_at(self.nothing_sold.terms(), self.now(), |state| {
            spans::revalidated(&span, &state.set);
        });
    }

    async fn read_all(&self, keys: &mut Keys) {
        let reading = self.readings.fetch_add(1, Ordering::AcqRel) + 1;
        self.read_kept(keys).await;
        let now = self.now();
        let lists = self
            .sources
            .read_into(keys, &self.catalog, &self.verifier, now);
        // INVARIANT: until it is published what was taken does not count, and whoever comes next must not find it there.
        keys.in_doubt = true;
        let newest_issue = keys.newest_issue_in_force(&self.place, now);
        keys.clock.note_issue_in_force(newest_issue);
        self.settle_bindings(keys, now).await;
        let _ = self.settle_clock(keys).await;
        keys.read_at = Some(now);
        self.publish(keys);
        keys.in_doubt = false;
        keys.last_reading = reading;
        self.keep_lists(keys, lists).await;
    }

    /// Reads what is kept; without a place to keep anything, what is held is all there is.
    async fn read_kept(&self, keys: &mut Keys) {
        let store = Arc::clone(&keys.store);
        if !store.outlasts_the_process() {
            return;
        }
        let licenses = store.load(Collection::Licenses).await;
        let lists = store.load(Collection::Revocations).await;
        let clock = store.load(Collection::Clock).await;
        keys.read_notices_late().await;
        // From here on nothing waits: all of it is taken, or none.
        take_stored(licenses, &self.verifier, keys);
        keys.take_lists(lists, &self.verifier);
        self.take_clock(keys, clock);
    }

    /// Writes down since when licenses are elsewhere than where they are bound to, and forgets it of those that are not any more (S7a).
    pub(super) async fn settle_bindings(&self, keys: &mut Keys, now: Timestamp) {
        let store = Arc::clone(&keys.store);
        if !store.outlasts_the_process() {
            return;
        }
        let holdings = keys.holdings(&self.place);
        for held in &holdings.licenses {
            let id = held.license.id();
            // A time to come was no first time: the clock was wrong.
            let since = keys.clock.first_mismatches.get(id);
            let is_known = since.is_some_and(|since| *since <= now);
            let belongs_here = held.license.belongs_to(&holdings.deployment);
            if belongs_here && since.is_some() {
                keys.clock.forget_mismatch(&*store, id).await;
            } else if !belongs_here && !is_known {
                keys.clock.keep_mismatch(&*store, id, now).await;
            }
        }
    }
}
