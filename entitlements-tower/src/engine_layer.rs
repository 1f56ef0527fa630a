use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use entitlements_core::adapter::Callers;
use entitlements_core::{Current, DefaultAccount, Entitlements, NoCurrent, Reply, ResolveAccount};
use http::Request;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::head::Head;

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
#[derive(Debug)]
#[must_use = "a layer does nothing until it is applied"]
pub struct EntitlementsLayer<R = DefaultAccount> {
    callers: Callers<R>,
}

// A layer stays, and so do its clones: axum keeps nothing else of one.
impl<R> Clone for EntitlementsLayer<R> {
    fn clone(&self) -> Self {
        Self {
            callers: self.callers.rooted(),
        }
    }
}

impl EntitlementsLayer {
    /// A layer that provides this engine.
    ///
    /// Whose request it is says the `AccountId` that the application's authentication put into its extensions. A request without
    /// one is that of the one account of a self-hosted product, and nobody's where the engine has many
    /// ([`accounts`](entitlements_core::EntitlementsBuilder::accounts)).
    pub fn new(entitlements: Entitlements) -> Self {
        Self {
            callers: Callers::new(entitlements),
        }
    }
}

impl<R> EntitlementsLayer<R> {
    entitlements_core::__layer_builders!();
}

impl<S, R> Layer<S> for EntitlementsLayer<R> {
    type Service = EntitlementsService<S, R>;

    fn layer(&self, inner: S) -> Self::Service {
        EntitlementsService {
            inner,
            callers: self.callers.rooted(),
        }
    }
}

/// The service of [`EntitlementsLayer`].
///
/// Readiness is the inner service's; where an account has to be looked up elsewhere, the readied service waits with the request.
#[derive(Debug)]
pub struct EntitlementsService<S, R = DefaultAccount> {
    inner: S,
    callers: Callers<R>,
}

impl<S: Clone, R: ResolveAccount> Clone for EntitlementsService<S, R> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            callers: self.callers.clone(),
        }
    }
}

impl<S, R, B> Service<Request<B>> for EntitlementsService<S, R>
where
    S: Service<Request<B>> + Clone,
    R: ResolveAccount,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = EntitlementsFuture<S, B>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    // A request is some 200 bytes. Here it stays where it is from layer to layer: the call is inlined, and what looks into the
    // request is not, so that the compiler sees that nobody keeps it.
    #[inline(always)]
    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        if !self.is_known(&mut request) {
            return self.ask(request);
        }
        EntitlementsFuture {
            stage: Stage::Called {
                response: self.inner.call(request),
            },
        }
    }
}

impl<S, R: ResolveAccount> EntitlementsService<S, R> {
    /// Whether the account is at hand, and what holds for it is in the request now.
    #[inline(never)]
    fn is_known<B>(&self, request: &mut Request<B>) -> bool {
        let current = self.callers.known(&Head(request));
        let is_known = current.is_some();
        if let Some(current) = current {
            request.extensions_mut().insert(current);
        }
        is_known
    }

    /// What a request comes to whose account is not at hand.
    #[cold]
    fn ask<B>(&mut self, mut request: Request<B>) -> EntitlementsFuture<S, B>
    where
        S: Service<Request<B>> + Clone,
    {
        match self.callers.current(&Head(&request)) {
            Reply::Now(found) => {
                insert(&mut request, found);
                EntitlementsFuture {
                    stage: Stage::Called {
                        response: self.inner.call(request),
                    },
                }
            }
            Reply::Later(found) => {
                let next = self.inner.clone();
                let readied = std::mem::replace(&mut self.inner, next);
                EntitlementsFuture {
                    stage: Stage::Asking {
                        asking: Box::new(Asking {
                            found,
                            waiting: Some((readied, request)),
                        }),
                    },
                }
            }
        }
    }
}

fn insert<B>(request: &mut Request<B>, found: Result<Current, NoCurrent>) {
    let extensions = request.extensions_mut();
    match found {
        Ok(current) => {
            extensions.insert(current);
        }
        // What an outer layer said does not count any more.
        Err(why) => {
            extensions.remove::<Current>();
            extensions.insert(why);
        }
    }
}

pin_project! {
    /// The future of [`EntitlementsService`].
    pub struct EntitlementsFuture<S: Service<Request<B>>, B> {
        #[pin]
        stage: Stage<S, B>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<S: Service<Request<B>>, B> {
        Called { #[pin] response: S::Future },
        Asking { asking: Box<Asking<S, B>> },
    }
}

/// A request whose account is looked up elsewhere. On the heap, to keep the future of all others small.
struct Asking<S, B> {
    found: Pin<Box<dyn Future<Output = Result<Current, NoCurrent>> + Send>>,
    /// None once it was called.
    waiting: Option<(S, Request<B>)>,
}

impl<S: Service<Request<B>>, B> Future for EntitlementsFuture<S, B> {
    type Output = Result<S::Response, S::Error>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut stage = self.project().stage;
        loop {
            match stage.as_mut().project() {
                StageProjection::Called { response } => return response.poll(cx),
                StageProjection::Asking { asking } => {
                    let found = ready!(asking.found.as_mut().poll(cx));
                    let Some((mut readied, mut request)) = asking.waiting.take() else {
                        return Poll::Pending;
                    };
                    insert(&mut request, found);
                    let response = readied.call(request);
                    stage.set(Stage::Called { response });
                }
            }
        }
    }
}

impl<S: Service<Request<B>>, B> fmt::Debug for EntitlementsFuture<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntitlementsFuture").finish_non_exhaustive()
    }
}
