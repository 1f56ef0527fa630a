use std::fmt;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::dev::{Service, ServiceRequest, Transform};
use actix_web::{Error, HttpMessage};
use entitlements_core::adapter::Callers;
use entitlements_core::{Current, DefaultAccount, Entitlements, NoCurrent, Reply, ResolveAccount};
use pin_project_lite::pin_project;

use crate::head::Head;

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
#[derive(Debug)]
#[must_use = "a layer does nothing until it is applied"]
pub struct EntitlementsLayer<R = DefaultAccount> {
    callers: Callers<R>,
}

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

impl<S, R> Transform<S, ServiceRequest> for EntitlementsLayer<R>
where
    S: Service<ServiceRequest, Error = Error> + 'static,
    R: ResolveAccount,
{
    type Response = S::Response;
    type Error = Error;
    type Transform = EntitlementsService<S, R>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, Self::InitError>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(EntitlementsService {
            inner: Rc::new(inner),
            callers: self.callers.clone(),
        }))
    }
}

/// The service of [`EntitlementsLayer`].
#[derive(Debug)]
pub struct EntitlementsService<S, R = DefaultAccount> {
    inner: Rc<S>,
    callers: Callers<R>,
}

impl<S, R> Service<ServiceRequest> for EntitlementsService<S, R>
where
    S: Service<ServiceRequest, Error = Error> + 'static,
    R: ResolveAccount,
{
    type Response = S::Response;
    type Error = Error;
    type Future = EntitlementsFuture<S>;

    #[inline]
    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline]
    fn call(&self, request: ServiceRequest) -> Self::Future {
        if let Some(current) = self.callers.known(&Head(&request)) {
            request.extensions_mut().insert(current);
            return EntitlementsFuture {
                stage: Stage::Called {
                    response: self.inner.call(request),
                },
            };
        }
        self.ask(request)
    }
}

impl<S, R> EntitlementsService<S, R>
where
    S: Service<ServiceRequest, Error = Error> + 'static,
    R: ResolveAccount,
{
    /// What a request comes to whose account is not at hand.
    #[cold]
    fn ask(&self, request: ServiceRequest) -> EntitlementsFuture<S> {
        let found = self.callers.current(&Head(&request));
        let stage = match found {
            Reply::Now(found) => {
                insert(&request, found);
                Stage::Called {
                    response: self.inner.call(request),
                }
            }
            Reply::Later(found) => Stage::Asking {
                asking: Box::new(Asking {
                    found,
                    waiting: Some((Rc::clone(&self.inner), request)),
                }),
            },
        };
        EntitlementsFuture { stage }
    }
}

#[inline]
fn insert(request: &ServiceRequest, found: Result<Current, NoCurrent>) {
    let mut extensions = request.extensions_mut();
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
    #[must_use = "futures do nothing unless polled"]
    pub struct EntitlementsFuture<S: Service<ServiceRequest>> {
        #[pin]
        stage: Stage<S>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<S: Service<ServiceRequest>> {
        Called { #[pin] response: S::Future },
        Asking { asking: Box<Asking<S>> },
    }
}

/// A request whose account is looked up elsewhere. On the heap, to keep the future of all others small.
struct Asking<S> {
    found: Pin<Box<dyn Future<Output = Result<Current, NoCurrent>> + Send>>,
    /// None once it was called.
    waiting: Option<(Rc<S>, ServiceRequest)>,
}

impl<S: Service<ServiceRequest>> Future for EntitlementsFuture<S> {
    type Output = Result<S::Response, S::Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut stage = self.project().stage;
        loop {
            match stage.as_mut().project() {
                StageProjection::Called { response } => return response.poll(cx),
                StageProjection::Asking { asking } => {
                    let found = ready!(asking.found.as_mut().poll(cx));
                    let Some((inner, request)) = asking.waiting.take() else {
                        return Poll::Pending;
                    };
                    insert(&request, found);
                    let response = inner.call(request);
                    stage.set(Stage::Called { response });
                }
            }
        }
    }
}

impl<S: Service<ServiceRequest>> fmt::Debug for EntitlementsFuture<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntitlementsFuture").finish_non_exhaustive()
    }
}
