//! What is held: read again, judged at each boundary, and told of before it ends.

use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::watch;

use super::deliveries::Deliveries;
use super::{is_due, unless_it_panics};
use crate::Timestamp;
use crate::engine::shared::Shared;
use crate::files::on_a_thread;
use crate::notify::LicenseNotice;

/// How often files are looked at that a license or a list may be in. It costs a small file's reading; being told of changes does not work
/// for every kind of file system, and not for a link in a folder above.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How often the two clocks are compared, at least.
const CLOCKS_EVERY: Duration = Duration::from_secs(10 * 60);

/// How soon what is kept is read again, where it could not be read, as a store may be late at a start, or where a change was given up.
const READ_AGAIN_WITHIN: Duration = Duration::from_secs(60);

/// What one round leaves to the next.
#[derive(Debug, Default)]
struct Rounds {
    /// By the monotonic clock, as a wall clock that was set back a year must not put anything off for a year.
    read: Option<Duration>,
    /// How long until what is held is read again: a little less than was said, so that many processes do not all do it at once.
    every: Duration,
    looked: Option<Duration>,
    /// What the last look found, where it was not what was read.
    unsettled: Option<Vec<String>>,
    next_notice: Option<Timestamp>,
}

impl Rounds {
    fn put_off(&mut self, monotonic: Duration) {
        self.read = Some(monotonic);
        self.looked = Some(monotonic);
        self.next_notice = None;
    }
}

pub(super) async fn keep_up(
    shared: Weak<Shared>,
    mut changed: watch::Receiver<()>,
    every: Duration,
) {
    let Some(engine) = shared.upgrade() else {
        return;
    };
    let (clock, doubt) = (Arc::clone(&engine.clock), Arc::clone(&engine.doubt));
    let mut deliveries = Deliveries::to(&engine.notifiers);
    let mut rounds = Rounds {
        // The start has just read everything.
        read: Some(clock.monotonic()),
        every: until_next_reading(&engine, every),
        ..Rounds::default()
    };
    drop(engine);
    let mut is_in_doubt = false;
    loop {
        let Some(engine) = shared.upgrade() else {
            return;
        };
        // Before the look at what holds: a change that comes after the look must wake.
        changed.mark_unchanged();
        let done = unless_it_panics(round(&engine, &mut rounds, every, is_in_doubt)).await;
        if let Some(notices) = done {
            deliveries.add(&notices);
        } else {
            tracing::error!("a store panicked; the upkeep goes on");
            // What it was about to do is done another time: at once it would panic again.
            rounds.put_off(clock.monotonic());
        }
        let (now, monotonic) = (engine.now(), clock.monotonic());
        let boundary = engine.with_state_at(engine.nothing_sold.terms(), now, |state| {
            state.set.changes_at()
        });
        let can_change = engine.sources.can_change();
        // Waiting must not keep the engine alive.
        drop(engine);
        let wall = clock.now();
        let left = |since: Option<Duration>, every: Duration| {
            let passed = monotonic.saturating_sub(since.unwrap_or_default());
            wall.saturating_add(every.saturating_sub(passed))
        };
        let deadline = [
            Some(left(rounds.read, rounds.every)),
            Some(wall.saturating_add(CLOCKS_EVERY)),
            can_change.then(|| left(rounds.looked, LOOK_EVERY)),
            boundary,
            rounds.next_notice,
        ];
        let deadline = deadline.into_iter().flatten().min().unwrap_or(wall);
        if deadline <= wall && wall < Timestamp::MAX {
            // It fell due while the round was under way.
            continue;
        }
        // At the end of the year 9999 there is no later time to wait for; a change still wakes.
        let sleep = async {
            if deadline > wall {
                clock.sleep_until(deadline).await;
            } else {
                pending::<()>().await;
            }
        };
        let (mut sleep, mut change) = (pin!(sleep), pin!(changed.changed()));
        let mut doubted = pin!(doubt.notified());
        let woken = poll_fn(|cx| {
            deliveries.poll(cx);
            if let Poll::Ready(change) = change.as_mut().poll(cx) {
                return Poll::Ready(change.map(|()| false));
            }
            if doubted.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Ok(true));
            }
            sleep.as_mut().poll(cx).map(|()| Ok(false))
        })
        .await;
        match woken {
            Ok(doubt) => is_in_doubt = doubt,
            Err(_) => return,
        }
    }
}

/// One round: whatever is due. The notices are still to be given.
async fn round(
    engine: &Shared,
    rounds: &mut Rounds,
    every: Duration,
    is_in_doubt: bool,
) -> Vec<LicenseNotice> {
    let monotonic = engine.clock.monotonic();
    engine.look_at_clocks().await;
    if is_in_doubt {
        drop(engine.change_keys().await);
        // What nobody waits for may still be on its way to where it is kept.
        rounds.read = Some(monotonic);
        rounds.every = rounds.every.min(READ_AGAIN_WITHIN);
    }
    if is_due(rounds.read, rounds.every, monotonic) || look(engine, rounds, monotonic).await {
        engine.read_again(&mut *engine.keys.lock().await).await;
        *rounds = Rounds {
            read: Some(monotonic),
            every: until_next_reading(engine, every),
            looked: Some(monotonic),
            ..Rounds::default()
        };
    }
    // Judged anew where a boundary has passed, so that notices are of what holds now.
    engine.with_state_at(engine.nothing_sold.terms(), engine.now(), |_| ());
    let (notices, next) = engine.due_notices().await;
    rounds.next_notice = next;
    notices
}

/// How long until what is held is read again.
fn until_next_reading(engine: &Shared, every: Duration) -> Duration {
    let every = a_little_less_than(every);
    if engine.holdings().store_was_unreadable() {
        every.min(READ_AGAIN_WITHIN)
    } else {
        every
    }
}

/// Looks whether a file holds something else than what was read. What is whole counts at once; what is not may be half written, and is
/// looked at a second time (S14).
async fn look(engine: &Shared, rounds: &mut Rounds, monotonic: Duration) -> bool {
    if !engine.sources.can_change() || !is_due(rounds.looked, LOOK_EVERY, monotonic) {
        return false;
    }
    rounds.looked = Some(monotonic);
    let Some(engine) = engine.handle() else {
        return false;
    };
    let read = engine.keys.lock().await.read.clone();
    let looking = on_a_thread(move || {
        let now = engine.now();
        engine.sources.look(&engine.catalog, &engine.verifier, now)
    });
    let Ok(found) = looking.await else {
        return false;
    };
    let is_whole = found
        .iter()
        .zip(&read)
        .all(|((content, is_whole), read)| content == read || *is_whole);
    let found: Vec<_> = found.into_iter().map(|(content, _)| content).collect();
    if found == read {
        rounds.unsettled = None;
        return false;
    }
    let is_settled = rounds.unsettled.as_ref() == Some(&found);
    rounds.unsettled = Some(found);
    is_whole || is_settled
}

/// The time, or up to a tenth less; at least a second.
fn a_little_less_than(time: Duration) -> Duration {
    let mut bits = [0; 4];
    // Without randomness all do it at once, which is no harm either.
    let _ = getrandom::fill(&mut bits);
    let share = f64::from(u32::from_be_bytes(bits)) / f64::from(u32::MAX);
    time.mul_f64(1.0 - share / 10.0).max(Duration::from_secs(1))
}
