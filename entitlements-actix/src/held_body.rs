use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use entitlements_core::adapter::{BodyHold, BodyProgress};
use pin_project_lite::pin_project;

pin_project! {
    /// A body with what is held until its end (U8).
    pub(crate) struct HeldBody<B> {
        #[pin]
        body: B,
        held: BodyProgress,
    }
}

impl<B: MessageBody> HeldBody<B> {
    pub(crate) fn new(body: B, held: BodyHold) -> Self {
        let length = match body.size() {
            BodySize::None => Some(0),
            BodySize::Sized(size) => Some(size),
            BodySize::Stream => None,
        };
        let mut held = BodyProgress::new(held, length);
        // Of an empty body nothing is asked.
        if length == Some(0) {
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
            Poll::Ready(Some(Ok(data))) => this.held.sent(data.len() as u64),
        }
        polled
    }
}
