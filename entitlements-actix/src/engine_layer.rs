use std::future::{Ready, ready};
use std::task::{Context, Poll};

use actix_web::dev::{Service, ServiceRequest, Transform};
use actix_web::{Error, HttpMessage};
use entitlements_core::Entitlements;

/// Gives every request what holds for it: the layer that gates and handlers find the engine by.
///
/// It puts an [`EngineCurrent`](crate::EngineCurrent) into the request's extensions: one reading of the clock and one
/// set, whatever happens while the request is served. Wrap the `App` or a scope in it once, outside the gates; of
/// several `wrap`s the last one is the outermost.
///
/// ```
/// # actix_web::rt::System::new().block_on(async {
/// use actix_web::{App, HttpResponse, test, web};
/// use entitlements_actix::{Current, EntitlementsLayer, testing};
///
/// async fn plan(current: Current) -> HttpResponse {
///     HttpResponse::Ok().body(current.plan_in_force().name().to_owned())
/// }
///
/// let engine = testing::on_plan(testing::catalog(), "business");
/// let app = App::new()
///     .wrap(EntitlementsLayer::new(engine.entitlements().clone()))
///     .route("/", web::get().to(plan));
/// let app = test::init_service(app).await;
/// let body = test::call_and_read_body(&app, test::TestRequest::get().to_request()).await;
/// assert_eq!(body, "business");
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct EntitlementsLayer {
    entitlements: Entitlements,
}

impl EntitlementsLayer {
    /// A layer that provides this engine.
    #[must_use]
    pub const fn new(entitlements: Entitlements) -> Self {
        Self { entitlements }
    }
}

impl<S> Transform<S, ServiceRequest> for EntitlementsLayer
where
    S: Service<ServiceRequest, Error = Error>,
{
    type Response = S::Response;
    type Error = Error;
    type Transform = EntitlementsService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, Self::InitError>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(EntitlementsService {
            inner,
            entitlements: self.entitlements.clone(),
        }))
    }
}

/// The service of [`EntitlementsLayer`].
#[derive(Debug, Clone)]
pub struct EntitlementsService<S> {
    inner: S,
    entitlements: Entitlements,
}

impl<S> Service<ServiceRequest> for EntitlementsService<S>
where
    S: Service<ServiceRequest, Error = Error>,
{
    type Response = S::Response;
    type Error = Error;
    type Future = S::Future;

    #[inline]
    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline]
    fn call(&self, request: ServiceRequest) -> Self::Future {
        request.extensions_mut().insert(self.entitlements.current());
        self.inner.call(request)
    }
}
