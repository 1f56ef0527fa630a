//! Q29: how many processes share.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use uuid::Uuid;

use crate::rate::nanos;

/// How often a process says that it is there.
const EVERY: Duration = Duration::from_secs(5);

/// When it says so again, where it was not heard.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// For how long it is believed: it may miss two.
pub(super) const STAYS: Duration = Duration::from_secs(15);

/// This process among those that share.
#[derive(Debug)]
pub(super) struct Presence {
    name: String,
    /// As the settings say; then nobody is asked.
    said: Option<NonZeroU32>,
    heard: AtomicU32,
    /// When it says it again, in nanoseconds of a monotonic clock.
    due: AtomicU64,
}

impl Presence {
    pub(super) fn new(said: Option<NonZeroU32>) -> Self {
        Self {
            name: Uuid::now_v7().simple().to_string(),
            said,
            heard: AtomicU32::new(1),
            due: AtomicU64::new(0),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How many there are, this one among them.
    pub(super) fn processes(&self) -> NonZeroU32 {
        let heard = || NonZeroU32::new(self.heard.load(Ordering::Relaxed));
        self.said.or_else(heard).unwrap_or(NonZeroU32::MIN)
    }

    /// Whether it is this request's turn to say it.
    #[inline]
    pub(super) fn is_due(&self, now: Duration) -> bool {
        if self.said.is_some() {
            return false;
        }
        let now = nanos(now);
        let due = self.due.load(Ordering::Relaxed);
        now >= due && {
            let next = now.saturating_add(nanos(EVERY));
            let exchanged =
                self.due
                    .compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed);
            exchanged.is_ok()
        }
    }

    pub(super) fn heard(&self, processes: u32) {
        self.heard.store(processes, Ordering::Relaxed);
    }

    /// It was not heard: it is said again soon.
    pub(super) fn was_not_heard(&self, now: Duration) {
        let next = nanos(now.saturating_add(AGAIN_AFTER));
        self.due.store(next, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q29_it_is_said_every_five_seconds() {
        let presence = Presence::new(None);
        assert_eq!(presence.processes().get(), 1);
        let start = Duration::from_secs(1000);
        assert!(presence.is_due(start));
        assert!(!presence.is_due(start + EVERY - Duration::from_nanos(1)));
        assert!(presence.is_due(start + EVERY));
        presence.heard(3);
        assert_eq!(presence.processes().get(), 3);
        presence.was_not_heard(start + EVERY);
        assert!(!presence.is_due(start + EVERY));
        assert!(presence.is_due(start + EVERY + AGAIN_AFTER));
        presence.heard(0);
        assert_eq!(presence.processes().get(), 1);
    }

    #[test]
    fn q29_nobody_is_asked_what_the_settings_say() {
        let presence = Presence::new(NonZeroU32::new(4));
        assert!(!presence.is_due(Duration::from_secs(1000)));
        presence.heard(9);
        assert_eq!(presence.processes().get(), 4);
    }
}
