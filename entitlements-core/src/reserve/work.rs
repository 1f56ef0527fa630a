//! Work that is done for nobody who waits: several pieces at once, so that one that is slow is in no other's way.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, Weak};
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

/// What is to be done, in the order in which it came.
#[derive(Default)]
pub(super) struct Queue {
    pieces: Mutex<VecDeque<Piece>>,
    more: Notify,
    /// Whether it was said that there is no room.
    overflowed: AtomicBool,
}

impl Queue {
    /// Adds a piece; one that finds no room is given up, and what it would have released lapses.
    pub(super) fn push(&self, piece: Piece) {
        let mut pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = pieces.len() < WAITING;
        if has_room {
            pieces.push_back(piece);
        }
        drop(pieces);
        if has_room {
            self.more.notify_one();
        } else if !self.overflowed.swap(true, Ordering::Relaxed) {
            tracing::error!(
                "{WAITING} counts wait to be settled, and more are given up: is the engine's `Upkeep` spawned, and the store there?"
            );
        }
    }

    fn pop(&self) -> Option<Piece> {
        let mut pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        pieces.pop_front()
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
            self.0
                .retain_mut(|piece| piece.as_mut().poll(cx).is_pending());
            if self.0.is_empty() && before < AT_ONCE {
                return Poll::Ready(());
            }
            if self.0.len() == before {
                return Poll::Pending;
            }
        }
    }
}

type Settling = Pin<Box<dyn Future<Output = Result<(), UsageError>> + Send>>;

/// Work that somebody waits for, and that is done all the same where they stop waiting.
pub(super) struct SeenThrough {
    /// None once it is done.
    work: Option<Settling>,
    /// Weak: this may stand in that meter's own queue.
    meter: Weak<Meter>,
}

impl SeenThrough {
    /// The same reply, which the meter goes on with where it is dropped.
    pub(super) fn by(
        meter: Weak<Meter>,
        reply: Reply<Result<(), UsageError>>,
    ) -> Reply<Result<(), UsageError>> {
        match reply {
            Reply::Later(work) => Reply::later(Self {
                work: Some(work),
                meter,
            }),
            now @ Reply::Now(_) => now,
        }
    }
}

impl Future for SeenThrough {
    type Output = Result<(), UsageError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
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

impl Drop for SeenThrough {
    fn drop(&mut self) {
        if let Some(work) = self.work.take()
            && let Some(meter) = self.meter.upgrade()
        {
            meter.finish(Reply::Later(work));
        }
    }
}
