//! The one gate: transform, service and future of every requirement.

use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::{Error, HttpMessage};
use entitlements_core::{Current, Decision, Gate};
use pin_project_lite::pin_project;

use crate::head::Head;
use crate::{Require, denial_response};

impl<S, B> Transform<S, ServiceRequest> for Require
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = RequireService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, Self::InitError>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(RequireService {
            inner,
            gate: Arc::clone(self.gate()),
        }))
    }
}

/// The service of [`Require`]: asks first, then lets the request through or answers it.
///
/// Readiness is the inner service's. The payload of a denied request is not read, and a denial is a response and never
/// an error, so that whatever is wrapped around the gate, such as CORS, treats it as any other answer.
#[derive(Debug, Clone)]
pub struct RequireService<S> {
    inner: S,
    gate: Arc<Gate>,
}

impl<S, B> Service<ServiceRequest> for RequireService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = RequireFuture<S::Future, B>;

    #[inline]
    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline]
    fn call(&self, request: ServiceRequest) -> Self::Future {
        // The extensions must be free again before anything inside the gate asks for them.
        let decision = {
            let extensions = request.extensions();
            self.gate
                .judge(extensions.get::<Current>(), &Head(&request))
        };
        let verdict = match decision {
            Decision::Allow => Verdict::Allowed {
                response: self.inner.call(request),
            },
            Decision::Deny(denial) => {
                let response = request.into_response(denial_response(denial));
                Verdict::Denied {
                    response: Some(response.map_into_right_body()),
                }
            }
        };
        RequireFuture { verdict }
    }
}

pin_project! {
    /// The future of [`RequireService`]: the inner service's response, or the denial.
    #[must_use = "futures do nothing unless polled"]
    pub struct RequireFuture<F, B> {
        #[pin]
        verdict: Verdict<F, B>,
    }
}

pin_project! {
    #[project = VerdictProjection]
    enum Verdict<F, B> {
        Allowed { #[pin] response: F },
        // None once it was given out.
        Denied { response: Option<ServiceResponse<EitherBody<B>>> },
    }
}

impl<F, B> Future for RequireFuture<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().verdict.project() {
            VerdictProjection::Allowed { response } => response
                .poll(cx)
                .map_ok(ServiceResponse::map_into_left_body),
            VerdictProjection::Denied { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                None => Poll::Pending,
            },
        }
    }
}

impl<F, B> std::fmt::Debug for RequireFuture<F, B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let verdict = match &self.verdict {
            Verdict::Allowed { .. } => "allowed",
            Verdict::Denied { .. } => "denied",
        };
        f.debug_struct("RequireFuture")
            .field("verdict", &verdict)
            .finish_non_exhaustive()
    }
}
