//! The one gate: layer, service and future of every requirement.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use entitlements_core::{Current, Decision, Denial, Gate};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::head::Head;
use crate::{DenialBody, Require, denial_response};

impl<S> Layer<S> for Require {
    type Service = RequireService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireService {
            inner,
            gate: Arc::clone(self.gate()),
        }
    }
}

/// The service of [`Require`]: asks first, then lets the request through or answers it.
///
/// Readiness is the inner service's. A denied request is answered at once, and the readiness that it had reserved is
/// given back by putting a fresh clone in its place.
#[derive(Debug, Clone)]
pub struct RequireService<S> {
    inner: S,
    gate: Arc<Gate>,
}

impl<S, B, R> Service<Request<B>> for RequireService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
    R: DenialBody,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = RequireFuture<S::Future>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    // A request is some 200 bytes, and a call that is not inlined copies them.
    #[inline(always)]
    fn call(&mut self, request: Request<B>) -> Self::Future {
        let current = request.extensions().get::<Current>();
        let verdict = match self.gate.judge(current, &Head(&request)) {
            Decision::Allow => Verdict::Allowed {
                response: self.inner.call(request),
            },
            Decision::Deny(denial) => {
                // A permit that the readied service holds must not wait for this connection's next request.
                self.inner = self.inner.clone();
                Verdict::Denied {
                    denial: Some(denial),
                }
            }
        };
        RequireFuture { verdict }
    }
}

pin_project! {
    /// The future of [`RequireService`]: the inner service's response, or the denial.
    #[derive(Debug)]
    pub struct RequireFuture<F> {
        #[pin]
        verdict: Verdict<F>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = VerdictProjection]
    enum Verdict<F> {
        Allowed { #[pin] response: F },
        // None once it was given out.
        Denied { denial: Option<Denial> },
    }
}

impl<F, R, E> Future for RequireFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: DenialBody,
{
    type Output = F::Output;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().verdict.project() {
            VerdictProjection::Allowed { response } => response.poll(cx),
            VerdictProjection::Denied { denial } => match denial.take() {
                Some(denial) => Poll::Ready(Ok(denial_response(denial))),
                None => Poll::Pending,
            },
        }
    }
}
