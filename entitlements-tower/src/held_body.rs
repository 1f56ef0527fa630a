use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Buf;
use entitlements_core::BodyHold;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// A body with what is held until its end (U8).
    ///
    /// Its end is where it says so, where as much was sent as was announced, or where its trailers are; a server need not
    /// ask further then. Trailers with another `grpc-status` than 0 tell of failure.
    pub(crate) struct HeldBody<B> {
        #[pin]
        body: B,
        held: Option<BodyHold>,
        // How much is still to come, where that is known.
        left: Option<u64>,
    }
}

impl<B: Body> HeldBody<B> {
    /// `length` is what the response's head announces.
    pub(crate) fn new(body: B, held: BodyHold, length: Option<u64>) -> Self {
        Self {
            left: length.or_else(|| body.size_hint().exact()),
            body,
            held: Some(held),
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
        let has_ended = match &polled {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => true,
            Poll::Ready(Some(Err(_))) => {
                drop(this.held.take());
                false
            }
            Poll::Ready(Some(Ok(frame))) => {
                if let (Some(left), Some(data)) = (this.left.as_mut(), frame.data_ref()) {
                    *left = left.saturating_sub(data.remaining() as u64);
                }
                let status = frame
                    .trailers_ref()
                    .and_then(|trailers| trailers.get("grpc-status"));
                if status.is_some_and(|status| status != "0") {
                    drop(this.held.take());
                }
                frame.is_trailers() || *this.left == Some(0) || this.body.is_end_stream()
            }
        };
        if has_ended && let Some(held) = this.held.take() {
            held.end();
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
