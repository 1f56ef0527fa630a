//! What metrics show of licenses and limits: anew where what is held changes, and now and then.

use std::future::{pending, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::watch;

use super::{is_due, unless_it_panics};
use crate::Timestamp;
use crate::engine::gauges::show_used;
use crate::engine::shared::Shared;
use crate::metrics::is_recorded;

/// How often what is used is asked for: as often as metrics are usually collected, and one question a limit.
const SHOW_EVERY: Duration = Duration::from_secs(60);

pub(super) async fn keep_up(shared: Weak<Shared>, mut changed: watch::Receiver<()>) {
    let Some(clock) = shared.upgrade().map(|engine| Arc::clone(&engine.clock)) else {
        return;
    };
    let mut asked: Option<Duration> = None;
    // What is waited for must be in no change's way, and not keep the engine alive.
    let mut asking: Option<Pin<Box<dyn Future<Output = Option<()>> + Send>>> = None;
    loop {
        let Some(engine) = shared.upgrade() else {
            return;
        };
        // Before the look at what holds: a change that comes after the look must wake.
        changed.mark_unchanged();
        let is_recorded = is_recorded();
        if is_recorded {
            engine.show_all();
        }
        let monotonic = clock.monotonic();
        if is_due(asked, SHOW_EVERY, monotonic) {
            asked = Some(monotonic);
            // One that is still under way is given up.
            asking = match engine.one_account().filter(|_| is_recorded) {
                Some(account) => {
                    let used = show_used(Arc::clone(&engine.meter), account);
                    Some(Box::pin(unless_it_panics(used)))
                }
                None => None,
            };
        }
        drop(engine);
        let passed = monotonic.saturating_sub(asked.unwrap_or_default());
        let wall = clock.now();
        let deadline = wall.saturating_add(SHOW_EVERY.saturating_sub(passed));
        // At the end of the year 9999 there is no later time to wait for; a change still wakes.
        let sleep = async {
            if wall < Timestamp::MAX {
                clock.sleep_until(deadline).await;
            } else {
                pending::<()>().await;
            }
        };
        let (mut sleep, mut change) = (pin!(sleep), pin!(changed.changed()));
        let goes_on = poll_fn(|cx| {
            asking.take_if(|asking| asking.as_mut().poll(cx).is_ready());
            if let Poll::Ready(change) = change.as_mut().poll(cx) {
                return Poll::Ready(change.is_ok());
            }
            sleep.as_mut().poll(cx).map(|()| true)
        })
        .await;
        if !goes_on {
            return;
        }
    }
}
