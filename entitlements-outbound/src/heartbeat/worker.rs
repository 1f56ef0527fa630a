use std::fmt;
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::Notify;

use super::Heartbeat;
use super::handle::Shared;
use crate::alive::Alive;
use crate::chance::chance;
use crate::wire::{Request, pass, post};

/// The first beat comes within this time: a program that is started again and again does not beat each time, and a fleet that is
/// started at once does not beat at once.
const FIRST_WITHIN: Duration = Duration::from_secs(60 * 60);

/// The work of a [`Heartbeat`] in the background.
///
/// Spawn it on a tokio runtime with network and time. The first beat comes within an hour. A beat that fails is a line of the log at
/// level debug and nothing else: it is not tried again before the next. It ends when the last handle is dropped, in the middle of a beat
/// too.
///
/// # Cancel safety
/// Dropping it ends the heartbeat.
#[must_use = "spawn it, or nothing is sent"]
pub struct HeartbeatWorker {
    work: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl HeartbeatWorker {
    pub(super) fn new(heartbeat: &Heartbeat, gone: Arc<Notify>) -> Self {
        let shared = Arc::clone(&heartbeat.shared);
        let alive = Arc::downgrade(&heartbeat.alive);
        Self {
            work: Box::pin(beat_until(shared, alive, gone)),
        }
    }
}

impl Future for HeartbeatWorker {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.work.as_mut().poll(cx)
    }
}

impl fmt::Debug for HeartbeatWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeartbeatWorker").finish_non_exhaustive()
    }
}

async fn beat_until(shared: Arc<Shared>, alive: Weak<Alive>, gone: Arc<Notify>) {
    let beating = pin!(beat_on(&shared));
    let gone = pin!(async {
        while alive.strong_count() > 0 {
            gone.notified().await;
        }
    });
    match select(beating, gone).await {
        Either::Left((never, _)) => never,
        Either::Right(((), _)) => {}
    }
}

async fn beat_on(shared: &Shared) {
    pass(&*shared.clock, part_of(FIRST_WITHIN, 0, 1000, chance())).await;
    loop {
        let request = Request {
            headers: Vec::new(),
            body: shared.body().into(),
        };
        let to = shared.dialer.target();
        match post(&shared.dialer, request, &*shared.clock, shared.timeout).await {
            Ok(answer) => tracing::debug!(%to, status = answer.status, "a heartbeat was sent"),
            Err(error) => tracing::debug!(%to, %error, "a heartbeat could not be sent"),
        }
        pass(&*shared.clock, part_of(shared.every, 900, 1100, chance())).await;
    }
}

/// So many thousandths of a time, by chance.
fn part_of(time: Duration, least: u32, most: u32, chance: u64) -> Duration {
    let spread = u64::from(most.saturating_sub(least)) + 1;
    let per_mille = least.saturating_add(u32::try_from(chance % spread).unwrap_or_default());
    time.saturating_mul(per_mille) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_day_is_up_to_a_tenth_shorter_or_longer(chance: u64) {
            let day = Duration::from_secs(86_400);
            let wait = part_of(day, 900, 1100, chance);
            proptest::prop_assert!(wait >= day * 9 / 10 && wait <= day * 11 / 10);
        }
    }
}
