//! The one gate: transform, service and future of every requirement.

use std::fmt;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{Error, HttpMessage};
use entitlements_core::adapter::{Admission, Answered, BodyHold, Gate, Hold, Quick};
use entitlements_core::rate::RateReport;
use entitlements_core::{Current, Denial, Reply};
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
        let passes = {
            let extensions = request.extensions();
            self.gate
                .passes(extensions.get::<Current>(), &Head(&request))
        };
        if !passes {
            return RequireFuture {
                stage: self.look(request),
            };
        }
        RequireFuture {
            stage: Stage::Passing {
                response: self.inner.call(request),
            },
        }
    }
}

impl<S, B> RequireService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    /// What is asked of a request beside, where that can be told at once.
    #[inline(never)]
    fn quick(&self, request: &ServiceRequest) -> Quick {
        let extensions = request.extensions();
        self.gate.quick(extensions.get::<Current>(), &Head(request))
    }

    /// What a request comes to that does not simply pass.
    // Not where it is called: a stack of gates would hold what is behind them once for each way that each of them may take.
    #[inline(never)]
    fn look(&self, request: ServiceRequest) -> Stage<S, B> {
        match self.quick(&request) {
            Quick::Pass => Stage::Passing {
                response: self.inner.call(request),
            },
            Quick::Rated(rates) => Stage::Rated {
                response: self.inner.call(request),
                rates,
            },
            other => self.weigh(request, other),
        }
    }

    /// What a request comes to that does not pass at once.
    #[inline(never)]
    fn weigh(&self, request: ServiceRequest, quick: Quick) -> Stage<S, B> {
        let admission = quick.or_else(|| {
            let extensions = request.extensions();
            self.gate
                .admit(extensions.get::<Current>(), &Head(&request))
        });
        let waiting = Waiting {
            inner: Rc::clone(&self.inner),
            deny: self.deny.clone(),
            request,
        };
        waiting.go_on(admission)
    }
}

/// A request that does not simply pass.
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
            Admission::Rated(rates) => Stage::Rated {
                response: self.inner.call(self.request),
                rates,
            },
            Admission::Hold(hold) => {
                // For the handler, which may go on after its response.
                let outer = self.request.extensions().get().cloned();
                if let Some(lease) = hold.lease(outer) {
                    self.request.extensions_mut().insert(lease);
                }
                let response = self.inner.call(self.request);
                let hold = Some(hold);
                Rest::Holding { response, hold }.stage()
            }
            Admission::Deny(denial) => {
                let response = Some(self.answer(denial));
                Rest::Done { response }.stage()
            }
            Admission::Later(admission) => {
                let waiting = Some(self);
                Rest::Asking { admission, waiting }.stage()
            }
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

pin_project! {
    #[project = StageProjection]
    enum Stage<S: Service<ServiceRequest>, B> {
        Passing { #[pin] response: S::Future },
        /// The head of the response says where rates stand.
        Rated { #[pin] response: S::Future, rates: RateReport },
        // On the heap: a future is as large as its largest stage, and gates stand one in another.
        Rest { rest: Pin<Box<Rest<S, B>>> },
    }
}

pin_project! {
    /// What few requests come to.
    #[project = RestProjection]
    enum Rest<S: Service<ServiceRequest>, B> {
        /// Something is held until the response is there; none once it was settled.
        Holding { #[pin] response: S::Future, hold: Option<Hold> },
        /// The answer has to be waited for; none once it goes on.
        Asking { admission: Asked, waiting: Option<Waiting<S>> },
        /// The response waits until what was held for it is settled; none once it was given out.
        Settling { settled: Reply<Option<BodyHold>>, response: Option<ServiceResponse<B>> },
        /// None once it was given out.
        Done { response: Option<ServiceResponse<EitherBody<B>>> },
    }
}

type Asked = Pin<Box<dyn Future<Output = Admission> + Send>>;

impl<S: Service<ServiceRequest>, B> Rest<S, B> {
    fn stage(self) -> Stage<S, B> {
        Stage::Rest {
            rest: Box::pin(self),
        }
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
            let rest = match stage.as_mut().project() {
                StageProjection::Passing { response } => {
                    return response
                        .poll(cx)
                        .map_ok(ServiceResponse::map_into_left_body);
                }
                StageProjection::Rated { response, rates } => {
                    let response = ready!(response.poll(cx));
                    let response = response.map(|response| with_rates(response, rates));
                    return Poll::Ready(response.map(ServiceResponse::map_into_left_body));
                }
                StageProjection::Rest { rest } => rest,
            };
            match rest.as_mut().project() {
                RestProjection::Holding { response, hold } => {
                    let response = ready!(response.poll(cx));
                    // Taken in any case: an error of the service releases.
                    let held = hold.take();
                    let response = response?;
                    let Some(hold) = held else {
                        return Poll::Ready(Ok(response.map_into_left_body()));
                    };
                    let response = match hold.rates() {
                        Some(rates) => with_rates(response, rates),
                        None => response,
                    };
                    let settled = hold.head(answered(&response));
                    let response = Some(response);
                    rest.set(Rest::Settling { settled, response });
                }
                RestProjection::Asking { admission, waiting } => {
                    let admission = ready!(admission.as_mut().poll(cx));
                    let Some(waiting) = waiting.take() else {
                        return Poll::Pending;
                    };
                    stage.set(waiting.go_on(admission));
                }
                RestProjection::Settling { settled, response } => {
                    let held = ready!(Pin::new(settled).poll(cx));
                    let response = response.take().map(|response| match held {
                        Some(held) => hold_body(response, held),
                        None => response.map_into_left_body(),
                    });
                    rest.set(Rest::Done { response });
                }
                RestProjection::Done { response } => {
                    let response = response.take();
                    return response.map_or(Poll::Pending, |response| Poll::Ready(Ok(response)));
                }
            }
        }
    }
}

/// The response, saying where the rates stand. The lines of an outer gate stand beside those of an inner one.
fn with_rates<B>(mut response: ServiceResponse<B>, rates: &RateReport) -> ServiceResponse<B> {
    rates.visit(|name, line| {
        // INVARIANT: lines are visible ASCII and spaces.
        if let Ok(line) = HeaderValue::from_str(line) {
            response.headers_mut().append(name_of_line(name), line);
        }
    });
    response
}

/// The usual names are made by the compiler: making one reads it letter by letter.
fn name_of_line(name: &'static str) -> HeaderName {
    match name {
        "ratelimit" => const { HeaderName::from_static("ratelimit") },
        "ratelimit-policy" => const { HeaderName::from_static("ratelimit-policy") },
        _ => HeaderName::from_static(name),
    }
}

fn answered<B>(response: &ServiceResponse<B>) -> Answered {
    let grpc_status = response.headers().get("grpc-status");
    Answered::with(
        response.status().as_u16(),
        grpc_status.map(HeaderValue::as_bytes),
    )
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
            Stage::Rated { .. } => "rated",
            Stage::Rest { rest } => match **rest {
                Rest::Holding { .. } => "holding",
                Rest::Asking { .. } => "asking",
                Rest::Settling { .. } => "settling",
                Rest::Done { .. } => "done",
            },
        };
        f.debug_struct("RequireFuture")
            .field("stage", &stage)
            .finish_non_exhaustive()
    }
}
