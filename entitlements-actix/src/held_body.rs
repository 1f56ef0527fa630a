use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use entitlements_core::BodyHold;
use pin_project_lite::pin_project;

pin_project! {
    /// A body with what is held until its end (U8): where it says so, or where as much was sent as was announced, because
    /// the server need not ask further then.
    pub(crate) struct HeldBody<B> {
        #[pin]
        body: B,
        held: Option<BodyHold>,
        // How much is still to come, where that is known.
        left: Option<u64>,
    }
}

impl<B: MessageBody> HeldBody<B> {
    pub(crate) fn new(body: B, held: BodyHold) -> Self {
        let left = match body.size() {
            BodySize::None => Some(0),
            BodySize::Sized(size) => Some(size),
            BodySize::Stream => None,
        };
        let mut held = Some(held);
        // Of an empty body nothing is asked.
        if left == Some(0)
            && let Some(held) = held.take()
        {
            held.end();
        }
        Self { body, held, left }
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
        let has_ended = match &polled {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => true,
            Poll::Ready(Some(Err(_))) => {
                drop(this.held.take());
                false
            }
            Poll::Ready(Some(Ok(data))) => {
                if let Some(left) = this.left.as_mut() {
                    *left = left.saturating_sub(data.len() as u64);
                }
                *this.left == Some(0)
            }
        };
        if has_ended && let Some(held) = this.held.take() {
            held.end();
        }
        polled
    }
}
