//! Four gates around an axum router, beside four of axum's own `from_fn` gates that ask the same.

use std::convert::Infallible;
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use entitlements_axum::{AccountId, Entitlements, EntitlementsLayer, RequireFeature};
use entitlements_benches::measure::{Case, compare};
use entitlements_benches::report::Table;
use http::StatusCode;
use tower::{Service, ServiceBuilder};

use crate::tower_service::engine;

const FEATURES: [&str; 4] = ["sso", "audit", "scim", "ip_allowlist"];

async fn page() -> &'static str {
    "welcome"
}

/// As `axum::serve` makes it ready: handlers become routes once, not once a request.
pub(crate) fn bare() -> Router {
    Router::new().route("/page", get(page)).with_state(())
}

/// The gate that one would write by hand.
async fn by_hand(
    State((entitlements, feature)): State<(Entitlements, &'static str)>,
    request: Request,
    next: Next,
) -> Response {
    if entitlements.current().has(feature) {
        next.run(request).await
    } else {
        StatusCode::PAYMENT_REQUIRED.into_response()
    }
}

/// Sends a request for a path, and sees that the answer is the one that is measured.
pub(crate) fn answer<S>(service: &mut S, path: &str, status: u16)
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    send(service, request, status);
}

/// Sends a request of an account, as the application's authentication would have told it.
pub(crate) fn answer_to<S>(service: &mut S, account: AccountId)
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    let mut request = Request::builder().uri("/page").body(Body::empty()).unwrap();
    request.extensions_mut().insert(account);
    send(service, request, 200);
}

fn send<S>(service: &mut S, request: Request, status: u16)
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    let mut context = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut context).is_ready());
    let future = pin!(service.call(request));
    let Poll::Ready(Ok(response)) = future.poll(&mut context) else {
        panic!("the service does not answer at once");
    };
    assert_eq!(black_box(response).status(), status);
}

const WITH_ON: &str = "four gates with `.on`, around the router";
const AROUND: &str = "`EntitlementsLayer` and four gates, around the router";
const BY_HAND: &str = "four `from_fn` gates, around the router";
const INSIDE: &str = "`EntitlementsLayer` and four gates, in one `route_layer`";

pub(crate) fn table() -> Table {
    let entitlements = engine();
    let on = |feature: &'static str| RequireFeature::new(feature).on(&entitlements);
    let hand = |feature: &'static str| from_fn_with_state((entitlements.clone(), feature), by_hand);
    let [a, b, c, d] = FEATURES;
    let provided = || {
        ServiceBuilder::new()
            .layer(EntitlementsLayer::new(entitlements.clone()))
            .layer(RequireFeature::new(a))
            .layer(RequireFeature::new(b))
            .layer(RequireFeature::new(c))
            .layer(RequireFeature::new(d))
    };
    let with_on = ServiceBuilder::new()
        .layer(on(a))
        .layer(on(b))
        .layer(on(c))
        .layer(on(d));
    let by_hand = ServiceBuilder::new()
        .layer(hand(a))
        .layer(hand(b))
        .layer(hand(c))
        .layer(hand(d));
    let mut router = bare();
    let mut with_on = with_on.service(bare());
    let mut around = provided().service(bare());
    let mut by_hand = by_hand.service(bare());
    let mut nothing = bare().route_layer(NoLayer).with_state(());
    let mut inside = bare().route_layer(provided()).with_state(());
    let figures = compare(vec![
        Case::new("bare router", || answer(&mut router, "/page", 200)),
        Case::new(WITH_ON, || answer(&mut with_on, "/page", 200)),
        Case::new(AROUND, || answer(&mut around, "/page", 200)),
        Case::new(BY_HAND, || answer(&mut by_hand, "/page", 200)),
        Case::new("a layer that does nothing, in a `route_layer`", || {
            answer(&mut nothing, "/page", 200);
        }),
        Case::new(INSIDE, || answer(&mut inside, "/page", 200)),
    ]);
    let mut table = Table {
        title: "Four gates and an axum router",
        about: "An allowed request to a route that answers with a constant; the peer is `axum::middleware::from_fn` asking the same engine for the same features. A `route_layer` is boxed by axum, which the case with a layer that does nothing shows.",
        figures,
        bars: Vec::new(),
    };
    let bare = table.nanoseconds("bare router");
    let hand = table.nanoseconds(BY_HAND) - bare;
    for name in [WITH_ON, AROUND] {
        let added = table.nanoseconds(name) - bare;
        table.bar(
            format!("{name}: added, to what `from_fn` gates add"),
            added / hand,
            0.25,
            "x",
        );
    }
    let inside = table.nanoseconds(INSIDE) - bare;
    let more = table.allocations(INSIDE) - table.allocations(AROUND);
    table.bar(
        "in one `route_layer`: allocations above those around the router",
        more,
        2.0,
        "",
    );
    table.bar(
        "in one `route_layer`: added above 0.25x of what `from_fn` gates add",
        inside - hand / 4.0,
        120.0,
        " ns",
    );
    table
}

/// Hands everything on.
#[derive(Clone)]
struct NoLayer;

#[derive(Clone)]
struct NoService<S>(S);

impl<S> tower::Layer<S> for NoLayer {
    type Service = NoService<S>;

    fn layer(&self, inner: S) -> NoService<S> {
        NoService(inner)
    }
}

impl<S: Service<Request>> Service<Request> for NoService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> S::Future {
        self.0.call(request)
    }
}
