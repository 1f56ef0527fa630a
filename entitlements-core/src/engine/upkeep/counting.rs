//! What is counted: leases are renewed, dropped guards settled, and lapsed counts forgotten.

use std::future::{pending, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::watch;

use super::is_due;
use crate::engine::shared::Shared;

/// How often the store forgets what has lapsed: seldom beside what it costs, often beside what lapses in accounts that never return.
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);

pub(super) async fn keep_up(shared: Weak<Shared>, mut changed: watch::Receiver<()>) {
    let Some(parts) = shared
        .upgrade()
        .map(|engine| (Arc::clone(&engine.clock), Arc::clone(&engine.meter)))
    else {
        return;
    };
    let (clock, meter) = parts;
    // By the monotonic clock: a wall clock that was set back a year must not put the next round off for a year.
    let mut renewed: Option<Duration> = None;
    let mut swept = clock.monotonic();
    // One for all rounds: dropped in mid-work it would lose what it had begun.
    let mut counting = pin!(meter.work_off());
    let mut renewing: Option<Pin<Box<dyn Future<Output = ()> + Send>>> = None;
    loop {
        let lease_taken = meter.lease_taken();
        let (now, monotonic) = (clock.now(), clock.monotonic());
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
            let passed = monotonic.saturating_sub(since.unwrap_or_default());
            now.saturating_add(every.saturating_sub(passed))
        };
        let renewal = renew_every.map(|every| left(renewed, every));
        let sweep = left(Some(swept), SWEEP_EVERY);
        let deadline = renewal.map_or(sweep, |renewal| renewal.min(sweep));
        // At the end of the year 9999 there is no later time to wait for; a lease still wakes.
        let sleep = async {
            if deadline > now {
                clock.sleep_until(deadline).await;
            } else {
                pending::<()>().await;
            }
        };
        let (mut sleep, mut lease_taken) = (pin!(sleep), pin!(lease_taken));
        let mut engine_gone = pin!(async { while changed.changed().await.is_ok() {} });
        let is_gone = poll_fn(|cx| {
            if engine_gone.as_mut().poll(cx).is_ready() {
                return Poll::Ready(true);
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
        if is_gone {
            return;
        }
    }
}
