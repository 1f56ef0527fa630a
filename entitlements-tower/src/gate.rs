//! The one gate: layer, service and future of every requirement.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use entitlements_core::{Admission, BodyHold, Current, Gate, Hold, Reply, succeeded};
use http::{Request, Response, StatusCode, header};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::head::Head;
use crate::{DenialBody, DenyWith, Problems, Require};

impl<S, D: Clone> Layer<S> for Require<D> {
    type Service = RequireService<S, D>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireService {
            inner,
            gate: self.gate().clone(),
            deny: self.deny().clone(),
        }
    }
}

/// The service of [`Require`]: asks first, then lets the request through or answers it.
///
/// Readiness is the inner service's. A denied request is answered at once, and the readiness that it had reserved is
/// given back by putting a fresh clone in its place. A request that has to wait for its answer takes the readied service along.
#[derive(Debug, Clone)]
pub struct RequireService<S, D = Problems> {
    inner: S,
    gate: Gate,
    deny: D,
}

impl<S, B, R, D> Service<Request<B>> for RequireService<S, D>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
    R: DenialBody,
    D: DenyWith<R>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = RequireFuture<S, B, D>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    // A request is some 200 bytes, and a call that is not inlined copies them.
    #[inline(always)]
    fn call(&mut self, request: Request<B>) -> Self::Future {
        let current = request.extensions().get::<Current>();
        if self.gate.passes(current, &Head(&request)) {
            return RequireFuture::called(self.inner.call(request), None);
        }
        self.weigh(request)
    }
}

impl<S, D> RequireService<S, D> {
    /// What a request comes to that does not simply pass.
    #[cold]
    fn weigh<B, R>(&mut self, request: Request<B>) -> RequireFuture<S, B, D>
    where
        S: Service<Request<B>, Response = Response<R>> + Clone,
        R: DenialBody,
        D: DenyWith<R>,
    {
        let current = request.extensions().get::<Current>();
        match self.gate.admit(current, &Head(&request)) {
            Admission::Pass => RequireFuture::called(self.inner.call(request), None),
            Admission::Hold(hold) => RequireFuture::holding(&mut self.inner, hold, request),
            Admission::Deny(denial) => {
                let response = self.deny.answer(&denial, &Head(&request));
                // A permit that the readied service holds must not wait for this connection's next request.
                self.inner = self.inner.clone();
                RequireFuture::rest(Rest::Done(Some(Box::new(response))))
            }
            Admission::Later(admission) => {
                let next = self.inner.clone();
                RequireFuture::rest(Rest::Asking(Box::new(Asking {
                    admission,
                    waiting: Some(Waiting {
                        readied: std::mem::replace(&mut self.inner, next),
                        deny: self.deny.clone(),
                        request,
                    }),
                })))
            }
        }
    }
}

