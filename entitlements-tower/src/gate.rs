//! The one gate: layer, service and future of every requirement.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use entitlements_core::adapter::{Admission, Answered, BodyHold, Gate, Hold, Quick};
use entitlements_core::rate::RateReport;
use entitlements_core::{Current, Reply};
use http::{HeaderName, HeaderValue, Request, Response, header};
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
            gate: self.gate().rooted(),
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

    // As in the engine's layer: this is inlined and what looks into the request is not, so that no layer copies it.
    #[inline(always)]
    fn call(&mut self, request: Request<B>) -> Self::Future {
        if !self.passes(&request) {
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

impl<S, D> RequireService<S, D> {
    /// Whether a request simply passes.
    #[inline(never)]
    fn passes<B>(&self, request: &Request<B>) -> bool {
        let current = request.extensions().get::<Current>();
        self.gate.passes(current, &Head(request))
    }

    /// What is asked of a request beside, where that can be told at once.
    #[inline(never)]
    fn quick<B>(&self, request: &Request<B>) -> Quick {
        let current = request.extensions().get::<Current>();
        self.gate.quick(current, &Head(request))
    }

    /// What a request comes to that does not simply pass.
    // Not where it is called: a stack of gates would hold what is behind them once for each way that each of them may take.
    #[inline(never)]
    fn look<B, R>(&mut self, request: Request<B>) -> Stage<S, B, D>
    where
        S: Service<Request<B>, Response = Response<R>> + Clone,
        R: DenialBody,
        D: DenyWith<R>,
    {
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
    fn weigh<B, R>(&mut self, request: Request<B>, quick: Quick) -> Stage<S, B, D>
    where
        S: Service<Request<B>, Response = Response<R>> + Clone,
        R: DenialBody,
        D: DenyWith<R>,
    {
        let admission = quick.or_else(|| {
            let current = request.extensions().get::<Current>();
            self.gate.admit(current, &Head(&request))
        });
        // The readied service goes with the request that it was readied for. A denied one gives its readiness back by being
        // dropped: a permit must not wait for this connection's next request.
        let next = self.inner.clone();
        let waiting = Waiting {
            readied: std::mem::replace(&mut self.inner, next),
            deny: self.deny.clone(),
            request,
        };
        waiting.go_on(admission)
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
        Passing { #[pin] response: S::Future },
        /// The head of the response says where rates stand.
        Rated { #[pin] response: S::Future, rates: RateReport },
        // On the heap: a future is as large as its largest stage, and gates stand one in another.
        Rest { rest: Pin<Box<Rest<S, B, D>>> },
    }
}

pin_project! {
    /// What few requests come to.
    #[project = RestProjection]
    enum Rest<S: Service<Request<B>>, B, D> {
        /// Something is held until the response is there; none once it was settled.
        Holding { #[pin] response: S::Future, hold: Option<Hold> },
        /// The answer has to be waited for; none once it goes on.
        Asking { admission: Asked, waiting: Option<Waiting<S, B, D>> },
        /// The response waits until what was held for it is settled; none once it was given out.
        Settling { settled: Reply<Option<BodyHold>>, response: Option<S::Response> },
        /// None once it was given out.
        Done { response: Option<S::Response> },
    }
}

type Asked = Pin<Box<dyn Future<Output = Admission> + Send>>;

/// A request that does not simply pass, and the service that is ready for it.
struct Waiting<S, B, D> {
    readied: S,
    deny: D,
    request: Request<B>,
}

impl<S: Service<Request<B>>, B, D> Rest<S, B, D> {
    fn stage(self) -> Stage<S, B, D> {
        Stage::Rest {
            rest: Box::pin(self),
        }
    }
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
            Admission::Rated(rates) => Stage::Rated {
                response: self.readied.call(self.request),
                rates,
            },
            Admission::Hold(hold) => {
                // For the handler, which may go on after its response.
                let extensions = self.request.extensions_mut();
                if let Some(lease) = hold.lease(extensions.get().cloned()) {
                    extensions.insert(lease);
                }
                let response = self.readied.call(self.request);
                let hold = Some(hold);
                Rest::Holding { response, hold }.stage()
            }
            Admission::Deny(denial) => {
                let response = self.deny.answer(denial, &Head(&self.request));
                let response = Some(response);
                Rest::Done { response }.stage()
            }
            Admission::Later(admission) => {
                let waiting = Some(self);
                Rest::Asking { admission, waiting }.stage()
            }
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
        match stage.as_mut().project() {
            StageProjection::Passing { response } => response.poll(cx),
            _ => poll_rest(stage, cx),
        }
    }
}

fn poll_rest<S, B, R, D>(
    mut stage: Pin<&mut Stage<S, B, D>>,
    cx: &mut Context<'_>,
) -> Poll<Result<Response<R>, S::Error>>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: DenialBody,
    D: DenyWith<R>,
{
    loop {
        let rest = match stage.as_mut().project() {
            StageProjection::Passing { response } => return response.poll(cx),
            StageProjection::Rated { response, rates } => {
                let response = ready!(response.poll(cx));
                return Poll::Ready(response.map(|response| with_rates(response, rates)));
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
                    return Poll::Ready(Ok(response));
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
                    None => response,
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

/// The response, saying where the rates stand. The lines of an outer gate stand beside those of an inner one.
fn with_rates<R>(mut response: Response<R>, rates: &RateReport) -> Response<R> {
    rates.visit(|name, line| {
        // INVARIANT: lines are visible ASCII and spaces.
        if let Ok(line) = HeaderValue::from_str(line) {
            // A map that is full to its last of 32,768 lines says nothing of rates.
            let _ = response.headers_mut().try_append(name_of_line(name), line);
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

fn answered<R>(response: &Response<R>) -> Answered {
    let grpc_status = response.headers().get("grpc-status");
    Answered::with(
        response.status().as_u16(),
        grpc_status.map(HeaderValue::as_bytes),
    )
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
