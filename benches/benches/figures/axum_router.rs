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
use entitlements_axum::{Entitlements, EntitlementsLayer, RequireFeature};
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
fn bare() -> Router {
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

/// Sends a request for a path, and waits for the answer's head.
pub(crate) fn call<S>(service: &mut S, path: &str) -> StatusCode
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    let mut context = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut context).is_ready());
    let future = pin!(service.call(request));
    match future.poll(&mut context) {
        Poll::Ready(Ok(response)) => black_box(response).status(),
        Poll::Pending => StatusCode::IM_A_TEAPOT,
    }
}

pub(crate) fn table() -> Table {
    let entitlements = engine();
    let mut router = bare();
    let on = |feature: &'static str| RequireFeature::new(feature).on(&entitlements);
    let hand = |feature: &'static str| from_fn_with_state((entitlements.clone(), feature), by_hand);
    let [a, b, c, d] = FEATURES;
    let mut gates = ServiceBuilder::new()
        .layer(on(a))
        .layer(on(b))
        .layer(on(c))
        .layer(on(d))
        .service(bare());
    let mut provided = ServiceBuilder::new()
        .layer(EntitlementsLayer::new(entitlements.clone()))
        .layer(RequireFeature::new(a))
        .layer(RequireFeature::new(b))
        .layer(RequireFeature::new(c))
        .layer(RequireFeature::new(d))
        .service(bare());
    let mut by_hand = ServiceBuilder::new()
        .layer(hand(a))
        .layer(hand(b))
        .layer(hand(c))
        .layer(hand(d))
        .service(bare());
    let figures = compare(vec![
        Case::new("bare router", || {
            assert_eq!(call(&mut router, "/page"), 200)
        }),
        Case::new("four gates with `.on`", || {
            assert_eq!(call(&mut gates, "/page"), 200)
        }),
        Case::new("`EntitlementsLayer` and four gates", || {
            assert_eq!(call(&mut provided, "/page"), 200);
        }),
        Case::new("four `from_fn` gates", || {
            assert_eq!(call(&mut by_hand, "/page"), 200)
        }),
    ]);
    let mut table = Table {
        title: "Four gates around an axum router, in one `ServiceBuilder`",
        about: "An allowed request to a route that answers with a constant; the peer is `axum::middleware::from_fn` asking the same engine for the same features.",
        figures,
        bars: Vec::new(),
    };
    let bare = table.nanoseconds("bare router");
    let hand = table.nanoseconds("four `from_fn` gates") - bare;
    for name in [
        "four gates with `.on`",
        "`EntitlementsLayer` and four gates",
    ] {
        let gates = table.nanoseconds(name) - bare;
        table.bar(
            format!("{name}: what they add, to what `from_fn` gates add"),
            gates / hand,
            0.25,
            "x",
        );
    }
    table
}

pub(crate) fn route_layer_table() -> Table {
    let entitlements = engine();
    let [a, b, c, d] = FEATURES;
    let gates = || {
        ServiceBuilder::new()
            .layer(EntitlementsLayer::new(entitlements.clone()))
            .layer(RequireFeature::new(a))
            .layer(RequireFeature::new(b))
            .layer(RequireFeature::new(c))
            .layer(RequireFeature::new(d))
    };
    let mut router = bare();
    let mut nothing = bare().route_layer(NoLayer).with_state(());
    let mut outside = gates().service(bare());
    let mut inside = bare().route_layer(gates()).with_state(());
    let figures = compare(vec![
        Case::new("bare router", || {
            assert_eq!(call(&mut router, "/page"), 200)
        }),
        Case::new("a layer that does nothing, in a `route_layer`", || {
            assert_eq!(call(&mut nothing, "/page"), 200);
        }),
        Case::new("`EntitlementsLayer` and four gates outside", || {
            assert_eq!(call(&mut outside, "/page"), 200);
        }),
        Case::new("the same in one `route_layer`", || {
            assert_eq!(call(&mut inside, "/page"), 200);
        }),
    ]);
    let mut table = Table {
        title: "The same gates in one `route_layer`",
        about: "What axum's own boxing of a layered route costs beside the gates.",
        figures,
        bars: Vec::new(),
    };
    let (outside, inside) = (
        "`EntitlementsLayer` and four gates outside",
        "the same in one `route_layer`",
    );
    let more = table.allocations(inside) - table.allocations(outside);
    let longer = table.nanoseconds(inside) - table.nanoseconds(outside);
    table.bar("allocations above the same outside", more, 2.0, "");
    table.bar("time above the same outside", longer, 120.0, " ns");
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
