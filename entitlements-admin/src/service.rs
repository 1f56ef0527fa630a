//! The API as a tower `Service`, to be mounted by any server that speaks `http` 1.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_service::Service;

use crate::{AdminApi, BoxError, BoxFuture};

/// Always ready, never fails: what is wrong with a request is an answer. Bodies are read by those routes that take one,
/// after the credentials were looked at, and up to [`MAX_BODY_BYTES`](crate::MAX_BODY_BYTES).
impl<B> Service<Request<B>> for AdminApi
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture {
        let api = self.clone();
        ResponseFuture {
            answer: Box::pin(async move { api.serve(request).await }),
        }
    }
}

/// The answer to one request.
#[must_use = "futures do nothing unless polled"]
pub struct ResponseFuture {
    answer: BoxFuture<'static, Response<Bytes>>,
}

impl Future for ResponseFuture {
    type Output = Result<Response<Full<Bytes>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.answer
            .as_mut()
            .poll(cx)
            .map(|answer| Ok(answer.map(Full::new)))
    }
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
