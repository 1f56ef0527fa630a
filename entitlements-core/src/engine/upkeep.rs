use std::fmt;
use std::future::{pending, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use super::shared::Shared;

/// How long, at most, until everything that is held is judged again.
const REVALIDATE_EVERY: Duration = Duration::from_secs(6 * 60 * 60);

/// How often the store forgets what has lapsed: seldom beside what it costs, often beside what lapses in accounts that never return.
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);

/// The engine's work in the background: judges anew at each boundary and every six hours, so that the log says what
/// changed when it changes; renews the leases that guards hold, and finishes what dropped guards could not wait for. About once an
/// hour it lets the store forget what has lapsed.
///
/// Spawn it beside the server. It ends when the last [`Entitlements`](super::Entitlements) handle is dropped, and not where a store
/// panics: that is logged as an error, and what was asked of the store then lapses.
///
/// # Cancel safety
/// Dropping it loses nothing: grants end on time without it, and what dropped guards leave undone lapses. Leases that are held for
/// longer than their time to live need it.
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
    let mut renewed: Option<Duration> = None;
    let Some(parts) = shared
        .upgrade()
        .map(|engine| (Arc::clone(&engine.clock), Arc::clone(&engine.meter)))
    else {
        return;
    };
    let (clock, meter) = parts;
    let mut swept = clock.monotonic();
    // One for all rounds: dropped in mid-work it would lose what it had begun.
    let mut counting = pin!(meter.work_off());
    let mut renewing: Option<Pin<Box<dyn Future<Output = ()> + Send>>> = None;
    while let Some(engine) = shared.upgrade() {
        // Before the look at what holds: a change that comes after the look must wake.
        changed.mark_unchanged();
        let lease_taken = meter.lease_taken();
        let (now, monotonic) = (clock.now(), clock.monotonic());
        if is_due(judged, REVALIDATE_EVERY, monotonic) {
            engine.judge_again(now);
            // This was its own doing.
            changed.mark_unchanged();
            judged = Some(monotonic);
        }
        let boundary = engine.with_state_at(engine.nothing_sold.terms(), now, |state| {
            state.set.changes_at()
        });
        // Waiting must not keep the engine alive.
        drop(engine);
        let renew_every = meter.renew_within();
        if let Some(every) = renew_every
            && is_due(renewed, every, monotonic)
        {
            // One that is still under way is given up: its leases are asked for again.
            renewing = Some(Box::pin(meter.renew_leases()));
            renewed = Some(monotonic);
        }
        if is_due(Some(swept), SWEEP_EVERY, monotonic) {
            meter.sweep();
            swept = monotonic;
        }
        let left = |since: Option<Duration>, every: Duration| {
            now.saturating_add(
                every.saturating_sub(monotonic.saturating_sub(since.unwrap_or_default())),
            )
        };
        let next = [
            Some(left(judged, REVALIDATE_EVERY)),
            Some(left(Some(swept), SWEEP_EVERY)),
            boundary,
            renew_every.map(|every| left(renewed, every)),
        ];
        let deadline = next.into_iter().flatten().min().unwrap_or(now);
        // At the end of the year 9999 there is no later time to wait for; a change still wakes.
        let sleep = async {
            if deadline > now {
                clock.sleep_until(deadline).await;
            } else {
                pending::<()>().await;
            }
        };
        let (mut sleep, mut change) = (pin!(sleep), pin!(changed.changed()));
        let mut lease_taken = pin!(lease_taken);
        let engine_gone = poll_fn(|cx| {
            if let Poll::Ready(change) = change.as_mut().poll(cx) {
                return Poll::Ready(change.is_err());
            }
            // It never ends; what it waits for wakes this.
            let _ = counting.as_mut().poll(cx);
            renewing.take_if(|renewing| renewing.as_mut().poll(cx).is_ready());
            if lease_taken.as_mut().poll(cx).is_ready() {
                return Poll::Ready(false);
            }
            sleep.as_mut().poll(cx).map(|()| false)
        })
        .await;
        if engine_gone {
            return;
        }
    }
}

/// Whether something that is done every so often is to be done again.
fn is_due(last: Option<Duration>, every: Duration, now: Duration) -> bool {
    last.is_none_or(|last| now.saturating_sub(last) >= every)
}
