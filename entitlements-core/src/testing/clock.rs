use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::{Clock, Timestamp};

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    wall_micros: AtomicI64,
    /// How far the clock was moved forward in all; setting it back does not take from this.
    monotonic_micros: AtomicI64,
    moved: Notify,
}

impl ManualClock {
    /// A clock that shows this time.
    #[must_use]
    pub fn at(time: Timestamp) -> Self {
        Self {
            wall_micros: AtomicI64::new(time.unix_micros()),
            monotonic_micros: AtomicI64::new(0),
            moved: Notify::new(),
        }
    }

    /// Lets time pass, on the wall clock and on the monotonic one.
    pub fn advance(&self, duration: Duration) {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        self.monotonic_micros.fetch_add(micros, Ordering::SeqCst);
        self.set(self.now().saturating_add(duration));
    }

    /// Lets days of 86,400 seconds pass.
    pub fn advance_days(&self, days: u32) {
        self.advance(Duration::from_secs(u64::from(days) * 86_400));
    }

    /// Sets the wall clock, forward or back, without time passing.
    pub fn set(&self, time: Timestamp) {
        self.wall_micros.store(time.unix_micros(), Ordering::SeqCst);
        self.moved.notify_waiters();
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_micros(self.wall_micros.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        let micros = self.monotonic_micros.load(Ordering::SeqCst);
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }

    fn sleep_until(&self, deadline: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        // Registered before the look at the clock, so that no move between the two is missed.
        let mut moved = Box::pin(self.moved.notified());
        moved.as_mut().enable();
        Box::pin(async move {
            if self.now() < deadline {
                moved.await;
            }
        })
    }
}
