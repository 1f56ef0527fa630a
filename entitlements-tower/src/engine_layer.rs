use std::task::{Context, Poll};

use entitlements_core::Entitlements;
use http::Request;
use tower_layer::Layer;
use tower_service::Service;

/// Gives every request what holds for it: the layer that gates and handlers find the engine by.
///
/// It puts a [`Current`](entitlements_core::Current) into the request's extensions: one reading of the clock and one
/// set, whatever happens while the request is served. Wrap it once, outside the gates.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use entitlements_core::{Current, testing};
/// use entitlements_tower::EntitlementsLayer;
/// use http::{Request, Response};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// let engine = testing::on_plan(testing::catalog(), "business");
/// let service = ServiceBuilder::new()
///     .layer(EntitlementsLayer::new(engine.entitlements().clone()))
///     .service(service_fn(async |request: Request<()>| {
///         let current = request.extensions().get::<Current>().unwrap();
///         Ok::<_, std::convert::Infallible>(Response::new(current.plan_in_force().name().to_owned()))
///     }));
/// assert_eq!(service.oneshot(Request::new(())).await?.into_body(), "business");
/// # Ok::<(), std::convert::Infallible>(())
/// # }).unwrap();
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

impl<S> Layer<S> for EntitlementsLayer {
    type Service = EntitlementsService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        EntitlementsService {
            inner,
            entitlements: self.entitlements.clone(),
        }
    }
}

/// The service of [`EntitlementsLayer`].
#[derive(Debug, Clone)]
pub struct EntitlementsService<S> {
    inner: S,
    entitlements: Entitlements,
}

impl<S, B> Service<Request<B>> for EntitlementsService<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    // A request is some 200 bytes, and a call that is not inlined copies them.
    #[inline(always)]
    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        request.extensions_mut().insert(self.entitlements.current());
        self.inner.call(request)
    }
}
