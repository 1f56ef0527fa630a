use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Buf;
use entitlements_core::adapter::{BodyHold, BodyProgress};
use http::HeaderValue;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// A body with what is held until its end (U8): where it says so, or where its trailers are.
    pub(crate) struct HeldBody<B> {
        #[pin]
        body: B,
        held: BodyProgress,
    }
}

impl<B: Body> HeldBody<B> {
    /// `length` is what the response's head announces.
    pub(crate) fn new(body: B, held: BodyHold, length: Option<u64>) -> Self {
        let length = length.or_else(|| body.size_hint().exact());
        Self {
            body,
            held: BodyProgress::new(held, length),
        }
    }
}

impl<B: Body> Body for HeldBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let mut this = self.project();
        let polled = this.body.as_mut().poll_frame(cx);
        match &polled {
            Poll::Pending => {}
            Poll::Ready(None) => this.held.end(),
            Poll::Ready(Some(Err(_))) => this.held.fail(),
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Buf::remaining);
                this.held.sent(bytes as u64);
                if let Some(trailers) = frame.trailers_ref() {
                    let status = trailers.get("grpc-status");
                    this.held.trailers(status.map(HeaderValue::as_bytes));
                } else if this.body.is_end_stream() {
                    this.held.end();
                }
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
