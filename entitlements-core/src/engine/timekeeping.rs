//! The engine's time: what its clocks say, and what is believed of it (T1 to T5).

use std::sync::Arc;
use std::time::Duration;

use super::Entitlements;
use super::events::EventKind;
use super::keys::Keys;
use super::shared::Shared;
use super::trusted_time::Look;
use crate::Timestamp;
use crate::license::{Collection, License, LicenseStoreError, StoredEntry};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Entitlements {
    /// The time to judge by, read once a request: the clock's, or the newest trusted time where the clock is behind it (T1).
    #[must_use]
    #[inline]
    pub fn now(&self) -> Timestamp {
        self.shared.now()
    }

    /// Trusts the clock again, wherever it stands (T5): for an operator whose clock was wrong for longer than an hour.
    ///
    /// # Errors
    /// Where that cannot be kept for the next start; it counts for this process.
    ///
    /// # Cancel safety
    /// Dropped before it is done, it counts for this process, and is kept by the upkeep.
    pub async fn reset_clock(&self) -> Result<(), LicenseStoreError> {
        let mut keys = self.shared.change_keys().await;
        let wall = self.shared.clock.now();
        self.shared.trust_again(&mut keys, wall);
        self.shared.publish(&mut keys);
        self.shared.settle_clock(&mut keys).await
    }
}

impl Shared {
    #[inline(always)]
    pub(super) fn now(&self) -> Timestamp {
        self.trusted_time.judged(self.clock.now())
    }

    /// Looks at the clocks, and keeps the newest trusted time where it moved by an hour (T4).
    pub(super) async fn look_at_clocks(&self) {
        let (wall, monotonic) = (self.clock.now(), self.clock.monotonic());
        let look = self.trusted_time.look(wall, monotonic);
        let newest = self.trusted_time.newest();
        if look == Look::RolledBack {
            tracing::error!(
                %wall,
                newest_trusted = %newest,
                "the clock is behind the newest trusted time, by which licenses are judged: set it right, or where it is right run `entitlements clock reset`"
            );
            self.tell(EventKind::ClockRolledBack, None, newest);
        }
        self.show_clock();
        let mut keys = self.keys.lock().await;
        if keys.clock_is_behind != self.trusted_time.is_behind(wall) {
            self.publish(&mut keys);
        }
        let is_new = |keys: &Keys| {
            let kept = keys.clock.newest.unwrap_or(Timestamp::MIN);
            let newest = self.trusted_time.newest();
            (newest.saturating_since(kept) >= HOUR).then_some(newest)
        };
        let store = Arc::clone(&keys.store);
        if is_new(&keys).is_some() && store.outlasts_the_process() {
            // Somebody may have reset it there: that must not be written over.
            let kept = store.load(Collection::Clock).await;
            self.take_clock(&mut keys, kept);
        }
        if let Some(newest) = is_new(&keys)
            && let Err(error) = keys.clock.keep_newest(&*store, newest).await
        {
            tracing::warn!("the newest trusted time cannot be kept: {error}");
        }
        // It is tried again at the next look.
        let _ = self.settle_clock(&mut keys).await;
    }

    /// Whether a key that verifies is to be believed more than the newest trusted time (T5): it was issued just now by this clock, before
    /// that time, and later than every key that was taken before.
    pub(super) fn resets_clock(&self, keys: &Keys, license: &License, wall: Timestamp) -> bool {
        license.issued_at().is_some_and(|issued_at| {
            let apart = wall
                .saturating_since(issued_at)
                .max(issued_at.saturating_since(wall));
            let newest_issue = keys.clock.newest_issue;
            apart <= DAY
                && issued_at < self.trusted_time.newest()
                && newest_issue.is_none_or(|newest| issued_at > newest)
        })
    }

    /// What a key that was taken says of time; it is kept by [`settle_clock`](Self::settle_clock).
    pub(super) fn believe(
        &self,
        keys: &mut Keys,
        issued_at: Option<Timestamp>,
        resets_clock: Option<Timestamp>,
    ) {
        keys.clock.note_issue(issued_at);
        if let Some(wall) = resets_clock {
            self.trust_again(keys, wall);
        }
    }

    /// Takes what is kept of time, and what another process says of it: that somebody reset it, or that more of it has passed.
    pub(super) fn take_clock(
        &self,
        keys: &mut Keys,
        kept: Result<Vec<StoredEntry>, LicenseStoreError>,
    ) {
        let reset = keys.clock.reset;
        keys.take_clock(kept);
        match keys.clock.reset {
            // Whatever is kept beside it may be of a process that did not know.
            Some(at) if keys.clock.reset != reset => {
                keys.clock.note_reset(at);
                self.clock_was_reset(at);
            }
            _ => {
                if let Some(newest) = keys.clock.newest {
                    self.trusted_time.raise(newest);
                }
            }
        }
    }

    /// Keeps what is not kept yet of time. Until it is, what the store says does not undo it.
    pub(super) async fn settle_clock(&self, keys: &mut Keys) -> Result<(), LicenseStoreError> {
        let store = Arc::clone(&keys.store);
        keys.clock.settle(&*store).await
    }

    /// The newest trusted time is this from now on, whatever it was.
    pub(super) fn clock_was_reset(&self, newest: Timestamp) {
        self.trusted_time.reset(newest);
        tracing::warn!(%newest, "the newest trusted time was reset");
        self.tell(EventKind::ClockReset, None, newest);
    }

    fn trust_again(&self, keys: &mut Keys, wall: Timestamp) {
        self.clock_was_reset(wall);
        self.show_clock();
        keys.clock.note_reset(wall);
    }
}
