//! Bodies that end in every way.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;

pub(crate) type Boxed = UnsyncBoxBody<Bytes, io::Error>;

/// One thing that a body gives.
pub(crate) enum Part {
    Data(&'static str),
    /// Trailers with this `grpc-status`; none where empty.
    Trailers(&'static str),
    Error,
    Pending,
}

/// A body that gives these parts, and says this of its size.
pub(crate) struct Parts {
    parts: VecDeque<Part>,
    exact: Option<u64>,
    says_its_end: bool,
}

impl Parts {
    pub(crate) fn new(parts: impl IntoIterator<Item = Part>) -> Self {
        Self {
            parts: parts.into_iter().collect(),
            exact: None,
            says_its_end: false,
        }
    }

    pub(crate) fn exact(mut self, size: u64) -> Self {
        self.exact = Some(size);
        self
    }

    pub(crate) fn says_its_end(mut self) -> Self {
        self.says_its_end = true;
        self
    }

    pub(crate) fn boxed(self) -> Boxed {
        BodyExt::boxed_unsync(self)
    }
}

impl Body for Parts {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(match self.parts.pop_front() {
            None => None,
            Some(Part::Data(text)) => {
                self.exact = self.exact.map(|size| size - text.len() as u64);
                Some(Ok(Frame::data(Bytes::from_static(text.as_bytes()))))
            }
            Some(Part::Trailers(status)) => {
                let mut trailers = HeaderMap::new();
                if !status.is_empty() {
                    trailers.insert("grpc-status", status.parse().unwrap());
                }
                Some(Ok(Frame::trailers(trailers)))
            }
            Some(Part::Error) => Some(Err(io::Error::other("broken"))),
            Some(Part::Pending) => return Poll::Pending,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.says_its_end && self.parts.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.exact
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
