//! A clock that starts where `--now` says, and then runs.

use std::pin::Pin;
use std::time::Duration;

use entitlements_axum::{Clock, SystemClock, Timestamp};

#[derive(Debug)]
pub(crate) struct StartedAt {
    start: Timestamp,
    running: SystemClock,
}

impl StartedAt {
    pub(crate) fn new(start: Timestamp) -> Self {
        Self {
            start,
            running: SystemClock::new(),
        }
    }
}

impl Clock for StartedAt {
    fn now(&self) -> Timestamp {
        self.start.saturating_add(self.running.monotonic())
    }

    fn monotonic(&self) -> Duration {
        self.running.monotonic()
    }

    fn sleep_until(&self, deadline: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(deadline.saturating_since(self.now())))
    }
}
