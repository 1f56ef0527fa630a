use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};

use super::state::Shared;
use crate::Timestamp;

/// How long, at most, until everything that is held is judged again.
const REVALIDATE_EVERY: std::time::Duration = std::time::Duration::from_secs(6 * 60 * 60);

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
    let mut last = Timestamp::MIN;
    while let Some(engine) = shared.upgrade() {
        let now = engine.clock.now();
        let boundary = engine.with_set_at(now, |set| set.changes_at());
        if now.saturating_since(last) >= REVALIDATE_EVERY {
            engine.resolve_again(now);
            last = now;
        }
        changed.mark_unchanged();
        let next = last.saturating_add(REVALIDATE_EVERY);
        let deadline = boundary.map_or(next, |boundary| boundary.min(next));
        let clock = Arc::clone(&engine.clock);
        // Waiting must not keep the engine alive.
        drop(engine);
        let mut sleep = pin!(clock.sleep_until(deadline));
        let mut change = pin!(changed.changed());
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
