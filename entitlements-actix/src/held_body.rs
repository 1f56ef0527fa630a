use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use entitlements_core::BodyHold;
use pin_project_lite::pin_project;

pin_project! {
    /// A body with what is held until its end (U8).
    ///
    /// Where as much was sent as was announced, a server need not ask further: it may drop the body, or find a failure.
    pub(crate) struct HeldBody<B> {
        #[pin]
        body: B,
        held: Held,
    }
}

/// What is held, and how a body that is dropped now would have ended.
struct Held {
    hold: Option<BodyHold>,
    /// How much is still to come, where that is known.
    left: Option<u64>,
}

impl Held {
    fn sent(&mut self, bytes: usize) {
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(bytes as u64);
        }
    }

    fn end(&mut self) {
        if let Some(hold) = self.hold.take() {
            hold.end();
        }
    }

    fn fail(&mut self) {
        self.hold = None;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.left == Some(0) {
            self.end();
        }
    }
}

impl<B: MessageBody> HeldBody<B> {
    pub(crate) fn new(body: B, held: BodyHold) -> Self {
        let left = match body.size() {
            BodySize::None => Some(0),
            BodySize::Sized(size) => Some(size),
            BodySize::Stream => None,
        };
        let hold = Some(held);
        let mut held = Held { hold, left };
        // Of an empty body nothing is asked.
        if left == Some(0) {
            held.end();
        }
        Self { body, held }
    }
}

impl<B: MessageBody> MessageBody for HeldBody<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.project();
        let polled = this.body.poll_next(cx);
        match &polled {
            Poll::Pending => {}
            Poll::Ready(None) => this.held.end(),
            Poll::Ready(Some(Err(_))) => this.held.fail(),
            Poll::Ready(Some(Ok(data))) => this.held.sent(data.len()),
        }
        polled
    }
}
