//! Work that is done for nobody who waits: several pieces at once, so that one that is slow is in no other's way.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};

use tokio::sync::Notify;

use super::Meter;
use crate::Reply;
use crate::usage::UsageError;

/// How many pieces are under way at once: more than a store's connections, and few enough to look through.
const AT_ONCE: usize = 256;

/// How many pieces wait at most: far more than requests that end together, and a bound where no upkeep runs.
const WAITING: usize = 16_384;

/// One piece. What comes of it, it logs.
pub(super) type Piece = Pin<Box<dyn Future<Output = ()> + Send>>;

#[derive(Default)]
struct Waiting {
    pieces: VecDeque<Piece>,
    /// Whether nobody will come for them.
    is_closed: bool,
}

/// What is to be done, in the order in which it came.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    more: Notify,
    /// Whether it was said that there is no room.
    overflowed: AtomicBool,
}

impl Queue {
    /// Adds a piece; one that finds no room is given up, and what it would have released lapses.
    pub(super) fn push(&self, piece: Piece) {
        let mut waiting = self.lock();
        if waiting.is_closed {
            // INVARIANT: no piece is dropped under the lock, as what is dropped with it may come here again.
            drop(waiting);
            return;
        }
        let has_room = waiting.pieces.len() < WAITING;
        if has_room {
            waiting.pieces.push_back(piece);
        }
        drop(waiting);
        if has_room {
            self.more.notify_one();
        } else if !self.overflowed.swap(true, Ordering::Relaxed) {
            tracing::error!(
                "{WAITING} counts wait to be settled, and more are given up: is the engine's `Upkeep` spawned, and the store there?"
            );
        }
    }

    /// Gives up all that waits, and all that is to come: the engine is gone.
    pub(super) fn close(&self) {
        let mut waiting = self.lock();
        waiting.is_closed = true;
        let pieces = std::mem::take(&mut waiting.pieces);
        drop(waiting);
        drop(pieces);
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pop(&self) -> Option<Piece> {
        self.lock().pieces.pop_front()
    }

    /// Does what there is, and waits for more; for ever.
    pub(super) async fn work_off(&self) {
        let mut crew = Crew::default();
        loop {
            let mut more = pin!(self.more.notified());
            poll_fn(|cx| {
                let _ = crew.poll(cx, || self.pop());
                more.as_mut().poll(cx)
            })
            .await;
        }
    }
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}

/// Does all of these, and resolves when they are done.
pub(super) async fn all(pieces: impl IntoIterator<Item = Piece>) {
    let (mut crew, mut pieces) = (Crew::default(), pieces.into_iter());
    poll_fn(|cx| crew.poll(cx, || pieces.next())).await;
}

/// The pieces that are under way.
#[derive(Default)]
struct Crew(Vec<Piece>);

impl Crew {
    /// Goes on with each, and begins more where there is room; ready when there are none.
    fn poll(&mut self, cx: &mut Context<'_>, mut next: impl FnMut() -> Option<Piece>) -> Poll<()> {
        loop {
            while self.0.len() < AT_ONCE
                && let Some(piece) = next()
            {
                self.0.push(piece);
            }
            let before = self.0.len();
            self.0.retain_mut(|piece| is_under_way(piece, cx));
            if self.0.is_empty() && before < AT_ONCE {
                return Poll::Ready(());
            }
            if self.0.len() == before {
                return Poll::Pending;
            }
        }
    }
}

/// Goes on with a piece. One that panics is over, and no other's end: what it would have released lapses.
fn is_under_way(piece: &mut Piece, cx: &mut Context<'_>) -> bool {
    match catch_unwind(AssertUnwindSafe(|| piece.as_mut().poll(cx))) {
        Ok(polled) => polled.is_pending(),
        Err(_) => {
            tracing::error!(
                "a store panicked while a count was settled; the upkeep goes on, and that count is not"
            );
            false
        }
    }
}

type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Work that somebody waits for, and that is done all the same where they stop waiting.
pub(super) struct SeenThrough<T: Send + 'static> {
    /// None once it is done.
    work: Option<Later<T>>,
    /// What becomes of an answer that nobody waits for.
    unheard: fn(T),
    /// Weak: this may stand in that meter's own queue.
    meter: Weak<Meter>,
}

impl<T: Send + 'static> SeenThrough<T> {
    /// The same reply, which the meter's upkeep goes on with where it is dropped.
    pub(super) fn by(meter: &Arc<Meter>, reply: Reply<T>, unheard: fn(T)) -> Reply<T> {
        match reply {
            Reply::Later(work) => Reply::later(Self {
                work: Some(work),
                unheard,
                meter: Arc::downgrade(meter),
            }),
            now @ Reply::Now(_) => now,
        }
    }
}

/// What is to be said where something was not settled and nobody waits for it.
pub(super) fn log(settled: Result<(), UsageError>) {
    if let Err(error) = settled {
        tracing::warn!("a count was not settled: {error}");
    }
}

impl<T: Send + 'static> Future for SeenThrough<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Some(work) = &mut self.work else {
            return Poll::Pending;
        };
        let done = work.as_mut().poll(cx);
        if done.is_ready() {
            self.work = None;
        }
        done
    }
}

impl<T: Send + 'static> Drop for SeenThrough<T> {
    fn drop(&mut self) {
        if let Some(work) = self.work.take()
            && let Some(meter) = self.meter.upgrade()
        {
            let unheard = self.unheard;
            meter.leave(Box::pin(async move { unheard(work.await) }));
        }
    }
}
