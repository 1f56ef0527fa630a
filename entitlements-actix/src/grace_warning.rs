use std::fmt;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{Error, HttpMessage};
use entitlements_core::Current;
use pin_project_lite::pin_project;

/// Lets responses in days of grace say when these end, in the header `Entitlements-Warning` (S16).
///
/// Off unless an application puts it on, inside of [`EntitlementsLayer`](crate::EntitlementsLayer): for products whose users can do
/// something about it, such as the console of an administrator. Of several `wrap`s the last one is the outermost.
///
/// ```
/// # actix_web::rt::System::new().block_on(async {
/// use actix_web::{App, HttpResponse, test, web};
/// use entitlements_actix::{EntitlementsLayer, GraceWarningLayer, testing};
///
/// let engine = testing::on_plan(testing::catalog(), "business");
/// engine.clock().advance_days(366);
/// let app = App::new()
///     .wrap(GraceWarningLayer::new())
///     .wrap(EntitlementsLayer::new(engine.entitlements().clone()))
///     .route("/", web::get().to(HttpResponse::Ok));
/// let app = test::init_service(app).await;
/// let response = test::call_service(&app, test::TestRequest::get().to_request()).await;
/// let warning = response.headers().get("entitlements-warning").unwrap();
/// assert_eq!(warning, r#"grace;ends="2027-01-15T12:00:00Z""#);
/// # });
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

impl<S, B> Transform<S, ServiceRequest> for GraceWarningLayer
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = S::Response;
    type Error = Error;
    type Transform = GraceWarningService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, Self::InitError>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(GraceWarningService { inner }))
    }
}

/// The service of [`GraceWarningLayer`].
#[derive(Debug)]
pub struct GraceWarningService<S> {
    inner: S,
}

impl<S, B> Service<ServiceRequest> for GraceWarningService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = S::Response;
    type Error = Error;
    type Future = GraceWarningFuture<S::Future>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let warning = request
            .extensions()
            .get::<Current>()
            .and_then(|current| current.grace_warning());
        GraceWarningFuture {
            warning: warning.and_then(|warning| HeaderValue::try_from(warning).ok()),
            response: self.inner.call(request),
        }
    }
}

pin_project! {
    /// The future of [`GraceWarningService`].
    #[must_use = "futures do nothing unless polled"]
    pub struct GraceWarningFuture<F> {
        warning: Option<HeaderValue>,
        #[pin]
        response: F,
    }
}

impl<F, B> Future for GraceWarningFuture<F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let future = self.project();
        let mut response = ready!(future.response.poll(cx));
        if let (Ok(response), Some(warning)) = (&mut response, future.warning.take()) {
            let name = HeaderName::from_static("entitlements-warning");
            response.headers_mut().insert(name, warning);
        }
        Poll::Ready(response)
    }
}

impl<F> fmt::Debug for GraceWarningFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraceWarningFuture").finish_non_exhaustive()
    }
}
