//! A request's body in the API's hands, and the payload in actix-web's.
//!
//! The payload belongs to its worker and cannot be sent to another thread; the API takes only what can. So the API gets a
//! body that asks, and whoever has the payload delivers.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use http_body::{Body, Frame};

/// A body, and the other end of it.
pub(super) fn requested() -> (RequestedBody, Requested) {
    let slot = Arc::new(Mutex::new(Slot::Idle));
    (RequestedBody(Arc::clone(&slot)), Requested(slot))
}

/// What passes from the payload to the API; never more than one part.
enum Slot {
    Idle,
    Asked(Waker),
    Part(Bytes),
    Broken,
    End,
}

/// The API's end.
pub(super) struct RequestedBody(Arc<Mutex<Slot>>);

/// The payload's end.
pub(super) struct Requested(Arc<Mutex<Slot>>);

impl Requested {
    /// Whether the API waits for a part.
    pub(super) fn is_open(&self) -> bool {
        matches!(*lock(&self.0), Slot::Asked(_))
    }

    /// Hands over what the payload gave.
    pub(super) fn deliver(&self, part: Option<Result<Bytes, PayloadError>>) {
        let part = match part {
            Some(Ok(part)) => Slot::Part(part),
            Some(Err(_)) => Slot::Broken,
            None => Slot::End,
        };
        let before = std::mem::replace(&mut *lock(&self.0), part);
        if let Slot::Asked(waker) = before {
            waker.wake();
        }
    }
}

impl Body for RequestedBody {
    type Data = Bytes;
    type Error = NotWhole;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, NotWhole>>> {
        let mut slot = lock(&self.0);
        match std::mem::replace(&mut *slot, Slot::Idle) {
            Slot::Part(part) => Poll::Ready(Some(Ok(Frame::data(part)))),
            Slot::Broken => {
                *slot = Slot::End;
                Poll::Ready(Some(Err(NotWhole)))
            }
            Slot::End => {
                *slot = Slot::End;
                Poll::Ready(None)
            }
            Slot::Idle | Slot::Asked(_) => {
                *slot = Slot::Asked(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// The payload did not arrive whole. Why is between the server and the client's connection.
#[derive(Debug)]
pub(super) struct NotWhole;

impl fmt::Display for NotWhole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body did not arrive whole")
    }
}

impl std::error::Error for NotWhole {}

fn lock(slot: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
