//! A clock that knows how many wait for it: an upkeep that has done what there is to do waits, twice.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use entitlements_core::testing::ManualClock;
use entitlements_core::{Clock, Timestamp};

#[derive(Debug)]
pub(crate) struct WatchedClock {
    clock: Arc<ManualClock>,
    waiting: AtomicUsize,
}

impl WatchedClock {
    pub(crate) fn over(clock: Arc<ManualClock>) -> Self {
        Self {
            clock,
            waiting: AtomicUsize::new(0),
        }
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }
}

/// Counts for as long as it is there.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Clock for WatchedClock {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn sleep_until(&self, deadline: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let waiting = Waiting(&self.waiting);
        let sleep = self.clock.sleep_until(deadline);
        Box::pin(async move {
            let _waiting = waiting;
            sleep.await;
        })
    }
}
