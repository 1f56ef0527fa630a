//! The engine's work in the background: [`counting`](self::counting) for what is counted, `life.rs` for what is held, and `gauges.rs` for
//! what metrics show of both.

mod counting;
mod deliveries;
mod gauges;
mod life;

use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::shared::Shared;

/// How long until what is held is read again, where nobody says another time.
const REVALIDATE_EVERY: Duration = Duration::from_secs(6 * 60 * 60);

/// The engine's work in the background.
///
/// - What is held is read again every six hours and when a file changes, and judged anew at each boundary, so that the log says what
///   changed when it changes; notices are given before a license ends; the newest trusted time is kept.
/// - The leases that guards hold are renewed, and what dropped guards could not wait for is finished. About once an hour the store of
///   counts forgets what has lapsed.
/// - Once a minute, and whenever what is held changes, the gauges of [`metrics`](crate::metrics) are set, where somebody records them.
///
/// Spawn it beside the server. It ends when the last [`Entitlements`](super::Entitlements) handle is dropped, and not where a store
/// panics: that is logged as an error, and what was asked of the store is asked again or lapses.
///
/// # Cancel safety
/// Dropping it loses nothing: grants end on time without it, and what dropped guards leave undone lapses. Leases that are held for
/// longer than their time to live need it.
#[must_use = "spawn it, or the log will not say when something expires"]
pub struct Upkeep {
    work: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Upkeep {
    pub(super) fn new(shared: &Arc<Shared>, revalidate_every: Option<Duration>) -> Self {
        let every = revalidate_every.unwrap_or(REVALIDATE_EVERY);
        let changed = shared.subscribe();
        let life = life::keep_up(Arc::downgrade(shared), changed, every);
        let counting = counting::keep_up(Arc::downgrade(shared), shared.subscribe());
        let gauges = gauges::keep_up(Arc::downgrade(shared), shared.subscribe());
        Self {
            work: Box::pin(both(both(life, counting), gauges)),
        }
    }
}

/// Does both at once: a store that is slow is in no other's way.
async fn both(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut one_goes_on, mut other_goes_on) = (true, true);
    poll_fn(|cx| {
        one_goes_on = one_goes_on && one.as_mut().poll(cx).is_pending();
        other_goes_on = other_goes_on && other.as_mut().poll(cx).is_pending();
        if one_goes_on || other_goes_on {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}

/// Whether something that is done every so often is to be done again.
fn is_due(last: Option<Duration>, every: Duration, now: Duration) -> bool {
    last.is_none_or(|last| now.saturating_sub(last) >= every)
}

/// Nothing where it panics.
async fn unless_it_panics<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| Pin::as_mut(&mut work).poll(cx))) {
            Ok(polled) => polled.map(Some),
            Err(_) => Poll::Ready(None),
        },
    )
    .await
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
