use std::pin::pin;
use std::time::Duration;

use entitlements_core::Clock;
use futures_util::future::{Either, select};

/// What `work` gives, if it takes no longer than `limit` by the monotonic clock.
pub(crate) async fn within<T>(
    clock: &dyn Clock,
    limit: Duration,
    work: impl Future<Output = T>,
) -> Option<T> {
    match select(pin!(work), pin!(pass(clock, limit))).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

/// Waits that long. A wall clock that is set meanwhile changes nothing.
pub(crate) async fn pass(clock: &dyn Clock, time: Duration) {
    let started = clock.monotonic();
    loop {
        let passed = clock.monotonic().saturating_sub(started);
        if passed >= time {
            return;
        }
        let deadline = clock.now().saturating_add(time.saturating_sub(passed));
        clock.sleep_until(deadline).await;
    }
}
