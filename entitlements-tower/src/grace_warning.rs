use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use entitlements_core::Current;
use http::{HeaderName, HeaderValue, Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

static WARNING: HeaderName = HeaderName::from_static("entitlements-warning");

/// Lets responses in days of grace say when these end, in the header `Entitlements-Warning` (S16).
///
/// Off unless an application puts it on, inside of [`EntitlementsLayer`](crate::EntitlementsLayer): for products whose users can do
/// something about it, such as the console of an administrator.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use entitlements_core::testing;
/// use entitlements_tower::{EntitlementsLayer, GraceWarningLayer};
/// use http::{Request, Response};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// let engine = testing::on_plan(testing::catalog(), "business");
/// engine.clock().advance_days(366);
/// let service = ServiceBuilder::new()
///     .layer(EntitlementsLayer::new(engine.entitlements().clone()))
///     .layer(GraceWarningLayer::new())
///     .service(service_fn(async |_: Request<()>| {
///         Ok::<_, std::convert::Infallible>(Response::new(()))
///     }));
/// let response = service.oneshot(Request::new(())).await?;
/// assert_eq!(response.headers()["entitlements-warning"], r#"grace;ends="2027-01-15T12:00:00Z""#);
/// # Ok::<(), std::convert::Infallible>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[must_use = "a layer does nothing until it is applied"]
pub struct GraceWarningLayer {
    _private: (),
}

impl GraceWarningLayer {
    /// The layer.
    pub const fn new() -> Self {
        Self { _private: () }
    }
}

impl<S> Layer<S> for GraceWarningLayer {
    type Service = GraceWarningService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        GraceWarningService { inner }
    }
}

/// The service of [`GraceWarningLayer`].
#[derive(Debug, Clone)]
pub struct GraceWarningService<S> {
    inner: S,
}

impl<S, B, ResB> Service<Request<B>> for GraceWarningService<S>
where
    S: Service<Request<B>, Response = Response<ResB>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = GraceWarningFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let current = request.extensions().get::<Current>();
        let warning = current.and_then(|current| current.grace_warning());
        GraceWarningFuture {
            warning: warning.and_then(|warning| HeaderValue::try_from(warning).ok()),
            response: self.inner.call(request),
        }
    }
}

pin_project! {
    /// The future of [`GraceWarningService`].
    pub struct GraceWarningFuture<F> {
        warning: Option<HeaderValue>,
        #[pin]
        response: F,
    }
}

impl<F, B, E> Future for GraceWarningFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let future = self.project();
        let mut response = ready!(future.response.poll(cx));
        if let (Ok(response), Some(warning)) = (&mut response, future.warning.take()) {
            response.headers_mut().insert(&WARNING, warning);
        }
        Poll::Ready(response)
    }
}

impl<F> fmt::Debug for GraceWarningFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraceWarningFuture").finish_non_exhaustive()
    }
}
