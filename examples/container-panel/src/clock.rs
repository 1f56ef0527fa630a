//! The clock of a program that was told when it starts.

use std::pin::Pin;
use std::time::Duration;

use entitlements_actix::{Clock, SystemClock, Timestamp};

/// A clock that shows `--now` when it is made, and runs from there.
#[derive(Debug)]
pub(crate) struct ClockFrom {
    start: Timestamp,
    /// Counts from when it is made.
    system: SystemClock,
}

impl ClockFrom {
    pub(crate) fn new(start: Timestamp) -> Self {
        Self {
            start,
            system: SystemClock::new(),
        }
    }
}

impl Clock for ClockFrom {
    fn now(&self) -> Timestamp {
        self.start.saturating_add(self.monotonic())
    }

    fn monotonic(&self) -> Duration {
        self.system.monotonic()
    }

    fn sleep_until(&self, deadline: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let left = deadline.saturating_since(self.now());
        self.system
            .sleep_until(self.system.now().saturating_add(left))
    }
}
