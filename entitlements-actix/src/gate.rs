//! The one gate: transform, service and future of every requirement.

use std::fmt;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::{Error, HttpMessage};
use entitlements_core::{Admission, BodyHold, Current, Denial, Gate, Hold, Reply, succeeded};
use pin_project_lite::pin_project;

use crate::Require;
use crate::deny::DenyWith;
use crate::head::Head;
use crate::held_body::HeldBody;

impl<S, B> Transform<S, ServiceRequest> for Require
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = RequireService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, Self::InitError>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(RequireService {
            inner: Rc::new(inner),
            gate: self.gate().clone(),
            deny: self.deny().clone(),
        }))
    }
}

/// The service of [`Require`]: asks first, then lets the request through or answers it.
///
/// Readiness is the inner service's. The payload of a denied request is not read, and a denial is a response and never
/// an error, so that whatever is wrapped around the gate, such as CORS, treats it as any other answer.
#[derive(Debug)]
pub struct RequireService<S> {
    inner: Rc<S>,
    gate: Gate,
    deny: DenyWith,
}

impl<S, B> Service<ServiceRequest> for RequireService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = RequireFuture<S, B>;

    #[inline]
    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline]
    fn call(&self, request: ServiceRequest) -> Self::Future {
        // The extensions must be free again before anything inside the gate asks for them.
        let admission = {
            let extensions = request.extensions();
            self.gate
                .admit(extensions.get::<Current>(), &Head(&request))
        };
        let stage = match admission {
            Admission::Pass => Stage::Passing {
                response: self.inner.call(request),
            },
            other => {
                let waiting = Waiting {
                    inner: Rc::clone(&self.inner),
                    deny: self.deny.clone(),
                    request,
                };
                waiting.go_on(other)
            }
        };
        RequireFuture { stage }
    }
}

/// A request that may have to wait for its answer.
struct Waiting<S> {
    inner: Rc<S>,
    deny: DenyWith,
    request: ServiceRequest,
}

impl<S, B> Waiting<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    fn go_on(self, admission: Admission) -> Stage<S, B> {
        match admission {
            Admission::Pass => Stage::Passing {
                response: self.inner.call(self.request),
            },
            Admission::Hold(hold) => {
                for lease in hold.leases() {
                    self.request.extensions_mut().insert(lease.clone());
                }
                Stage::Holding {
                    response: self.inner.call(self.request),
                    hold: Some(hold),
                }
            }
            Admission::Deny(denial) => Stage::Done {
                response: Some(self.answer(denial)),
            },
            Admission::Later(admission) => Stage::Asking {
                admission,
                waiting: Some(self),
            },
        }
    }

    fn answer(self, denial: Denial) -> ServiceResponse<EitherBody<B>> {
        let response = self.deny.answer(denial, &Head(&self.request));
        self.request.into_response(response).map_into_right_body()
    }
}

pin_project! {
    /// The future of [`RequireService`]: the inner service's response, or the denial.
    ///
    /// Dropped before it is done, it releases what is held for the request (U8).
    #[must_use = "futures do nothing unless polled"]
    pub struct RequireFuture<S: Service<ServiceRequest>, B> {
        #[pin]
        stage: Stage<S, B>,
    }
}

type Asked = Pin<Box<dyn Future<Output = Admission> + Send>>;

pin_project! {
    #[project = StageProjection]
    enum Stage<S: Service<ServiceRequest>, B> {
        Passing { #[pin] response: S::Future },
        // None once it was settled.
        Holding { #[pin] response: S::Future, hold: Option<Hold> },
        // None once it goes on.
        Asking { admission: Asked, waiting: Option<Waiting<S>> },
        Settling { settled: Reply<Option<BodyHold>>, response: Option<ServiceResponse<B>> },
        // None once it was given out.
        Done { response: Option<ServiceResponse<EitherBody<B>>> },
    }
}

impl<S, B> Future for RequireFuture<S, B>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut stage = self.project().stage;
        loop {
            let next = match stage.as_mut().project() {
                StageProjection::Passing { response } => {
                    return response
                        .poll(cx)
                        .map_ok(ServiceResponse::map_into_left_body);
                }
                StageProjection::Holding { response, hold } => {
                    // An error of the service releases: the hold is dropped with this future.
                    let response = ready!(response.poll(cx))?;
                    let Some(hold) = hold.take() else {
                        return Poll::Ready(Ok(response.map_into_left_body()));
                    };
                    Stage::Settling {
                        settled: hold.head(is_success(&response)),
                        response: Some(response),
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
                    let response = response.take().map(|response| match held {
                        Some(held) => hold_body(response, held),
                        None => response.map_into_left_body(),
                    });
                    Stage::Done { response }
                }
                StageProjection::Done { response } => {
                    return response
                        .take()
                        .map_or(Poll::Pending, |response| Poll::Ready(Ok(response)));
                }
            };
            stage.set(next);
        }
    }
}

fn is_success<B>(response: &ServiceResponse<B>) -> bool {
    let grpc_status = response.headers().get("grpc-status");
    let grpc_status = grpc_status.map(|status| status.to_str().unwrap_or_default());
    succeeded(response.status().as_u16(), grpc_status)
}

fn hold_body<B: MessageBody + 'static>(
    response: ServiceResponse<B>,
    held: BodyHold,
) -> ServiceResponse<EitherBody<B>> {
    response.map_body(|_, body| EitherBody::Right {
        body: BoxBody::new(HeldBody::new(body, held)),
    })
}

impl<S: Service<ServiceRequest>, B> fmt::Debug for RequireFuture<S, B> {
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
