use std::fmt;
use std::future::{pending, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use super::shared::Shared;

/// How long, at most, until everything that is held is judged again.
const REVALIDATE_EVERY: Duration = Duration::from_secs(6 * 60 * 60);

/// The engine's work in the background: judges anew at each boundary and every six hours, so that the log says what
/// changed when it changes.
///
/// Spawn it beside the server. It ends when the last [`Entitlements`](super::Entitlements) handle is dropped.
///
/// # Cancel safety
/// Dropping it loses nothing: grants end on time without it.
#[must_use = "spawn it, or the log will not say when something expires"]
pub struct Upkeep {
    work: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Upkeep {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        let changed = shared.subscribe();
        Self {
            work: Box::pin(keep_up(Arc::downgrade(shared), changed)),
        }
    }
}

impl Future for Upkeep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.work.as_mut().poll(cx)
    }
}

impl fmt::Debug for Upkeep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upkeep").finish_non_exhaustive()
    }
}

async fn keep_up(shared: Weak<Shared>, mut changed: tokio::sync::watch::Receiver<()>) {
    // By the monotonic clock: a wall clock that was set back a year must not put the next judging off for a year.
    let mut judged: Option<Duration> = None;
    while let Some(engine) = shared.upgrade() {
        // Before the look at what holds: a change that comes after the look must wake.
        changed.mark_unchanged();
        let (now, monotonic) = (engine.clock.now(), engine.clock.monotonic());
        let since = judged.map(|judged| monotonic.saturating_sub(judged));
        let since = match since.filter(|since| *since < REVALIDATE_EVERY) {
            Some(since) => since,
            None => {
                engine.resolve_again(&engine.nothing_sold, now);
                judged = Some(monotonic);
                Duration::ZERO
            }
        };
        let next = now.saturating_add(REVALIDATE_EVERY.saturating_sub(since));
        let boundary =
            engine.with_state_at(&engine.nothing_sold, now, |state| state.set.changes_at());
        let deadline = boundary.map_or(next, |boundary| boundary.min(next));
        let clock = Arc::clone(&engine.clock);
        // Waiting must not keep the engine alive.
        drop(engine);
        // At the end of the year 9999 there is no later time to wait for; a change still wakes.
        let sleep = async {
            if deadline > now {
                clock.sleep_until(deadline).await;
            } else {
                pending::<()>().await;
            }
        };
        let (mut sleep, mut change) = (pin!(sleep), pin!(changed.changed()));
        let engine_gone = poll_fn(|cx| {
            if let Poll::Ready(change) = change.as_mut().poll(cx) {
                return Poll::Ready(change.is_err());
            }
            sleep.as_mut().poll(cx).map(|()| false)
        })
        .await;
        if engine_gone {
            return;
        }
    }
}
