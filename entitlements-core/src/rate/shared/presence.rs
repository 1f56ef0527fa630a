//! Q29: how many processes share.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use super::RateStoreError;
use super::due::Due;

/// How often a process says that it is there.
const EVERY: Duration = Duration::from_secs(1);

/// When it says so again, where it was not heard.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// For how long it is believed.
pub(super) const STAYS: Duration = Duration::from_secs(15);

/// This process among those that share.
#[derive(Debug)]
pub(super) struct Presence {
    name: String,
    /// As the settings say; then nobody is asked.
    said: Option<NonZeroU32>,
    processes: AtomicU32,
    heard: Mutex<Heard>,
    /// When it says it again.
    due: Due,
    is_said_to_be_uncounted: AtomicBool,
}

/// The most that were there, in this span of time and in the one before: a store that lost all it knew hears of one after the other, and who
/// believed the first number would take too large a share.
#[derive(Debug, Default)]
struct Heard {
    now: u32,
    before: u32,
    ends: Duration,
}

impl Heard {
    fn most(&mut self, processes: u32, now: Duration) -> u32 {
        if now >= self.ends {
            self.before = std::mem::take(&mut self.now);
            self.ends = now.saturating_add(STAYS);
        }
        self.now = self.now.max(processes);
        self.now.max(self.before)
    }
}

impl Presence {
    pub(super) fn new(said: Option<NonZeroU32>) -> Self {
        Self {
            name: Uuid::now_v7().simple().to_string(),
            said,
            processes: AtomicU32::new(1),
            heard: Mutex::default(),
            due: Due::default(),
            is_said_to_be_uncounted: AtomicBool::new(false),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How many there are, this one among them.
    pub(super) fn processes(&self) -> NonZeroU32 {
        let heard = || NonZeroU32::new(self.processes.load(Ordering::Relaxed));
        self.said.or_else(heard).unwrap_or(NonZeroU32::MIN)
    }

    /// Whether it is this request's turn to say it.
    #[inline]
    pub(super) fn is_due(&self, now: Duration) -> bool {
        self.said.is_none() && self.due.is_first(now, EVERY)
    }

    pub(super) fn heard(&self, processes: u32, now: Duration) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let most = heard.most(processes, now);
        self.processes.store(most, Ordering::Relaxed);
    }

    /// A store that answers and does not count processes: a permission is missing, say. Nobody else would notice until it goes, when each
    /// process took the whole for its share.
    #[cold]
    pub(super) fn is_never_counted(&self, why: &RateStoreError) {
        if !self.is_said_to_be_uncounted.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                target: "entitlements::rates",
                "the store of rates does not say how many processes share them, and their shares may be too large when it goes: {}",
                why.reason()
            );
        }
    }

    /// It was not heard: it is said again soon.
    pub(super) fn was_not_heard(&self, now: Duration) {
        self.due.set(now.saturating_add(AGAIN_AFTER));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1000);

    #[test]
    fn q29_it_is_said_every_second() {
        let presence = Presence::new(None);
        assert_eq!(presence.processes().get(), 1);
        assert!(presence.is_due(START));
        assert!(!presence.is_due(START + EVERY - Duration::from_nanos(1)));
        assert!(presence.is_due(START + EVERY));
        presence.was_not_heard(START + EVERY);
        assert!(!presence.is_due(START + EVERY));
        assert!(presence.is_due(START + EVERY + AGAIN_AFTER));
    }

    #[test]
    fn q29_more_are_believed_at_once_and_fewer_in_half_a_minute() {
        let presence = Presence::new(None);
        let processes = |heard, seconds| {
            presence.heard(heard, START + Duration::from_secs(seconds));
            presence.processes().get()
        };
        assert_eq!(processes(0, 0), 1);
        assert_eq!(processes(3, 1), 3);
        // A store that is empty again.
        assert_eq!(processes(1, 2), 3);
        assert_eq!(processes(2, 14), 3);
        assert_eq!(processes(2, 15), 3);
        assert_eq!(processes(2, 29), 3);
        assert_eq!(processes(2, 30), 2);
        assert_eq!(processes(4, 31), 4);
    }

    #[test]
    fn q29_nobody_is_asked_what_the_settings_say() {
        let presence = Presence::new(NonZeroU32::new(4));
        assert!(!presence.is_due(START));
        presence.heard(9, START);
        assert_eq!(presence.processes().get(), 4);
    }
}
