//! The one gate: layer, service and future of every requirement.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use entitlements_core::{Admission, BodyHold, Current, Gate, Hold, Reply, succeeded};
use http::{Request, Response, header};
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
        let stage = match self.gate.admit(current, &Head(&request)) {
            Admission::Pass => Stage::Passing {
                response: self.inner.call(request),
            },
            other => self.unusual(other, request),
        };
        RequireFuture { stage }
    }
}

impl<S, D> RequireService<S, D> {
    /// What a request comes to that does not simply pass.
    #[cold]
    fn unusual<B, R>(&mut self, admission: Admission, request: Request<B>) -> Stage<S, B, D>
    where
        S: Service<Request<B>, Response = Response<R>> + Clone,
        R: DenialBody,
        D: DenyWith<R>,
    {
        match admission {
            Admission::Pass => Stage::Passing {
                response: self.inner.call(request),
            },
            Admission::Hold(hold) => hold_for(&mut self.inner, hold, request),
            Admission::Deny(denial) => {
                let response = self.deny.answer(&denial, &Head(&request));
                // A permit that the readied service holds must not wait for this connection's next request.
                self.inner = self.inner.clone();
                Stage::Done {
                    response: Some(Box::new(response)),
                }
            }
            Admission::Later(admission) => {
                let next = self.inner.clone();
                Stage::Asking {
                    admission,
                    waiting: Some(Waiting {
                        readied: std::mem::replace(&mut self.inner, next),
                        deny: self.deny.clone(),
                        request,
                    }),
                }
            }
        }
    }
}

fn hold_for<S, B, D>(inner: &mut S, hold: Hold, mut request: Request<B>) -> Stage<S, B, D>
where
    S: Service<Request<B>>,
{
    for lease in hold.leases() {
        request.extensions_mut().insert(lease.clone());
    }
    Stage::Holding {
        response: inner.call(request),
        hold: Some(hold),
    }
}

/// A request that waits for its answer, with the service that is ready for it.
struct Waiting<S, B, D> {
    readied: S,
    deny: D,
    request: Request<B>,
}

impl<S, B, R, D> Waiting<S, B, D>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: DenialBody,
    D: DenyWith<R>,
{
    fn go_on(mut self, admission: Admission) -> Stage<S, B, D> {
        match admission {
            Admission::Pass => Stage::Passing {
                response: self.readied.call(self.request),
            },
            Admission::Hold(hold) => hold_for(&mut self.readied, hold, self.request),
            Admission::Deny(denial) => Stage::Done {
                response: Some(Box::new(self.deny.answer(&denial, &Head(&self.request)))),
            },
            Admission::Later(admission) => Stage::Asking {
                admission,
                waiting: Some(self),
            },
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

type Asked = Pin<Box<dyn Future<Output = Admission> + Send>>;

pin_project! {
    #[project = StageProjection]
    enum Stage<S: Service<Request<B>>, B, D> {
        Passing { #[pin] response: S::Future },
        // None once it was settled.
        Holding { #[pin] response: S::Future, hold: Option<Hold> },
        // None once it goes on.
        Asking { admission: Asked, waiting: Option<Waiting<S, B, D>> },
        Settling { settled: Reply<Option<BodyHold>>, response: Option<Box<S::Response>> },
        // None once it was given out.
        Done { response: Option<Box<S::Response>> },
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
        if let StageProjection::Passing { response } = stage.as_mut().project() {
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
            StageProjection::Passing { response } => return response.poll(cx),
            StageProjection::Holding { response, hold } => {
                // An error of the service releases: the hold is dropped with this future.
                let response = ready!(response.poll(cx))?;
                let Some(hold) = hold.take() else {
                    return Poll::Ready(Ok(response));
                };
                Stage::Settling {
                    settled: hold.head(is_success(&response)),
                    response: Some(Box::new(response)),
                }
            }
            StageProjection::Asking { admission, waiting } => {
                let admission = ready!(admission.as_mut().poll(cx));
                match waiting.take() {
                    Some(waiting) => waiting.go_on(admission),
                    None => return Poll::Pending,
                }
            }
            StageProjection::Settling { settled, response } => {
                let held = ready!(Pin::new(settled).poll(cx));
                let response = response.take();
                Stage::Done {
                    response: match held {
                        Some(held) => response.map(|response| Box::new(hold_body(*response, held))),
                        None => response,
                    },
                }
            }
            StageProjection::Done { response } => {
                return response
                    .take()
                    .map_or(Poll::Pending, |response| Poll::Ready(Ok(*response)));
            }
        };
        stage.set(next);
    }
}

fn is_success<R>(response: &Response<R>) -> bool {
    let grpc_status = response.headers().get("grpc-status");
    let grpc_status = grpc_status.map(|status| status.to_str().unwrap_or_default());
    succeeded(response.status().as_u16(), grpc_status)
}

fn hold_body<R: DenialBody>(response: Response<R>, held: BodyHold) -> Response<R> {
    let length = response.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
    response.map(|body| body.held(held, length))
}

impl<S: Service<Request<B>>, B, D> fmt::Debug for RequireFuture<S, B, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match &self.stage {
            Stage::Passing { .. } => "passing",
            Stage::Holding { .. } => "holding",
            Stage::Asking { .. } => "asking",
            Stage::Settling { .. } => "settling",
            Stage::Done { .. } => "done",
        };
        f.debug_struct("RequireFuture")
            .field("stage", &stage)
            .finish_non_exhaustive()
    }
}