pin_project! {
    /// The future of [`RequireService`]: the inner service's response, or the denial.
    ///
    /// Dropped before it is done, it releases what is held for the request (U8).
    pub struct RequireFuture<S: Service<Request<B>>, B, D = Problems> {
        #[pin]
        stage: Stage<S, B, D>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<S: Service<Request<B>>, B, D> {
        // What is held is none for nearly every request, and none once it was settled.
        Called { #[pin] response: S::Future, hold: Option<Hold> },
        Rest { rest: Rest<S, B, D> },
    }
}

/// What few requests come to. On the heap: a future is as large as its largest stage, and gates stand one in another.
enum Rest<S: Service<Request<B>>, B, D> {
    Asking(Box<Asking<S, B, D>>),
    Settling(Box<Settling<S::Response>>),
    /// None once it was given out.
    Done(Option<Box<S::Response>>),
}

/// A request that waits for its answer.
struct Asking<S, B, D> {
    admission: Pin<Box<dyn Future<Output = Admission> + Send>>,
    /// None once it goes on.
    waiting: Option<Waiting<S, B, D>>,
}

/// The request, and the service that is ready for it.
struct Waiting<S, B, D> {
    readied: S,
    deny: D,
    request: Request<B>,
}

/// A response that waits until what was held for it is settled.
struct Settling<R> {
    settled: Reply<Option<BodyHold>>,
    /// None once it was given out.
    response: Option<R>,
}

impl<S: Service<Request<B>>, B, D> RequireFuture<S, B, D> {
    #[inline(always)]
    const fn called(response: S::Future, hold: Option<Hold>) -> Self {
        Self {
            stage: Stage::Called { response, hold },
        }
    }

    fn holding(inner: &mut S, hold: Hold, mut request: Request<B>) -> Self {
        for lease in hold.leases() {
            request.extensions_mut().insert(lease.clone());
        }
        Self::called(inner.call(request), Some(hold))
    }

    const fn rest(rest: Rest<S, B, D>) -> Self {
        Self {
            stage: Stage::Rest { rest },
        }
    }
}

impl<S, B, R, D> Waiting<S, B, D>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: DenialBody,
    D: DenyWith<R>,
{
    fn go_on(mut self, admission: Admission) -> RequireFuture<S, B, D> {
        match admission {
            Admission::Pass => RequireFuture::called(self.readied.call(self.request), None),
            Admission::Hold(hold) => RequireFuture::holding(&mut self.readied, hold, self.request),
            Admission::Deny(denial) => {
                let response = self.deny.answer(&denial, &Head(&self.request));
                RequireFuture::rest(Rest::Done(Some(Box::new(response))))
            }
            Admission::Later(admission) => RequireFuture::rest(Rest::Asking(Box::new(Asking {
                admission,
                waiting: Some(self),
            }))),
        }
    }
}

impl<S, B, R, D> Future for RequireFuture<S, B, D>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: DenialBody,
    D: DenyWith<R>,
{
    type Output = Result<S::Response, S::Error>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut stage = self.project().stage;
        if let StageProjection::Called {
            response,
            hold: None,
        } = stage.as_mut().project()
        {
            return response.poll(cx);
        }
        poll_unusual(stage, cx)
    }
}

fn poll_unusual<S, B, R, D>(
    mut stage: Pin<&mut Stage<S, B, D>>,
    cx: &mut Context<'_>,
) -> Poll<Result<Response<R>, S::Error>>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: DenialBody,
    D: DenyWith<R>,
{
    loop {
        let next = match stage.as_mut().project() {
            StageProjection::Called { response, hold } => {
                let answered = ready!(response.poll(cx));
                // Taken in any case: an error of the service releases.
                let held = hold.take();
                let response = answered?;
                let Some(hold) = held else {
                    return Poll::Ready(Ok(response));
                };
                RequireFuture::rest(Rest::Settling(Box::new(Settling {
                    settled: hold.head(is_success(&response)),
                    response: Some(response),
                })))
            }
            StageProjection::Rest {
                rest: Rest::Asking(asking),
            } => {
                let admission = ready!(asking.admission.as_mut().poll(cx));
                match asking.waiting.take() {
                    Some(waiting) => waiting.go_on(admission),
                    None => return Poll::Pending,
                }
            }
            StageProjection::Rest {
                rest: Rest::Settling(settling),
            } => {
                let held = ready!(Pin::new(&mut settling.settled).poll(cx));
                let Some(response) = settling.response.take() else {
                    return Poll::Pending;
                };
                return Poll::Ready(Ok(match held {
                    Some(held) => hold_body(response, held),
                    None => response,
                }));
            }
            StageProjection::Rest {
                rest: Rest::Done(response),
            } => {
                return response
                    .take()
                    .map_or(Poll::Pending, |response| Poll::Ready(Ok(*response)));
            }
        };
        stage.set(next.stage);
    }
}

fn is_success<R>(response: &Response<R>) -> bool {
    let grpc_status = response.headers().get("grpc-status");
    let grpc_status = grpc_status.map(|status| status.to_str().unwrap_or_default());
    succeeded(response.status().as_u16(), grpc_status)
}

fn hold_body<R: DenialBody>(response: Response<R>, held: BodyHold) -> Response<R> {
    // Servers send nothing of a body where the status says that there is none.
    if matches!(
        response.status(),
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
    ) {
        held.end();
        return response;
    }
    let length = response.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
    response.map(|body| body.held(held, length))
}

impl<S: Service<Request<B>>, B, D> fmt::Debug for RequireFuture<S, B, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match &self.stage {
            Stage::Called { hold: None, .. } => "passing",
            Stage::Called { .. } => "holding",
            Stage::Rest { rest } => match rest {
                Rest::Asking(_) => "asking",
                Rest::Settling(_) => "settling",
                Rest::Done(_) => "done",
            },
        };
        f.debug_struct("RequireFuture")
            .field("stage", &stage)
            .finish_non_exhaustive()
    }
}
