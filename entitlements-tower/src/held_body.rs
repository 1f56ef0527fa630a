use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Buf;
use entitlements_core::BodyHold;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// A body with what is held until its end (U8).
    ///
    /// Its end is where it says so or where its trailers are. Trailers with another `grpc-status` than 0 tell of failure.
    /// Where as much was sent as was announced, a server need not ask further: it may drop the body, or find trailers or a failure.
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

impl<B: Body> HeldBody<B> {
    /// `length` is what the response's head announces.
    pub(crate) fn new(body: B, held: BodyHold, length: Option<u64>) -> Self {
        let left = length.or_else(|| body.size_hint().exact());
        let hold = Some(held);
        Self {
            body,
            held: Held { hold, left },
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
                this.held.sent(frame.data_ref().map_or(0, Buf::remaining));
                let trailers = frame.trailers_ref();
                let status = trailers.and_then(|trailers| trailers.get("grpc-status"));
                if status.is_some_and(|status| status != "0") {
                    this.held.fail();
                } else if trailers.is_some() || this.body.is_end_stream() {
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
