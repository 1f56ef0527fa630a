use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::rate::nanos;

/// What is done once in a while, by whoever comes first when it is due; in nanoseconds of a monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Due(AtomicU64);

impl Due {
    /// Whether this is the first one since it was due; the next one is after so long.
    #[inline]
    pub(super) fn is_first(&self, now: Duration, every: Duration) -> bool {
        let due = self.0.load(Ordering::Relaxed);
        nanos(now) >= due && {
            let next = nanos(now.saturating_add(every));
            let taken = self
                .0
                .compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed);
            taken.is_ok()
        }
    }

    /// It is due no sooner and no later than then.
    pub(super) fn set(&self, then: Duration) {
        self.0.store(nanos(then), Ordering::Relaxed);
    }
}
